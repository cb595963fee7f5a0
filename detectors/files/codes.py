"""Barcodes and QR codes: what they say, where they stand, and those that cannot be read."""

from dataclasses import dataclass, field

import cv2
import numpy as np
import zxingcpp
from PIL import Image

from detectors.files.ocr import Box


@dataclass(frozen=True, slots=True)
class Code:
    """`text` is "" when the code was found and could not be read."""

    text: str = field(repr=False)
    box: Box


def codes(image: Image.Image) -> tuple[Code, ...]:
    """Every code on an RGB picture, whichever way it is turned. Wristbands carry NHS numbers in them."""
    gray = np.asarray(image.convert("L"), dtype=np.uint8)
    read = [_code(found) for found in zxingcpp.read_barcodes(gray)]
    return (*read, *(Code("", box) for box in _striped(gray) if not any(_meet(box, c.box) for c in read)))


def _code(found: zxingcpp.Barcode) -> Code:
    at = found.position
    corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
    return Code(found.text, _round([(c.x, c.y) for c in corners]))


def _striped(gray: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> list[Box]:
    """Bars side by side, read or not; where some are damaged only the others are found, so more is taken."""
    found, corners = cv2.barcode.BarcodeDetector().detect(gray)
    boxes = [_round([(int(x), int(y)) for x, y in each]) for each in corners] if found else []
    return [_longer(box) for box in boxes]


def _longer(box: Box) -> Box:
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    more = max(wide, high) // 2
    if wide >= high:
        return max(left - more, 0), top, right + more, bottom
    return left, max(top - more, 0), right, bottom + more


def _round(corners: list[tuple[int, int]]) -> Box:
    """The corners with what a slanting scan may have left outside."""
    columns, rows = [x for x, _ in corners], [y for _, y in corners]
    high = max(rows) - min(rows)
    wide = max(columns) - min(columns)
    pad = max(min(high, wide) // 8, 6)
    return max(min(columns) - pad, 0), max(min(rows) - pad, 0), max(columns) + pad, max(rows) + pad


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
