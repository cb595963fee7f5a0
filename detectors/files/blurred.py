"""Lines of writing too blurred to be found by the engine, told by their shape."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detectors.files.ocr import Box

Gray = NDArray[np.uint8]

_SIDE: Final = 1200
"""Longest side that is looked at. Writing of 20 pixels on a phone's screen is 10 high there."""
_INK: Final = 7
"""Difference of gray from the paper round it, from which on something is ink."""
_CONTRAST: Final = 8
"""The same for the darkest place of a line: nobody sees writing that is fainter."""
_GAP: Final = 9
"""Pixels between two letters or words of one line, at most."""
_LOWEST: Final = 5
_HIGHEST: Final = 80
"""Pixels of height of a line."""
_LONG: Final = 2.5
"""Heights that a line is long, at least."""
_SOFT: Final = 0.3
"""Steepest edge of a line, as a share of its contrast for each pixel: .4 and more in print as sharp as can be
read, .27 and less where it is blurred over more than 3 pixels on a phone's screen."""
_WAVES: Final = 3
"""How often a line gets darker and lighter on its way, at least: a bar or a shadow does not."""
_WAVE: Final = 0.06
"""What counts as darker, as a share of a line's contrast, and at least 1 step of gray."""
_ALIKE: Final = 0.6
"""Height of one of two lines to the other's: a page's lines are alike, what is out of focus behind a thing not."""
_ALONE: Final = 4.0
"""Heights that a line is long, at least, where no other is like it; and it is twice as marked as it need be."""


@dataclass(frozen=True, slots=True)
class _Bar:
    box: Box
    contrast: float
    waves: int

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]


def holds_blurred_lines(image: Image.Image, read: Sequence[Box]) -> bool:
    """Whether an RGB picture shows what looks like lines of writing out of focus, apart from the boxes that
    were `read`. Pictures without writing do not, nor does sharp print."""
    scale = min(_SIDE / max(image.size), 1.0)
    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    gray = np.asarray(image.convert("L").resize(size, Image.Resampling.BOX), dtype=np.uint8)
    return any(
        _holds_lines([bar for bar in bars if not _is_read(bar.box, scale, read)])
        for bars, read in ((_bars(gray), read), (_bars(gray.T), [_on_its_side(box) for box in read]))
    )


def _on_its_side(box: Box) -> Box:
    left, top, right, bottom = box
    return top, left, bottom, right


def _holds_lines(bars: Sequence[_Bar]) -> bool:
    return any(_stands_alone(bar) for bar in bars) or any(
        min(one.height, other.height) >= _ALIKE * max(one.height, other.height)
        for place, one in enumerate(bars)
        for other in bars[:place]
    )


def _bars(gray: Gray) -> Iterator[_Bar]:
    """What is long, low, soft at its edges and uneven along its way."""
    away = cv2.absdiff(gray, _paper(gray))
    ink = cv2.morphologyEx((away > _INK).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, _GAP), np.uint8))
    for left, top, width, height, _ in cv2.connectedComponentsWithStats(ink)[2][1:].tolist():
        if not (_LOWEST <= height <= _HIGHEST and width >= _LONG * height):
            continue
        here = slice(max(top - 2, 0), top + height + 2), slice(max(left - 2, 0), left + width + 2)
        near = gray[here].astype(np.float32)
        contrast = float(min(np.ptp(near), away[here].max()))
        waves = _waves(near.mean(axis=0), max(_WAVE * contrast, 1.0))
        if contrast >= _CONTRAST and waves >= _WAVES and _steepest(near) <= _SOFT * contrast:
            yield _Bar((left, top, left + width, top + height), contrast, waves)


def _paper(gray: Gray) -> Gray:
    """The picture without what is small, from a quarter of its size: a fraction of the work."""
    quarter = (max(gray.shape[1] // 4, 1), max(gray.shape[0] // 4, 1))
    small = cv2.resize(gray, quarter, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(cv2.medianBlur(small, 15), gray.shape[::-1]), dtype=np.uint8)


def _steepest(near: NDArray[np.float32]) -> float:
    across, down = (cv2.Sobel(near, cv2.CV_32F, *way) / 8 for way in ((1, 0), (0, 1)))
    return float(np.hypot(across, down).max())


def _waves(profile: Iterable[float], step: float) -> int:
    """How often the profile turns, by `step` at least."""
    turns, furthest, rising = 0, 0.0, None
    for value in profile:
        if rising is None:
            furthest, rising = value, True
        elif value > furthest if rising else value < furthest:
            furthest = value
        elif abs(value - furthest) > step:
            turns, furthest, rising = turns + 1, value, not rising
    return turns


def _is_read(bar: Box, scale: float, read: Sequence[Box]) -> bool:
    x, y = (bar[0] + bar[2]) / 2 / scale, (bar[1] + bar[3]) / 2 / scale
    return any(left <= x < right and top <= y < bottom for left, top, right, bottom in read)


def _stands_alone(bar: _Bar) -> bool:
    return bar.width >= _ALONE * bar.height and bar.waves >= 2 * _WAVES and bar.contrast >= 2 * _CONTRAST
