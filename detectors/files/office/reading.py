"""Every text of an XML part: paragraphs, leaves, attributes, comments."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Final

from detectors.files.office.attributes import is_about_looks, written
from detectors.files.office.formulas import FORMULAS, formula_of
from detectors.files.office.paragraphs import PARAGRAPHS, lines
from detectors.files.office.pieces import TAIL, Done, Line, Node, Piece, attribute_of, local, tail_of, text_of
from detectors.files.office.tables import places

_HEADERS: Final = frozenset(f"{w}{p}" for w in ("odd", "even", "first") for p in ("Header", "Footer"))
_CODES = re.compile(r'&(?:"[^"]*"|\d{1,3}(?=\D|$)|K[0-9A-Fa-f]{6}|[A-Za-z&])')
"""Marks in a sheet's header for fonts, sizes and places (ECMA-376-1, 18.3.1.46)."""

_STAMPS: Final = frozenset({"created", "modified", "lastPrinted", "creation-date", "print-date", "date"})
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z?")
"""When a program did something, to the second; nobody is born in these fields."""

_AUTHORS: Final = frozenset({"creator", "initial-creator", "lastModifiedBy", "author"})
_NOBODY = re.compile(
    r"(?i)(?:(?:microsoft|ms|libre|open)? ?(?:office)? ?)?(?:user|author|owner|admin(?:istrator)?)|python-\w+|openpyxl|"
    r"xlsxwriter"
)
"""What programs write where nobody told them who writes."""

_MEASURES: Final = frozenset(
    "posOffset colOff rowOff col row pctWidth pctHeight pctPosHOffset pctPosVOffset Anchor Row Column idx".split()
)
_MEASURE = re.compile(r"[-\d.,\s]+")
_LONGEST_LABEL = 60
_APART = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\W]+")
_NAMES: Final = frozenset({"definedName", "table", "bookmarkStart", "bookmark", "ffData"})
"""Elements whose name is an identifier: letters, digits and underscores only."""


def read(root: Node, where: str, done: Done, own: bool = False) -> Iterator[Line]:
    """All text of a part that is not `done` yet, in order. `own`: its elements and attributes were named by
    people too, as in custom XML, so that a name is read as the label of its value."""
    looks = is_about_looks(root)
    cells = places(root, where)
    removed = {str(n.attrib.values()[0]): n for n in root.iter("{*}changed-region") if n.attrib}
    for node in chain(root.itersiblings(preceding=True), root.iter(), root.itersiblings()):
        place, label = cells.get(node, (where, ""))
        if local(node) in PARAGRAPHS and node not in done:
            yield from lines(node, _comment(node) or place, label, done, removed)
        yield from _leaf(node, place, label, own, done)
        if isinstance(node.tag, str):
            yield from _attributes(
                node, place, [k for k in written(node, own, looks) if (node, k) not in done], own
            )


def _leaf(node: Node, where: str, label: str, own: bool, done: Done) -> Iterator[Line]:
    text = node.text or ""
    if node not in done and text.strip() and not _is_no_text(local(node), text):
        done.add(node)
        yield Line([_leaf_piece(node)], where, label or _label(node, own))
    if (node, TAIL) not in done and (node.tail or "").strip():
        yield Line([tail_of(node)], where)


def _is_no_text(element: str, text: str) -> bool:
    kinds = ((_MEASURES, _MEASURE), (_STAMPS, _STAMP), (_AUTHORS, _NOBODY))
    return any(element in elements and pattern.fullmatch(text.strip()) for elements, pattern in kinds)


def _leaf_piece(node: Node) -> Piece:
    if local(node) in FORMULAS:
        return formula_of(node)
    piece = text_of(node)
    if local(node) in _HEADERS:
        piece.shown = _CODES.sub(lambda m: " " * len(m.group()), piece.text)
    return piece


def _attributes(node: Node, where: str, keys: list[str], own: bool) -> Iterator[Line]:
    for key in keys:
        name, piece, label = key.rpartition("}")[2], attribute_of(node, key), ""
        if name in ("name", "displayName") and local(node) in _NAMES:
            piece = attribute_of(node, key, _identifier)
            piece.shown = piece.text.replace("_", " ")
        elif name == "fullDate":  # what a date picker holds; its text says it again
            piece.write = partial(_without, node, key)
            label = _before(node)
        elif own:
            label = _words(name)
        yield Line([piece], where, label)


def _label(node: Node, own: bool) -> str:
    """What stands before a value: the name that people gave to a property, or that of its element."""
    named = node if local(node) == "user-defined" else node.getparent()
    if named is not None and local(named) in ("property", "user-defined"):
        return next((str(v) for k, v in named.attrib.items() if k.rpartition("}")[2] == "name"), "")
    in_list = "docPropsVTypes" in node.tag if isinstance(node.tag, str) else True
    return _words(local(node)) if (own or _is_about(node)) and not in_list else ""


def _is_about(node: Node) -> bool:
    """Whether a value is a property of the document."""
    return local(node.getroottree().getroot()) in ("coreProperties", "Properties", "document-meta")


def _words(name: str) -> str:
    return " ".join(_APART.split(name)).strip().capitalize()


def _comment(paragraph: Node) -> str:
    """The place of an Excel comment, which is that of its cell."""
    cell = paragraph.getparent().get("ref") if local(paragraph) == "text" else None
    return f"comment on {cell}" if cell else ""


def _before(date: Node) -> str:
    """The title of a date picker, or the words before it in its paragraph."""
    control = next(date.iterancestors("{*}sdt"), None)
    if control is None:
        return ""
    title = control.xpath("./*[local-name()='sdtPr']/*[local-name()='alias']/@*[local-name()='val']")
    before = (t for s in control.itersiblings(preceding=True) for t in s.itertext())
    return str(title[0]) if title else "".join(reversed([*before]))[-_LONGEST_LABEL:]


def _without(node: Node, key: str, _: str) -> None:
    node.attrib.pop(key, None)


def _identifier(by: str) -> str:
    return re.sub(r"\W+", "_", by).strip("_")
