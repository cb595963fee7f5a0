"""The frames of a picture file, upright and within limits, whatever its format."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from detectors.files.interface import Limits, OverLimit, Unreadable

FORMATS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/heic": "HEIF",
    "image/avif": "AVIF",
}
"""Media type -> the one decoder that may touch it."""

_ALL_FRAMES: Final = 4
"""How many times the pixels of one picture all its frames may have together."""
_DAMAGED: Final = "This picture is damaged and could not be read."
_BOMB: Final = "This picture is too large to be read."


@contextmanager
def opened(data: bytes, type: str, limits: Limits) -> Iterator[Image.Image]:
    """The picture, its header read and its pixels not yet. Raises Unreadable, OverLimit for too many pixels."""
    if type == "image/heic":
        import pi_heif  # the decoder is loaded for this family only

        pi_heif.register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's; the limit below is stricter
        try:
            with Image.open(io.BytesIO(data), formats=[FORMATS[type]]) as image:
                if image.width * image.height > limits.pixels:
                    raise OverLimit(_BOMB)
                yield image
        except Image.DecompressionBombError:
            raise OverLimit(_BOMB) from None
        except (OSError, SyntaxError, ValueError, EOFError, IndexError, UnidentifiedImageError):
            raise Unreadable(_DAMAGED) from None


def frames(image: Image.Image, limits: Limits) -> Iterator[Image.Image]:
    """Each frame or page as a screen shows it, turned as its details say. Raises OverLimit."""
    pixels = 0
    for number in range(limits.frames + 1):
        try:
            image.seek(number)
        except EOFError:
            return
        pixels += image.width * image.height
        if number == limits.frames:
            raise OverLimit(f"This picture has more than {limits.frames} frames.")
        if image.width * image.height > limits.pixels or pixels > _ALL_FRAMES * limits.pixels:
            raise OverLimit(_BOMB)
        image.load()
        yield ImageOps.exif_transpose(_eight_bits(image))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen and more bits to a pixel as eight, from the darkest to the brightest there is."""
    if image.mode[0] not in "IF":
        return image
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    return Image.fromarray(((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8))
