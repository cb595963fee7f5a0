"""How long the bot goes on trying: through an outage of hours, but not behind a fault."""

import asyncio
from pathlib import Path

from bot.engine.interface import Work
from bot.engine.lanes import Patience
from bot.engine.local import LocalEngine
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import Delivery, Unavailable
from tests.bot.workplace import Clock


async def tried(folder: Path, fault: Exception, hours: float) -> tuple[int, int]:
    """How often work that always fails is tried in so many hours, and how many deaths were told."""
    keys, clock = Keys(bytes(32)), Clock()
    store = Store.open(folder / "bot.db", keys.database_key)
    engine = LocalEngine(store, keys, clock, patience=Patience(pause=60.0))
    attempts, deaths = 0, 0

    async def handle(work: Work) -> None:
        nonlocal attempts
        attempts += 1
        raise fault

    async def on_dead(work: Work, error: str) -> None:
        nonlocal deaths
        deaths += 1

    await engine.start(handle, on_dead)
    await engine.accept(Delivery("slack.event", "T1", "slack:T1:C1", ("one",), b"{}"))
    for _ in range(int(hours * 6)):
        await _at_rest(store)
        clock.now += 600.0
        await engine.tick()
    await _at_rest(store)
    await engine.stop()
    store.close()
    return attempts, deaths


async def _at_rest(store: Store) -> None:
    """Long enough for one attempt and what it writes."""
    for _ in range(5):
        await asyncio.sleep(0.002)
        await store.write(lambda c: None)


async def test_an_outage_of_hours_loses_nothing(tmp_path: Path) -> None:
    attempts, deaths = await tried(tmp_path, Unavailable("slack"), 3)
    assert attempts > 12
    assert deaths == 0


async def test_an_outage_of_a_day_is_told_of(tmp_path: Path) -> None:
    attempts, deaths = await tried(tmp_path, Unavailable("slack"), 25)
    assert deaths == 1
    assert attempts > 60


async def test_a_fault_is_dead_after_a_few_tries(tmp_path: Path) -> None:
    assert await tried(tmp_path, ValueError("x"), 2) == (4, 1)
