"""Pictures in a PDF that no page shows as they are: cropped, covered, tiny, or not shown at all."""

import hashlib
import io
import math
from collections.abc import Iterator

import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, UnidentifiedImageError

from detectors.files.interface import Passage
from detectors.files.pdf.pages import DPI, draw

_CELL = 8
"""Points: a letter may hide under a patch of this size."""
_DIFFERENT = 10.0
"""Levels of grey, averaged over a patch, from which on something else is shown than the picture holds."""
_COARSE = 0.3
"""A picture that is shown with less than this part of its pixels may hold more than can be read."""
_SMALLEST = 14
_EXIF_THUMBNAIL = 0x0201
_TEXT_TAGS = (str, bytes)


def shown(page: pypdfium2.PdfPage) -> Iterator[bytes]:
    """Digests of the stored bytes of the pictures that a page shows wholly and with nothing over them."""
    pictures = [
        thing
        for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
        if isinstance(thing, pypdfium2.PdfImage) and thing.container is None
    ]
    if not pictures:
        return
    drawn = draw(page, scale=1).convert("L")
    for picture in pictures:
        try:
            if _is_shown(picture, page, drawn):
                yield hashlib.sha256(bytes(picture.get_data())).digest()
        except pypdfium2.PdfiumError:
            continue  # looked at by itself then


def _is_shown(picture: pypdfium2.PdfImage, page: pypdfium2.PdfPage, drawn: Image.Image) -> bool:
    left, bottom, right, top = picture.get_bounds()
    crop_left, crop_bottom, crop_right, crop_top = page.get_bbox()
    inside = (
        left >= crop_left - 1
        and bottom >= crop_bottom - 1
        and right <= crop_right + 1
        and top <= crop_top + 1
    )
    width, height = picture.get_px_size()
    fine = min(right - left, top - bottom) * DPI / 72 >= _COARSE * min(width, height)
    if not inside or not fine or page.get_rotation():
        return False
    alone = picture.get_bitmap(render=True, scale_to_original=False).to_pil().convert("RGBA")
    paper = Image.new("RGBA", alone.size, "white")
    expected = Image.alpha_composite(paper, alone).convert("L")
    at = (math.floor(left - crop_left), math.floor(crop_top - top))
    actual = drawn.crop((*at, at[0] + expected.width, at[1] + expected.height))
    return _difference(expected, actual) < _DIFFERENT


def _difference(a: Image.Image, b: Image.Image) -> float:
    """The greatest difference between two pictures of one size, averaged over patches."""
    size = (max(a.width // _CELL, 1), max(a.height // _CELL, 1))
    patches = [np.asarray(i.resize(size, Image.Resampling.BOX), dtype=float) for i in (a, b)]
    return float(np.abs(patches[0] - patches[1]).max())


def properties(stored: bytes) -> tuple[list[Passage], bool]:
    """What a JPEG says of itself, and whether that is all that it holds: a thumbnail shows more."""
    try:
        with Image.open(io.BytesIO(stored)) as image:
            exif = image.getexif()
            said = [v for v in (*image.info.values(), *exif.values()) if isinstance(v, _TEXT_TAGS)]
            thumbnail = _EXIF_THUMBNAIL in exif.get_ifd(1)
    except (OSError, UnidentifiedImageError, ValueError):
        return [], False
    texts = [v.decode("utf-8", "ignore") if isinstance(v, bytes) else v for v in said]
    words = ["".join(c for c in t if c.isprintable()) for t in texts]
    return [
        Passage(w, "properties of a picture") for w in words if any(c.isalnum() for c in w)
    ], not thumbnail


def is_jpeg(stream: pikepdf.Stream) -> bool:
    return stream.get("/Filter", None) == pikepdf.Name.DCTDecode


def holds_letters(stream: pikepdf.Stream) -> bool:
    """Whether a picture is large enough for any to be read in it."""
    return min(int(stream.get("/Width", 0)), int(stream.get("/Height", 0))) >= _SMALLEST
