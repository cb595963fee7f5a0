"""The Bot Connector, v3: what a bot says, changes and takes back, whom it may talk to, and who is there."""

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.microsoft import authority
from connectors.sandbox.teams.activities import account
from connectors.sandbox.teams.composed import composed
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.faults import BOT_A_SECOND
from connectors.sandbox.teams.places import root_of
from connectors.sandbox.teams.targeted import note, note_id, targeted, whisper

Json = dict[str, Any]
AUDIENCE: Final = "https://api.botframework.com"
Answers = Callable[[Request, Estate], Awaitable[Response]]


def refused(code: str, status: int, message: str = "", **headers: str) -> Response:
    """An error in the Connector's form."""
    return JSONResponse({"error": {"code": code, "message": message or code}}, status, headers=headers)


def serves(answer: Answers) -> Callable[[Request], Awaitable[Response]]:
    """Guard an endpoint: the bot's own token, and the faults laid over it."""

    @wraps(answer)
    async def served(request: Request) -> Response:
        room = request.app.state.rooms.get(request.path_params["tenant"])
        if room is None or not _is_bot(request, room.estate):
            return refused("AuthorizationFailed", 401, "Authorization has been denied for this request.")
        if fault := _fault(room.estate, request.path_params.get("conversation", "")):
            return fault
        try:
            return await answer(request, room.estate)
        except KeyError:
            return refused("ConversationNotFound", 404, "Conversation not found.")
        except ValueError:
            return refused("BadSyntax", 400, "Bad argument")

    return served


def _is_bot(request: Request, estate: Estate) -> bool:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        authority.read(request.app.state.cloud, bearer, AUDIENCE)
        claims = jwt.decode(bearer, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return False
    return bool(claims.get("appid") == estate.places.bot)


def _fault(estate: Estate, conversation: str) -> Response | None:
    faults, wait = estate.faults, {"Retry-After": str(estate.faults.retry_after)}
    if faults.unreachable:
        return refused("ServiceError", 503)
    if faults.connector:
        status = faults.connector.pop(0)
        if status != 429:
            return refused("ServiceError", status)
        return refused("Throttled", status, **wait)
    if conversation and faults.over(f"bot/{conversation}", BOT_A_SECOND):
        return refused("Throttled", 429, **wait)
    return None


def _channel(request: Request, estate: Estate) -> Channel:
    return estate.places.channel(request.path_params["conversation"])


def _may_talk(estate: Estate, channel: Channel) -> bool:
    """Where it is installed; in private, with those who have the personal app or share a team with it."""
    if channel.kind != "im":
        return estate.stands_in(channel)
    return any(reachable(estate, user) for user in estate.people(channel))


def reachable(estate: Estate, user: str) -> bool:
    shared = (estate.workspace.channels[c] for c in estate.installed)
    return user in estate.personal or any(user in c.members for c in shared)


@serves
async def say(request: Request, estate: Estate) -> Response:
    """Say something in a conversation, or reply in its thread; targeted: to one person there."""
    channel, activity = _channel(request, estate), await _activity(request)
    if not _may_talk(estate, channel):
        return refused("BotNotInConversationRoster", 403, "The bot is not part of the conversation roster.")
    root = root_of(request.path_params["conversation"]) or request.path_params.get("activity", "")
    if targeted(request):
        return whisper(estate, channel, activity, root)
    return JSONResponse({"id": _post(estate, channel, activity, root)}, 201)


def _post(estate: Estate, channel: Channel, activity: Json, root: str) -> str:
    thread = None
    if root and not channel.is_direct:
        message = estate.places.message(channel, root)
        thread = message.thread_ts or message.ts
    said = estate.workspace.post_as_app(
        channel.id, composed(estate, activity), thread_ts=thread, broadcast=False
    )
    return estate.places.message_id(said)


@serves
async def change(request: Request, estate: Estate) -> Response:
    """PUT: replace what the bot said itself."""
    channel, activity = _channel(request, estate), await _activity(request)
    if targeted(request):
        return _renew(estate, _whispered(request, estate, channel), activity)
    message = _own(request, estate, channel)
    if message is None:
        return refused("Forbidden", 403, "Only the bot's own messages can be changed.")
    body = composed(estate, activity)
    teams = {"teams": body["teams"]}
    kept = message.said | teams
    message.body = kept
    parts = {"attachments": body.get("attachments", []), "blocks": body.get("blocks")}
    estate.workspace.edit(channel.id, message.ts, estate.workspace.app.user, body["text"], **parts)
    return JSONResponse({"id": estate.places.message_id(message)})


@serves
async def take_back(request: Request, estate: Estate) -> Response:
    channel = _channel(request, estate)
    if targeted(request):
        held = _whispered(request, estate, channel)
        if held is None:
            return _vanished()
        estate.workspace.change_whisper(held, None)
        return Response(status_code=200)
    message = _own(request, estate, channel)
    if message is None:
        return refused("Forbidden", 403, "Only the bot's own messages can be deleted.")
    estate.workspace.delete(channel.id, message.ts, estate.workspace.app.user)
    return Response(status_code=200)


def _own(request: Request, estate: Estate, channel: Channel) -> Message | None:
    """The bot's own message; None when it is somebody else's. KeyError when gone."""
    message = estate.places.message(channel, request.path_params["activity"])
    if message.body is None:
        raise KeyError(message.ts)
    return message if message.user == estate.workspace.app.user else None


def _whispered(request: Request, estate: Estate, channel: Channel) -> Ephemeral | None:
    return note(estate, channel, request.path_params["activity"])


def _renew(estate: Estate, held: Ephemeral | None, activity: Json) -> Response:
    if (activity.get("recipient") or {}).get("isTargeted"):
        return refused("BadArgument", 400, "Bad argument")
    if held is None:
        return _vanished()
    estate.workspace.change_whisper(held, composed(estate, activity))
    return JSONResponse({"id": note_id(held)})


def _vanished() -> Response:
    return refused("ActivityNotFoundInConversation", 404)


@serves
async def create(request: Request, estate: Estate) -> Response:
    """Open the conversation with one person, or a thread in a channel; `activity` is said there at once."""
    given = await request.json()
    channel_data = given.get("channelData") or {}
    if channel_data.get("channel"):
        place = estate.places.channel(str(channel_data["channel"]["id"]))
    else:
        people = given.get("members") or []
        if len(people) != 1:
            raise ValueError("members")
        person = estate.places.person(str(people[0]["id"]))
        if not reachable(estate, person.id):
            return refused("ForbiddenOperationException", 403, "The bot is not installed for this person.")
        place, _ = estate.workspace.open_direct([estate.workspace.app.user, person.id])
    if not _may_talk(estate, place):
        return refused("BotNotInConversationRoster", 403)
    about = {"id": estate.places.conversation_id(place.id), "serviceUrl": estate.service_url}
    if activity := given.get("activity"):
        id = _post(estate, place, activity, "")
        root = "" if place.is_direct else f";messageid={id}"
        about |= {"activityId": id, "id": about["id"] + root}
    return JSONResponse(about, 201)


def _accounts(request: Request, estate: Estate) -> list[Json]:
    return [_teams_account(estate, user) for user in estate.people(_channel(request, estate))]


def _teams_account(estate: Estate, user: str) -> Json:
    """TeamsChannelAccount."""
    person = estate.workspace.people[user]
    first, _, last = person.name.rpartition(" ")
    return account(estate, user) | {
        "objectId": estate.places.user_id(user), "givenName": first, "surname": last, "email": person.email,
        "userPrincipalName": person.email, "userRole": "guest" if person.is_guest else "user",
    }  # fmt: skip


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
    if person.id not in _channel(request, estate).members:
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


async def _activity(request: Request) -> Json:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        raise ValueError("not JSON") from None
    if not isinstance(body, dict) or "type" not in body:
        raise ValueError("no activity")
    return body


def routes() -> list[Route]:
    base = "/uk/{tenant}/v3"
    one = f"{base}/conversations/{{conversation}}"
    activity = f"{one}/activities/{{activity}}"
    return [
        Route(f"{base}/conversations", create, methods=["POST"]),
        Route(f"{one}/activities", say, methods=["POST"]), Route(activity, say, methods=["POST"]),
        Route(activity, change, methods=["PUT"]), Route(activity, take_back, methods=["DELETE"]),
        Route(f"{one}/members", members), Route(f"{one}/pagedmembers", paged_members),
        Route(f"{one}/members/{{member}}", member),
        Route(f"{base}/teams/{{team}}", team), Route(f"{base}/teams/{{team}}/conversations", channels),
    ]  # fmt: skip
