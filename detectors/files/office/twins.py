"""Drawings that old versions of Word read, which carry themselves once more as a package in an attribute."""

import base64
import binascii
from collections.abc import Iterator
from functools import partial

from detectors.files.archives import zips
from detectors.files.interface import Limits, Unreadable
from detectors.files.office.attributes import written
from detectors.files.office.package import is_xml, parse
from detectors.files.office.pieces import Line, Node, Piece

_KEY = "{urn:schemas-microsoft-com:office:office}gfxdata"


def lines(tree: Node, limits: Limits) -> Iterator[Line]:
    """The words of each such package; it is taken out as a whole if something in it is to be hidden."""
    for node in tree.iter("*"):
        if _KEY in node.attrib and (words := _words(node.get(_KEY), limits)):
            yield Line([Piece(words, partial(_take_out, node))], "a drawing")


def take_out_unread(tree: Node, limits: Limits) -> bool:
    """Take out the packages that cannot be read; whether there were any. The drawing itself
    stands in the document's own words."""
    found = [n for n in tree.iter("*") if _KEY in n.attrib and _words(n.get(_KEY), limits) is None]
    for node in found:
        _take_out(node, "")
    return bool(found)


def _take_out(node: Node, _: str) -> None:
    node.attrib.pop(_KEY, None)


def _words(data: str, limits: Limits) -> str | None:
    """All text in the package; None where it holds anything but XML (MS-ODRAWXML 2.2.2)."""
    try:
        members = zips.read(base64.b64decode(data), limits).members
        if any(m.data and not is_xml(m.name, "") for m in members):
            return None
        trees = [parse(m.data) for m in members if m.data]
    except (Unreadable, binascii.Error, ValueError):
        return None
    return "\n".join(_text(tree) for tree in trees)


def _text(tree: Node) -> str:
    """A paragraph a line, then what stands in attributes: titles and descriptions."""
    paragraphs = ("".join(p.itertext()) for p in tree.iter("{*}p"))
    attributes = (n.get(k) for n in tree.iter("*") for k in written(n))
    others = (n.text or "" for n in tree.iter("*") if next(n.iterancestors("{*}p"), None) is None)
    return "\n".join(t for t in (*paragraphs, *attributes, *others) if t.strip())
