"""The whole bot under load and at rest, in its own process: what its answers and its idling cost."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

from bot.replay.stage import Stage
from connectors.sandbox.seed import DIRECTORY, plant

CHATTER = "bloods back, K 4.2, repeat gas at 10 and keep the fluids going please"


async def answers(rate: float, seconds: float) -> list[float]:
    """Messages without an identifier at `rate` a second, over as many channels as the seed has: for each
    delivery the seconds until the bot had committed it and answered 200."""
    workspace = plant()
    admin = next(p for p in workspace.people.values() if p.is_admin)
    with tempfile.TemporaryDirectory() as folder:
        async with Stage(workspace, Path(folder), DIRECTORY) as stage:
            await stage.install(admin.id)
            await stage.settled()
            before = len(workspace.history()["deliveries"])
            places = [(c.id, m) for c in workspace.channels.values() if not c.is_direct for m in c.members]
            people = [(c, m) for c, m in places if not workspace.people[m].is_bot]
            began = time.monotonic()
            for n in range(int(rate * seconds)):
                await asyncio.sleep(max(0.0, began + n / rate - time.monotonic()))
                channel, user = people[n % len(people)]
                workspace.post(channel, user, f"{CHATTER} ({n})")
            await stage.settled()
            sent = workspace.history()["deliveries"][before:]
    return [d["answered_at"] - d["first_at"] for d in sent if d.get("answered_at")]


async def rest(seconds: float) -> float:
    """The share of one core that the bot takes while nothing happens (0..1)."""
    workspace = plant()
    admin = next(p for p in workspace.people.values() if p.is_admin)
    with tempfile.TemporaryDirectory() as folder:
        async with Stage(workspace, Path(folder), DIRECTORY) as stage:
            await stage.install(admin.id)
            await stage.settled()
            await asyncio.sleep(3)
            before = _cpu(stage.bot_pid)
            await asyncio.sleep(seconds)
            return (_cpu(stage.bot_pid) - before) / seconds


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
