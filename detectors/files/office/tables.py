"""Where the cells of a document's tables are, and what is read before each."""

from collections.abc import Sequence
from typing import Final

from detectors.files.columns import labels
from detectors.files.office.pieces import Node

_TABLES: Final = ("{*}tbl", "{*}table")
_ROWS: Final = ("{*}tr", "{*}table-row")
_CELLS: Final = ("{*}tc", "{*}table-cell", "{*}covered-table-cell")
_WIDEST = 20_000


def places(root: Node, where: str, what: str = "table") -> dict[Node, tuple[str, str]]:
    """Where each cell of the tables in a part is, and its label; the same for the paragraphs in it."""
    found: dict[Node, tuple[str, str]] = {}
    for number, table in enumerate(root.iter(*_TABLES), start=1):
        rows = [r for r in table.iter(*_ROWS) if next(r.iterancestors(*_TABLES)) is table]
        cells = [[c for c in row.iter(*_CELLS) if next(c.iterancestors(*_ROWS)) is row] for row in rows]
        said = labels([*zip(_columns(row), map(_text, row), strict=True)] for row in cells)
        for at, (row, known) in enumerate(zip(cells, said, strict=True), start=1):
            place = f"{where}, {what} {number}, row {at}".removeprefix(", ")
            for cell, label in zip(row, known, strict=True):
                found |= dict.fromkeys((cell, *cell.iter("{*}p", "{*}h")), (place, label))
    return found


def _columns(cells: Sequence[Node]) -> list[int]:
    """The column that each cell begins in, from 0."""
    columns, at = [], 0
    for cell in cells:
        columns.append(at)
        at += _width(cell)
    return columns


def _width(cell: Node) -> int:
    repeated = [v for k, v in cell.attrib.items() if k.endswith("number-columns-repeated")]
    repeated += cell.xpath("./*[local-name()='tcPr']/*[local-name()='gridSpan']/@*[local-name()='val']")
    return min(int(repeated[0]), _WIDEST) if repeated and repeated[0].isdigit() else 1


def _text(cell: Node) -> str:
    return "".join(cell.itertext()).strip()
