"""What is found without being told: a platform's list of members, or a directory's news, against what we know."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.conversations.register import Conversations
from bot.engine.interface import Engine
from bot.membership.admission import Admitted
from bot.membership.drift import Drift
from bot.membership.lookups import Lookups
from bot.membership.members import Members
from bot.membership.newcomers import Newcomers
from bot.membership.partners import EVERYWHERE
from bot.membership.presence import Presence
from bot.membership.rechecks import look_again_at
from connectors.interface import Channel, ConnectorError, MemberJoined, Refused, Unavailable

_TRY_AGAIN: Final = 60.0
_LONGEST: Final = 3600.0


class Sweeps:
    """Compares, and has whatever is new dealt with. Every method may be called again."""

    def __init__(
        self, *, presence: Presence, members: Members, lookups: Lookups, newcomers: Newcomers, engine: Engine,
        conversations: Conversations, has_directory: bool, clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._presence = presence
        self._members = members
        self._lookups = lookups
        self._newcomers = newcomers
        self._engine = engine
        self._conversations = conversations
        self._has_directory = has_directory
        self._clock = clock
        self.drift: Drift | None = None
        """What the last sweep of everything found; None before the first."""

    async def sweep(self, channel: Channel, attempt: int = 0) -> Drift:
        """Compare the platform's list of members with ours and with the directory; tell what is new.

        Where the bot may not list members nothing changes: the register shows that as a coverage gap.
        """
        roster = (await self._conversations.sharing(channel))[0]
        try:
            listed = await self._presence.read_list(channel)
        except Refused:
            return Drift()
        if roster != channel:
            known = {s.user for s in await self._members.present(roster)}
            if any(p.checked.user not in known for p in listed.people):
                await self.sweep(roster)  # whoever is new is told of there
        if listed.drift:
            await self._members.note_drift(channel, listed.drift, self._clock())
        for stay in listed.gone:
            await self._newcomers.mention(stay, "left", detail={"seen": "by a sweep"})
        await self.settle(channel, listed.people, attempt=attempt)
        return listed.drift

    async def sweep_all(self) -> None:
        """On a schedule, and when an administrator asks. Keeps to the platform's pace; a conversation that
        cannot be read now is left to its own re-check."""
        found = Drift()
        for channel in self._conversations.known():
            try:
                found += await self._paced(channel)
            except ConnectorError:
                await self._try_again(channel)
        self.drift = found

    async def directory_changed(self) -> None:
        """A directory was read: look everybody up again and deal with whoever's standing is another now.

        Asks no platform who is here, so it may follow every sync. Of accounts that no platform has described
        since the start nothing is known yet; the sweep at the start will tell.
        """
        for channel, checked in (await self._lookups.changed()).items():
            try:
                people = await self._presence.check(channel, checked)
                # No re-check is set for whoever nobody could tell of: the directory's next sync looks again.
                await self._newcomers.report(channel, people, None)
            except ConnectorError:
                await self._try_again(channel)

    async def recheck(self, body: Mapping[str, str]) -> None:
        """A timer of ours is due (source RECHECK)."""
        channel = Channel(body["platform"], body["tenant"], body["conversation"])
        await self.sweep(channel, int(body["attempt"]))

    async def register_changed(self, platform: str, tenant: str, conversation: str) -> None:
        """A partner was admitted, or no longer is: look again where somebody outside may be."""
        channels: Sequence[Channel] = [Channel(platform, tenant, conversation)]
        if conversation == EVERYWHERE:
            channels = await self._members.outside(platform, tenant)
        sharing = [each for channel in channels for each in await self._conversations.sharing(channel)]
        for channel in dict.fromkeys(sharing):
            try:
                await self.sweep(channel)
            except ConnectorError:
                await self._try_again(channel)

    async def settle(
        self,
        channel: Channel,
        people: Sequence[Admitted],
        joined: MemberJoined | None = None,
        attempt: int = 0,
    ) -> None:
        """Deal with whoever of these is not staff, and look again later at whoever nobody could tell of."""
        await self._newcomers.report(channel, people, joined)
        if self._has_directory and any(p.checked.standing == "could_not_tell" for p in people):
            delay = min(_LONGEST, _TRY_AGAIN * 2.0 ** min(attempt, 10))
            await look_again_at(self._engine, channel, self._clock() + delay, attempt + 1)

    async def _paced(self, channel: Channel) -> Drift:
        """A sweep that waits once for as long as the platform asks."""
        try:
            return await self.sweep(channel)
        except Unavailable as throttled:
            if not 0 < throttled.retry_after <= _TRY_AGAIN:
                raise
            await asyncio.sleep(throttled.retry_after)
        return await self.sweep(channel)

    async def _try_again(self, channel: Channel) -> None:
        await look_again_at(self._engine, channel, self._clock() + _TRY_AGAIN)
