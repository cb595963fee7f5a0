"""Who is in each conversation, as the store knows it, and the audience that this makes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.policy.verdict import Audience
from bot.standing import Checked
from bot.store import tables as t
from bot.store.database import Store
from connectors.interface import Channel, Standing

_M = t.membership.c


@dataclass(frozen=True, slots=True)
class Stay:
    """One person's time in one conversation, from joining to leaving. Times are epoch seconds."""

    id: int
    channel: Channel
    user: str
    standing: Standing
    joined_at: float
    name: str = field(default="", repr=False)
    confirmed_until: float | None = None

    def confirmed(self, now: float) -> bool:
        return self.confirmed_until is not None and self.confirmed_until > now


class Members:
    """Reads and writes stays. Bots have none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def present(self, channel: Channel) -> tuple[Stay, ...]:
        return await self._store.read(lambda c: _present(c, channel))

    async def one(self, channel: Channel, user: str) -> Stay | None:
        """The person's stay, or None when they are not here."""
        return next((s for s in await self.present(channel) if s.user == user), None)

    async def everywhere(self, user: str) -> tuple[Stay, ...]:
        """All stays of an account that have not ended."""
        query = select(t.membership).where(_M.user == user, _M.left_at.is_(None)).order_by(_M.id)
        return await self._store.read(lambda c: _stays(c, query))

    async def left_since(self, channel: Channel, user: str, at: float) -> bool:
        """Whether a stay of theirs ended after `at`: a join as old as that is no news."""
        query = select(_M.id).where(_here(channel), _M.user == user, _M.left_at > at)
        return await self._store.read(lambda c: c.execute(query.limit(1)).first() is not None)

    async def said_of(self, incident: str) -> set[str]:
        """What an incident's timeline says happened."""
        query = select(t.timeline.c.what).where(t.timeline.c.incident == incident)
        return await self._store.read(lambda c: set(c.execute(query).scalars()))

    async def shared_outside(self, channel: Channel) -> bool:
        v = t.conversation.c
        query = select(v.shared_outside).where(
            v.platform == channel.platform, v.tenant == channel.tenant, v.id == channel.id
        )
        return bool(await self._store.read(lambda c: c.execute(query).scalar()))

    async def put(self, channel: Channel, checked: Sequence[Checked], joined_at: float, now: float) -> None:
        """Write what was found of these people; a stay begins for whoever had none."""
        await self._store.write(lambda c: _put(c, channel, checked, joined_at, now))

    async def end(self, stays: Iterable[Stay], at: float) -> None:
        """These people left. A confirmation ends with the stay."""
        ids = [s.id for s in stays]
        if ids:
            query = update(t.membership).where(_M.id.in_(ids)).values(left_at=at)
            await self._store.write(lambda c: c.execute(query))

    async def confirm(self, stay: Stay, by: str, until: float) -> None:
        query = update(t.membership).where(_M.id == stay.id).values(confirmed_by=by, confirmed_until=until)
        await self._store.write(lambda c: c.execute(query))


def audience_of(stays: Iterable[Stay], now: float, *, confirmable: bool, shared_outside: bool) -> Audience:
    """Count people by standing. Where nobody can be confirmed, an old confirmation does not count."""
    counts = {"staff": 0, "outsiders": 0, "could_not_tell": 0, "confirmed": 0}
    for stay in stays:
        counts[_counts_as(stay, now, confirmable)] += 1
    return Audience(**counts, shared_outside=shared_outside)


def _counts_as(stay: Stay, now: float, confirmable: bool) -> str:
    if stay.standing == "staff":
        return "staff"
    if confirmable and stay.confirmed(now):
        return "confirmed"
    return "could_not_tell" if stay.standing == "could_not_tell" else "outsiders"


def _here(channel: Channel) -> Any:
    return (
        (_M.platform == channel.platform)
        & (_M.tenant == channel.tenant)
        & (_M.conversation == channel.id)
    )  # fmt: skip


def _present(c: Connection, channel: Channel) -> tuple[Stay, ...]:
    return _stays(c, select(t.membership).where(_here(channel), _M.left_at.is_(None)).order_by(_M.id))


def _stays(c: Connection, query: Any) -> tuple[Stay, ...]:
    return tuple(
        Stay(
            r["id"], Channel(r["platform"], r["tenant"], r["conversation"]), r["user"],
            cast("Standing", r["standing"]), r["joined_at"], r["name"], r["confirmed_until"],
        )
        for r in c.execute(query).mappings()
    )  # fmt: skip


def _put(c: Connection, channel: Channel, checked: Sequence[Checked], joined_at: float, now: float) -> None:
    known = {s.user: s.id for s in _present(c, channel)}
    place = {"platform": channel.platform, "tenant": channel.tenant, "conversation": channel.id}
    rows = [{**_found(person), "user": person.user, "checked_at": now} for person in checked]
    new = [{**place, **row, "joined_at": joined_at} for row in rows if row["user"] not in known]
    old = [{**row, "stay": known[row["user"]]} for row in rows if row["user"] in known]
    if new:
        c.execute(insert(t.membership), new)
    if old:
        c.execute(_UPDATE, old)


def _found(person: Checked) -> dict[str, Any]:
    return {
        "name": person.name, "standing": person.standing, "matched_by": person.by, "role": person.role
    }  # fmt: skip


_UPDATE = (
    update(t.membership)
    .where(_M.id == bindparam("stay"))
    .values(
        {column: bindparam(column) for column in ("name", "standing", "matched_by", "role", "checked_at")}
    )
)
