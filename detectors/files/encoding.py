"""Bytes <-> text: which encoding they are in, told from the bytes; and the same bytes again."""

import codecs
import re
from dataclasses import dataclass, field
from typing import Final

from detectors.files.interface import Unreadable

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNCERTAIN: Final = "The characters of this text could not be read for certain."
_MANY_BYTES = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_COLOUR = r"\x1b\[[0-9;?]*[A-Za-z]"
_NOT_TEXT = re.compile(_COLOUR + r"|[^\t\n\r -~\u0080-\U0010ffff]+")
_ACCENTED_AT_MOST: Final = 0.3
"""Of the letters. More, and the bytes are another alphabet's."""

_CONTROLS_AT_MOST: Final = 0.02
"""Of a text without terminal colours. More, and it is no text."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and what its bytes begin with and are encoded in."""

    text: str = field(repr=False)
    encoding: str
    mark: bytes = b""

    def encode(self, text: str) -> bytes:
        """Bytes of a text in the same encoding. What that cannot hold becomes "?"."""
        return self.mark + text.encode(self.encoding, "replace")


def decode(data: bytes, declared: str = "") -> Decoded:
    """Read bytes by their mark, or as what is declared, or as UTF-8, UTF-16 without a mark or windows-1252.

    Raises Unreadable where that would be a guess: mixed encodings, other alphabets, binary data.
    """
    decoded = _decoded(data, declared)
    controls = sum(len(c) for c in _NOT_TEXT.findall(decoded.text) if not c.startswith("\x1b["))
    if controls > max(2, len(decoded.text) * _CONTROLS_AT_MOST):
        raise Unreadable(_UNCERTAIN)
    return decoded


def readable(text: str) -> str:
    """The text as it shows, each character in its place: terminal colours have no width, and other control
    characters are spaces."""
    return _NOT_TEXT.sub(lambda m: ("\u200b" if m[0][0] == "\x1b" else " ") * len(m[0]), text)


def _decoded(data: bytes, declared: str) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data[len(mark) :], encoding), encoding, mark)
    encoding = declared or _wide(data)
    if encoding:
        return Decoded(_strictly(data, encoding), encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _western(data)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise Unreadable(_UNCERTAIN) from None


def _wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: most of the text is ASCII, so every second byte or more is zero."""
    start = data[:4096]
    if not start or start.count(0) * 4 < len(start):
        return ""
    wide = len(data) % 4 == 0 and start.count(0) * 3 > len(start) * 2
    zeros_first = start[::2].count(0) > start[1::2].count(0)
    if wide:
        return "utf-32-be" if start[0] == 0 else "utf-32-le"
    return "utf-16-be" if zeros_first else "utf-16-le"


def _western(data: bytes) -> Decoded:
    if _MANY_BYTES.search(data):
        raise Unreadable(_UNCERTAIN)  # partly UTF-8: damaged, or two texts in one
    text = _strictly(data, "cp1252")
    letters = sum(c.isalpha() for c in text)
    if sum(c.isalpha() and not c.isascii() for c in text) > letters * _ACCENTED_AT_MOST:
        raise Unreadable(_UNCERTAIN)
    return Decoded(text, "cp1252")
