"""Effects on the outside world: an intent before, an outcome after, and never twice."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.engine.interface import Call, Outcome, Probe, Uncertain
from bot.store import tables as t
from bot.store.database import Store
from connectors.interface import Refused, Unavailable

# Built once: building a statement takes longer than running it.
_MINE = t.effect.c.key == bindparam("mine")
_INTEND = insert(t.effect).on_conflict_do_nothing()
_FIND = select(t.effect.c.state, t.effect.c.result).where(_MINE)
_WITHDRAW = delete(t.effect).where(_MINE)
_FINISH = update(t.effect).where(_MINE)


class Effects:
    """The meaning of `Engine.effect`, over any store."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._busy: dict[str, asyncio.Event] = {}

    async def run(self, key: str, call: Call, probe: Probe | None) -> Outcome:
        async with self._alone(key):
            left = await self._intend(key)
            if left is not None and left.state != "intent":
                return Outcome(left.state, left.result or {}, repeated=True)
            if left is not None:
                outcome = await self._look(probe)
                if outcome is not None:
                    return await self._record(key, outcome)
            return await self._do(key, call)

    async def _do(self, key: str, call: Call) -> Outcome:
        try:
            outcome = Outcome("done", dict(await call()))
        except Refused as refusal:
            outcome = Outcome("refused", {"code": refusal.code})
        except Uncertain:
            outcome = Outcome("uncertain")
        except Unavailable as fault:
            # What may have happened all the same keeps its intent: the next attempt looks first.
            if not fault.maybe_done:
                await self._store.write(lambda c: _withdraw(c, key))
            raise
        return await self._record(key, outcome)

    @staticmethod
    async def _look(probe: Probe | None) -> Outcome | None:
        """What an intent left over from a crash came to; None when it did not happen."""
        if probe is None:
            return Outcome("uncertain", repeated=True)
        try:
            found = await probe()
        except Uncertain:
            return Outcome("uncertain", repeated=True)
        return None if found is None else Outcome("done", dict(found), repeated=True)

    async def _intend(self, key: str) -> Any:
        at = self._clock()
        return await self._store.write(lambda c: _intend(c, key, at))

    async def _record(self, key: str, outcome: Outcome) -> Outcome:
        values = {"state": outcome.state, "result": dict(outcome.result), "finished_at": self._clock()}
        await self._store.write(lambda c: _finish(c, key, values))
        return outcome

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncIterator[None]:
        """Two at once with one key: the second waits, then finds the first one's outcome."""
        while key in self._busy:
            await self._busy[key].wait()
        self._busy[key] = asyncio.Event()
        try:
            yield
        finally:
            self._busy.pop(key).set()


def _intend(c: Connection, key: str, at: float) -> Any:
    """Write the intent; when the key was there already, its row instead."""
    added = c.execute(_INTEND, {"key": key, "state": "intent", "intended_at": at})
    return None if added.rowcount == 1 else c.execute(_FIND, {"mine": key}).one()


def _withdraw(c: Connection, key: str) -> None:
    c.execute(_WITHDRAW, {"mine": key})


def _finish(c: Connection, key: str, values: Mapping[str, Any]) -> None:
    c.execute(_FINISH, {"mine": key, **values})
