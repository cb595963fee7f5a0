"""What stands in the place of an identifier; every other character stays."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.hiding.masking import mask, placeholder
from bot.store.database import Store
from bot.vault.keys import Keys
from bot.vault.labels import Labels
from connectors.interface import Channel, Message, MessageRef, TextPart
from detectors.interface import Finding, Kind, Span
from detectors.placeholders import WORDS

KEYS = Keys(bytes(range(32)))
WHERE = MessageRef(Channel("slack", "T1", "C1"), "1700000000.000100")


def found(kind: Kind, start: int, end: int) -> Finding:
    return Finding(kind, Span(start, end), 0.9, "test")


def said(*texts: str) -> Message:
    parts = tuple(TextPart(f"at/{n}", text) for n, text in enumerate(texts))
    return Message(WHERE, "U1", datetime(2026, 1, 1, tzinfo=UTC), parts)


def labels() -> Labels:
    return Labels(Store.open(None, KEYS.database_key), KEYS)


@pytest.mark.parametrize(
    ("kind", "before", "expected"),
    [
        (Kind.NHS_NUMBER, "NHS ", "[hidden]"),
        (Kind.NHS_NUMBER, "nhs no: ", "[hidden]"),
        (Kind.NHS_NUMBER, "NHS number ", "[hidden]"),
        (Kind.NHS_NUMBER, "*NHS* ", "[hidden]"),
        (Kind.NHS_NUMBER, "she is ", "[NHS number hidden]"),
        (Kind.NHS_NUMBER, "CHI ", "[NHS number hidden]"),
        (Kind.NHS_NUMBER, "NHS trust has ", "[NHS number hidden]"),
        (Kind.CHI, "CHI ", "[hidden]"),
        (Kind.CHI, "", "[CHI hidden]"),
        (Kind.CHI, "machi ", "[CHI hidden]"),
        (Kind.HC_NUMBER, "H&C ", "[hidden]"),
        (Kind.HC_NUMBER, "H&amp;C no. ", "[hidden]"),
        (Kind.DOB, "dob ", "[hidden]"),
        (Kind.DOB, "d.o.b: ", "[hidden]"),
        (Kind.DOB, "on ", "[date of birth hidden]"),
        (Kind.MRN, "MRN#", "[hidden]"),
        (Kind.POSTCODE, "in ", "[postcode hidden]"),
        (Kind.FILENAME_ID, "", "[identifier in a file name hidden]"),
    ],
)
def test_a_kind_that_is_said_before_is_not_said_again(kind: Kind, before: str, expected: str) -> None:
    text = f"{before}943 476 5919 today"
    assert placeholder(text, found(kind, len(before), len(before) + 12)) == expected


def test_every_kind_has_a_placeholder() -> None:
    for kind in Kind:
        assert placeholder("x", found(kind, 0, 1)) == f"[{WORDS[kind]} hidden]"


async def test_every_part_gets_the_same_label_and_keeps_its_own_words() -> None:
    message = said("Mrs Okafor to CT", "re: Okafor, and again Mrs Okafor", "untouched")
    masked = await mask(
        message,
        {
            "at/0": [found(Kind.PATIENT_NAME, 4, 10)],
            "at/1": [found(Kind.PATIENT_NAME, 4, 10), found(Kind.PATIENT_NAME, 26, 32)],
            "gone": [found(Kind.PATIENT_NAME, 0, 3)],
        },
        labels(),
    )
    assert list(masked.texts.values()) == [
        "Mrs [Patient A] to CT", "re: [Patient A], and again Mrs [Patient A]", "untouched"
    ]  # fmt: skip
    assert {(e.location, e.start, e.end, e.by) for e in masked.edits} == {
        ("at/0", 4, 10, "[Patient A]"), ("at/1", 4, 10, "[Patient A]"), ("at/1", 26, 32, "[Patient A]")
    }  # fmt: skip
    assert "Okafor" not in repr(masked)


ONE = labels()


@settings(max_examples=60, deadline=None)
@given(st.data())
async def test_everything_outside_the_findings_survives_to_the_character(data: st.DataObject) -> None:
    """Names among them: their labels grow from one example to the next, as in one conversation."""
    text = data.draw(st.text(min_size=1, max_size=60))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    kinds = data.draw(st.lists(st.sampled_from(sorted(Kind)), min_size=len(spans), max_size=len(spans)))
    findings = [found(k, a, b) for k, (a, b) in zip(kinds, spans, strict=True)]
    masked = await mask(said(text), {"at/0": findings}, ONE)
    rest, at = masked.texts["at/0"], 0
    kept = [
        text[a:b]
        for a, b in zip([0, *[b for _, b in spans]], [*[a for a, _ in spans], len(text)], strict=True)
    ]
    for piece in kept:
        at = rest.index(piece, at) + len(piece)
    assert rest.startswith(kept[0])
    assert rest.endswith(kept[-1])
    assert len(rest) == sum(map(len, kept)) + sum(len(e.by) for e in masked.edits)
