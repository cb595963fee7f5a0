"""The Bot Connector's door: the bot's own token, throttles, and errors in its form."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.sandbox.channels import Channel
from connectors.sandbox.microsoft import authority
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.faults import BOT_A_SECOND

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


def conversation(request: Request, estate: Estate) -> Channel:
    """The conversation of the path. Raises KeyError."""
    return estate.places.channel(request.path_params["conversation"])


def _is_bot(request: Request, estate: Estate) -> bool:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        authority.read(request.app.state.cloud, bearer, AUDIENCE)
        claims = jwt.decode(bearer, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return False
    return bool(claims.get("appid") == estate.places.bot)


def _fault(estate: Estate, where: str) -> Response | None:
    faults, wait = estate.faults, {"Retry-After": str(estate.faults.retry_after)}
    if faults.unreachable:
        return refused("ServiceError", 503)
    if faults.connector:
        status = faults.connector.pop(0)
        if status != 429:
            return refused("ServiceError", status)
        return refused("Throttled", status, **wait)
    if where and faults.over(f"bot/{where}", BOT_A_SECOND):
        return refused("Throttled", 429, **wait)
    return None
