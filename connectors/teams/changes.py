"""Graph's change notifications as events. Pure: no network, no clock, no state.

What we said ourselves gives no event, nor does the echo of our own hiding. An unknown payload gives none
either; a broken one raises ValueError.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal

from connectors.interface import (
    Channel,
    ConversationChanged,
    Delivery,
    DeliveryGap,
    Event,
    HidingContested,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
    TextPart,
)
from connectors.teams import places, told
from connectors.teams.members import account
from connectors.teams.messages import at, is_blocked, is_by, is_said, message, user_action

Payload = Mapping[str, Any]
Events = tuple[Event, ...]

_MEMBER_KINDS: Final = ("members", "allmembers")


def translate(delivery: Delivery, app_id: str) -> Events:
    """`app_id` is our own application, which is also the bot's id."""
    try:
        body = json.loads(delivery.body)
        if delivery.source == told.GAP:
            return (DeliveryGap(delivery.tenant, datetime.fromisoformat(body["since"])),)
        return _change(body, delivery.tenant, app_id) if delivery.source == told.NOTIFICATION else ()
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as broken:
        # The payload itself stays out of the message: it may hold identifiers.
        raise ValueError(f"a notification of Graph could not be read ({type(broken).__name__})") from None


def _change(body: Payload, tenant: str, app_id: str) -> Events:
    resource, data = str(body["resource"]), body.get("data")
    ids = places.steps(resource)
    if "messages" in ids:
        return _message(body["changeType"], places.ref_of(tenant, resource), data, app_id)
    if any(kind in ids for kind in _MEMBER_KINDS):
        return _member(body["changeType"], places.of_resource(tenant, resource), data or {}, body)
    return ()


# --- messages --------------------------------------------------------------------------------------------


def _message(what: str, ref: MessageRef, data: Payload | None, app_id: str) -> Events:
    if data is None or what == "deleted" or data.get("deletedDateTime"):
        return _deleted(ref, data or {}, app_id)
    if detail := data.get("eventDetail"):
        return _happened(ref.channel, detail, data)
    if is_by(data, app_id) or not is_said(data):
        return ()
    return (MessagePosted(message(data, ref.channel)),) if what == "created" else _updated(ref, data)


def _updated(ref: MessageRef, data: Payload) -> Events:
    """A reaction changes a message as an edit does; only `lastEditedDateTime` tells that words were changed."""
    if contested := user_action(data):
        violation = data["policyViolation"]
        return (
            HidingContested(
                ref, _author(data), "shown" if "override" in contested else "reported",
                at(data["lastModifiedDateTime"]), str(violation.get("justificationText") or ""),
            ),
        )  # fmt: skip
    if is_blocked(data):
        return ()
    return (MessageEdited(message(data, ref.channel), real=bool(data.get("lastEditedDateTime"))),)


def _deleted(ref: MessageRef, data: Payload, app_id: str) -> Events:
    if is_by(data, app_id):
        return ()
    when = data.get("deletedDateTime") or data.get("lastModifiedDateTime")
    return (MessageDeleted(ref, at(when) if when else at_id(ref.ts)),)


def at_id(id: str) -> datetime:
    """The moment in a message's id, for what says no other. Raises ValueError when it holds none."""
    return at(datetime.fromtimestamp(int(id) / 1000).astimezone().isoformat())


def _author(data: Payload) -> str:
    return str(((data.get("from") or {}).get("user") or {}).get("id") or "")


# --- what a conversation's own messages tell: within seconds, where members' notifications take up to an hour ----


def _happened(where: Channel, detail: Payload, data: Payload) -> Events:
    kind = str(detail.get("@odata.type", "")).rpartition(".")[2].removesuffix("EventMessageDetail")
    read = _HAPPENED.get(kind)
    by = str(((detail.get("initiator") or {}).get("user") or {}).get("id") or "")
    return read(where, detail, by, at(data["createdDateTime"])) if read else ()


def _joined(where: Channel, detail: Payload, by: str, when: datetime) -> Events:
    return tuple(MemberJoined(where, user, by or None, when) for user in _users(detail))


def _left(where: Channel, detail: Payload, by: str, when: datetime) -> Events:
    return tuple(MemberLeft(where, user, when) for user in _users(detail))


def _users(detail: Payload) -> list[str]:
    return [str(m["id"]) for m in detail.get("members") or () if m.get("id")]


About = Literal["renamed", "purpose", "topic", "archived", "unarchived", "shared"]


def _about(what: About, key: str = "") -> Callable[[Channel, Payload, str, datetime], Events]:
    def read(where: Channel, detail: Payload, by: str, when: datetime) -> Events:
        text = str(detail.get(key) or "")
        parts = (TextPart(key, text, "plain", "topic"),) if text.strip() else ()
        return (ConversationChanged(where, what, by=by, at=when, parts=parts),)

    return read


_HAPPENED: Final[Mapping[str, Callable[[Channel, Payload, str, datetime], Events]]] = {
    "membersAdded": _joined,
    "membersJoined": _joined,
    "membersDeleted": _left,
    "membersLeft": _left,
    "channelRenamed": _about("renamed", "channelDisplayName"),
    "chatRenamed": _about("renamed", "chatDisplayName"),
    "teamRenamed": _about("renamed", "teamDisplayName"),
    "channelDescriptionUpdated": _about("purpose", "channelDescription"),
    "teamDescriptionUpdated": _about("purpose", "teamDescription"),
    "teamArchived": _about("archived"),
    "teamUnarchived": _about("unarchived"),
}


# --- members ---------------------------------------------------------------------------------------------


def _member(what: str, where: Channel, data: Payload, body: Payload) -> Events:
    """Of a team (its standard channels have its members), a channel with members of its own, or a chat.

    Whoever was taken out of a channel may still come in through a team that it is shared with: a sweep tells.
    """
    user, when = account(data), at(body["at"])
    if not user:
        return ()
    if what == "created":
        return (MemberJoined(where, user, None, when),)
    own = places.team_of(where) and places.thread_of(where)
    return (MemberLeft(where, user, when),) if what == "deleted" and not own else ()
