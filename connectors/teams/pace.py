"""How fast a bot may speak: Teams' limits (Rate limiting for bots), kept so that none has to be run into."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from connectors.interface import Unavailable

_THREAD: Final = ((1.0, 7), (30.0, 60), (3600.0, 1800))
_TENANT: Final = ((1.0, 30),)
_PATIENCE: Final = 20.0


class Pace:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent: dict[tuple[str, ...], deque[float]] = {}

    async def turn(self, tenant: str, thread: str) -> None:
        """Wait for leave to send one more. Raises Unavailable (with how long) rather than wait long."""
        while (wait := self._wait(tenant, thread)) > 0:
            if wait > _PATIENCE:
                raise Unavailable("the bot has said all that it may here for now", wait)
            await asyncio.sleep(wait)
        for key in ((tenant,), (tenant, thread)):
            self._sent.setdefault(key, deque()).append(self._clock())

    def _wait(self, tenant: str, thread: str) -> float:
        now = self._clock()
        self._forget(now)
        limits = (((tenant,), _TENANT), ((tenant, thread), _THREAD))
        return max((w for key, windows in limits for w in self._over(key, windows, now)), default=0.0)

    def _over(
        self, key: tuple[str, ...], windows: tuple[tuple[float, int], ...], now: float
    ) -> Iterator[float]:
        sent = self._sent.get(key, ())
        for seconds, allowed in windows:
            if len(sent) >= allowed:
                yield sent[-allowed] + seconds - now

    def _forget(self, now: float) -> None:
        """Threads that were silent for an hour, and what is longer ago."""
        for key, sent in list(self._sent.items()):
            while sent and now - sent[0] >= _THREAD[-1][0]:
                sent.popleft()
            if not sent:
                del self._sent[key]
