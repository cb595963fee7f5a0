"""Who and what is in a tenant's Teams, asked of Graph and remembered for a short while.

Members of a channel are asked of `allMembers`: whoever reads there through a team that the channel is shared with
is one too. Without User.Read.All an account is what its membership says of it.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import quote

from connectors.interface import Channel, Conversation, Member, Refused
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.recent import Recent

Payload = Mapping[str, Any]

_ACCOUNT_S: Final = 300.0
_PLACE_S: Final = 60.0
_AT_ONCE: Final = 8
_FIELDS: Final = "id,displayName,mail,userPrincipalName,userType,accountEnabled"
_GONE: Final = ("Request_ResourceNotFound", "NotFound", "ItemNotFound", "404")


class Members:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._recent = Recent()
        self._seen: dict[tuple[str, str], Member] = {}

    def forget(self, where: Channel) -> None:
        """Something changed there."""
        self._recent.forget(("members", where))
        self._recent.forget(("place", where))

    # --- conversations -----------------------------------------------------------------------------------

    async def conversation(self, where: Channel) -> Conversation:
        async def load() -> Conversation:
            raw = await self._graph.get(where.tenant, places.path(where))
            if places.is_chat(where):
                return await self._chat(where, raw)
            if not places.thread_of(where):
                return _team(where, raw)
            team = await self.conversation(places.channel(where.tenant, places.team_of(where)))
            return await self._channel(where, raw, team)

        return await self._recent.get(("place", where), _PLACE_S, load)

    async def conversations(self, tenant: str) -> tuple[Conversation, ...]:
        """Every team with its channels, and every chat."""
        found: list[Conversation] = []
        async for page in self._graph.pages(tenant, "teams"):
            for raw in page.get("value") or ():
                found += await self.whole(tenant, str(raw["id"]))
        async for page in self._graph.pages(tenant, "chats"):
            for raw in page.get("value") or ():
                found.append(await self._chat(places.channel(tenant, thread=str(raw["id"])), raw))
        return tuple(found)

    async def teams(self, tenant: str) -> tuple[str, ...]:
        """The ids of every team."""
        return tuple(
            [
                str(raw["id"])
                async for page in self._graph.pages(tenant, "teams")
                for raw in page.get("value") or ()
            ]
        )

    async def channels(self, tenant: str, team: str) -> tuple[Channel, ...]:
        return tuple(places.channel(tenant, team, str(c["id"])) for c in await self._channels(tenant, team))

    async def users(self, tenant: str) -> tuple[str, ...]:
        """The ids of everybody in the directory."""
        query = {"$select": "id", "$top": "999"}
        return tuple(
            [
                str(u["id"])
                async for page in self._graph.pages(tenant, "users", query)
                for u in page.get("value") or ()
            ]
        )

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

    async def with_own_members(self, tenant: str, team: str) -> bool:
        """Whether a team has private or shared channels."""
        return any(
            c.get("membershipType") in ("private", "shared") for c in await self._channels(tenant, team)
        )

    async def whole(self, tenant: str, id: str) -> list[Conversation]:
        """A team and its channels; nothing for one that is gone."""
        try:
            team = await self.conversation(places.channel(tenant, id))
            channels = await self._channels(tenant, id)
        except Refused as no:
            if no.code in _GONE:
                return []  # deleted since the list was made
            raise
        own = [await self._channel(places.channel(tenant, id, str(raw["id"])), raw, team) for raw in channels]
        return [team, *own]

    async def _channels(self, tenant: str, team: str) -> list[Payload]:
        page = await self._graph.get(tenant, f"teams/{quote(team, safe='')}/channels")
        return list(page.get("value") or ())

    async def _channel(self, where: Channel, raw: Payload, team: Conversation) -> Conversation:
        """A shared channel's other organisations are told by who is in it."""
        kind = str(raw.get("membershipType") or "standard")
        outside = kind == "shared" and any(m.is_external for m in await self.members(where))
        return Conversation(
            where, team.kind if kind == "standard" else "private",
            name=f"{team.name} › {raw.get('displayName') or ''}", purpose=str(raw.get("description") or ""),
            shared_outside=outside, archived=bool(raw.get("isArchived")) or team.archived,
        )  # fmt: skip

    async def _chat(self, where: Channel, raw: Payload) -> Conversation:
        kind: Literal["group_dm", "dm"] = "dm" if raw.get("chatType") == "oneOnOne" else "group_dm"
        outside = any(m.is_external for m in await self.members(where))
        return Conversation(where, kind, name=str(raw.get("topic") or ""), shared_outside=outside)

    # --- people ------------------------------------------------------------------------------------------

    async def members(self, where: Channel) -> tuple[Member, ...]:
        found = await self.roster(where)
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(raw: Payload) -> Member:
            async with room:
                return await self._known(where.tenant, raw)

        return tuple(await asyncio.gather(*(one(raw) for raw in found)))

    async def roster(self, where: Channel) -> tuple[Payload, ...]:
        """Graph's conversationMembers, once each."""
        path = f"{places.path(where)}/{'allMembers' if places.team_of(where) and places.thread_of(where) else 'members'}"

        async def load() -> tuple[Payload, ...]:
            found: dict[str, Payload] = {}
            async for page in self._graph.pages(where.tenant, path):
                found |= {_id(m): m for m in page.get("value") or () if _id(m)}
            return tuple(found.values())

        return await self._recent.get(("members", where), _PLACE_S, load)

    async def account(self, tenant: str, user: str) -> Member:
        async def load() -> Member:
            query = {"$select": _FIELDS}
            return _member(await self._graph.get(tenant, f"users/{quote(user, safe='')}", query), tenant)

        try:
            return await self._recent.get(("user", tenant, user), _ACCOUNT_S, load)
        except Refused:
            # Another organisation's, or our directory is not open to us: as last seen among members.
            if seen := self._seen.get((tenant, user)):
                return seen
            raise

    async def _known(self, tenant: str, raw: Payload) -> Member:
        self._seen[tenant, _id(raw)] = _as_told(raw, tenant)
        if self._seen[tenant, _id(raw)].is_external:
            return self._seen[tenant, _id(raw)]
        return await self.account(tenant, _id(raw))


def _id(raw: Payload) -> str:
    """The account; an anonymous person of a meeting has an id of that meeting alone."""
    return str(raw.get("userId") or raw.get("anonymousGuestId") or "")


def _as_told(raw: Payload, home: str) -> Member:
    """What a membership says of a person. Anonymous ones are nobody's."""
    tenant = str(raw.get("tenantId") or home)
    anonymous = "anonymous" in str(raw.get("@odata.type") or "").lower()
    return Member(
        user=_id(raw), tenant=tenant, name=str(raw.get("displayName") or ""), email=str(raw.get("email") or ""),
        is_guest=anonymous or "guest" in [str(r).lower() for r in raw.get("roles") or ()],
        is_external=anonymous or tenant != home,
    )  # fmt: skip


def _member(user: Payload, tenant: str) -> Member:
    return Member(
        user=str(user["id"]), tenant=tenant, name=str(user.get("displayName") or ""),
        email=str(user.get("mail") or user.get("userPrincipalName") or ""),
        is_guest=str(user.get("userType") or "").lower() == "guest",
        deleted=user.get("accountEnabled") is False,
    )  # fmt: skip


def _team(where: Channel, raw: Payload) -> Conversation:
    public = str(raw.get("visibility") or "").lower() == "public"
    return Conversation(
        where, "public" if public else "private", name=str(raw.get("displayName") or ""),
        purpose=str(raw.get("description") or ""), archived=bool(raw.get("isArchived")),
    )  # fmt: skip
