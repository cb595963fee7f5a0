"""Reads files for the bot, one after the other, until its input ends: python -m bot.sealed.worker FOLDER."""

import mimetypes
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from bot.sealed import wire
from bot.sealed.confine import allow_seconds, confine
from detectors.files.interface import Cut, Family, Passage

Families = Callable[[], Sequence[Family]]


class _Line:
    """The bot at the other end."""

    def __init__(self, heard: BinaryIO, said: BinaryIO) -> None:
        self._heard = heard
        self._said = said

    def say(self, words: dict[str, Any], data: bytes = b"") -> None:
        for part in wire.pack(words, data):
            self._said.write(part)
        self._said.flush()

    def hear(self) -> wire.Message:
        """The next message. Raises EOFError when the bot has hung up."""
        words, data = wire.lengths(self._exactly(wire.HEAD.size))
        return wire.unpack(self._exactly(words)), self._exactly(data)

    def _exactly(self, size: int) -> bytes:
        data = self._heard.read(size)
        if len(data) < size:
            raise EOFError
        return data


def catalogue() -> Sequence[Family]:
    from detectors.files.catalogue import FAMILIES

    return FAMILIES


def serve(folder: Path, families: Families = catalogue) -> None:
    """Confine this process, then answer requests. The parsers are loaded only once it is confined."""
    line = _take_over_pipes()
    confined = confine(folder)
    mimetypes.knownfiles.clear()  # the system's lists lie where this process may no longer read
    known = families()
    import_module("detectors.files.inspect")
    line.say({"say": "ready", "confined": asdict(confined)})
    while True:
        try:
            words, data = line.hear()
        except EOFError:
            return
        _answer(line, known, words, data)
        _empty(folder)


def _answer(line: _Line, families: Sequence[Family], words: dict[str, Any], data: bytes) -> None:
    from detectors.files.inspect import inspect

    file, limits, taste = wire.read_request(words, data)

    def look(passages: Sequence[Passage]) -> list[list[Cut]]:
        line.say(wire.passages(passages))
        return wire.read_cuts(line.hear()[0])

    def progress(said: str) -> None:
        line.say({"say": "progress", "said": said})

    allow_seconds(words["seconds"])
    line.say(*wire.result(inspect(file, look, limits, taste, progress, families)))


def _take_over_pipes() -> _Line:
    """Keep the two pipes, and give the parsers, whose libraries may print, an empty input and output."""
    heard, said = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for usual in (0, 1, 2):
        os.dup2(nowhere, usual)
    return _Line(heard, said)


def _empty(folder: Path) -> None:
    """Nothing of one file is left for the next."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
