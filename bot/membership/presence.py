"""Who is in each conversation now, and its audience: changed by one thing at a time, kept until something changes."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakValueDictionary

from bot.conversations.register import Conversations
from bot.engine.interface import Engine
from bot.incidents.incident import Reader
from bot.membership.admission import Admitted, admit, may_be_vouched_for
from bot.membership.audience import audience_of
from bot.membership.drift import Drift
from bot.membership.lookups import Lookups
from bot.membership.members import Members
from bot.membership.partners import Partners, voucher_for
from bot.membership.rechecks import look_again_at
from bot.membership.standing import Checked
from bot.membership.stays import Stay
from bot.policy.membership import Membership as Rules
from bot.policy.verdict import Audience
from connectors.interface import Channel, ChatPlatform, ConnectorError, Member

_TRY_AGAIN: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Kept:
    audience: Audience
    rules: Rules
    until: float


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation as its platform lists it: everyone as checked, who is gone, what nobody had told us."""

    people: list[Admitted]
    gone: list[Stay]
    drift: Drift


class Presence:
    """Every change of who is in a conversation is made here, one at a time in each."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], members: Members, partners: Partners, lookups: Lookups,
        engine: Engine, conversations: Conversations, clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._members = members
        self._partners = partners
        self._lookups = lookups
        self._engine = engine
        self._conversations = conversations
        self._clock = clock
        self._kept: dict[Channel, _Kept] = {}
        self._unlisted: set[Channel] = set()
        """Conversations of which only some members are known; the audience is unclear until a list was read."""
        self._locks: WeakValueDictionary[Channel, asyncio.Lock] = WeakValueDictionary()

    async def audience(self, channel: Channel) -> Audience:
        """Who reads here, by standing; from memory unless something changed. Never raises for a platform."""
        rules = self._rules(channel)
        kept = self._kept.get(channel)
        if kept and kept.rules == rules and self._clock() < kept.until:
            return kept.audience
        async with self._alone(channel):
            self._kept[channel] = kept = await self._count(channel, rules)
        return kept.audience

    async def readers(self, channel: Channel) -> list[Reader]:
        """Everyone who is here now, for an incident's record."""
        return [Reader(s.user, s.name, s.standing) for s in await self._members.present(channel)]

    def forget(self, channel: Channel | None = None) -> None:
        """Something that the audience depends on changed: here, or (without a channel) everywhere."""
        if channel is None:
            self._kept.clear()
        else:
            self._kept.pop(channel, None)

    def is_listed(self, channel: Channel) -> bool:
        """Whether everyone here is known; not after a first joiner of whose company nobody told us."""
        return channel not in self._unlisted

    async def enter(
        self, channel: Channel, checked: tuple[Checked, Member | None], joined_at: float
    ) -> list[Admitted]:
        """Somebody is here, as they were checked."""
        async with self._alone(channel):
            here = await self._members.present(channel)
            if not here:
                self._unlisted.add(channel)
            return await self._write(channel, [checked], here, joined_at)

    async def check(self, channel: Channel, checked: Sequence[tuple[Checked, Member]]) -> list[Admitted]:
        """Write what was found of those of these accounts that are here."""
        async with self._alone(channel):
            here = await self._members.present(channel)
            users = {s.user for s in here}
            found = [each for each in checked if each[0].user in users]
            return await self._write(channel, found, here, self._clock())

    async def leave(self, channel: Channel, user: str, at: float) -> Stay | None:
        """The stay that ended by this; None for a late word about an earlier one."""
        async with self._alone(channel):
            stay = await self._members.one(channel, user)
            if stay is None or stay.joined_at > at:
                return None
            await self._members.end([stay], at)
            self.forget(channel)
            return stay

    async def vouch(self, channel: Channel, user: str, by: str, until: float) -> Stay | None:
        """The stay that is confirmed now; None where the rule allows nobody to, or the person is not here."""
        async with self._alone(channel):
            stay = await self._members.one(channel, user)
            if stay is None or not may_be_vouched_for(stay.standing, self._rules(channel), partner=False):
                return None
            await self._members.confirm(stay, by, until)
            self.forget(channel)
            return stay

    async def read_list(self, channel: Channel) -> Listed:
        """Write who is here by the platform's list. Raises ConnectorError, having changed nothing."""
        async with self._alone(channel):
            listed = await self._list(channel)
            self.forget(channel)
            return listed

    async def _count(self, channel: Channel, rules: Rules) -> _Kept:
        stays, until = await self._members.present(channel), float("inf")
        if not stays or channel in self._unlisted:
            try:
                await self._list(channel)
                await look_again_at(self._engine, channel, self._clock())
            except ConnectorError:
                self._unlisted.add(channel)
                until = self._clock() + _TRY_AGAIN
            stays = await self._members.present(channel)
        now = self._clock()
        shared = await self._members.shared_outside(channel)
        audience = audience_of(stays, now, rules=rules, shared_outside=shared)
        if channel in self._unlisted:
            audience = replace(audience, could_not_tell=audience.could_not_tell + 1)
        ends = [s.confirmed_until for s in stays if s.confirmed_until and s.confirmed(now)]
        return _Kept(audience, rules, min([*ends, until]))

    async def _list(self, channel: Channel) -> Listed:
        listed = await self._platforms[channel.platform].members(channel)
        members = {m.user: m for m in listed if not m.is_bot and not m.deleted}
        checked = await self._lookups.everyone(channel, members.values())
        before = await self._members.present(channel)
        gone = [s for s in before if s.user not in members]
        now = self._clock()
        await self._members.end(gone, now)
        people = await self._admitted(channel, checked, before)
        changed = await self._members.put(channel, people, now, now)
        whole = bool(before) and channel not in self._unlisted
        self._unlisted.discard(channel)
        drift = Drift(len(members) + len(gone) - len(before), len(gone), len(changed), 1)
        return Listed(people, gone, drift if drift and whole else Drift())

    async def _write(
        self,
        channel: Channel,
        checked: Sequence[tuple[Checked, Member | None]],
        here: Iterable[Stay],
        at: float,
    ) -> list[Admitted]:
        people = await self._admitted(channel, checked, here)
        await self._members.put(channel, people, at, self._clock())
        self.forget(channel)
        return people

    async def _admitted(
        self, channel: Channel, checked: Sequence[tuple[Checked, Member | None]], here: Iterable[Stay]
    ) -> list[Admitted]:
        """What the conversation's rule makes of these accounts, with whoever answers for them."""
        now, rules = self._clock(), self._rules(channel)
        partners = await self._partners.now(now, channel, self._conversations.roster_of(channel))
        confirmed = {s.user: s.voucher for s in here}
        people = []
        for each, member in checked:
            registered = voucher_for(member, partners) if member and partners else None
            voucher = registered or confirmed.get(each.user)
            people.append(Admitted(each, admit(each, rules, voucher, now), voucher))
        return people

    def _rules(self, channel: Channel) -> Rules:
        return self._conversations.preset_of(channel).membership

    def _alone(self, channel: Channel) -> asyncio.Lock:
        return self._locks.setdefault(channel, asyncio.Lock())
