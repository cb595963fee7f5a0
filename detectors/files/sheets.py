"""A picture read the right way up: turned when it lies on its side, upside down or askew."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, floor
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detectors.files.ocr import Box, Line, read

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]

DOUBTFUL: Final = 0.8
"""Upright print is read at .95 and more, the same print upside down at .3 to .75."""
_DOUBTFUL_SHARE: Final = 0.1
_ASKEW: Final = 1.0
"""Degrees from which on lines are straightened: a line of 600 pixels then climbs 10."""
_WORTH_MEASURING: Final = 5
_MEASURED: Final = 8


@dataclass(frozen=True)
class Sheet:
    """A picture turned by `degrees` against the clock, and what was read on it."""

    degrees: float
    pixels: Pixels = field(repr=False)
    back: Matrix = field(repr=False)
    """Takes a place on the sheet to the place in the picture."""
    lines: tuple[Line, ...] = field(repr=False)

    @cached_property
    def gray(self) -> Pixels:
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)

    @cached_property
    def flat(self) -> tuple[Line, ...]:
        """The lines that run from left to right here."""
        return tuple(line for line in self.lines if not _stands(line))

    @cached_property
    def sureness(self) -> float:
        return _worth(self.flat) / max(sum(len(line.text) for line in self.flat), 1)

    def place(self, box: tuple[float, float, float, float]) -> Box:
        """The smallest upright box of the picture that holds `box` of the sheet."""
        left, top, right, bottom = box
        if not self.degrees:
            return floor(left), floor(top), ceil(right), ceil(bottom)
        corners = np.array([[left, top, 1], [right, top, 1], [left, bottom, 1], [right, bottom, 1]])
        places = (corners @ self.back.T).round(3)
        low, high = np.floor(places.min(axis=0)), np.ceil(places.max(axis=0))
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def sheets(image: Image.Image, *, is_part: bool = False) -> tuple[Sheet, ...]:
    """The ways to hold an RGB picture in which something on it can be read, each with the lines that are
    read best that way. Upright print costs one reading. `is_part` is as in `ocr.read`."""
    pixels = np.asarray(image, dtype=np.uint8)

    def turned(degrees: float) -> Sheet:
        return _turned(pixels, degrees, is_part)

    ways = [turned(0)]
    if _is_doubtful(ways[0].lines):
        ways.append(turned(180))
    # The engine reads a standing line from top to bottom; turned by a quarter it lies flat.
    ways += [turned(way.degrees + 90) for way in ways if _has_standing(way)]
    return _best([_straight(way, turned) for way in ways])


def _stands(line: Line) -> bool:
    return line.height > 1.5 * line.width and len(line.text) > 2


def _has_standing(way: Sheet) -> bool:
    return any(_stands(line) and line.confidence > DOUBTFUL for line in way.lines)


def _is_doubtful(lines: Iterable[Line]) -> bool:
    """Whether so much is uncertain, or so little there, that it may be upside down."""
    doubtful = sure = 0
    for line in lines:
        if line.confidence >= DOUBTFUL:
            sure += len(line.text)
        elif len(line.text) > 2 or line.is_lost:
            doubtful += max(len(line.text), 4)
    return sure < 4 or doubtful > _DOUBTFUL_SHARE * (sure + doubtful)


def _turned(pixels: Pixels, degrees: float, is_part: bool) -> Sheet:
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    across, down = np.abs(turn[:, :2]).round(9) @ (width, height)
    size = int(np.ceil(across)), int(np.ceil(down))
    turn[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    if degrees % 360:
        ground = tuple(
            int(c) for c in np.median(pixels[:: height // 64 + 1, :: width // 64 + 1], axis=(0, 1))
        )
        held = np.asarray(cv2.warpAffine(pixels, turn, size, borderValue=ground), dtype=np.uint8)
    else:
        held = pixels
    back = np.asarray(cv2.invertAffineTransform(turn), dtype=np.float64)
    return Sheet(degrees % 360, held, back, read(Image.fromarray(held), is_part=is_part))


def _straight(way: Sheet, turned: Callable[[float], Sheet]) -> Sheet:
    """The same, turned by the few degrees that its lines climb or fall."""
    askew = _skew(way)
    if abs(askew) < _ASKEW:
        return way
    straight = turned(way.degrees + askew)
    return straight if _worth(straight.flat) > 0.8 * _worth(way.flat) else way


def _worth(lines: Iterable[Line]) -> float:
    return sum(len(line.text) * line.confidence for line in lines)


def _skew(way: Sheet) -> float:
    """By how many degrees against the clock to turn so that the longest lines lie level."""
    long = sorted((li for li in way.flat if len(li.text) >= _WORTH_MEASURING), key=lambda li: -len(li.text))
    inked = [_inked(way.gray, line.box) for line in long[:_MEASURED]]
    if not inked:
        return 0.0
    rough = _levellest(inked, np.arange(-44.0, 45.0, 2.0))
    return _levellest(inked, np.arange(rough - 2, rough + 2.01, 0.25))


def _inked(gray: Pixels, box: Box) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    left, top, right, bottom = box
    crop = gray[top:bottom, left:right].astype(np.int16)
    away = np.abs(crop - int(np.median(crop)))
    rows, columns = np.nonzero(away > max(int(away.max()) // 2, 12))
    some = slice(None, None, len(rows) // 1000 + 1)
    return rows[some], columns[some]


def _levellest(
    inked: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]], angles: NDArray[np.float64]
) -> float:
    """The angle at which ink gathers in the fewest rows."""
    return float(max(angles, key=lambda a: (sum(_gathered(r, c, a) for r, c in inked), -abs(a))))


def _gathered(rows: NDArray[np.intp], columns: NDArray[np.intp], degrees: float) -> float:
    if not rows.size:
        return 0.0
    slope = np.deg2rad(degrees)
    level = np.round(rows * np.cos(slope) - columns * np.sin(slope)).astype(np.intp)
    counted = np.bincount(level - level.min()).astype(np.float64)
    return float((counted**2).sum() / rows.size**1.5)


def _best(ways: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """Each way with the lines that no other way reads better in the same place."""
    kept = [tuple(li for li in way.flat if not _beaten(way, li, ways)) for way in ways]
    return tuple(
        Sheet(way.degrees, way.pixels, way.back, lines)
        for way, lines in zip(ways, kept, strict=True)
        if lines
    )


def _beaten(way: Sheet, line: Line, ways: Sequence[Sheet]) -> bool:
    """Whether another way reads better what stands there; a line is believed as its whole sheet is: digits
    upside down may look right on their own."""
    middle = way.place(_middle(line.box))[:2]
    own = _worth([line]) * way.sureness
    return any(
        _covers(other, rival, middle) and _worth([rival]) * other.sureness > own
        for other in ways
        if other is not way
        for rival in other.flat
    )


def _middle(box: Box) -> tuple[float, float, float, float]:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return x, y, x, y


def _covers(way: Sheet, line: Line, place: tuple[int, int]) -> bool:
    """Whether a place of the picture lies on a line of a sheet."""
    left, top, right, bottom = line.box
    x, y = cv2.invertAffineTransform(way.back) @ (*place, 1)
    return bool(left <= x < right and top <= y < bottom)
