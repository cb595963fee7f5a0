"""Marked lines, one message each. Most are of what identifies besides names and of what looks like it, and teach the model that
alone: whom they name is not marked. Those of `words` are of names that are ordinary words too, and teach whom they name."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from detectors.interface import Context, Person, Roster
from detectors.names.training.examples import UNMARKED, Example, example, retold, roster_of
from detectors.names.training.read import Line, Setting, unmark

LINES: Final = Path(__file__).with_name("lines")
"""`ruled`: what rules alone hide and leave (a test holds them to it). `read`: what needs the model. `words`: names that are words,
as either. `fresh` and `fresh_words`: never trained on, only measured."""
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
    """Every line of `ruled` and `read` but those that answer an earlier message: alone they would teach that any bare number tells."""
    return _lines(line for part in ("ruled", "read") for line in read_lines(part) if THEN not in line[1])


def words() -> list[Line]:
    """Every line of `words`, in which every name is marked: "ivy on the wall", "[[PATIENT_NAME:ivy]] on 3 is asleep"."""
    return _lines(read_lines("words"))


def _lines(read: Iterable[tuple[str, str]]) -> list[Line]:
    return [Line(f"{file}-{n}", "", *unmark(unescaped(line), file)) for n, (file, line) in enumerate(read)]


def line_examples(
    lines: Sequence[Line], directory: Sequence[Person], rng: random.Random
) -> Iterator[Example]:
    """The lines told anew: in another order, with other digits, some in lower case, and some of the directory as the roster."""
    for told in _told(lines, rng):
        context = Context(roster=Roster(tuple(rng.sample(list(directory), rng.choice((0, 50, 150))))))
        for line in told:
            shown = example(line, context)
            yield replace(shown, tags=(UNMARKED,) * len(shown.tags))


def word_examples(
    lines: Sequence[Line], directory: Sequence[Person], rng: random.Random
) -> Iterator[Example]:
    """The same of `words`, with most of the colleagues whom they name on the roster."""
    for told in _told(lines, rng):
        context = Context(roster=roster_of(Setting("", "train", "", (), (), told), directory, rng))
        yield from (example(line, context) for line in told)


def _told(lines: Sequence[Line], rng: random.Random) -> Iterator[tuple[Line, ...]]:
    """Some at a time, in lower case or not."""
    lines = rng.sample(lines, len(lines))
    for at in range(0, len(lines), _TOGETHER):
        lower = rng.random() < 0.3
        yield tuple(retold(line, rng, lower) for line in lines[at : at + _TOGETHER])
