"""Slack's deliveries as events. Pure: no network, no clock, no state.

Our own messages and edits give no events, in both shapes that Slack sends (a bot's id on the message,
or only inside `message_changed`). An unknown payload gives none either; a broken one raises ValueError.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.interface import (
    ConversationChanged,
    Delivery,
    DeliveryGap,
    Event,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
    TextPart,
    Uninstalled,
)
from connectors.slack import accounts, actions
from connectors.slack.envelope import Envelope
from connectors.slack.messages import at, message

Payload = Mapping[str, Any]
Events = tuple[Event, ...]

PLATFORM = "slack"


def translate(delivery: Delivery, own: frozenset[str] = frozenset()) -> Events:
    """`own` are the ids of this app in the workspace: its bot id and its bot user's id."""
    try:
        body = json.loads(delivery.body)
        if delivery.source == "slack.action":
            return actions.interaction(body)
        if delivery.source == "slack.command":
            return (actions.command(body),)
        return _event(Envelope.of(body, own)) if delivery.source == "slack.event" else ()
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as broken:
        # The payload itself stays out of the message: it may hold identifiers.
        raise ValueError(f"a Slack payload could not be read ({type(broken).__name__})") from None


def _event(envelope: Envelope) -> Events:
    if envelope.body.get("type") == "app_rate_limited":
        return (DeliveryGap(envelope.tenant, at(envelope.body["minute_rate_limited"])),)
    event = envelope.event
    if (kind := str(event.get("type", ""))).startswith("message"):
        return _MESSAGES.get(str(event.get("subtype") or ""), _posted)(event, envelope)
    return _EVENTS[kind](event, envelope) if kind in _EVENTS else ()


# --- messages --------------------------------------------------------------------------------------------


def _posted(event: Payload, envelope: Envelope) -> Events:
    if "ts" not in event or envelope.is_ours(event):
        return ()
    return (MessagePosted(message(event, envelope.channel(event["channel"]), envelope.home)),)


def _changed(event: Payload, envelope: Envelope) -> Events:
    now, before = event["message"], event.get("previous_message") or {}
    if envelope.is_ours(now):
        return ()
    now = {**now, "channel": event["channel"]}
    edited = message(now, envelope.channel(event["channel"]), envelope.home)
    real = _is_real_edit(now, before)
    if real and edited.edited_at and event.get("ts"):
        # `edited.ts` is in whole seconds; the event's own ts says to the microsecond since when it can be read.
        edited = replace(edited, edited_at=max(edited.edited_at, at(event["ts"])))
    return (MessageEdited(edited, real),)


def _is_real_edit(now: Payload, before: Payload) -> bool:
    """Somebody changed the words; an unfurl adds attachments and leaves `edited` as it was."""
    if (now.get("edited") or {}) != (before.get("edited") or {}):
        return True
    return any(now.get(key) != before.get(key) for key in ("text", "blocks", "files", "subtype"))


def _deleted(event: Payload, envelope: Envelope) -> Events:
    before = event.get("previous_message") or {}
    ref = MessageRef(envelope.channel(event["channel"]), str(event["deleted_ts"]), before.get("thread_ts"))
    return (
        () if envelope.is_ours(before) else (MessageDeleted(ref, at(event.get("event_ts") or event["ts"])),)
    )


def _topic(event: Payload, envelope: Envelope) -> Events:
    """A new topic stands in the channel's header and in a line of its history: two places to hide."""
    if envelope.is_ours(event):
        return ()
    what = "purpose" if "purpose" in str(event["subtype"]) else "topic"
    changed = ConversationChanged(
        envelope.channel(event["channel"]), "purpose" if what == "purpose" else "topic",
        by=str(event.get("user", "")), at=at(event["ts"]), parts=_named(what, event.get(what)),
    )  # fmt: skip
    return (*_posted(event, envelope), changed)


def _privacy(event: Payload, envelope: Envelope) -> Events:
    channel = envelope.channel(event["channel"])
    return (ConversationChanged(channel, "privacy", by=str(event.get("user", "")), at=at(event["ts"])),)


def _nothing(event: Payload, envelope: Envelope) -> Events:
    return ()


_MESSAGES: dict[str, Callable[[Payload, Envelope], Events]] = {
    "message_changed": _changed,
    "message_deleted": _deleted,
    "channel_topic": _topic,
    "channel_purpose": _topic,
    "group_topic": _topic,
    "group_purpose": _topic,
    "channel_convert_to_private": _privacy,
    "channel_convert_to_public": _privacy,
    # Said again by an event of its own, or a notice without anybody's words.
    "channel_join": _nothing,
    "channel_leave": _nothing,
    "group_join": _nothing,
    "group_leave": _nothing,
    "channel_archive": _nothing,
    "channel_unarchive": _nothing,
    "group_archive": _nothing,
    "group_unarchive": _nothing,
    "message_replied": _nothing,
    "ekm_access_denied": _nothing,
    "tombstone": _nothing,
    "dlp_tombstone": _nothing,
}


# --- who is here, and the conversations ------------------------------------------------------------------


def _joined(event: Payload, envelope: Envelope) -> Events:
    channel, user, when = envelope.channel(event["channel"]), str(event["user"]), at(event["event_ts"])
    if user in envelope.own:
        return (ConversationChanged(channel, "bot_added", by=str(event.get("inviter") or ""), at=when),)
    return (MemberJoined(channel, user, event.get("inviter"), when),)


def _left(event: Payload, envelope: Envelope) -> Events:
    channel, user, when = envelope.channel(event["channel"]), str(event["user"]), at(event["event_ts"])
    if user in envelope.own:
        return (ConversationChanged(channel, "bot_removed", at=when),)
    return (MemberLeft(channel, user, when),)


def _conversation(what: Any) -> Callable[[Payload, Envelope], Events]:
    def read(event: Payload, envelope: Envelope) -> Events:
        where = event["channel"]
        about: Payload = where if isinstance(where, Mapping) else {"id": where}
        return (
            ConversationChanged(
                envelope.channel(about["id"]), what,
                by=str(event.get("user") or event.get("actor_id") or about.get("creator") or ""),
                at=at(event["event_ts"]) if event.get("event_ts") else None,
                parts=_named("name", about.get("name")),
            ),
        )  # fmt: skip

    return read


def _named(what: str, text: object) -> tuple[TextPart, ...]:
    return (TextPart(what, text, "slack", "topic"),) if isinstance(text, str) and text.strip() else ()


def _moved(event: Payload, envelope: Envelope) -> Events:
    old, new = envelope.channel(event["old_channel_id"]), envelope.channel(event["new_channel_id"])
    return (ConversationChanged(old, "moved", new_channel=new),)


# --- the app itself --------------------------------------------------------------------------------------


def _uninstalled(event: Payload, envelope: Envelope) -> Events:
    return (Uninstalled(envelope.tenant),)


def _revoked(event: Payload, envelope: Envelope) -> Events:
    tokens = event.get("tokens") or {}
    users = tuple(tokens.get("oauth") or ())
    return (Uninstalled(envelope.tenant, users, everything=bool(tokens.get("bot"))),)


def _access_revoked(event: Payload, envelope: Envelope) -> Events:
    return tuple(Uninstalled(team) for team in event["team_ids"])


def _account(event: Payload, envelope: Envelope) -> Events:
    return (accounts.changed(event["user"], envelope.tenant, envelope.home),)


def _file(what: Any) -> Callable[[Payload, Envelope], Events]:
    return lambda event, envelope: (envelope.file_changed(event, what),)


_EVENTS: dict[str, Callable[[Payload, Envelope], Events]] = {
    "app_mention": _nothing,  # the same message comes as `message`
    "app_uninstalled": _uninstalled,
    "tokens_revoked": _revoked,
    "team_access_revoked": _access_revoked,
    "team_join": _account,
    "user_change": _account,
    "member_joined_channel": _joined,
    "member_left_channel": _left,
    "channel_left": lambda e, v: (ConversationChanged(v.channel(e["channel"]), "bot_removed"),),
    "group_left": lambda e, v: (ConversationChanged(v.channel(e["channel"]), "bot_removed"),),
    "channel_id_changed": _moved,
    **{
        f"{room}_{word}": _conversation(what)
        for room in ("channel", "group")
        for word, what in (
            ("created", "created"), ("rename", "renamed"), ("archive", "archived"),
            ("unarchive", "unarchived"), ("deleted", "deleted"), ("shared", "shared"), ("unshared", "unshared"),
        )
    },
    "shared_channel_invite_accepted": _conversation("shared"),
    "shared_channel_invite_approved": _conversation("shared"),
    "file_shared": _file("shared"),
    "file_change": _file("changed"),
    "file_public": _file("public"),
    "file_unshared": _file("unshared"),
    "file_deleted": _file("deleted"),
}  # fmt: skip
