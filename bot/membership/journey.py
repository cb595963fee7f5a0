"""The journey of one joiner: looked up, recorded, told about, removed where the rule says so."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.conversations.register import Conversations
from bot.engine.interface import Engine
from bot.incidents.ledger import Ledger
from bot.membership.identities import Identities
from bot.membership.inviters import Inviters
from bot.membership.lookups import Lookups
from bot.membership.members import Members
from bot.membership.newcomers import Newcomers
from bot.membership.partners import Partners
from bot.membership.presence import Presence
from bot.membership.rechecks import look_again_at
from bot.membership.sweeps import Sweeps
from bot.membership.telling import Telling
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import (
    AccountChanged,
    Channel,
    ChatPlatform,
    MemberJoined,
    MemberLeft,
    Refused,
    StaffDirectory,
)


class Membership:
    """What happens to members and what people decide about them. Every method may be called again for the same event.

    `presence` says who reads a conversation, `sweeps` finds what nobody told, `inviters` asks whoever brought somebody
    in, `partners` is the register of who was let in from outside, `telling` reaches those who answer for it.
    """

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], directories: Sequence[StaffDirectory], store: Store,
        ledger: Ledger, engine: Engine, keys: Keys, conversations: Conversations,
        ig_users: Callable[[str], Sequence[str]], clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._members = Members(store)
        self._lookups = Lookups(
            platforms=platforms, directories=directories, members=self._members, identities=Identities(store)
        )
        self._engine = engine
        self._conversations = conversations
        self._clock = clock
        self.partners = Partners(store)
        self.presence = Presence(
            platforms=platforms, members=self._members, partners=self.partners, lookups=self._lookups,
            engine=engine, conversations=conversations, clock=clock,
        )  # fmt: skip
        self.telling = telling = Telling(
            platforms=platforms, conversations=conversations, ledger=ledger, engine=engine, ig_users=ig_users
        )
        self.inviters = Inviters(
            members=self._members, ledger=ledger, keys=keys, conversations=conversations, telling=telling
        )
        self._newcomers = Newcomers(
            platforms=platforms, members=self._members, ledger=ledger, keys=keys, conversations=conversations,
            telling=telling, clock=clock, forget=self.presence.forget,
        )  # fmt: skip
        self.sweeps = Sweeps(
            presence=self.presence, members=self._members, lookups=self._lookups, newcomers=self._newcomers,
            engine=engine, conversations=conversations, has_directory=bool(directories), clock=clock,
        )  # fmt: skip

    # --- what happens ------------------------------------------------------------------------------------

    async def joined(self, event: MemberJoined) -> None:
        """Somebody joined. The stricter posture holds from here on, wherever this list of members does, before
        anyone is told."""
        at, checked, entered = event.at.timestamp(), None, []
        for channel in await self._conversations.sharing(event.channel):
            if await self._members.left_since(channel, event.user, at):
                continue
            checked = checked or await self._lookups.one(channel, event.user)
            if checked[1] is not None and checked[1].is_bot:
                return
            entered.append((channel, await self.presence.enter(channel, checked, at)))
        for channel, people in entered:
            await self.sweeps.settle(channel, people, replace(event, channel=channel))
            if not self.presence.is_listed(channel):
                await look_again_at(self._engine, channel, self._clock())

    async def left(self, event: MemberLeft) -> None:
        """Somebody left; a late word about an earlier stay changes nothing."""
        for channel in await self._conversations.sharing(event.channel):
            stay = await self.presence.leave(channel, event.user, event.at.timestamp())
            if stay is not None:
                await self._newcomers.mention(stay, "left")

    async def account_changed(self, event: AccountChanged) -> None:
        """An account became a guest, was renamed or deactivated: look at it again wherever it is."""
        for stay in await self._members.everywhere(event.member.user):
            if event.member.deleted:
                now = datetime.fromtimestamp(self._clock(), UTC)
                await self.left(MemberLeft(stay.channel, stay.user, now))
                continue
            checked = await self._lookups.one(stay.channel, stay.user)
            people = await self.presence.enter(stay.channel, checked, stay.joined_at)
            await self.sweeps.settle(stay.channel, people)

    # --- what people decide ------------------------------------------------------------------------------

    async def look_again(self, platform: str, tenant: str, user: str) -> None:
        """Somebody decided whose an account is: check it wherever it is. Raises Unavailable."""
        try:
            member = await self._platforms[platform].account(tenant, user)
        except Refused:
            return  # the account is gone; the sweeps find that out
        await self.account_changed(AccountChanged(member))

    async def confirm(self, channel: Channel, user: str, by: str, until: datetime) -> bool:
        """The owner or IG vouches for somebody until a day. False where the rule allows nobody to, when the
        person is not here, or for oneself. The caller checks that `by` may."""
        if user == by or until.timestamp() <= self._clock():
            return False
        stay = await self.presence.vouch(channel, user, by, until.timestamp())
        if stay is None:
            return False
        if self._conversations.roster_of(channel) == channel:
            for other in (await self._conversations.sharing(channel))[1:]:
                await self.presence.vouch(other, user, by, until.timestamp())
        await self._newcomers.mention(stay, "confirmed", by=by, detail={"until": until.isoformat()})
        await look_again_at(self._engine, channel, self._clock(), why=f"{user}/confirmed")
        await look_again_at(self._engine, channel, until.timestamp(), why=user)
        return True

    async def remove(self, channel: Channel, user: str, by: str) -> bool:
        """Take somebody out, proved by reading the members again. Never the owner."""
        stay = await self._members.one(channel, user)
        return stay is not None and await self._newcomers.take_out(stay, by) == "removed"
