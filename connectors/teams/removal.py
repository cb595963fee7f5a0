"""Taking somebody out of a conversation, and making sure that they are out. Never its last owner."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from connectors.interface import Channel, Refused
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.members import Members, owns

Payload = Mapping[str, Any]

_LOOKS: Final = (0.0, 0.5, 2.0)
"""Seconds before each look at whether a removal has come through."""


class Removal:
    def __init__(self, graph: Graph, members: Members) -> None:
        self._graph = graph
        self._members = members

    async def remove(self, where: Channel, user: str) -> None:
        """From a team, for a standard channel of it, whose members it has.

        Raises Refused: "last_owner", "indirect" (comes through another team: only that team, or unsharing the
        channel, takes them out), "still_there". Somebody who is not there is done.
        """
        place = await self._roster_of(where)
        direct = await self._direct(place)
        mine = [m for m in direct if str(m.get("userId")) == user]
        if not mine:
            if await self._still_there(where, user, ""):
                raise Refused("they are here through another team", "indirect")
            return
        # A chat goes on without an owner; a team or channel does not.
        if not places.is_chat(place) and owns(mine[0]) and sum(owns(m) for m in direct) == 1:
            raise Refused("the last owner stays", "last_owner")
        id = quote(str(mine[0]["id"]), safe="")
        await self._graph.call("DELETE", where.tenant, f"{places.path(place)}/members/{id}")
        await self._confirm(where, user, str(mine[0].get("tenantId") or ""))
        self._members.forget(place)

    async def _roster_of(self, where: Channel) -> Channel:
        """Whose list of members holds for this conversation."""
        if places.is_chat(where) or not places.thread_of(where):
            return where
        raw = await self._graph.get(where.tenant, places.path(where))
        standard = str(raw.get("membershipType") or "standard") == "standard"
        return places.channel(where.tenant, places.team_of(where)) if standard else where

    async def _direct(self, place: Channel) -> list[Payload]:
        found: list[Payload] = []
        async for page in self._graph.pages(place.tenant, f"{places.path(place)}/members"):
            found += page.get("value") or ()
        return found

    async def _confirm(self, where: Channel, user: str, home: str) -> None:
        for pause in _LOOKS:
            await asyncio.sleep(pause)
            if not await self._still_there(where, user, home):
                return
        raise Refused("Teams still lets them read here", "still_there")

    async def _still_there(self, where: Channel, user: str, home: str) -> bool:
        """For a channel as Teams itself decides it, else by its list. `home` is the person's own tenant."""
        self._members.forget(where)
        if places.team_of(where) and places.thread_of(where):
            who = f"userId='{quote(user, safe='')}'" + (f",tenantId='{home}'" if home else "")
            answer = await self._graph.get(where.tenant, f"{places.path(where)}/doesUserHaveAccess({who})")
            return bool(answer.get("value"))
        return any(str(m.get("userId")) == user for m in await self._direct(where))
