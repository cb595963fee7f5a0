"""Processes that read files for the bot: started when needed, killed when they hang, replaced when they die."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from bot.files.child import COMMAND, AsyncLook, Child, Died, Progress, TimedOut
from bot.sealed.confine import Confined
from detectors.files.interface import Cut, File, Limits, Outcome, Passage, Result, Taste

__all__ = ["AsyncLook", "Closed", "Pool", "Progress"]

_UNKNOWN: Final = "application/octet-stream"
_TOO_LONG: Final = "Reading this file took too long, so nobody could look inside."
_BROKE: Final = "Reading this file failed twice, so nobody could look inside."
_TOO_LARGE: Final = "This file is larger than {:,} MB."

_QUICK_BYTES: Final = 256 * 2**10
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff")
_IDLE: Final = 300.0
_TASTE: Final = Taste()

_WORD: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAHgAAAAoAQAAAAAdkQOIAAAAl0lEQVR42mP8z4ACmBiGA/8CwwIE/y9p+h9+sRf4qcBwCMZ/17Prxu8NDNUw/oUD"
    "jDwsEv8dGqB8RgYGBo4/DE0w+Q8H2BgYBP7BzfvE8F8A2Xz7hl/IFv//YfPx8/nPc/5DABMDG4qbmBgWMjAwMHxh+N+AcO+HHwxMdTD59w5uD/68"
    "eLkHJh/UxBzAGsDgDZFnHOTxCwAnojR/gdvApwAAAABJRU5ErkJggg=="
)
"""A picture of one word: reading it loads what the first screenshot would have to wait for."""


async def _hide_nothing(passages: Sequence[Passage]) -> list[list[Cut]]:
    return [[] for _ in passages]


async def _silent(said: str) -> None:
    return None


class Closed(Exception):
    """The pool was closed before the file was read."""


class Pool:
    """Looks into files, `size` at a time. One of two or more processes is kept for quick files, so that a
    scan of 80 pages holds up no screenshot; a single process reads files in turn."""

    def __init__(
        self, size: int = 2, limits: Limits | None = None, *, idle: float = _IDLE, command: Sequence[str] = COMMAND
    ) -> None:  # fmt: skip
        """`idle`: seconds after which a process that nobody needs is stopped; the one for quick files stays, for
        a screenshot cannot wait for it to start. `command` starts a process."""
        self._limits = limits or Limits()
        self._idle = idle
        self._command = tuple(command)
        self._places: list[Child | None] = [None] * max(1, size)
        self._busy: set[int] = set()
        self._changed = asyncio.Condition()
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._confined: Confined | None = None
        self._closed = False
        self._stopping: set[asyncio.Task[None]] = set()

    async def inspect(
        self, file: File, look: AsyncLook, taste: Taste = _TASTE, progress: Progress = _silent
    ) -> Result:
        """What became of the file. `look` says what is to be hidden in its passages; what it raises is raised
        here. A process that dies over a file is replaced, and the file tried once more."""
        if len(file.data) > self._limits.bytes:
            return _quarantined(_TOO_LARGE.format(self._limits.bytes // 2**20))
        for _ in range(2):
            try:
                async with self._place(_is_quick(file)) as child:
                    return await child.inspect(file, look, taste, progress, self._limits)
            except TimedOut:
                return _quarantined(_TOO_LONG)
            except Died:
                continue
        return _quarantined(_BROKE)

    async def start(self) -> None:
        """Start the process for quick files now rather than with the first of them."""
        async with self._place(quick=True):
            pass

    async def confined(self) -> Confined:
        """What the system keeps from the processes; starts one if none has run yet."""
        if self._confined is None:
            await self.start()
        return self._confined or Confined()

    async def close(self) -> None:
        """Stop every process. Whoever waits for a file gets Closed, and may ask again after a restart."""
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        for place, child in enumerate(self._places):
            if child is not None:
                self._places[place] = None
                await child.stop()
        if self._stopping:
            await asyncio.wait(self._stopping)

    @asynccontextmanager
    async def _place(self, quick: bool) -> AsyncIterator[Child]:
        place = await self._take(quick)
        try:
            yield await self._child(place)
        finally:
            await self._give_back(place)

    async def _take(self, quick: bool) -> int:
        async with self._changed:
            await self._changed.wait_for(lambda: self._free(quick) is not None)
            place = self._free(quick)
            assert place is not None  # noqa: S101 - what was waited for
            self._busy.add(place)
            return place

    def _free(self, quick: bool) -> int | None:
        """The first place is kept for quick files, where there are several."""
        first = 0 if quick or len(self._places) == 1 else 1
        return next((p for p in range(first, len(self._places)) if p not in self._busy), None)

    async def _child(self, place: int) -> Child:
        if timer := self._timers.pop(place, None):
            timer.cancel()
        if self._closed:
            raise Closed
        child = self._places[place]
        if child is not None and not child.is_fit:  # it died while nobody needed it
            await child.stop()
            child = None
        if child is None:
            child = self._places[place] = await Child.start(self._command)
            self._confined = child.confined
            if place == 0:
                await child.inspect(File("word.png", _WORD), _hide_nothing, _TASTE, _silent, self._limits)
        return child

    async def _give_back(self, place: int) -> None:
        child = self._places[place]
        if child is not None and not child.is_fit:
            self._places[place] = None
            await child.stop()
        elif child is not None and place > 0:
            self._timers[place] = asyncio.get_running_loop().call_later(self._idle, self._retire, place)
        async with self._changed:
            self._busy.discard(place)
            self._changed.notify_all()

    def _retire(self, place: int) -> None:
        child = self._places[place]
        if child is not None and place not in self._busy:
            self._places[place] = None
            task = asyncio.ensure_future(child.stop())
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)


def _is_quick(file: File) -> bool:
    """A screenshot, a photograph, or little of anything: read in about a second."""
    return len(file.data) <= _QUICK_BYTES or file.data.startswith(_PICTURES)


def _quarantined(reason: str) -> Result:
    return Result(Outcome.QUARANTINED, _UNKNOWN, reason)
