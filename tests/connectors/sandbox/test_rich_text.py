"""The blocks that Slack's client would make of typed text."""

from typing import Any

import pytest

from connectors.sandbox.rich_text import escape, linkify, rich_text


def runs(text: str) -> list[tuple[Any, ...]]:
    found = []
    for element in rich_text(text, "b")["elements"]:
        for run in element["elements"]:
            found.append(
                (run["type"], run.get("text") or run.get("user_id") or run.get("url"), *run.get("style", {}))
            )
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain &amp; simple", [("text", "plain & simple")]),
        ("a *b* c", [("text", "a "), ("text", "b", "bold"), ("text", " c")]),
        ("2*3*4 and snake_case_name", [("text", "2*3*4 and snake_case_name")]),
        ("*_both_*", [("text", "both", "bold", "italic")]),
        ("`a*b*`", [("text", "a*b*", "code")]),
        ("hi <@U1>!", [("text", "hi "), ("user", "U1"), ("text", "!")]),
        ("<https://x.example|see>", [("link", "see")]),
        ("at 10:30: call", [("text", "at 10:30: call")]),
        ("<3 beds", [("text", "<3 beds")]),
        ("unclosed *bold", [("text", "unclosed *bold")]),
    ],
)
def test_runs(text: str, expected: list[tuple[Any, ...]]) -> None:
    assert runs(text) == expected


def test_paragraphs_lists_quotes_and_code() -> None:
    text = "Plan:\n• one\n• two\n&gt; said\n1. first\n2. second\n4. bed on its own\n```K 6.2```"
    kinds = [(e["type"], e.get("style")) for e in rich_text(text, "b")["elements"]]
    assert kinds == [
        ("rich_text_section", None), ("rich_text_list", "bullet"), ("rich_text_quote", None),
        ("rich_text_list", "ordered"), ("rich_text_section", None), ("rich_text_preformatted", None),
    ]  # fmt: skip


def test_emoji_that_slack_knows() -> None:
    element = rich_text("well done :tada:", "b")["elements"][0]["elements"][1]
    assert element == {"type": "emoji", "name": "tada", "unicode": "1f389"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://x.example/a?b=1.", "see <https://x.example/a?b=1>."),
        ("mail a.b@c.example please", "mail <mailto:a.b@c.example|a.b@c.example> please"),
        ("<https://x.example|x>", "<https://x.example|x>"),
        ("`https://x.example`", "`https://x.example`"),
    ],
)
def test_addresses_become_links_once(text: str, expected: str) -> None:
    assert linkify(text) == expected
    assert linkify(linkify(text)) == expected


def test_typed_text_is_escaped_but_its_markup_kept() -> None:
    assert escape("<@U1> K<3 & <b> &amp; <https://x.example|x>") == (
        "<@U1> K&lt;3 &amp; &lt;b&gt; &amp; <https://x.example|x>"
    )
