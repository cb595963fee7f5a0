"""Where on a line of a picture each character of its text stands, measured on the ink itself."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

Gray = NDArray[np.uint8]
Spans = list[tuple[float, float]]
"""For each code point, from which column to which it runs."""

_WORD_GAP: Final = 0.2
"""Blank columns, as a share of the line's height, from which on a gap may part two words."""
_LOST_SPACE: Final = 0.24
_RULE: Final = 0.85
"""Share of inked columns from which on a row is an underline or a table's rule, not letters."""
_CONTRAST: Final = 0.35
_SPLIT, _SPLIT_AT_FIGURE, _RUN_ON, _UNREAD = 1.2, 0.2, 0.6, 2.5
"""Cost of parting a word that the engine read as one, also where a figure follows a letter ("CHI0101"), of a
space without a gap, and of ink that no character stands for, in squared widths of a character."""


def spread(text: str, crop: Gray) -> tuple[str, Spans]:
    """The text with spaces where the engine lost them, and where each of its code points stands in `crop`.

    The engine says where a line is, not where its letters are. Words of the ink are matched with words of
    the text by their widths; inside a word the edges go to the blank columns nearest to where a common
    sans-serif face would have them.
    """
    ink = _ink(crop)
    words = _words(ink, crop.shape[0] * _WORD_GAP) or [(0, len(ink))]
    letters = text.split()
    chars = "".join(letters)
    ends = _match([c for word in letters for c in word], _breaks(letters), [b - a for a, b in words])
    return _lay(chars, set(_breaks(letters)), words, ends, ink, crop.shape[0])


def _ink(crop: Gray) -> NDArray[np.int_]:
    """How many inked pixels each column has, rules left out."""
    plain = crop.astype(np.int16)
    ground = int(np.median(plain))
    away = np.abs(plain - ground)
    dark = away > max(int(away.max()) * _CONTRAST, 12)
    edge = crop.shape[0] // 10
    dark = dark[edge : crop.shape[0] - edge or None]
    letters = dark[dark.mean(axis=1) < _RULE] if dark.size else dark
    counted: NDArray[np.int_] = letters.sum(axis=0)
    return counted


def _words(ink: NDArray[np.int_], gap: float) -> list[tuple[int, int]]:
    """The stretches of columns with ink, joined over gaps that are too small to part words."""
    inked = np.flatnonzero(ink)
    if not inked.size:
        return []
    after = np.flatnonzero(np.diff(inked) > max(gap, 2))
    starts = [int(inked[0]), *(int(inked[i + 1]) for i in after)]
    stops = [*(int(inked[i]) + 1 for i in after), int(inked[-1]) + 1]
    return list(zip(starts, stops, strict=True))


def _breaks(words: Sequence[str]) -> list[int]:
    """Before which characters, spaces not counted, a word begins; and the end."""
    return [0, *np.cumsum([len(w) for w in words]).tolist()]


def _match(chars: Sequence[str], breaks: Sequence[int], widths: Sequence[int]) -> list[int]:
    """How many characters end with each stretch of ink: the cheapest way to share them out."""
    at = np.concatenate([[0.0], np.cumsum([_width(c) for c in chars])])
    at *= sum(widths) / at[-1]
    unit = at[-1] / len(chars)
    is_break = np.zeros(len(at))
    is_break[list(breaks)] = 1
    passed = np.cumsum(is_break)
    spans = at[None, :] - at[:, None]
    inside = np.maximum(passed[None, :] - is_break[None, :] - passed[:, None], 0)
    extra = (inside * _RUN_ON + ((1 - is_break) * _splits(chars))[None, :]) * unit**2
    extra[spans == 0] = _UNREAD * unit**2
    extra[spans < 0] = np.inf
    cost = np.full(len(at), np.inf)
    cost[0] = 0
    came: list[NDArray[np.intp]] = []
    for width in widths:
        all_ways = cost[:, None] + (spans - width) ** 2 + extra
        came.append(all_ways.argmin(axis=0))
        cost = all_ways.min(axis=0)
    ends = [len(chars)]
    for back in reversed(came[1:]):
        ends.append(int(back[ends[-1]]))
    return ends[::-1]


def _splits(chars: Sequence[str]) -> NDArray[np.float64]:
    """What it costs to part the characters before each of them, and after the last."""
    turns = [a.isalpha() and b.isdigit() for a, b in zip(chars, chars[1:], strict=False)]
    return np.array([0.0, *(_SPLIT_AT_FIGURE if t else _SPLIT for t in turns), 0.0])


@cache
def _width(char: str) -> float:
    return max(_face().getlength(char), 1.0)


@cache
def _face() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(64)


def _lay(
    chars: str,
    breaks: set[int],
    words: Sequence[tuple[int, int]],
    ends: Sequence[int],
    ink: NDArray[np.int_],
    height: int,
) -> tuple[str, Spans]:
    text, spans, begin, right = "", Spans(), 0, 0.0
    for (left, stop), end in zip(words, ends, strict=True):
        edges = _edges(chars[begin:end], left, stop, ink)
        for place, (a, b) in enumerate(zip(edges, edges[1:], strict=False), begin):
            if text and (
                place in breaks or (place == begin and _lost(text[-1], chars[place], a - right, height))
            ):
                text += " "
                spans.append((right, a))
            elif text:
                spans[-1] = (spans[-1][0], a)  # no slit between the characters of one number
            text += chars[place]
            spans.append((a, b))
            right = b
        begin = end
    return text, spans


def _lost(before: str, char: str, gap: float, height: int) -> bool:
    """Whether a space was lost here. Figures are set wide apart, and their groups are read without it."""
    return gap >= height * _LOST_SPACE and before != " " and not (before.isdigit() and char.isdigit())


def _edges(chars: str, left: int, right: int, ink: NDArray[np.int_]) -> list[float]:
    if not chars:
        return []
    at = np.concatenate([[0.0], np.cumsum([_width(c) for c in chars])])
    at = left + at * (right - left) / at[-1]
    reach = (right - left) / len(chars) * 0.45
    inner = [min(max(x, left), right) for x in _snapped(at[1:-1], reach, ink)]
    return [float(x) for x in np.maximum.accumulate([left, *inner, right])]


def _snapped(places: NDArray[np.float64], reach: float, ink: NDArray[np.int_]) -> Iterator[float]:
    """Each place moved to the column with the least ink within reach, the nearest of several."""
    for place in places:
        low, high = max(int(place - reach), 0), min(int(place + reach) + 1, len(ink))
        near = np.arange(low, high)
        best = near[np.lexsort((np.abs(near + 0.5 - place), ink[low:high]))[0]] if near.size else place
        yield float(best) + 0.5
