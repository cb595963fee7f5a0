"""Plain text, Markdown, logs, source code and exported chats: read line by line."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.files.encoding import decode, readable
from detectors.files.inline import ADDRESS, carried, rewritten
from detectors.files.interface import Desk, Family, File, Result
from detectors.files.slots import Slot, Source, Told, passage, settle

_LINE = re.compile(r"(?P<line>[^\r\n]*)(?:\r\n|[\r\n]|$)")
_POSTED: Final = re.compile(
    r"(?i)\u200e?\[?\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4},? \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ \u202f][ap]\.?m\.?)?"
    r"\]?(?: -)? (?:(?P<sender>[^:\r\n]{1,80}): )?"
)
"""The head of a message in a chat that WhatsApp exported: when, and who."""


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Read any text. Everything but what is cut stays, to the byte."""
    decoded = decode(file.data)
    told = Told()
    copy = redacted(decoded.text, desk, told)
    return told.result(type, lambda: decoded.encode(copy))


def redacted(text: str, desk: Desk, told: Told) -> str:
    """The text without identifiers; what was found goes to `told`."""
    source = Source(text)
    for address in ADDRESS.finditer(text):
        _file_within(address, source, desk, told)
    text = ADDRESS.sub(lambda m: " " * len(m.group()), text)
    slots = [
        Slot(passage(readable(text[start:end]), f"line {number}", label), source.cut(start))
        for number, line in enumerate(_LINE.finditer(text), start=1)
        for start, end, label in _pieces(text, line.start(), line.end("line"))
    ]
    settle(slots, desk, told)
    return source.changed()


def _file_within(address: re.Match[str], source: Source, desk: Desk, told: Told) -> None:
    """A picture in Markdown, looked at as the file that it is."""
    data = carried(address.group())
    kept = rewritten(address.group(), data, desk, told, "A file within the text") if data else None
    if kept != address.group():
        source.replace(*address.span(), kept or "")


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Where the passages of a line stand, with their labels: a chat's message apart from its sender."""
    head = _POSTED.match(text, start, end)
    if head and head.group("sender"):
        yield head.start("sender"), head.end("sender"), "From"
    start = head.end() if head else start
    if text[start:end].strip():
        yield start, end, ""


FAMILY: Final = Family("text", frozenset({"text/plain", "text/markdown"}), inspect)
