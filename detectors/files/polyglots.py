"""Files that are two formats at once: another program would show what the inspection never saw."""

import re
import struct
from collections.abc import Callable, Mapping
from typing import Final

from detectors.files.interface import Unreadable

_TWO = "This file is two kinds of file in one, so part of it could be hidden from view."

_FOREIGN = re.compile(
    rb"PK\x03\x04|PK\x05\x06|%PDF-|<html|<script|<!doctype html|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x7fELF"
    rb"|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|MZ.{58}..\0\0",
    re.IGNORECASE | re.DOTALL,
)
_PDF = re.compile(rb"%PDF-\d\.\d")
_SCRIPT = re.compile(rb"<html|<script|<!doctype html", re.IGNORECASE)
_HOLDS_FILES = (
    "application/zip",
    "application/x-tar",
    "application/x-ole-storage",
    "application/x-7z-compressed",
)
_READ_FROM = 1024
"""Bytes within which PDF readers look for "%PDF-" (ISO 32000-1, annex H.3.4.1)."""


def check(data: bytes, type: str) -> None:
    """Raises Unreadable when a second format begins before, within the start of, or behind the first.

    Files that hold files are left out: what lies in them is read as a file of its own.
    """
    if type in _HOLDS_FILES:
        return
    if type == "application/dicom":
        behind = data[:2] in (b"MZ", b"PK") or data.startswith((b"%PDF", b"\xff\xd8", b"\x89PNG"))
    elif type == "application/pdf":
        behind = bool(_FOREIGN.search(data, data.rfind(b"%%EOF") + 5)) if b"%%EOF" in data else False
    else:
        before = _PDF.search(data, 1, _READ_FROM) or (type.startswith("image/") and _script(data))
        behind = bool(before) or bool(_FOREIGN.search(data, end_of(data, type)))
    if behind or _is_zip_from_behind(data):
        raise Unreadable(_TWO)


def end_of(data: bytes, type: str) -> int:
    """Where a picture ends by its own account; the end of the data for other formats and damaged pictures."""
    try:
        return min(_ENDS[type](data), len(data)) if type in _ENDS else len(data)
    except (struct.error, IndexError):
        return len(data)


def _script(data: bytes) -> bool:
    return _SCRIPT.search(data, 0, _READ_FROM) is not None


def _is_zip_from_behind(data: bytes) -> bool:
    """Whether the file ends as a ZIP does: readers of ZIP begin at the end (APPNOTE 4.3.16)."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or len(data) - at < 22:
        return False
    size, _, comment = struct.unpack_from("<LLH", data, at + 12)
    whole = at + 22 + comment >= len(data)
    return whole and 0 < size <= at and data[at - size : at - size + 4] == b"PK\x01\x02"


def _end_of_png(data: bytes) -> int:
    at, kind = 8, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">L4s", data, at)
        at += length + 12
    return at


def _end_of_jpeg(data: bytes) -> int:
    at = 2
    while data[at + 1] != 0xD9:
        if data[at] != 0xFF:
            return len(data)
        marker, length = struct.unpack_from(">xBH", data, at)
        at += 1 if marker == 0xFF else 2 + length
        if marker == 0xDA:
            at = _after_scan(data, at)
    return at + 2


_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


def _after_scan(data: bytes, at: int) -> int:
    """The next marker behind picture data, in which FF00 and FFD0 to FFD7 stand for themselves."""
    found = _MARKER.search(data, at)
    if found is None:
        raise IndexError
    return found.start()


def _end_of_gif(data: bytes) -> int:
    flags = data[10]
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            flags = data[at + 9]
            at += 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
        else:
            at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    return at + 1


def _end_of_riff(data: bytes) -> int:
    return 8 + int(struct.unpack_from("<L", data, 4)[0])


_ENDS: Final[Mapping[str, Callable[[bytes], int]]] = {
    "image/gif": _end_of_gif,
    "image/jpeg": _end_of_jpeg,
    "image/png": _end_of_png,
    "image/webp": _end_of_riff,
    "audio/wav": _end_of_riff,
}
