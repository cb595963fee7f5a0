"""conversations.history and conversations.replies."""

import base64
from collections.abc import Iterable
from itertools import islice
from typing import Any

from connectors.sandbox.api.call import Call, SlackError, method
from connectors.sandbox.channels import Channel
from connectors.sandbox.events import HISTORY_SCOPE
from connectors.sandbox.messages import Message, with_thread

Json = dict[str, Any]
SCOPES = " ".join(HISTORY_SCOPE.values())
LIMITED_PAGE = 15


@method("conversations.history", 3, SCOPES)
def history(call: Call) -> Json:
    channel = _readable(call)
    wanted = (message for message in _newest_first(call, channel) if _in_main_view(message))
    messages, more = _slice(call, wanted)
    shown = [with_thread(message, channel.replies.get(message.ts, ())) for message in messages]
    answer: Json = {"messages": shown, "has_more": bool(more), "pin_count": 0, "channel_actions_ts": None}
    answer["channel_actions_count"] = 0
    for name in ("oldest", "latest"):
        if call.text(name):
            answer[name] = call.text(name)
    return answer | ({"response_metadata": {"next_cursor": _cursor(more)}} if more else {})


@method("conversations.replies", 3, SCOPES)
def replies(call: Call) -> Json:
    channel, ts = _readable(call), call.needed("ts")
    parent = channel.messages.get(ts)
    if parent is None or parent.body is None:
        raise SlackError("thread_not_found")
    if parent.thread_ts:
        return {"messages": [parent.said], "has_more": False}
    following = (reply for reply in channel.replies.get(ts, ()) if reply.body and _within(call, reply))
    after = _decoded(call.text("cursor"))
    waiting = [reply for reply in following if not after or reply.ts > after]
    page = waiting[: _limit(call)]
    first = [] if after else [with_thread(parent, channel.replies.get(ts, ()))]
    answer: Json = {
        "messages": [*first, *(reply.said for reply in page)],
        "has_more": len(page) < len(waiting),
    }
    if answer["has_more"]:
        answer["response_metadata"] = {"next_cursor": _cursor(page[-1].ts)}
    return answer


def _readable(call: Call) -> Channel:
    channel = call.channel()
    if call.token.user not in channel.members and (call.is_bot or channel.is_private):
        raise SlackError("not_in_channel")
    call.allow(HISTORY_SCOPE[channel.kind])
    return channel


def _in_main_view(message: Message) -> bool:
    return message.thread_ts is None or message.said.get("subtype") == "thread_broadcast"


def _newest_first(call: Call, channel: Channel) -> Iterable[Message]:
    oldest, latest = call.text("oldest"), call.text("latest")
    if oldest and oldest == latest:
        # One message by its ts: the common re-read; no need to walk the channel.
        only = channel.messages.get(latest)
        return [only] if only and only.body and call.flag("inclusive") else []
    before = _decoded(call.text("cursor"))
    standing = (message for message in reversed(channel.messages.values()) if message.body is not None)
    return (message for message in standing if _within(call, message) and (not before or message.ts < before))


def _within(call: Call, message: Message) -> bool:
    at, inclusive = float(message.ts), call.flag("inclusive")
    oldest, latest = float(call.text("oldest") or 0), float(call.text("latest") or "inf")
    return oldest < at < latest or (inclusive and at in (oldest, latest))


def _limit(call: Call) -> int:
    limit = max(1, min(call.number("limit", 100), 999))
    return min(limit, LIMITED_PAGE) if call.sandbox.faults.history_limited else limit


def _slice(call: Call, messages: Iterable[Message]) -> tuple[list[Message], str]:
    """A page, and the ts where the next begins ("" when this is the last)."""
    limit = _limit(call)
    page = list(islice(messages, limit + 1))
    return page[:limit], page[limit - 1].ts if len(page) > limit else ""


def _cursor(ts: str) -> str:
    return base64.b64encode(f"next_ts:{ts}".encode()).decode()


def _decoded(cursor: str) -> str:
    if not cursor:
        return ""
    try:
        return base64.b64decode(cursor).decode().removeprefix("next_ts:")
    except ValueError:
        raise SlackError("invalid_cursor") from None


METHODS = (history, replies)
