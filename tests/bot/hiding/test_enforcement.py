"""Whether what was to be hidden can still be read, and what is kept to undo with."""

from datetime import UTC, datetime

import pytest

from bot.hiding.enforcement import hidden_as_json, hidden_from_json, readable_still
from bot.hiding.masking import Masked
from connectors.interface import Channel, Edit, Hidden, Message, MessageRef, Reach, TextPart

WHERE = MessageRef(Channel("slack", "T1", "C1"), "1.0", "0.5")


def said(*texts: str, hidden: bool = False) -> Message:
    parts = tuple(TextPart(f"at/{n}", text) for n, text in enumerate(texts))
    return Message(WHERE, "U1", datetime(2026, 1, 1, tzinfo=UTC), parts, hidden=hidden)


ORIGINAL = said("NHS 943 476 5919 ok", "NHS 943 476 5919 ok")
MASKED = Masked(
    tuple(Edit(f"at/{n}", 4, 16, "[hidden]") for n in (0, 1)),
    {"at/0": "NHS [hidden] ok", "at/1": "NHS [hidden] ok"},
)


@pytest.mark.parametrize(
    ("now", "readable"),
    [
        (ORIGINAL, True),
        (said("NHS [hidden] ok", "NHS [hidden] ok"), False),
        (said("NHS [hidden] ok", "NHS 943 476 5919 ok"), True),
        # The author wrote something else meanwhile: the number is what counts.
        (said("now NHS 943 476 5919"), True),
        (said("Bed 4 ok"), False),
        (said("NHS 943 476 5919 ok", hidden=True), False),
    ],
)
def test_words_that_were_hidden(now: Message, readable: bool) -> None:
    assert readable_still(now, ORIGINAL, MASKED, whole=False) is readable


def test_a_whole_message_that_was_hidden() -> None:
    assert readable_still(ORIGINAL, ORIGINAL, MASKED, whole=True)
    assert not readable_still(said("Message hidden"), ORIGINAL, MASKED, whole=True)


def test_a_short_name_inside_another_word_of_the_masked_text_is_no_leak() -> None:
    original = said("Al also ate")
    masked = Masked((Edit("at/0", 0, 2, "[Patient A]"),), {"at/0": "[Patient A] also ate"})
    assert not readable_still(said("[Patient A] also ate"), original, masked, whole=False)


def test_what_is_needed_to_undo_survives_json() -> None:
    hidden = Hidden(
        Reach.ADMIN_REPLACE, MessageRef(WHERE.channel, "2.0", "0.5"), {"how": "replace", "at": 3.5}
    )
    assert hidden_from_json(hidden_as_json(hidden), ORIGINAL) == hidden
    with_time = {**hidden_as_json(Hidden(Reach.AUTHOR_EDIT, WHERE, {"how": "edit"})), "at": 4.5}
    assert hidden_from_json(with_time, ORIGINAL).raw == {"how": "edit", "at": 4.5}
