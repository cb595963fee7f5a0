"""Filled frames -> a picture file of the same format, from nothing but their pixels."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, TiffImagePlugin

_QUALITY: Final = 90
_WAYS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "image/jpeg": ("JPEG", {"quality": _QUALITY}),
    "image/png": ("PNG", {"compress_level": 4}),
    "image/webp": ("WEBP", {"quality": _QUALITY}),
    "image/gif": ("GIF", {"optimize": False, "disposal": 1}),
    "image/tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "image/bmp": ("BMP", {}),
    "image/heic": ("JPEG", {"quality": _QUALITY}),
    "image/avif": ("JPEG", {"quality": _QUALITY}),
}
"""What is written for each media type; for those that Pillow cannot write everywhere, a JPEG."""
SUFFIXES: Final = {"image/heic": ".jpg", "image/avif": ".jpg"}


@dataclass(frozen=True, slots=True)
class Timing:
    """How an animation runs: milliseconds of each frame, and how often it is repeated (0: for ever)."""

    milliseconds: tuple[int, ...] = ()
    loop: int = 0


def rebuilt(frames: Iterator[Image.Image], type: str, timing: Timing) -> bytes:
    """The file's bytes. Pages are taken one at a time; of a format without frames, only the first."""
    way, options = _WAYS[type]
    file = io.BytesIO()
    if way == "TIFF":
        with TiffImagePlugin.AppendingTiffWriter(file) as pages:
            for frame in frames:
                frame.save(pages, way, **options)
                pages.newFrame()
        return file.getvalue()
    if len(timing.milliseconds) > 1 and way in ("PNG", "WEBP", "GIF"):
        first, *more = frames
        played = {"duration": list(timing.milliseconds), "loop": timing.loop}
        first.save(file, way, save_all=True, append_images=more, **options, **played)
    else:
        next(frames).save(file, way, **options)
    return file.getvalue()
