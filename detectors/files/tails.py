"""Where a picture's data ends by its own format, and whether bytes lie behind that."""

from collections.abc import Callable
from typing import Final


def has_tail(data: bytes, type: str) -> bool:
    """Whether anything but zeros lies behind the end; also when the end cannot be found. Formats that say no
    end (TIFF) have none."""
    find = _ENDS.get(type)
    if find is None:
        return False
    try:
        end = find(data)
    except (IndexError, ValueError):
        return True
    return bool(data[end:].strip(b"\0\r\n"))


def _end_of_png(data: bytes) -> int:
    at = 8
    while data[at + 4 : at + 8] != b"IEND":
        at += 12 + _number(data, at, 4, "big")
    return at + 12


def _end_of_jpeg(data: bytes) -> int:
    """ITU T.81, B.1.1: segments with a length each, then coded data up to the next marker that is none of its own."""
    at = 2
    while True:
        at = data.index(b"\xff", at)
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF:
            at += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD7:
            at += 2
        else:
            at += 2 + _number(data, at + 2, 2, "big")


def _end_of_gif(data: bytes) -> int:
    """GIF89a, appendix B: blocks up to the trailer."""
    at = 13 + _palette(data[10])
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            at += 11 + _palette(data[at + 9])
        elif data[at] == 0x21:
            at += 2
        else:
            raise ValueError
        while data[at]:
            at += data[at] + 1
        at += 1
    return at + 1


def _palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_riff(data: bytes) -> int:
    size = _number(data, 4, 4, "little")
    return 8 + size + size % 2


def _number(data: bytes, at: int, length: int, order: str) -> int:
    if at + length > len(data):
        raise ValueError
    return int.from_bytes(data[at : at + length], "big" if order == "big" else "little")


_ENDS: Final[dict[str, Callable[[bytes], int]]] = {
    "image/png": _end_of_png,
    "image/jpeg": _end_of_jpeg,
    "image/gif": _end_of_gif,
    "image/webp": _end_of_riff,
    "image/bmp": lambda data: _number(data, 2, 4, "little"),
}
