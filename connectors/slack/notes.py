"""What Chaperone says to one person on Slack: privately in the conversation, else directly."""

import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from connectors.interface import (
    Button,
    Channel,
    Commanded,
    Field,
    MessageRef,
    Note,
    NotePlace,
    Pressed,
    Refused,
    Unavailable,
)
from connectors.slack.actions import PREFIX
from connectors.slack.rewrite import escape
from connectors.slack.tokens import Tokens
from connectors.slack.web import Web

MARK = "chaperone_note"
_ELSEWHERE = frozenset(
    "user_not_in_channel not_in_channel channel_not_found is_archived cannot_reply_to_message "
    "restricted_action messages_tab_disabled".split()
)
_MENTION = re.compile(r"&lt;([@#][A-Z0-9]+)&gt;")
# Slack's bounds for a response_url (interactivity/handling).
_USES, _SECONDS = 5, 30 * 60


class Notes:
    def __init__(self, web: Web, tokens: Tokens, api_url: str) -> None:
        self._web = web
        self._tokens = tokens
        self._hosts = {"hooks.slack.com", urlsplit(api_url).netloc}
        self._used: dict[str, tuple[float, int]] = {}

    async def note(self, channel: Channel, user: str, thread: str | None, note: Note) -> NotePlace:
        """Ephemeral, in the thread of `thread` (its first message); a DM when Slack refuses that."""
        try:
            answer = await self._web.call(
                self._tokens.bot(channel.tenant), "chat.postEphemeral", channel=channel.id, user=user,
                thread_ts=thread, text=mrkdwn(note.text), blocks=blocks(note),
            )  # fmt: skip
        except Refused as refused:
            if refused.code not in _ELSEWHERE:
                raise
            return await self.tell(channel.tenant, user, note)
        return NotePlace("private", channel, user, str(answer["message_ts"]))

    async def tell(self, tenant: str, user: str, note: Note) -> NotePlace:
        channel = await self._direct(tenant, user)
        answer = await self._web.call(
            self._tokens.bot(tenant), "chat.postMessage", channel=channel.id, text=mrkdwn(note.text),
            blocks=blocks(note), metadata=_mark(note), unfurl_links=False, unfurl_media=False,
        )  # fmt: skip
        return NotePlace("direct", channel, user, str(answer["ts"]))

    async def retell(self, place: NotePlace, note: Note) -> None:
        await self._web.call(
            self._tokens.bot(place.channel.tenant), "chat.update", channel=place.channel.id, ts=place.ts,
            text=mrkdwn(note.text), blocks=blocks(note),
        )  # fmt: skip

    async def say(self, ref: MessageRef, note: Note) -> MessageRef:
        answer = await self._web.call(
            self._tokens.bot(ref.channel.tenant), "chat.postMessage", channel=ref.channel.id, thread_ts=ref.thread,
            text=mrkdwn(note.text), metadata=_mark(note), unfurl_links=False, unfurl_media=False,
        )  # fmt: skip
        return MessageRef(ref.channel, str(answer["ts"]), ref.thread)

    async def said(self, ref: MessageRef, key: str) -> bool:
        method = "conversations.replies" if ref.thread else "conversations.history"
        pages = self._web.pages(
            self._tokens.bot(ref.channel.tenant), method, "messages", channel=ref.channel.id, ts=ref.thread,
            oldest=ref.ts, include_all_metadata=True,
        )  # fmt: skip
        async for page in pages:
            if any(_key(message) == key for message in page):
                return True
        return False

    async def noted(self, place: NotePlace, key: str) -> bool | None:
        """Looks through the last hundred messages of the DM; an ephemeral cannot be read back."""
        if place.kind == "private":
            return None
        tenant = place.channel.tenant
        channel = place.channel if place.channel.id else await self._direct(tenant, place.user)
        history = await self._web.call(
            self._tokens.bot(tenant), "conversations.history", channel=channel.id,
            include_all_metadata=True, limit=100,
        )  # fmt: skip
        return any(_key(message) == key for message in history["messages"])

    async def answer(self, pressed: Pressed | Commanded, note: Note) -> None:
        """By the response_url while Slack honours it (5 uses in 30 minutes), else a new note."""
        if await self._respond(pressed, note):
            return
        if pressed.channel is None:
            await self.tell(pressed.tenant, pressed.user, note)
        else:
            await self.note(pressed.channel, pressed.user, None, note)

    async def ask(self, pressed: Pressed, title: str, fields: Sequence[Field], value: str) -> None:
        """A modal. Its submission is a `Pressed` of the same action, with `inputs` by field id."""
        where = pressed.channel.id if pressed.channel else None
        kept = {"value": value, "channel": where, "respond": pressed.respond}
        view = {
            "type": "modal",
            "callback_id": PREFIX + pressed.action,
            "title": _plain(title[:24]),
            "submit": _plain("Send"),
            "close": _plain("Cancel"),
            "private_metadata": json.dumps(kept),
            "blocks": [_input(f) for f in fields],
        }
        await self._web.call(
            self._tokens.bot(pressed.tenant), "views.open", trigger_id=pressed.trigger, view=view
        )

    async def _respond(self, pressed: Pressed | Commanded, note: Note) -> bool:
        url = pressed.respond
        if not url or urlsplit(url).netloc not in self._hosts or not self._may_use(url):
            return False
        how = {"replace_original": True} if isinstance(pressed, Pressed) else {"response_type": "ephemeral"}
        body = {**how, "text": mrkdwn(note.text), "blocks": blocks(note)}
        try:
            async with self._web.session.post(url, json=body, allow_redirects=False) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise Unavailable(f"slack response_url: {type(fault).__name__}", maybe_done=True) from None

    def _may_use(self, url: str) -> bool:
        now = time.monotonic()
        self._used = {u: (since, n) for u, (since, n) in self._used.items() if now - since < _SECONDS}
        since, used = self._used.get(url, (now, 0))
        self._used[url] = (since, used + 1)
        return used < _USES

    async def _direct(self, tenant: str, user: str) -> Channel:
        answer = await self._web.call(self._tokens.bot(tenant), "conversations.open", users=user)
        return Channel("slack", tenant, str(answer["channel"]["id"]))


def blocks(note: Note) -> list[dict[str, Any]]:
    """A note in Block Kit."""
    kit: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn(note.text)[:3000], "verbatim": True}}
    ]
    if note.buttons:
        kit.append({"type": "actions", "elements": [_button(b) for b in note.buttons]})
    if note.footer:
        kit.append({"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn(note.footer)[:2000]}]})
    return kit


def mrkdwn(text: str) -> str:
    """Our words, escaped but for mentions of accounts and conversations."""
    return _MENTION.sub(r"<\1>", escape(text))


def _button(button: Button) -> dict[str, Any]:
    style = {} if button.style == "default" else {"style": button.style}
    leads = {"url": button.url} if button.url else {}
    return {
        "type": "button",
        "action_id": PREFIX + button.action,
        "text": _plain(button.label[:75]),
        "value": button.value,
        **style,
        **leads,
    }


def _input(field: Field) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "multiline": field.multiline}
    if field.options:
        choices = [{"text": _plain(label[:75]), "value": value} for value, label in field.options]
        element = {"type": "static_select", "options": choices}
    return {
        "type": "input",
        "block_id": field.id,
        "optional": field.optional,
        "label": _plain(field.label),
        "element": {**element, "action_id": "value"},
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def _mark(note: Note) -> dict[str, Any] | None:
    return {"event_type": MARK, "event_payload": {"key": note.key}} if note.key else None


def _key(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key") or "")
