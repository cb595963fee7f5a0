"""What stands in a page's source but not in what was read of it: behind its end, in a second attribute."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

from lxml import etree

_PART = re.compile(r"<([^<>]*)>?|([^<>]+)")
_IN_TAG = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s\"'=]+")
_SPACE = re.compile(r"[\s\u0000]+")
_DIGITS_OR_WORD: Final = re.compile(r"\w{2,}")


def lost(source: str, tree: Any) -> list[str]:
    """Pieces of the source that the tree does not hold, in order. lxml leaves out what a browser may show."""
    held = _bare(" ".join(_everything(tree)))
    missing, at = [], 0
    for piece in _pieces(source):
        bare = _bare(piece)
        found = held.find(bare, at) if bare else at
        if found >= 0:
            at = found
        elif bare not in held and _DIGITS_OR_WORD.search(piece):
            missing.append(piece)
    return missing


def _bare(text: str) -> str:
    return _SPACE.sub("", text).casefold()


def _pieces(source: str) -> Iterator[str]:
    for part in _PART.finditer(source):
        if part[2] is not None:
            yield unescape(part[2])
        else:
            closes = part[1].startswith("/")  # its name has been read where it opened
            yield from (unescape(p.strip("\"'/!?-")) for p in _IN_TAG.findall(part[1])[closes:])


def _everything(tree: Any) -> Iterator[str]:
    """Names, attributes and text in the order of the source."""
    yield tree.docinfo.doctype or ""
    for event, node in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event == "end":
            yield node.tail or ""
            continue
        if isinstance(node.tag, str):
            yield node.tag
            yield from (part for item in node.attrib.items() for part in item)
        yield node.text or ""
        yield "" if isinstance(node.tag, str) else node.tail or ""
