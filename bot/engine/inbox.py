"""The inbox in the database: what was accepted, once per key, and what became of it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.engine.interface import Work
from bot.store import tables as t
from bot.vault.keys import Keys
from connectors.interface import Delivery

UNFINISHED = "new"

# Built once: SQLAlchemy then finds the compiled statement by identity, and accepts are on the hot path.
_ADD_SEEN = upsert(t.seen).on_conflict_do_nothing()
_ADD = insert(t.inbox)
_SET = update(t.inbox).where(t.inbox.c.id == bindparam("entry"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the inbox that is not finished. Times are seconds since the epoch."""

    id: int
    tenant: str
    lane: str
    source: str
    sealed: bytes = field(repr=False)
    accepted_at: float
    attempts: int = 0
    not_before: float = 0.0
    error: str = ""

    def open(self, keys: Keys) -> Work:
        """The work for the next attempt; raises `SealBroken`."""
        plain = keys.open("inbox", _row(self.tenant, self.lane, self.source, self.accepted_at), self.sealed)
        names, _, body = plain.partition(b"\n")
        return self.work(tuple(json.loads(names)), body)

    def work(self, keys: tuple[str, ...], body: bytes = b"") -> Work:
        """The work, with what the row itself does not tell."""
        delivery = Delivery(self.source, self.tenant, self.lane, keys, body)
        return Work(self.id, delivery, datetime.fromtimestamp(self.accepted_at, UTC), self.attempts + 1)


def seal(keys: Keys, delivery: Delivery, at: float) -> bytes:
    """The sealed body, with the keys inside so that work replayed after a crash is the same work."""
    plain = json.dumps(delivery.keys).encode() + b"\n" + delivery.body
    return keys.seal("inbox", _row(delivery.tenant, delivery.lane, delivery.source, at), plain)


def take_in(c: Connection, delivery: Delivery, sealed: bytes, at: float) -> list[Entry]:
    """Add the delivery unless one of its keys was seen; every key is seen from now on."""
    rows = [{"tenant": delivery.tenant, "key": key, "at": at} for key in dict.fromkeys(delivery.keys)]
    if rows and sum(c.execute(_ADD_SEEN, row).rowcount for row in rows) < len(rows):
        return []
    added = c.execute(
        _ADD,
        {
            "tenant": delivery.tenant, "lane": delivery.lane, "source": delivery.source,
            "sealed_body": sealed, "accepted_at": at, "state": UNFINISHED, "attempts": 0, "not_before": 0.0,
        },
    )  # fmt: skip
    key: Any = added.inserted_primary_key
    return [Entry(key[0], delivery.tenant, delivery.lane, delivery.source, sealed, at)]


def unfinished(c: Connection) -> list[Entry]:
    """Everything that was accepted and is not finished, in the order of its acceptance."""
    query = select(t.inbox).where(t.inbox.c.state == UNFINISHED).order_by(t.inbox.c.id)
    return [_entry(row) for row in c.execute(query)]


def begin(c: Connection, entry: Entry) -> None:
    """Count an attempt before it is made: work that kills the process must not be tried for ever."""
    c.execute(_SET, {"entry": entry.id, "attempts": entry.attempts + 1})


def postpone(c: Connection, entry: Entry) -> None:
    c.execute(
        _SET,
        {
            "entry": entry.id,
            "attempts": entry.attempts,
            "not_before": entry.not_before,
            "error": entry.error,
        },
    )


def finish(c: Connection, entry: Entry, at: float) -> None:
    """Done: the body goes at once, for it is not ours to keep."""
    c.execute(_SET, {"entry": entry.id, "state": "done", "finished_at": at, "sealed_body": b""})


def bury(c: Connection, entry: Entry, at: float) -> None:
    """Dead: the body stays, so that `revive` can give it another chance."""
    c.execute(_SET, {"entry": entry.id, "state": "dead", "finished_at": at, "error": entry.error})


def revive(c: Connection) -> list[Entry]:
    """Make dead entries new again; returns them in order."""
    dead = t.inbox.c.state == "dead"
    ids = list(c.execute(select(t.inbox.c.id).where(dead).order_by(t.inbox.c.id)).scalars())
    c.execute(update(t.inbox).where(dead).values(state=UNFINISHED, attempts=0, not_before=0.0))
    found = c.execute(select(t.inbox).where(t.inbox.c.id.in_(ids)).order_by(t.inbox.c.id))
    return [_entry(row) for row in found]


def dead(c: Connection) -> int:
    """How many entries are dead."""
    return c.execute(select(func.count()).where(t.inbox.c.state == "dead")).scalar_one()


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        row.id, row.tenant, row.lane, row.source, row.sealed_body, row.accepted_at, row.attempts,
        row.not_before, row.error or "",
    )  # fmt: skip


def _row(tenant: str, lane: str, source: str, at: float) -> str:
    return json.dumps([tenant, lane, source, at])
