"""Which words of a table say what stands in a cell: its column's heading, or the word to its left."""

import re
from collections.abc import Sequence
from typing import Final

from detectors.files.headings import kind_under
from detectors.files.office.pieces import Node

_LONGEST = 40
_FIELD: Final = re.compile(
    r"(?i)\b(?:names?|surname|forenames?|first|last|known as|patients?|pts?|client|resident|nhs|chi|h&c|hcn?|mrn|dob|"
    r"d\.o\.b|births?|born|age|address|post ?code|tel|telephone|phone|mobile|e-?mail|contact|hospital|no|number|id|ref|"
    r"nok|next of kin|relatives?|mother|father|carer|gp|consultant|ward|bed|room|bay|sex|gender|allerg\w+|diagnos\w+|"
    r"admi\w+|dates?|time|comments?|notes?|plan|reason|status|type|role|team|nurse|doctor|staff|details|"
    r"enw|dyddiad geni|cyfeiriad|rhif|ffôn)\b"
)
"""Words that forms and ward lists use for their fields, English and Welsh."""


def says_what(text: str) -> bool:
    """Whether a cell reads like the name of a field: "NHS No", "Date of birth:"."""
    if not _is_words(text):
        return False
    return text.rstrip().endswith(":") or kind_under(text) is not None or _FIELD.search(text) is not None


def _is_words(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and not any(c.isdigit() or c in "@[" for c in text)


class Headings:
    """The headings of one table, learnt from its rows as they come."""

    def __init__(self) -> None:
        self._of: dict[int, str] = {}
        self._fresh = True
        """No row yet, or an empty one before: here a new heading may stand."""

    def labels(self, row: Sequence[tuple[int, str]]) -> list[str]:
        """For each (column, text) of the next row, what is read before it; "" where nothing is."""
        filled = [(column, text.strip()) for column, text in row if text.strip()]
        if not filled:
            self._fresh = True
        elif self._is_heading([text for _, text in filled]):
            self._of, self._fresh = dict(filled), False
            return [""] * len(row)
        elif len(filled) > 1:
            self._fresh = False
        return self._beside(row)

    def _is_heading(self, texts: list[str]) -> bool:
        if not self._fresh or len(texts) < 2 or not all(_is_words(t) for t in texts):
            return False
        if any(t.endswith(":") for t in texts):
            return False
        return any(says_what(t) for t in texts[1:]) or (len(texts) > 2 and not says_what(texts[0]))

    def _beside(self, row: Sequence[tuple[int, str]]) -> list[str]:
        labels, left = [], ""
        for column, text in row:
            heading = self._of.get(column, "")
            named = says_what(left) and (not heading or left.endswith(":") or kind_under(left) is not None)
            labels.append(left.rstrip(": ") if named else heading)
            left = text.strip() or left
        return labels


_TABLES: Final = ("{*}tbl", "{*}table")
_ROWS: Final = ("{*}tr", "{*}table-row")
_CELLS: Final = ("{*}tc", "{*}table-cell", "{*}covered-table-cell")
_WIDEST = 20_000


def places(root: Node, where: str, what: str = "table") -> dict[Node, tuple[str, str]]:
    """Where each cell of the tables in a part is, and its label; the same for the paragraphs in it."""
    found: dict[Node, tuple[str, str]] = {}
    for number, table in enumerate(root.iter(*_TABLES), start=1):
        headings = Headings()
        rows = [r for r in table.iter(*_ROWS) if next(r.iterancestors(*_TABLES)) is table]
        for at, row in enumerate(rows, start=1):
            place = f"{where}, {what} {number}, row {at}".removeprefix(", ")
            cells = [c for c in row.iter(*_CELLS) if next(c.iterancestors(*_ROWS)) is row]
            labels = headings.labels([*zip(_columns(cells), map(_text, cells), strict=True)])
            for cell, label in zip(cells, labels, strict=True):
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
