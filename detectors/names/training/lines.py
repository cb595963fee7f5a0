"""Marked lines, one message each, of what identifies besides names and of what looks like it. They teach the model that alone: whom
they name is not marked."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from detectors.interface import Context, Person, Roster
from detectors.names.training.examples import UNMARKED, Example, example, retold
from detectors.names.training.read import Line, unmark

LINES: Final = Path(__file__).with_name("lines")
"""`ruled`: what rules alone hide and leave (a test holds them to it). `read`: what needs the model. `fresh`: never
trained on, only measured."""
THEN: Final = " >> "
"""Between the messages of a thread."""
_ESCAPES: Final = {"\\n": "\n", "\\u200b": "\u200b", "\\\\": "\\"}
_TOGETHER: Final = 40
"""Lines that are told with one roster."""


def read_lines(part: str) -> list[tuple[str, str]]:
    """Each line of a part of `LINES` as it is written, behind its file's name."""
    return [
        (file.stem, line)
        for file in sorted((LINES / part).glob("*.txt"))
        for line in file.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def unescaped(line: str) -> str:
    """`\\n` is a new line, `\\u200b` an invisible space and `\\\\` a backslash."""
    return re.sub(r"\\n|\\u200b|\\\\", lambda m: _ESCAPES[m.group()], line)


def alone() -> list[Line]:
    """Every line but those that answer an earlier message: alone they would teach that any bare number tells."""
    lines = [line for part in ("ruled", "read") for line in read_lines(part) if THEN not in line[1]]
    return [Line(f"{file}-{n}", "", *unmark(unescaped(line), file)) for n, (file, line) in enumerate(lines)]


def line_examples(
    lines: Sequence[Line], directory: Sequence[Person], rng: random.Random
) -> Iterator[Example]:
    """The lines told anew: in another order, with other digits, some in lower case, and some of the directory as the roster."""
    lines = rng.sample(lines, len(lines))
    for at in range(0, len(lines), _TOGETHER):
        context = Context(roster=Roster(tuple(rng.sample(list(directory), rng.choice((0, 50, 150))))))
        lower = rng.random() < 0.3
        for line in lines[at : at + _TOGETHER]:
            told = example(retold(line, rng, lower), context)
            yield replace(told, tags=(UNMARKED,) * len(told.tags))
