"""Graph: who is in teams, channels and chats; adding and removing them, with the rules about owners."""

import re
from typing import Any, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.channels import Channel
from connectors.sandbox.microsoft.graph import failure
from connectors.sandbox.teams import members
from connectors.sandbox.teams.call import Call, listed, serves

Json = dict[str, Any]
_TEAM: Final = ("TeamMember.Read.All", "TeamMember.ReadWrite.All", "TeamMember.Read.Group")
_TEAM_CHANGE: Final = ("TeamMember.ReadWrite.All", "TeamMember.ReadWriteNonOwnerRole.All")
_CHANNEL_CHANGE: Final = ("ChannelMember.ReadWrite.All", "ChannelMember.ReadWrite.Group")
_CHANNEL: Final = ("ChannelMember.Read.All", "ChannelMember.Read.Group", *_CHANNEL_CHANGE)
_CHAT_CHANGE: Final = ("ChatMember.ReadWrite.All", "Chat.Manage.Chat")
_CHAT: Final = (
    "ChatMember.Read.All", "ChatMember.Read.Chat", "Chat.ReadBasic.All", "Chat.Read.All", "Chat.ReadWrite.All",
    *_CHAT_CHANGE,
)  # fmt: skip
_ACCESS: Final = re.compile(r"doesUserHaveAccess\((?P<given>.*)\)", re.IGNORECASE)
_GIVEN: Final = re.compile(r"(\w+)='?(@?[^',]*)'?")


def _scope(call: Call) -> tuple[list[Channel], str]:
    """The conversations that a membership spans, and the id that it is of: a team's are all its channels."""
    places, ids = call.estate.places, call.request.path_params
    if "channel" in ids or "chat" in ids:
        return [call.where], places.thread_id(call.where.id)
    shared = (c for c in places.team(ids["team"]) if not c.is_shared)
    return list(shared) or places.team(ids["team"]), ids["team"]


def _roster(call: Call) -> dict[str, Channel]:
    """Members by workspace id, each with a conversation where they sit. Indirect ones only in allMembers."""
    found: dict[str, Channel] = {}
    every = call.request.url.path.endswith("/allMembers") or "chat" in call.request.path_params
    for place in _scope(call)[0]:
        for user in call.estate.people(place):
            if every or user not in call.estate.indirect.get(place.id, ()):
                found.setdefault(user, place)
    return found


def _member(call: Call, user: str, place: Channel) -> Json:
    found = members.member(call.estate, place, user, where=_scope(call)[1])
    if user in call.estate.indirect.get(place.id, ()):
        found["@microsoft.graph.originalSourceMembershipUrl"] = (
            f"tenants('{found['tenantId']}')/teams/members('{found['id']}')"
        )
    return found


async def _list(call: Call) -> Response:
    shown = [_member(call, user, place) for user, place in _roster(call).items()]
    return listed(call, "conversationMember", shown, top=50)


async def _one(call: Call) -> Response:
    person = call.estate.places.person(call.estate.places.member(call.id("member")))
    place = _roster(call)[person.id]
    return JSONResponse(_member(call, person.id, place))


async def _add(call: Call) -> Response:
    """`user@odata.bind` names the person. A team's owner may be added only with the larger permission."""
    given = await call.json()
    found = re.search(r"users(?:\('|/)([^')]+)", str(given.get("user@odata.bind", "")))
    person = call.estate.places.person(found[1] if found else str(given.get("userId", "")))
    where, _ = _scope(call)
    if "owner" in given.get("roles", ()):
        if "TeamMember.ReadWriteNonOwnerRole.All" in call.held and not call.held & {
            "TeamMember.ReadWrite.All"
        }:
            return failure("Forbidden", 403)
        for place in where:
            call.estate.places.owners.setdefault(place.id, set()).add(person.id)
    for place in where:
        call.estate.workspace.join(place.id, person.id)
    return JSONResponse(_member(call, person.id, where[0]), 201)


async def _remove(call: Call) -> Response:
    """The last owner stays; owners need more than TeamMember.ReadWriteNonOwnerRole.All; a chat of two stays."""
    person = call.estate.places.person(call.estate.places.member(call.id("member")))
    place = _roster(call)[person.id]
    if place.kind == "im":
        return failure("Forbidden", 403)
    if call.estate.is_owner(place, person.id) and not place.is_direct:
        owners = [m for m in place.members if call.estate.is_owner(place, m)]
        if len(owners) == 1:
            return failure("BadRequest", 400)
        if "channel" not in call.request.path_params and "TeamMember.ReadWrite.All" not in call.held:
            return failure("Forbidden", 403)
    for each in _scope(call)[0]:
        call.estate.workspace.leave(each.id, person.id, by=call.estate.workspace.app.user)
    return Response(status_code=204)


async def _access(call: Call) -> Response:
    """doesUserHaveAccess(userId='…',tenantId='…',…); values may stand in the query as @userId."""
    found = _ACCESS.fullmatch(call.id("asked"))
    if found is None:
        raise KeyError(call.id("asked"))
    query = call.request.query_params
    given = {key: query.get(value, value).strip("'") for key, value in _GIVEN.findall(found["given"])}
    try:
        person = call.estate.places.person(given.get("userId", ""))
    except KeyError:
        return JSONResponse({"value": False})
    tenant = given.get("tenantId") or call.estate.places.home(person)
    known = person.id in call.where.members and tenant == call.estate.places.home(person)
    return JSONResponse({"value": known})


def routes() -> list[Route]:
    team, chat = "/graph/v1.0/teams/{team}", "/graph/v1.0/chats/{chat}"
    channel = f"{team}/channels/{{channel}}"
    found = [
        Route(f"{channel}/allMembers", serves(*_CHANNEL)(_list)),
        Route(f"{channel}/allMembers/{{member}}", serves(*_CHANNEL)(_one)),
    ]
    for base, reads, changes in (
        (team, _TEAM, _TEAM_CHANGE), (channel, _CHANNEL, _CHANNEL_CHANGE), (chat, _CHAT, _CHAT_CHANGE),
    ):  # fmt: skip
        found += [
            Route(f"{base}/members", serves(*reads)(_list)),
            Route(f"{base}/members", serves(*changes)(_add), methods=["POST"]),
            Route(f"{base}/members/{{member}}", serves(*reads)(_one)),
            Route(f"{base}/members/{{member}}", serves(*changes)(_remove), methods=["DELETE"]),
        ]
    return [*found, Route(f"{channel}/{{asked}}", serves(*_CHANNEL)(_access))]
