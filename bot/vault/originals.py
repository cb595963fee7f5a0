"""A message as JSON and back, for the sealed quarantine: what a restore and a reveal need."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from connectors.interface import Attachment, Channel, Message, MessageRef, TextPart


def as_json(message: Message, text: str) -> dict[str, Any]:
    """Everything of the message; `text` is what a reviewer reads after a reveal."""
    return {
        "text": text,
        "channel": asdict(message.ref.channel), "ts": message.ref.ts, "thread": message.ref.thread,
        "sender": message.sender, "posted_at": message.posted_at.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "parts": [asdict(p) for p in message.parts], "attachments": [asdict(a) for a in message.attachments],
        "mentions": list(message.mentions), "is_bot": message.is_bot, "raw": dict(message.raw),
    }  # fmt: skip


def from_json(data: Mapping[str, Any]) -> Message:
    """The message again. Raises KeyError or TypeError when `data` is not from `as_json`."""
    return Message(
        ref=MessageRef(Channel(**data["channel"]), data["ts"], data["thread"]),
        sender=data["sender"],
        posted_at=datetime.fromisoformat(data["posted_at"]),
        parts=tuple(TextPart(**p) for p in data["parts"]),
        attachments=tuple(_attachment(a) for a in data["attachments"]),
        mentions=tuple(data["mentions"]),
        is_bot=data["is_bot"],
        edited_at=datetime.fromisoformat(data["edited_at"]) if data.get("edited_at") else None,
        raw=data["raw"],
    )


def _attachment(data: Mapping[str, Any]) -> Attachment:
    return Attachment(**{**data, "parts": tuple(TextPart(**p) for p in data.get("parts", ()))})
