"""Targeted messages: shown to one member of a conversation, gone after a day."""

import time
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Ephemeral
from connectors.sandbox.teams.composed import composed
from connectors.sandbox.teams.estate import Estate

Json = dict[str, Any]
STAYS: Final = 24 * 3600.0


def targeted(request: Request) -> bool:
    return request.query_params.get("isTargetedActivity", "").lower() == "true"


def whisper(estate: Estate, channel: Channel, activity: Json, root: str) -> Response:
    """Show it to `recipient`, who must be marked as targeted and a member. Not in a 1:1 conversation."""
    recipient = activity.get("recipient") or {}
    if channel.kind == "im" or estate.faults.targeted_off or not recipient.get("isTargeted"):
        return _refused("BadArgument", 400)
    try:
        person = estate.places.person(str(recipient.get("id") or recipient.get("aadObjectId")))
    except KeyError:
        return _refused("BotNotInConversationRoster", 404)
    if person.id not in channel.members:
        return _refused("BotNotInConversationRoster", 404)
    thread = None
    if root and not channel.is_direct:
        about = estate.places.message(channel, root)
        thread = about.thread_ts or about.ts
    held = estate.workspace.whisper(channel.id, person.id, composed(estate, activity), thread_ts=thread)
    return JSONResponse({"id": note_id(held)}, 201)


def note(estate: Estate, channel: Channel, id: str) -> Ephemeral | None:
    """A targeted message that still stands: not taken back, and not older than a day."""
    for held in estate.workspace.ephemerals:
        if held.channel == channel.id and note_id(held) == id and held.until is None:
            return None if time.time() - float(held.ts) > STAYS else held
    return None


def note_id(held: Ephemeral) -> str:
    return held.ts.replace(".", "")[:-3]


def _refused(code: str, status: int) -> Response:
    return JSONResponse({"error": {"code": code, "message": code}}, status)
