"""The Bot Connector, v3: what a bot says, changes and takes back, and whom it may talk to."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.teams.addresses import unique_id
from connectors.sandbox.teams.composed import composed
from connectors.sandbox.teams.connector_guard import conversation, refused, serves
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.places import root_of
from connectors.sandbox.teams.targeted import note, note_id, targeted, whisper

Json = dict[str, Any]


def _may_talk(estate: Estate, channel: Channel) -> bool:
    """Where it is installed; in private, with those who have the personal app or share a team with it."""
    if channel.kind != "im":
        return estate.stands_in(channel)
    return any(reachable(estate, user) for user in estate.people(channel))


def reachable(estate: Estate, user: str) -> bool:
    """Whether the bot may open a 1:1 conversation with somebody."""
    shared = (estate.workspace.channels[c] for c in estate.installed)
    return user in estate.personal or any(user in c.members for c in shared)


@serves
async def say(request: Request, estate: Estate) -> Response:
    """Say something in a conversation, or reply in its thread; targeted: to one person there."""
    channel, activity = conversation(request, estate), await _activity(request)
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
    channel, activity = conversation(request, estate), await _activity(request)
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
    channel = conversation(request, estate)
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
        place, _ = estate.workspace.open_direct([estate.workspace.app.user, person.id], estate.tenant.id)
    if not _may_talk(estate, place):
        return refused("BotNotInConversationRoster", 403)
    about = {"id": estate.places.conversation_id(place.id), "serviceUrl": estate.service_url}
    if activity := given.get("activity"):
        id = _post(estate, place, activity, "")
        root = "" if place.is_direct else f";messageid={id}"
        about |= {"activityId": id, "id": about["id"] + root}
    return JSONResponse(about, 201)


@serves
async def picture(request: Request, estate: Estate) -> Response:
    """A pasted picture that an activity told of."""
    for file in estate.workspace.files.values():
        if unique_id(file) == request.path_params["attachment"] and file.deleted_at is None:
            return Response(file.data, media_type=file.mimetype)
    raise KeyError(request.path_params["attachment"])


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
        Route(f"{base}/attachments/{{attachment}}/views/original", picture),
    ]  # fmt: skip
