"""The chat page's own API: what a person does and sees. Identity is only the `as` parameter (a sandbox)."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from connectors.sandbox.api.call import Sandbox
from connectors.sandbox.downloads import sees
from connectors.sandbox.rich_text import escape
from connectors.sandbox.screen import messages_for, person_shown, state_for
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
KEEP_ALIVE_SECONDS = 15.0


class Refusal(Exception):
    """A person may not do this; the words are for the page."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


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


Act = Callable[[Sandbox, Json], Awaitable[Json]]


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
    return JSONResponse({"messages": messages_for(sandbox.workspace, channel, user, query.get("thread"))})


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


def _member(workspace: Workspace, given: Json) -> tuple[str, str]:
    """Who acts, and in which conversation they are allowed to."""
    user, channel = given["as"], workspace.channels[given["channel"]]
    if user not in channel.members:
        raise Refusal("not_in_channel", "You are not in this channel.")
    if channel.is_archived:
        raise Refusal("is_archived", "This channel is archived.")
    return user, channel.id


async def post(sandbox: Sandbox, given: Json) -> Json:
    """Say something: `text` as typed; `/me …` is an action; files come as base64."""
    workspace = sandbox.workspace
    user, channel = _member(workspace, given)
    text = escape(given.get("text", ""))
    if text.startswith("/me "):
        return {"ts": workspace.say_me(channel, user, text[4:]).ts}
    if not text and not given.get("files"):
        raise Refusal("no_text", "Write something first.")
    decoded = [(sent, base64.b64decode(sent["data_base64"])) for sent in given.get("files") or ()]
    files = [workspace.add_file(user, sent["name"], data, sent["mimetype"]) for sent, data in decoded]
    thread_ts, broadcast = given.get("thread_ts"), bool(given.get("broadcast"))
    return {
        "ts": workspace.post(channel, user, text, thread_ts=thread_ts, broadcast=broadcast, files=files).ts
    }


async def edit(sandbox: Sandbox, given: Json) -> Json:
    user, channel = _member(sandbox.workspace, given)
    message = sandbox.workspace.message(channel, given["ts"])
    if message.user != user:
        raise Refusal("not_yours", "You can edit only what you wrote.")
    if sandbox.faults.edit_window_closed:
        raise Refusal("edit_window_closed", "Messages cannot be edited any more here.")
    sandbox.workspace.edit(channel, message.ts, user, escape(given["text"]))
    return {"ts": message.ts}


async def delete(sandbox: Sandbox, given: Json) -> Json:
    user, channel = _member(sandbox.workspace, given)
    message = sandbox.workspace.message(channel, given["ts"])
    if message.user != user and not sandbox.workspace.people[user].is_admin:
        raise Refusal("not_yours", "You can delete only what you wrote.")
    sandbox.workspace.delete(channel, message.ts, user)
    return {"ts": message.ts}


async def press(sandbox: Sandbox, given: Json) -> Json:
    """A button press, on a message, a private note or a form."""
    workspace, user = sandbox.workspace, given["as"]
    on: Any = given.get("view_id")
    if not on:
        ts = given["message_ts"]
        own = (
            note
            for note in workspace.ephemerals
            if note.ts == ts and note.user == user and note.until is None
        )
        on = next(own, None) or workspace.message(given["channel"], ts)
    value = str(given.get("value", ""))
    status = await sandbox.interactivity.press(user, given["block_id"], given["action_id"], value, on)
    if status != 200:
        raise Refusal("app_error", "The app did not answer. Try again.")
    return {}


async def submit(sandbox: Sandbox, given: Json) -> Json:
    errors = await sandbox.interactivity.submit(given["as"], given["view_id"], given.get("values", {}))
    return {"errors": errors} if errors else {}


async def close(sandbox: Sandbox, given: Json) -> Json:
    await sandbox.interactivity.close(given["as"], given["view_id"])
    return {}


async def command(sandbox: Sandbox, given: Json) -> Json:
    workspace = sandbox.workspace
    if workspace.people[given["as"]].is_external:
        raise Refusal("not_available", "Slash commands are not available to people from other organisations.")
    channel = workspace.channels[given["channel"]]
    status = await sandbox.interactivity.command(
        given["as"], channel, given["command"], given.get("text", "")
    )
    if status != 200:
        raise Refusal("app_error", f"{given['command']} failed: the app did not answer.")
    return {}


async def join(sandbox: Sandbox, given: Json) -> Json:
    sandbox.workspace.join(given["channel"], given["user"], given.get("inviter"))
    return {}


async def leave(sandbox: Sandbox, given: Json) -> Json:
    sandbox.workspace.leave(given["channel"], given["user"])
    return {}


async def invite(sandbox: Sandbox, given: Json) -> Json:
    """Make a new account and add it to a channel."""
    kind = given.get("kind", "member")
    if kind not in ("member", "guest", "external"):
        raise Refusal("bad_request", "A new account is a member, a guest or external.")
    channel = sandbox.workspace.channels[given["channel"]]
    person = sandbox.workspace.invite(
        given["name"], given["email"], guest=kind == "guest", external=kind == "external"
    )
    sandbox.workspace.join(channel.id, person.id, given.get("inviter"))
    return {"user": person.id}


async def new_channel(sandbox: Sandbox, given: Json) -> Json:
    workspace = sandbox.workspace
    name = given["name"].strip().lower().replace(" ", "-")
    if not name or any(channel.name == name for channel in workspace.channels.values()):
        raise Refusal("name_taken", "Choose another name.")
    channel = workspace.create_channel(name, private=bool(given.get("private")), creator=given["as"])
    for what in ("topic", "purpose"):
        if given.get(what):
            workspace.set_line(channel.id, what, escape(given[what]), given["as"])
    return {"channel": channel.id}


async def direct(sandbox: Sandbox, given: Json) -> Json:
    """Open the direct conversation with these people."""
    unknown = [user for user in given["users"] if user not in sandbox.workspace.people]
    if unknown or not given["users"]:
        raise Refusal("not_found", "There is no such person.")
    channel, _ = sandbox.workspace.open_direct([given["as"], *given["users"]])
    return {"channel": channel.id}


async def set_lines(sandbox: Sandbox, given: Json) -> Json:
    user, channel = _member(sandbox.workspace, given)
    for what in ("topic", "purpose"):
        if what in given:
            sandbox.workspace.set_line(channel, what, escape(given[what]), user)
    if "name" in given:
        sandbox.workspace.rename(channel, given["name"], user)
    return {}


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
    *(
        Route(f"/client/{name}", _post(act), methods=["POST"])
        for name, act in {
            "post": post, "edit": edit, "delete": delete, "press": press, "submit": submit, "close": close,
            "command": command, "join": join, "leave": leave, "invite": invite, "channel": new_channel,
            "set": set_lines, "direct": direct,
        }.items()
    ),
]  # fmt: skip
