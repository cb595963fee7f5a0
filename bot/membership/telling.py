"""Tell a conversation's owner and IG something, each at most once."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.conversations.register import Conversations
from bot.engine.interface import Engine, Uncertain
from bot.incidents.ledger import Ledger
from bot.membership.stays import Stay
from connectors.interface import (
    Channel,
    ChatPlatform,
    ConnectorError,
    Conversation,
    Note,
    NotePlace,
    Unavailable,
)


class Telling:
    """Notes to the people who answer for a conversation."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], conversations: Conversations, ledger: Ledger, engine: Engine,
        ig_users: Callable[[str], Sequence[str]],
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._conversations = conversations
        self._ledger = ledger
        self._engine = engine
        self._ig_users = ig_users

    async def tell(
        self, incidents: Sequence[str], channel: Channel, readers: Iterable[str], what: str, note: Note
    ) -> None:
        """Send the note once to each reader for the first incident, and record it on all of them.

        Whoever can be reached is told before Unavailable is raised for the others.
        """
        unreached: Unavailable | None = None
        for reader in readers:
            try:
                await self._one(incidents, channel, reader, what, note)
            except Unavailable as fault:
                unreached = fault
        if unreached is not None:
            raise unreached

    async def tell_ig(self, incident: str, channel: Channel, what: str, note: Note) -> None:
        """The same to IG alone."""
        await self.tell([incident], channel, self._ig_users(channel.tenant), what, note)

    async def readers(self, channel: Channel, about: Collection[str], stays: Iterable[Stay]) -> list[str]:
        """The owner, unless it is about them or they are outside themselves, then IG; each once."""
        owner = await self.owner(channel)
        inside = {s.user for s in stays if s.standing in ("staff", "could_not_tell")}
        people = [owner] if owner in inside else []
        return [u for u in dict.fromkeys([*people, *self._ig_users(channel.tenant)]) if u not in about]

    async def owner(self, channel: Channel) -> str:
        """Who made the conversation; empty when nobody can say."""
        known = self._conversations.owner_of(channel)
        conversation = None if known else await self._conversation(channel)
        return conversation.creator if conversation else known

    async def is_direct(self, channel: Channel) -> bool:
        """A guest who writes to one person, or to us, joined nothing."""
        conversation = await self._conversation(channel)
        return conversation is not None and conversation.kind == "dm"

    async def _one(
        self, incidents: Sequence[str], channel: Channel, reader: str, what: str, note: Note
    ) -> None:
        platform, key = self._platforms[channel.platform], f"{incidents[0]}:{what}:{reader}"

        async def call() -> Mapping[str, Any]:
            place = await platform.tell(channel.tenant, reader, replace(note, key=key))
            return {"kind": place.kind, "ts": place.ts}

        async def probe() -> Mapping[str, Any] | None:
            somewhere = NotePlace("direct", replace(channel, id=""), reader, "")
            there = await platform.noted(somewhere, key)
            if there is None:
                raise Uncertain
            return {"kind": "direct"} if there else None

        outcome = await self._engine.effect(key, call, probe)
        if not outcome.repeated:
            word = what if outcome.state == "done" else f"telling_{outcome.state}"
            for incident in incidents:
                await self._ledger.add(incident, word, detail={"user": reader})

    async def _conversation(self, channel: Channel) -> Conversation | None:
        try:
            return await self._platforms[channel.platform].conversation(channel)
        except ConnectorError:
            return None
