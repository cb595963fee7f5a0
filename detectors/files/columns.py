"""Which words of a table say what stands in a cell: its column's heading, or the word to its left."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from detectors.files.headings import HEADING, kind_under, meant

Row = Sequence[tuple[int, str]]
"""The cells of a row as (column from 0, text)."""

_LONGEST: Final = 40
_FIELD: Final = re.compile(
    r"(?i)\b(?:names?|surname|forenames?|first|last|known as|patients?|pts?|client|resident|nhs|chi|h&c|hcn?|mrn|dob|"
    r"d\.o\.b|births?|born|age|address|post ?code|tel|telephone|phone|mobile|e-?mail|contact|hosp|hospital|no|number|id|ref|"
    r"nok|next of kin|relatives?|mother|father|carer|gp|consultant|ward|bed|room|bay|sex|gender|allerg\w+|diagnos\w+|"
    r"admi\w+|dates?|time|comments?|notes?|plan|reason|status|type|role|team|nurse|doctor|staff|details|"
    r"enw|dyddiad geni|cyfeiriad|rhif|ffôn)\b"
)
"""Words that forms and ward lists use for their fields, English and Welsh."""

_Label = tuple[str, bool]
"""What is read before a cell, and whether it stood beside the cell rather than above it."""


def says_what(text: str) -> bool:
    """Whether a cell reads like the name of a field: "NHS No", "Date of birth:", "Address 2"."""
    if not _is_words(text):
        return 0 < len(text) <= _LONGEST and text[-1:].isdigit() and kind_under(text) is not None
    return text.rstrip().endswith(":") or kind_under(text) is not None or _FIELD.search(text) is not None


def labels(rows: Iterable[Row], heads: Collection[int] = ()) -> list[list[str]]:
    """For each cell of one table what is read before it: "" where nothing is, HEADING for a heading itself.

    `heads` are the rows, from 0, that the format itself calls headings. The headings of a row say together what each of them means (`headings.meant`), and so do a form's fields.
    """
    headings = _Headings()
    found = [headings.labels(row, n in heads) for n, row in enumerate(rows)]
    fields = list(dict.fromkeys(text for row in found for text, beside in row if beside))
    means = dict(zip(fields, meant(fields), strict=True))
    return [[means[text] if beside else text for text, beside in row] for row in found]


def _is_words(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and not any(c.isdigit() or c in "@[" for c in text)


class _Headings:
    """The headings of one table, learnt from its rows as they come."""

    def __init__(self) -> None:
        self._of: dict[int, str] = {}
        self._fresh = True
        """No row yet, or an empty one before: here a new heading may stand."""

    def labels(self, row: Row, is_head: bool) -> list[_Label]:
        filled = [(column, text.strip()) for column, text in row if text.strip()]
        if not filled:
            self._fresh = True
        elif is_head or self._is_heading([text for _, text in filled]):
            columns, texts = zip(*filled, strict=True)
            self._of, self._fresh = dict(zip(columns, meant(texts), strict=True)), False
            return [(HEADING if is_head or says_what(text.strip()) else "", False) for _, text in row]
        elif len(filled) > 1:
            self._fresh = False
        return list(self._beside(row))

    def _is_heading(self, texts: list[str]) -> bool:
        if not self._fresh or len(texts) < 2 or any(t.endswith(":") for t in texts):
            return False
        if not all(map(_is_words, texts)):
            return 2 * sum(map(says_what, texts)) > len(texts)
        return any(says_what(t) for t in texts[1:]) or (len(texts) > 2 and not says_what(texts[0]))

    def _beside(self, row: Row) -> Iterator[_Label]:
        left = ""
        for column, text in row:
            heading = self._of.get(column, "")
            named = says_what(left) and (not heading or left.endswith(":") or kind_under(left) is not None)
            yield (left.rstrip(": "), True) if named else (heading, False)
            left = text.strip() or left
