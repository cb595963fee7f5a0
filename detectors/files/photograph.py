"""Whether a picture came out of a camera, told from its pixels alone."""

from typing import Final

import numpy as np
from PIL import Image

_SIDE: Final = 512
_FLAT: Final = 0.6
"""Share of pixels that equal both their neighbours: .9 and more on screenshots, drawings and their JPEGs,
.3 and less in what a camera saw, the black round a fundus included."""
_COLOURS: Final = 4000
"""Different colours among at most 512 by 512 pixels: some 800 on a screenshot, 7,000 and more in a photograph,
also where strong compression has made it flat."""


def is_photograph(image: Image.Image) -> bool:
    """Whether an RGB picture is, or holds, what a camera saw rather than what a machine drew."""
    pixels = np.asarray(image, dtype=np.uint8)
    step = max(max(image.size) // _SIDE, 1)
    here = pixels[:-1:step, :-1:step]
    if not here.size:
        return False
    same = (here == pixels[:-1:step, 1::step]) & (here == pixels[1::step, :-1:step])
    packed = here.astype(np.uint32) @ np.array([1, 256, 65536], dtype=np.uint32)
    return bool(same.all(axis=2).mean() < _FLAT) or len(np.unique(packed)) > _COLOURS
