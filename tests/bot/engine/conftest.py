"""A store, an engine on a clock that a test turns, and deliveries."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.engine.interface import Work
from bot.engine.lanes import Patience
from bot.engine.local import LocalEngine
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import Delivery

KEYS = Keys(bytes(range(32)))
START = 1_700_000_000.0


class Clock:
    """Stands still until it is turned."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class House:
    """One machine: its file, its clock, and an engine that can be stopped, killed and started again."""

    def __init__(self, path: Path | None, **options: object) -> None:
        self.path, self.options = path, {"patience": Patience(tries=3), **options}
        self.clock = Clock()
        self.dead: list[tuple[str, str]] = []
        self.handled: list[str] = []
        self.handle: Callable[[Work], Awaitable[None]] = self.note
        self.store = Store.open(path, KEYS.database_key)
        self.engine = LocalEngine(self.store, KEYS, self.clock, **self.options)  # type: ignore[arg-type]

    async def note(self, work: Work) -> None:
        self.handled.append(work.delivery.body.decode())

    async def on_dead(self, work: Work, why: str) -> None:
        self.dead.append((work.delivery.body.decode(), why))

    async def start(self) -> None:
        await self.engine.start(self.handle, self.on_dead)

    async def restart(self) -> None:
        """The process ends in order, and another takes over."""
        await self.engine.stop()
        self.store.close()
        self.store = Store.open(self.path, KEYS.database_key)
        self.engine = LocalEngine(self.store, KEYS, self.clock, **self.options)  # type: ignore[arg-type]

    async def turn(self, seconds: float) -> None:
        """Time passes, and what is due happens."""
        self.clock.now += seconds
        await self.engine.tick()
        await self.rest()

    async def rest(self, steps: int = 20) -> None:
        """Let what is under way take so many steps, however slow the threads of the store are."""
        for _ in range(steps):
            await self.store.write(_nothing)
            await self.store.read(_nothing)
            await asyncio.sleep(0.001)


def _nothing(_: Connection) -> None:
    """Done after whatever stood before it in a thread's queue."""


def delivery(body: str, lane: str = "C1", *keys: str, tenant: str = "T1") -> Delivery:
    return Delivery("test.event", tenant, lane, keys or (f"{lane}/{body}",), body.encode())


@pytest.fixture
async def house(tmp_path: Path):
    house = House(tmp_path / "a.db")
    yield house
    await house.engine.stop()
    house.store.close()
