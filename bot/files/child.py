"""One process of the sealed room, as the bot sees it: it is told what to read, and not believed blindly."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

from bot.sealed import wire
from bot.sealed.confine import Confined
from detectors.files.interface import Cut, File, Limits, Passage, Result, Taste

AsyncLook = Callable[[Sequence[Passage]], Awaitable[Sequence[Sequence[Cut]]]]
Progress = Callable[[str], Awaitable[None]]

COMMAND: Final = (sys.executable, "-I", "-m", "bot.sealed.worker")

_STARTS_WITHIN: Final = 60.0
_LISTENS_WITHIN: Final = 60.0
_FILES: Final = 100
"""Read by one process before it is replaced: what a file broke, or left in memory, ends with it."""

_MOST_SAID: Final = 20_000
"""Messages about one file: a page, a part, a frame each; who says more says it to gain time."""

_WHOLE: Final = 5.0
"""How many times the limit on silence a file may take in all."""


class Died(Exception):
    """The process ended, or said what it may not, before it gave a result."""


class TimedOut(Exception):
    """Nothing came for as long as the limits allow."""


class Child:
    """Reads one file at a time. After any error it is unfit, and is to be stopped."""

    def __init__(self, process: Process, folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._files = 0
        self._broken = False
        self.confined = Confined()

    @classmethod
    async def start(cls, command: Sequence[str]) -> "Child":
        """A process that has said that it is confined and ready. Raises Died, TimedOut."""
        folder = Path(tempfile.mkdtemp(prefix="chaperone-"))
        process = await asyncio.create_subprocess_exec(
            *command,
            str(folder),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            cwd=folder,
            env=_environment(folder),
        )
        child = cls(process, folder)
        try:
            async with asyncio.timeout(_STARTS_WITHIN):
                words, _ = await child._hear()
            child.confined = Confined(**{k: bool(v) for k, v in words["confined"].items()})
        except BaseException as error:
            await child.stop()
            if isinstance(error, TimeoutError):
                raise TimedOut from error
            raise
        return child

    @property
    def is_fit(self) -> bool:
        return not self._broken and self._process.returncode is None and self._files < _FILES

    async def inspect(
        self, file: File, look: AsyncLook, taste: Taste, progress: Progress, limits: Limits
    ) -> Result:
        """Raises Died, TimedOut, and what `look` raises. The time that `look` takes is not counted."""
        self._files += 1
        self._broken = True
        words, data = wire.request(file, limits, taste)
        left = limits.seconds * _WHOLE
        await self._say({**words, "seconds": left}, data)
        for _ in range(_MOST_SAID):
            began = time.monotonic()
            words, data = await self._answer(min(limits.seconds, left))
            left -= time.monotonic() - began
            match words.get("say"):
                case "result":
                    return self._result(words, data, limits)
                case "progress":
                    await progress(str(words.get("said"))[:200])
                case "look":
                    await self._say(wire.cuts(await look(self._passages(words, limits))))
                case _:
                    raise Died
        raise TimedOut

    async def stop(self) -> None:
        """Kill the process, wait for it, and remove its folder."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _result(self, words: dict[str, Any], data: bytes, limits: Limits) -> Result:
        try:
            result = wire.read_result(words, data, limits.passages)
        except wire.Garbled as error:
            raise Died from error
        self._broken = False
        return result

    def _passages(self, words: dict[str, Any], limits: Limits) -> list[Passage]:
        try:
            return wire.read_passages(words, limits.passages)
        except wire.Garbled as error:
            raise Died from error

    async def _answer(self, seconds: float) -> wire.Message:
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                return await self._hear()
        except TimeoutError as error:
            raise TimedOut from error

    async def _say(self, words: dict[str, Any], data: bytes = b"") -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - started with one
        try:
            async with asyncio.timeout(_LISTENS_WITHIN):
                for part in wire.pack(words, data):
                    pipe.write(part)
                await pipe.drain()
        except TimeoutError as error:
            raise TimedOut from error
        except (ConnectionError, RuntimeError) as error:
            raise Died from error

    async def _hear(self) -> wire.Message:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - started with one
        try:
            words, data = wire.lengths(await pipe.readexactly(wire.HEAD.size))
            return wire.unpack(await pipe.readexactly(words)), await pipe.readexactly(data)
        except (asyncio.IncompleteReadError, ConnectionError, wire.Garbled) as error:
            raise Died from error


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the bot's own environment, where keys may stand. One thread each: files come several at once."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if k in os.environ}
    return {**one, **kept, "TMPDIR": str(folder), "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
