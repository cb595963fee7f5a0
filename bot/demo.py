"""`chaperone demo`: an invented trust's Slack and Teams, the real bot and its console, on this machine."""

import asyncio
import shutil
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bot import checking
from bot.console.accounts import Role
from bot.policy import load as policies
from bot.policy.dump import dump
from bot.policy.presets import Assigned
from bot.replay.both import BothStage
from bot.replay.command import REACHES
from bot.replay.stage import Stage, StageError
from bot.settings.load import load
from connectors.sandbox.seed import DIRECTORY, plant, plant_teams


class SignIn(NamedTuple):
    name: str
    shown_name: str
    role: Role
    key: str
    """Whom they are in the workspace, by the seed's own key; empty for nobody."""


SIGN_INS = (
    SignIn("reviewer", "Demo IG reviewer", "reviewer", ""),
    SignIn("admin", "Demo admin", "admin", ""),
    SignIn("auditor", "Demo auditor", "auditor", ""),
    SignIn("clinician", "Elin Pritchard", "clinician", "nurse"),
)
PRESETS = {
    "theatre-list": "clinical-care", "social": "admin-social", "hospice-liaison": "external-partners"
}  # fmt: skip
FIRST_PORT = 8800
PASSWORD = "demo-only-password"  # noqa: S105 - a sign-in for invented people on 127.0.0.1


def run(folder: Path | None, port: int | None, reach: str, fresh: bool) -> int:
    """Run until interrupted. Exit status 0, or 2 when something did not come up (said in plain words).

    Without a folder or port of its own a second demo takes others than the first.
    """
    try:
        port = free_pair(port)
        folder = folder or Path(".demo") / str(port)
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        return asyncio.run(_demo(folder, port, reach))
    except (StageError, OSError) as error:
        print(f"chaperone demo: {error}", file=sys.stderr)
        return 2


def free_pair(wanted: int | None = None) -> int:
    """A port that is free with the one after it: the one wanted, or the first from 8800. Raises StageError."""
    for port in (wanted,) if wanted else range(FIRST_PORT, FIRST_PORT + 100, 2):
        if _is_free(port) and _is_free(port + 1):
            return port
    raise StageError(f"port {wanted or FIRST_PORT} or the one after it is taken; give another with --port")


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


async def _demo(folder: Path, port: int, reach: str) -> int:
    # The workspace begins anew each time, so what the bot knew of the last one is of no use.
    shutil.rmtree(folder / "data", ignore_errors=True)
    workspace = plant(grants=REACHES[reach])
    people = [p for p in workspace.people.values() if not (p.is_bot or p.is_external or p.is_guest)]
    admin = next(p for p in people if p.is_admin)
    ig = [p.id for p in people if "governance" in p.role.casefold()]
    policy = _policy(folder)
    if reach == "admin_replace":
        for channel in workspace.channels.values():  # Slack lets an admin delete only where they are
            workspace.join(channel.id, admin.id)
    tenants = plant_teams(workspace)
    stage = BothStage(workspace, folder, DIRECTORY, policy, ig, port + 1, port, tenants=tenants)
    async with stage:
        if reach == "tombstone":
            await stage.grant_discovery(admin.id)
        await stage.install(admin.id, only_bot=reach != "admin_replace")
        if reach == "author_edit":
            for person in people:
                await stage.connect(person.id)
        await stage.install_teams()
        await _sign_ins(stage)
        await stage.settled()
        print(_words(stage), flush=True)
        await _until_interrupted()
    return 0


def _policy(folder: Path) -> Path:
    """The policy that ships, with a preset for each channel of the seed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "policy.yaml"
    path.write_text(
        dump(
            replace(policies.default(), channels={name: Assigned(preset) for name, preset in PRESETS.items()})
        ),
        "utf-8",
    )
    return path


async def _sign_ins(stage: Stage) -> None:
    settings = load(stage.settings, stage.environment())
    for s in SIGN_INS:
        user = stage.workspace.person_called(s.key).id if s.key else ""
        await checking.make_account(settings, s.name, s.shown_name, s.role, PASSWORD, user)


def _words(stage: Stage) -> str:
    names = ", ".join(s.name for s in SIGN_INS)
    return f"""
Chaperone is ready.

  Chat      {stage.sandbox_url}/
            Slack and Microsoft Teams side by side. Type as anybody, or press "Play a shift".
            Everything there is invented.
  Console   {stage.bot_url}/
            Sign in as {names}; password: {PASSWORD}

Stop with Ctrl+C. The bot's log: {stage.bot_log}"""


async def _until_interrupted() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
