"""The words of a kept original."""

import pytest

from bot.console.original import texts

CASES = [
    ({"text": "a b"}, ("a b",)),
    ({"text": "bold move", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "bold  move"}}]},
     ("bold move",)),
    ({"text": "", "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
        {"type": "text", "text": "943 476"}, {"type": "text", "text": " 5919", "style": {"bold": True}}]}]}]},
     ("943 476 5919",)),
    ({"body": {"contentType": "html", "content": "<p>Bed&nbsp;4</p><p>K&lt;3</p>"}}, ("Bed\xa04\nK<3",)),
    ({"text": "hello", "parts": [{"text": "hello", "markup": "slack"}, {"text": "<b>more</b>", "markup": "teams"}],
      "attachments": [{"name": "scan.png"}], "raw": {"text": "not again", "user": {"name": "x"}}},
     ("hello", "more", "scan.png")),
    ({}, ()),
]  # fmt: skip


@pytest.mark.parametrize(("kept", "shown"), CASES)
def test_each_text_once(kept: dict[str, object], shown: tuple[str, ...]) -> None:
    assert texts(kept) == shown
