"""Who an account is: as its platform describes it, as a reviewer matched it, as the directories know it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from bot.membership.identities import Identities, Identity
from bot.membership.members import Members
from bot.membership.standing import Checked, check
from connectors.interface import Channel, ChatPlatform, ConnectorError, Member, StaffDirectory

_AT_ONCE = 200
"""A directory in memory never waits, and a conversation may hold thousands: so many, then others may run."""


class Lookups:
    """Remembers accounts as they were described last, so that a directory's news need no platform."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], directories: Sequence[StaffDirectory], members: Members,
        identities: Identities,
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._directories = directories
        self._members = members
        self._identities = identities
        self._described: dict[tuple[str, str, str], Member] = {}

    async def everyone(self, channel: Channel, members: Iterable[Member]) -> list[tuple[Checked, Member]]:
        """Accounts that the platform has just listed."""
        picked = await self._identities.of(channel.platform, channel.tenant)
        found = []
        for n, member in enumerate(members):
            self._described[channel.platform, channel.tenant, member.user] = member
            found.append((await self._check(member, picked), member))
            if n % _AT_ONCE == 0:
                await asyncio.sleep(0)
        return found

    async def one(self, channel: Channel, user: str) -> tuple[Checked, Member | None]:
        """Ask the platform about one account. Never raises: without an answer nobody could tell."""
        try:
            member = await self._platforms[channel.platform].account(channel.tenant, user)
        except ConnectorError:
            why = "the platform did not describe the account"
            return Checked(user, "could_not_tell", why=why), None
        return (await self.everyone(channel, [member]))[0]

    async def changed(self) -> dict[Channel, list[tuple[Checked, Member]]]:
        """Whoever the directories describe otherwise than at the last look, by conversation.

        Asks no platform. Of accounts that none has described since the start nothing is known yet.
        """
        found: dict[Channel, list[tuple[Checked, Member]]] = {}
        for (platform, tenant), known in (await self._members.known()).items():
            picked = await self._identities.of(platform, tenant)
            for n, before in enumerate(known):
                member = self._described.get((platform, tenant, before.user))
                checked = await self._check(member, picked) if member else before
                if member and checked != before:
                    for channel in await self._members.places(platform, tenant, before.user):
                        found.setdefault(channel, []).append((checked, member))
                if n % _AT_ONCE == 0:
                    await asyncio.sleep(0)
        return found

    async def _check(self, member: Member, picked: Mapping[str, Identity]) -> Checked:
        mine = picked.get(member.user)
        said = await self._identities.answer(mine, self._directories) if mine else None
        return await check(member, self._directories, said)
