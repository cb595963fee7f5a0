"""HL7 v2 messages (ER7): people's fields hidden, free text looked at, everything else kept."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from detectors.files.encoding import decode
from detectors.files.hl7_fields import IDENTIFIERS, PEOPLE, PLACES, REMOVED_WHOLE, STAFF_FIELDS, STAYS
from detectors.files.interface import Cut, Desk, Family, File, Result, Unreadable
from detectors.files.slots import Slot, Source, Told, passage, settle, spread
from detectors.interface import Kind

_UNREADABLE: Final = "This HL7 message could not be read."
_HEADS: Final = frozenset({"MSH", "FHS", "BHS"})
_HEAD = re.compile(r"[\x0b\s]*(?:MSH|FHS|BHS)[^\w\s]")
_SEGMENT = re.compile(r"(?P<name>[A-Z][A-Z0-9]{2})(?![^\W_])")
_LINE = re.compile(r"[^\r\n\x0b\x1c]+")
_DIGIT = re.compile(r"\d")
_DATES: Final = frozenset({Kind.DOB})
_NHS: Final = re.compile(r"(?i)\bNHS\b|2\.16\.840\.1\.113883\.2\.1\.4\.1$|\bNH$|^NHSNMBR$")
_CHI: Final = re.compile(r"(?i)\bCHI\b|^NHSCHI")
_HC: Final = re.compile(r"(?i)\bH\s?&\s?C\b|\bHSC\b|^HCN$")


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
        if not self.escape:
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


def is_hl7(text: str) -> bool:
    return _HEAD.match(text) is not None


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Raises Unreadable for what is no message of segments under a head."""
    decoded = decode(file.data)
    source, told = Source(decoded.text), Told()
    slots: list[Slot] = []
    for marks, fields in _segments(decoded.text):
        if fields and fields[0].segment in REMOVED_WHOLE:
            slots += _emptied(fields, marks, source)
        else:
            slots += (s for f in fields for s in _slots(f, marks, source, desk, told))
    settle(slots, desk, told)
    return told.result(type, lambda: decoded.encode(source.changed()))


def _segments(text: str) -> Iterator[tuple[Marks, list[Field]]]:
    """Each segment's fields with the separators in force. A line that is no segment belongs to the one before
    it (a report with bare line ends), and is read as its last field."""
    if not is_hl7(text):
        raise Unreadable(_UNREADABLE)
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
    end = head.find(head[3], 4)
    encoding = (head[4:end] if end > 0 else head[4:]).ljust(4, "\0")
    if any(c.isalnum() for c in encoding + head[3]) or len(encoding) > 5:
        raise Unreadable(_UNREADABLE)
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


def _emptied(fields: Sequence[Field], marks: Marks, source: Source) -> list[Slot]:
    """PID and NK1: each person's field hidden; once one is, the rest of the segment is emptied."""
    stays = STAYS[fields[0].segment]

    def slot(each: Field) -> Slot:
        found = _person(each, marks, source)

        def put(cuts: Sequence[Cut]) -> None:
            found.put(cuts)
            for other in fields:
                if other.number not in stays and other.number not in PEOPLE[other.segment]:
                    source.replace(other.at, other.at + len(other.raw), "")

        return Slot(found.passage, put)

    return [slot(f) for f in fields if f.number not in stays]


def _slots(each: Field, marks: Marks, source: Source, desk: Desk, told: Told) -> Iterator[Slot]:
    if each.number in PEOPLE.get(each.segment, {}):
        yield _person(each, marks, source)
    elif each.number in STAFF_FIELDS.get(each.segment, ()):
        yield _staff(each, marks)
        yield from _texts(each, marks, source, numbers=True)
    elif each.number in PLACES.get(each.segment, ()):
        yield from _texts(each, marks, source, numbers=True)
    elif each.type == "ED" and each.number == 5:
        _encapsulated(each, marks, source, desk, told)
    else:
        yield from _texts(each, marks, source)


def _person(each: Field, marks: Marks, source: Source) -> Slot:
    """A field read as a whole: "DOE^JOHN^A" is the name John A Doe."""
    kind = PEOPLE[each.segment].get(each.number)
    parts = [marks.plain(p).strip().strip('"') for p in marks.split(each.raw)]
    if kind in IDENTIFIERS:
        kind, parts = _whose(kind, parts), parts[:1]
    elif kind in (Kind.PATIENT_NAME, Kind.RELATIVE_NAME):
        parts = [*parts[1:3], parts[0]]

    def put(cuts: Sequence[Cut]) -> None:
        by = "" if kind in _DATES else marks.written(cuts[0].by)
        source.replace(each.at, each.at + len(each.raw), by)

    return Slot(
        passage(" ".join(p for p in parts if p), each.where, f"{each.segment}-{each.number}", kind), put
    )


def _staff(each: Field, marks: Marks) -> Slot:
    """A clinician (XCN: number, family, given ...), who stays, and is known as staff in the free text."""
    parts = [marks.plain(p).strip() for p in marks.split(each.raw)]
    name = " ".join(p for p in [*parts[2:3], *parts[1:2]] if p)
    return Slot(passage(name, each.where, "", Kind.STAFF_NAME), lambda cuts: None)


def _whose(kind: Kind, parts: Sequence[str]) -> Kind:
    """An identifier's kind by who assigned it and its type (table 0203: NH is the NHS's)."""
    said = parts[3:]
    if any(_NHS.search(p) for p in said):
        return Kind.NHS_NUMBER
    if any(_CHI.search(p) for p in said):
        return Kind.CHI
    return Kind.HC_NUMBER if any(_HC.search(p) for p in said) else kind


def _texts(each: Field, marks: Marks, source: Source, numbers: bool = False) -> Iterator[Slot]:
    """Each component as text, or only those with `numbers`."""
    at = each.at
    for raw in marks.split(each.raw):
        if raw.strip() and (not numbers or len(_DIGIT.findall(raw)) > 4):
            yield _text(raw, at, each, marks, source)
        at += len(raw) + 1


def _text(raw: str, at: int, each: Field, marks: Marks, source: Source) -> Slot:
    """Cuts go back to the characters and escape sequences that the text came from."""
    pieces = marks.read(raw)
    meant = [m for _, m in pieces]

    def put(cuts: Sequence[Cut]) -> None:
        new = [
            marks.written(text) if text != old else was
            for text, (was, old) in zip(spread(meant, cuts), pieces, strict=True)
        ]
        source.replace(at, at + len(raw), "".join(new))

    label = "" if each.segment in ("OBX", "NTE") else f"{each.segment}-{each.number}"
    return Slot(passage("".join(meant), each.where, label), put)


def _encapsulated(each: Field, marks: Marks, source: Source, desk: Desk, told: Told) -> None:
    """A document in a field (ED: source, type, subtype, encoding, data), looked at as the file that it is."""
    parts = each.raw.split(marks.component)
    data = _unpacked(parts, marks)
    kept = told.inside(desk, File("document", data), f"The document in {each.where}") if data else None
    if data and kept is None:
        parts[4:] = [""]
    elif kept != data and kept is not None:
        parts[3:5] = ["Base64", base64.b64encode(kept).decode("ascii")]
    source.replace(each.at, each.at + len(each.raw), marks.component.join(parts))


def _unpacked(parts: Sequence[str], marks: Marks) -> bytes:
    """The bytes of an ED field (table 0299: A is plain text, Hex, Base64)."""
    if len(parts) < 5:
        raise Unreadable(_UNREADABLE)
    how, raw = parts[3].lower(), marks.plain(parts[4])
    try:
        if how == "base64":
            return base64.b64decode("".join(raw.split()), validate=True)
        return bytes.fromhex(raw) if how == "hex" else raw.encode()
    except (binascii.Error, ValueError):
        raise Unreadable(_UNREADABLE) from None


FAMILY: Final = Family(
    "hl7",
    frozenset({"application/hl7-v2"}),
    inspect,
)
