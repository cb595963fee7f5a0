"""The masked copy that stands in for a message which Teams blocks: the bot's own words in the same thread."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

from connectors.interface import Edit, Message, MessageRef, Refused
from connectors.teams import markup, places
from connectors.teams.botapi import BotApi
from connectors.teams.messages import Reading, is_by
from connectors.teams.texts import parts, rewrite

Payload = Mapping[str, Any]

MASKED: Final = "shared by {name}, identifiers hidden by Chaperone"
WHOLE: Final = "shared by {name}, hidden by Chaperone"
_NEAR: Final = 50
"""How many of the newest messages of a thread are looked through for a copy."""
_MEDIA: Final = re.compile(r"</?(?:img|video|audio|attachment|codeblock|readonly)\b[^>]*>", re.IGNORECASE)
_MENTION: Final = re.compile(r"</?at\b[^>]*>", re.IGNORECASE)


class Copies:
    def __init__(self, api: BotApi, reading: Reading, app_id: str) -> None:
        self._api = api
        self._reading = reading
        self._app_id = app_id

    async def post(self, message: Message, words: str) -> MessageRef | None:
        """`words` is HTML. None when Teams refuses it: the bot is not in the conversation."""
        where, activity = message.ref.channel, _activity(words)
        try:
            id = await self._api.send(where.tenant, conversation(message.ref), activity)
        except Refused:
            return None
        return MessageRef(where, id, message.ref.thread)

    async def find(self, message: Message, words: str) -> MessageRef | None:
        """The copy that was posted for this message, known by its words."""
        wanted = _bare(words)
        newest = MessageRef(message.ref.channel, str(2**63), message.ref.thread)
        for said in reversed(await self._reading.recent(newest, _NEAR)):
            body = said.raw.get("body") or {}
            later = int(said.ref.ts) > int(message.ref.ts)
            if later and is_by(said.raw, self._app_id) and _bare(str(body.get("content"))) == wanted:
                return said.ref
        return None

    async def change(self, copy: Message, words: str) -> None:
        """Put other words into a copy of ours."""
        await self._api.update(copy.ref.channel.tenant, conversation(copy.ref), copy.ref.ts, _activity(words))

    async def take_back(self, copy: MessageRef) -> None:
        await self._api.delete(copy.channel.tenant, conversation(copy), copy.ts)


def masked(message: Message, edits: Sequence[Edit]) -> str:
    """The message with its edits put in, and who said it, in HTML."""
    new = rewrite(message.raw, edits)
    subject = str(new.get("subject") or "")
    title = f"<p><strong>{html.escape(subject)}</strong></p>" if subject else ""
    files = " · ".join(_files(message.raw, new))
    footer = MASKED.format(name=html.escape(_name(message.raw)))
    return f"{title}{_said(new)}{_cards(new)}<p><em>{footer}</em>{' · ' if files else ''}{files}</p>"


def again(copy: Message, edits: Sequence[Edit]) -> str:
    """A copy of ours with further edits put in, in HTML."""
    return _said(rewrite(copy.raw, edits))


def whole(message: Message, notice: str) -> str:
    """The notice alone, and whose message it stands for, in HTML."""
    footer = WHOLE.format(name=html.escape(_name(message.raw)))
    return f"<p>{html.escape(notice)}</p><p><em>{footer}</em></p>"


def conversation(ref: MessageRef) -> str:
    """What the bot service calls a thread of a channel, or a chat."""
    thread = places.thread_of(ref.channel)
    return f"{thread};messageid={ref.thread}" if ref.thread else thread


def _activity(words: str) -> Payload:
    return {"type": "message", "textFormat": "xml", "text": words}


def _said(raw: Payload) -> str:
    """Its words without what a bot cannot say again: pictures that Teams hosts, mentions, which would notify."""
    body = raw.get("body")
    if isinstance(body, Mapping):
        content = str(body.get("content") or "")
        if str(body.get("contentType") or "").lower() != "html":
            content = f"<p>{html.escape(content, quote=False)}</p>".replace("\n", "<br>")
    else:
        content = next(_html_of(raw), "") or html.escape(str(raw.get("text") or ""), quote=False)
    return _MENTION.sub("", _MEDIA.sub("", content))


def _html_of(activity: Payload) -> Iterator[str]:
    """A bot's activity holds its HTML as an attachment."""
    for one in activity.get("attachments") or ():
        if isinstance(one, Mapping) and one.get("contentType") == "text/html":
            yield str(one.get("content") or "")


def _cards(new: Payload) -> str:
    """What cards and forwarded messages say, as plain words."""
    own = [p.text for p in parts(new) if p.location.startswith("attachments/") and p.surface == "message"]
    inner = [markup.read(text) for text in _html_of(new)]
    return "".join(f"<p>{html.escape(t, quote=False)}</p>" for t in own if t not in inner)


def _files(before: Payload, after: Payload) -> Iterator[str]:
    """Links to the files, without their names. An address holds the name too: of one that was masked there is none."""
    pairs = zip(before.get("attachments") or (), after.get("attachments") or (), strict=True)
    files = [(b, a) for b, a in pairs if b.get("contentType") == "reference" and b.get("contentUrl")]
    for number, (was, now) in enumerate(files, 1):
        if was.get("name") == now.get("name") and str(was.get("name")) in unquote(was["contentUrl"]):
            yield f'<a href="{html.escape(was["contentUrl"])}">file {number}</a>'
        else:
            yield f"file {number}"


def _name(raw: Payload) -> str:
    who = raw.get("from") or {}
    person = who.get("user") or who.get("application") or who
    return str(person.get("displayName") or person.get("name") or "a colleague")


def _bare(source: str) -> str:
    return " ".join(markup.read(source).split())
