"""Faces in a picture, by libfacedetection (yuface, BSD), whose weights are compiled in."""

from typing import Final

import numpy as np
from PIL import Image

from detectors.files.ocr import Box

_LOOKED_AT: Final = 640
"""Longest side that is searched: a face of 20 pixels there is still found."""
_SURE: Final = 0.6
"""Faces come at .8 and more; wounds and patterned cloth reach .56."""
_ROUND: Final = 0.2
"""How much of its size is added on each side: hair, ears and chin tell too."""


def faces(image: Image.Image) -> tuple[Box, ...]:
    """A box round each face of an RGB picture, with hair and chin."""
    import yuface  # loaded when the first picture comes

    scale = min(1.0, _LOOKED_AT / max(image.size))
    small = image.resize((max(int(image.width * scale), 1), max(int(image.height * scale), 1)))
    pixels = np.ascontiguousarray(np.asarray(small, dtype=np.uint8)[:, :, ::-1])
    _, found, _ = yuface.detect(pixels, conf=_SURE)
    return tuple(_box(*(float(v) / scale for v in each)) for each in found)


def _box(left: float, top: float, width: float, height: float) -> Box:
    wide, high = width * _ROUND, height * _ROUND
    return (
        max(int(left - wide), 0),
        max(int(top - high), 0),
        int(left + width + wide),
        int(top + height + high),
    )
