"""What was said while nobody listened: history after a watermark, rebuilt as ordinary deliveries.

Internal and Marketplace apps may read history at Tier 3; others once a minute, 15 messages at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.interface import Channel, Delivery
from connectors.slack import deliveries
from connectors.slack.people import People
from connectors.slack.tokens import Token, Tokens
from connectors.slack.web import Web

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds before the watermark in which threads and edits (`look_back`), and edits of replies in
    threads that rest since (`thread_back`), are looked for; `seconds` between two calls."""

    page: int
    seconds: float
    look_back: float
    thread_back: float


TIER3 = Pace(page=200, seconds=0.0, look_back=7 * 86_400, thread_back=86_400)
SLOW = Pace(page=15, seconds=60.0, look_back=86_400, thread_back=0.0)


class CatchUp:
    def __init__(self, web: Web, tokens: Tokens, people: People, pace: Pace, secret: bytes) -> None:
        self._web = web
        self._tokens = tokens
        self._people = people
        self._pace = pace
        self._secret = secret

    async def missed(self, channel: Channel, since: str) -> AsyncIterator[Delivery]:
        """Everything posted, edited or replied after the message `since`; the oldest page's first.

        A thread whose first message is older than the look-back is not found.
        """
        mark = float(since or 0)
        token = self._people.reader(channel)
        oldest = f"{max(mark - self._pace.look_back, 0):.6f}" if since else "0"
        async for said in self._history(token, "conversations.history", channel, oldest=oldest):
            if _after(said, mark):
                yield self._delivery(channel, token, said)
            stirred = max(mark - self._pace.thread_back, 0.0)
            if said.get("reply_count") and float(said.get("latest_reply") or 0) > stirred:
                async for reply in self._replies(token, channel, said, stirred):
                    if _after(reply, mark):
                        yield self._delivery(channel, token, reply)

    async def _replies(
        self, token: Token, channel: Channel, parent: Payload, stirred: float
    ) -> AsyncIterator[Payload]:
        async for reply in self._history(
            token, "conversations.replies", channel, ts=parent["ts"], oldest=f"{stirred:.6f}"
        ):
            if reply["ts"] != parent["ts"] and reply.get("subtype") != "thread_broadcast":
                yield reply

    async def _history(
        self, token: Token, method: str, channel: Channel, **arguments: str
    ) -> AsyncIterator[Payload]:
        pages = self._web.pages(
            token, method, "messages", limit=self._pace.page, channel=channel.id,
            include_all_metadata=True, **arguments,
        )  # fmt: skip
        async for page in pages:
            for said in sorted(page, key=lambda m: float(m["ts"])):
                yield said
            await asyncio.sleep(self._pace.seconds)

    def _delivery(self, channel: Channel, token: Token, said: Payload) -> Delivery:
        body = {
            "type": "event_callback",
            "team_id": channel.tenant,
            "api_app_id": token.about.get("app_id"),
            "authorizations": [
                {"team_id": channel.tenant, "user_id": token.about.get("user_id") or token.subject,
                 "is_bot": token.kind == "bot"}
            ],
            "event": _as_event(channel, said),
        }  # fmt: skip
        return deliveries.event(body, self._secret)


def _after(said: Payload, mark: float) -> bool:
    edited = float((said.get("edited") or {}).get("ts") or 0)
    return float(said["ts"]) > mark or edited >= int(mark)  # Slack gives edits in whole seconds


def _as_event(channel: Channel, said: Payload) -> dict[str, Any]:
    """The event that Slack would have sent."""
    where = {"channel": channel.id, "event_ts": said["ts"]}
    if said.get("subtype") in ("channel_join", "group_join"):
        who = {"user": said.get("user"), "inviter": said.get("inviter")}
        return {"type": "member_joined_channel", **where, **who}
    if said.get("edited"):
        changed = {"type": "message", "subtype": "message_changed", "ts": said["edited"]["ts"]}
        return {**changed, **where, "message": said}
    return {**said, "type": "message", **where}
