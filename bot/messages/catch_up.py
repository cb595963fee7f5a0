"""After downtime or a gap: what was said meanwhile, asked of the platform and accepted like any delivery."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from bot.conversations.register import Conversations
from bot.membership.journey import Membership
from connectors.interface import Accept, Channel, ChatPlatform, ConnectorError, Unavailable

log = logging.getLogger(__name__)

_OVERLAP = 10.0
"""Seconds before the watermark that are read again: deliveries come in any order, and repeats do no harm."""
_MILLISECONDS = 1e11
"""Above it, a watermark is an id of Teams', which counts milliseconds since 1970; below, of Slack's, in seconds."""
_AT_ONCE = 4
_LONGEST = 60.0


class CatchUp:
    """Repeats do no harm: the inbox knows every message that it has seen."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], tenants: Callable[[str], Iterable[str]], conversations: Conversations,
        membership: Membership, accept: Accept,
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._tenants = tenants
        self._conversations = conversations
        self._membership = membership
        self._accept = accept

    async def everything(self) -> None:
        """At start: every tenant of every platform, again and again until each could be read."""
        waiting = [(p, tenant) for p in self._platforms for tenant in self._tenants(p)]
        pause = 1.0
        while waiting := [each for each in waiting if not await self._whole(*each)]:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST)

    async def tenant(self, platform: str, tenant: str, since: datetime | None = None) -> None:
        """Read on from each conversation's watermark (or from `since`, where the platform says that it
        dropped events), then survey the conversations and their members.

        What was said comes first, since somebody may be reading it. Raises Unavailable when a conversation
        could not be read now; everything else was done by then.
        """
        connector = self._platforms[platform]
        known = [c for c in self._conversations.known() if (c.platform, c.tenant) == (platform, tenant)]
        room = asyncio.Semaphore(_AT_ONCE)
        faults = [
            f for f in await asyncio.gather(*(self._read(connector, c, since, room) for c in known)) if f
        ]
        try:
            await self._conversations.survey(connector, tenant)
        except ConnectorError as error:
            log.warning("survey of a %s tenant failed: %s", platform, type(error).__name__)
        for channel in self._conversations.known():
            if (channel.platform, channel.tenant) == (platform, tenant):
                await self._sweep(channel)
        if faults:
            raise faults[0]

    async def _whole(self, platform: str, tenant: str) -> bool:
        try:
            await self.tenant(platform, tenant)
        except Unavailable as fault:
            await asyncio.sleep(fault.retry_after)
            return False
        return True

    async def _read(
        self, connector: ChatPlatform, channel: Channel, since: datetime | None, room: asyncio.Semaphore
    ) -> Unavailable | None:
        mark = _from(self._conversations.watermark(channel), since)
        try:
            async with room:
                if mark:
                    async for delivery in connector.missed(channel, mark):
                        await self._accept(delivery)
        except Unavailable as fault:
            log.warning(
                "catching up on a %s conversation is put off: %s", channel.platform, type(fault).__name__
            )
            return fault
        except ConnectorError as error:
            # Nothing to wait for: the app was taken out, or may not read there. The register shows the gap.
            log.warning("catching up on a %s conversation failed: %s", channel.platform, type(error).__name__)
        self._conversations.caught_up(channel)
        return None

    async def _sweep(self, channel: Channel) -> None:
        try:
            await self._membership.sweeps.sweep(channel)
        except ConnectorError as error:
            log.warning("a sweep failed: %s", type(error).__name__)


def _from(watermark: str, since: datetime | None) -> str:
    """Where to begin, a little early; empty when nothing was ever worked on."""
    if not watermark:
        return ""
    mark = float(watermark)
    mark = mark / 1000 if mark > _MILLISECONDS else mark
    mark = min(mark, since.timestamp() if since else float("inf"))
    return f"{max(mark - _OVERLAP, 0.0):.6f}"
