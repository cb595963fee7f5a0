"""The words of the files' room: a file, the passages in it, what was found, and how it ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from detectors.interface import Kind


class Outcome(StrEnum):
    """How the inspection of a file ended; exactly one holds."""

    CLEAN = "clean"
    """Every part was read, and nothing is to be hidden."""
    REDACTED = "redacted"
    """Identifiers were found, and a copy without them was made and looked at again."""
    QUARANTINED = "quarantined"
    """It could not be shown to be safe: unreadable in part, refused by a limit, or not to be redacted."""
    UNINSPECTED = "uninspected"
    """Nobody looked into it: the platform did not give it, or the policy says to let this type pass."""


@dataclass(frozen=True, slots=True)
class File:
    """A file's bytes and what others say of it, which is never trusted."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)
    declared: str = ""
    """The media type that the sender's side claims, e.g. "image/png"; "" when nothing was said."""
    depth: int = 0
    """How many files it lies inside: 0 for the one that was posted."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a file's text, in reading order: a paragraph, a cell, a field, a line of a picture.

    `label` is read before the text, as in "NHS No: …": a column's heading, a field's name. `kind` is set
    where the format itself says what stands here (HL7 PID-3, a FHIR identifier): the text is then hidden as
    a whole, whatever it looks like. `where` is for people: "page 2", "sheet Ward 7, C4", "comment 3".
    """

    text: str = field(repr=False)
    where: str
    label: str = field(default="", repr=False)
    kind: Kind | None = None
    sure: bool = True
    """False when the text was read with low confidence (a blurred picture): never proof of "clean"."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Put `by` in the place of `text[start:end]` (code points) of a passage."""

    start: int
    end: int
    by: str
    kind: Kind


Look = Callable[[Sequence[Passage]], Sequence[Sequence[Cut]]]
"""What is to be hidden in each passage: cuts in order, none overlapping, none for what may stay. Call it with
all passages of one file at once, in reading order: a name on page 1 tells whose surname stands on page 9."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that identifies a person, and where in the file; never the value. `kind` is a `Kind`, or
    "FACE", or "VOICE"."""

    kind: str
    where: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused before it costs too much. Bytes, pixels, seconds; counts for one posted file."""

    bytes: int = 100 * 2**20
    unpacked: int = 500 * 2**20
    ratio: int = 200
    """Unpacked bytes to packed bytes, from 1 MiB unpacked on."""
    pixels: int = 64_000_000
    pages: int = 300
    frames: int = 120
    files: int = 1000
    depth: int = 6
    passages: int = 200_000
    characters: int = 4_000_000
    seconds: float = 120.0
    """Without a word from the reader; a file that goes on and on is given up after five times as long."""


@dataclass(frozen=True, slots=True)
class Taste:
    """What the policy says of files: which are let through although nobody can tell what they show."""

    photographs: bool = False
    """Let camera photographs pass in which neither text nor a face was found. No offline method tells a
    clinical photograph from another, so the default is no."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a file. `reason` is a plain sentence for the sender and the reviewer, without values.

    `data` is the redacted file (only for REDACTED); `suffix` its ending where it differs from the
    original's, e.g. ".png" for a picture that came as HEIC.
    """

    outcome: Outcome
    type: str
    reason: str = ""
    found: tuple[Found, ...] = ()
    data: bytes | None = field(default=None, repr=False)
    suffix: str = ""
    stops: bool = False
    """A password or a limit stood in the way: a file that holds this one is quarantined too, rather than
    handed on without it."""


class Unreadable(Exception):
    """This file, or a part of it, cannot be read for certain. The message is a plain sentence without values.

    It ends as quarantined. `again`: whether trying later makes sense (a time limit, a killed process).
    """

    def __init__(self, reason: str, again: bool = False) -> None:
        super().__init__(reason)
        self.again = again


class Protected(Unreadable):
    """A password stands before the contents."""

    def __init__(self, what: str = "This file") -> None:
        super().__init__(f"{what} is protected by a password, so nobody could look inside.")


class OverLimit(Unreadable):
    """Too large, too deep, too many: a limit was reached before everything was seen."""


Read = TypeVar("Read")


class Once(Protocol):
    """Gives what `read` gives, or what it gave when this same part was read before it: the copy of a posted
    file is read in its turn, and a picture that stayed as it was need not be read twice. `read` may depend on
    the part's bytes alone."""

    def __call__(self, read: Callable[[], Read]) -> Read: ...


def _each_time(read: Callable[[], Read]) -> Read:
    return read()


@dataclass(frozen=True)
class Desk:
    """What a family works with while it reads one posted file."""

    look: Look
    inside: Callable[[File], Result]
    """A file within this one, through the whole catalogue, one deeper. Raises nothing: what cannot be read
    comes back as quarantined, so one bad part costs itself and not its neighbours' findings."""
    limits: Limits = Limits()
    taste: Taste = Taste()
    progress: Callable[[str], None] = lambda said: None
    """Tell how far large work is, e.g. "page 12 of 80"."""
    once: Once = _each_time


@dataclass(frozen=True, slots=True)
class Family:
    """Formats that are read alike. `inspect` returns CLEAN, REDACTED or QUARANTINED, or raises Unreadable.

    `types` are the media types, told from the contents, that it takes. A family proves its own redaction by
    construction where it can; `detectors.files.inspect` looks at every redacted file once more all the same,
    unless `solid` says that nothing of the original can be left (filled pixels, rebuilt).
    """

    name: str
    types: frozenset[str]
    inspect: Callable[[File, str, Desk], Result]
    """File, its media type as told from the contents, and the desk."""
    solid: bool = False
