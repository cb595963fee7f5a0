"""Who is in a conversation, asked of Graph and remembered for a short while.

Members of a channel are asked of `allMembers`: whoever reads there through a team that the channel is shared with
is one too. Without User.Read.All an account is what its membership says of it.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from connectors.interface import Channel, Member, Refused
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.recent import Recent

Payload = Mapping[str, Any]

_ACCOUNT_S: Final = 300.0
_ROSTER_S: Final = 60.0
_AT_ONCE: Final = 8
_FIELDS: Final = "id,displayName,mail,userPrincipalName,userType,accountEnabled"


class Members:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._recent = Recent()
        self._seen: dict[tuple[str, str], Member] = {}

    def forget(self, where: Channel) -> None:
        """Something changed there."""
        self._recent.forget(("members", where))

    async def users(self, tenant: str) -> tuple[str, ...]:
        """The ids of everybody in the directory."""
        query = {"$select": "id", "$top": "999"}
        pages = [page async for page in self._graph.pages(tenant, "users", query)]
        return tuple(str(user["id"]) for page in pages for user in page.get("value") or ())

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
                found |= {account(m): m for m in page.get("value") or () if account(m)}
            return tuple(found.values())

        return await self._recent.get(("members", where), _ROSTER_S, load)

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
        self._seen[tenant, account(raw)] = _as_told(raw, tenant)
        if self._seen[tenant, account(raw)].is_external:
            return self._seen[tenant, account(raw)]
        return await self.account(tenant, account(raw))


def account(raw: Payload) -> str:
    """The account of a membership; an anonymous person of a meeting has an id of that meeting alone."""
    return str(raw.get("userId") or raw.get("anonymousGuestId") or "")


def _as_told(raw: Payload, home: str) -> Member:
    """What a membership says of a person. Anonymous ones are nobody's."""
    tenant = str(raw.get("tenantId") or home)
    anonymous = "anonymous" in str(raw.get("@odata.type") or "").lower()
    return Member(
        user=account(raw), tenant=tenant, name=str(raw.get("displayName") or ""), email=str(raw.get("email") or ""),
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


def owns(member: Payload) -> bool:
    return "owner" in [str(r).lower() for r in member.get("roles") or ()]
