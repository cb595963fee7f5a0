"""chat.*: who may post, change and delete what."""

from typing import Any

from connectors.sandbox.api.call import Call, SlackError, method
from connectors.sandbox.channels import SLACK, Channel
from connectors.sandbox.composed import app_body, with_attachment_ids, with_block_ids
from connectors.sandbox.messages import Message
from connectors.sandbox.quoting import permalink

Json = dict[str, Any]
LONGEST = 40_000
MOST_BLOCKS = 50


def _content(call: Call) -> Json:
    """Text, blocks and attachments as given; at least one of them must say something."""
    text = call.text("text")
    blocks, attachments = call.structure("blocks", "invalid_blocks"), call.structure("attachments")
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > LONGEST:
        raise SlackError("msg_too_long")
    _check_blocks(blocks)
    return {
        "text": text,
        "blocks": blocks,
        "attachments": attachments,
        "metadata": call.structure("metadata"),
    }


def _check_blocks(blocks: Any) -> None:
    if blocks is None:
        return
    if not isinstance(blocks, list) or len(blocks) > MOST_BLOCKS:
        raise SlackError("invalid_blocks")
    if any(not isinstance(block, dict) or "type" not in block for block in blocks):
        raise SlackError("invalid_blocks")


def _writable(call: Call) -> Channel:
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    open_to_app = call.is_bot and not channel.is_private and "chat:write.public" in call.token.scopes
    if call.token.user not in channel.members and not open_to_app:
        raise SlackError("not_in_channel")
    return channel


def _thread(call: Call, channel: Channel) -> str | None:
    thread_ts = call.text("thread_ts") or None
    if thread_ts and thread_ts not in channel.messages:
        raise SlackError("cannot_reply_to_message")
    return thread_ts


@method("chat.postMessage", 5, "chat:write")
def post_message(call: Call) -> Json:
    workspace = call.workspace
    if call.text("channel") in workspace.people:
        direct, _ = workspace.open_direct([call.token.user, call.text("channel")], SLACK)
        call.args["channel"] = direct.id
    channel, content = _writable(call), _content(call)
    thread_ts, broadcast = _thread(call, channel), call.flag("reply_broadcast")
    if call.is_bot:
        body = _bot_body(call, content)
        message = workspace.post_as_app(channel.id, body, thread_ts=thread_ts, broadcast=broadcast)
    else:
        extra = {"metadata": content["metadata"]} if content["metadata"] else {}
        if content["attachments"]:
            extra["attachments"] = with_attachment_ids(content["attachments"])
        if content["blocks"]:
            extra["blocks"] = with_block_ids(workspace, content["blocks"])
        message = workspace.post(
            channel.id,
            call.token.user,
            content["text"],
            thread_ts=thread_ts,
            broadcast=broadcast,
            typed=False,
            extra=extra,
        )
    return {"channel": channel.id, "ts": message.ts, "message": message.said}


def _bot_body(call: Call, content: Json) -> Json:
    """The app's message; under another name (chat:write.customize) it becomes a `bot_message` without user."""
    body = app_body(call.workspace, content)
    custom = {key: call.text(key) for key in ("username", "icon_url", "icon_emoji") if call.text(key)}
    if not custom:
        return body
    call.allow("chat:write.customize")
    for key in ("user", "team", "bot_profile"):
        body.pop(key)
    body |= {"subtype": "bot_message", "username": custom.get("username", call.workspace.app.name)}
    if emoji := custom.get("icon_emoji"):
        body["icons"] = {"emoji": emoji}
    elif url := custom.get("icon_url"):
        body["icons"] = {"image_64": url}
    return body


@method("chat.update", 3, "chat:write")
def update(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    if channel.is_archived:
        raise SlackError("is_inactive")
    if not _own(call, message) or message.said.get("subtype") == "dlp_tombstone":
        raise SlackError("cant_update_message")
    if call.sandbox.faults.edit_window_closed and not call.is_bot:
        raise SlackError("edit_window_closed")
    parts = _new_parts(call, message)
    by = call.workspace.app.bot if call.is_bot else call.token.user
    changed = call.workspace.edit(channel.id, message.ts, by, parts.pop("text"), **parts)
    shown = {key: value for key, value in changed.said.items() if key not in ("ts", "client_msg_id")}
    return {"channel": channel.id, "ts": message.ts, "text": changed.said["text"], "message": shown}


def _own(call: Call, message: Message) -> bool:
    if call.is_bot:
        return message.bot_id == call.workspace.app.bot
    return message.user == call.token.user and not message.bot_id


def _new_parts(call: Call, message: Message) -> Json:
    """The parts to lay over the message: blocks go when text comes without them, attachments stay unless `[]`."""
    content = _changed_content(call)
    blocks, present = content["blocks"], message.said.get("blocks", [])
    if call.flag("reply_broadcast"):
        raise SlackError(
            "no_dual_broadcast_content_update" if message.thread_ts else "cant_broadcast_message"
        )
    was_rich = any(block["type"] == "rich_text" for block in present)
    if blocks and was_rich and not call.is_bot and all(block["type"] != "rich_text" for block in blocks):
        raise SlackError("block_mismatch")
    attachments = content["attachments"] and with_attachment_ids(content["attachments"])
    parts: Json = {"text": content["text"], "attachments": attachments}
    return parts | ({"blocks": with_block_ids(call.workspace, blocks)} if blocks else {})


def _changed_content(call: Call) -> Json:
    content = {
        "text": call.text("text"),
        "blocks": call.structure("blocks", "invalid_blocks"),
        "attachments": call.structure("attachments", "invalid_attachments"),
    }
    _check_blocks(content["blocks"])
    if not content["text"] and content["blocks"] is None and content["attachments"] is None:
        raise SlackError("no_text")
    if len(content["text"]) > LONGEST:
        raise SlackError("msg_too_long")
    return content


@method("chat.delete", 3, "chat:write")
def delete(call: Call) -> Json:
    channel = call.channel(visible=False)
    if channel.is_private and call.token.user not in channel.members and not _admin_here(call, channel):
        raise SlackError("channel_not_found")
    message = call.message(channel)
    if not (_own(call, message) or _admin_here(call, channel)) or _from_elsewhere(call, message):
        raise SlackError("cant_delete_message")
    if call.sandbox.faults.deletion_barred and not call.is_bot and not call.person.is_admin:
        raise SlackError("cant_delete_message")
    call.workspace.delete(channel.id, message.ts, call.token.user)
    return {"channel": channel.id, "ts": message.ts}


def _admin_here(call: Call, channel: Channel) -> bool:
    """An admin's own token reaches most messages, but nothing in other people's direct conversations."""
    admin = not call.is_bot and (call.person.is_admin or call.person.is_owner)
    return admin and (not channel.is_private or call.token.user in channel.members)


def _from_elsewhere(call: Call, message: Message) -> bool:
    """Nobody here can delete what someone of another organisation wrote."""
    author = call.workspace.people.get(message.user)
    return author is not None and author.team != call.workspace.team and author.id != call.token.user


@method("chat.postEphemeral", 4, "chat:write")
def post_ephemeral(call: Call) -> Json:
    channel, user = call.channel(), call.needed("user")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.token.user not in channel.members:
        raise SlackError("not_in_channel")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content, thread_ts = _content(call), _thread(call, channel)
    body = app_body(call.workspace, content)
    lost = call.sandbox.faults.ephemeral_lost
    note = call.workspace.whisper(channel.id, user, body, thread_ts=thread_ts, lost=lost)
    return {"message_ts": note.ts}


@method("chat.getPermalink", 5)
def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = permalink(call.workspace.base_url, channel.id, message)
    return {"channel": channel.id, "permalink": link}


@method("reactions.add", 3, "reactions:write")
def reactions_add(call: Call) -> Json:
    channel = call.channel()
    message, name = call.message(channel, "timestamp"), call.needed("name")
    if call.token.user in message.reactions.get(name, ()):
        raise SlackError("already_reacted")
    call.workspace.react(channel.id, message.ts, call.token.user, name)
    return {}


METHODS = (post_message, update, delete, post_ephemeral, get_permalink, reactions_add)
