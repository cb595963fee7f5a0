"""The one place that reads letters off a picture: an engine behind `read`, loaded once per process.

The engine is faster-paddle (MIT; PP-OCR's smallest models in the wheel, no network). Another one, such as
rapidocr, takes its place by changing `_engine` and `_read_tile` alone: both give boxes, text, confidence.
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from PIL import Image

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels, half-open."""

_WHOLE: Final = 2400
"""Longest side that is read at once. The engine looks for text on at most 1,600 pixels, and letters of a
phone's screen are still found at two thirds of their size."""
_TILE: Final = 1600
_OVERLAP: Final = 200
_ENLARGED: Final = 736
"""Shortest side that the engine looks for text on: a smaller picture is enlarged for it."""
UNSURE: Final = 0.6
"""Confidence below which nobody should rely on what was read. An icon is read as a letter or two at .2 to .5,
print as faint as can be read at .8."""
_POOR: Final = 0.85
"""The same for a line of more than a word: those of sharp print come at .92 and more."""
_FINE: Final = 11
"""Pixels of height below which digits are misread with confidence; print of ten pixels stands in 12."""
_WORD: Final = 4
"""Characters from which on something may be a name or a number, and not an icon."""
_LINE: Final = 8
"""Characters from which on a line is more than a word."""
_PER_HEIGHT: Final = 2.5
"""Characters at most on a stretch as wide as the line is high."""
_ALIKE: Final = str.maketrans({"∪": "U", "Λ": "A", "∧": "A", "丨": "I", "。": ".", "、": ",", "一": "-"})
"""What the engine, which also knows Chinese and Greek, takes for Latin letters now and then."""
_STUCK: Final = re.compile(r"(?<=[A-Za-z])(?=\d{9})")
"""Where a label and a national number were read without the space between them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as the engine found it; `confidence` from 0 to 1. `text` is "" where the engine saw
    writing and could read none of it."""

    text: str = field(repr=False)
    box: Box
    confidence: float

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def letters(self) -> int:
        """How many letters and figures were read."""
        return sum(c.isalnum() for c in self.text)

    @property
    def is_lost(self) -> bool:
        """Whether something may stand here, a name or a number, that nobody should rely on having read."""
        if max(self.letters, self.width / self.height * _PER_HEIGHT) < _WORD:
            return False
        wanted = _POOR if self.letters >= _LINE else UNSURE
        return self.confidence < wanted or self.height < _FINE


def read(image: Image.Image, *, is_part: bool = False) -> tuple[Line, ...]:
    """The lines of an RGB picture that stands upright, in no certain order. Text that lies on its side is
    read with luck only, text upside down wrongly and with low confidence. A small picture is looked at
    enlarged, unless it `is_part` of one that has been read."""
    return tuple(line for tile in _tiles(image.size) for line in _of_tile(image, tile, is_part))


@dataclass(frozen=True, slots=True)
class _Tile:
    box: Box
    core: Box
    """A line belongs to the tile in whose core its middle lies."""


def _tiles(size: tuple[int, int]) -> Iterator[_Tile]:
    if max(size) <= _WHOLE:
        yield _Tile((0, 0, *size), (0, 0, *size))
        return
    for top, bottom, above, below in _cuts(size[1]):
        for left, right, before, after in _cuts(size[0]):
            yield _Tile((left, top, right, bottom), (before, above, after, below))


def _cuts(length: int) -> Iterator[tuple[int, int, int, int]]:
    """Start and end of each tile along one side, and of its core."""
    if length <= _WHOLE:
        yield 0, length, 0, length
        return
    count = -(-(length - _OVERLAP) // (_TILE - _OVERLAP))
    step = (length - _TILE) / (count - 1)
    starts = [round(i * step) for i in range(count)]
    middles = [0, *((a + _TILE + b) // 2 for a, b in zip(starts, starts[1:], strict=False)), length]
    for start, before, after in zip(starts, middles, middles[1:], strict=False):
        yield start, start + _TILE, before, after


def _of_tile(image: Image.Image, tile: _Tile, is_part: bool) -> Iterator[Line]:
    left, top, right, bottom = tile.box
    whole = (left, top) == (0, 0) and (right, bottom) == image.size
    for line in _read_tile(image if whole else image.crop(tile.box), is_part):
        a, b, c, d = line.box
        box = (a + left, b + top, min(c, right - left) + left, min(d, bottom - top) + top)
        if _holds(tile.core, (box[0] + box[2]) // 2, (box[1] + box[3]) // 2):
            yield Line(line.text, box, line.confidence)


def _holds(box: Box, x: int, y: int) -> bool:
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def _read_tile(image: Image.Image, is_part: bool) -> Iterator[Line]:
    file = io.BytesIO()
    image.save(file, "BMP")  # no compression: the quickest way into the engine
    for found in _engine(0 if is_part else _ENLARGED).ocr(file.getvalue())["bounds"].values():
        left, top = found["topLeftCoord"]
        right, bottom = found["bottomRightCoord"]
        text = _STUCK.sub(" ", "".join(_plain(c) for c in found["text"])).strip()
        if right > left and bottom > top:
            yield Line(text, (max(left, 0), max(top, 0), right, bottom), found["confidence"])


def _plain(char: str) -> str:
    """One code point for one: full-width forms and look-alikes as ASCII."""
    folded = unicodedata.normalize("NFKC", char)
    return (folded if len(folded) == 1 else char).translate(_ALIKE)


@cache
def _engine(shortest: int) -> Any:
    from faster_paddle import OcrEngine  # loaded when the first picture comes

    return OcrEngine("tiny", threads=1, det_min_side=shortest)
