"""Which word opens each line of a list: "8 - Cranleigh fractured neck of femur", "Bed 4 Hughes for home"."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from detectors.names.tokens import Token
from detectors.normalise import View

_LEAST: Final = 3
"""A list has so many lines with words."""
_PLACE_WORDS: Final = frozenset(
    "bed beds bay room rm cub cubicle chair side sr trolley table theatre th ward slot pod space resus corr majors minors pt patient no".split()
)


def heads(view: View, words: Sequence[Token], is_name: Callable[[int], bool]) -> dict[int, float]:
    """For each word that opens a line behind its number or bed: how many of the other lines open with a name, from 0
    to 1. Empty for a text that is no list. `is_name` tells of a word by its place in `words`."""
    if view.text.count("\n") < _LEAST - 1:
        return {}
    lines = groupby(range(len(words)), key=_line_numbers(view, words).__getitem__)
    opening = [head for _, line in lines if (head := _head(words, list(line))) is not None]
    if len(opening) < _LEAST:
        return {}
    named = [is_name(at) for at in opening]
    return {at: (sum(named) - own) / (len(opening) - 1) for at, own in zip(opening, named, strict=True)}


def _line_numbers(view: View, words: Sequence[Token]) -> list[int]:
    numbers, at, line = [], 0, 0
    for word in words:
        line += view.text.count("\n", at, word.start)
        at = word.start
        numbers.append(line)
    return numbers


def _head(words: Sequence[Token], line: Sequence[int]) -> int | None:
    return next((at for at in line if words[at].low not in _PLACE_WORDS), None)
