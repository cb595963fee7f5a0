"""Answers remembered for some seconds; two who ask at once share one call."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")

_MOST = 20_000


class Recent:
    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._asking: dict[Hashable, asyncio.Lock] = {}

    def forget(self, key: Hashable) -> None:
        self._kept.pop(key, None)

    async def get(self, key: Hashable, seconds: float, load: Callable[[], Awaitable[T]]) -> T:
        """What `load` gives, or gave within the last `seconds`. What it raises is not remembered."""
        async with self._asking.setdefault(key, asyncio.Lock()):
            try:
                until, value = self._kept.get(key, (0.0, None))
                if until <= time.monotonic():
                    value = await load()
                    self._put(key, seconds, value)
            finally:
                self._asking.pop(key, None)
            return cast(T, value)

    def _put(self, key: Hashable, seconds: float, value: object) -> None:
        if len(self._kept) > _MOST:
            now = time.monotonic()
            self._kept = {k: kept for k, kept in self._kept.items() if kept[0] > now}
        self._kept[key] = (time.monotonic() + seconds, value)
