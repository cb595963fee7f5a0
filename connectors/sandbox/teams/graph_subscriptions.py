"""Graph: subscriptions to change notifications, each application's own."""

import asyncio
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.teams.call import Call, listed, serves
from connectors.sandbox.teams.subscription import Subscription, Unacceptable, subscribe

Json = dict[str, Any]


def _mine(call: Call) -> list[Subscription]:
    return [held for held in call.room.notifier.live() if held.app == call.app]


def _one(call: Call) -> Subscription:
    return next((s for s in _mine(call) if s.id == call.id("id")), None) or _none(call.id("id"))


def _none(id: str) -> Subscription:
    raise KeyError(id)


def _refused(code: str, words: str, status: int) -> Response:
    return JSONResponse({"error": {"code": code, "message": words}}, status)


@serves()
async def create(call: Call) -> Response:
    """201 once both URLs have passed the handshake."""
    given = await call.json()
    try:
        made = subscribe(given, call.app, call.estate.clock())
    except Unacceptable as wrong:
        return _refused("InvalidRequest", str(wrong), 400)
    if not made.topic.allowed(call.estate, call.held):
        return _refused("Forbidden", "Operation: Create; the application lacks a permission.", 403)
    same = [s for s in _mine(call) if s.topic == made.topic]
    if same:
        return _refused("Conflict", "The application has a subscription to this resource.", 409)
    urls = [str(given[key]) for key in ("notificationUrl", "lifecycleNotificationUrl") if given.get(key)]
    greeted = await asyncio.gather(*(call.room.notifier.greets(url) for url in urls))
    if not urls or not all(greeted):
        return _refused("ValidationError", "Subscription validation request failed.", 400)
    call.room.notifier.subscriptions[made.id] = made
    return JSONResponse(made.as_json(created=True), 201)


@serves()
async def show(call: Call) -> Response:
    return listed(call, "subscription", [s.as_json() for s in _mine(call)])


@serves()
async def read(call: Call) -> Response:
    return JSONResponse(_one(call).as_json())


@serves()
async def renew(call: Call) -> Response:
    """PATCH: a new end, a new certificate; it also authorises again. URLs cannot be added later."""
    held, given = _one(call), await call.json()
    if not held.topic.allowed(call.estate, call.held):
        return _refused("Forbidden", "Operation: Update; the application lacks a permission.", 403)
    if "lifecycleNotificationUrl" in given or "resource" in given:
        return _refused("InvalidRequest", "only the end, the URL and the certificate can be changed", 400)
    try:
        held.renew(given, call.estate.clock())
    except Unacceptable as wrong:
        return _refused("InvalidRequest", str(wrong), 400)
    return JSONResponse(held.as_json())


@serves()
async def reauthorize(call: Call) -> Response:
    held = _one(call)
    if not held.topic.allowed(call.estate, call.held):
        return _refused("Forbidden", "Operation: Reauthorize; the application lacks a permission.", 403)
    held.paused = False
    return Response(status_code=204)


@serves()
async def delete(call: Call) -> Response:
    del call.room.notifier.subscriptions[_one(call).id]
    return Response(status_code=204)


def routes() -> list[Route]:
    at = "/graph/v1.0/subscriptions"
    return [
        Route(at, show), Route(at, create, methods=["POST"]), Route(f"{at}/{{id}}", read),
        Route(f"{at}/{{id}}", renew, methods=["PATCH"]), Route(f"{at}/{{id}}", delete, methods=["DELETE"]),
        Route(f"{at}/{{id}}/reauthorize", reauthorize, methods=["POST"]),
    ]  # fmt: skip
