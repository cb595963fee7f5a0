"""The cells of OpenDocument sheets: what is shown, the value behind it, the formula; and the sheets' names."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from detectors.files.office.numbers import Formats
from detectors.files.office.paragraphs import lines
from detectors.files.office.pieces import Done, Line, Node, Piece, local
from detectors.files.office.tables import places

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_NAME: Final = f"{_TABLE}name"
_FORMULA: Final = f"{_TABLE}formula"
_VALUES: Final = frozenset({"value", "date-value", "string-value", "formula"})
_SHEET_OF = re.compile(r"\$?'(?:[^']|'')+'\.|\$?[^\W\d]\w*\.(?=[A-Z$])")
_PLAIN = Formats(None, from_1904=False)


def cells(tree: Node, done: Done) -> Iterator[Line]:
    """The lines of all sheets in a part; none where it holds a text or slides."""
    if next(tree.iter("{*}spreadsheet"), None) is None:
        return
    for cell, (where, label) in places(tree, "", "sheet").items():
        if local(cell).endswith("table-cell"):
            for paragraph in cell.iterchildren("{*}p"):
                for line in lines(paragraph, where, label, done):
                    yield Line([_settled(p, cell) for p in line.pieces], where, label)
            yield from _values(cell, where, label, done)


def _values(cell: Node, where: str, label: str, done: Done) -> Iterator[Line]:
    for key in [k for k in cell.attrib if k.rpartition("}")[2] in _VALUES]:
        done.add((cell, key))
        text = cell.get(key)
        if key == _FORMULA:
            shown = _SHEET_OF.sub(lambda m: " " * len(m.group()), text)
            yield Line([Piece(text, lambda _: _forget(cell), shown=shown)], f"{where}, formula")
        else:
            yield Line([Piece(_PLAIN.shown(text, "", label), partial(_show, cell))], where, label)


def _settled(piece: Piece | str, cell: Node) -> Piece | str:
    """The piece, whose cell no longer holds a number or a date once it was written to."""
    if isinstance(piece, Piece):
        write = piece.write

        def both(text: str) -> None:
            write(text)
            _forget(cell)

        piece.write = both
    return piece


def _forget(cell: Node) -> None:
    """Leave a cell with its text only (OpenDocument 1.3-3, 9.1.4)."""
    for key in [k for k in cell.attrib if k.rpartition("}")[2] in (*_VALUES, "currency")]:
        del cell.attrib[key]
    for key in [k for k in cell.attrib if k.endswith("}value-type")]:
        cell.set(key, "string")


def _show(cell: Node, text: str) -> None:
    """Show a text in the place of a value."""
    _forget(cell)
    for paragraph in cell.findall("{*}p")[:1]:
        for child in list(paragraph):
            paragraph.remove(child)
        paragraph.text = text


def names(tree: Node) -> list[tuple[Node, str]]:
    """The sheets and tables of a part with their names as they are now."""
    return [(t, t.get(_NAME, "")) for t in tree.iter(f"{_TABLE}table")]


def rename(tree: Node, before: list[tuple[Node, str]]) -> None:
    """Name sheets anew wherever a formula or a range calls them, after some of `before` have changed."""
    for table, old in before:
        new = table.get(_NAME, "")
        if not old or new == old:
            continue
        called = re.compile(rf"(?<!\w){re.escape(old)}(?='?\.)")
        for node in tree.iter("*"):
            for key, value in node.attrib.items():
                if old in value and key.startswith(_TABLE):
                    node.set(key, called.sub(new, value))
