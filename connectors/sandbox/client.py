"""The chat page's own API: what a person sees, and the door to what they do."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from connectors.sandbox.acts import ACTS, Act, Refusal
from connectors.sandbox.api.call import Sandbox
from connectors.sandbox.downloads import sees
from connectors.sandbox.screen import messages_for, person_shown, state_for
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
KEEP_ALIVE_SECONDS = 15.0


class Screens:
    """The open event streams of the chat page."""

    def __init__(self, workspace: Workspace) -> None:
        self._queues: dict[asyncio.Queue[Json | None], str] = {}
        workspace.on_view.append(self.show)

    def show(self, update: Json, audience: Iterable[str] | None) -> None:
        if not self._queues:
            return
        wanted = None if audience is None else set(audience)
        for queue, user in self._queues.items():
            if wanted is None or user in wanted:
                queue.put_nowait(update)

    def close(self) -> None:
        for queue in self._queues:
            queue.put_nowait(None)

    async def stream(self, user: str) -> AsyncIterator[str]:
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._queues[queue] = user
        try:
            yield ": hello\n\n"
            while True:
                try:
                    update = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if update is None:
                    return
                yield f"data: {json.dumps(update)}\n\n"
        finally:
            del self._queues[queue]


def _post(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            given = await request.json()
            return JSONResponse(await act(request.app.state.sandbox, given))
        except Refusal as refused:
            return _refused(refused.error, str(refused))
        except KeyError as missing:
            return _refused("not_found", f"There is no {missing}.", 404)
        except ValueError as wrong:
            return _refused("bad_request", str(wrong))

    return endpoint


def _refused(error: str, message: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": error, "message": message}, status)


async def _people(request: Request) -> Response:
    workspace = request.app.state.sandbox.workspace
    return JSONResponse([person_shown(workspace, person) for person in workspace.people.values()])


async def _state(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    user = request.query_params.get("as", "")
    if user not in sandbox.workspace.people:
        return _refused("not_found", "There is no such person.", 404)
    return JSONResponse(state_for(sandbox, user) | {"shift": request.app.state.shift.progress()})


async def _messages(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    query = request.query_params
    channel = sandbox.workspace.channels.get(query.get("channel", ""))
    user = query.get("as", "")
    if channel is None or (channel.is_private and user not in channel.members):
        return _refused("not_found", "There is no such conversation.", 404)
    return JSONResponse({"messages": messages_for(sandbox, channel, user, query.get("thread"))})


async def _events(request: Request) -> Response:
    stream = request.app.state.screens.stream(request.query_params.get("as", ""))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _file(request: Request) -> Response:
    workspace = request.app.state.sandbox.workspace
    file = workspace.files.get(request.query_params.get("id", ""))
    gone = file is None or file.deleted_at is not None or file.is_tombstoned
    if gone or not sees(workspace, file, request.query_params.get("as", "")):
        return _refused("not_found", "This file is not there for you.", 404)
    headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}
    return Response(file.data, media_type=file.mimetype, headers=headers)


async def _shift(request: Request) -> Response:
    given, shift = await request.json(), request.app.state.shift
    try:
        return JSONResponse(await shift.do(given.get("action", ""), given.get("pace")))
    except ValueError as wrong:
        return _refused("bad_request", str(wrong))


ROUTES = [
    Route("/client/people", _people),
    Route("/client/state", _state),
    Route("/client/messages", _messages),
    Route("/client/events", _events),
    Route("/client/file", _file),
    Route("/client/shift", _shift, methods=["POST"]),
    *(Route(f"/client/{name}", _post(act), methods=["POST"]) for name, act in ACTS.items()),
]
