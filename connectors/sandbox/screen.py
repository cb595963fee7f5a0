"""What one person sees on the chat page."""

from typing import Any

from connectors.sandbox.api.call import Sandbox
from connectors.sandbox.channels import SLACK, Channel
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.people import Person
from connectors.sandbox.teams import seen as teams
from connectors.sandbox.teams.people_side import PeopleSide
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
KEPT = (
    "ts",
    "thread_ts",
    "user",
    "username",
    "bot_id",
    "text",
    "blocks",
    "attachments",
    "files",
    "edited",
    "subtype",
)


def person_shown(workspace: Workspace, person: Person) -> Json:
    return {
        "id": person.id, "name": person.name, "known_as": person.known_as, "role": person.role,
        "email": person.email, "is_guest": person.is_guest, "is_external": person.is_external,
        "is_admin": person.is_admin, "is_bot": person.is_bot, "deleted": person.deleted,
        "in_directory": person.email.lower() in workspace.directory_emails, "avatar_hue": person.hue,
    }  # fmt: skip


def state_for(sandbox: Sandbox, user: str) -> Json:
    """Everything around the messages: people, conversations with unread counts, open forms."""
    workspace, forms = sandbox.workspace, sandbox.interactivity.forms
    seen = [
        c for c in workspace.channels.values() if user in c.members or not (c.is_private or c.is_archived)
    ]
    channels = [_channel_shown(sandbox, channel, user) for channel in seen if not channel.is_direct]
    views = [forms.views[view] for view in forms.stack(user)]
    return {
        "me": person_shown(workspace, workspace.people[user]),
        "team": {"id": workspace.team, "name": workspace.name},
        "homes": [{"id": SLACK, "platform": "slack"}, *(teams.home(side) for side in sandbox.teams.values())],
        "people": [person_shown(workspace, person) for person in workspace.people.values()],
        "channels": channels,
        "dms": [_channel_shown(sandbox, channel, user) for channel in seen if channel.is_direct],
        "views": views,
    }


def _channel_shown(sandbox: Sandbox, channel: Channel, user: str) -> Json:
    side = sandbox.teams.get(channel.home)
    return {
        "home": channel.home or SLACK, "platform": "teams" if side else "slack",
        "team": teams.team(side, channel.id) if side else "",
        "id": channel.id, "name": channel.name, "kind": channel.kind, "topic": channel.topic.value,
        "purpose": channel.purpose.value, "members": list(channel.members), "is_shared": channel.is_shared,
        "is_archived": channel.is_archived, "unread": _unread(channel, user),
    }  # fmt: skip


def _unread(channel: Channel, user: str) -> int:
    read, count = channel.last_read.get(user, ""), 0
    for message in reversed(channel.messages.values()):
        if message.ts <= read:
            break
        count += message.body is not None and message.user != user and message.thread_ts is None
    return count


def messages_for(sandbox: Sandbox, channel: Channel, user: str, thread: str | None) -> list[Json]:
    """The conversation (or one thread) in order of time, with the notes addressed to this person. On Teams the
    replies of every thread are among them."""
    workspace, side = sandbox.workspace, sandbox.teams.get(channel.home)
    if thread:
        found = [channel.messages[thread]] if thread in channel.messages else []
        standing = [*found, *channel.replies.get(thread, ())]
    else:
        standing = list(channel.messages.values())
        if standing:
            channel.last_read[user] = standing[-1].ts
    wanted = [m for m in standing if m.body and (thread or side or _in_channel(m))]
    shown = [_as_seen(side, m, user, _message_shown(workspace, channel, m)) for m in wanted]
    addressed = [n for n in workspace.ephemerals if _addressed(n, channel.id, user)]
    notes = [_note_shown(workspace, n) for n in addressed if n.thread_ts == thread or (side and not thread)]
    return sorted([*shown, *notes], key=lambda entry: str(entry["ts"]))


def _in_channel(message: Message) -> bool:
    return message.thread_ts is None or message.said.get("subtype") == "thread_broadcast"


def _addressed(note: Ephemeral, channel: str, user: str) -> bool:
    here = note.channel == channel and note.user == user
    return here and note.until is None and not note.lost


def _as_seen(side: PeopleSide | None, message: Message, user: str, shown: Json) -> Json:
    return teams.own_blocked(side, message, shown) if side and message.user == user else shown


def _message_shown(workspace: Workspace, channel: Channel, message: Message) -> Json:
    body = message.said
    shown = teams.with_cards({key: body[key] for key in KEPT if key in body}, body)
    if "bot_id" in body:
        shown["app_name"] = workspace.app.name
    return shown | {
        "reply_count": sum(reply.body is not None for reply in channel.replies.get(message.ts, ())),
        "reactions": [{"name": name, "users": who} for name, who in message.reactions.items()],
        "ephemeral": False,
        "versions": len(message.versions),
    }


def _note_shown(workspace: Workspace, note: Ephemeral) -> Json:
    shown = teams.with_cards({key: note.body[key] for key in KEPT if key in note.body}, note.body)
    if note.thread_ts:
        shown["thread_ts"] = note.thread_ts
    shown |= {"app_name": workspace.app.name, "ephemeral": True, "versions": len(note.versions)}
    return shown | {"reply_count": 0, "reactions": []}
