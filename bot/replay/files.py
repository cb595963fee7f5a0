"""Screenshots of invented patients posted one after another: for how long each could be opened."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.replay.measure import percentile
from bot.replay.stage import Stage
from connectors.sandbox.drawing import patient_list
from connectors.sandbox.seed import DIRECTORY, plant
from connectors.sandbox.tokens import Grants
from connectors.sandbox.workspace import Workspace

SENDER, CHANNEL = "nurse", "ward-7-team"


async def screenshots(count: int, rate: float, grants: Grants) -> dict[str, Any]:
    """Post `count` screenshots, `rate` a second, over the wire at the real bot. Times are the workspace's own,
    from the message until nobody could open the original, and until its copy stood there."""
    workspace = plant(grants=grants)
    sender, channel = workspace.person_called(SENDER).id, workspace.channel_called(CHANNEL).id
    admin = next(p.id for p in workspace.people.values() if p.is_admin)
    with tempfile.TemporaryDirectory(prefix="chaperone-") as folder:
        async with Stage(workspace, Path(folder), DIRECTORY) as stage:
            await stage.install(admin, only_bot=not grants.admin_token)
            if grants.author_tokens:
                await stage.connect(sender)
            await stage.settled()
            pictures = [await asyncio.to_thread(patient_list, n) for n in range(count)]
            posted: list[tuple[str, str]] = []
            for n, picture in enumerate(pictures, 1):
                file = workspace.add_file(sender, f"Screenshot {n}.png", picture, "image/png")
                posted.append((file.id, workspace.post(channel, sender, "", files=[file]).ts))
                await asyncio.sleep(1 / rate)
            settled = await stage.settled(120.0)
            dead = int((await stage.health()).get("dead", 0))
    return report(workspace, posted, dead + (not settled))


def report(workspace: Workspace, posted: Sequence[tuple[str, str]], errors: int) -> dict[str, Any]:
    """What the workspace's own record says of the files (`id`, message)."""
    until = {f["id"]: f["until"] for f in workspace.history()["files"]}
    exposed = [(until[file] - float(ts)) * 1000 for file, ts in posted if until[file] is not None]
    copies = _copies(workspace)
    return {
        "screenshots": len(posted), "redacted": len(copies), "still_readable": len(posted) - len(exposed),
        "exposure_ms": _shares(exposed),
        "replaced_ms": _shares([(copies[ts] - float(ts)) * 1000 for _, ts in posted if ts in copies]),
        "errors": errors,
    }  # fmt: skip


def _copies(workspace: Workspace) -> Mapping[str, float]:
    """When the app's own file with the same name stood there, by the message of the original."""
    messages = [m for c in workspace.channels.values() for m in c.messages.values()]
    names = {m.ts: {f["name"] for f in m.versions[0].body.get("files", ())} for m in messages}
    ours = [m for m in messages if m.user == workspace.app.user and names[m.ts]]
    return {
        m.ts: min(float(c.ts) for c in ours if names[c.ts] == names[m.ts])
        for m in messages
        if m not in ours and any(names[c.ts] == names[m.ts] for c in ours)
    }


def _shares(ms: Sequence[float]) -> dict[str, float | None]:
    shares = {f"p{p}": percentile(ms, p / 100) for p in (50, 95)} | {"max": max(ms, default=None)}
    return {name: None if value is None else round(value, 1) for name, value in shares.items()}
