"""The descriptions in an MP4 or QuickTime file (ISO/IEC 14496-12): titles, comments, places, authors."""

import re
import struct
from collections.abc import Iterator

_HOLDS_OTHERS = frozenset({b"moov", b"trak"})
_DESCRIBES = frozenset({b"udta", b"meta"})
_MOST = 1000
_FIELD = re.compile(r".?(?:meta|hdlr|mdirappl|ilst|data|keys|mdta|udta)")
"""Names of fields, with a letter of the length before them."""
_RUN = re.compile(r"[^\x00-\x1f\x7f\ufffd]{4,}")


def texts(data: bytes) -> list[str]:
    """What can be read in the descriptions, without most names of fields; none in another format."""
    described = (data[start:end] for kind, start, end in _atoms(data, 0, len(data), 0) if kind in _DESCRIBES)
    runs = (run for part in described for run in _RUN.findall(part.decode("utf-8", "replace")))
    return [run for run in runs if not _FIELD.fullmatch(run)][:_MOST]


def _atoms(data: bytes, at: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of each box's contents, with those in boxes that hold others."""
    while at + 8 <= end:
        size, kind = struct.unpack_from(">L4s", data, at)
        head = 8
        if size == 1 and at + 16 <= end:  # the size stands behind, in 64 bits
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        stop = end if size == 0 else at + size
        if size and size < head or stop > end:
            return
        yield kind, at + head, stop
        if kind in _HOLDS_OTHERS and depth < len(_HOLDS_OTHERS):
            yield from _atoms(data, at + head, stop, depth + 1)
        at = stop
