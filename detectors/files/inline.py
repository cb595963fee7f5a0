"""Files that stand within a text as base64: data addresses, fields that hold a document."""

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from detectors.files.interface import Desk, File
from detectors.files.slots import Told

ADDRESS: Final = re.compile(r"(?i)data:[\w/+.-]*;base64,[A-Za-z0-9+/=]+")
"""A data address within a text."""

_DATA: Final = re.compile(r"(?is)\s*data:(?P<type>[^,;]*)(?P<more>(?:;[^,;]*)*),(?P<data>.*)")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_SHORTEST: Final = 200
"""Characters of base64 that are worth looking into, without a data address to say so."""


def carried(text: str) -> bytes | None:
    """The file that a value is, as a data address (RFC 2397) or as base64; None for an ordinary value."""
    found = _DATA.fullmatch(text)
    if found:
        return (
            unbase64(found["data"]) if "base64" in found["more"].lower() else unquote_to_bytes(found["data"])
        )
    is_packed = len(text) >= _SHORTEST and _BASE64.fullmatch(text) and not _is_words(text)
    return unbase64(text) if is_packed else None


def unbase64(text: str) -> bytes | None:
    """None where it is no base64 (RFC 4648), with or without its padding."""
    packed = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_words(text: str) -> bool:
    """Prose without punctuation: its words are shorter than a line of base64."""
    return max(map(len, text.split()), default=0) < 40


def rewritten(text: str, data: bytes, desk: Desk, told: Told, what: str) -> str | None:
    """What stands in place of a value that carries a file: itself, or its redacted copy; None to leave it out."""
    kept = told.inside(desk, File("inline", data), what)
    if kept is None or kept == data:
        return text if kept == data else None
    found = _DATA.fullmatch(text)
    head = f"data:{found['type']};base64," if found else ""
    return head + base64.b64encode(kept).decode("ascii")
