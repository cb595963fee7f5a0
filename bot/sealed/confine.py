"""Give up what a parser never needs: network, other programs, other people's files, memory without end."""

import ctypes
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.sealed import landlock, seccomp

MEMORY: Final = 3 * 2**30
_WRITTEN: Final = 2**30
_OPEN: Final = 256

_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


@dataclass(frozen=True, slots=True)
class Confined:
    """What the operating system keeps from the process; each False is for the system's owner to know."""

    network: bool = False
    """No sockets at all, or an empty network of its own."""
    programs: bool = False
    """No other program can be started."""
    files: bool = False
    """Only Python's own files can be read, and only its own temporary folder written."""

    @property
    def words(self) -> str:
        """One sentence for the health page."""
        missing = [
            said
            for held, said in (
                (self.network, "keep it off the network"),
                (self.programs, "keep it from starting programs"),
                (self.files, "keep it from reading other files"),
            )
            if not held
        ]
        if not missing:
            return "Files are read in a process without network, programs or other files."
        return f"Files are read in a process of their own, but this system cannot {', or '.join(missing)}."


def confine(folder: Path) -> Confined:
    """Confine this process for good. Call it before any thread starts; `folder` stays writable.

    What this system cannot do is left undone and said in the answer; memory and the rest are capped always.
    """
    _caps()
    if sys.platform != "linux":
        return Confined()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    alone = libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0
    files = landlock.restrict(libc, _readable(), [folder])
    calls = seccomp.install(libc)
    return Confined(network=alone or calls, programs=calls, files=files)


def allow_seconds(seconds: float) -> None:
    """Processor time from now on, after which the system kills this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _caps() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, _WRITTEN),
        (resource.RLIMIT_NOFILE, _OPEN),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _readable() -> Iterator[Path]:
    """Python, the installed packages, our two folders, the system's libraries and fonts; no settings or keys."""
    ours = Path(__file__).resolve().parents[2]
    paths = sysconfig.get_paths()
    yield from (Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from (Path(sys.prefix), Path(sys.base_prefix), Path(os.path.realpath(sys.executable)).parent)
    yield from (ours / "bot" / "sealed", ours / "bot" / "__init__.py", ours / "detectors")
    system = "/usr /lib /lib64 /etc/ld.so.cache /etc/fonts /etc/localtime /dev/null /dev/urandom /dev/zero /proc /sys"
    yield from (Path(each) for each in system.split())
