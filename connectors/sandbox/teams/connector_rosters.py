"""The Bot Connector, v3: who is in a conversation, and what a team is made of."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.teams.activities import account
from connectors.sandbox.teams.connector_guard import conversation, refused, serves
from connectors.sandbox.teams.estate import Estate

Json = dict[str, Any]


@serves
async def members(request: Request, estate: Estate) -> Response:
    return JSONResponse(_accounts(request, estate))


@serves
async def paged_members(request: Request, estate: Estate) -> Response:
    """`pageSize` (50 to 500) and `continuationToken`."""
    size = min(max(int(request.query_params.get("pageSize", "200")), 50), 500)
    start = int(request.query_params.get("continuationToken", "0"), 16)
    every = _accounts(request, estate)
    answer: Json = {"members": every[start : start + size]}
    return JSONResponse(
        answer | ({"continuationToken": hex(start + size)} if start + size < len(every) else {})
    )


@serves
async def member(request: Request, estate: Estate) -> Response:
    person = estate.places.person(request.path_params["member"])
    if person.id not in conversation(request, estate).members:
        return refused("MemberNotFoundInConversation", 404)
    return JSONResponse(_teams_account(estate, person.id))


@serves
async def team(request: Request, estate: Estate) -> Response:
    """TeamDetails: the way from activities' team id to Graph's."""
    first = estate.places.channel(request.path_params["team"])
    count = len(estate.places.team(estate.places.team_id(first.id)))
    return JSONResponse({
        "id": estate.places.thread_id(first.id), "name": estate.places.team_name(first.id),
        "aadGroupId": estate.places.team_id(first.id), "channelCount": count,
        "memberCount": len(estate.people(first)),
    })  # fmt: skip


@serves
async def channels(request: Request, estate: Estate) -> Response:
    """The first channel has no name here."""
    first = estate.places.channel(request.path_params["team"])
    found = estate.places.team(estate.places.team_id(first.id))
    shown = [
        {"id": estate.places.thread_id(c.id), "name": c.name if c is not found[0] else None} for c in found
    ]
    return JSONResponse({"conversations": shown})


def _accounts(request: Request, estate: Estate) -> list[Json]:
    return [_teams_account(estate, user) for user in estate.people(conversation(request, estate))]


def _teams_account(estate: Estate, user: str) -> Json:
    """TeamsChannelAccount."""
    person = estate.workspace.people[user]
    first, _, last = person.name.rpartition(" ")
    return account(estate, user) | {
        "objectId": estate.places.user_id(user), "givenName": first, "surname": last, "email": person.email,
        "userPrincipalName": person.email, "userRole": "guest" if person.is_guest else "user",
    }  # fmt: skip


def routes() -> list[Route]:
    base = "/uk/{tenant}/v3"
    one = f"{base}/conversations/{{conversation}}"
    return [
        Route(f"{one}/members", members), Route(f"{one}/pagedmembers", paged_members),
        Route(f"{one}/members/{{member}}", member),
        Route(f"{base}/teams/{{team}}", team), Route(f"{base}/teams/{{team}}/conversations", channels),
    ]  # fmt: skip
