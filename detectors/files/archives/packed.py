"""What an archive holds, read within the limits, with names that lead nowhere else."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from detectors.files.interface import Limits, OverLimit, Passage, Unreadable

CHUNK = 2**20
_LITTLE = 2**20
"""Below this many unpacked bytes no ratio is suspicious: a megabyte of spaces harms nobody."""

_ELSEWHERE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\\")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive, or a folder where `data` is None. `name` has "/" between its parts."""

    name: str = field(repr=False)
    data: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive's members in order; `more` is text beside them, such as a comment.

    `hidden`: it carries bytes that no member shows (unknown fields, padding), so it may only be handed on
    packed anew.
    """

    members: tuple[Member, ...]
    more: tuple[Passage, ...] = ()
    hidden: bool = False


class Source(Protocol):
    """Something to read from, like an open file."""

    def read(self, size: int, /) -> bytes: ...


class Meter:
    """Counts the bytes that come out of one archive and stops before they are too many."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self._most = limits.unpacked
        self._swollen = max(limits.ratio * packed, _LITTLE)
        self._files = limits.files
        self._out = 0

    def expect(self, unpacked: Iterable[int]) -> None:
        """What the archive says of itself: the sizes of its members. Refuses what would be too much."""
        sizes = list(unpacked)
        if len(sizes) > self._files:
            raise OverLimit(f"There are more than {self._files:,} files in this archive.")
        self._check(sum(sizes))

    def count(self, unpacked: int) -> None:
        """Bytes that came out."""
        self._out += unpacked
        self._check(self._out)

    def read(self, source: Source) -> bytes:
        """All of `source`, never holding more than the limits allow."""
        return b"".join(self._chunks(source))

    def _chunks(self, source: Source) -> Iterator[bytes]:
        while chunk := source.read(CHUNK):
            self.count(len(chunk))
            yield chunk

    def _check(self, total: int) -> None:
        if total > self._most:
            raise OverLimit("This archive holds more than may be unpacked.")
        if total > self._swollen:
            raise OverLimit("This archive grows far too much when it is unpacked, so it was not unpacked.")


def checked(members: Sequence[Member]) -> tuple[Member, ...]:
    """The members, if every name stays in its folder and stands once; raises Unreadable."""
    seen: set[str] = set()
    for member in members:
        name = member.name.rstrip("/")
        if not name or _ELSEWHERE.search(name) or _CONTROL.search(name):
            raise Unreadable("This archive holds a file whose name leads out of its folder.")
        same = unicodedata.normalize("NFC", name).casefold()
        if same in seen:
            raise Unreadable("This archive holds two files under one name.")
        seen.add(same)
    return tuple(members)
