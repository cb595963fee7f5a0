"""Where the app was installed, kept for good: all that an installation-only tenant lets us list."""

from connectors.interface import Channel, Conversation, ConversationChanged, Refused, TokenStore
from connectors.teams import places
from connectors.teams.conversations import Conversations
from connectors.teams.places import PLATFORM


class Covered:
    def __init__(self, store: TokenStore, conversations: Conversations) -> None:
        self._store = store
        self._conversations = conversations

    def changed(self, event: ConversationChanged) -> None:
        """The bot was added to a team or chat, or taken out."""
        if event.what not in ("bot_added", "bot_removed"):
            return
        where = event.channel
        team = places.team_of(where)
        id = team or where.id
        ids = {c.id for c in self.installed(where.tenant)}
        new = ids | {id} if event.what == "bot_added" else ids - {id}
        if new != ids:
            self._store.put(PLATFORM, where.tenant, "installed", "", {"ids": sorted(new)})

    def installed(self, tenant: str) -> tuple[Channel, ...]:
        """Teams (as a whole) and chats."""
        kept = self._store.get(PLATFORM, tenant, "installed") or {}
        return tuple(Channel(PLATFORM, tenant, str(id)) for id in kept.get("ids") or ())

    async def conversations(self, tenant: str) -> tuple[Conversation, ...]:
        """Teams with their channels, and chats; one that Graph refuses to describe is left out."""
        found: list[Conversation] = []
        for where in self.installed(tenant):
            try:
                if places.is_chat(where):
                    found.append(await self._conversations.one(where))
                else:
                    found += await self._conversations.whole(tenant, where.id)
            except Refused:
                continue
        return tuple(found)
