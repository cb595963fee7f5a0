"""A staff directory kept in a CSV file that somebody exports: read again when it changes."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from connectors.directories.lookup import Absent, Lookup, could_not_tell, lookup
from connectors.directories.staff_list import StaffList, Unreadable, read_staff_list
from connectors.interface import DirectoryAnswer, DirectoryHealth, Member, Staff, Unavailable

LARGEST: Final = 200 * 1024 * 1024

_SHRUNK: Final = 20
"""From this many people on, a list that lost more than half of them is taken for an export cut short."""

_Mark = tuple[int, int, int]


@dataclass(frozen=True)
class _Copy:
    """A list that was read, and how to look people up in it."""

    listed: StaffList
    exported_at: float
    lookup: Lookup


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
        self._absent = Absent(name)
        self._missing = True
        self._problem = "it has not been read yet"
        self._asked = self._matched = 0

    async def standing(self, member: Member) -> DirectoryAnswer:
        await self._look()
        copy = self._copy
        if copy is None or self._missing:
            return could_not_tell(f"the {self.name} is not readable")
        if self._stale():
            return could_not_tell(f"the {self.name} is stale")
        self._asked += 1
        if answer := copy.lookup.find(member, self.name):
            self._matched += answer.person is not None
            return answer
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
        return DirectoryHealth(
            self.name, people, at, self._stale(), self._words(), self._asked, self._matched
        )

    async def sync(self) -> DirectoryHealth:
        """Look at the file now, whenever it was looked at last."""
        self._looked = None
        return await self.health()

    def _not_found(self, member: Member, copy: _Copy) -> DirectoryAnswer:
        if copy.listed.wrong:
            return could_not_tell(f"some lines of the {self.name} could not be read")
        return self._absent.answer(member, self._problem)

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
        self._asked = self._matched = 0
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


def _mark(path: Path) -> _Mark:
    stat = os.stat(path)
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _copy_of(path: Path, mark: _Mark, columns: Mapping[str, str] | None) -> _Copy:
    if mark[1] > LARGEST:
        raise Unreadable("it is too large for a staff list")
    listed = read_staff_list(path.read_bytes(), columns)
    return _Copy(listed, mark[0] / 1e9, lookup(listed.people))


def _lines(wrong: Sequence[tuple[int, str]], most: int = 10) -> str:
    """ "line 4: no name; line 9: too few columns; and 3 more": never what stands in them."""
    if not wrong:
        return ""
    words = [f"line {line}: {why}" for line, why in wrong[:most]]
    return "; ".join([*words, *([f"and {len(wrong) - most} more"] if len(wrong) > most else [])])
