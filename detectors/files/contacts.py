"""vCards and calendars (RFC 6350, RFC 5545): a card is a person; what an event says is looked at."""

import base64
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from detectors.files.encoding import decode
from detectors.files.inline import carried, unbase64
from detectors.files.interface import Cut, Desk, Family, File, Result, Unreadable
from detectors.files.slots import Slot, Source, Told, passage, settle, without
from detectors.interface import Kind

_LINE = re.compile(r"(?P<line>[^\r\n]+(?:\r?\n[ \t][^\r\n]*)*)(?:\r?\n|\r|\Z)")
_SOFT_LINE = re.compile(r"(?P<line>[^\r\n]+(?:(?<==)\r?\n[^\r\n]*|\r?\n[ \t][^\r\n]*)*)(?:\r?\n|\r|\Z)")
_PARTS = re.compile(r'(?s)(?P<name>[\w.-]+)(?P<parameters>(?:;(?:[^":;]|"[^"]*")*)*):(?P<value>.*)')
_FOLD = re.compile(r"\r?\n[ \t]")
_SAME_NAME = re.compile(r'(?i);CN=(?P<name>"[^"]*"|[^;:]*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)

_FIELDS: Final = {
    "FN": Kind.PATIENT_NAME, "N": Kind.PATIENT_NAME, "NICKNAME": Kind.PATIENT_NAME, "TEL": Kind.PHONE,
    "EMAIL": Kind.EMAIL, "ADR": Kind.ADDRESS, "LABEL": Kind.ADDRESS, "BDAY": Kind.DOB, "GEO": Kind.ADDRESS,
    "IMPP": Kind.OTHER_ID, "RELATED": Kind.RELATIVE_NAME, "X-ABRELATEDNAMES": Kind.RELATIVE_NAME,
}  # fmt: skip
_LABELS: Final = {
    "FN": "Name",
    "N": "Name",
    "TEL": "Phone",
    "EMAIL": "E-mail",
    "ADR": "Address",
    "BDAY": "DOB",
}
_MACHINE: Final = frozenset(
    "BEGIN END VERSION PRODID REV DTSTAMP DTSTART DTEND CREATED LAST-MODIFIED SEQUENCE TRIGGER ACTION STATUS CLASS "
    "TRANSP RRULE TZID TZOFFSETFROM TZOFFSETTO TZNAME CALSCALE METHOD PRIORITY DUE KIND".split()
)
_IN_PARTS: Final = frozenset({"N", "ADR"})
_FILES: Final = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "ATTACH"})
_AT_WORK = re.compile(
    r"(?im)@(?:[\w-]+\.)*(?:nhs\.(?:net|uk|scot)|hscni\.net)\b"
    r"|^(?:\w+\.)?ORG\b.*\b(?:NHS|hospital|trust|health board|surgery|medical practice|infirmary)\b"
)
"""Signs in a card that it is a colleague's: then the text itself decides, as it would in a message."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One content line, unfolded. `start` and `end` are where it stands, folds and all."""

    name: str
    parameters: str
    value: str = field(repr=False)
    start: int = 0
    end: int = 0

    @property
    def quoted(self) -> bool:
        return "QUOTED-PRINTABLE" in self.parameters.upper()

    @property
    def called(self) -> str:
        """The name of whom an address belongs to (CN)."""
        named = _SAME_NAME.search(self.parameters)
        return named["name"].strip('"') if named else ""

    @property
    def text(self) -> str:
        """The value as people read it, with the parts of a name or an address apart."""
        value = self.value
        if self.quoted:
            value = quopri.decodestring(value.encode("utf-8", "replace")).decode("utf-8", "replace")
        parts = re.split(r"(?<!\\);", value) if self.name in _IN_PARTS else [value]
        if self.name == "N":  # family; given; more; title; honours
            parts = [*parts[3:4], *parts[1:3], *parts[:1], *parts[4:]]
        value = " ".join(p.strip() for p in parts if p.strip()) if len(parts) > 1 else value
        return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Raises Unreadable for what is neither cards nor a calendar."""
    decoded = decode(file.data)
    if not re.match(r"(?i)\s*BEGIN:V(?:CARD|CALENDAR)", decoded.text):
        raise Unreadable("This contact card or calendar could not be read.")
    source, told = Source(decoded.text), Told()
    slots = [s for line, card in _cards(decoded.text) for s in _slots(line, card, source, desk, told)]
    settle(slots, desk, told)
    return told.result(type, lambda: decoded.encode(source.changed()))


def _cards(text: str) -> Iterator[tuple[_Line, bool]]:
    """Each line, and whether it is in a card of somebody who is not seen to be a colleague."""
    begins = [m.start() for m in re.finditer(r"(?im)^BEGIN:VCARD", text)]
    private = False
    for line in _lines(text):
        if line.name == "BEGIN" and line.value.strip().upper() == "VCARD":
            end = next((b for b in begins if b > line.start), len(text))
            private = not _AT_WORK.search(_FOLD.sub("", text[line.start : end]))
        yield line, private
        if line.name == "END":
            private = False


def _lines(text: str) -> Iterator[_Line]:
    pattern = _SOFT_LINE if "QUOTED-PRINTABLE" in text.upper() else _LINE
    for found in pattern.finditer(text):
        line = _FOLD.sub("", found["line"])
        parts = _PARTS.fullmatch(line)
        name = parts["name"].rpartition(".")[2].upper() if parts else ""
        head, value = (parts["parameters"], parts["value"]) if parts else ("", line)
        yield _Line(name, head, value, *found.span("line"))


def _slots(line: _Line, private: bool, source: Source, desk: Desk, told: Told) -> Iterator[Slot]:
    if line.name in _FILES:
        if line.value.strip():
            _file(line, source, desk, told)
        return
    if line.name in _MACHINE and not line.called:
        return
    kind = _FIELDS.get(line.name) if private else None
    label = _LABELS.get(line.name, line.name.capitalize() if line.name[:2] != "X-" else "")

    def put(cuts: Sequence[Cut]) -> None:
        source.replace(line.start, line.end, _written(line, kind, cuts, source.text[line.start : line.end]))

    text = f"{line.called} {line.text}" if line.called else line.text
    if text.strip():
        yield Slot(passage(text, line.name or "a line", label, kind), put)


def _written(line: _Line, kind: Kind | None, cuts: Sequence[Cut], raw: str) -> str:
    """The line anew: its group and name, its parameters, and what is left of the value."""
    shift = len(line.called) + 1 if line.called else 0
    here = [Cut(max(c.start - shift, 0), c.end - shift, c.by, c.kind) for c in cuts if c.end > shift]
    if not line.name:
        return without(line.text, here)
    text = cuts[0].by if line.name in _IN_PARTS else "" if kind is Kind.DOB else without(line.text, here)
    text = text.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")
    named = any(c.start < len(line.called) for c in cuts)
    parameters = _SAME_NAME.sub("", line.parameters) if named else line.parameters
    parameters = re.sub(r"(?i);(?:ENCODING=)?QUOTED-PRINTABLE", "", parameters)
    group = re.match(r"(?:[\w-]+\.)?", raw)
    return _folded(f"{group.group() if group else ''}{line.name}{parameters}:{text}", _end(raw))


def _end(raw: str) -> str:
    return "\r\n" if "\r\n" in raw else "\n"


def _folded(line: str, end: str) -> str:
    """In pieces of at most 75 octets (RFC 6350, 3.2)."""
    pieces, size = [""], 0
    for character in line:
        length = len(character.encode("utf-8", "replace"))
        if size + length > 74:
            pieces.append("")
            size = 1
        pieces[-1] += character
        size += length
    return f"{end} ".join(pieces)


def _file(line: _Line, source: Source, desk: Desk, told: Told) -> None:
    """A picture or a file in the line is looked at as one; an address is left to lead nowhere."""
    is_packed = re.search(r"(?i)BASE64|ENCODING=B\b", line.parameters)
    data = unbase64(line.value) if is_packed else carried(line.value)
    what = f"The {line.name.lower()} in it"
    kept = told.inside(desk, File("inline", data), what) if data else None
    if data and kept == data:
        return
    if not data:
        told.left_out.append(f"{what} was left out.")
    packed = base64.b64encode(kept).decode("ascii") if kept and is_packed else ""
    head = f"{line.name}{line.parameters}:{packed}" if packed else f"{line.name}:"
    source.replace(line.start, line.end, _folded(head, _end(source.text)))


FAMILY: Final = Family("contacts", frozenset({"text/vcard", "text/calendar"}), inspect)
