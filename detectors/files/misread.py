"""A cut in text that a machine has read off a picture, widened by what it may have misread."""

import re
from typing import Final

from detectors.files.interface import Cut
from detectors.interface import Kind
from detectors.names.words import fold, is_ordinary

_NAMES: Final = frozenset({Kind.PATIENT_NAME, Kind.RELATIVE_NAME})
_AFTER = re.compile(r",? ([^\W\d_]{3,})(?!\w)")
_BEFORE = re.compile(r"(?<!\w)([^\W\d_]{3,}),? $")


def widened(text: str, cut: Cut) -> tuple[int, int]:
    """From where to where to hide: whole words ("9990O00018"), and a word beside a name that is no word of the
    language ("Agnes smal")."""
    start, end = _whole(text, cut.start, cut.end)
    if cut.kind not in _NAMES:
        return start, end
    after = _AFTER.match(text, end)
    if after and not is_ordinary(fold(after[1])):
        end = after.end()
    before = _BEFORE.search(text[:start])
    if before and not is_ordinary(fold(before[1])):
        start = before.start()
    return start, end


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end
