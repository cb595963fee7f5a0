"""What can still be read of a text in what stands there now."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.replay.readable import plain, readable_chars, shows_value, strings


def hidden(original: str, shown: str) -> str:
    readable = readable_chars(original, shown)
    return "".join("#" if i not in readable else c for i, c in enumerate(original))


@pytest.mark.parametrize(
    ("original", "shown", "expected"),
    [
        ("NHS 943 476 5919 ok", "NHS 943 476 5919 ok", "NHS 943 476 5919 ok"),
        ("NHS 943 476 5919 ok", "NHS [hidden] ok", "NHS ############ ok"),
        ("Mrs Okafor to CT", "Mrs [Patient A] to CT", "Mrs ###### to CT"),
        ("CHI 0101700999", "[CHI hidden]", "##############"),
        ("Okafor and Reid", "[Patient A] and [Relative AB]", "###### and ####"),
        # Half of a number still stands.
        ("NHS 943 476 5919", "NHS [hidden] 5919", "NHS ####### 5919"),
        # A text that is not made of the original: only runs of three characters and more count.
        ("Mrs Okafor to CT", "Message hidden to protect a patient.", "##########" + " to " + "##"),
    ],
)
def test_readable(original: str, shown: str, expected: str) -> None:
    assert hidden(original, shown) == expected


LETTERS = st.text(alphabet="abc XYZ019\n", min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(LETTERS, st.text(alphabet="qrstuv789", min_size=1, max_size=12), LETTERS)
def test_what_a_placeholder_covers_is_never_called_readable(before: str, secret: str, after: str) -> None:
    original, shown = before + secret + after, f"{before}[CHI hidden]{after}"
    assert not readable_chars(original, shown) & set(range(len(before), len(before) + len(secret)))


@settings(max_examples=100, deadline=None)
@given(LETTERS)
def test_what_was_not_touched_is_all_readable(text: str) -> None:
    assert readable_chars(text, text) == set(range(len(text)))


def test_a_value_is_shown_by_any_word_of_it_beyond_what_is_allowed() -> None:
    assert shows_value("Grace Okafor", ["seen: okafor"])
    assert not shows_value("Grace Okafor", ["seen: [Patient A]"])
    assert not shows_value("Mr Garden", ["Garden III fracture"], allowed=1)
    assert shows_value("Mr Garden", ["Garden, Garden III fracture"], allowed=1)


def test_markup_is_read_as_people_see_it() -> None:
    assert plain("<https://a.example/1|open> &amp; <mailto:a@b.example>") == "open & mailto:a@b.example"


def test_runs_of_a_rich_text_are_read_as_one() -> None:
    runs = [{"type": "text", "text": "943 "}, {"type": "text", "text": "476", "style": {"bold": True}}]
    block = {
        "type": "rich_text",
        "block_id": "x",
        "elements": [{"type": "rich_text_section", "elements": runs}],
    }
    assert strings([block, {"type": "section", "text": {"type": "mrkdwn", "text": "more"}}]) == [
        "943 476\n",
        "more",
    ]
