"""A Slack message payload as a `Message`."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from connectors.interface import Attachment, Channel, Message, MessageRef
from connectors.slack.canvases import is_canvas
from connectors.slack.texts import parts

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_TOMBSTONES = ("tombstone", "dlp_tombstone")

PICTURE: Final = "unfurl-"
"""How the ids of pictures of linked pages begin, which Slack gives none."""

LINKED: Final = "linked"
PROXY: Final = "https://slack-imgs.com/"
"""Slack's own place for pictures of other sites; it takes no token. Nothing else is fetched that a page names."""


def at(ts: object) -> datetime:
    """A Slack `ts` (seconds since 1970, as text) as a moment. Raises ValueError when it is none."""
    return datetime.fromtimestamp(float(str(ts)), UTC)


def message(raw: Mapping[str, Any], channel: Channel, home: frozenset[str] = frozenset()) -> Message:
    """`raw` is the message itself: an event, or the `message` of a `message_changed`, or one of history.

    `home` are the workspaces and the organisation in which a sender is not external; empty when unknown.
    """
    raw = {k: v for k, v in raw.items() if k not in ("previous_message", "root")}
    texts = parts(raw)
    edited = raw.get("edited") or {}
    return Message(
        ref=MessageRef(channel, str(raw["ts"]), raw.get("thread_ts")),
        sender=sender(raw),
        posted_at=at(raw["ts"]),
        parts=texts,
        attachments=(*(attachment(f) for f in files(raw)), *pictures(raw)),
        mentions=tuple(dict.fromkeys(m for part in texts for m in _MENTION.findall(part.text))),
        sender_is_external=is_external(raw, home),
        is_bot=bool(raw.get("bot_id")) or raw.get("subtype") == "bot_message",
        edited_at=at(edited["ts"]) if edited.get("ts") else None,
        hidden=raw.get("subtype") in _TOMBSTONES,
        raw=raw,
    )


def is_reply(ref: MessageRef) -> bool:
    """Whether it stands in a thread below another message."""
    return bool(ref.thread) and ref.thread != ref.ts


def sender(raw: Mapping[str, Any]) -> str:
    """Who wrote it: a user id, or the bot's id where a bot has no user."""
    return str(raw.get("user") or raw.get("bot_id") or "")


def files(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files of a message and of the messages that it forwards."""
    found = [f for f in raw.get("files") or () if isinstance(f, Mapping)]
    for forwarded in raw.get("attachments") or ():
        if isinstance(forwarded, Mapping):
            found += [f for f in forwarded.get("files") or () if isinstance(f, Mapping)]
    return [f for f in found if f.get("id")]


def pictures(raw: Mapping[str, Any]) -> Iterator[Attachment]:
    """The pictures that Slack shows of linked pages. They lie there, or on Slack's proxy for pictures."""
    for preview in raw.get("attachments") or ():
        address = (
            preview.get("image_url") or preview.get("thumb_url") if isinstance(preview, Mapping) else None
        )
        if isinstance(address, str) and address:
            id = PICTURE + hashlib.sha256(address.encode()).hexdigest()[:16]
            proxied = address.startswith(PROXY)
            yield Attachment(id, "", url=address, mode=LINKED, is_external=not proxied, user=sender(raw))


def attachment(file: Mapping[str, Any]) -> Attachment:
    """`mode` is "file_access" where Slack Connect gives only an id (ask files.info)."""
    tombstoned = file.get("is_tombstoned") or file.get("mode") == "tombstone"
    canvas = is_canvas(file)
    return Attachment(
        id=str(file["id"]),
        name=str(file.get("name") or file.get("title") or ""),
        mimetype="text/html" if canvas else str(file.get("mimetype") or ""),
        size=int(file.get("size") or 0),
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
        mode="tombstone" if tombstoned else str(file.get("mode") or ""),
        is_external=bool(file.get("is_external")),
        user=str((canvas and file.get("last_editor")) or file.get("user") or ""),
        living=canvas,
        version=str(file.get("edit_timestamp") or file.get("updated") or "") if canvas else "",
        parts=() if tombstoned else parts({"files": [file]}),
    )


def is_external(raw: Mapping[str, Any], home: frozenset[str]) -> bool:
    """Whether the sender belongs to another organisation, by the teams that the payload names."""
    profile = raw.get("user_profile") or {}
    teams = {raw.get("user_team"), raw.get("source_team"), profile.get("team"), raw.get("team")} - {None, ""}
    return bool(home) and any(team not in home for team in teams)
