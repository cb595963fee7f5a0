"""Slack's own event objects for what happened in the workspace (pure builders)."""

from typing import Any

from connectors.sandbox.channels import Channel, Line, channel_object
from connectors.sandbox.messages import Message
from connectors.sandbox.people import Person, user_object

Json = dict[str, Any]
ROOT_KEYS = frozenset(
    "type user text ts team subtype thread_ts bot_id bot_profile blocks attachments files edited reply_count "
    "reply_users_count latest_reply subscribed username icons".split()
)
"""What a broadcast tells of its thread's first message."""


def posted(channel: Channel, message: Message, root: Json | None = None) -> Json:
    """A new message; a file share and a thread broadcast carry their subtype only in the event."""
    event = message.said | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": channel.channel_type,
    }
    if "files" in event and "subtype" not in event:
        event["subtype"] = "file_share"
    if event.get("subtype") == "thread_broadcast":
        event.pop("team", None)
        event.pop("parent_user_id", None)
        event["root"] = {key: value for key, value in (root or {}).items() if key in ROOT_KEYS}
    return event


def changed(channel: Channel, now: Json, before: Json, ts: str) -> Json:
    """An edit or an unfurl; only an edit's message carries `edited` anew and the teams."""
    if now.get("edited") != before.get("edited") and now.get("user"):
        now = now | {"source_team": now.get("team", channel.team), "user_team": now.get("team", channel.team)}
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": now,
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.channel_type,
    }


def deleted(channel: Channel, before: Json, ts: str) -> Json:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": channel.id,
        "previous_message": before,
        "deleted_ts": before["ts"],
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.channel_type,
    }


def replied(channel: Channel, parent: Json, ts: str) -> Json:
    shown = {key: parent[key] for key in ("type", "user", "text", "ts") if key in parent}
    return {
        "type": "message",
        "subtype": "message_replied",
        "message": shown,
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }


def member_joined(channel: Channel, person: Person, inviter: str | None, ts: str) -> Json:
    event: Json = {
        "type": "member_joined_channel",
        "user": person.id,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": person.team,
        "event_ts": ts,
    }
    return event | ({"inviter": inviter} if inviter else {})


def member_left(channel: Channel, person: Person, ts: str) -> Json:
    return {
        "type": "member_left_channel",
        "user": person.id,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": person.team,
        "event_ts": ts,
    }


def app_left(channel: Channel, by: str, ts: str) -> Json:
    """What the app itself is told when it is taken out of a conversation."""
    kind = "channel_left" if channel.kind == "public" else "group_left"
    return {"type": kind, "channel": channel.id, "actor_id": by, "event_ts": ts}


def account(kind: str, person: Person, ts: str, home: str) -> Json:
    """`team_join` or `user_change`."""
    event: Json = {"type": kind, "user": user_object(person, with_email=True, home=home), "event_ts": ts}
    return event | ({"cache_ts": int(float(ts))} if kind == "user_change" else {})


def channel_created(channel: Channel, ts: str) -> Json:
    shown = channel_object(channel, "")
    keys = (
        "id", "is_channel", "name", "name_normalized", "created", "creator", "is_shared", "is_org_shared",
        "context_team_id", "is_private", "is_archived", "is_general",
    )  # fmt: skip
    return {"type": "channel_created", "channel": {key: shown[key] for key in keys}, "event_ts": ts}


def renamed(channel: Channel, ts: str) -> Json:
    public = channel.kind == "public"
    return {
        "type": "channel_rename" if public else "group_rename",
        "channel": {
            "id": channel.id,
            "is_channel": public,
            "is_mpim": False,
            "name": channel.name,
            "name_normalized": channel.name,
            "created": channel.created,
        },
        "event_ts": ts,
    }


def archived(channel: Channel, user: str, ts: str, *, undone: bool = False) -> Json:
    side = "channel" if channel.kind == "public" else "group"
    event: Json = {
        "type": f"{side}_{'unarchive' if undone else 'archive'}",
        "channel": channel.id,
        "event_ts": ts,
    }
    return event | ({} if event["type"] == "group_unarchive" else {"user": user})


def removed(channel: Channel, actor: str, ts: str) -> Json:
    if channel.kind == "public":
        return {"type": "channel_deleted", "channel": channel.id, "actor_id": actor, "event_ts": ts}
    return {"type": "group_deleted", "channel": channel.id, "actor_id": actor, "event_ts": ts}


def shared(channel: Channel, team: str, ts: str) -> Json:
    return {"type": "channel_shared", "connected_team_id": team, "channel": channel.id, "event_ts": ts}


def unshared(channel: Channel, team: str, ts: str) -> Json:
    return {
        "type": "channel_unshared",
        "previously_connected_team_id": team,
        "channel": channel.id,
        "is_ext_shared": channel.is_shared,
        "event_ts": ts,
    }


def moved(old: str, new: str, ts: str) -> Json:
    return {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new, "event_ts": ts}


def file_event(
    kind: str, file: str, user: str, ts: str, channel: str = "", channels: tuple[str, ...] = ()
) -> Json:
    """`file_created/shared/change/public/unshared/deleted`: they carry an id only."""
    if kind == "file_deleted":
        return {"type": kind, "file_id": file, "channel_ids": list(channels), "event_ts": ts}
    event: Json = {"type": kind, "file_id": file, "file": {"id": file}, "event_ts": ts}
    if kind != "file_change":
        event["user_id"] = user
    return event | ({"channel_id": channel} if channel else {})


def line_body(channel: Channel, what: str, line: Line, user: str, ts: str) -> Json:
    """The service message for a new topic or purpose. A private channel's topic is a `group_topic`."""
    subtype = "group_topic" if what == "topic" and channel.kind == "private" else f"channel_{what}"
    verb = f"set the channel {what}: {line.value}" if line.value else f"cleared channel {what}"
    text = f"<@{user}> {verb}"
    return {"type": "message", "subtype": subtype, "ts": ts, "user": user, "text": text, what: line.value}


def name_body(channel: Channel, old: str, user: str, ts: str) -> Json:
    text = f'<@{user}> has renamed the channel from "{old}" to "{channel.name}"'
    return {
        "type": "message", "subtype": "channel_name", "ts": ts, "user": user, "text": text,
        "old_name": old, "name": channel.name,
    }  # fmt: skip


def join_body(user: str, inviter: str | None, ts: str) -> Json:
    text = f"<@{user}> has joined the channel"
    body: Json = {"type": "message", "subtype": "channel_join", "ts": ts, "user": user, "text": text}
    return body | ({"inviter": inviter} if inviter else {})


def leave_body(user: str, ts: str) -> Json:
    text = f"<@{user}> has left the channel"
    return {"type": "message", "subtype": "channel_leave", "ts": ts, "user": user, "text": text}
