"""Bot Framework activities for what happened in a workspace (pure builders)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Message
from connectors.sandbox.teams.addresses import moment, unique_id
from connectors.sandbox.teams.content import plain, written
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.resources import content, standing

Json = dict[str, Any]
_HERE: Final = ZoneInfo("Europe/London")
_CONVERSATION: Final = {"im": "personal", "mpim": "groupChat"}


def message(estate: Estate, message: Message, kind: str = "message") -> Json:
    """`message`, `messageUpdate` or `messageDelete` for what stands there (or stood)."""
    channel = estate.workspace.channels[message.channel]
    body = standing(message)
    said = {"text": "", "attachments": []} if body is None else _said(estate, message, body)
    at = estate.modified(message) if kind != "message" else float(message.ts)
    about = _about(estate, channel, message.user, at) | {
        "type": kind, "id": estate.places.message_id(message), "textFormat": "plain", **said,
        "conversation": _conversation(estate, channel, estate.places.threaded(message)),
    }  # fmt: skip
    if body and (subject := body.get("teams", {}).get("subject")):
        about["channelData"]["subject"] = subject
    root = estate.places.root_id(message)
    if not channel.is_direct and root != about["id"]:
        about["replyToId"] = root
    return about


def with_event(activity: Json, event: str) -> Json:
    """`channelData.eventType` tells what kind of update or deletion it is."""
    return activity | {"channelData": activity["channelData"] | {"eventType": event}}


def members(estate: Estate, channel: Channel, changed: Sequence[str], what: str, by: str, at: float) -> Json:
    """conversationUpdate with `membersAdded` or `membersRemoved` (`what`)."""
    key = {"added": "membersAdded", "removed": "membersRemoved"}[what]
    gone = [account(estate, user) for user in changed]
    activity = _about(estate, channel, by, at) | {"type": "conversationUpdate", key: gone}
    activity["conversation"] = _conversation(estate, channel, _room(estate, channel))
    if channel.is_direct:
        return activity
    own = channel.id in estate.places.private or channel.is_shared
    return with_event(activity, f"{'channel' if own else 'team'}Member{what.capitalize()}")


def channel_event(estate: Estate, channel: Channel, event: str, by: str, at: float) -> Json:
    """conversationUpdate about a channel: channelCreated, channelRenamed, channelDeleted…"""
    activity = _about(estate, channel, by, at) | {"type": "conversationUpdate"}
    activity["conversation"] = _conversation(estate, channel, estate.places.primary(channel.id))
    return with_event(activity, event)


def installation(estate: Estate, channel: Channel, action: str, by: str, at: float) -> Json:
    """installationUpdate: `add` or `remove`."""
    about = _about(estate, channel, by, at) | {
        "type": "installationUpdate",
        "action": action,
        "locale": "en-GB",
    }
    return about | {"conversation": _conversation(estate, channel, _room(estate, channel))}


def invoke(estate: Estate, channel: Channel, user: str, on: str, thread: str, action: Json) -> Json:
    """invoke adaptiveCard/action: somebody pressed an Action.Execute of the activity `on`."""
    about = _about(estate, channel, user, datetime.now(UTC).timestamp())
    value = {"action": action, "trigger": "manual"}
    return about | {
        "type": "invoke", "name": "adaptiveCard/action", "replyToId": on, "value": value, "locale": "en-GB",
        "conversation": _conversation(estate, channel, thread),
    }  # fmt: skip


def account(estate: Estate, user: str) -> Json:
    """A member as activities name them: an id, and the object id of a person."""
    if user == estate.workspace.app.user:
        return {"id": estate.places.account_id(user)}
    person = estate.workspace.people[user]
    return {
        "id": estate.places.account_id(user), "aadObjectId": estate.places.user_id(user), "name": person.name,
        "tenantId": estate.places.home(person),
    }  # fmt: skip


def _about(estate: Estate, channel: Channel, by: str, at: float) -> Json:
    at += estate.faults.activity_skew_ms / 1000
    local = datetime.fromisoformat(moment(at)).astimezone(_HERE)
    who = {k: v for k, v in account(estate, by).items() if k != "tenantId"}
    return {
        "id": f"f:{uuid4()}", "timestamp": moment(at), "localTimestamp": local.isoformat(timespec="milliseconds"),
        "localTimezone": "Europe/London", "channelId": "msteams", "serviceUrl": estate.service_url, "from": who,
        "recipient": {"id": f"28:{estate.places.bot}", "name": estate.workspace.app.name},
        "channelData": _channel_data(estate, channel),
        "entities": [{"locale": "en-GB", "country": "GB", "platform": "Windows", "type": "clientInfo"}],
    }  # fmt: skip


def _channel_data(estate: Estate, channel: Channel) -> Json:
    data: Json = {"tenant": {"id": estate.tenant.id}}
    if channel.is_direct:
        return data
    places = estate.places
    team = places.team_id(channel.id)
    kind = "shared" if channel.is_shared else "private" if channel.id in places.private else "standard"
    return data | {
        "team": {"id": places.primary(channel.id), "aadGroupId": team, "name": places.team_name(channel.id)},
        "channel": {"id": places.thread_id(channel.id), "name": channel.name, "type": kind},
    }


def _conversation(estate: Estate, channel: Channel, id: str) -> Json:
    kind = _CONVERSATION.get(channel.kind, "channel")
    about: Json = {"conversationType": kind, "tenantId": estate.tenant.id, "id": id}
    if kind == "personal":
        return about
    return about | {"isGroup": True} | ({"name": channel.name} if kind == "channel" else {})


def _room(estate: Estate, channel: Channel) -> str:
    """Team-wide events come in the name of the team's first channel."""
    places = estate.places
    return places.conversation_id(channel.id) if channel.is_direct else places.primary(channel.id)


def _said(estate: Estate, message: Message, body: Json) -> Json:
    kind, shown = content(estate, message, body)
    text = shown if kind == "text" else plain(shown, keep_mentions=True)
    attachments: list[Json] = []
    if kind == "html":
        attachments.append({"contentType": "text/html", "content": shown})
    attachments += _pictures(estate, body)
    if estate.workspace.channels[message.channel].kind == "im":
        attachments += _personal_files(estate, body)
    entities = [
        {"type": "mention", "text": f"<at>{each['mentionText']}</at>", "mentioned": _mentioned(estate, each)}
        for each in written(estate.places, body).mentions
    ]
    return {"text": text, "attachments": attachments} | ({"entities": entities} if entities else {})


def _mentioned(estate: Estate, mention: Json) -> Json:
    user = mention["mentioned"].get("user")
    if not user:
        return {"id": f"28:{estate.places.bot}", "name": mention["mentionText"]}
    person = estate.places.person(user["id"])
    return {"id": estate.places.account_id(person.id), "name": mention["mentionText"]}


def _pictures(estate: Estate, body: Json) -> list[Json]:
    """What was pasted, at addresses that want the bot's token."""
    inline = [estate.workspace.files[id] for id in body.get("teams", {}).get("inline", ())]
    return [
        {"contentType": "image/*", "contentUrl": f"{estate.service_url}v3/attachments/{unique_id(file)}/views/original"}
        for file in inline if file.deleted_at is None
    ]  # fmt: skip


def _personal_files(estate: Estate, body: Json) -> list[Json]:
    """Only in a personal conversation do activities carry files."""
    shown = []
    for held in body.get("files", ()):
        file = estate.workspace.files[held["id"]]
        url = f"{estate.base_url}/sharepoint/download/{unique_id(file)}"
        about = {
            "downloadUrl": url, "uniqueId": unique_id(file), "fileType": file.name.rpartition(".")[2],
        }  # fmt: skip
        shown.append(
            {"contentType": "application/vnd.microsoft.teams.file.download.info", "contentUrl": url,
             "name": file.name, "content": about}
        )  # fmt: skip
    return shown
