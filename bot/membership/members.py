"""Who is in each conversation, as the store knows it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select, update

from bot.membership import stays
from bot.membership.admission import Admitted
from bot.membership.drift import Drift
from bot.membership.drift import write as write_drift
from bot.membership.recorded import put
from bot.membership.standing import Checked
from bot.membership.stays import Stay
from bot.store import tables as t
from bot.store.database import Store
from connectors.interface import Channel

_M = t.membership.c


class Members:
    """Reads and writes stays. Bots have none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def present(self, channel: Channel) -> tuple[Stay, ...]:
        return await self._store.read(lambda c: stays.present(c, channel))

    async def one(self, channel: Channel, user: str) -> Stay | None:
        """The person's stay, or None when they are not here."""
        return next((s for s in await self.present(channel) if s.user == user), None)

    async def everywhere(self, user: str) -> tuple[Stay, ...]:
        """All stays of an account that have not ended."""
        query = select(t.membership).where(_M.user == user, _M.left_at.is_(None)).order_by(_M.id)
        return await self._store.read(lambda c: stays.those(c, query))

    async def known(self) -> dict[tuple[str, str], set[Checked]]:
        """Every account that is somewhere now as it was checked last, by platform and tenant. One account
        stands there twice where two conversations have it differently."""
        return await self._store.read(stays.checked_last)

    async def places(self, platform: str, tenant: str, user: str) -> tuple[Channel, ...]:
        """The conversations that an account is in."""
        found = await self.everywhere(user)
        return tuple(s.channel for s in found if (s.channel.platform, s.channel.tenant) == (platform, tenant))

    async def note_drift(self, channel: Channel, drift: Drift, at: float) -> None:
        """Put what a sweep found that nobody had told us on the audit."""
        await self._store.write(lambda c: write_drift(c, channel, drift, at))

    async def outside(self, platform: str, tenant: str) -> tuple[Channel, ...]:
        """Conversations in which somebody is who is not staff."""
        here = (_M.platform == platform) & (_M.tenant == tenant) & _M.left_at.is_(None)
        query = (
            select(_M.conversation).where(here, _M.standing != "staff").distinct().order_by(_M.conversation)
        )
        found = await self._store.read(lambda c: c.execute(query).scalars().all())
        return tuple(Channel(platform, tenant, id) for id in found)

    async def left_since(self, channel: Channel, user: str, at: float) -> bool:
        """Whether a stay of theirs ended after `at`: a join as old as that is no news."""
        query = select(_M.id).where(stays.here(channel), _M.user == user, _M.left_at > at)
        return await self._store.read(lambda c: c.execute(query.limit(1)).first() is not None)

    async def said_of(self, incident: str) -> set[str]:
        """What an incident's timeline says happened."""
        query = select(t.timeline.c.what).where(t.timeline.c.incident == incident)
        return await self._store.read(lambda c: set(c.execute(query).scalars()))

    async def brought_by(self, incident: str) -> str:
        """Who invited the person that an incident is about; empty when the platform did not say."""
        line = t.timeline.c
        query = select(line.by).where(line.incident == incident, line.what == "joined").order_by(line.id)
        return str(await self._store.read(lambda c: c.execute(query.limit(1)).scalar()) or "")

    async def those(self, query: Select[Any]) -> tuple[Stay, ...]:
        """The stays that a query of the table `membership` finds."""
        return await self._store.read(lambda c: stays.those(c, query))

    async def shared_outside(self, channel: Channel) -> bool:
        v = t.conversation.c
        query = select(v.shared_outside).where(
            v.platform == channel.platform, v.tenant == channel.tenant, v.id == channel.id
        )
        return bool(await self._store.read(lambda c: c.execute(query).scalar()))

    async def put(
        self, channel: Channel, people: Sequence[Admitted], joined_at: float, now: float
    ) -> tuple[str, ...]:
        """Write what was found of these people; a stay begins for whoever had none. Gives whoever was here
        before and now has another standing or falls under another rule."""
        return await self._store.write(lambda c: put(c, channel, people, joined_at, now))

    async def at(self, channel: Channel, moment: float) -> tuple[Stay, ...]:
        """Who was here at a moment of the past, with the standing and the rule that were known then."""
        return await self._store.read(lambda c: stays.at(c, channel, moment))

    async def end(self, ended: Iterable[Stay], at: float) -> None:
        """These people left. A confirmation ends with the stay."""
        ids = [s.id for s in ended]
        if ids:
            query = update(t.membership).where(_M.id.in_(ids)).values(left_at=at)
            await self._store.write(lambda c: c.execute(query))

    async def confirm(self, stay: Stay, by: str, until: float) -> None:
        query = (
            update(t.membership)
            .where(_M.id == stay.id)
            .values(confirmed_by=by, confirmed_until=until, warned_at=None)
        )
        await self._store.write(lambda c: c.execute(query))
