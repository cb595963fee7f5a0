"""What Microsoft sends to the bot: concurrently, retried, and recorded among the workspace's deliveries."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

Json = dict[str, Any]
_PASSING: Final = (408, 429)


@dataclass(frozen=True, slots=True)
class Manner:
    """How long an answer may take and after which waits (seconds) it is tried again; `always`: after a
    refusal (4xx) too."""

    within: float
    waits: tuple[float, ...]
    always: bool = False


class Outbox:
    """Requests under way. `hurry` gives how much faster than in the world retries come."""

    def __init__(self, hurry: Callable[[], float]) -> None:
        self._hurry = hurry
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def under_way(self) -> int:
        return len(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until nothing is under way, retries and delays included."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def deliver(
        self, url: str, body: bytes, headers: Callable[[], Mapping[str, str]], manner: Manner, entry: Json
    ) -> None:  # fmt: skip
        """POST until it is taken (2xx) or given up; fills in `entry`."""
        for number, wait in enumerate((0.0, *manner.waits)):
            if wait:
                await asyncio.sleep(wait / self._hurry())
            entry["first_at"] = entry["first_at"] or time.time()
            entry["tries"] = number + 1
            status, _, _ = await self.send(url, body, headers(), manner.within)
            entry["status"] = status
            if status and 200 <= status < 300:
                entry["answered_at"] = time.time()
                return
            if status and status < 500 and status not in _PASSING and not manner.always:
                return

    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str], within: float = 10.0
    ) -> tuple[int | None, bytes, str]:
        """One request: status (None for no answer), body and content type."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))
        try:
            limit = aiohttp.ClientTimeout(total=within)
            async with self._session.post(
                url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as got:
                return got.status, await got.read(), got.content_type
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None, b"", ""

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()


def entry(id: str, type: str, subtype: str | None, ts: str | None) -> Json:
    """A record of a delivery, of the same form as Slack's."""
    return {
        "event_id": id, "type": type, "subtype": subtype, "ts": ts, "first_at": None, "answered_at": None,
        "tries": 0, "status": None,
    }  # fmt: skip
