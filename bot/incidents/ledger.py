"""Write the story of each event, as it happens, in one transaction with its audit row."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.incidents import audit
from bot.incidents.incident import Opening
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys

Clock = Callable[[], float]


class Ledger:
    """Opens incidents and adds to their timelines. Every call is one committed transaction."""

    def __init__(self, store: Store, keys: Keys, clock: Clock = time.time, keep_days: int = 30) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self.keep_days = keep_days

    async def open(self, opening: Opening, id: str | None = None) -> str:
        """Write the incident, its audience, the sealed original and the first timeline row; returns its id.

        With an `id` that exists already (work repeated after a crash) nothing is written again.
        """
        incident = id or new_id()
        await self._store.write(lambda c: self._open(c, incident, opening))
        return incident

    async def add(
        self,
        incident: str,
        what: str,
        *,
        by: str = "",
        detail: Mapping[str, Any] | None = None,
        **columns: Any,
    ) -> None:
        """Append to the timeline and set columns of the incident. `detail` never holds message text."""
        at = self._clock()
        await self._store.write(lambda c: self._add(c, incident, what, by, dict(detail or {}), columns, at))

    async def keep(self, incident: str, original: Mapping[str, Any]) -> None:
        """Seal the original of an incident that was opened without one. Keeping it again changes nothing."""
        sealed = self._keys.seal("quarantine", incident, json.dumps(original).encode())
        until = self._clock() + self.keep_days * 86400.0
        row = {"incident": incident, "sealed_original": sealed, "kept_until": until}
        await self._store.write(
            lambda c: c.execute(upsert(t.quarantine).values(row).on_conflict_do_nothing())
        )

    async def keep_hidden(self, incident: str, hidden: Mapping[str, Any]) -> None:
        """Store what is needed to undo a hiding."""
        await self._store.write(
            lambda c: c.execute(
                update(t.quarantine).where(t.quarantine.c.incident == incident).values(hidden=dict(hidden))
            )
        )

    async def original(self, incident: str) -> tuple[dict[str, Any], dict[str, Any] | None] | None:
        """The platform's payload as it was, and how it was hidden; None once purged or never kept."""
        row = await self._store.read(
            lambda c: (
                c.execute(select(t.quarantine).where(t.quarantine.c.incident == incident)).mappings().first()
            )
        )
        if row is None:
            return None
        raw = self._keys.open("quarantine", incident, row["sealed_original"])
        return json.loads(raw), row["hidden"]

    def masked(self, row: Mapping[str, Any]) -> str:
        """The main text as it was left, of an incident's own row; empty once purged."""
        sealed = row["sealed_masked"]
        return self._keys.open("incident", row["id"], sealed).decode() if sealed else ""

    async def purge(self, incident: str) -> None:
        """Forget the original and the masked text; the incident's counts and times stay."""

        def forget(c: Connection) -> None:
            c.execute(delete(t.quarantine).where(t.quarantine.c.incident == incident))
            c.execute(update(t.incident).where(t.incident.c.id == incident).values(sealed_masked=None))
            audit.append(
                c, actor="chaperone", what="incident.purged", subject=incident, detail={}, at=self._clock()
            )

        await self._store.write(forget)

    async def read(self, incident: str) -> dict[str, Any] | None:
        """The incident's own row, or None."""
        row = await self._store.read(
            lambda c: c.execute(select(t.incident).where(t.incident.c.id == incident)).mappings().first()
        )
        return dict(row) if row else None

    async def of_message(self, tenant: str, conversation: str, message: str) -> list[dict[str, Any]]:
        """Incidents of a message (by its own id or by where its masked copy stands), newest first; those of
        its files are theirs alone."""
        i = t.incident
        here = (i.c.message == message) | (i.c.place == message)
        query = select(i).where(
            i.c.tenant == tenant, i.c.conversation == conversation, here, i.c.kind != "file"
        )
        rows = await self._store.read(
            lambda c: c.execute(query.order_by(i.c.detected_at.desc())).mappings().all()
        )
        return [dict(r) for r in rows]

    async def of_file(self, tenant: str, file: str) -> list[dict[str, Any]]:
        """Incidents of a file, wherever it was shared."""
        i = t.incident
        query = select(i).where(i.c.tenant == tenant, i.c.kind == "file", i.c.place == file)
        return [dict(r) for r in await self._store.read(lambda c: c.execute(query).mappings().all())]

    def _open(self, c: Connection, incident: str, o: Opening) -> None:
        if c.execute(select(t.incident.c.id).where(t.incident.c.id == incident)).first():
            return
        at = self._clock()
        c.execute(insert(t.incident).values(self._row(incident, o, at)))
        if o.audience:
            c.execute(
                insert(t.audience),
                [
                    {"incident": incident, "user": r.user, "name": r.name, "standing": r.standing}
                    for r in {r.user: r for r in o.audience}.values()
                ],
            )
        if o.original is not None:
            sealed = self._keys.seal("quarantine", incident, json.dumps(o.original).encode())
            c.execute(
                insert(t.quarantine).values(
                    incident=incident, sealed_original=sealed, kept_until=at + self.keep_days * 86400.0
                )
            )
        if o.posted_at is not None:
            self._timeline(c, incident, "posted", o.sender, {}, o.posted_at)
        self._timeline(c, incident, "detected", "", {"kinds": dict(o.kinds)}, at)
        audit.append(
            c, actor="chaperone", what="incident.opened", subject=incident, detail={"action": o.action}, at=at
        )

    def _row(self, incident: str, o: Opening, at: float) -> dict[str, Any]:
        return {
            "id": incident, "kind": o.kind, "platform": o.channel.platform, "tenant": o.channel.tenant,
            "conversation": o.channel.id, "thread": o.thread, "message": o.message, "place": o.place, "sender": o.sender,
            "sender_alias": self._keys.pseudonym("sender", f"{o.channel.tenant}/{o.sender}")[:6] if o.sender else "",
            "action": o.action, "label": o.label, "risk": o.risk, "kinds": dict(o.kinds),
            "findings": [dict(f) for f in o.findings], "reasons": list(o.reasons), "policy": o.policy,
            "sealed_masked": self._keys.seal("incident", incident, o.masked.encode()), "state": "open",
            "outsiders": o.outsiders, "posted_at": o.posted_at, "accepted_at": o.accepted_at, "detected_at": at,
        }  # fmt: skip

    def _add(
        self,
        c: Connection,
        incident: str,
        what: str,
        by: str,
        detail: dict[str, Any],
        columns: dict[str, Any],
        at: float,
    ) -> None:
        if columns:
            c.execute(update(t.incident).where(t.incident.c.id == incident).values(**columns))
        self._timeline(c, incident, what, by, detail, at)
        audit.append(
            c, actor=by or "chaperone", what=f"incident.{what}", subject=incident, detail=detail, at=at
        )

    @staticmethod
    def _timeline(
        c: Connection, incident: str, what: str, by: str, detail: dict[str, Any], at: float
    ) -> None:
        c.execute(insert(t.timeline).values(incident=incident, at=at, what=what, by=by, detail=detail))


def new_id() -> str:
    """A short random id that is safe in a URL and tells nothing."""
    return secrets.token_hex(6)
