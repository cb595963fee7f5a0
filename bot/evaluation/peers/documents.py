"""Documents with patients planted in them, ours beside kreuzberg with Presidio: `python -m bot.evaluation.peers.documents`.

An identifier counts as found when it was to be hidden, and as left when it can still be read in the file that
members get: its bytes, all that is packed in it, its text, and its pixels. Who writes no redacted file leaves
everything.
"""

import asyncio
import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Final

import pikepdf
import pypdfium2
from PIL import Image

from bot.evaluation.peers import PYTHON, Missing, installed
from bot.evaluation.peers.planted import Planted, everything
from bot.files.look import plain_look
from detectors.files.inspect import inspect
from detectors.files.interface import Cut, Desk, File, Outcome, Passage, Result
from detectors.files.picture import see
from detectors.interface import Context

_PEER: Final = Path(__file__).with_name("documents_peer.py")


@dataclass
class Score:
    """Of one tool over some files: identifiers planted, found, left in what members get; seconds."""

    planted: int = 0
    found: int = 0
    left: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, planted: int, found: int, left: int, seconds: float) -> None:
        self.planted += planted
        self.found += found
        self.left += left
        self.seconds.append(seconds)


def ours(file: Planted) -> tuple[int, int, float, Outcome]:
    """Found, left, seconds and how it ended."""
    looking = plain_look(Context())
    hidden: list[str] = []

    def look(passages: Sequence[Passage]) -> list[list[Cut]]:
        cuts = asyncio.run(looking(passages))
        hidden.extend(p.text[c.start : c.end] for p, some in zip(passages, cuts, strict=True) for c in some)
        return cuts

    began = time.perf_counter()
    result = inspect(File(file.name, file.data, file.type), look)
    seconds = time.perf_counter() - began
    given = {Outcome.CLEAN: file.data, Outcome.REDACTED: result.data or b""}.get(result.outcome, b"")
    rest = _squeezed("\n".join(readable(given)))
    found = sum(_is_among(value, hidden) for value in file.patient.values)
    return found, sum(_squeezed(value) in rest for value in file.patient.values), seconds, result.outcome


def theirs(files: Sequence[Planted]) -> list[tuple[int, float]]:
    """Found and seconds for each file. Raises Missing."""
    if not installed():
        raise Missing("it is not installed; `make bench` installs it")
    with tempfile.TemporaryDirectory() as folder:
        asked = []
        for number, file in enumerate(files):
            path = Path(folder, f"{number}-{file.name}")
            path.write_bytes(file.data)
            asked.append([str(path), file.type])
        done = subprocess.run(  # noqa: S603 - our own script, paths on its standard input
            [PYTHON, _PEER], input=json.dumps(asked), capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise Missing(f"it does not run: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    answers = json.loads(done.stdout)
    return [
        (sum(_is_among(value, a["hidden"]) for value in file.patient.values), a["seconds"])
        for file, a in zip(files, answers, strict=True)
    ]


def readable(data: bytes, depth: int = 0) -> Iterator[str]:
    """Everything that can be read in a file, by means that are not those that redacted it."""
    yield data.decode("utf-8", "ignore")
    yield data.decode("utf-16-le", "ignore")
    if depth > 3:
        return
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for name in file.namelist():
                yield name
                yield from readable(file.read(name), depth + 1)
    elif data[:5] == b"%PDF-":
        yield from _in_pdf(data, depth)
    elif data[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1"):
        yield from _in_picture(Image.open(io.BytesIO(data)))
    elif b"MIME-Version" in data[:4000]:
        for part in message_from_bytes(data).walk():
            yield from (str(value) for value in part.values())
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield from readable(payload, depth + 1)


def _in_pdf(data: bytes, depth: int) -> Iterator[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") != pikepdf.Name.Image:
                yield from readable(thing.read_bytes(), depth + 1)
            if isinstance(thing, pikepdf.Object):
                yield thing.unparse(resolved=True).decode("latin-1")
    with pypdfium2.PdfDocument(data) as book:
        for page in book:
            yield page.get_textpage().get_text_range()
            yield from _in_picture(page.render(scale=200 / 72).to_pil())


def _in_picture(image: Image.Image) -> Iterator[str]:
    nobody = Desk(lambda passages: [() for _ in passages], lambda _: Result(Outcome.CLEAN, ""))
    yield from (p.text for p in see(image.convert("RGB"), "the picture", nobody).passages)


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _is_among(value: str, hidden: Sequence[str]) -> bool:
    """Whether a value was hidden: in one piece, or each of its words."""
    whole = [_squeezed(h) for h in hidden]
    return all(any(_squeezed(word) in h for h in whole) for word in value.split())


def main() -> int:
    files = list(everything())
    try:
        peer = theirs(files)
    except Missing as why:
        sys.stderr.write(f"kreuzberg with Presidio left out: {why}\n")
        peer = []
    scores: dict[str, tuple[Score, Score]] = {}
    ours(next(f for f in files if f.place == "pdf, scan"))  # loads every model, as the peer has done
    for number, file in enumerate(files):
        found, left, seconds, outcome = ours(file)
        count = len(file.patient.values)
        mine, other = scores.setdefault(file.place.partition(",")[0], (Score(), Score()))
        mine.add(count, found, left, seconds)
        if found < count or left:
            sys.stdout.write(f"  {file.place}: {outcome}, {found} of {count} found, {left} left\n")
        if peer:
            other.add(count, peer[number][0], count, peer[number][1])
    sys.stdout.write(table(scores) + "\n")
    return 0


def table(scores: dict[str, tuple[Score, Score]]) -> str:
    lines = [
        f"{'documents':<10} {'planted':>8}   {'found':>6} {'left':>5} {'s/file':>7}   {'peer: found':>11} {'left':>5} {'s/file':>7}"
    ]
    for ending, (mine, other) in scores.items():
        lines.append(f"{ending:<10} {mine.planted:>8}   {_row(mine, 6)}   {_row(other, 11)}")
    return "\n".join(lines)


def _row(score: Score, width: int) -> str:
    if not score.seconds:
        return f"{'–':>{width}} {'–':>5} {'–':>7}"
    return f"{score.found:>{width}} {score.left:>5} {sum(score.seconds) / len(score.seconds):>7.2f}"


if __name__ == "__main__":
    sys.exit(main())
