"""The journey of one joiner: looked up, recorded, told about, removed where the rule says so."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from weakref import WeakValueDictionary

from bot.conversations.register import Conversations
from bot.engine.interface import Engine
from bot.incidents.incident import Reader
from bot.incidents.ledger import Ledger
from bot.membership.admission import Admitted, admit, may_be_vouched_for
from bot.membership.drift import Drift
from bot.membership.identities import Identities
from bot.membership.inviters import Inviters
from bot.membership.lookups import Lookups
from bot.membership.members import Members, Stay, audience_of
from bot.membership.newcomers import Newcomers
from bot.membership.partners import EVERYWHERE, Partners, voucher_for
from bot.membership.standing import Checked
from bot.membership.telling import Telling
from bot.policy.membership import Membership as Rules
from bot.policy.verdict import Audience
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import (
    AccountChanged,
    Channel,
    ChatPlatform,
    ConnectorError,
    Delivery,
    Member,
    MemberJoined,
    MemberLeft,
    Refused,
    StaffDirectory,
    Unavailable,
)

RECHECK: Final = "timer.recheck"

_TRY_AGAIN: Final = 60.0
_LONGEST: Final = 3600.0


@dataclass(frozen=True, slots=True)
class _Kept:
    audience: Audience
    rules: Rules
    until: float


@dataclass(frozen=True, slots=True)
class _Listed:
    """A conversation as its platform lists it: everyone as checked, who is gone, what nobody had told us."""

    people: list[Admitted]
    gone: list[Stay]
    drift: Drift


class Membership:
    """Knows who reads each conversation. Every method may be called again for the same event."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], directories: Sequence[StaffDirectory], store: Store,
        ledger: Ledger, engine: Engine, keys: Keys, conversations: Conversations,
        ig_users: Callable[[str], Sequence[str]], clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._directories = directories
        self._members = Members(store)
        self.partners = Partners(store)
        self._lookups = Lookups(
            platforms=platforms, directories=directories, members=self._members, identities=Identities(store)
        )
        self._engine = engine
        self._conversations = conversations
        self._clock = clock
        self._kept: dict[Channel, _Kept] = {}
        self._unlisted: set[Channel] = set()
        """Conversations of which only some members are known; the audience is unclear until a list was read."""
        self.drift: Drift | None = None
        """What the last sweep of everything found; None before the first."""
        self._locks: WeakValueDictionary[Channel, asyncio.Lock] = WeakValueDictionary()
        telling = Telling(
            platforms=platforms, conversations=conversations, ledger=ledger, engine=engine, ig_users=ig_users
        )
        self.inviters = Inviters(
            members=self._members, ledger=ledger, keys=keys, conversations=conversations, telling=telling
        )
        self._newcomers = Newcomers(
            platforms=platforms, members=self._members, ledger=ledger, keys=keys, conversations=conversations,
            telling=telling, clock=clock, forget=self.forget,
        )  # fmt: skip

    # --- what others ask ---------------------------------------------------------------------------------

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

    # --- what happens ------------------------------------------------------------------------------------

    async def joined(self, event: MemberJoined) -> None:
        """Somebody joined. The stricter posture holds from here on, before anyone is told."""
        channel, at = event.channel, event.at.timestamp()
        if await self._members.left_since(channel, event.user, at):
            return
        checked, member = await self._lookups.one(channel, event.user)
        if member is not None and member.is_bot:
            return
        async with self._alone(channel):
            here = await self._members.present(channel)
            if not here:
                self._unlisted.add(channel)
            people = await self._admitted(channel, [(checked, member)], here)
            await self._members.put(channel, people, at, self._clock())
            self.forget(channel)
        await self._settle(channel, people, event)
        if channel in self._unlisted:
            await self._sweep_at(channel, 0, self._clock())

    async def left(self, event: MemberLeft) -> None:
        """Somebody left; a late word about an earlier stay changes nothing."""
        async with self._alone(event.channel):
            stay = await self._members.one(event.channel, event.user)
            if stay is None or stay.joined_at > event.at.timestamp():
                return
            await self._members.end([stay], event.at.timestamp())
            self.forget(event.channel)
        await self._newcomers.mention(stay, "left")

    async def account_changed(self, event: AccountChanged) -> None:
        """An account became a guest, was renamed or deactivated: look at it again wherever it is."""
        for stay in await self._members.everywhere(event.member.user):
            if event.member.deleted:
                await self.left(MemberLeft(stay.channel, stay.user, self._now()))
                continue
            checked, member = await self._lookups.one(stay.channel, stay.user)
            async with self._alone(stay.channel):
                here = await self._members.present(stay.channel)
                people = await self._admitted(stay.channel, [(checked, member)], here)
                await self._members.put(stay.channel, people, stay.joined_at, self._clock())
                self.forget(stay.channel)
            await self._settle(stay.channel, people)

    async def sweep(self, channel: Channel, attempt: int = 0) -> Drift:
        """Compare the platform's list of members with ours and with the directory; tell what is new.

        Where the bot may not list members nothing changes: the register shows that as a coverage gap.
        """
        async with self._alone(channel):
            try:
                listed = await self._list(channel)
            except Refused:
                return Drift()
            self.forget(channel)
        if listed.drift:
            await self._members.note_drift(channel, listed.drift, self._clock())
        for stay in listed.gone:
            await self._newcomers.mention(stay, "left", detail={"seen": "by a sweep"})
        await self._settle(channel, listed.people, attempt=attempt)
        return listed.drift

    async def sweep_all(self) -> None:
        """On a schedule, and when an administrator asks. Keeps to the platform's pace; a conversation that
        cannot be read now is left to its own re-check."""
        found = Drift()
        for channel in self._conversations.known():
            try:
                found += await self._paced(channel)
            except ConnectorError:
                await self._sweep_at(channel, 0, self._clock() + _TRY_AGAIN)
        self.drift = found

    async def directory_changed(self) -> None:
        """A directory was read: look everybody up again and deal with whoever's standing is another now.

        Asks no platform who is here, so it may follow every sync. Of accounts that no platform has described
        since the start nothing is known yet; the sweep at the start will tell.
        """
        for channel, people in (await self._lookups.changed()).items():
            try:
                await self._changed(channel, people)
            except ConnectorError:
                await self._sweep_at(channel, 0, self._clock() + _TRY_AGAIN)

    async def recheck(self, body: Mapping[str, str]) -> None:
        """A timer of ours is due (source RECHECK)."""
        channel = Channel(body["platform"], body["tenant"], body["conversation"])
        await self.sweep(channel, int(body["attempt"]))

    async def look_again(self, platform: str, tenant: str, user: str) -> None:
        """Somebody decided whose an account is: check it wherever it is. Raises Unavailable."""
        try:
            member = await self._platforms[platform].account(tenant, user)
        except Refused:
            return  # the account is gone; the sweeps find that out
        await self.account_changed(AccountChanged(member))

    async def register_changed(self, platform: str, tenant: str, conversation: str) -> None:
        """A partner was admitted, or no longer is: look again where somebody outside may be."""
        channels: Sequence[Channel] = [Channel(platform, tenant, conversation)]
        if conversation == EVERYWHERE:
            channels = await self._members.outside(platform, tenant)
        for channel in channels:
            try:
                await self.sweep(channel)
            except ConnectorError:
                await self._sweep_at(channel, 0, self._clock() + _TRY_AGAIN)

    # --- what people decide ------------------------------------------------------------------------------

    async def confirm(self, channel: Channel, user: str, by: str, until: datetime) -> bool:
        """The owner or IG vouches for somebody until a day. False where the rule allows nobody to, when the
        person is not here, or for oneself. The caller checks that `by` may."""
        if user == by or until.timestamp() <= self._clock():
            return False
        async with self._alone(channel):
            stay = await self._members.one(channel, user)
            if stay is None or not may_be_vouched_for(stay.standing, self._rules(channel), partner=False):
                return False
            await self._members.confirm(stay, by, until.timestamp())
            self.forget(channel)
        await self._newcomers.mention(stay, "confirmed", by=by, detail={"until": until.isoformat()})
        await self._sweep_at(channel, 0, self._clock(), f"{user}/confirmed")
        await self._sweep_at(channel, 0, until.timestamp(), user)
        return True

    async def remove(self, channel: Channel, user: str, by: str) -> bool:
        """Take somebody out, proved by reading the members again. Never the owner."""
        stay = await self._members.one(channel, user)
        return stay is not None and await self._newcomers.take_out(stay, by) == "removed"

    # ------------------------------------------------------------------------------------------------------

    async def _paced(self, channel: Channel) -> Drift:
        """A sweep that waits once for as long as the platform asks."""
        try:
            return await self.sweep(channel)
        except Unavailable as throttled:
            if not 0 < throttled.retry_after <= _TRY_AGAIN:
                raise
            await asyncio.sleep(throttled.retry_after)
        return await self.sweep(channel)

    async def _changed(self, channel: Channel, checked: Sequence[tuple[Checked, Member]]) -> None:
        async with self._alone(channel):
            here = await self._members.present(channel)
            users = {s.user for s in here}
            people = await self._admitted(channel, [each for each in checked if each[0].user in users], here)
            now = self._clock()
            await self._members.put(channel, people, now, now)
            self.forget(channel)
        # No re-check is set for whoever nobody could tell of: the directory's next sync looks again.
        await self._newcomers.report(channel, people, None)

    async def _count(self, channel: Channel, rules: Rules) -> _Kept:
        stays, until = await self._members.present(channel), float("inf")
        if not stays or channel in self._unlisted:
            try:
                await self._list(channel)
                await self._sweep_at(channel, 0, self._clock())
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

    async def _list(self, channel: Channel) -> _Listed:
        """Write who is here by the platform's list."""
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
        return _Listed(people, gone, drift if drift and whole else Drift())

    async def _admitted(
        self, channel: Channel, checked: Sequence[tuple[Checked, Member | None]], here: Iterable[Stay]
    ) -> list[Admitted]:
        """What the conversation's rule makes of these accounts, with whoever answers for them."""
        now, rules = self._clock(), self._rules(channel)
        partners = await self.partners.now(now, channel)
        confirmed = {s.user: s.voucher for s in here}
        people = []
        for each, member in checked:
            registered = voucher_for(member, partners) if member and partners else None
            voucher = registered or confirmed.get(each.user)
            people.append(Admitted(each, admit(each, rules, voucher, now), voucher))
        return people

    async def _settle(
        self,
        channel: Channel,
        people: Sequence[Admitted],
        joined: MemberJoined | None = None,
        attempt: int = 0,
    ) -> None:
        await self._newcomers.report(channel, people, joined)
        if self._directories and any(p.checked.standing == "could_not_tell" for p in people):
            delay = min(_LONGEST, _TRY_AGAIN * 2.0 ** min(attempt, 10))
            await self._sweep_at(channel, attempt + 1, self._clock() + delay)

    async def _sweep_at(self, channel: Channel, attempt: int, at: float, what: str = "") -> None:
        lane = f"{channel.platform}:{channel.tenant}:{channel.id}"
        place = {"platform": channel.platform, "tenant": channel.tenant, "conversation": channel.id}
        body = json.dumps({**place, "attempt": str(attempt)}).encode()
        key = f"recheck:{lane}:{what}"
        delivery = Delivery(RECHECK, channel.tenant, lane, (f"{key}:{at}",), body)
        await self._engine.later(key, datetime.fromtimestamp(at, UTC), delivery)

    def _rules(self, channel: Channel) -> Rules:
        return self._conversations.preset_of(channel).membership

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _alone(self, channel: Channel) -> asyncio.Lock:
        return self._locks.setdefault(channel, asyncio.Lock())
