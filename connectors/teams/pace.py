"""How fast Microsoft may be called: its limits, kept so that none has to be run into, and its "wait" heeded.

Bots: "Rate limiting for bots". Graph: "Microsoft Teams service limits", four a second for a team.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from connectors.interface import Unavailable
from connectors.teams import places

Key = tuple[str, ...]
Windows = tuple[tuple[float, int], ...]
"""Seconds, and how many calls fit in so many."""

_THREAD: Final = ((1.0, 7), (30.0, 60), (3600.0, 1800))
_TENANT: Final = ((1.0, 30),)
_STEADY: Final = ((1.0, 4),)
_AT_ONCE: Final = ((10.0, 40),)
_CAREFUL: Final = 60.0
"""Seconds after a throttle for which nothing goes out faster than `_STEADY`."""
_LONGEST: Final = 3600.0
_PATIENCE: Final = 20.0
_JITTER: Final = 0.1
"""Seconds: of those who waited for the same moment, not all come at once."""


class Pace:
    """Calls are counted by what they are about, such as a tenant and a conversation in it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent: dict[Key, deque[float]] = {}
        self._held: dict[Key, float] = {}
        self._swept = clock()

    async def turn(self, limits: Mapping[Key, Windows]) -> None:
        """Wait for leave for one call more, which counts for every key; without windows only a throttle is heeded.

        Raises Unavailable (with how long) rather than wait long.
        """
        self._forget()
        while (wait := self._wait(limits)) > 0:
            if wait > _PATIENCE:
                raise Unavailable("as much was said to Microsoft as it allows for now", wait)
            await asyncio.sleep(wait + random.uniform(0, _JITTER))  # noqa: S311 - only so that calls spread
        for key, windows in limits.items():
            if windows:
                self._sent.setdefault(key, deque()).append(self._clock())

    def hold(self, key: Key, seconds: float) -> None:
        """The service said to wait with this."""
        self._held[key] = max(self._held.get(key, 0.0), self._clock() + seconds)

    def was_held(self, key: Key, seconds: float) -> bool:
        """Whether the service said to wait, within the last `seconds` or still."""
        return key in self._held and self._held[key] > self._clock() - seconds

    def _wait(self, limits: Mapping[Key, Windows]) -> float:
        now = self._clock()
        held = (self._held.get(key, now) - now for key in limits)
        over = (w for key, windows in limits.items() for w in self._over(key, windows, now))
        return max((*held, *over), default=0.0)

    def _over(self, key: Key, windows: Windows, now: float) -> Iterator[float]:
        sent = self._sent.get(key, ())
        for seconds, allowed in windows:
            if len(sent) >= allowed:
                yield sent[-allowed] + seconds - now

    def _forget(self) -> None:
        """What is longer ago than any window."""
        now = self._clock()
        if now - self._swept < 1.0:
            return
        self._swept = now
        self._held = {k: until for k, until in self._held.items() if until > now - _LONGEST}
        for key, sent in list(self._sent.items()):
            while sent and now - sent[0] >= _LONGEST:
                sent.popleft()
            if not sent:
                del self._sent[key]


def of_bot(tenant: str, thread: str) -> Mapping[Key, Windows]:
    """What a bot may say in one thread."""
    return {(tenant,): _TENANT, (tenant, thread): _THREAD}


class GraphPace:
    """What is written to one team, chat or library by Graph: four a second.

    A hiding does not wait for that, since somebody is reading meanwhile: forty in ten seconds are the same rate. Only
    where Graph throttled a conversation a short while ago is it paced like the rest. What is read is counted nowhere
    and waits for throttles alone.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = Pace(clock)

    async def turn(self, tenant: str, method: str, path: str) -> None:
        """Wait for leave for one call. Raises Unavailable rather than wait long."""
        if key := _about(tenant, path):
            await self._pace.turn({key: (), **self._limits(tenant, method, path, key)})

    def throttled(self, tenant: str, path: str, seconds: float) -> None:
        """Graph answered 429 and said to wait for so long."""
        if key := _about(tenant, path):
            self._pace.hold(key, seconds)

    def _limits(self, tenant: str, method: str, path: str, key: Key) -> Mapping[Key, Windows]:
        if method == "GET":
            return {}
        hides = method == "PATCH" and "messages" in places.steps(path)
        at_once = hides and not self._pace.was_held(key, _CAREFUL)
        return {(tenant,): _TENANT, key[:3]: _AT_ONCE if at_once else _STEADY}


def _about(tenant: str, path: str) -> Key:
    """The chat, library, or team and channel that a path names; () for none."""
    ids = places.steps(path)
    for kind in ("chats", "teams", "drives"):
        if id := ids.get(kind):
            return (tenant, kind, id, ids["channels"]) if "channels" in ids else (tenant, kind, id)
    return ()
