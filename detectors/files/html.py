"""HTML: what shows, what is hidden, attributes, comments, scripts and pictures within.

Read by lxml rather than html5lib, which needs 20 s for a page of 1 MB. lxml leaves out some of what a browser
shows, so what its tree lacks is looked at in the source too; the redacted page is written from the tree alone.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final

import lxml.html
from lxml import etree

from detectors.files.blocks import everything
from detectors.files.encoding import Decoded, decode, readable
from detectors.files.html_source import lost
from detectors.files.inline import ADDRESS, carried
from detectors.files.interface import Desk, Family, File, Outcome, Result, Unreadable
from detectors.files.slots import Slot, Told, passage, settle

_CHARSET = re.compile(rb"""(?i)<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w-]{2,30})""")
_ALPHABETS: Final = re.compile(r"utf-8|ascii|cp125\d|iso8859-\d{1,2}|mac-roman")
"""Encodings that are taken on a page's word; in these an ASCII character is itself."""

_CODE: Final = frozenset({"script", "style"})


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Raises Unreadable for a page whose characters cannot be told."""
    decoded = decode(file.data, _declared(file.data))
    tree = _parsed(readable(decoded.text))
    told = Told()
    slots = [*everything(tree.getroot(), "the page", desk, told)]
    slots += (s for node in list(tree.iter()) for s in _unseen(node, desk, told))
    unread = [
        Slot(passage(text, "behind what shows"), lambda cuts: None) for text in lost(decoded.text, tree)
    ]
    settle([*slots, *unread], desk, told)
    if unread and told.changed:
        told.left_out.append("What stood behind the page's end or within its tags was left out.")
    return told.result(type, lambda: _written(tree, decoded))


def _declared(data: bytes) -> str:
    """The encoding that the page names (HTML standard, 13.2.3.2), where it is one that can be told."""
    found = _CHARSET.search(data[:4096])
    if not found:
        return ""
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        name = ""
    if name.startswith("utf-16"):
        return ""  # a page that can say so in ASCII is none
    if not _ALPHABETS.fullmatch(name):
        raise Unreadable("The characters of this page could not be read for certain.")
    return {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(name, name)  # as browsers do


def _parsed(text: str) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise Unreadable("This page could not be read.") from None
    return root.getroottree()


def _unseen(node: Any, desk: Desk, told: Told) -> Iterator[Slot]:
    """Comments, scripts and styles: one that holds an identifier goes as a whole."""
    is_comment = not isinstance(node.tag, str)
    if not is_comment and node.tag not in _CODE:
        return
    what = "A comment" if is_comment else f"A {node.tag}"
    text = node.text or ""

    def drop() -> None:
        told.left_out.append(f"{what} that may identify somebody was left out.")
        _drop(node)

    if any(_is_unsafe(m.group(), desk) for m in ADDRESS.finditer(text)):
        drop()
    elif text.strip():
        yield Slot(passage(ADDRESS.sub(" ", text), what.lower()), lambda cuts: drop())


def _is_unsafe(address: str, desk: Desk) -> bool:
    data = carried(address)
    return data is not None and desk.inside(File("inline", data)).outcome is not Outcome.CLEAN


def _drop(node: Any) -> None:
    if node.getparent() is None:
        node.text = ""  # beside the root there is nothing to take it out of
    else:
        node.drop_tree()


def _written(tree: Any, decoded: Decoded) -> bytes:
    text = etree.tostring(tree, method="html", encoding="unicode", doctype=tree.docinfo.doctype or None)
    return decoded.mark + str(text).encode(decoded.encoding, "xmlcharrefreplace")


FAMILY: Final = Family("html", frozenset({"text/html", "application/xhtml+xml"}), inspect)
