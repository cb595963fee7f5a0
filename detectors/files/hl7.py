"""HL7 v2 messages (ER7): people's fields hidden, free text looked at, everything else kept."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Final

from detectors.files.encoding import decode
from detectors.files.hl7_fields import IDENTIFIERS, PEOPLE, PLACES, REMOVED_WHOLE, STAFF_FIELDS, STAYS
from detectors.files.hl7_segments import UNREADABLE, Field, Marks, segments
from detectors.files.interface import Cut, Desk, Family, File, Result, Unreadable
from detectors.files.slots import Slot, Source, Told, passage, settle, spread
from detectors.interface import Kind

_DIGIT = re.compile(r"\d")
_DATES: Final = frozenset({Kind.DOB})
_NHS: Final = re.compile(r"(?i)\bNHS\b|2\.16\.840\.1\.113883\.2\.1\.4\.1$|\bNH$|^NHSNMBR$")
_CHI: Final = re.compile(r"(?i)\bCHI\b|^NHSCHI")
_HC: Final = re.compile(r"(?i)\bH\s?&\s?C\b|\bHSC\b|^HCN$")


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Raises Unreadable for what is no message of segments under a head."""
    decoded = decode(file.data)
    source, told = Source(decoded.text), Told()
    slots: list[Slot] = []
    for marks, fields in segments(decoded.text):
        if fields and fields[0].segment in REMOVED_WHOLE:
            slots += _emptied(fields, marks, source)
        else:
            slots += (s for f in fields for s in _slots(f, marks, source, desk, told))
    settle(slots, desk, told)
    return told.result(type, lambda: decoded.encode(source.changed()))


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
        raise Unreadable(UNREADABLE)
    how, raw = parts[3].lower(), marks.plain(parts[4])
    try:
        if how == "base64":
            return base64.b64decode("".join(raw.split()), validate=True)
        return bytes.fromhex(raw) if how == "hex" else raw.encode()
    except (binascii.Error, ValueError):
        raise Unreadable(UNREADABLE) from None


FAMILY: Final = Family(
    "hl7",
    frozenset({"application/hl7-v2"}),
    inspect,
)
