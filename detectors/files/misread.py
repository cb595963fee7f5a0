"""A cut in text that a machine has read off a picture, widened by what it may have misread."""

import re
from typing import Final

from detectors.edges import whole_words
from detectors.files.interface import Cut
from detectors.interface import Kind
from detectors.names.words import fold, is_ordinary

_NAMES: Final = frozenset({Kind.PATIENT_NAME, Kind.RELATIVE_NAME})
_AFTER = re.compile(r",? ([^\W\d_]{3,})(?!\w)")
_BEFORE = re.compile(r"(?<!\w)([^\W\d_]{3,}),? $")


def widened(text: str, cut: Cut) -> tuple[int, int]:
    """From where to where to hide: whole words ("9990O00018"), and a word beside a name that is no word of the
    language ("Agnes smal")."""
    start, end = whole_words(text, cut.start, cut.end)
    if cut.kind not in _NAMES:
        return start, end
    after = _AFTER.match(text, end)
    if after and not is_ordinary(fold(after[1])):
        end = after.end()
    before = _BEFORE.search(text[:start])
    if before and not is_ordinary(fold(before[1])):
        start = before.start()
    return start, end
