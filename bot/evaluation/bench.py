"""Measure the bot on this machine: `python -m bot.evaluation.bench [NAME ...] [--seconds N]` prints a table."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from bot.engine.interface import Handler, Work
from bot.engine.local import LocalEngine
from bot.replay import load, sweeps
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import Delivery

LANES = 50
BODY = b"x" * 1000
AGED = 200_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table; `wanted` says what we ask of ourselves, empty when only informative."""

    name: str
    value: float
    unit: str
    wanted: str = ""


Measurement = Callable[[float], Awaitable[list[Figure]]]
"""Given about how many seconds it may take, measures and returns its rows."""


class Bench:
    """An engine on a database of its own, and deliveries to feed it with."""

    def __init__(self, folder: Path) -> None:
        keys = Keys(bytes(32))
        self.store = Store.open(folder / "bench.db", keys.database_key)
        self.engine = LocalEngine(self.store, keys)
        self.count = 0

    def delivery(self) -> Delivery:
        self.count += 1
        keys = (f"event/{self.count}", f"message/{self.count}")
        return Delivery("bench", "T1", f"C{self.count % LANES}", keys, BODY)

    async def accept(self) -> float:
        """Seconds that one accept took."""
        began = time.perf_counter()
        await self.engine.accept(self.delivery())
        return time.perf_counter() - began

    async def three_steps(self, work: Work) -> None:
        """A handler as the guard is one: an effect to hide, one to verify, one to warn."""
        for step in ("redact", "verify", "warn"):
            await self.engine.effect(f"{step}/{work.id}", _act)


async def _act() -> Mapping[str, Any]:
    return {"ts": "1700000000.000100"}


@asynccontextmanager
async def bench(handle: Callable[[Bench], Handler] | None = None) -> AsyncIterator[Bench]:
    """A running engine; `handle` makes its handler, three effects for each event by default."""

    async def on_dead(work: Work, why: str) -> None:
        raise RuntimeError(why)

    with tempfile.TemporaryDirectory() as folder:
        it = Bench(Path(folder))
        await it.engine.start(handle(it) if handle else it.three_steps, on_dead)
        yield it
        await it.engine.stop()
        it.store.close()


async def accepting(seconds: float) -> list[Figure]:
    """100 events a second, each worked on meanwhile: how long accepts take, and until work starts."""
    starts: list[float] = []

    def handler(it: Bench) -> Handler:
        async def handle(work: Work) -> None:
            starts.append(time.time() - work.accepted_at.timestamp())
            await it.three_steps(work)

        return handle

    async with bench(handler) as it:
        took = await _at_rate(it, 100.0, seconds)
        await it.engine.idle()
    return [
        *_spread("accept at 100/s", took, "<50"),
        *_spread("accept to start at 100/s", starts, "<100"),
    ]


async def working(seconds: float) -> list[Figure]:
    """As fast as it goes; then with 200,000 finished events lying there; then while they are purged."""
    async with bench() as it:
        fresh = await _rate(it, seconds / 3)
    async with bench() as it:
        await it.store.write(_age)
        aged = await _rate(it, seconds / 3)
        began = time.perf_counter()
        purging = asyncio.create_task(it.engine.purge(time.time() - 1e8))
        waits = [await it.accept()]
        while not purging.done():
            waits.append(await it.accept())
        purged = (await purging).work / (time.perf_counter() - began)
        await it.engine.idle()
    return [
        Figure("3-step events", fresh, "/s"),
        Figure("the same after 200,000", 100 * aged / fresh, "%", ">80"),
        Figure("purged", purged, "/s"),
        Figure("longest accept during a purge", 1000 * max(waits), "ms", "<500"),
    ]


async def idling(seconds: float) -> list[Figure]:
    """What it costs to wait, timers and a schedule set."""

    async def nothing(slot: object) -> None:
        return None

    async with bench() as it:
        it.engine.every("bench", 60.0, nothing)
        await asyncio.sleep(0.5)
        cpu = time.process_time()
        await asyncio.sleep(seconds / 3)
        cpu = time.process_time() - cpu
        took = []
        for _ in range(20):
            await asyncio.sleep(0.05)
            took.append(await it.accept())
        await it.engine.idle()
    return [
        Figure("idle CPU", 100 * cpu / (seconds / 3), "%", "<1"),
        Figure("accept after idling, longest", 1000 * max(took), "ms", "<100"),
    ]


async def serving(seconds: float) -> list[Figure]:
    """The whole bot over HTTP: 100 signed events a second, then nothing at all."""
    took = await load.answers(100.0, seconds / 2)
    share = await load.rest(seconds / 2)
    return [
        *_spread("answered over HTTP at 100/s", took, "<50"),
        Figure("idle CPU of the whole bot", 100 * share, "%", "<1"),
    ]


async def sweeping(seconds: float) -> list[Figure]:
    """20,000 staff in 2,000 conversations, on a platform that answers at once."""
    return [Figure(*row) for row in await sweeps.sweeping(seconds)]


MEASUREMENTS: dict[str, Measurement] = {
    "accept": accepting, "work": working, "idle": idling, "serve": serving, "sweep": sweeping
}  # fmt: skip
"""Add a measurement here; its name picks it on the command line."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--seconds", type=float, default=30.0, help="about how long each may take")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    for name in options.names or MEASUREMENTS:
        for figure in asyncio.run(_measured(MEASUREMENTS[name], options.seconds)):
            sys.stdout.write(_line(figure))
            sys.stdout.flush()
    return 0


async def _measured(measurement: Measurement, seconds: float) -> list[Figure]:
    return await measurement(seconds)


def _line(figure: Figure) -> str:
    wanted = f"wanted {figure.wanted}" if figure.wanted else ""
    return f"{figure.name:<38} {figure.value:>10.2f} {figure.unit:<4} {wanted}".rstrip() + "\n"


def _spread(name: str, seconds: Sequence[float], wanted: str) -> list[Figure]:
    ordered = sorted(seconds)
    median, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return [
        Figure(f"{name}, p50", 1000 * median, "ms"),
        Figure(f"{name}, p99", 1000 * late, "ms", wanted),
        Figure(f"{name}, longest", 1000 * ordered[-1], "ms", "<1000"),
    ]


async def _at_rate(it: Bench, rate: float, seconds: float) -> list[float]:
    """Start one accept each 1/rate seconds, whether the last has answered or not."""
    began = time.perf_counter()
    tasks: list[asyncio.Task[float]] = []
    for i in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + i / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(it.accept()))
    return list(await asyncio.gather(*tasks))


async def _rate(it: Bench, seconds: float) -> float:
    """Events a second from accept to done, with `LANES` senders."""

    async def send(until: float) -> None:
        while time.perf_counter() < until:
            await it.accept()

    before, began = it.count, time.perf_counter()
    await asyncio.gather(*(send(began + seconds) for _ in range(LANES)))
    await it.engine.idle()
    return (it.count - before) / (time.perf_counter() - began)


def _age(c: Connection) -> None:
    """Finished events as they lie there after some weeks."""
    old = time.time() - 2e8
    done = {"tenant": "T1", "source": "bench", "sealed_body": b"", "state": "done", "attempts": 1}
    for start in range(0, AGED, 10_000):
        numbers = range(start, start + 10_000)
        rows = [{**done, "lane": f"C{n % LANES}", "accepted_at": old, "finished_at": old} for n in numbers]
        c.execute(insert(t.inbox), rows)
        c.execute(insert(t.seen), [{"tenant": "T1", "key": f"old/{n}", "at": old} for n in numbers])


if __name__ == "__main__":
    sys.exit(main())
