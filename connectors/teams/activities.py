"""A bot's activities as events. Pure: no network, no clock, no state.

Where a thing happened stands in its delivery's lane, which was found out when it arrived. What we said ourselves
gives no events; an unknown payload gives none either, and a broken one raises ValueError.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from connectors.interface import (
    Attachment,
    Channel,
    Commanded,
    ConversationChanged,
    Delivery,
    Event,
    MemberJoined,
    MemberLeft,
    Message,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
    TextPart,
    Uninstalled,
)
from connectors.teams import actions, deliveries, markup, places, texts
from connectors.teams.attachments import BOT_FILE, named, pasted, untold

Payload = Mapping[str, Any]
Events = tuple[Event, ...]

_FILE: Final = "application/vnd.microsoft.teams.file.download.info"
_ID: Final = re.compile(r"\d{10,16}")


def translate(delivery: Delivery) -> Events:
    """The events of a "teams.activity". A message with files or pictures, which a bot is not given, is left to
    Graph's copy of it where there is one: else it would be hidden and told of twice."""
    try:
        body = json.loads(delivery.body)
        read = _KINDS.get(str(body["type"]))
        if read is None or _is_ours(body):
            return ()
        events = read(body, deliveries.lane_channel(delivery), delivery.tenant)
        if deliveries.is_left_to_graph(delivery):
            events = (e for e in events if not isinstance(e, MessagePosted | MessageEdited))
        return tuple(events)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, RecursionError) as broken:
        # The payload itself stays out of the message: it may hold identifiers.
        raise ValueError(f"a Teams activity could not be read ({type(broken).__name__})") from None


def message(body: Payload, where: Channel) -> Message:
    """An activity's message. Raises KeyError or ValueError when it is none."""
    id = str(body["id"])
    edited = body.get("type") == "messageUpdate"
    ref = _ref(body, where)
    return Message(
        ref=ref,
        sender=_user(body),
        posted_at=_posted(id, body),
        parts=texts.parts(body),
        attachments=tuple(_attachments(body, ref)),
        mentions=tuple(dict.fromkeys(texts.mentions(body).values())),
        sender_is_external=_is_external(body, where.tenant),
        is_bot=str((body.get("from") or {}).get("id", "")).startswith("28:"),
        edited_at=deliveries.moment(body) if edited else None,
        partial=not deliveries.is_whole(body),
        raw=body,
    )


# --- messages --------------------------------------------------------------------------------------------


def _said(body: Payload, where: Channel | None, tenant: str) -> Iterator[Event]:
    if where is None:
        raise ValueError("a message without a conversation")
    if deliveries.kind(body) == "personal":
        yield _command(body, where, tenant)
        return
    if body.get("text") or body.get("attachments"):
        yield MessagePosted(message(body, where))
    if _is_to_us(body):
        yield _command(body, where, tenant)


def _edited(body: Payload, where: Channel | None, tenant: str) -> Iterator[Event]:
    """ "editMessage" and "undeleteMessage": what stands there now is to be read again."""
    if where is not None and deliveries.kind(body) != "personal":
        yield MessageEdited(message(body, where))


def _deleted(body: Payload, where: Channel | None, tenant: str) -> Iterator[Event]:
    if where is not None:
        yield MessageDeleted(_ref(body, where), deliveries.moment(body))


def _command(body: Payload, where: Channel, tenant: str) -> Commanded:
    """What is said to us: the text without the mention of us."""
    ours = str((body.get("recipient") or {}).get("id", ""))
    said = markup.read(str(body.get("text") or ""), dict.fromkeys(_names(body, ours), "us"))
    text = " ".join(said.replace("<@us>", " ").split())
    return Commanded(
        tenant, _user(body), where, text, deliveries.moment(body), respond=actions.respond(body).text()
    )  # fmt: skip


def _names(body: Payload, account: str) -> Iterator[str]:
    for one in body.get("entities") or ():
        if one.get("type") == "mention" and str((one.get("mentioned") or {}).get("id", "")) == account:
            yield markup.read(str(one.get("text") or "")).strip()


def _is_to_us(body: Payload) -> bool:
    ours = str((body.get("recipient") or {}).get("id", ""))
    return bool(ours) and any(_names(body, ours))


def _ref(body: Payload, where: Channel) -> MessageRef:
    id = str(body["id"])
    in_channel = bool(places.team_of(where)) and deliveries.kind(body) in ("channel", "")
    return MessageRef(
        where, id, deliveries.root(body) or str(body.get("replyToId") or id) if in_channel else None
    )


def _posted(id: str, body: Payload) -> datetime:
    """A message's id is the moment at which it was posted, in milliseconds."""
    if _ID.fullmatch(id):
        return datetime.fromtimestamp(int(id) / 1000, UTC)
    return deliveries.moment(body)


def _attachments(body: Payload, ref: MessageRef) -> Iterator[Attachment]:
    """What a bot was given, and what it was only told of. Of a picture the HTML speaks too, with an address that
    is not for us."""
    source, files, pictures = "", [], []
    for one in body.get("attachments") or ():
        kind, content = str(one.get("contentType") or ""), one.get("content")
        if kind == _FILE and isinstance(content, Mapping):
            files.append(_file(one, content, body))
        elif kind.startswith("image/") and one.get("contentUrl"):
            pictures.append(_picture(one, kind, body))
        elif kind == "text/html":
            source += str(content)
    yield from files
    yield from pictures or pasted(source, ref, _user(body))
    if not files:
        yield from untold(source, ref, _user(body))


def _file(one: Payload, content: Payload, body: Payload) -> Attachment:
    name = str(one.get("name") or "")
    return Attachment(
        id=f"{BOT_FILE}{content.get('uniqueId') or ''}", name=name, url=str(content.get("downloadUrl") or ""),
        mode="bot_file", user=_user(body), parts=named(name),
    )  # fmt: skip


def _picture(one: Payload, kind: str, body: Payload) -> Attachment:
    url = str(one["contentUrl"])
    return Attachment(
        id=f"{BOT_FILE}{body['id']}/{url.rstrip('/').rpartition('/attachments/')[2].partition('/')[0]}",
        name=str(one.get("name") or ""), mimetype="" if kind.endswith("*") else kind, url=url, mode="bot_picture",
        user=_user(body),
    )  # fmt: skip


# --- who is here, and the conversations ------------------------------------------------------------------


def _conversation(body: Payload, where: Channel | None, tenant: str) -> Iterator[Event]:
    if where is None:
        return
    by, when = _user(body), deliveries.moment(body)
    if deliveries.kind(body) != "personal":
        yield from _members(body, where, by, when)
    data = body.get("channelData") or {}
    event = str(data.get("eventType") or "")
    if event in _CHANGES:
        about = data.get("team" if event.startswith("team") else "channel") or {}
        yield ConversationChanged(where, _CHANGES[event], by=by, at=when, parts=_named(about.get("name")))
    elif body.get("topicName"):
        yield ConversationChanged(where, "renamed", by=by, at=when, parts=_named(body["topicName"]))


def _members(body: Payload, where: Channel, by: str, when: datetime) -> Iterator[Event]:
    for who in _people(body, "membersAdded"):
        yield MemberJoined(where, who, by if by != who else None, when)
    for who in _people(body, "membersRemoved"):
        yield MemberLeft(where, who, when)


def _people(body: Payload, key: str) -> Iterator[str]:
    """Members but for ourselves, whose coming and going `installationUpdate` tells."""
    ours = str((body.get("recipient") or {}).get("id", ""))
    for one in body.get(key) or ():
        if one.get("id") != ours and (who := str(one.get("aadObjectId") or one.get("id") or "")):
            yield who


def _installed(body: Payload, where: Channel | None, tenant: str) -> Iterator[Event]:
    added = str(body.get("action") or "").startswith("add")
    by, when = _user(body), deliveries.moment(body)
    if deliveries.kind(body) == "personal":
        if not added:
            yield Uninstalled(tenant, (by,), everything=False)
    elif where is not None:
        yield ConversationChanged(where, "bot_added" if added else "bot_removed", by=by, at=when)


def _pressed(body: Payload, where: Channel | None, tenant: str) -> Iterator[Event]:
    if actions.is_press(body):
        yield actions.pressed(body, tenant, where)


def _named(name: object) -> tuple[TextPart, ...]:
    return (TextPart("name", name, "plain", "topic"),) if isinstance(name, str) and name.strip() else ()


# --- whose ----------------------------------------------------------------------------------------------


def _user(body: Payload) -> str:
    who = body.get("from") or {}
    return str(who.get("aadObjectId") or who.get("id") or "")


def _is_ours(body: Payload) -> bool:
    ours = (body.get("recipient") or {}).get("id")
    return bool(ours) and (body.get("from") or {}).get("id") == ours


def _is_external(body: Payload, home: str) -> bool:
    """A sender without an object id is nobody of the tenant: anonymous, or from elsewhere."""
    who = body.get("from") or {}
    tenant = who.get("tenantId")
    return bool(tenant and tenant != home) or not (
        who.get("aadObjectId") or str(who.get("id", "")).startswith("28:")
    )


_CHANGES: Final[Mapping[str, Any]] = {
    "channelCreated": "created",
    "channelRenamed": "renamed",
    "channelDeleted": "deleted",
    "channelRestored": "created",
    "channelShared": "shared",
    "channelUnshared": "unshared",
    "teamRenamed": "renamed",
    "teamArchived": "archived",
    "teamUnarchived": "unarchived",
    "teamDeleted": "deleted",
    "teamHardDeleted": "deleted",
    "teamRestored": "created",
}

_KINDS: Final[Mapping[str, Callable[[Payload, Channel | None, str], Iterator[Event]]]] = {
    "message": _said,
    "messageUpdate": _edited,
    "messageDelete": _deleted,
    "conversationUpdate": _conversation,
    "installationUpdate": _installed,
    "invoke": _pressed,
}
