"""Forget finished work in small bites, so that nobody waits for it."""

from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    delete,
    literal_column,
    select,
)

from bot.store import tables as t
from bot.store.database import Store

BITE = 500
DAY = 86400.0
SEEN_DAYS = 30
"""Platforms redeliver for hours, administrators resend for days: a key is known for at least this long."""

EFFECT_DAYS = 90
"""An outcome outlives every timer of the work that may ask for it again."""

_ROWID = literal_column("rowid", Integer)


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows went."""

    work: int
    keys: int
    effects: int


async def purge(store: Store, before: float, now: float) -> Purged:
    """Delete work that was done before `before`, and dead work, keys and outcomes once they are old.

    Unfinished work and an effect without an outcome stay.
    """
    inbox, effect = t.inbox.c, t.effect.c
    old = min(before, now - SEEN_DAYS * DAY)
    ancient = min(before, now - EFFECT_DAYS * DAY)
    done = and_(inbox.state == "done", inbox.finished_at < before)
    dead = and_(inbox.state == "dead", inbox.finished_at < old)
    return Purged(
        work=await _eat(store, inbox.accepted_at, before, done | dead),
        keys=await _eat(store, t.seen.c.at, old, t.seen.c.at < old),
        effects=await _eat(store, effect.intended_at, ancient, effect.finished_at < ancient),
    )


async def _eat(store: Store, came: Column[float], before: float, gone: ColumnElement[bool]) -> int:
    total, after = 0, -1
    while True:
        eaten, last = await store.write(lambda c, after=after: _bite(c, came, before, gone, after))  # type: ignore[misc]
        total += eaten
        if last is None:
            return total
        after = last


def _bite(
    c: Connection, came: Column[float], before: float, gone: ColumnElement[bool], after: int
) -> tuple[int, int | None]:
    """Delete what may go of the next rows; returns how many, and the last one looked at.

    Rows lie in the order in which they came, so the walk ends at the first that came after `before`
    and needs no index of its own.
    """
    table = came.table
    query = select(_ROWID, came, gone).select_from(table).where(_ROWID > after).order_by(_ROWID).limit(BITE)
    window = [(rowid, go) for rowid, at, go in c.execute(query) if at < before]
    going = [{"row": rowid} for rowid, go in window if go]
    if going:
        # One by one by number: told the whole condition, SQLite's planner picks an index over it and
        # reads every finished row each time.
        c.execute(delete(table).where(_ROWID == bindparam("row")), going)
    return len(going), window[-1][0] if window else None
