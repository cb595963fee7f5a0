"""Canvases: which sections to edit, in which words; and a page that came in the place of one."""

import pytest

from connectors.interface import ReachFailed
from connectors.slack.canvases import changes, is_canvas, is_sign_in, words
from connectors.slack.messages import attachment

CANVAS = (
    "<h1 id='temp:C:1'>Handover</h1><p id='temp:C:2'>Bed 4: <b>Okafor</b>, CT</p>"
    "<ul id='temp:C:3'><li id='temp:C:4'><span id='temp:C:4'>ring Okafor's wife</span></li></ul><p>loose</p>"
)


def edited(old: str, new: str) -> list[tuple[str, str, str]]:
    """As the inspection gives it back: a page of its own round the same blocks."""
    page = f"<!DOCTYPE html><html><body>{CANVAS.replace(old, new)}</body></html>"
    return list(changes(CANVAS.encode(), page.encode()))


def test_only_sections_that_differ_are_edited() -> None:
    assert edited("Okafor", "[Patient A]") == [
        ("temp:C:2", "Bed 4: Okafor, CT", r"Bed 4: \[Patient A\], CT"),
        ("temp:C:4", "ring Okafor's wife", r"* ring \[Patient A\]'s wife"),
    ]
    assert edited("Handover", "Hidden_x") == [("temp:C:1", "Handover", r"# Hidden\_x")]
    assert edited("x", "x") == []


@pytest.mark.parametrize(("old", "new"), [("loose", "[hidden]"), ("temp:C:2", "temp:C:9")])
def test_what_lies_in_no_section_of_its_own_cannot_be_edited(old: str, new: str) -> None:
    with pytest.raises(ReachFailed) as raised:
        edited(old, new)
    assert raised.value.code == "no_section"


def test_words_are_those_of_sections() -> None:
    assert words(CANVAS.encode()) == {"Handover", "Bed 4: Okafor, CT", "ring Okafor's wife"}


@pytest.mark.parametrize(
    ("page", "sign_in"),
    [
        (CANVAS, False), ("", False), (f"<!DOCTYPE html><html><body>{CANVAS}</body></html>", False),
        ("<!DOCTYPE html><html><title>Sign in</title></html>", True), ("<form action='/signin'></form>", True),
    ],
)  # fmt: skip
def test_a_sign_in_page_is_no_canvas(page: str, sign_in: bool) -> None:
    assert is_sign_in(page.encode()) is sign_in


def test_a_canvas_is_a_living_page() -> None:
    raw = {
        "id": "F1",
        "filetype": "quip",
        "mimetype": "application/vnd.slack-docs",
        "user": "U1",
        "title": "Jobs",
    }
    read = attachment({**raw, "last_editor": "U2", "edit_timestamp": 1767000000, "editors": ["U1", "U2"]})
    assert is_canvas(raw)
    assert (read.living, read.mimetype, read.user, read.version) == (True, "text/html", "U2", "1767000000")
    assert [p.text for p in read.parts] == ["Jobs"]
    assert not attachment({"id": "F2", "mimetype": "text/html"}).living
