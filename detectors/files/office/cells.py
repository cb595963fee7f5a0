"""The cells of an Excel sheet, each under its heading; a number that is cut becomes text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from detectors.files.columns import labels
from detectors.files.office.formulas import drop, formula_of
from detectors.files.office.numbers import Formats
from detectors.files.office.paragraphs import lines
from detectors.files.office.pieces import Done, Line, Node, Piece

_NOTHING_WRITTEN = ("b", "e")
_AS_TEXT = ("str", "d")


@dataclass
class Cells:
    """Reads sheets that share a list of strings and a list of styles."""

    strings: Sequence[Node] = field(repr=False)
    formats: Formats
    _read: set[tuple[int, str]] = field(default_factory=set, repr=False)
    """Strings that were read under a heading: the same one stands in many cells."""

    def lines(self, sheet: Node, where: str, done: Done) -> Iterator[Line]:
        rows = [
            [(_column(c, n), c) for n, c in enumerate(row.iterchildren("{*}c"))]
            for row in sheet.iterfind("{*}sheetData/{*}row")
        ]
        said = labels([(n, self._text(c)) for n, c in row] for row in rows)
        for row, known in zip(rows, said, strict=True):
            for (column, cell), label in zip(row, known, strict=True):
                place = f"{where}, {cell.get('r') or f'column {column + 1}'}"
                yield from self._cell(cell, place, label, done)

    def _text(self, cell: Node) -> str:
        inside = self._string(cell)
        if inside is not None:
            return "".join(t.text or "" for t in inside.iter("{*}t"))
        return cell.findtext("{*}v") or ""

    def _string(self, cell: Node) -> Node | None:
        if cell.get("t") != "s":
            return cell.find("{*}is")
        index = cell.findtext("{*}v") or ""
        return self.strings[int(index)] if index.isdigit() and int(index) < len(self.strings) else None

    def _cell(self, cell: Node, where: str, label: str, done: Done) -> Iterator[Line]:
        type, value, formula = cell.get("t", "n"), cell.find("{*}v"), cell.find("{*}f")
        done.update(n for n in (value, formula) if n is not None)
        if formula is not None and formula.text:
            piece = formula_of(formula)
            piece.write = lambda _: drop(formula)
            yield Line([piece], f"{where}, formula")
        if (text := self._string(cell)) is not None:
            yield from self._rich(text, value if type == "s" else None, where, label, done)
        elif value is not None and value.text and type not in _NOTHING_WRITTEN:
            shown = (
                value.text if type in _AS_TEXT else self.formats.shown(value.text, cell.get("s", ""), label)
            )
            yield Line([Piece(shown, lambda new: _become_text(cell, new))], where, label)

    def _rich(self, text: Node, index: Node | None, where: str, label: str, done: Done) -> Iterator[Line]:
        key = (int(index.text), label) if index is not None else (-1, "")
        if index is None or key not in self._read:
            self._read.add(key)
            done.add(text)
            yield from lines(text, where, label, done)


def _become_text(cell: Node, text: str) -> None:
    """An inline string in place of a value and its formula (ECMA-376-1, 18.3.1.4)."""
    formula = cell.find("{*}f")
    if formula is not None:
        drop(formula)
    for value in cell.findall("{*}v"):
        cell.remove(value)
    cell.set("t", "inlineStr")
    space = cell.tag.rpartition("}")[0] + "}"
    inside = etree.SubElement(etree.SubElement(cell, f"{space}is"), f"{space}t")
    inside.text = text


def _column(cell: Node, number: int) -> int:
    """The column of a cell from 0, by its reference ("C4") or else by its place in the row."""
    column = 0
    for letter in cell.get("r", ""):
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - 64
    return column - 1 if column else number
