"""Redact, hide and restore on Slack, each exactly in the way that it is told.

What ends the exposure comes first: an admin's delete before the masked copy is posted. Slack's refusals
are all raised as ReachFailed, since a weaker way may still work.
"""

from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

from connectors.interface import (
    Edit,
    Hidden,
    Message,
    MessageRef,
    Reach,
    ReachFailed,
    Refused,
)
from connectors.slack import discovery
from connectors.slack.copies import Copies, Words, is_copy
from connectors.slack.reading import Reading
from connectors.slack.rewrite import Rewritten, escape, rewrite
from connectors.slack.texts import parts
from connectors.slack.tokens import Token, Tokens
from connectors.slack.web import Web

T = TypeVar("T")


class Hiding:
    def __init__(self, web: Web, tokens: Tokens, copies: Copies, reading: Reading) -> None:
        self._web = web
        self._tokens = tokens
        self._copies = copies
        self._reading = reading

    async def redact(self, message: Message, edits: Sequence[Edit], reach: Reach) -> Hidden:
        return await self._by(reach, message, rewrite(message.raw, edits), whole="")

    async def hide(self, message: Message, notice: str, reach: Reach) -> Hidden:
        return await self._by(reach, message, _notice(message, notice), whole=notice)

    async def finish(
        self, message: Message, edits: Sequence[Edit], notice: str, reach: Reach
    ) -> Hidden | None:
        """An edit in place may be made again; a deleted message's copy is found or posted."""
        now = await self._reading.read(message.ref)
        if reach is Reach.TOMBSTONE and notice and now is not None and now.hidden:
            return Hidden(reach, message.ref, {"how": "tombstone"})
        if reach is not Reach.ADMIN_REPLACE or is_copy(message) or (now is not None and not now.hidden):
            return None
        place = await self._copies.find(message)
        if place is None:
            words = _notice(message, notice) if notice else rewrite(message.raw, edits)
            place = await self._copies.post(message, words, Words.WHOLE if notice else Words.MASKED)
        return Hidden(reach, place or message.ref, {"how": "replace", "copied": place is not None})

    async def restore(self, original: Message, hidden: Hidden, notice: str) -> MessageRef:
        """The exact original, in its own place where it still stands, else in the masked copy's."""
        words = rewrite(original.raw, ())
        match hidden.raw.get("how"):
            case "replace":
                back = self._copies.restore(original, hidden.place, words, notice)
                return await _reaching(hidden.reach, back)
            case "edit":
                await _reaching(hidden.reach, self._edit(original, words, words.attachments or []))
            case "tombstone":
                token = self._discovery(original)
                await _reaching(hidden.reach, discovery.restore(self._web, token, original.ref))
            case _:
                await _reaching(hidden.reach, self._update(original, words))
        return original.ref

    async def _by(self, reach: Reach, message: Message, words: Rewritten, whole: str) -> Hidden:
        match reach:
            case Reach.TOMBSTONE if whole:
                token = self._discovery(message)
                await _reaching(reach, discovery.tombstone(self._web, token, message.ref, whole))
                return Hidden(reach, message.ref, {"how": "tombstone"})
            case Reach.TOMBSTONE:
                await _reaching(reach, self._update(message, words))
                return Hidden(reach, message.ref, {"how": "update"})
            case Reach.AUTHOR_EDIT:
                kept = words.attachments == message.raw.get("attachments")
                await _reaching(reach, self._edit(message, words, None if kept else words.attachments or []))
                return Hidden(reach, message.ref, {"how": "edit"})
            case Reach.ADMIN_REPLACE if is_copy(message):
                await _reaching(reach, self._copies.change(message, words))
                return Hidden(reach, message.ref, {"how": "replace", "copied": True})
            case Reach.ADMIN_REPLACE:
                await _reaching(reach, self._delete(message))
                place = await self._copies.post(message, words, Words.WHOLE if whole else Words.MASKED)
                return Hidden(reach, place or message.ref, {"how": "replace", "copied": place is not None})
        raise ReachFailed("this is not a way of hiding on Slack", reach.value)

    async def _update(self, message: Message, words: Rewritten) -> None:
        text = words.text or _joined(words)
        token = self._discovery(message)
        await discovery.update(self._web, token, message.ref, text, words.attachments or [])

    async def _edit(self, message: Message, words: Rewritten, attachments: list[Any] | None) -> None:
        """All together: chat.update drops blocks that are left out; attachments stay where None is given."""
        token = self._token(message, "user", message.sender, "the author has not let Chaperone edit")
        await self._web.call(
            token, "chat.update", channel=message.ref.channel.id, ts=message.ref.ts, text=words.text,
            blocks=words.blocks, attachments=attachments, metadata=words.metadata,
        )  # fmt: skip

    async def _delete(self, message: Message) -> None:
        token = self._token(message, "admin", "", "no admin has let Chaperone delete messages")
        if self._copies.awaited(message.ref):
            return  # deleted by an earlier attempt that could not post its copy
        self._copies.expect(message.ref)
        try:
            await self._web.call(token, "chat.delete", channel=message.ref.channel.id, ts=message.ref.ts)
        except Refused:
            self._copies.settle(message.ref)
            raise

    def _discovery(self, message: Message) -> Token:
        return self._token(message, "discovery", "", "the Discovery API is not set up")

    def _token(self, message: Message, kind: str, subject: str, missing: str) -> Token:
        token = self._tokens.find(message.ref.channel.tenant, kind, subject)
        if token is None:
            raise ReachFailed(missing, "no_token")
        return token


async def _reaching(reach: Reach, call: Awaitable[T]) -> T:
    try:
        return await call
    except Refused as refused:
        raise ReachFailed(f"slack {reach.value}", refused.code) from None


def _notice(message: Message, notice: str) -> Rewritten:
    """Only the notice. A message of rich text must stay one, or Slack answers block_mismatch."""
    run = {"type": "text", "text": notice}
    section = {"type": "rich_text_section", "elements": [run]}
    rich = [{"type": "rich_text", "elements": [section]}] if message.raw.get("blocks") else None
    return Rewritten(escape(notice), rich, None, {} if message.raw.get("metadata") else None)


def _joined(words: Rewritten) -> str:
    return "\n".join(p.text for p in parts({"blocks": words.blocks or []}))
