"""Messages as members can read them now."""

from collections.abc import Mapping
from typing import Any

from connectors.interface import Message, MessageRef, Refused
from connectors.slack.messages import is_reply, message
from connectors.slack.people import People
from connectors.slack.web import Web

_GONE = frozenset(("thread_not_found", "message_not_found"))
_PAGE = 200


class Reading:
    def __init__(self, web: Web, people: People) -> None:
        self._web = web
        self._people = people

    async def read(self, ref: MessageRef) -> Message | None:
        """The message, or None when it is gone. A reply is looked for in its thread."""
        at_it = {"oldest": ref.ts, "latest": ref.ts, "inclusive": True, "limit": 2 if ref.thread else 1}
        try:
            found = await self._said(ref, at_it)
        except Refused as refused:
            if refused.code in _GONE:
                return None
            raise
        return next((self._message(m, ref) for m in found if m.get("ts") == ref.ts), None)

    async def recent(self, before: MessageRef, limit: int) -> tuple[Message, ...]:
        """Up to `limit` messages of the same thread, or of the conversation, oldest first."""
        # A thread's page starts with its oldest reply, a conversation's with its newest.
        up_to = {"latest": before.ts, "limit": _PAGE if is_reply(before) else limit}
        found = [m for m in await self._said(before, up_to) if float(m["ts"]) < float(before.ts)]
        found.sort(key=lambda m: float(m["ts"]))
        return tuple(self._message(m, before) for m in found[-limit:])

    async def _said(self, ref: MessageRef, which: Mapping[str, object]) -> list[dict[str, Any]]:
        method = "conversations.replies" if is_reply(ref) else "conversations.history"
        answer = await self._web.call(
            self._people.reader(ref.channel), method, channel=ref.channel.id,
            ts=ref.thread if is_reply(ref) else None, include_all_metadata=True, **which,
        )  # fmt: skip
        return list(answer["messages"])

    def _message(self, raw: Mapping[str, Any], ref: MessageRef) -> Message:
        return message(raw, ref.channel, self._people.home(ref.channel.tenant))
