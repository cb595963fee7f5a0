"""A served tenant, a bot that only listens, and every answer judged by Microsoft's own descriptions."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio
from aiohttp import web
from yarl import URL

from connectors.microsoft.tokens import App, Tokens
from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Message
from connectors.sandbox.seed import plant
from connectors.sandbox.teams.addresses import path
from connectors.sandbox.teams.places import Places
from connectors.sandbox.teams.sandbox import TENANT, TENANT_WIDE, TeamsSandbox
from connectors.sandbox.workspace import Workspace
from tests.connectors.sandbox.teams.reference import activity_problems, graph_problems

Json = dict[str, Any]
WARD, SOCIAL, HOSPICE = "C0WARD7TM", "C0SOCIAL1", "C0HOSPICE"
NURSE, SISTER, ADMIN, PARTNER, OUTSIDER = "U0NURSE01", "U0SISTER1", "U0ADMIN01", "U0HOSPICE", "U0OUTSIDE"
BOT_SCOPE = "https://api.botframework.com/.default"


@dataclass
class Bot:
    """Where the bot would be: keeps what Microsoft sends, and answers as told."""

    url: str = ""
    activities: list[Json] = field(default_factory=list)
    bearers: list[str] = field(default_factory=list)
    notifications: list[Json] = field(default_factory=list)
    lifecycle: list[Json] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer: Json = field(default_factory=dict)
    greets: bool = True

    def of(self, kind: str, event: str | None = None) -> list[Json]:
        found = [a for a in self.activities if a["type"] == kind]
        return [a for a in found if event is None or a["channelData"].get("eventType") == event]

    async def messages(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.problems += activity_problems(activity)
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.activities.append(activity)
            self.bearers.append(request.headers["Authorization"].removeprefix("Bearer "))
        return web.json_response(self.answer, status=status)

    async def notified(self, request: web.Request) -> web.Response:
        if token := request.query.get("validationToken"):
            return web.Response(text=token if self.greets else "no")
        status = self.statuses.pop(0) if self.statuses else 202
        if status == 202:
            kept = self.lifecycle if request.path.endswith("lifecycle") else self.notifications
            kept.append(await request.json())
        return web.Response(status=status)


@dataclass
class Ward:
    """The sandbox with the app installed on the ward, and calls as the bot would make them."""

    teams: TeamsSandbox
    bot: Bot
    tokens: Tokens
    session: aiohttp.ClientSession
    unjudged: list[str] = field(default_factory=list)

    @property
    def workspace(self) -> Workspace:
        return self.teams.estate.workspace

    @property
    def places(self) -> Places:
        return self.teams.estate.places

    @property
    def channel(self) -> Channel:
        return self.workspace.channels[WARD]

    async def graph(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and body; a body that Graph's description does not allow fails the test."""
        token = await self.tokens.get(TENANT)
        status, found = await self._send(method, f"{self.teams.graph_url}{path}", token, body, headers)
        wrong = graph_problems(method, f"{self.teams.graph_url}{path}", status, found)
        if wrong is None:
            self.unjudged.append(path)
        assert not wrong, wrong
        return status, found

    async def connector(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        token = await self.tokens.get(TENANT, BOT_SCOPE)
        return await self._send(method, f"{self.teams.service_url}v3/{path}", token, body, {})

    async def _send(self, method: str, url: str, token: str, body: Any, headers: Json) -> tuple[int, Any]:
        sent = {"Authorization": f"Bearer {token}", **headers}
        at = URL(url, encoded=True)
        async with self.session.request(method, at, json=body, headers=sent, allow_redirects=False) as got:
            raw = await got.read()
            return got.status, json.loads(raw) if raw and got.content_type == "application/json" else raw

    def place(self, message: Message) -> str:
        """A message's path under Graph."""
        return path(self.teams.estate, message)

    def readable(self, message: Message) -> str:
        """What the workspace's own record says that members can read now."""
        records = self.workspace.history()["messages"]
        record = next(m for m in records if (m["channel"], m["ts"]) == (message.channel, message.ts))
        version = record["versions"][-1]
        return json.dumps([version["text"], version["blocks"], version["attachments"], version["files"]])


@asynccontextmanager
async def listening() -> AsyncIterator[Bot]:
    """A bot that answers on loopback; at the end nothing may have been unlike Microsoft."""
    bot, app = Bot(), web.Application()
    app.add_routes([web.post("/api/messages", bot.messages), web.post("/{any:.*}", bot.notified)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield bot
    await runner.cleanup()
    assert not bot.problems


@pytest_asyncio.fixture
async def bot() -> AsyncIterator[Bot]:
    async with listening() as bot:
        yield bot


async def ward_of(bot: Bot, folder: Path, roles: frozenset[str]) -> AsyncIterator[Ward]:
    async with TeamsSandbox(plant(), None, folder, roles=roles) as teams:
        teams.connect(bot.url)
        teams.faults.clock_factor = 1000
        context = ssl.create_default_context(cafile=str(teams.ca_file))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            app = App(teams.app.client_id, teams.app.secret, authority=teams.url, ca_file=teams.ca_file)
            yield Ward(teams, bot, Tokens(app), session)
        await asyncio.wait_for(teams.settled(), 10)


@pytest_asyncio.fixture
async def ward(bot: Bot, tmp_path: Path) -> AsyncIterator[Ward]:
    """Tenant-wide permissions, the app installed on the ward."""
    async for made in ward_of(bot, tmp_path, TENANT_WIDE):
        await made.teams.install(WARD)
        await made.teams.settled()
        yield made


@pytest_asyncio.fixture
async def rsc(bot: Bot, tmp_path: Path) -> AsyncIterator[Ward]:
    """No role at all: what an installation grants is everything."""
    folder = tmp_path / "rsc"
    folder.mkdir()
    async for made in ward_of(bot, folder, frozenset()):
        await made.teams.install(WARD)
        await made.teams.settled()
        yield made
