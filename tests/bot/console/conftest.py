"""The console over loopback HTTP, on an encrypted store with invented events."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uvicorn

from bot.console import app, sessions
from bot.console.gate import cookie_name
from bot.policy import load
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import Delivery, DirectoryHealth
from tests.bot.console import seed
from tests.browser import chromium

__all__ = ["chromium"]


@dataclass
class House:
    """A running console, the parts behind it, and what it asked of the bot."""

    url: str
    store: Store
    keys: Keys
    clock: seed.Clock
    accepted: list[Delivery] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        """A visitor's browser, as far as headers go; nobody is signed in."""
        return httpx.AsyncClient(
            base_url=self.url, headers={"Origin": self.url, "Sec-Fetch-Site": "same-origin"},
            verify=False,  # plain HTTP: without this every client reads all the system's authorities
        )  # fmt: skip

    async def cookie(self, role: str) -> str:
        """A session for the account of this role."""
        return await self.store.write(lambda c: sessions.start(c, role, self.clock()))

    @asynccontextmanager
    async def as_(self, role: str) -> AsyncIterator[httpx.AsyncClient]:
        async with self.client() as client:
            client.cookies.set(cookie_name(False), await self.cookie(role))
            yield client


@asynccontextmanager
async def open_house(folder: Path, policy: load.Policy | None = None) -> AsyncIterator[House]:
    """Serve the console on a free port with every invented event."""
    keys, clock = Keys(secrets.token_bytes(32)), seed.Clock()
    store = Store.open(folder / "console.db", keys.database_key)
    await seed.everything(store, keys, clock)
    house = House("", store, keys, clock)

    async def accept(delivery: Delivery) -> bool:
        house.accepted.append(delivery)
        return True

    async def health() -> Sequence[DirectoryHealth]:
        at = datetime.fromtimestamp(seed.NOW - 600, UTC)
        return [DirectoryHealth("Staff list", 412, at, stale=False, asked=430, matched=412)]

    made = app.build(
        store=store, keys=keys, accept=accept, policy=lambda: policy or load.default(), health=health, secure_cookies=False, clock=clock,
        under_way={"ffff00000002": "page 12 of 80"}.get, directories=[seed.staff_list(folder)],
    )  # fmt: skip
    async with _serving(made) as url:
        house.url = url
        yield house
    store.close()


@asynccontextmanager
async def _serving(made: object) -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(made, log_level="critical", lifespan="off"))  # type: ignore[arg-type]
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await task


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened
