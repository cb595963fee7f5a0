"""What hangs on a message: files by reference, cards, forwarded messages, inline images."""

import html
import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from connectors.sandbox.messages import Message
from connectors.sandbox.teams.addresses import hosted_id, moment, path, unique_id, web_url
from connectors.sandbox.teams.estate import Estate

Json = dict[str, Any]


def attached(estate: Estate, message: Message, body: Json) -> list[Json]:
    """`attachments`: files by reference, cards, forwarded messages."""
    teams = body.get("teams", {})
    inline = teams.get("inline", ())
    files = [estate.workspace.files[f["id"]] for f in body.get("files", ()) if f["id"] not in inline]
    shown = [
        _attachment(unique_id(file), "reference", name=file.name, contentUrl=web_url(estate, message.channel, file))
        for file in files if file.deleted_at is None and not file.is_tombstoned
    ]  # fmt: skip
    for number, card in enumerate(teams.get("cards", ())):
        id = uuid5(NAMESPACE_URL, f"{message.channel}/{message.ts}/{number}").hex
        shown.append(_attachment(id, card["contentType"], content=json.dumps(card.get("content"))))
    if not teams.get("cards"):
        shown += [_forwarded(estate, quoted) for quoted in body.get("attachments", ()) if "ts" in quoted]
    return shown


def inline_images(estate: Estate, message: Message, body: Json) -> str:
    """The `<img>` tags of what was pasted into it."""
    base = estate.graph_url + path(estate, message)
    shown = [(estate.workspace.files[id], id) for id in body.get("teams", {}).get("inline", ())]
    return "".join(
        f'<p><img alt="{html.escape(file.alt)}" src="{base}/hostedContents/{hosted_id(id)}/$value"></p>'
        for file, id in shown
        if file.deleted_at is None
    )


def _attachment(id: str, kind: str, **more: Any) -> Json:
    empty = {"contentUrl": None, "content": None, "name": None, "thumbnailUrl": None, "teamsAppId": None}
    return {"id": id, "contentType": kind, **empty, **more}


def _forwarded(estate: Estate, quoted: Json) -> Json:
    channel = estate.workspace.channels[quoted["channel_id"]]
    source = channel.messages[quoted["ts"]]
    person = estate.workspace.people[quoted["author_id"]]
    id = estate.places.message_id(source)
    about = {
        "originalMessageId": id, "originalMessageContent": f"<p>{quoted['text']}</p>",
        "originalConversationId": estate.places.thread_id(channel.id), "originalSentDateTime": moment(float(source.ts)),
        "originalMessageSender": {"user": {
            "id": estate.places.user_id(person.id), "displayName": person.name, "userIdentityType": "aadUser",
        }},
    }  # fmt: skip
    return _attachment(id, "forwardedMessageReference", content=json.dumps(about))
