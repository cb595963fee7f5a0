"""The bytes of a PDF: earlier versions kept in it, and what stands outside its structure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pikepdf

from detectors.files.interface import Passage

_END = re.compile(rb"%%EOF[\r\n]{0,2}")
_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,7})\s+([0-9]{1,5})\s+obj\b")
_COMMENT = re.compile(rb"^%(?!PDF-|%EOF)([\t\x20-\xff]*[A-Za-z0-9]{3}[\t\x20-\xff]*)$", re.MULTILINE)


def earlier(data: bytes, linear: bool) -> Iterator[bytes]:
    """Each version before the last, oldest first: saving a change appends to a PDF, and the old text stays.

    `linear`: written for the web (ISO 32000-1, annex F), when the first end mark belongs to the first page.
    """
    ends = [m.end() for m in _END.finditer(data)]
    for end in ends[1 if linear else 0 : -1]:
        yield data[:end]


def outside(data: bytes) -> bytes:
    """What stands before the first mark of a PDF and after the last; empty when nothing does."""
    begin = data.find(b"%PDF-")
    end = max((m.end() for m in _END.finditer(data)), default=len(data))
    return (data[: max(begin, 0)] + data[end:]).strip(b"\0 \t\r\n")


def comments(data: bytes) -> list[Passage]:
    """Words in lines that every reader skips."""
    found = _COMMENT.findall(_between_streams(data))
    return [Passage(text.decode("latin-1").strip(), "hidden part") for text in found]


def has_loose_objects(data: bytes, versions: Sequence[pikepdf.Pdf]) -> bool:
    """Whether objects are written in the file that none of its versions refers to by their place."""
    written: Counter[tuple[int, int]] = Counter()
    for number, generation in _OBJECT.findall(_between_streams(data)):
        written[int(number), int(generation)] += 1
    return any(
        count > len(versions) or all(pdf.get_object(at) is None for pdf in versions)
        for at, count in written.items()
    )


def _between_streams(data: bytes) -> bytes:
    """The file without the contents of its streams."""
    parts, at = [], 0
    while (begin := data.find(b"stream", at)) >= 0:
        parts.append(data[at:begin])
        end = data.find(b"endstream", begin)
        at = end + len(b"endstream") if end >= 0 else len(data)
    return b"".join([*parts, data[at:]])
