"""A sandbox workspace and the real bot in a process of its own, joined over HTTP: for demo, replay, tests."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from connectors.sandbox.api.call import Sandbox
from connectors.sandbox.messages import Message
from connectors.sandbox.server import Served, serve
from connectors.sandbox.workspace import Workspace

READY_SECONDS = 60.0

_SETTINGS = """\
[chaperone]
public_url = "{bot}"
host = "127.0.0.1"
port = {port}
data = "data"
key_file = "data/key"
secure_cookies = false
{policy}
{platform}
[directory]
{directory}

[governance]
ig_users = [{ig}]
"""


_SLACK = """\
[slack]
client_id = "{client_id}"
api_url = "{sandbox}/api/"
file_hosts = ["{file_host}"]
"""


class StageError(Exception):
    """The bot or the workspace did not come up."""


@dataclass
class Stage:
    """Use as an async context manager. `folder` keeps the bot's data; `bot_log` is inside it."""

    workspace: Workspace
    folder: Path
    directory: Path | None = None
    policy: Path | None = None
    ig_users: Sequence[str] = ()
    sandbox_port: int = 0
    bot_port: int = 0
    host: str = "127.0.0.1"
    _process: asyncio.subprocess.Process | None = None
    _server: Served = field(init=False)
    _closing: AsyncExitStack = field(init=False)
    _http: aiohttp.ClientSession = field(init=False)

    @property
    def bot_url(self) -> str:
        return f"http://{self.host}:{self.bot_port}"

    @property
    def sandbox_url(self) -> str:
        return self._server.base_url

    @property
    def sandbox(self) -> Sandbox:
        """What the workspace's server works on: faults, deliveries, presses."""
        return self._server.sandbox

    @property
    def settings(self) -> Path:
        return self.folder / "chaperone.toml"

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bot_port = self.bot_port or free_port()
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._closing = AsyncExitStack()
        self._closing.push_async_callback(self._http.close)
        try:
            await self.serve_platform(self._closing)
            self._closing.push_async_callback(self.stop_bot)
            self._write_settings()
            await self.start_bot()
        except BaseException:
            await self._closing.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._closing.aclose()

    async def serve_platform(self, closing: AsyncExitStack) -> None:
        """Serve the workspace to the bot, until `closing`."""
        served = serve(self.workspace, self.host, self.sandbox_port, bot_url=self.bot_url)
        self._server = await closing.enter_async_context(served)

    def undelivered(self) -> int:
        """How much the platform has still to tell the bot."""
        return self._server.undelivered()

    async def start_bot(self) -> None:
        """Start `chaperone serve` and wait until it answers. Raises StageError with the end of its log."""
        log = self.bot_log.open("ab")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", "--settings", str(self.settings),
            stdout=log, stderr=log, env=self.environment(), start_new_session=True,
        )  # fmt: skip
        log.close()
        await self._ready(self._process)

    async def stop_bot(self) -> None:
        """Ask it to stop, as an administrator would."""
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), 20)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def kill_bot(self) -> None:
        """kill -9: nothing gets a chance to tidy up."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    @property
    def bot_pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def bot_log(self) -> Path:
        return self.folder / "bot.log"

    async def install(self, admin: str, *, only_bot: bool = False) -> None:
        """Install the app by OAuth as an admin of the workspace; `only_bot`: without the admin's own token."""
        await self._consent("/slack/install" + ("?only=bot" if only_bot else ""), admin)

    async def connect(self, user: str) -> None:
        """One person lets Chaperone edit their own messages, by OAuth."""
        await self._consent("/slack/connect", user)

    async def grant_discovery(self, owner: str) -> None:
        """The owner of an Enterprise organisation lets Chaperone use the Discovery API, by OAuth."""
        await self._consent("/slack/discovery", owner)

    async def health(self) -> dict[str, Any]:
        """The bot's own `/healthz`."""
        async with self._http.get(f"{self.bot_url}/healthz", timeout=aiohttp.ClientTimeout(5)) as response:
            return dict(await response.json())

    async def settled(self, seconds: float = 60.0) -> bool:
        """Wait until the bot has nothing left to do and the workspace nothing left to deliver."""
        calm, ends = 0, time.monotonic() + seconds
        while time.monotonic() < ends:
            try:
                health = await self.health()
                busy = bool(health["unfinished"]) or bool(self.undelivered())
            except (aiohttp.ClientError, TimeoutError):
                busy = True
            calm = 0 if busy else calm + 1
            if calm >= 3:
                return True
            await asyncio.sleep(0.03)
        return False

    async def _consent(self, path: str, user: str) -> None:
        """Follow the OAuth redirects as this person's browser would, saying yes at the workspace."""
        url = f"{self.bot_url}{path}"
        for _ in range(8):
            async with self._http.get(url, allow_redirects=False) as response:
                if response.status not in (301, 302, 303, 307):
                    if response.status != 200:
                        raise StageError(f"{urlsplit(url).path} answered {response.status}")
                    return
                url = urljoin(url, response.headers["location"])
            if "/oauth/v2/authorize" in url:
                url += f"&as={user}"
        raise StageError(f"{path}: too many redirects")

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        for _ in range(int(READY_SECONDS * 20)):
            if process.returncode is not None:
                break
            try:
                if (await self.health())["ok"]:
                    return
            except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
                await asyncio.sleep(0.05)
        raise StageError(f"the bot did not start; its log ends:\n{self.bot_log.read_text()[-2000:]}")

    def environment(self) -> dict[str, str]:
        secrets = {
            "CHAPERONE_SLACK_CLIENT_SECRET": self.workspace.app.client_secret,
            "CHAPERONE_SLACK_SIGNING_SECRET": self.workspace.app.signing_secret,
        }
        return {**os.environ, **secrets}

    def platform_settings(self) -> str:
        """The platform's own section."""
        return _SLACK.format(
            client_id=self.workspace.app.client_id, sandbox=self.sandbox_url,
            file_host=urlsplit(self.sandbox_url).netloc,
        )  # fmt: skip

    def post(self, channel: str, user: str, text: str) -> Message:
        """Say something as a person of the workspace."""
        return self.workspace.post(channel, user, text)

    def post_file(self, channel: str, user: str, name: str, data: bytes) -> tuple[str, Message]:
        """Post a picture without a word; its id and the message."""
        file = self.workspace.add_file(user, name, data, "image/png")
        return file.id, self.workspace.post(channel, user, "", files=[file])

    def copies(self) -> Mapping[str, float]:
        """When the bot's own copy of a file stood there, by the message of the original, of the same name."""
        messages = [m for c in self.workspace.channels.values() for m in c.messages.values()]
        names = {m.ts: {f["name"] for f in m.versions[0].body.get("files", ())} for m in messages}
        ours = [m for m in messages if m.user == self.workspace.app.user and names[m.ts]]
        return {
            m.ts: min(float(c.ts) for c in ours if names[c.ts] == names[m.ts])
            for m in messages
            if m not in ours and any(names[c.ts] == names[m.ts] for c in ours)
        }

    def account(self, user: str) -> str:
        """What the platform calls a person of the workspace."""
        return user

    def accounts(self, user: str) -> list[str]:
        """The same as the settings name them, once for each platform."""
        return [self.account(user)]

    def _write_settings(self) -> None:
        text = _SETTINGS.format(
            bot=self.bot_url, port=self.bot_port, platform=self.platform_settings(),
            ig=", ".join(f'"{account}"' for user in self.ig_users for account in self.accounts(user)),
            policy=f'policy = "{self.policy.resolve()}"' if self.policy else "",
            directory=f'csv = "{self.directory.resolve()}"\nmax_age_hours = 0' if self.directory else "",
        )  # fmt: skip
        self.settings.write_text(text, "utf-8")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
