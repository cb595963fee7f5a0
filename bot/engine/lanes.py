"""Lanes: the work of one conversation in order, of many conversations at once."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection

from bot.engine import inbox
from bot.engine.inbox import Entry
from bot.engine.interface import Handler, Work
from bot.engine.timers import Alarm, Clock
from bot.store.database import Store
from bot.vault.keys import Keys, SealBroken
from connectors.interface import Unavailable

log = logging.getLogger(__name__)

Lane = tuple[str, str]
"""tenant, conversation"""

OnDead = Callable[[Work, str], Awaitable[None]]

_chance = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Patience:
    """How failed work is tried again: after `pause` seconds, doubled each time up to `longest`.

    Work for which the platform is out of reach is tried for `outage` seconds: an outage of hours loses
    nothing. Any other error only `faults` times, since waiting seldom mends it and the conversation waits
    behind it. `tries` bounds work that ends the process.
    """

    tries: int = 12
    faults: int = 4
    outage: float = 86_400.0
    pause: float = 1.0
    longest: float = 300.0

    def wait(self, attempt: int, asked: float = 0.0) -> float:
        """Seconds to wait after the given attempt; at least what the platform asked for. Jittered, so that
        lanes which failed together do not come back together."""
        wait = min(self.longest, self.pause * 2.0 ** min(attempt - 1, 60))
        return max(asked, wait * _chance.uniform(0.5, 1.0)) + asked * _chance.uniform(0.0, 0.1)


class Lanes:
    """One task for each lane that has work. A lane that waits for another try holds up only itself."""

    def __init__(
        self, store: Store, keys: Keys, clock: Clock, patience: Patience, at_once: int, files_at_once: int = 16
    ) -> None:  # fmt: skip
        self._store = store
        self._keys = keys
        self._clock = clock
        self._patience = patience
        self._room = asyncio.Semaphore(at_once)
        # However many files are being read, no message waits for its turn.
        self._files_room = asyncio.Semaphore(files_at_once)
        self._lanes: dict[Lane, deque[Entry]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarm = Alarm(clock)
        self._open = False
        self.empty = asyncio.Event()
        """Set while no admitted work is unfinished."""
        self.empty.set()

    def open(self, handle: Handler, on_dead: OnDead) -> None:
        self._handle, self._on_dead = handle, on_dead
        self._open = True

    def admit(self, entries: list[Entry]) -> None:
        """Put work at the end of its lanes; while closed, leave it in the inbox."""
        for entry in entries if self._open else ():
            lane = (entry.tenant, entry.lane)
            self.empty.clear()
            if lane in self._lanes:
                self._lanes[lane].append(entry)
            else:
                self._lanes[lane] = deque([entry])
                self._spawn(lane)

    def ring(self) -> None:
        """The clock was turned: look at it."""
        self._alarm.ring()

    async def close(self, grace: float) -> None:
        """Finish the work in progress, for at most `grace` seconds; the rest stays in the inbox."""
        self._open = False
        self._alarm.ring()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._lanes.clear()
        self.empty.set()

    @property
    def waiting(self) -> int:
        return sum(map(len, self._lanes.values()))

    @property
    def oldest(self) -> float | None:
        """When the oldest unfinished work was accepted."""
        return min((lane[0].accepted_at for lane in self._lanes.values() if lane), default=None)

    def _spawn(self, lane: Lane) -> None:
        task = asyncio.create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Only a fault of ours gets here; the lane's work is in the inbox and runs at the next start.
            log.critical("a lane ended: %s", type(error).__name__)

    async def _run(self, lane: Lane) -> None:
        work = self._lanes[lane]
        while work and self._open:
            if work[0].not_before > self._clock():
                await self._alarm.until(work[0].not_before)
                continue
            async with self._files_room if work[0].source.startswith("file.") else self._room:
                left = await self._attempt(work[0]) if self._open else work[0]
            if left is None:
                work.popleft()
            else:
                work[0] = left
        if self._open:
            del self._lanes[lane]
            if not self._lanes:
                self.empty.set()

    async def _attempt(self, entry: Entry) -> Entry | None:
        """Try once; the entry as it is to be tried again, or None when it is finished."""
        try:
            work = entry.open(self._keys)
        except SealBroken as broken:  # trying again would not help; a restored key and `revive` may
            return await self._bury(entry, entry.work(()), broken)
        if entry.attempts >= self._patience.tries and not self._is_outage(
            entry
        ):  # the process ended during its last try
            return await self._bury(entry, work, None)
        # Not awaited: whatever the handler writes is queued behind it.
        self._store.submit(partial(inbox.begin, entry=entry)).add_done_callback(_noted)
        entry = replace(entry, attempts=work.attempt)
        try:
            await self._handle(work)
        except asyncio.CancelledError as error:
            if not self._open:
                raise
            return await self._failed(entry, work, error)
        except Exception as error:  # noqa: BLE001  (any failure is another try, then a dead letter)
            return await self._failed(entry, work, error)
        await self._write(partial(inbox.finish, entry=entry, at=self._clock()))
        return None

    async def _failed(self, entry: Entry, work: Work, error: BaseException) -> Entry | None:
        entry = replace(entry, error=type(error).__name__)
        log.warning("work %d, attempt %d: %s", entry.id, entry.attempts, entry.error)
        faults = min(self._patience.tries, self._patience.faults)
        if entry.attempts >= faults and not self._is_outage(entry):
            return await self._bury(entry, work, error)
        asked = error.retry_after if isinstance(error, Unavailable) else 0.0
        entry = replace(entry, not_before=self._clock() + self._patience.wait(entry.attempts, asked))
        await self._write(partial(inbox.postpone, entry=entry))
        return entry

    def _is_outage(self, entry: Entry) -> bool:
        """Whether it failed for the platform's sake, and not for too long."""
        age = self._clock() - entry.accepted_at
        return entry.error == Unavailable.__name__ and age < self._patience.outage

    async def _bury(self, entry: Entry, work: Work, error: BaseException | None) -> Entry | None:
        """Tell first: a crash in between tells twice, never not at all."""
        entry = replace(entry, error=type(error).__name__ if error else entry.error or "ProcessEnded")
        log.error("work %d is dead: %s", entry.id, entry.error)
        try:
            await self._on_dead(work, entry.error)
        except Exception as fault:  # noqa: BLE001  (the lane must go on)
            log.error("telling of dead work failed: %s", type(fault).__name__)
        await self._write(partial(inbox.bury, entry=entry, at=self._clock()))
        return None

    async def _write(self, fn: Callable[[Connection], None]) -> None:
        """Write what became of work; with a full disk, wait for room rather than do the work again."""
        attempt = 0
        while True:
            try:
                return await self._store.write(fn)
            except Exception as error:
                if not self._open:
                    raise
                attempt += 1
                log.error("the inbox cannot be written: %s", type(error).__name__)
            await self._alarm.until(self._clock() + self._patience.wait(attempt))


def _noted(future: "asyncio.Future[None]") -> None:
    if not future.cancelled():
        future.exception()  # a write that failed will fail again where it is awaited
