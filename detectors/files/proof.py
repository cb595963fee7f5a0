"""A filled picture is read again: nothing of what was hidden may still be there to read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from PIL import Image

from detectors.files.interface import Cut, Passage
from detectors.files.ocr import Box
from detectors.files.picture import Seen, fill, read_words
from detectors.interface import Kind

_ROUNDS: Final = 3
_TELLING: Final = 4
"""Characters from which on a part of an identifier gives it away."""
_MARGIN: Final = 80
"""Pixels round the filled boxes that are read again: a character of the largest writing."""
_WORD = re.compile(r"[^\W_]+")


def proven(image: Image.Image, seen: Seen, cuts: Sequence[Sequence[Cut]]) -> tuple[Box, ...] | None:
    """The boxes to fill so that nothing of what is cut can be read any more; None where that cannot be had."""
    boxes = seen.hidden(cuts)
    hidden, kept = _values(seen.passages, cuts), _kept(seen.passages, cuts)
    for _ in range(_ROUNDS):
        more = tuple(_remnants(image, boxes, hidden, kept)) if boxes else ()
        if not more:
            return boxes
        boxes += more
    return None


def _values(passages: Iterable[Passage], cuts: Iterable[Sequence[Cut]]) -> set[str]:
    return {_bare(p.text[c.start : c.end]) for p, wanted in zip(passages, cuts, strict=True) for c in wanted}


def _kept(passages: Iterable[Passage], cuts: Iterable[Sequence[Cut]]) -> set[str]:
    """The words that may stay, and so may be read again."""
    words: set[str] = set()
    for passage, wanted in zip(passages, cuts, strict=True):
        text = passage.text
        for cut in reversed(wanted):
            text = f"{text[: cut.start]} {text[cut.end :]}"
        words.update(_bare(w) for w in _WORD.findall(f"{text} {passage.label}"))
    return words


def _remnants(image: Image.Image, boxes: Sequence[Box], hidden: set[str], kept: set[str]) -> Iterator[Box]:
    left, top, right, bottom = _round(boxes, image.size)
    again = read_words(fill(image, boxes).crop((left, top, right, bottom)), "")
    found = [
        [
            Cut(w.start(), w.end(), "", Kind.OTHER_ID)
            for w in _WORD.finditer(passage.text)
            if _gives_away(_bare(w.group()), hidden, kept)
        ]
        for passage in again.passages
    ]
    for a, b, c, d in again.hidden(found):
        yield a + left, b + top, c + left, d + top


def _gives_away(word: str, hidden: set[str], kept: set[str]) -> bool:
    return len(word) >= _TELLING and word not in kept and any(word in value for value in hidden)


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _round(boxes: Sequence[Box], size: tuple[int, int]) -> Box:
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[2] for b in boxes), max(b[3] for b in boxes)
    return (
        max(left - _MARGIN, 0),
        max(top - _MARGIN, 0),
        min(right + _MARGIN, size[0]),
        min(bottom + _MARGIN, size[1]),
    )
