"""Post conversations as their people did, at a given rate, through the sandbox workspace."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.replay.measure import Spans, Truth
from bot.replay.stage import Stage
from connectors.sandbox.workspace import Workspace


class ConversationError(Exception):
    """A conversation file cannot be used."""


@dataclass(frozen=True)
class Line:
    """One message to be posted; `edited_from` is posted first and edited into `text` at once after."""

    id: str
    sender: str
    label: str
    text: str = field(repr=False)
    spans: Spans
    edited_from: str | None = field(default=None, repr=False)
    edited_from_spans: Spans = ()


@dataclass(frozen=True)
class Conversation:
    name: str
    data: dict[str, Any] = field(repr=False)
    lines: tuple[Line, ...]


def read(path: Path) -> Conversation:
    """A conversation file of the corpora's format. Raises ConversationError."""
    try:
        data = json.loads(path.read_text("utf-8"))
        lines = tuple(_line(m) for m in data["messages"])
        people = {m["id"] for m in data["members"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConversationError(f"{path}: not a conversation file ({type(error).__name__})") from None
    if strangers := {line.sender for line in lines} - people:
        raise ConversationError(f"{path}: {len(strangers)} sender(s) are not among the members")
    return Conversation(path.stem, data, lines)


def _line(m: dict[str, Any]) -> Line:
    return Line(
        m["id"], m["sender"], m["label"], m["text"], _spans(m["spans"]), m.get("edited_from"),
        _spans(m.get("edited_from_spans", ())),
    )  # fmt: skip


def _spans(spans: Sequence[dict[str, Any]]) -> Spans:
    return tuple((s["start"], s["end"], s["type"]) for s in spans)


async def play(
    workspace: Workspace,
    conversation: Conversation,
    channel: str,
    rate: float,
    kills: Sequence[int],
    stage: Stage,
) -> list[Truth]:
    """Post every line, `rate` a second; after the n-th line of `kills`, kill -9 the bot and start it again."""
    truths, start, restart = [], time.monotonic(), None
    for n, line in enumerate(conversation.lines):
        await asyncio.sleep(max(0.0, start + n / rate - time.monotonic()))
        truths.append(_post(stage, line, channel))
        if n in kills:
            if restart:
                await restart
            await stage.kill_bot()
            restart = asyncio.create_task(stage.start_bot())
    if restart:
        await restart
    return truths


def _post(stage: Stage, line: Line, channel: str) -> Truth:
    if line.edited_from is None:
        message = stage.post(channel, line.sender, line.text)
        return Truth(line.id, channel, message.ts, line.sender, line.label, ((line.text, line.spans),))
    message = stage.post(channel, line.sender, line.edited_from)
    stage.workspace.edit(channel, message.ts, line.sender, line.text)
    states = ((line.edited_from, line.edited_from_spans), (line.text, line.spans))
    return Truth(line.id, channel, message.ts, line.sender, line.label, states)
