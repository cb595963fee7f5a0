"""Which teams, channels and chats there are, asked of Graph and remembered for a short while."""

from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import quote

from connectors.interface import Channel, Conversation, Refused
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.members import Members, owns
from connectors.teams.recent import Recent

Payload = Mapping[str, Any]

_REMEMBERED_S: Final = 60.0
_GONE: Final = ("NotFound", "ItemNotFound", "404")
_OWN: Final = ("private", "shared")
"""Channels with members of their own."""


class Conversations:
    def __init__(self, graph: Graph, members: Members) -> None:
        self._graph = graph
        self._members = members
        self._recent = Recent()

    def forget(self, where: Channel) -> None:
        """Something changed there."""
        self._recent.forget(("about", where))
        self._recent.forget(("teams", where.tenant))
        self._recent.forget(("channels", where.tenant, places.team_of(where)))

    async def one(self, where: Channel) -> Conversation:
        async def load() -> Conversation:
            raw = await self._graph.get(where.tenant, places.path(where))
            if places.is_chat(where):
                return await self._chat(where, raw)
            if not places.thread_of(where):
                return _team(where, raw, await self._owner(where))
            team = await self.one(places.channel(where.tenant, places.team_of(where)))
            return await self._channel(where, raw, team)

        return await self._recent.get(("about", where), _REMEMBERED_S, load)

    async def everything(self, tenant: str) -> tuple[Conversation, ...]:
        """Every team with its channels, and every chat."""
        found: list[Conversation] = []
        for team in await self.teams(tenant):
            found += await self.whole(tenant, team)
        async for page in self._graph.pages(tenant, "chats"):
            for raw in page.get("value") or ():
                found.append(await self._chat(places.channel(tenant, thread=str(raw["id"])), raw))
        return tuple(found)

    async def whole(self, tenant: str, id: str) -> list[Conversation]:
        """A team and its channels; nothing for one that is gone."""
        try:
            team = await self.one(places.channel(tenant, id))
            channels = await self._channels(tenant, id)
        except Refused as no:
            if no.code in _GONE:
                return []
            raise
        own = [await self._channel(places.channel(tenant, id, str(raw["id"])), raw, team) for raw in channels]
        return [team, *own]

    async def teams(self, tenant: str) -> tuple[str, ...]:
        """The ids of every team."""

        async def load() -> tuple[str, ...]:
            pages = [page async for page in self._graph.pages(tenant, "teams")]
            return tuple(str(raw["id"]) for page in pages for raw in page.get("value") or ())

        return await self._recent.get(("teams", tenant), _REMEMBERED_S, load)

    async def channels(self, tenant: str, team: str) -> tuple[Channel, ...]:
        return tuple(places.channel(tenant, team, str(c["id"])) for c in await self._channels(tenant, team))

    async def with_own_members(self, tenant: str, team: str) -> bool:
        """Whether a team has private or shared channels."""
        return any(c.get("membershipType") in _OWN for c in await self._channels(tenant, team))

    async def set_about(
        self, where: Channel, what: Literal["topic", "purpose", "renamed"], text: str
    ) -> None:
        """A channel has a name and a description, a chat a topic alone."""
        if places.is_chat(where):
            body = {"topic": text[:250]}
        else:
            body = {"displayName": text[:50]} if what == "renamed" else {"description": text[:1024]}
        await self._graph.call("PATCH", where.tenant, places.path(where), body=body)
        self.forget(where)

    async def _channels(self, tenant: str, team: str) -> tuple[Payload, ...]:
        async def load() -> tuple[Payload, ...]:
            page = await self._graph.get(tenant, f"teams/{quote(team, safe='')}/channels")
            return tuple(page.get("value") or ())

        return await self._recent.get(("channels", tenant, team), _REMEMBERED_S, load)

    async def _channel(self, where: Channel, raw: Payload, team: Conversation) -> Conversation:
        """A shared channel's other organisations are told by who is in it."""
        kind = str(raw.get("membershipType") or "standard")
        outside = kind == "shared" and any(m.is_external for m in await self._members.members(where))
        return Conversation(
            where, "private" if kind in _OWN else team.kind,
            name=f"{team.name} › {raw.get('displayName') or ''}", purpose=str(raw.get("description") or ""),
            creator=await self._owner(where) if kind in _OWN else team.creator, shared_outside=outside, archived=bool(raw.get("isArchived")) or team.archived,
            roster=None if kind in _OWN else team.channel,
        )  # fmt: skip

    async def _owner(self, where: Channel) -> str:
        """Who answers for it: Teams does not tell who made it, and of several owners the first is named."""
        try:
            roster = await self._members.roster(where)
        except Refused:
            return ""
        return next((str(m["userId"]) for m in roster if m.get("userId") and owns(m)), "")

    async def _chat(self, where: Channel, raw: Payload) -> Conversation:
        kind: Literal["group_dm", "dm"] = "dm" if raw.get("chatType") == "oneOnOne" else "group_dm"
        outside = any(m.is_external for m in await self._members.members(where))
        return Conversation(where, kind, name=str(raw.get("topic") or ""), shared_outside=outside)


def _team(where: Channel, raw: Payload, owner: str) -> Conversation:
    public = str(raw.get("visibility") or "").lower() == "public"
    return Conversation(
        where, "public" if public else "private", name=str(raw.get("displayName") or ""),
        purpose=str(raw.get("description") or ""), creator=owner, archived=bool(raw.get("isArchived")),
    )  # fmt: skip
