"""Where on a line of a picture each character of its text stands, measured on the ink itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.files.matching import Match, match

Gray = NDArray[np.uint8]
Ink = NDArray[np.int_]
Spans = list[tuple[float, float]]
"""For each code point, from which column to which it runs."""

_WORD_GAP: Final = 0.2
"""Blank columns, as a share of the line's height, from which on a gap may part two words."""
_BEARING: Final = 0.08
"""How much narrower a word's ink is than its letters with the white at their sides, in line heights."""
_LOST_SPACE: Final = 0.24
_RULE: Final = 0.85
"""Share of inked columns from which on a row is an underline or a table's rule, not letters."""
_CONTRAST: Final = 0.35
_FIGURES: Final = frozenset("0123456789/-.")


def spread(text: str, crop: Gray) -> tuple[str, Spans]:
    """The text with spaces where the engine lost them, and where each of its code points stands in `crop`.

    The engine says where a line is, not where its letters are. Words of the ink are matched with words of
    the text by their widths; inside a word the edges go to the blank columns nearest to where the face
    would have them.
    """
    ink = _ink(crop)
    stretches = _stretches(ink, crop.shape[0] * _WORD_GAP) or [(0, len(ink))]
    words = text.split()
    found = match(words, [b - a + crop.shape[0] * _BEARING for a, b in stretches])
    pitch = sum(b - a for a, b in stretches) / len("".join(words))
    line = _Laid(max(crop.shape[0] * _LOST_SPACE, pitch if found.even else 0))
    breaks = set(np.cumsum([len(w) for w in words]).tolist())
    begin = 0
    for stretch, end in zip(stretches, found.ends, strict=True):
        edges = _edges(found, begin, end, stretch, ink)
        for place, (left, right) in enumerate(zip(edges, edges[1:], strict=False), begin):
            line.add("".join(words)[place], left, right, place in breaks, place == begin)
        begin = end
    return line.text, line.spans


@dataclass
class _Laid:
    """A line as it is put together, character by character."""

    lost: float
    """A gap of this width is a space that the engine lost."""
    text: str = ""
    spans: Spans = field(default_factory=list)

    def add(self, char: str, left: float, right: float, breaks: bool, after_gap: bool) -> None:
        if self.text and (breaks or (after_gap and self._is_lost(char, left))):
            self.spans.append((self.spans[-1][1], left))
            self.text += " "
        elif self.text:
            self.spans[-1] = (self.spans[-1][0], left)  # no slit between the characters of one number
        self.text += char
        self.spans.append((left, right))

    def _is_lost(self, char: str, left: float) -> bool:
        """Figures are set wide apart, those of a date too, and their groups are read without a space."""
        figures = self.text[-1] in _FIGURES and char in _FIGURES
        return left - self.spans[-1][1] >= self.lost and not figures


def _ink(crop: Gray) -> Ink:
    """How many inked pixels each column has, rules left out."""
    plain = crop.astype(np.int16)
    away = np.abs(plain - int(np.median(plain)))
    dark = away > max(int(away.max()) * _CONTRAST, 12)
    edge = crop.shape[0] // 10
    dark = dark[edge : crop.shape[0] - edge or None]
    counted: Ink = dark[dark.mean(axis=1) < _RULE].sum(axis=0)
    return counted


def _stretches(ink: Ink, gap: float) -> list[tuple[int, int]]:
    """The columns with ink, joined over gaps that are too small to part words."""
    inked = np.flatnonzero(ink)
    if not inked.size:
        return []
    after = np.flatnonzero(np.diff(inked) > max(gap, 2))
    starts = [int(inked[0]), *(int(inked[i + 1]) for i in after)]
    stops = [*(int(inked[i]) + 1 for i in after), int(inked[-1]) + 1]
    return list(zip(starts, stops, strict=True))


def _edges(found: Match, begin: int, end: int, stretch: tuple[int, int], ink: Ink) -> list[float]:
    """Between which columns the characters from `begin` to `end` stand on their stretch of ink."""
    if begin == end:
        return []
    left, right = stretch
    at = np.concatenate([[0.0], np.cumsum(found.advances[begin:end])])
    at = left + at * (right - left) / at[-1]
    reach = (right - left) / (end - begin) * 0.45
    inner = [min(max(x, left), right) for x in _snapped(at[1:-1], reach, ink)]
    return [float(x) for x in np.maximum.accumulate([left, *inner, right])]


def _snapped(places: NDArray[np.float64], reach: float, ink: Ink) -> Iterator[float]:
    """Each place moved to the column with the least ink within reach, the nearest of several."""
    for place in places:
        low, high = max(int(place - reach), 0), min(int(place + reach) + 1, len(ink))
        near = np.arange(low, high)
        best = near[np.lexsort((np.abs(near + 0.5 - place), ink[low:high]))[0]] if near.size else place
        yield float(best) + 0.5
