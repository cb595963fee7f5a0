"""One posted file -> clean, redacted or quarantined; whatever goes wrong inside costs that file alone."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from detectors.files.interface import (
    Cut,
    Desk,
    Family,
    File,
    Limits,
    Look,
    Outcome,
    OverLimit,
    Passage,
    Protected,
    Read,
    Result,
    Taste,
    Unreadable,
)
from detectors.files.types import UNKNOWN, tell

EMPTY = "application/x-empty"
_LIMITS = Limits()
_TASTE = Taste()
_NOT_CERTAIN = "This file could not be redacted for certain: identifiers were still found in the copy."
_UNREAD = "Files of this type cannot be read."
_LOOKS = 3
"""How often a copy is looked at, and what is found then redacted too, before it counts as not certain."""


def _silent(said: str) -> None:
    return None


def inspect(
    file: File,
    look: Look,
    limits: Limits = _LIMITS,
    taste: Taste = _TASTE,
    progress: Callable[[str], None] = _silent,
    families: Sequence[Family] | None = None,
) -> Result:
    """Read a file and everything in it. Raises nothing that a file can cause, but for lack of memory.

    A redacted copy is inspected in its turn, parts and all, and redacted further if need be. It comes back
    only when nothing is found in it any more. `families` are the whole catalogue's unless given.
    """
    visit = _Visit(look, limits, taste, progress, _catalogue() if families is None else families)
    result = visit.inspect(file, ())
    for _ in range(_LOOKS):
        if result.outcome is not Outcome.REDACTED or visit.is_proven(result):
            return result
        visit = visit.once_more()
        again = visit.inspect(_copy(file, result), ())
        if again.outcome is Outcome.CLEAN:
            return result
        result = _joined(result, again)
    return replace(result, outcome=Outcome.QUARANTINED, reason=_NOT_CERTAIN, data=None, suffix="")


def _catalogue() -> Sequence[Family]:
    """Loaded when it is needed: it brings every parser with it."""
    from detectors.files.catalogue import FAMILIES

    return FAMILIES


def _copy(file: File, result: Result) -> File:
    return replace(file, name=file.name + result.suffix, data=result.data or b"", declared="")


def _joined(first: Result, again: Result) -> Result:
    """A copy redacted once more: what stood beside a name reads otherwise when the name is gone."""
    found = tuple(dict.fromkeys((*first.found, *again.found)))
    suffix = again.suffix or first.suffix
    if again.outcome is Outcome.QUARANTINED:
        return replace(again, type=first.type, found=found)
    return replace(again, type=first.type, reason=first.reason, found=found, suffix=suffix)


@dataclass
class _Visit:
    """One posted file on its way through, with what all the files in it have used up together."""

    look: Look
    limits: Limits
    taste: Taste
    progress: Callable[[str], None]
    families: Sequence[Family]
    proven: set[bytes] = field(default_factory=set)
    """Digests of copies in which nothing of the original can be left."""
    read: dict[tuple[bytes, str], Any] = field(default_factory=dict)
    """What was seen in parts, by digest and type, before anybody looked at what it says."""
    known: dict[bytes, Result] = field(default_factory=dict)
    """Results of parts, by digest: a letterhead's picture comes many times."""
    files: int = 0
    unpacked: int = 0
    passages: int = 0
    characters: int = 0

    def once_more(self) -> "_Visit":
        """A visit to the redacted copy, which may trust what is proven."""
        return _Visit(
            self.look, self.limits, self.taste, self.progress, self.families, self.proven, self.read
        )

    def is_proven(self, result: Result) -> bool:
        return result.data is not None and _digest(result.data) in self.proven

    def inspect(self, file: File, path: tuple[bytes, ...]) -> Result:
        """The result for a file that lies in those whose digests are `path`."""
        digest = _digest(file.data)
        if digest in self.known:
            return self.known[digest]
        try:
            self._count(file, digest, path)
            result = self._read(file, digest, path)
        except Exception as error:  # noqa: BLE001 - as below
            return _refused(error, UNKNOWN)
        self.known[digest] = result
        return result

    def _count(self, file: File, digest: bytes, path: tuple[bytes, ...]) -> None:
        """Raises OverLimit for what would cost too much."""
        if digest in path:
            raise OverLimit("This file contains itself.")
        if len(file.data) > self.limits.bytes:
            raise OverLimit(f"This file is larger than {_megabytes(self.limits.bytes)}.")
        if file.depth > self.limits.depth:
            raise OverLimit(f"Files lie in files more than {self.limits.depth} deep.")
        self.files += 1
        self.unpacked += len(file.data) if file.depth else 0
        if self.files > self.limits.files:
            raise OverLimit(f"There are more than {self.limits.files:,} files in this file.")
        if self.unpacked > self.limits.unpacked:
            raise OverLimit(f"This file unpacks to more than {_megabytes(self.limits.unpacked)}.")

    def _look(self, passages: Sequence[Passage]) -> Sequence[Sequence[Cut]]:
        self.passages += len(passages)
        self.characters += sum(len(p.text) for p in passages)
        if self.passages > self.limits.passages or self.characters > self.limits.characters:
            raise OverLimit("There is more text in this file than can be read.")
        return self.look(passages) if passages else ()

    def _read(self, file: File, digest: bytes, path: tuple[bytes, ...]) -> Result:
        if not file.data:
            return Result(Outcome.CLEAN, EMPTY, "The file is empty.")
        if digest in self.proven:
            return Result(Outcome.CLEAN, UNKNOWN)
        told = tell(file.data, file.name, file.declared)
        family = next((f for f in self.families if told.type in f.types), None)
        if family is None or not told.agreed:
            return Result(Outcome.QUARANTINED, told.type, _UNREAD if family is None else told.reason)
        result = self._by(family, file, told.type, (*path, digest))
        if family.solid and result.outcome is Outcome.REDACTED and result.data is not None:
            self.proven.add(_digest(result.data))
        return result

    def _by(self, family: Family, file: File, type: str, path: tuple[bytes, ...]) -> Result:
        def inside(part: File) -> Result:
            return self.inspect(replace(part, depth=file.depth + 1), path)

        def once(read: Callable[[], Read]) -> Read:
            key = (path[-1], type)
            if key not in self.read:
                self.read[key] = read()
            seen: Read = self.read[key]
            return seen

        desk = Desk(self._look, inside, self.limits, self.taste, self.progress, once)
        try:
            return _whole(family.inspect(file, type, desk), type)
        except Exception as error:  # noqa: BLE001 - what a parser does with a hostile file costs that file alone
            return _refused(error, type)


def _refused(error: Exception, type: str) -> Result:
    """Quarantined, with a reason of our own: a parser's words could hold a value."""
    stops = isinstance(error, (Protected, OverLimit))
    reason = "This file is damaged or unusual and could not be read."
    if isinstance(error, Unreadable):
        reason = str(error)
    elif isinstance(error, RecursionError):
        reason = "This file is nested too deeply to be read."
    elif isinstance(error, MemoryError):
        reason = "Reading this file needs more memory than is allowed."
    return Result(Outcome.QUARANTINED, type, reason, stops=stops)


def _whole(result: Result, type: str) -> Result:
    """A result that keeps its word: a redacted file has a copy, and only it."""
    if (result.outcome is Outcome.REDACTED) == (result.data is not None):
        return result
    return Result(Outcome.QUARANTINED, type, "This file could not be redacted.", result.found)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _megabytes(size: int) -> str:
    return f"{size // 2**20:,} MB"
