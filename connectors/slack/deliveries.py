"""Slack's payloads as deliveries: whose they are, in which lane, and by which keys a repeat is known."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.interface import Delivery
from connectors.slack.actions import RECEIVED
from connectors.slack.envelope import tenant

Payload = Mapping[str, Any]


def event(body: Payload, secret: bytes) -> Delivery:
    """An Events API callback. What stood in a deleted message is dropped before anything is stored."""
    inner = body.get("event")
    if isinstance(inner, Mapping) and inner.get("subtype") == "message_deleted":
        before = inner.get("previous_message")
        kept = {k: before[k] for k in _WHOSE if k in before} if isinstance(before, Mapping) else {}
        body = {**body, "event": {**inner, "previous_message": kept}}
    team = tenant(body)
    return Delivery("slack.event", team, _lane(team, body), tuple(_event_keys(body, secret)), _json(body))


def action(body: Payload, received: float, secret: bytes) -> Delivery:
    """A pressed button or submitted form."""
    return _asked("slack.action", body, received, secret)


def command(form: Payload, received: float, secret: bytes) -> Delivery:
    """A slash command."""
    return _asked("slack.command", form, received, secret)


_WHOSE = ("user", "bot_id", "app_id", "ts", "thread_ts")


def _asked(source: str, body: Payload, received: float, secret: bytes) -> Delivery:
    team = tenant(body)
    one = body.get("trigger_id") or _mac(body, secret)
    stamped = _json({**body, RECEIVED: received})
    return Delivery(source, team, _lane(team, body), (f"{source}:{one}",), stamped)


def _lane(team: str, body: Payload) -> str:
    channel = _channel(body.get("event") or body)
    return f"slack:{team}:{channel}" if channel else f"slack:{team}"


def _channel(about: object) -> str:
    if not isinstance(about, Mapping):
        return ""
    where = about.get("channel") or about.get("channel_id") or about.get("old_channel_id")
    where = where or (about.get("container") or {}).get("channel_id") or _kept_channel(about)
    return str(where.get("id") or "") if isinstance(where, Mapping) else str(where or "")


def _kept_channel(body: Payload) -> str:
    """The conversation that a form of ours was opened from."""
    try:
        return str(json.loads((body.get("view") or {}).get("private_metadata") or "{}").get("channel") or "")
    except (ValueError, AttributeError):
        return ""


def _event_keys(body: Payload, secret: bytes) -> Iterator[str]:
    if body.get("event_id"):
        yield f"event:{body['event_id']}"
    about = body.get("event") or {}
    if str(about.get("type", "")).startswith("message"):
        yield from _message_keys(about, secret)
    elif about.get("type") == "member_joined_channel":
        second = str(about.get("event_ts")).partition(".")[0]  # the line in the history is milliseconds off
        yield f"joined:{about.get('channel')}:{about.get('user')}:{second}"
    elif not body.get("event_id"):
        yield f"event:{_mac(body, secret)}"


def _message_keys(about: Payload, secret: bytes) -> Iterator[str]:
    """One message at one moment: Slack has sent the same one under several event ids.

    Its content counts besides `edited`, since an unfurl adds attachments under the same `edited`.
    """
    channel = about.get("channel")
    if about.get("subtype") == "message_deleted":
        yield f"deleted:{channel}:{about.get('deleted_ts')}"
        return
    now = about.get("message") if about.get("subtype") == "message_changed" else about
    if not isinstance(now, Mapping) or "ts" not in now:
        return
    said = {k: now.get(k) or None for k in ("text", "blocks", "attachments", "edited", "topic", "purpose")}
    said["files"] = [f.get("id") for f in now.get("files") or () if isinstance(f, Mapping)]
    said["subtype"] = now.get("subtype") if now.get("subtype") in ("tombstone", "dlp_tombstone") else None
    yield f"message:{channel}:{now['ts']}:{_mac(said, secret)}"


def _mac(value: Payload, secret: bytes) -> str:
    """A keyed digest: a bare hash of a short text could be guessed."""
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hmac.new(secret, plain.encode(), hashlib.sha256).hexdigest()[:32]


def _json(body: Payload) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
