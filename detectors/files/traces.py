"""What a picture file carries besides its pixels: words, a place, a small copy, bytes behind its end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from PIL import ExifTags, Image

from detectors.files.interface import Passage
from detectors.files.tails import has_tail

_COLOURS: Final = frozenset({"icc_profile"})
_READABLE = re.compile(r"[^\W_][^\x00-\x1f\x7f-\x9f�]{3,}")
_TAGS = re.compile(r"<[^<>]*>")
_VALUES = re.compile(r"=\s*[\"']([^\"'<>]*)[\"']")
_MARKUP: Final = frozenset({"xmp", "XML:com.adobe.xmp"})
_MOMENT = re.compile(r"[\d:\-+.TZ ]*")
_LONGEST: Final = 20_000
_THUMBNAIL: Final = 0x0201
_SUB_PICTURES: Final = 0x014A
_BESIDE: Final = ("thumbnails", "depth_images", "aux", "metadata")


@dataclass(frozen=True, slots=True)
class Traces:
    """`located`: the file says where it was taken. `more`: it holds picture data that is not shown."""

    passages: tuple[Passage, ...]
    located: bool
    more: bool


def traces(image: Image.Image, data: bytes, type: str) -> Traces:
    """What lies beside the pixels of an opened picture, whose frames have been read (PNG's words may come last)."""
    exif = image.getexif()
    found = {**dict(_of_exif(exif)), **dict(_of_format(image))}
    passages = tuple(
        Passage(text, f"the picture's details, {name}", name)
        for name, value in found.items()
        for text in _words(name, value)
        if not _MOMENT.fullmatch(text)  # when it was taken tells of no person
    )
    located = bool(set(exif.get_ifd(ExifTags.IFD.GPSInfo)) - {0})
    small = _THUMBNAIL in exif.get_ifd(ExifTags.IFD.IFD1) or _SUB_PICTURES in exif
    more = small or has_tail(data, type) or (image.format == "HEIF" and _holds_more(image))
    return Traces(passages, located, more)


def _holds_more(image: Any) -> bool:
    """Whether a HEIF file has small copies or pictures of depth, which need not show what its pictures show."""
    for number in range(image.n_frames):
        image.seek(number)
        if any(image.info.get(name) for name in _BESIDE):
            return True
    return False


def _of_exif(exif: Image.Exif) -> Iterator[tuple[str, Any]]:
    for tag, value in exif.items():
        yield ExifTags.TAGS.get(tag, "field"), value
    for tag, value in exif.get_ifd(ExifTags.IFD.Exif).items():
        yield ExifTags.TAGS.get(tag, "field"), value


def _of_format(image: Image.Image) -> Iterator[tuple[str, Any]]:
    """Comments, text chunks, XMP; and what a JPEG's application segments hold beside them."""
    for name, value in image.info.items():
        if name not in _COLOURS and name != "exif":
            yield str(name), value
    for number, (name, value) in enumerate(getattr(image, "applist", ())):
        if not value.startswith(
            (b"Exif\0", b"ICC_PROFILE\0", b"http://ns.adobe.com/xap/", b"JFIF\0", b"Adobe\0")
        ):
            yield f"{name} {number}", value


def _words(name: str, value: Any) -> Iterator[str]:
    """The readable stretches of a field, in either of the two ways in which cameras write letters."""
    if isinstance(value, bytes):
        encodings = ("utf-8", "utf-16-le", "utf-16-be") if b"\0" in value else ("utf-8",)
        texts = [value[:_LONGEST].decode(encoding, "replace") for encoding in encodings]
    else:
        texts = [value[:_LONGEST]] if isinstance(value, str) else []
    for text in texts:
        if name in _MARKUP:
            text = " ".join([*_VALUES.findall(text), _TAGS.sub("\n", text)])
        for run in _READABLE.findall(text):
            if _latin(run):
                yield run.strip()


def _latin(run: str) -> bool:
    """Whether a stretch of decoded bytes is writing; read the wrong way, Latin letters look Chinese."""
    return sum(c.isascii() for c in run) * 2 > len(run)
