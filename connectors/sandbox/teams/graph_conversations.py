"""Graph: teams, channels, chats and people."""

from collections.abc import Iterable
from typing import Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.channels import Channel
from connectors.sandbox.teams import members
from connectors.sandbox.teams.call import Call, listed, serves

_TEAM: Final = ("Team.ReadBasic.All", "TeamSettings.Read.All", "TeamSettings.Read.Group")
_CHANNEL: Final = ("Channel.ReadBasic.All", "ChannelSettings.Read.All", "ChannelSettings.Read.Group")
_CHAT: Final = (
    "Chat.ReadBasic.All",
    "Chat.Read.All",
    "Chat.ReadWrite.All",
    "Chat.Manage.Chat",
    "ChatSettings.Read.Chat",
)
_USER: Final = ("User.ReadBasic.All", "User.Read.All", "Directory.Read.All")


@serves("Team.ReadBasic.All")
async def teams(call: Call) -> Response:
    every = (c for c in call.estate.channels if not c.is_direct)
    firsts: dict[str, Channel] = {}
    for place in every:
        firsts.setdefault(call.estate.places.team_id(place.id), place)
    return listed(call, "team", [members.team(call.estate, place) for place in firsts.values()], top=50)


@serves(*_TEAM)
async def team(call: Call) -> Response:
    return _shown(call, "teams", members.team(call.estate, call.where))


async def _channels(call: Call) -> Response:
    """`$filter=membershipType eq '…'` is understood."""
    found = [members.channel(call.estate, c) for c in call.estate.places.team(call.id("team"))]
    wanted = call.request.query_params.get("$filter", "").partition("membershipType eq ")[2].strip("'")
    return listed(call, "channel", [c for c in found if not wanted or c["membershipType"] == wanted], top=50)


@serves(*_CHANNEL)
async def channel(call: Call) -> Response:
    return _shown(call, "channels", members.channel(call.estate, call.where))


@serves(*_CHANNEL)
async def primary(call: Call) -> Response:
    return _shown(call, "channels", members.channel(call.estate, call.where))


@serves("Chat.ReadBasic.All", "Chat.Read.All", "Chat.ReadWrite.All")
async def chats(call: Call) -> Response:
    """All chats of the tenant; of one person where the path names one."""
    found: Iterable[Channel] = [c for c in call.estate.channels if c.is_direct]
    if "user" in call.request.path_params:
        person = call.estate.places.person(call.id("user"))
        found = [c for c in found if person.id in c.members]
    return listed(call, "chat", [members.chat(call.estate, c) for c in found])


@serves(*_CHAT)
async def chat(call: Call) -> Response:
    return _shown(call, "chats", members.chat(call.estate, call.where))


@serves(*_USER)
async def users(call: Call) -> Response:
    people = [p for p in call.estate.workspace.people.values() if not p.is_bot]
    return listed(call, "user", [members.user(call.estate, p) for p in people], top=50)


@serves(*_USER)
async def user(call: Call) -> Response:
    """By object id or userPrincipalName. What the tenant's admin entered stands before the workspace's."""
    wanted = call.id("user")
    for person in call.estate.workspace.people.values():
        found = members.user(call.estate, person)
        if not person.is_bot and wanted.lower() in (found["id"], found["userPrincipalName"].lower()):
            entered, _ = call.estate.tenant.since(0)
            return _shown(
                call, "users", found | dict(next((u for u in entered if u["id"] == found["id"]), {}))
            )
    raise KeyError(wanted)


@serves("Team.ReadBasic.All")
async def joined_teams(call: Call) -> Response:
    person = call.estate.places.person(call.id("user"))
    mine = [c for c in call.estate.channels if not c.is_direct and person.id in c.members]
    shown = {call.estate.places.team_id(c.id): members.team(call.estate, c) for c in mine}
    return listed(call, "team", list(shown.values()), top=50)


def _shown(call: Call, of: str, found: dict[str, object]) -> Response:
    return JSONResponse({"@odata.context": f"{call.estate.graph_url}$metadata#{of}/$entity"} | found)


def routes() -> list[Route]:
    at = "/graph/v1.0"
    return [
        Route(f"{at}/teams", teams), Route(f"{at}/teams/{{team}}", team),
        Route(f"{at}/teams/{{team}}/channels", serves(*_CHANNEL)(_channels)),
        Route(f"{at}/teams/{{team}}/allChannels", serves(*_CHANNEL[:2])(_channels)),
        Route(f"{at}/teams/{{team}}/primaryChannel", primary),
        Route(f"{at}/teams/{{team}}/channels/{{channel}}", channel),
        Route(f"{at}/chats", chats), Route(f"{at}/chats/{{chat}}", chat),
        Route(f"{at}/users", users), Route(f"{at}/users/{{user}}", user),
        Route(f"{at}/users/{{user}}/chats", chats), Route(f"{at}/users/{{user}}/joinedTeams", joined_teams),
    ]  # fmt: skip
