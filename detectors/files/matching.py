"""Words of a line's ink matched with the characters that were read: which of them stand in which word."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

Floats = NDArray[np.float64]

_SPLIT, _SPLIT_AT_FIGURE, _RUN_ON, _UNREAD = 1.2, 0.2, 0.6, 2.5
"""Cost of parting a word that the engine read as one, also where a figure follows a letter ("CHI0101"), of a
space without a gap, and of ink that no character stands for, in squared widths of a character."""


@dataclass(frozen=True, slots=True)
class Match:
    """`ends`: how many characters have been placed when each word of ink ends. `advances`: the widths of the
    characters, in the unit of the face that fits."""

    ends: tuple[int, ...]
    advances: Floats
    even: bool
    """The face gives every character the same width, as on a typewriter."""
    cost: float


def match(words: Sequence[str], ink: Sequence[float]) -> Match:
    """The cheapest way to share the characters of `words` out over stretches of ink of given widths, set in a
    common sans-serif face or in one with a fixed pitch."""
    chars = "".join(words)
    sans = np.array([_width(c) for c in chars])
    if len(ink) == 1:
        return Match((len(chars),), sans, False, 0.0)
    breaks = np.zeros(len(chars) + 1)
    breaks[[0, *np.cumsum([len(w) for w in words])]] = 1
    faces = (_shared(chars, breaks, ink, sans, False), _shared(chars, breaks, ink, np.ones(len(chars)), True))
    return min(faces, key=lambda m: m.cost)


def _shared(chars: str, breaks: Floats, ink: Sequence[float], advances: Floats, even: bool) -> Match:
    at = np.concatenate([[0.0], np.cumsum(advances)])
    at *= sum(ink) / at[-1]
    spans = at[None, :] - at[:, None]
    extra = _extra(chars, breaks, spans) * (at[-1] / len(chars)) ** 2
    cost = np.full(len(at), np.inf)
    cost[0] = 0
    came: list[NDArray[np.intp]] = []
    for width in ink:
        ways = cost[:, None] + (spans - width) ** 2 + extra
        came.append(ways.argmin(axis=0))
        cost = ways.min(axis=0)
    ends = [len(chars)]
    for back in reversed(came[1:]):
        ends.append(int(back[ends[-1]]))
    return Match(tuple(ends[::-1]), advances, even, float(cost[-1]))


def _extra(chars: str, breaks: Floats, spans: Floats) -> Floats:
    """What it costs, beside a width that does not fit, that a word of ink runs from one place to another."""
    passed = np.cumsum(breaks)
    inside = np.maximum(passed[None, :] - breaks[None, :] - passed[:, None], 0)
    turns = [a.isalpha() and b.isdigit() for a, b in zip(chars, chars[1:], strict=False)]
    split = np.array([0.0, *(_SPLIT_AT_FIGURE if turn else _SPLIT for turn in turns), 0.0])
    extra: Floats = inside * _RUN_ON + ((1 - breaks) * split)[None, :]
    extra[spans == 0] = _UNREAD
    extra[spans < 0] = np.inf
    return extra


@cache
def _width(char: str) -> float:
    return max(_face().getlength(char), 1.0)


@cache
def _face() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(64)
