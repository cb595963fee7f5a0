"""The masked copy that takes the place of a message which an admin's token deleted."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from connectors.interface import Message, MessageRef, Refused
from connectors.slack.accounts import member
from connectors.slack.messages import is_reply
from connectors.slack.people import People
from connectors.slack.rewrite import Rewritten, escape
from connectors.slack.tokens import Tokens
from connectors.slack.web import Web

MARK = "chaperone_copy"


SOON = 600.0
"""Seconds after a message within which its copy was posted, if it was."""


class Words(Enum):
    """The small line under a copy."""

    MASKED = "shared by {name}, identifiers hidden by Chaperone"
    WHOLE = "shared by {name}, hidden by Chaperone"


class Copies:
    def __init__(self, web: Web, tokens: Tokens, people: People) -> None:
        self._web = web
        self._tokens = tokens
        self._people = people
        self._awaited: set[MessageRef] = set()

    def awaited(self, ref: MessageRef) -> bool:
        """The original is deleted and its copy not posted yet."""
        return ref in self._awaited

    def expect(self, ref: MessageRef) -> None:
        self._awaited.add(ref)

    def settle(self, ref: MessageRef) -> None:
        self._awaited.discard(ref)

    async def post(self, message: Message, words: Rewritten, line: Words) -> MessageRef | None:
        """Where the copy stands; None when Slack refuses every form of it. Unavailable leaves it awaited."""
        shown, picture = await self._sender(message)
        place = {
            "channel": message.ref.channel.id, "username": shown, "icon_url": picture,
            "metadata": {"event_type": MARK, "event_payload": {"of": message.ref.ts}},
            "unfurl_links": False, "unfurl_media": False,
        }  # fmt: skip
        footer = _context(line.value.format(name=shown) + _files(message))
        for form in _forms(message, words, footer):
            try:
                answer = await self._web.call(self._tokens.bot(message.ref.channel.tenant),
                                              "chat.postMessage", **place, **form)  # fmt: skip
            except Refused:
                continue
            self.settle(message.ref)
            return MessageRef(message.ref.channel, str(answer["ts"]), form.get("thread_ts"))
        self.settle(message.ref)
        return None

    async def find(self, message: Message) -> MessageRef | None:
        """The copy that was posted for this message, by what it says of itself."""
        ref, thread = message.ref, message.ref.thread if is_reply(message.ref) else None
        pages = self._web.pages(
            self._tokens.bot(ref.channel.tenant), "conversations.replies" if thread else "conversations.history",
            "messages", channel=ref.channel.id, ts=thread, include_all_metadata=True, oldest=ref.ts,
            latest=f"{float(ref.ts) + SOON:.6f}",
        )  # fmt: skip
        async for page in pages:
            for said in page:
                if _copy_of(said) == ref.ts:
                    return MessageRef(ref.channel, str(said["ts"]), said.get("thread_ts"))
        return None

    async def change(self, copy: Message, words: Rewritten) -> None:
        """Put other words into a copy of ours."""
        await self._web.call(
            self._tokens.bot(copy.ref.channel.tenant), "chat.update", channel=copy.ref.channel.id,
            ts=copy.ref.ts, text=words.text, blocks=words.blocks, attachments=words.attachments or [],
            metadata=words.metadata,
        )  # fmt: skip

    async def _sender(self, message: Message) -> tuple[str, str | None]:
        """The name and picture under which the copy is posted; another app has no account to ask for."""
        tenant = message.ref.channel.tenant
        try:
            user = await self._people.user(tenant, message.sender)
        except Refused:
            profile = message.raw.get("bot_profile") or {}
            return str(message.raw.get("username") or profile.get("name") or "an app"), None
        who = member(user, tenant)
        return who.display_name or who.name or "a colleague", (user.get("profile") or {}).get("image_72")

    async def restore(
        self, original: Message, place: MessageRef, words: Rewritten, notice: str
    ) -> MessageRef:
        """The original's words in the copy; a new post where there is no copy."""
        blocks = [*_blocks(words), _context(escape(notice))]
        if is_copy(original):
            await self.change(original, words)
            return place
        if place.ts == original.ref.ts:
            posted = await self.post(original, words, Words.WHOLE)
            if posted is None:
                raise Refused("slack chat.postMessage: the original could not be posted again", "no_copy")
            place = posted
        await self._web.call(
            self._tokens.bot(place.channel.tenant), "chat.update", channel=place.channel.id, ts=place.ts,
            text=words.text, blocks=blocks, attachments=words.attachments or [],
        )  # fmt: skip
        return place


def is_copy(message: Message) -> bool:
    """Whether this is a masked copy of ours, as read back with its metadata."""
    return message.is_bot and bool(_copy_of(message.raw))


def _copy_of(raw: Mapping[str, Any]) -> str:
    about = raw.get("metadata") or {}
    if about.get("event_type") != MARK:
        return ""
    return str((about.get("event_payload") or {}).get("of") or "")


def _forms(message: Message, words: Rewritten, footer: dict[str, Any]) -> list[dict[str, Any]]:
    """The copy as it was, in its thread; then ever plainer, for when Slack refuses blocks or the thread."""
    raw, plain = message.raw, words.text or " "
    full = {"text": plain, "blocks": [*_blocks(words), footer], "attachments": words.attachments}
    simple = {"text": plain, "blocks": [*_sections(plain), footer]}
    if message.ref.thread and message.ref.thread != message.ref.ts:
        where = {"thread_ts": message.ref.thread, "reply_broadcast": raw.get("subtype") == "thread_broadcast"}
        return [{**full, **where}, {**simple, **where}]
    if raw.get("reply_count"):
        where = {"thread_ts": message.ref.ts, "reply_broadcast": True}
        return [{**full, **where}, full, simple]
    return [full, simple]


def _blocks(words: Rewritten) -> list[Any]:
    if words.blocks:
        return words.blocks[:49]
    return _sections(words.text)


def _sections(text: str) -> list[dict[str, Any]]:
    """A section holds 3,000 characters, a message 40,000."""
    pieces = (text[at : at + 3000] for at in range(0, len(text), 3000))
    return [{"type": "section", "text": {"type": "mrkdwn", "text": p, "verbatim": True}} for p in pieces]


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:2000]}]}


def _files(message: Message) -> str:
    """Links to the files that came with the original, without their names (the last part of the address)."""
    files = [f for f in message.raw.get("files") or () if isinstance(f, dict)]
    links = [str(f.get("permalink") or "").rpartition("/")[0] for f in files]
    return "".join(f" · <{link}|file {n}>" for n, link in enumerate(filter(None, links), 1))
