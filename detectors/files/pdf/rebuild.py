"""A new PDF made of pictures of pages, with the text that may be read laid invisibly over them."""

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image, ImageChops, ImageDraw, ImageFont

from detectors.files.picture import Box

_QUALITY = 80
_COLOURLESS = 24
_SMALLEST_PRINT = 9
"""Pixels: at 200 to the inch, letters of 3 points can just be read."""
_WIDTH = 0.5
"""Of a letter of Helvetica on average, in its size."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words on a page and the box that they fill."""

    text: str = field(repr=False)
    box: Box


class Copy:
    """Pages are added in order; nothing but their pixels and the words given here comes to lie in it."""

    def __init__(self) -> None:
        self._pdf = pikepdf.new()
        self._font = self._pdf.make_indirect(
            Dictionary(
                Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
            )
        )

    def add(
        self,
        filled: Image.Image,
        points: tuple[float, float],
        hidden: Sequence[Said],
        words: Sequence[Said],
    ) -> None:
        """A page of `points` width and height. Into its boxes comes in white what each of `hidden` says."""
        draw = ImageDraw.Draw(filled)
        for each in hidden:
            _label(draw, each)
        image = self._stored(filled)
        points = (_sized(points[0]), _sized(points[1]))
        page = self._pdf.add_blank_page(page_size=points)
        page.obj.Resources = Dictionary(XObject=Dictionary(Im=image), Font=Dictionary(F=self._font))
        page.obj.Contents = self._pdf.make_stream(_contents(points, filled.size, words))

    def attach(self, name: str, data: bytes) -> None:
        self._pdf.attachments[name] = data

    def data(self) -> bytes:
        with io.BytesIO() as out:
            self._pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
            return out.getvalue()

    def _stored(self, picture: Image.Image) -> pikepdf.Object:
        """In grey where it has no colour; packed without loss where that is smaller (print on paper)."""
        if _is_grey(picture):
            picture = picture.convert("L")
        image = self._pdf.make_stream(_jpeg(picture))
        image.Filter, image.BitsPerComponent = Name.DCTDecode, 8
        if picture.mode == "L" and len(packed := _sixteen_greys(picture)) < image.Length:
            image = self._pdf.make_stream(packed)
            image.Filter, image.BitsPerComponent = Name.FlateDecode, 4
        image.Type, image.Subtype = Name.XObject, Name.Image
        image.Width, image.Height = picture.size
        image.ColorSpace = Name.DeviceGray if picture.mode == "L" else Name.DeviceRGB
        return image


def _sized(points: float) -> float:
    """A side that every reader can show (ISO 32000-1, annex C.2)."""
    return min(max(points, 3), 14_400)


def _is_grey(picture: Image.Image) -> bool:
    red, green, blue = picture.reduce(2).split()
    pairs = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return all(_greatest(pair) < _COLOURLESS for pair in pairs)


def _greatest(channel: Image.Image) -> int:
    return int(np.asarray(channel).max())


def _jpeg(picture: Image.Image) -> bytes:
    with io.BytesIO() as out:
        picture.save(out, "JPEG", quality=_QUALITY, optimize=True)
        return out.getvalue()


def _sixteen_greys(picture: Image.Image) -> bytes:
    """Two pixels in a byte; a row of an odd number of pixels is filled up (ISO 32000-1, 8.9.5.2)."""
    wide = Image.new("L", (picture.width + picture.width % 2, picture.height))
    wide.paste(picture)
    levels = np.asarray(wide) >> 4
    return zlib.compress((levels[:, ::2] << 4 | levels[:, 1::2]).tobytes(), 6)


def _label(draw: ImageDraw.ImageDraw, said: Said) -> None:
    """White on black, so that one patient can be told from another; left out where it does not fit."""
    left, top, right, bottom = said.box
    size = int((bottom - top) * 0.8)
    while size >= _SMALLEST_PRINT:
        font = ImageFont.load_default(size)
        if draw.textlength(said.text, font=font) <= right - left - 2:
            draw.text(((left + right) / 2, (top + bottom) / 2), said.text, "white", font, anchor="mm")
            return
        size -= 2


def _contents(points: tuple[float, float], pixels: tuple[int, int], words: Sequence[Said]) -> bytes:
    """The picture over the whole page, and the words invisibly (rendering mode 3) where they stand."""
    across, up = points[0] / pixels[0], points[1] / pixels[1]
    lines = [f"q {points[0]:.2f} 0 0 {points[1]:.2f} 0 0 cm /Im Do Q BT 3 Tr"]
    for word in words:
        left, top, right, bottom = word.box
        size = max((bottom - top) * up, 1)
        stretch = 100 * (right - left) * across / max(size * len(word.text) * _WIDTH, 0.01)
        text = word.text.encode("cp1252", "replace").hex()
        place = f"1 0 0 1 {left * across:.2f} {points[1] - bottom * up + size * 0.2:.2f} Tm"
        lines.append(f"/F {size:.2f} Tf {stretch:.1f} Tz {place} <{text}> Tj")
    return "\n".join([*lines, "ET"]).encode()
