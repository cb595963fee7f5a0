"""Screenshots with patients drawn on them, ours beside presidio-image-redactor: `python -m bot.evaluation.peers.images`.

An identifier is found when its place is filled, and left when our engine or Tesseract still reads it in the copy.
"""

import asyncio
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, Final

from PIL import Image

from bot.evaluation.peers import PYTHON, Missing, installed
from bot.evaluation.peers.drawn import ALL, DARK, LIGHT, Drawn, encoded
from bot.files.look import plain_look
from detectors.files.inspect import inspect
from detectors.files.interface import Cut, File, Passage
from detectors.files.ocr import read
from detectors.interface import Context

_PEER: Final = Path(__file__).with_name("images_peer.py")
_FILLED: Final = 0.8


@dataclass(frozen=True, slots=True)
class Score:
    """Of one tool over all pictures: identifiers on them, filled, still read; median seconds for a picture."""

    drawn: int
    found: int
    left: int
    seconds: float


def pictures() -> Iterator[tuple[Drawn, bytes]]:
    """Each drawing in both colours, as a PNG and as a strongly compressed JPEG; and upside down."""
    for draw, look in product(ALL, (LIGHT, DARK)):
        drawn = draw(look)
        yield drawn, encoded(drawn.image)
        yield drawn, encoded(drawn.image, "JPEG", quality=30)
        turned = drawn.turned()
        yield turned, encoded(turned.image)


def ours(data: bytes) -> tuple[Image.Image, float]:
    """The copy that members get, or the picture itself where we say that it is clean; a black one in quarantine."""
    looking = plain_look(Context())

    def look(passages: Sequence[Passage]) -> Sequence[Sequence[Cut]]:
        return asyncio.run(looking(passages))

    began = time.perf_counter()
    result = inspect(File("picture", data), look)
    seconds = time.perf_counter() - began
    original = Image.open(io.BytesIO(data)).convert("RGB")
    if result.data is not None:
        return Image.open(io.BytesIO(result.data)).convert("RGB"), seconds
    return original if result.outcome == "clean" else Image.new("RGB", original.size), seconds


def compare(all_drawn: Sequence[tuple[Drawn, bytes]]) -> dict[str, Score]:
    """Our score and, where it can be run, the peer's. Raises Missing without the peer."""
    if not installed():
        raise Missing("it is not installed; `make bench` installs it")
    with tempfile.TemporaryDirectory() as folder:
        ours(all_drawn[0][1])  # the models are loaded before the clock runs
        paths, seconds = [], []
        for number, (_, data) in enumerate(all_drawn):
            names = [str(Path(folder, f"{number}-{role}.png")) for role in ("picture", "ours", "theirs")]
            Image.open(io.BytesIO(data)).convert("RGB").save(names[0])
            copy, took = ours(data)
            copy.save(names[1])
            paths.append(names)
            seconds.append(took)
        answers = _ask(paths)
        drawn = [d for d, _ in all_drawn]
        return {
            "ours": _score(drawn, [p[1] for p in paths], [a["ours"] for a in answers], seconds),
            "presidio-image-redactor": _score(
                drawn, [p[2] for p in paths], [a["theirs"] for a in answers], [a["seconds"] for a in answers]
            ),
        }


def _ask(paths: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    done = subprocess.run(  # noqa: S603 - our own script, paths on its standard input
        [PYTHON, _PEER], input=json.dumps(paths), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Missing(f"it does not run: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def _score(
    drawn: Sequence[Drawn], copies: Sequence[str], read_by_tesseract: Sequence[str], seconds: Sequence[float]
) -> Score:
    total = found = left = 0
    for one, path, text in zip(drawn, copies, read_by_tesseract, strict=True):
        copy = Image.open(path).convert("RGB")
        total += len(one.identifiers)
        found += len(one.identifiers) - len(one.left_in(copy, _FILLED))
        # an upside-down copy is turned, so that both engines can read what is left on it
        upright = copy.rotate(180) if one.is_turned else copy
        said = _squeezed(text + "".join(line.text for line in read(upright)))
        left += sum(_squeezed(value) in said for value, _ in one.identifiers)
    return Score(total, found, left, median(seconds))


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def main() -> int:
    try:
        scores = compare(list(pictures()))
    except Missing as why:
        sys.stderr.write(f"presidio-image-redactor left out: {why}\n")
        return 1
    sys.stdout.write(f"{'':26}{'drawn':>8}{'found':>8}{'left':>8}{'s/picture':>12}\n")
    for name, s in scores.items():
        sys.stdout.write(f"{name:26}{s.drawn:8}{s.found:8}{s.left:8}{s.seconds:12.2f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
