"""Timers and schedules: what is due, on a clock that a test can turn."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.engine import inbox
from bot.store import tables as t
from bot.vault.keys import Keys, SealBroken
from connectors.interface import Delivery

log = logging.getLogger(__name__)

Clock = Callable[[], float]

LOOK_AGAIN = 30.0
"""Seconds after which the clock is read again: it may have been set, or the machine may have slept."""

BATCH = 100


class Alarm:
    """Waits for a moment of the injected clock; `ring` makes everyone who waits look at it again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    @property
    def bell(self) -> asyncio.Event:
        """What the next `ring` sets; take it before looking, so that no ring in between is missed."""
        return self._rung

    async def until(self, due: float, bell: asyncio.Event | None = None) -> None:
        """Return when `due` has come, or earlier when rung: callers look and may wait again."""
        rung = bell or self._rung
        while not rung.is_set() and (left := due - self._clock()) > 0:
            try:
                async with asyncio.timeout(min(left, LOOK_AGAIN)):
                    await rung.wait()
            except TimeoutError:
                continue

    def ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()


@dataclass(slots=True)
class Schedule:
    """Runs at every multiple of `seconds` since the epoch, never beside itself."""

    name: str
    seconds: float
    run: Callable[[datetime], Awaitable[None]]
    task: "asyncio.Task[None] | None" = None
    last: float = float("-inf")

    @property
    def busy(self) -> bool:
        return self.task is not None and not self.task.done()

    def slot(self, now: float) -> float:
        return now - now % self.seconds

    def next_due(self, now: float) -> float:
        """When to look again; a run that is still under way rings when it ends."""
        return float("inf") if self.busy else max(self.last + self.seconds, now)

    async def once(self, slot: float) -> None:
        try:
            await self.run(datetime.fromtimestamp(slot, UTC))
        except Exception as error:  # noqa: BLE001  (one bad slot must not end the schedule)
            log.error("schedule %s failed: %s", self.name, type(error).__name__)


def claim_slot(c: Connection, name: str, slot: float) -> bool:
    """True for whoever comes first, in this process or another, before or after a restart."""
    new = insert(t.slot).values(schedule=name, last=slot)
    later = new.on_conflict_do_update(
        index_elements=["schedule"], set_={"last": slot}, where=t.slot.c.last < slot
    )
    return c.execute(later).rowcount == 1


def set_timer(c: Connection, keys: Keys, key: str, due: float, delivery: Delivery) -> None:
    """Set or replace the timer `key`."""
    values: dict[str, Any] = {
        "due": due, "tenant": delivery.tenant, "lane": delivery.lane, "source": delivery.source,
        "keys": list(delivery.keys), "sealed_body": keys.seal("timer", key, delivery.body),
    }  # fmt: skip
    new = insert(t.timer).values(key=key, **values)
    c.execute(new.on_conflict_do_update(index_elements=["key"], set_=values))


def drop_timer(c: Connection, key: str) -> bool:
    """True when there was one."""
    return c.execute(delete(t.timer).where(t.timer.c.key == key)).rowcount == 1


def next_timer(c: Connection) -> float:
    """When the first timer is due; infinity when there is none."""
    first = c.execute(select(func.min(t.timer.c.due))).scalar()
    return float("inf") if first is None else float(first)


def fire(c: Connection, keys: Keys, now: float) -> list[inbox.Entry]:
    """Move timers that are due into the inbox, earliest first; gone and accepted in one transaction."""
    due = select(t.timer).where(t.timer.c.due <= now).order_by(t.timer.c.due).limit(BATCH)
    entries: list[inbox.Entry] = []
    for row in c.execute(due).all():
        try:
            body = keys.open("timer", row.key, row.sealed_body)
        except SealBroken:
            log.error("timer %s cannot be opened; tried again in an hour", row.key)
            c.execute(update(t.timer).where(t.timer.c.key == row.key).values(due=now + 3600.0))
            continue
        delivery = Delivery(row.source, row.tenant, row.lane, tuple(row.keys), body)
        entries += inbox.take_in(c, delivery, inbox.seal(keys, delivery, now), now)
        drop_timer(c, row.key)
    return entries
