"""discovery.*, as far as a connector needs it. Enterprise only: no scope is ever given without the grant.

Argument names follow the public description of Slack's Discovery API; `team` names the workspace.
"""

from typing import Any

from connectors.sandbox.api.call import Call, SlackError, method
from connectors.sandbox.api.chat import LONGEST
from connectors.sandbox.channels import SLACK, Channel, channel_object
from connectors.sandbox.files import StoredFile
from connectors.sandbox.messages import Message
from connectors.sandbox.people import user_object

Json = dict[str, Any]
READ, WRITE = "discovery:read", "discovery:write"


def _place(call: Call) -> tuple[Channel, Message]:
    """Discovery sees every conversation, direct ones included."""
    if call.text("team", call.workspace.team) != call.workspace.team:
        raise SlackError("team_not_found")
    channel = call.channel(visible=False)
    return channel, call.message(channel)


def _answer(channel: Channel, message: Message) -> Json:
    return {"channel": channel.id, "ts": message.ts, "message": message.said}


@method("discovery.enterprise.info", 4, READ)
def enterprise_info(call: Call) -> Json:
    workspace = call.workspace
    team = {"id": workspace.team, "name": workspace.name, "domain": workspace.domain}
    return {"enterprise": {"id": "E0CHAPER1", "name": workspace.name, "teams": [team]}}


@method("discovery.users.list", 4, READ)
def users_list(call: Call) -> Json:
    home = call.workspace.team
    people = call.workspace.people.values()
    return {"users": [user_object(person, with_email=True, home=home) for person in people], "offset": ""}


@method("discovery.conversations.list", 4, READ)
def conversations_list(call: Call) -> Json:
    channels = call.workspace.at(SLACK)
    return {"channels": [channel_object(channel, "") for channel in channels], "offset": ""}


@method("discovery.conversations.info", 4, READ)
def conversations_info(call: Call) -> Json:
    return {"info": [channel_object(call.channel(visible=False), "")]}


@method("discovery.conversations.members", 4, READ)
def conversations_members(call: Call) -> Json:
    return {"members": [{"id": user} for user in call.channel(visible=False).members], "offset": ""}


@method("discovery.conversations.history", 4, READ)
def conversations_history(call: Call) -> Json:
    channel = call.channel(visible=False)
    oldest, latest = float(call.text("oldest") or 0), float(call.text("latest") or "inf")
    standing = [
        m.said for m in reversed(channel.messages.values()) if m.body and oldest < float(m.ts) < latest
    ]
    page, metadata = call.page(standing)
    return {"messages": page, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


@method("discovery.chat.info", 4, READ)
def chat_info(call: Call) -> Json:
    return _answer(*_place(call))


@method("discovery.chat.tombstone", 4, WRITE)
def chat_tombstone(call: Call) -> Json:
    channel, message = _place(call)
    if message.before_tombstone is not None:
        raise SlackError("already_tombstoned")
    return _answer(channel, call.workspace.tombstone(channel.id, message.ts, call.text("content")))


@method("discovery.chat.restore", 4, WRITE)
def chat_restore(call: Call) -> Json:
    channel, message = _place(call)
    if message.before_tombstone is None:
        raise SlackError("message_not_tombstoned")
    return _answer(channel, call.workspace.restore(channel.id, message.ts))


@method("discovery.chat.update", 4, WRITE)
def chat_update(call: Call) -> Json:
    channel, message = _place(call)
    text = call.needed("text")
    if len(text) > LONGEST:
        raise SlackError("msg_too_long")
    attachments = call.structure("attachments")
    changed = call.workspace.edit(
        channel.id, message.ts, message.user or message.bot_id, text, attachments=attachments
    )
    return _answer(channel, changed)


@method("discovery.chat.delete", 4, WRITE)
def chat_delete(call: Call) -> Json:
    channel, message = _place(call)
    call.workspace.delete(channel.id, message.ts, "")
    return {"channel": channel.id, "ts": message.ts}


def _file(call: Call) -> StoredFile:
    file = call.workspace.files.get(call.needed("file"))
    if file is None or file.deleted_at is not None:
        raise SlackError("file_not_found")
    return file


@method("discovery.file.info", 4, READ)
def file_info(call: Call) -> Json:
    return {"file": call.workspace.file_json(_file(call))}


@method("discovery.file.tombstone", 4, WRITE)
def file_tombstone(call: Call) -> Json:
    file = call.workspace.tombstone_file(_file(call).id, hidden=True)
    return {"file": {"id": file.id, "is_tombstoned": True}}


@method("discovery.file.restore", 4, WRITE)
def file_restore(call: Call) -> Json:
    file = _file(call)
    if not file.is_tombstoned:
        raise SlackError("file_not_tombstoned")
    call.workspace.tombstone_file(file.id, hidden=False)
    return {"file": call.workspace.file_json(file) | {"is_tombstoned": False}}


@method("discovery.file.delete", 4, WRITE)
def file_delete(call: Call) -> Json:
    call.workspace.delete_file(_file(call).id, "")
    return {}


METHODS = (
    enterprise_info, users_list, conversations_list, conversations_info, conversations_members,
    conversations_history, chat_info, chat_tombstone, chat_restore, chat_update, chat_delete, file_info,
    file_tombstone, file_restore, file_delete,
)  # fmt: skip
