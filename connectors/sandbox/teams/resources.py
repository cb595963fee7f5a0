"""Graph's chatMessage for what stands in the workspace."""

import html
from typing import Any, Final
from urllib.parse import quote

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Message
from connectors.sandbox.teams.addresses import moment
from connectors.sandbox.teams.attached import attached, inline_images
from connectors.sandbox.teams.content import written
from connectors.sandbox.teams.estate import Estate, millis

Json = dict[str, Any]
_SYSTEM: Final = {
    "channel_join": "membersAdded", "channel_leave": "membersDeleted", "channel_topic": "channelDescriptionUpdated",
    "group_topic": "channelDescriptionUpdated", "channel_purpose": "channelDescriptionUpdated",
    "channel_name": "channelRenamed",
}  # fmt: skip


def standing(message: Message) -> Json | None:
    """What its author said and nobody deleted, blocked or not; None once it is deleted."""
    if message.body is None:
        return None
    body = message.before_tombstone or message.body
    return None if body.get("subtype") == "tombstone" else body


def is_system(message: Message) -> bool:
    return message.versions[0].body.get("subtype") in _SYSTEM


def chat_message(estate: Estate, message: Message) -> Json:
    """The message as an application may read it."""
    places, channel = estate.places, estate.workspace.channels[message.channel]
    body, id = standing(message), places.message_id(message)
    shown = {
        "id": id, "replyToId": _reply_to(places.root_id(message), id, channel), "etag": etag(estate, message),
        "messageType": "message", "createdDateTime": moment(message.versions[0].since),
        "lastModifiedDateTime": moment(estate.modified(message)), "lastEditedDateTime": _edited(body),
        "deletedDateTime": None if body else moment(message.versions[-1].since),
        "subject": body.get("teams", {}).get("subject") if body else None, "summary": None,
        "importance": "normal", "locale": "en-us", "policyViolation": estate.violation(message),
        "from": sender(estate, message), "eventDetail": None, "reactions": [],
        **_where(estate, channel, id),
    }  # fmt: skip
    if is_system(message):
        return shown | _event(estate, message)
    if body is None or (estate.faults.blanked and blocked(estate, message)):
        return shown | {"body": {"contentType": "html", "content": ""}, "attachments": [], "mentions": []}
    kind, said = content(estate, message, body)
    mentions = written(places, body).mentions
    return shown | {
        "body": {"contentType": kind, "content": said}, "attachments": attached(estate, message, body),
        "mentions": mentions,
    }  # fmt: skip


def content(estate: Estate, message: Message, body: Json) -> tuple[str, str]:
    """contentType and content: words, then what is shown inline or attached."""
    said, attachments = written(estate.places, body), attached(estate, message, body)
    inline = inline_images(estate, message, body)
    if said.is_plain and not attachments and not inline:
        return "text", html.unescape(said.html.removeprefix("<p>").removesuffix("</p>"))
    tags = "".join(f'<attachment id="{held["id"]}"></attachment>' for held in attachments)
    return "html", said.html + inline + tags


def etag(estate: Estate, message: Message) -> str:
    return str(millis(estate.modified(message)))


def blocked(estate: Estate, message: Message) -> bool:
    """Whether readers are kept from it."""
    held = estate.violation(message) or {}
    return "blockaccess" in str(held.get("dlpAction", "")).lower().split(",")


def sender(estate: Estate, message: Message) -> Json | None:
    """`from`: a person, or the bot as an application."""
    if is_system(message):
        return None
    first, places = message.versions[0].body, estate.places
    if first.get("bot_id") or message.user == estate.workspace.app.user:
        app = {
            "id": places.bot, "displayName": estate.workspace.app.name, "applicationIdentityType": "bot",
        }  # fmt: skip
        return {"application": app, "device": None, "user": None}
    person = estate.workspace.people[message.user]
    who: Json = {
        "id": places.user_id(person.id), "displayName": person.name, "userIdentityType": "aadUser",
        "tenantId": places.home(person),
    }  # fmt: skip
    if message.user in estate.anonymous:
        who |= {"userIdentityType": "anonymousGuest", "tenantId": None}
    return {
        "application": None,
        "device": None,
        "user": {"@odata.type": "#microsoft.graph.teamworkUserIdentity"} | who,
    }


def _reply_to(root: str, id: str, channel: Channel) -> str | None:
    return None if channel.is_direct or root == id else root


def _edited(body: Json | None) -> str | None:
    edited = body.get("edited") if body else None
    return moment(float(edited["ts"])) if edited else None


def _where(estate: Estate, channel: Channel, id: str) -> Json:
    thread = estate.places.thread_id(channel.id)
    if channel.is_direct:
        return {"chatId": thread, "channelIdentity": None, "webUrl": None}
    team = estate.places.team_id(channel.id)
    url = f"https://teams.microsoft.com/l/message/{quote(thread, safe='')}/{id}?groupId={team}"
    return {"chatId": None, "channelIdentity": {"teamId": team, "channelId": thread}, "webUrl": url}


def _event(estate: Estate, message: Message) -> Json:
    """What Teams itself writes into a conversation. Clients that do not ask for newer enum members get
    `unknownFutureValue`."""
    first = message.versions[0].body
    kind = _SYSTEM[first["subtype"]]
    about: Json = {"@odata.type": f"#microsoft.graph.{kind}EventMessageDetail"}
    user = {"id": estate.places.user_id(message.user), "displayName": None, "userIdentityType": "aadUser"}
    if kind.startswith("members"):
        about["members"] = [user]
        user = user | {"id": estate.places.user_id(first.get("inviter") or message.user)}
    elif kind == "channelRenamed":
        about["channelDisplayName"] = first["name"]
    else:
        about["channelDescription"] = first.get("topic", first.get("purpose", ""))
    about["initiator"] = {"application": None, "device": None, "user": user}
    said = {"contentType": "html", "content": "<systemEventMessage/>"}
    return {
        "messageType": "unknownFutureValue", "body": said, "attachments": [], "mentions": [], "eventDetail": about,
    }  # fmt: skip
