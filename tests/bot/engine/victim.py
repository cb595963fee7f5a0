"""A process to be killed: accepts lines from stdin, does two effects for each against a loopback target.

Run as `python -m tests.bot.engine.victim DATABASE PORT`. Prints the line again once it is committed.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.engine.interface import Work
from bot.engine.local import LocalEngine
from bot.store.database import Store
from tests.bot.engine.conftest import KEYS, delivery


async def ask(port: int, path: str) -> Any:
    """One HTTP request, by hand: starting fast matters more than comfort here."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return json.loads(answer.partition(b"\r\n\r\n")[2])


async def main(path: Path, port: int) -> None:
    store = Store.open(path, KEYS.database_key)
    engine = LocalEngine(store, KEYS)

    async def handle(work: Work) -> None:
        event = work.delivery.body.decode()

        async def redact() -> Mapping[str, Any]:
            return {"at": await ask(port, f"/redact/{work.delivery.lane}/{work.id}/{event}")}

        async def redacted() -> Mapping[str, Any] | None:
            done = await ask(port, f"/redacted/{event}")
            return {"at": done} if done else None

        async def warn() -> Mapping[str, Any]:
            return {"at": await ask(port, f"/warn/{work.delivery.lane}/{work.id}/{event}")}

        await engine.effect(f"redact/{event}", redact, redacted)
        await engine.effect(f"warn/{event}", warn)  # an ephemeral: nobody can look whether it stands there

    async def on_dead(work: Work, why: str) -> None:
        raise SystemExit(why)

    await engine.start(handle, on_dead)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with asyncio.TaskGroup() as group:
        while line := (await reader.readline()).decode().strip():
            group.create_task(take(engine, line))
    await engine.idle()
    await engine.stop()
    store.close()


async def take(engine: LocalEngine, line: str) -> None:
    lane, event = line.split()
    await engine.accept(delivery(event, lane))
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
