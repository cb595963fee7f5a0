"""Other detectors, measured beside ours: each in an environment of its own, never part of the product."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NAMES: Final = ("presidio",)

_HERE = Path(__file__).parent
PYTHON: Final = _HERE.parents[2] / ".venv-peers" / "bin" / "python"
"""Made by `make bench`."""


class Missing(Exception):
    """The peer cannot be run here; the words say how to install it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer would hide of one text, as half-open ranges of code points, and how long it took."""

    hidden: tuple[tuple[int, int], ...]
    ms: float


def installed(python: Path = PYTHON) -> bool:
    return python.exists()


def ask(peer: str, texts: Sequence[str], python: Path = PYTHON, folder: Path = _HERE) -> list[Answer]:
    """The peer's answer to each text, in order, from its script in `folder`. Raises Missing."""
    if not installed(python):
        raise Missing("it is not installed; `make bench` installs it")
    done = subprocess.run(  # noqa: S603 - our own script, texts on its standard input
        [python, folder / f"{peer}.py"], input=json.dumps(texts), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Missing(f"it does not run: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    answers = json.loads(done.stdout)
    return [Answer(tuple((s, e) for s, e in a["hidden"]), a["ms"]) for a in answers]
