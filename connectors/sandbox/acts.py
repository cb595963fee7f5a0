"""What a person does on the chat page; the page names the person (`as`), for this is a sandbox."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

from connectors.sandbox.api.call import Sandbox
from connectors.sandbox.channels import SLACK
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.rich_text import escape
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
Act = Callable[[Sandbox, Json], Awaitable[Json]]


class Refusal(Exception):
    """A person may not do this; the words are for the page."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


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
    if text.startswith("/me ") and workspace.channels[channel].home not in sandbox.teams:
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


async def forward(sandbox: Sandbox, given: Json) -> Json:
    """Share a message `to` another conversation, with words of one's own."""
    workspace = sandbox.workspace
    user, _ = _member(workspace, given | {"channel": given["to"]})
    _member(workspace, given)
    text = escape(given.get("text", ""))
    return {"ts": workspace.forward(given["channel"], given["ts"], given["to"], user, text).ts}


async def press(sandbox: Sandbox, given: Json) -> Json:
    """A button press, on a message, a private note or a form; on a card of Teams with what was entered there."""
    user = given["as"]
    on: Any = given.get("view_id") or _pressed(sandbox.workspace, given)
    if "verb" in given:
        return await _execute(sandbox, user, on, given)
    value = str(given.get("value", ""))
    status = await sandbox.interactivity.press(user, given["block_id"], given["action_id"], value, on)
    if status != 200:
        raise Refusal("app_error", "The app did not answer. Try again.")
    return {}


def _pressed(workspace: Workspace, given: Json) -> Message | Ephemeral:
    ts, user = given["message_ts"], given["as"]
    own = (n for n in workspace.ephemerals if n.ts == ts and n.user == user and n.until is None)
    return next(own, None) or workspace.message(given["channel"], ts)


async def _execute(sandbox: Sandbox, user: str, on: Message | Ephemeral, given: Json) -> Json:
    side = sandbox.teams[sandbox.workspace.channels[on.channel].home]
    status, answer = await side.press(user, on, given["verb"], given.get("inputs"))
    if status == 200 and answer.get("statusCode") == 403:
        raise Refusal("forbidden", str(answer["value"]["message"]))
    if status != 200 or answer.get("statusCode") != 200:
        raise Refusal("app_error", "The app did not answer. Try again.")
    return {}


async def report(sandbox: Sandbox, given: Json) -> Json:
    """Teams' own policy tip: the sender of a blocked message says that it should not have been blocked."""
    user, channel = _member(sandbox.workspace, given)
    if sandbox.workspace.message(channel, given["ts"]).user != user:
        raise Refusal("not_yours", "Only its sender can report it.")
    side = sandbox.teams[sandbox.workspace.channels[channel].home]
    side.override(channel, given["ts"], false_positive=True)
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
    if channel.home in sandbox.teams:
        raise Refusal("not_available", "Teams has no commands of apps: write to @Chaperone.")
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
    if not name or any(channel.name == name for channel in workspace.at(SLACK)):
        raise Refusal("name_taken", "Choose another name.")
    private, creator = bool(given.get("private")), given["as"]
    channel = workspace.create_channel(name, private=private, creator=creator, home=SLACK)
    for what in ("topic", "purpose"):
        if given.get(what):
            workspace.set_line(channel.id, what, escape(given[what]), given["as"])
    return {"channel": channel.id}


async def direct(sandbox: Sandbox, given: Json) -> Json:
    """Open the direct conversation with these people on Slack."""
    unknown = [user for user in given["users"] if user not in sandbox.workspace.people]
    if unknown or not given["users"]:
        raise Refusal("not_found", "There is no such person.")
    channel, _ = sandbox.workspace.open_direct([given["as"], *given["users"]], SLACK)
    return {"channel": channel.id}


async def set_lines(sandbox: Sandbox, given: Json) -> Json:
    user, channel = _member(sandbox.workspace, given)
    for what in ("topic", "purpose"):
        if what in given:
            sandbox.workspace.set_line(channel, what, escape(given[what]), user)
    if "name" in given:
        sandbox.workspace.rename(channel, given["name"], user)
    return {}


ACTS: dict[str, Act] = {
    "post": post, "edit": edit, "delete": delete, "forward": forward, "press": press, "submit": submit,
    "close": close, "command": command, "join": join, "leave": leave, "invite": invite, "channel": new_channel,
    "set": set_lines, "direct": direct, "report": report,
}  # fmt: skip
