"""Microsoft 365 Agents Playground, a chat client for bots that we did not write: found, started and asked.

Its licence lets anybody evaluate it, not pass it on: `npm ci` fetches the version pinned beside this file.
"""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
import pytest

Json = dict[str, Any]

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules/@microsoft/m365agentsplayground/cli.js"
INSTALL = "npm ci --ignore-scripts --prefix tests/bot/end_to_end/playground"
_READY_SECONDS = 60.0


def needed() -> None:
    """Without Node.js or the program the test is skipped, except in CI, where it fails."""
    if shutil.which("node") and PROGRAM.is_file():
        return
    missing = f"Needs Node.js and the program that this installs: {INSTALL}"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@dataclass(frozen=True)
class People:
    """Who and what stands in the program's only tenant: a person is {id, aadObjectId, name, email, …}."""

    tenant: str
    bot: Mapping[str, str]
    me: Mapping[str, str]
    """Who types and presses in its page."""
    others: Sequence[Mapping[str, str]]
    """Five, no more and no less."""
    personal: str
    chat: str
    team: Mapping[str, Any]

    def config(self) -> Json:
        """The program's own file, which is YAML: JSON is."""
        return {
            "version": "0.1.1", "tenantId": self.tenant, "bot": self.bot, "currentUser": self.me,
            "users": self.others, "personalChat": {"id": self.personal},
            "groupChat": {"id": self.chat, "name": "Night shift"}, "team": self.team,
        }  # fmt: skip


@dataclass
class Playground:
    """A running one, and where its page is."""

    url: str
    _http: aiohttp.ClientSession = field(repr=False)
    CUSTOM: ClassVar = "/_internal/v1/customActivities"
    """The address of custom activities: what is posted there it sends to the bot as it is."""

    async def sends(self, activity: Mapping[str, Any]) -> None:
        """Have it send an activity as it is. The bot's answer is not told."""
        async with self._http.post(self.url + self.CUSTOM, json=activity) as answer:
            answer.raise_for_status()


@asynccontextmanager
async def running(
    folder: Path, people: People, *, bot_url: str, service_url: str, ca_file: Path
) -> AsyncIterator[Playground]:
    """`bot_url` gets its activities, which tell the bot to answer at `service_url`; it trusts `ca_file`."""
    config = folder / "playground.json"
    config.write_text(json.dumps(people.config()), "utf-8")
    process = await asyncio.create_subprocess_exec(
        "node", str(PROGRAM), "start", "--disable-telemetry", "--channel-id", "msteams", "--port", "0",
        "--app-endpoint", bot_url, "--service-url", service_url,
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env=_environment(config, ca_file),
    )  # fmt: skip
    try:
        async with aiohttp.ClientSession() as http:
            yield Playground(f"http://localhost:{await _port(process)}", http)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)  # asked kindly it waits for pages that are open
        await process.wait()


def _environment(config: Path, ca_file: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "HOME": str(config.parent), "NODE_EXTRA_CA_CERTS": str(ca_file.resolve()),
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(config.resolve()), "TEAMSAPPTESTER_BROWSER": "none",
    }  # fmt: skip


async def _port(process: asyncio.subprocess.Process) -> int:
    """It says where it listens."""
    assert process.stdout is not None
    async with asyncio.timeout(_READY_SECONDS):
        async for line in process.stdout:
            if line.startswith(b"Listening on "):
                return int(line.split()[-1])
    raise RuntimeError("the playground did not start")
