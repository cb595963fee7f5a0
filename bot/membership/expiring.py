"""Access that soon ends: the owner, the sponsor and IG are told once, while there is time to renew it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import func, or_, select, update

from bot.conversations.register import Conversations
from bot.engine.interface import Engine, Uncertain
from bot.membership.members import Members
from bot.membership.partners import EVERYWHERE, Partner, Partners
from bot.membership.stays import REGISTER, Stay
from bot.store import tables as t
from bot.store.database import Store
from bot.wording import to_owner
from connectors.interface import Channel, ChatPlatform, Note, NotePlace, Unavailable

_DAY: Final = 86400.0
PARTNERS_WITHIN: Final = 7 * _DAY
CONFIRMED_WITHIN: Final = 3 * _DAY

_M = t.membership.c


@dataclass(frozen=True, slots=True)
class _Item:
    """One admission that ends: of a partner in the register, or of somebody confirmed in a conversation."""

    key: str
    ending: to_owner.Ending
    readers: tuple[str, ...]
    place: tuple[str, str]
    """Platform and tenant of the readers."""


class Expiring:
    """Run once a day. Each reader gets one note with everything that is new; whoever cannot be reached now
    is tried again by the next run."""

    def __init__(
        self, *, store: Store, platforms: Mapping[str, ChatPlatform], conversations: Conversations, engine: Engine,
        ig_users: Callable[[str], Sequence[str]],
    ) -> None:  # fmt: skip
        self._store = store
        self._platforms = platforms
        self._conversations = conversations
        self._engine = engine
        self._ig_users = ig_users
        self._members = Members(store)
        self._partners = Partners(store)

    async def run(self, at: datetime) -> None:
        now = at.timestamp()
        partners = await self._partners.expiring(now, PARTNERS_WITHIN)
        partners = tuple(p for p in partners if p.platform in self._platforms)
        confirmed = await self._confirmed(now)
        entries = [await self._of_partner(p, now) for p in partners]
        stays = [self._of_stay(s, now) for s in confirmed]
        missed = await self._tell_all([*entries, *stays])
        told = [p for p, item in zip(partners, entries, strict=True) if item.key not in missed]
        await self._partners.warned(told, now)
        await self._warned(
            [s.id for s, item in zip(confirmed, stays, strict=True) if item.key not in missed], now
        )

    async def _confirmed(self, now: float) -> list[Stay]:
        """Confirmations of the owner or IG that run out; what the register says ends with the partner."""
        soon = (_M.confirmed_until > now) & (_M.confirmed_until <= now + CONFIRMED_WITHIN)
        query = select(t.membership).where(
            soon, _M.left_at.is_(None), _M.warned_at.is_(None), _M.standing != "staff",
            or_(_M.confirmed_by.is_(None), _M.confirmed_by != REGISTER),
            _M.platform.in_(list(self._platforms)),
        )  # fmt: skip
        return list(await self._members.those(query.order_by(_M.confirmed_until, _M.id)))

    async def _of_partner(self, partner: Partner, now: float) -> _Item:
        everywhere = partner.conversation == EVERYWHERE
        channel = None if everywhere else Channel(partner.platform, partner.tenant, partner.conversation)
        owner = self._conversations.owner_of(channel) if channel else ""
        readers = self._readers(partner.tenant, owner, await self._sponsor(partner))
        users = await self._admitted_by(partner)
        ending = to_owner.Ending(users, channel, _days(partner.until, now), partner.kind)
        return _Item(f"partner/{partner.id}", ending, readers, (partner.platform, partner.tenant))

    def _of_stay(self, stay: Stay, now: float) -> _Item:
        readers = self._readers(stay.channel.tenant, self._conversations.owner_of(stay.channel), "")
        until = stay.confirmed_until or now
        ending = to_owner.Ending((stay.user,), stay.channel, _days(until, now), "confirmation")
        place = (stay.channel.platform, stay.channel.tenant)
        return _Item(f"stay/{stay.id}/{until}", ending, tuple(r for r in readers if r != stay.user), place)

    def _readers(self, tenant: str, *others: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(u for u in (*others, *self._ig_users(tenant)) if u))

    async def _sponsor(self, partner: Partner) -> str:
        """The account of the sponsor, where the register's words fit that of exactly one member of staff."""
        said = partner.sponsor.strip().casefold()
        fits = or_(func.lower(_M.name) == said, func.lower(_M.person) == said, func.lower(_M.user) == said)
        query = select(_M.user).distinct().where(
            _M.platform == partner.platform, _M.tenant == partner.tenant, _M.standing == "staff",
            _M.left_at.is_(None), fits,
        )  # fmt: skip
        found = await self._store.read(lambda c: c.execute(query.limit(2)).scalars().all())
        return str(found[0]) if len(found) == 1 else ""

    async def _admitted_by(self, partner: Partner) -> tuple[str, ...]:
        """Who is here by this admission now; their stays carry its words."""
        words = f"{partner.voucher.words}, until "
        query = select(_M.user).distinct().where(
            _M.platform == partner.platform, _M.tenant == partner.tenant, _M.left_at.is_(None),
            _M.confirmed_by == REGISTER, _M.confirmed_until == partner.until,
            _M.admitted.startswith(words, autoescape=True),
        )  # fmt: skip
        found = await self._store.read(lambda c: c.execute(query.order_by(_M.user)).scalars().all())
        return tuple(found)

    async def _tell_all(self, items: Sequence[_Item]) -> set[str]:
        """One note a reader; gives the keys of items of which somebody could not be told now."""
        missed: set[str] = set()
        readers = dict.fromkeys((*item.place, reader) for item in items for reader in item.readers)
        for platform, tenant, reader in readers:
            theirs = [i for i in items if i.place == (platform, tenant) and reader in i.readers]
            note = to_owner.access_ends([i.ending for i in theirs])
            try:
                await self._tell(platform, tenant, reader, _key(theirs), note)
            except Unavailable:
                missed |= {i.key for i in theirs}
        return missed

    async def _tell(self, platform: str, tenant: str, reader: str, group: str, note: Note) -> None:
        chat, key = self._platforms[platform], f"expiring:{group}:{reader}"

        async def call() -> Mapping[str, Any]:
            place = await chat.tell(tenant, reader, replace(note, key=key))
            return {"kind": place.kind, "ts": place.ts}

        async def probe() -> Mapping[str, Any] | None:
            there = await chat.noted(NotePlace("direct", Channel(platform, tenant, ""), reader, ""), key)
            if there is None:
                raise Uncertain
            return {"kind": "direct"} if there else None

        await self._engine.effect(key, call, probe)

    async def _warned(self, stays: Sequence[int], now: float) -> None:
        query = update(t.membership).where(_M.id.in_(stays)).values(warned_at=now)
        await self._store.write(lambda c: c.execute(query))


def _days(until: float, now: float) -> int:
    return max(1, round((until - now) / _DAY))


def _key(items: Iterable[_Item]) -> str:
    return sha256(" ".join(sorted(i.key for i in items)).encode()).hexdigest()[:16]
