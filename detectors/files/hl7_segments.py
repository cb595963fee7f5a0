"""HL7 v2 messages taken apart: separators, escapes, segments, fields (HL7 v2.5.1, chapter 2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from detectors.files.interface import Unreadable

UNREADABLE: Final = "This HL7 message could not be read."
_HEADS: Final = frozenset({"MSH", "FHS", "BHS"})
_HEAD = re.compile(r"[\x0b\s]*(?:MSH|FHS|BHS)[^\w\s]")
_SEGMENT = re.compile(r"(?P<name>[A-Z][A-Z0-9]{2})(?![^\W_])")
_LINE = re.compile(r"[^\r\n\x0b\x1c]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """The separators that a message's head declares (MSH-1 and MSH-2)."""

    field: str
    component: str
    repetition: str
    escape: str
    sub: str

    def split(self, text: str) -> list[str]:
        """Components and sub-components alike."""
        return re.split("|".join(re.escape(m) for m in (self.component, self.sub) if m), text)

    def read(self, raw: str) -> list[tuple[str, str]]:
        """Raw pieces, each with what it stands for (2.7: use of escape sequences in text fields)."""
        if not self.escape or self.escape not in raw:
            return [(raw, raw)]
        e = re.escape(self.escape)
        return [
            (m.group(), self._meant(m.group("code")) if m.group("code") is not None else m.group())
            for m in re.finditer(rf"{e}(?P<code>[^{e}]{{0,40}}){e}|[^{e}]+|{e}", raw)
        ]

    def _meant(self, code: str) -> str:
        marks = {"F": self.field, "S": self.component, "T": self.sub, "R": self.repetition, "E": self.escape}
        if code in marks:
            return marks[code]
        if code.startswith("X"):
            try:
                return bytes.fromhex(code[1:]).decode("utf-8", "replace")
            except ValueError:
                return " "
        return "\n" if code.startswith(".") and code[1:3] in ("br", "sp", "ce") else ""

    def plain(self, raw: str) -> str:
        return "".join(meant for _, meant in self.read(raw))

    def written(self, text: str) -> str:
        """A text as a field's raw characters."""
        codes = {self.field: "F", self.component: "S", self.sub: "T", self.repetition: "R", self.escape: "E"}
        e = self.escape
        return "".join(f"{e}{codes[c]}{e}" if c and c in codes and e else c for c in text)


@dataclass(frozen=True, slots=True)
class Field:
    """One repetition of a field: where it stands in the message, and what it is."""

    segment: str
    number: int
    raw: str = field(repr=False)
    at: int
    line: int
    type: str = ""
    """The value type of an observation (OBX-2)."""

    @property
    def where(self) -> str:
        return f"{self.segment}-{self.number}, line {self.line}"


def segments(text: str) -> Iterator[tuple[Marks, list[Field]]]:
    """Each segment's fields with the separators in force. A line that is no segment belongs to the one before
    it (a report with bare line ends), and is read as its last field."""
    if not _HEAD.match(text):
        raise Unreadable(UNREADABLE)
    marks, last = Marks("|", "^", "~", "\\", "&"), ("", 0)
    line, read = 1, 0
    for found in _LINE.finditer(text):
        line += len(re.findall(r"\r\n|\r|\n", text[read : found.start()]))
        read = found.end()
        name = found.group()[:3]
        if name in _HEADS:
            marks = _marks(found.group())
        if not _SEGMENT.match(found.group()) or found.group()[3:4] not in (marks.field, ""):
            yield marks, [Field(last[0], last[1], found.group(), found.start(), line)]
            continue
        fields = list(_fields(found.group(), found.start(), line, marks))
        last = (name, fields[-1].number if fields else 0)
        yield marks, fields


def _marks(head: str) -> Marks:
    if len(head) < 5:
        raise Unreadable(UNREADABLE)
    end = head.find(head[3], 4)
    encoding = (head[4:end] if end > 0 else head[4:]).ljust(4, "\0")
    if any(c.isalnum() for c in encoding + head[3]) or len(encoding) > 5:
        raise Unreadable(UNREADABLE)
    component, repetition, escape, sub = (c if c != "\0" else "" for c in encoding[:4])
    return Marks(head[3], component, repetition, escape, sub if sub != escape else "")


def _fields(segment: str, at: int, line: int, marks: Marks) -> Iterator[Field]:
    name = segment[:3]
    parts = segment.split(marks.field)
    first = 0
    if name in _HEADS:  # the separator itself is field 1, and the encoding characters are no text
        first = 1
    type = parts[2] if name == "OBX" and len(parts) > 2 else ""
    place = at
    for number, part in enumerate(parts):
        inner = place
        for raw in (
            [part] if not marks.repetition or first + number == 2 and first else part.split(marks.repetition)
        ):
            if number and raw and not (first and number == 1):
                yield Field(name, number + first, raw, inner, line, type)
            inner += len(raw) + 1
        place += len(part) + 1
