"""A staff directory behind a network: copied whole at every sync, so that a lookup never waits for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from connectors.directories.lookup import Absent, Lookup, could_not_tell, lookup
from connectors.interface import ConnectorError, DirectoryAnswer, DirectoryHealth, Member, Staff, Unavailable

_SHRUNK: Final = 20
"""From this many people on, a sync that lost more than half of them is not believed at once."""

Fetch = Callable[[], Awaitable[Sequence[Staff]]]
"""Everyone in the directory now. Raises ConnectorError; its words stand in the console and name nobody."""


class SyncedDirectory:
    """Answers from its last good copy. Older than `max_age_hours` the copy is stale: "could_not_tell".

    A sync that fails leaves the copy in force and its age running; `health().problem` says what went wrong,
    and accounts that the copy does not know and was not asked of before are "could_not_tell".
    A sync that lost more than half of the people takes effect only when the next one says the same: a
    filter mistyped or a search cut short must not make outsiders of a whole hospital.
    """

    def __init__(
        self, name: str, fetch: Fetch, max_age_hours: float = 24.0, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.name = name
        self._fetch = fetch
        self._max_age = max_age_hours * 3600.0
        self._clock = clock
        self._lock = asyncio.Lock()
        self._copy: Lookup | None = None
        self._absent = Absent(name)
        self._synced_at = 0.0
        self._doubted = 0
        self._problem = "it has not been read yet"
        self._asked = self._matched = 0

    async def standing(self, member: Member) -> DirectoryAnswer:
        if self._copy is None:
            return could_not_tell(f"the {self.name} could not be read yet")
        if self._stale():
            return could_not_tell(f"the {self.name} is stale")
        self._asked += 1
        answer = self._copy.find(member, self.name)
        self._matched += answer is not None and answer.person is not None
        return answer or self._absent.answer(member, self._problem)

    async def people(self) -> tuple[Staff, ...]:
        """Everyone in the last good copy, be it stale; raises Unavailable when there never was one."""
        if self._copy is None:
            raise Unavailable(f"the {self.name} could not be read yet")
        return self._copy.people

    async def health(self) -> DirectoryHealth:
        at = datetime.fromtimestamp(self._synced_at, UTC) if self._copy else None
        people = len(self._copy.people) if self._copy else 0
        return DirectoryHealth(
            self.name, people, at, self._stale(), self._problem, self._asked, self._matched
        )

    async def sync(self) -> DirectoryHealth:
        """Copy the directory now. Raises nothing for a directory that cannot be read: see `problem`."""
        async with self._lock:
            began = self._clock()
            try:
                people = await self._fetch()
            except ConnectorError as error:
                self._problem = f"the last sync failed: {error}"
            else:
                self._take(people, began)
        return await self.health()

    def _take(self, people: Sequence[Staff], at: float) -> None:
        had = len(self._copy.people) if self._copy else 0
        if not people:
            self._problem = "the last sync found nobody"
        elif _SHRUNK <= had > 2 * len(people) and self._doubted != len(people):
            self._doubted = len(people)
            self._problem = (
                f"the last sync found {len(people)} people where {had} were; the next one decides whether "
                "that is believed"
            )
        else:
            self._copy, self._synced_at = lookup(people), at
            self._problem, self._doubted = "", 0
            self._asked = self._matched = 0

    def _stale(self) -> bool:
        return self._copy is None or self._clock() - self._synced_at > self._max_age
