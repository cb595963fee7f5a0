"""After downtime or a gap: what was said meanwhile, asked of the platform and accepted like any delivery."""

import logging
from collections.abc import Mapping

from bot.conversations import Conversations
from bot.membership import Membership
from connectors.interface import Accept, Channel, ChatPlatform, ConnectorError, TokenStore

log = logging.getLogger(__name__)


class CatchUp:
    """Repeats do no harm: the inbox knows every message that it has seen."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], tokens: TokenStore, conversations: Conversations,
        membership: Membership,
        accept: Accept,
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._tokens = tokens
        self._conversations = conversations
        self._membership = membership
        self._accept = accept

    async def everything(self) -> None:
        """At start: every tenant of every platform."""
        for platform in self._platforms:
            for tenant in self._tokens.tenants(platform):
                await self.tenant(platform, tenant)

    async def tenant(self, platform: str, tenant: str) -> None:
        """Survey the tenant's conversations, then read on from each one's watermark."""
        connector = self._platforms[platform]
        try:
            await self._conversations.survey(connector, tenant)
        except ConnectorError as error:
            log.warning("survey of a %s tenant failed: %s", platform, type(error).__name__)
        for channel in self._conversations.known():
            if (channel.platform, channel.tenant) == (platform, tenant):
                await self._channel(connector, channel)

    async def _channel(self, connector: ChatPlatform, channel: Channel) -> None:
        watermark = self._conversations.watermark(channel)
        try:
            await self._membership.sweep(channel)
            if watermark:
                async for delivery in connector.missed(channel, watermark):
                    await self._accept(delivery)
        except ConnectorError as error:
            log.warning("catching up on a %s conversation failed: %s", channel.platform, type(error).__name__)
