"""The words of the detectors' room: what is found, where, how sure, and what is known beforehand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final, Literal, Protocol


class Kind(StrEnum):
    """What an identifier is. STAFF_NAME is found so that it can be kept."""

    PATIENT_NAME = "PATIENT_NAME"
    RELATIVE_NAME = "RELATIVE_NAME"
    STAFF_NAME = "STAFF_NAME"
    INITIALS = "INITIALS"
    NHS_NUMBER = "NHS_NUMBER"
    CHI = "CHI"
    HC_NUMBER = "HC_NUMBER"
    MRN = "MRN"
    DOB = "DOB"
    AGE = "AGE"
    ADDRESS = "ADDRESS"
    POSTCODE = "POSTCODE"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    NINO = "NINO"
    URL_ID = "URL_ID"
    FILENAME_ID = "FILENAME_ID"
    OTHER_ID = "OTHER_ID"


NAMES: Final = (Kind.PATIENT_NAME, Kind.RELATIVE_NAME, Kind.STAFF_NAME)
"""The kinds that are people's names."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of Unicode code points, `text[start:end]`."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def joined(self, others: "Iterable[Span]") -> "Span":
        """From the first beginning to the last end of this and `others`."""
        spans = (self, *others)
        return Span(min(s.start for s in spans), max(s.end for s in spans))


LIKELY: Final = 0.5
"""From here on a finding is more likely right than wrong."""

NAMELESS: Final = "nameless"
"""Evidence: too common a shape to be hidden unless it stands right behind a patient's name."""

MODEL: Final = "model"
"""Evidence, alone: whatever the model read without a rule."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One identifier. Carries where and why, never the text that matched.

    `confidence` is calibrated: of findings at 0.8, about 8 in 10 are right.
    `evidence` are short words such as "checksum", "label:nhs", "directory".
    `message` is None for the text that was scanned, else the id of an earlier
    message in `Context.earlier` that this text showed to hold an identifier too
    (the first half of a split number); the span is then in that message's text.
    """

    kind: Kind
    span: Span
    confidence: float
    detector: str
    evidence: tuple[str, ...] = ()
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the staff directory or the channel's member list knows."""

    name: str
    known_as: str = ""
    email: str = ""
    role: str = ""
    user: str = ""
    """The platform's account id, where one is known."""
    member: bool = False
    """In this conversation, rather than only in the directory."""


@dataclass(frozen=True)
class Roster:
    """The staff of a directory and a channel; build one, use it for many texts.

    Detectors may hang their own look-up tables on it with `cached_property`-like
    functions keyed by the roster's identity; it never changes once built.
    """

    people: tuple[Person, ...] = ()

    @cached_property
    def by_user(self) -> dict[str, Person]:
        return {p.user: p for p in self.people if p.user}


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message before this one in the same thread or conversation."""

    message: str
    sender: str
    text: str = field(repr=False)
    findings: tuple[Finding, ...] = ()


Markup = Literal["plain", "slack", "teams"]


@dataclass(frozen=True)
class Context:
    """What chat knows and a bare text does not. Every field may be left out."""

    roster: Roster = Roster()
    sender: Person | None = None
    earlier: tuple[Earlier, ...] = field(default=(), repr=False)
    """Oldest first; at most the last 30."""
    spoken_of: Mapping[str, Kind] = field(default_factory=dict, repr=False)
    """Words of the names of patients and relatives whom the conversation spoke of before `earlier`, as
    `detectors.names.memory.names_said` gives them."""
    markup: Markup = "plain"
    surface: Literal["message", "file_name", "file_text", "topic"] = "message"
    hospital_numbers: tuple[str, ...] = ()
    """Patterns (regex syntax) of this organisation's own hospital numbers."""
    spared: frozenset[str] = frozenset()
    """This organisation's own words that are no names, as `detectors.spared.read_words` gives them."""


class Detector(Protocol):
    """A frozen value that finds one kind of thing.

    `name` is stable and unique in the catalogue. `catches` and `spares` are
    example texts, checked by a test over the whole catalogue.
    """

    @property
    def name(self) -> str: ...

    @property
    def catches(self) -> tuple[str, ...]: ...

    @property
    def spares(self) -> tuple[str, ...]: ...


Identifiability = Literal["clean", "weak", "identifying"]
