"""kill -9, ten times, while accepting and handling: nothing lost, nothing repeated, order kept."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from bot.store import tables as t
from bot.store.database import Store
from tests.bot.engine.conftest import KEYS

KILLS, EVENTS, LANES = 10, 400, 8


class Target:
    """What the effects act on, over HTTP on loopback; it remembers everything that was done to it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str, int, str]] = []  # what, lane, number in the inbox, event
        self.moved = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readline()).split()[1].decode()
        what, *rest = path.strip("/").split("/")
        if what == "redacted":
            answer: object = any(d[0] == "redact" and d[3] == rest[0] for d in self.done)
        else:
            self.done.append((what, rest[0], int(rest[1]), rest[2]))
            self.moved.set()
            answer = len(self.done)
            await asyncio.sleep(0.002)  # done, and not yet answered: the moment that matters
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(answer).encode())
        writer.close()

    async def until(self, count: int) -> None:
        while len(self.done) < count:
            self.moved.clear()
            await self.moved.wait()


class Sender:
    """A platform: sends every event again until it is acknowledged, in order."""

    def __init__(self) -> None:
        self.waiting = [f"C{i % LANES} e{i}" for i in range(EVENTS)]
        self.acknowledged: set[str] = set()

    async def send(self, victim: asyncio.subprocess.Process, at_most: int) -> None:
        assert victim.stdin is not None
        lines = [line for line in self.waiting if line not in self.acknowledged][:at_most]
        victim.stdin.write("".join(f"{line}\n" for line in lines).encode())

    async def listen(self, victim: asyncio.subprocess.Process) -> None:
        assert victim.stdout is not None
        while line := (await victim.stdout.readline()).decode().strip():
            self.acknowledged.add(line)


async def life(sender: Sender, target: Target, path: Path, port: int, *, last: bool) -> None:
    """One process from its start to its end."""
    code = [sys.executable, "-m", "tests.bot.engine.victim", str(path), str(port)]
    pipe = asyncio.subprocess.PIPE
    victim = await asyncio.create_subprocess_exec(*code, stdin=pipe, stdout=pipe)
    assert victim.stdin is not None
    listening = asyncio.create_task(sender.listen(victim))
    try:
        await sender.send(victim, EVENTS if last else EVENTS // KILLS + 20)
        if last:
            victim.stdin.close()
        else:
            await asyncio.wait_for(target.until(len(target.done) + 23), 60)
            victim.kill()
        await asyncio.wait_for(victim.wait(), 60)
        await listening
    finally:
        if victim.returncode is None:
            victim.kill()
            await victim.wait()


async def test_ten_kills_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    target, sender = Target(), Sender()
    server = await asyncio.start_server(target.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for _ in range(KILLS):
        await life(sender, target, tmp_path / "a.db", port, last=False)
    assert len(target.done) < 2 * EVENTS  # else the kills came too late to prove anything
    await life(sender, target, tmp_path / "a.db", port, last=True)
    server.close()

    assert len(sender.acknowledged) == EVENTS
    assert {d[3] for d in target.done if d[0] == "redact"} == {f"e{i}" for i in range(EVENTS)}
    repeats = {e: n for e, n in Counter((d[0], d[3]) for d in target.done).items() if n > 1}
    assert repeats == {}
    assert_in_order(target)
    assert_accounted_for(target, tmp_path / "a.db")


def assert_in_order(target: Target) -> None:
    """Within a lane, nothing is done for an earlier event once a later one has begun."""
    for lane in {d[1] for d in target.done}:
        numbers = [d[2] for d in target.done if d[1] == lane]
        assert numbers == sorted(numbers)


def assert_accounted_for(target: Target, path: Path) -> None:
    """Every event is done; a warning that did not arrive is on record as uncertain, never silently gone."""
    store = Store.open(path, KEYS.database_key)
    states = store.read_now(lambda c: c.execute(select(t.inbox.c.state)).scalars().all())
    effects = store.read_now(lambda c: c.execute(select(t.effect.c.key, t.effect.c.state)).all())
    store.close()
    assert Counter(states) == {"done": EVENTS}
    warned = {d[3] for d in target.done if d[0] == "warn"}
    uncertain = {key.split("/")[1] for key, state in effects if state == "uncertain"}
    assert len(effects) == 2 * EVENTS
    assert warned | uncertain == {f"e{i}" for i in range(EVENTS)}
    assert len(uncertain) <= KILLS * LANES
