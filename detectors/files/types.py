"""What a file is, told from its contents; its name only says how a text is meant to be read."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import filetype
import puremagic

from detectors.files import containers, polyglots, texts
from detectors.files.interface import Unreadable

UNKNOWN = "application/octet-stream"
PROGRAM = "application/x-executable"

_HEAD = 65_536
_NOT_SURE = "It cannot be told for certain what kind of file this is."

_MARKS: Final[tuple[tuple[str, str], ...]] = (
    ("image/png", r"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", r"\xff\xd8\xff"),
    ("image/gif", r"GIF8[79]a"),
    ("image/webp", r"RIFF....WEBP"),
    ("image/bmp", r"BM....\0\0\0\0....[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    ("application/dicom", r".{128}DICM"),
    ("image/tiff", r"II[*+]\0|MM\0[*+]"),
    ("image/heic", r"....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)"),
    ("image/avif", r"....ftypavi[fs]"),
    ("image/jpx", r"\0\0\0\x0cjP  \r\n\x87\n"),
    ("image/vnd.adobe.photoshop", r"8BPS\0[\x01\x02]"),
    ("image/emf", r"\x01\0\0\0.{36} EMF"),
    ("image/wmf", r"\xd7\xcd\xc6\x9a\0\0|[\x01\x02]\0\x09\0\0[\x01\x03]"),
    ("image/x-icon", r"\0\0[\x01\x02]\0[\x01-\x20]\0"),
    ("application/pdf", r"(?:\xef\xbb\xbf)?[\s\0]{0,32}%PDF-"),
    ("application/x-ole-storage", r"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("application/onenote", r"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"),
    ("application/zip", r"PK(?:\x03\x04|\x05\x06|\x07\x08)"),
    ("application/x-7z-compressed", r"7z\xbc\xaf\x27\x1c"),
    ("application/x-rar-compressed", r"Rar!\x1a\x07"),
    ("application/gzip", r"\x1f\x8b\x08"),
    ("application/x-bzip2", r"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    ("application/x-xz", r"\xfd7zXZ\0"),
    ("application/zstd", r"\x28\xb5\x2f\xfd"),
    ("application/x-tar", r".{257}ustar[\0 ]"),
    ("application/vnd.ms-cab-compressed", r"MSCF\0\0\0\0"),
    ("application/vnd.sqlite3", r"SQLite format 3\0"),
    ("video/quicktime", r"....(?:ftypqt  |moov|mdat|wide|free)"),
    ("audio/mp4", r"....ftypM4[ABP] "),
    ("video/3gpp", r"....ftyp3g"),
    ("video/mp4", r"....ftyp"),
    ("video/x-matroska", r"\x1a\x45\xdf\xa3"),
    ("video/x-msvideo", r"RIFF....AVI "),
    ("video/x-ms-wmv", r"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c"),
    ("video/mpeg", r"\0\0\x01[\xb3\xba]"),
    ("audio/wav", r"RIFF....WAVE"),
    ("audio/ogg", r"OggS\0"),
    ("audio/flac", r"fLaC\0"),
    ("audio/amr", r"#!AMR(?:-WB)?\n"),
    ("audio/mpeg", r"ID3[\x02-\x04]\0|\xff[\xfb\xf3\xf2\xfa\xe3]"),
    ("audio/aac", r"\xff[\xf1\xf9]"),
    (PROGRAM, r"\x7fELF|[\xce\xcf]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]|\xca\xfe\xba\xbe|MZ.{58}..\0\0"),
)
"""Media type and the bytes that a file of it begins with, in order of precedence. Marks that ordinary words
could begin with ("BM", "MZ") ask for more of the header than the libraries do."""

_READ: Final = tuple((type, re.compile(mark.encode(), re.DOTALL)) for type, mark in _MARKS)

_SAME: Final = {
    "audio/x-wav": "audio/wav", "audio/x-flac": "audio/flac", "image/apng": "image/png", "image/heif": "image/heic",
    "video/x-m4v": "video/mp4", "video/webm": "video/x-matroska", "application/x-gzip": "application/gzip",
    "image/x-ms-bmp": "image/bmp", "application/x-zstd": "application/zstd", "audio/x-m4a": "audio/mp4",
    "application/vnd.rar": "application/x-rar-compressed", "application/x-sqlite3": "application/vnd.sqlite3",
    "application/x-msdownload": PROGRAM, "audio/x-aac": "audio/aac", "image/vnd.microsoft.icon": "image/x-icon",
    "application/x-rar": "application/x-rar-compressed", "application/x-7z": "application/x-7z-compressed",
}  # fmt: skip

_WHOLE_HEADER: Final = frozenset(
    {
        "application/dicom", "application/onenote", "application/x-ole-storage", "application/zip", "image/avif", "image/emf",
        "image/heic", "image/webp", "image/wmf", PROGRAM, "application/pdf", "video/3gpp", "video/mp4", "video/quicktime",
    }
)  # fmt: skip
"""Types whose mark is too long or too well checked for chance, or that what lies inside tells apart."""


@dataclass(frozen=True, slots=True)
class Told:
    """A media type. `agreed`: whether a second opinion, or the contents themselves, say the same; `reason`
    says what is unclear where they do not."""

    type: str
    agreed: bool
    reason: str = ""


def tell(data: bytes, name: str, declared: str = "") -> Told:
    """The media type of the contents.

    A picture that is named as a document is read as the picture that it is. Raises Unreadable for a program,
    and for contents that are two formats at once, since one program would show what another never saw.
    """
    ending = PurePosixPath(name.lower()).suffix.lstrip(".")
    type = _by_mark(data)
    if type == PROGRAM:
        raise Unreadable("This file is a program, not a document.")
    polyglots.check(data, type)
    if type in containers.INSIDE:
        return Told(containers.INSIDE[type](data), True)
    if type:
        return _seconded(data, type)
    if text := texts.decode(data[:_HEAD]):
        return Told(texts.tell(text, ending, declared), True)
    if ending in ("dcm", "dicom"):
        return Told("application/dicom", True)  # without its preamble: the parser says whether it is one
    return _by_libraries(data)


def _by_mark(data: bytes) -> str:
    head = data[:512]
    return next((type for type, mark in _READ if mark.match(head)), "")


def _seconded(data: bytes, type: str) -> Told:
    if type in _WHOLE_HEADER or type in _opinions(data):
        return Told(type, True)
    return Told(type, False, _NOT_SURE)


def _by_libraries(data: bytes) -> Told:
    """A format that nothing above knows, where two libraries agree on it."""
    first = next(iter(_filetype(data)), "")
    if first and first in _puremagic(data):
        return Told(first, True)
    return Told(first or UNKNOWN, False, _NOT_SURE)


def _opinions(data: bytes) -> frozenset[str]:
    return _filetype(data) | _puremagic(data)


def _filetype(data: bytes) -> frozenset[str]:
    kind = filetype.guess(data[:8192])
    return frozenset({_SAME.get(kind.mime, kind.mime)}) if kind else frozenset()


def _puremagic(data: bytes) -> frozenset[str]:
    try:
        found = puremagic.magic_string(data[:_HEAD])
    except (puremagic.PureError, ValueError):
        return frozenset()
    return frozenset(_SAME.get(f.mime_type, f.mime_type) for f in found if f.mime_type)
