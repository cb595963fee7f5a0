"""The engine of one machine: an inbox in the store, and a lane for each conversation."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.engine import inbox, purge, timers
from bot.engine.effects import Effects
from bot.engine.inbox import Entry
from bot.engine.interface import Call, Handler, Outcome, Probe
from bot.engine.lanes import Lanes, OnDead, Patience
from bot.engine.timers import Alarm, Clock, Schedule
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import Delivery

log = logging.getLogger(__name__)

HURT = 5.0
"""Seconds until the clock is looked at again after the store failed."""


class LocalEngine:
    """An `Engine` over a `Store`.

    Work of one lane runs in order, one at a time; lanes run beside each other, at most `at_once` of them.
    `patience` says how failed work is tried again, and when it is dead: kept, and told. `stop` gives work
    in progress `grace` seconds.
    """

    def __init__(
        self,
        store: Store,
        keys: Keys,
        clock: Clock = time.time,
        *,
        patience: Patience | None = None,
        at_once: int = 64,
        grace: float = 20.0,
    ) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._grace = grace
        self._effects = Effects(store, clock)
        self._lanes = Lanes(store, keys, clock, patience or Patience(), at_once)
        self._schedules: dict[str, Schedule] = {}
        self._alarm = Alarm(clock)
        self._timekeeper: asyncio.Task[None] | None = None

    async def accept(self, delivery: Delivery) -> bool:
        """See `Engine.accept`. Once queued it is committed even when the caller is cancelled."""
        at = self._clock()
        sealed = inbox.seal(self._keys, delivery, at)
        return bool(await self._admitted(lambda c: inbox.take_in(c, delivery, sealed, at)))

    async def effect(self, key: str, call: Call, probe: Probe | None = None) -> Outcome:
        """See `Engine.effect`."""
        return await self._effects.run(key, call, probe)

    async def later(self, key: str, due: datetime, delivery: Delivery) -> None:
        """See `Engine.later`. `due` is aware."""
        await self._store.write(lambda c: timers.set_timer(c, self._keys, key, due.timestamp(), delivery))
        self._alarm.ring()

    async def cancel(self, key: str) -> bool:
        """Drop a timer; True when it had not fired."""
        return await self._store.write(lambda c: timers.drop_timer(c, key))

    def every(self, name: str, seconds: float, run: Callable[[datetime], Awaitable[None]]) -> None:
        """See `Engine.every`. Slots are the multiples of `seconds` since the epoch; the first start runs
        the slot that has begun. `run` is told its slot; a slot whose run fails is not repeated."""
        self._schedules[name] = Schedule(name, seconds, run)
        self._alarm.ring()

    async def start(self, handle: Handler, on_dead: OnDead) -> None:
        """Take the inbox over and go on where the last process stopped. Raises `InUse`."""
        self._store.claim()
        # Through the writer's own queue: what was committed before is found here, what is committed after
        # is admitted when its own commit is told, and nothing falls between.
        found = self._store.submit(inbox.unfinished)
        found.add_done_callback(lambda _: self._lanes.open(handle, on_dead))
        found.add_done_callback(self._admit)
        await asyncio.shield(found)
        self._timekeeper = asyncio.create_task(self._keep_time())

    async def stop(self) -> None:
        """Finish the steps in progress, leave the rest in the inbox."""
        tasks = [s.task for s in self._schedules.values() if s.task]
        if self._timekeeper:
            self._timekeeper.cancel()
            tasks.append(self._timekeeper)
        await self._lanes.close(self._grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._store.release()

    async def idle(self) -> None:
        """Return when no accepted work is unfinished; work that waits for another try is unfinished."""
        await self._lanes.empty.wait()

    async def tick(self) -> None:
        """Look at the clock now: fire what is due. The engine does so itself; a test turns its own clock."""
        self._lanes.ring()
        while await self._store.read(timers.next_timer) <= (now := self._clock()):
            await self._admitted(partial(timers.fire, keys=self._keys, now=now))
        for schedule in self._schedules.values():
            await self._run_slot(schedule)

    async def purge(self, before: float) -> purge.Purged:
        """Forget work done before `before` (seconds since the epoch); keys are known for 30 days at least."""
        return await purge.purge(self._store, before, self._clock())

    async def revive(self) -> int:
        """Give dead work another chance, at the end of its lane; returns how much there was."""
        return len(await self._admitted(inbox.revive))

    @property
    def waiting(self) -> int:
        """How much accepted work is unfinished."""
        return self._lanes.waiting

    @property
    def lag(self) -> float:
        """Age of the oldest unfinished work, in seconds."""
        oldest = self._lanes.oldest
        return 0.0 if oldest is None else max(0.0, self._clock() - oldest)

    async def _admitted(self, fn: Callable[[Connection], list[Entry]]) -> list[Entry]:
        """Write entries, and put them in their lanes even when the caller is gone by then."""
        future = self._store.submit(fn)
        # Callbacks come in the order of the commits, which is what keeps a lane in order.
        future.add_done_callback(self._admit)
        return await asyncio.shield(future)

    def _admit(self, future: "asyncio.Future[list[Entry]]") -> None:
        if not future.cancelled() and not future.exception():
            self._lanes.admit(future.result())

    async def _keep_time(self) -> None:
        while True:
            bell = self._alarm.bell
            try:
                await self.tick()
                due = await self._next_due()
            except Exception as error:  # noqa: BLE001  (a full disk must not end the clock)
                log.error("timers cannot be read: %s", type(error).__name__)
                due = self._clock() + HURT
            await self._alarm.until(due, bell)

    async def _next_due(self) -> float:
        now = self._clock()
        slots = [schedule.next_due(now) for schedule in self._schedules.values()]
        return min([await self._store.read(timers.next_timer), *slots])

    async def _run_slot(self, schedule: Schedule) -> None:
        slot = schedule.slot(self._clock())
        if schedule.busy or slot <= schedule.last:
            return
        if await self._store.write(lambda c: timers.claim_slot(c, schedule.name, slot)):
            schedule.task = asyncio.create_task(schedule.once(slot))
            schedule.task.add_done_callback(lambda _: self._alarm.ring())
        schedule.last = slot
