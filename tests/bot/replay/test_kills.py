"""kill -9 ten times on the way: nothing lost, nobody told twice, but for the order the same texts at the end."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.checking import _open
from bot.replay.command import REACHES, report
from bot.replay.measure import Truth, measure
from bot.replay.play import Conversation, play, read
from bot.replay.stage import Stage
from bot.settings.load import load
from bot.store import tables as t
from connectors.sandbox.workspace import Workspace
from tests.conftest import SHARED

EVAL = SHARED / "eval" / "chat"
KILLS = 10
BURST, KILLED_AFTER = 3, 1
"""Each time one message comes before the one on the way, and one while the bot is down."""


def short(length: int) -> Conversation:
    whole = read(EVAL / "03-ortho-oncall.json")
    return Conversation(whole.name, whole.data, whole.lines[:length])


def _bursts(conversation: Conversation) -> list[Conversation]:
    """What comes while the bot is down may come in behind what follows, and how much that is hangs on how long
    the bot takes to start. So each burst is seen through before the next one."""
    starts = range(0, KILLS * BURST, BURST)
    return [replace(conversation, lines=conversation.lines[n : n + BURST]) for n in starts]


@pytest.mark.timeout(180)
async def test_ten_kills_lose_nothing_and_tell_nobody_twice(tmp_path: Path) -> None:
    conversation = short(KILLS * BURST)
    workspace = Workspace(name="Replay", grants=REACHES["author_edit"])
    channel = workspace.load_conversation(conversation.data)
    async with Stage(workspace, tmp_path, EVAL / "directory.csv") as stage:
        stage.sandbox.faults.clock_factor = 120.0
        await stage.install(conversation.data["members"][0]["id"], only_bot=True)
        for member in conversation.data["members"]:
            await stage.connect(member["id"])
        await stage.settled()
        truths = []
        for burst in _bursts(conversation):
            truths += await play(workspace, burst, channel.id, 30.0, [KILLED_AFTER], stage)
            assert await stage.settled(60), stage.bot_log.read_text()[-2000:]
        health = await stage.health()
        kept = _inbox(stage)
    quiet = await _without_kills(conversation, tmp_path / "quiet")
    history = workspace.history()
    end = max(v["from"] for m in history["messages"] for v in m["versions"]) + 1
    measured = report(history, truths, measure(history, truths, end), health, True)
    assert measured["errors"] == 0
    assert measured["warned_twice"] == 0
    # A kill may put a message behind those that followed it, and a slow start more than one: then a name that it
    # introduces comes too late for them.
    assert measured["still_readable"] <= quiet["still_readable"] + 1
    assert measured["wrongly_hidden"] <= quiet["wrongly_hidden"] + 1
    # Every message came in, once, and was finished.
    assert [row for row in kept if row["state"] != "done"] == []
    pairs = list(zip(_final(workspace, truths), quiet["final"], strict=True))
    assert sum(a != b for a, b in pairs) <= 2


def _final(workspace: Workspace, truths: list[Truth]) -> list[str]:
    texts = []
    for truth in truths:
        body = workspace.channels[truth.channel].messages[truth.ts].body or {}
        texts.append(str(body.get("text", "")))
    return _relettered(texts)


def _relettered(texts: list[str]) -> list[str]:
    """Letters are given in the order in which messages come in, and what was sent while the bot was down
    comes after what is sent since. So it is who shares a letter that is compared, not which letter it is."""
    letters: dict[str, str] = {}

    def one(label: re.Match[str]) -> str:
        return letters.setdefault(label.group(), f"[{label.group(1)} {len(letters) + 1}]")

    return [re.sub(r"\[(Patient|Relative) [A-Z]+\]", one, text) for text in texts]


def _inbox(stage: Stage) -> list[dict[str, Any]]:
    _, store = _open(load(stage.settings, stage.environment()))
    try:
        query = select(t.inbox.c.id, t.inbox.c.state, t.inbox.c.lane).order_by(t.inbox.c.id)
        return store.read_now(lambda c: [dict(r) for r in c.execute(query).mappings()])
    finally:
        store.close()


async def _without_kills(conversation: Conversation, folder: Path) -> dict[str, Any]:
    workspace = Workspace(name="Replay", grants=REACHES["author_edit"])
    channel = workspace.load_conversation(conversation.data)
    async with Stage(workspace, folder, EVAL / "directory.csv") as stage:
        await stage.install(conversation.data["members"][0]["id"], only_bot=True)
        for member in conversation.data["members"]:
            await stage.connect(member["id"])
        await stage.settled()
        truths = await play(workspace, conversation, channel.id, 100.0, (), stage)
        assert await stage.settled(60)
        health = await stage.health()
    history = workspace.history()
    end = max(v["from"] for m in history["messages"] for v in m["versions"]) + 1
    return report(history, truths, measure(history, truths, end), health, True) | {
        "final": _final(workspace, truths)
    }
