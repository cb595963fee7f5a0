"""A sealed process whose one family does what the file's text tells it: the worst that a parser could do."""

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.sealed.worker import serve
from detectors.files.interface import Desk, Family, File, Found, Outcome, Passage, Result


def _hang(what: str) -> str:
    while True:
        time.sleep(1)


def _chatter(desk: Desk) -> str:
    while True:
        desk.progress("page 1 of 1")
        time.sleep(0.01)


def _fill(what: str) -> str:
    return str(len(bytearray(int(what) * 2**20)))


def _crash(what: str) -> str:
    ctypes.string_at(0)
    return "still here"


def _leave(what: str) -> str:
    os._exit(3)


def _connect(what: str) -> str:
    with socket.create_connection(("127.0.0.1", int(what)), timeout=1):
        return "connected"


def _socket(what: str) -> str:
    with socket.socket(getattr(socket, what), socket.SOCK_DGRAM):
        return "a socket"


def _run(what: str) -> str:
    return subprocess.run([what], capture_output=True, check=True).stdout.decode()


def _fork(what: str) -> str:
    if os.fork() == 0:
        os._exit(0)
    return "forked"


def _read(what: str) -> str:
    return Path(what).read_text()


def _write(what: str) -> str:
    Path(what).write_text("written")
    return "written"


def _keep(what: str) -> str:
    names = sorted(p.name for p in Path.cwd().iterdir())
    Path("kept").write_text(what)
    return ",".join(names) or "nothing"


def _speak(what: str) -> str:
    sys.stdout.write(what)
    sys.stdout.flush()
    os.write(1, b"said")
    return "spoke"


def _environment(what: str) -> str:
    return ",".join(sorted(os.environ))


PROBES: dict[str, Callable[[str], str]] = {
    "hang": _hang, "fill": _fill, "crash": _crash, "leave": _leave, "connect": _connect, "socket": _socket,
    "run": _run, "fork": _fork, "read": _read, "write": _write, "keep": _keep, "speak": _speak,
    "environment": _environment, "pid": lambda what: str(os.getpid()),
}  # fmt: skip


def inspect(file: File, type: str, desk: Desk) -> Result:
    """What the probe gave, or the error's name, as the reason; "look" shows its words to the bot."""
    probe, _, what = file.data.decode().partition(" ")
    if probe == "look":
        cuts = desk.look([Passage(what, "page 1")])[0]
        for cut in reversed(cuts):
            what = what[: cut.start] + cut.by + what[cut.end :]
        found = tuple(Found(c.kind, "page 1") for c in cuts)
        outcome = Outcome.REDACTED if cuts else Outcome.CLEAN
        return Result(outcome, type, "", found, f"look {what}".encode() if cuts else None)
    if probe == "chatter":
        return Result(Outcome.CLEAN, type, _chatter(desk))
    try:
        return Result(Outcome.CLEAN, type, PROBES[probe](what))
    except OSError as error:
        return Result(Outcome.CLEAN, type, error.__class__.__name__)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), lambda: [Family("probes", frozenset({"text/plain"}), inspect)])
