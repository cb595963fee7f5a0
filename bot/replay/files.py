"""Screenshots of invented patients posted one after another: for how long each could be opened."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.replay.measure import percentile
from bot.replay.stage import Stage
from bot.replay.teams import TeamsStage
from connectors.sandbox.drawing import patient_list
from connectors.sandbox.seed import DIRECTORY, plant
from connectors.sandbox.tokens import Grants
from connectors.sandbox.workspace import Workspace

SENDER, CHANNEL = "nurse", "ward-7-team"


async def screenshots(count: int, rate: float, grants: Grants) -> dict[str, Any]:
    """Post `count` screenshots, `rate` a second, over the wire at the real bot on Slack. Times are the workspace's
    own, from the message until nobody could open the original, and until its copy stood there."""
    workspace = plant(grants=grants)
    admin = next(p.id for p in workspace.people.values() if p.is_admin)
    with tempfile.TemporaryDirectory(prefix="chaperone-") as folder:
        async with Stage(workspace, Path(folder), DIRECTORY) as stage:
            await stage.install(admin, only_bot=not grants.admin_token)
            if grants.author_tokens:
                await stage.connect(workspace.person_called(SENDER).id)
            return await _played(stage, count, rate)


async def screenshots_on_teams(count: int, rate: float, mode: str) -> dict[str, Any]:
    """The same in a channel of Microsoft Teams."""
    workspace = plant()
    with tempfile.TemporaryDirectory(prefix="chaperone-") as folder:
        async with TeamsStage(workspace, Path(folder), DIRECTORY, mode=mode) as stage:
            await stage.install(workspace.channel_called(CHANNEL).id)
            await stage.subscribed()
            return {"platform": "teams", "mode": mode, **await _played(stage, count, rate)}


async def _played(stage: Stage, count: int, rate: float) -> dict[str, Any]:
    workspace = stage.workspace
    sender, channel = workspace.person_called(SENDER).id, workspace.channel_called(CHANNEL).id
    await stage.settled()
    pictures = [await asyncio.to_thread(patient_list, n) for n in range(count)]
    posted: list[tuple[str, str]] = []
    for n, picture in enumerate(pictures, 1):
        file, message = stage.post_file(channel, sender, f"Screenshot {n}.png", picture)
        posted.append((file, message.ts))
        await asyncio.sleep(1 / rate)
    settled = await stage.settled(120.0)
    dead = int((await stage.health()).get("dead", 0))
    return report(workspace, posted, stage.copies(), dead + (not settled))


def report(
    workspace: Workspace, posted: Sequence[tuple[str, str]], copies: Mapping[str, float], errors: int
) -> dict[str, Any]:
    """What the workspace's own record says of the files (`id`, message) and when their copies stood there."""
    until = {f["id"]: f["until"] for f in workspace.history()["files"]}
    exposed = [(until[file] - float(ts)) * 1000 for file, ts in posted if until[file] is not None]
    return {
        "screenshots": len(posted), "redacted": len(copies), "still_readable": len(posted) - len(exposed),
        "exposure_ms": _shares(exposed),
        "replaced_ms": _shares([(copies[ts] - float(ts)) * 1000 for _, ts in posted if ts in copies]),
        "errors": errors,
    }  # fmt: skip


def _shares(ms: Sequence[float]) -> dict[str, float | None]:
    shares = {f"p{p}": percentile(ms, p / 100) for p in (50, 95)} | {"max": max(ms, default=None)}
    return {name: None if value is None else round(value, 1) for name, value in shares.items()}
