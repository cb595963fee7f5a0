"""A staff directory kept in a CSV file that somebody exports: read again when it changes."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from connectors.directories.staff_list import StaffList, Unreadable, read_staff_list
from connectors.interface import DirectoryAnswer, DirectoryHealth, Member, Staff, Standing, Unavailable

LARGEST: Final = 200 * 1024 * 1024

_STANDING: Final[Mapping[str, Standing]] = {"active": "staff", "left": "leaver", "guest": "guest"}
_SHRUNK: Final = 20
"""From this many people on, a list that lost more than half of them is taken for an export cut short."""

_Mark = tuple[int, int, int]


@dataclass(frozen=True)
class _Copy:
    """A list that was read, and how to look people up in it. A key with two people in it is a tie."""

    listed: StaffList
    exported_at: float
    by_email: Mapping[str, tuple[Staff, ...]]
    by_id: Mapping[str, tuple[Staff, ...]]


class CsvDirectory:
    """Looks accounts up by verified e-mail or by id, never by a display name.

    A missing or stale file makes every answer "could_not_tell". A broken new file leaves the last good
    copy in use and says in `health().problem` which lines are wrong. Of a first file with wrong lines the
    good ones count, and whoever is not among them "could_not_tell". `max_age_hours` is the age of the
    file at which it is stale; 0 or None for never. `columns` as for `read_staff_list`.
    """

    def __init__(
        self,
        path: Path,
        name: str = "staff list",
        max_age_hours: float | None = None,
        columns: Mapping[str, str] | None = None,
        *,
        look_again: float = 2.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._path = path
        self._max_age = max_age_hours * 3600.0 if max_age_hours else None
        self._columns = columns
        self._look_again = look_again
        self._clock = clock
        self._lock = asyncio.Lock()
        self._looked: float | None = None
        self._mark: _Mark | None = None
        self._copy: _Copy | None = None
        self._missing = True
        self._problem = "it has not been read yet"

    async def standing(self, member: Member) -> DirectoryAnswer:
        await self._look()
        copy = self._copy
        if copy is None or self._missing:
            return _could_not_tell(f"the {self.name} is not readable")
        if self._stale():
            return _could_not_tell(f"the {self.name} is stale")
        for by, found in (
            ("id", copy.by_id.get(member.user)),
            ("email", copy.by_email.get(_key(member.email))),
        ):
            if found and len(found) > 1:
                return _could_not_tell(f"{len(found)} people of the {self.name} share this {by}")
            if found:
                return DirectoryAnswer(_STANDING[found[0].status], found[0], by)
        return self._not_found(member, copy)

    async def people(self) -> tuple[Staff, ...]:
        """Everyone in the last good copy, be it stale; raises Unavailable when there never was one."""
        await self._look()
        if self._copy is None:
            raise Unavailable(f"the {self.name} is not readable")
        return self._copy.listed.people

    async def health(self) -> DirectoryHealth:
        await self._look()
        copy = self._copy
        at = datetime.fromtimestamp(copy.exported_at, UTC) if copy else None
        people = len(copy.listed.people) if copy else 0
        return DirectoryHealth(self.name, people, at, self._stale(), self._words())

    async def sync(self) -> DirectoryHealth:
        """Look at the file now, whenever it was looked at last."""
        self._looked = None
        return await self.health()

    def _not_found(self, member: Member, copy: _Copy) -> DirectoryAnswer:
        if copy.listed.wrong:
            return _could_not_tell(f"some lines of the {self.name} could not be read")
        if not member.email and not (member.is_guest or member.is_external):
            return _could_not_tell("the platform does not give this account's e-mail address")
        return DirectoryAnswer("unknown", why=f"not in the {self.name}")

    def _stale(self) -> bool:
        if self._copy is None or self._max_age is None:
            return self._copy is None
        return self._clock() - self._copy.exported_at > self._max_age

    def _words(self) -> str:
        words = [self._problem] if self._problem else []
        if self._problem and self._copy and not self._missing and not self._copy.listed.wrong:
            words.append("the last good copy stays in use")
        if self._copy and self._stale():
            words.append("the file is older than the settings allow")
        return "; ".join(words)

    async def _look(self) -> None:
        """Read the file again if it changed, in a thread: a network share may be slow."""
        async with self._lock:
            if self._looked is not None and time.monotonic() - self._looked < self._look_again:
                return
            await asyncio.to_thread(self._read_if_changed)
            self._looked = time.monotonic()

    def _read_if_changed(self) -> None:
        try:
            mark = _mark(self._path)
            self._missing = False
            if mark == self._mark:
                return
            self._take(_copy_of(self._path, mark, self._columns))
            # Written to while it was read: its mark differs next time, so it is read again.
            self._mark = mark
        except Unreadable as error:
            self._mark = mark
            self._problem = str(error)
        except OSError as error:
            self._missing, self._mark = True, None
            self._problem = f"the file cannot be read: {error.strerror or type(error).__name__}"

    def _take(self, new: _Copy) -> None:
        """Put a copy in force unless an earlier one is to be trusted more."""
        old = self._copy
        self._problem = _lines(new.listed.wrong)
        if old is None or old.listed.wrong:
            self._copy = new
        elif _SHRUNK <= len(old.listed.people) > 2 * len(new.listed.people):
            self._problem = (
                f"it holds {len(new.listed.people)} people where {len(old.listed.people)} were, as if cut short; "
                "restart Chaperone if that is right"
            )
        elif not new.listed.wrong:
            self._copy = new


def _could_not_tell(why: str) -> DirectoryAnswer:
    return DirectoryAnswer("could_not_tell", why=why)


def _mark(path: Path) -> _Mark:
    stat = os.stat(path)
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _copy_of(path: Path, mark: _Mark, columns: Mapping[str, str] | None) -> _Copy:
    if mark[1] > LARGEST:
        raise Unreadable("it is too large for a staff list")
    listed = read_staff_list(path.read_bytes(), columns)
    by_email = _index((_key(s.email), s) for s in listed.people)
    by_id = _index((s.id, s) for s in listed.people)
    return _Copy(listed, mark[0] / 1e9, by_email, by_id)


def _index(pairs: Iterable[tuple[str, Staff]]) -> dict[str, tuple[Staff, ...]]:
    index: dict[str, tuple[Staff, ...]] = {}
    for key, person in pairs:
        if not key:
            continue
        there = index.get(key)
        index[key] = (person,) if there is None else _joined(there, person)
    return index


def _joined(there: tuple[Staff, ...], person: Staff) -> tuple[Staff, ...]:
    """One person with several posts is one person, active while any post is; another name is another person."""
    same = next((i for i, s in enumerate(there) if s.name.casefold() == person.name.casefold()), None)
    if same is None:
        return (*there, person)
    kept = min(there[same], person, key=lambda s: ("active", "guest", "left").index(s.status))
    return (*there[:same], kept, *there[same + 1 :])


def _lines(wrong: Sequence[tuple[int, str]], most: int = 10) -> str:
    """ "line 4: no name; line 9: too few columns; and 3 more": never what stands in them."""
    if not wrong:
        return ""
    words = [f"line {line}: {why}" for line, why in wrong[:most]]
    return "; ".join([*words, *([f"and {len(wrong) - most} more"] if len(wrong) > most else [])])


def _key(email: str) -> str:
    return email.strip().casefold()
