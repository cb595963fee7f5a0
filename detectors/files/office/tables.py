"""Which words of a table say what stands in a cell: its column's heading, or the word to its left."""

import re
from collections.abc import Sequence
from typing import Final

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
    return _is_words(text) and (text.rstrip().endswith(":") or _FIELD.search(text) is not None)


def _is_words(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and not any(c.isdigit() for c in text) and "@" not in text


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
            labels.append(left.rstrip(": ") if says_what(left) else self._of.get(column, ""))
            left = text.strip() or left
        return labels
