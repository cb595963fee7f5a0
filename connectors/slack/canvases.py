"""Canvases: documents on Slack that people go on writing in, read as HTML and edited section by section.

`files.info` describes one as a file of the type "quip"; its address gives HTML whose blocks carry the ids of their
sections, which `canvases.edit` takes (one change a call, in Markdown). No method gives the Markdown back.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import html

from connectors.interface import ReachFailed

_TYPES: Final = frozenset({"quip", "canvas"})
_MIMETYPE: Final = "application/vnd.slack-docs"
_SECTION: Final = "temp:"
_FORM: Final = re.compile(rb"(?i)<form\b")
_PAGE: Final = re.compile(rb"(?i)<!doctype|<html\b")
_MARKS: Final = re.compile(r"([\\`*_\[\]<>#|~])")
_BEFORE: Final = {"h1": "# ", "h2": "## ", "h3": "### ", "li": "* ", "blockquote": "> "}


def is_canvas(file: Mapping[str, Any]) -> bool:
    return file.get("filetype") in _TYPES or file.get("mimetype") == _MIMETYPE


def is_sign_in(data: bytes) -> bool:
    """Whether a page came in the canvas's place (HTTP 200 all the same): files:read is missing."""
    return bool(_FORM.search(data) or (_PAGE.search(data) and _SECTION.encode() not in data))


def changes(now: bytes, wanted: bytes) -> Iterator[tuple[str, str, str]]:
    """What to edit so that a canvas reads as `wanted`: section, its words as they are now, and Markdown for it.

    Raises ReachFailed where what differs does not lie in sections of its own.
    """
    held, want = _sections(now), _sections(wanted)
    if [*held] != [*want] or _around(now) != _around(wanted):
        raise ReachFailed("slack canvases.edit", "no_section")
    for section, (_, words) in held.items():
        element, new = want[section]
        if new != words:
            yield section, words, _before(element) + _MARKS.sub(r"\\\1", new)


def words(data: bytes) -> set[str]:
    """The words of each section; an edited one may have another id."""
    return {text for _, text in _sections(data).values()}


def _sections(data: bytes) -> dict[str, tuple[Any, str]]:
    """The innermost elements that are sections: each with its words."""
    inner = [e for e in _tree(data).iter() if _id(e) and not any(_id(below) for below in e.iterdescendants())]
    return {_id(e): (e, _text(e)) for e in inner}


def _before(element: Any) -> str:
    """The mark of a heading, an item or a quotation, which may hold its words in one more element."""
    around = element.getparent()
    return _BEFORE.get(str(element.tag)) or _BEFORE.get(str(around.tag) if around is not None else "", "")


def _around(data: bytes) -> str:
    """All words, and attributes that are read, outside the sections."""
    tree = _tree(data)
    for element in [e for e in tree.iter() if _id(e)]:
        if not any(_id(below) for below in element.iterdescendants()):
            for child in list(element):
                element.remove(child)
            element.text = None
    return _text(tree) + "".join(f"{e.get('alt')}{e.get('href')}" for e in tree.iter() if _id(e) == "")


def _tree(data: bytes) -> Any:
    try:
        return html.fragment_fromstring(data.decode("utf-8", "replace"), create_parent="div")
    except (ValueError, AssertionError) as broken:
        raise ReachFailed("slack canvases.edit", "no_section") from broken


def _id(element: Any) -> str:
    if not isinstance(element.tag, str):
        return ""
    id = str(element.get("id") or "")
    return id if id.startswith(_SECTION) else ""


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
