"""A filled picture is read again: nothing of what was hidden may still be there to read.

Only what lies round the fills is read again. The rest is, pixel for pixel, what was read before, and nothing
in it was to be hidden. Round a fill, what remains of hidden writing shows as ink: where the paper is bare but for
fills and for lines that may stay as a whole, nothing is left that could be read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detectors.files.interface import Cut, Passage
from detectors.files.ocr import Box
from detectors.files.picture import Seen, fill, read_words
from detectors.interface import Kind

_ROUNDS: Final = 3
_TELLING: Final = 4
"""Characters from which on a part of an identifier gives it away."""
_ALONG: Final = 4.0
_ACROSS: Final = 0.5
"""Line heights along a line and across it that are looked at round a fill; along it at least the fill's own
length, since what a misplaced fill leaves is no longer."""
_MARGIN: Final = 24
"""Pixels that are looked at in any case, and shown to the reader round what it reads."""
_BARE: Final = 12
"""Difference in a colour up to which paper is bare: print as faint as can be read stands out by more."""
Plane = NDArray[np.uint8]
_WORD = re.compile(r"[^\W_]+")


def proven(image: Image.Image, seen: Seen, cuts: Sequence[Sequence[Cut]]) -> tuple[Box, ...] | None:
    """The boxes to fill so that nothing of what is cut can be read any more; None where that cannot be had."""
    boxes = new = seen.hidden(cuts)
    telling, kept = _telling(seen.passages, cuts), _kept(seen.passages, cuts)
    whole = seen.left(cuts)
    for _ in range(_ROUNDS):
        filled = fill(image, boxes)
        new = tuple(
            b
            for part in _inked(filled, new, (*boxes, *whole))
            for b in _remnants(filled, part, telling, kept)
        )
        if not new:
            return boxes
        boxes += new
    return None


def _telling(passages: Iterable[Passage], cuts: Iterable[Sequence[Cut]]) -> set[str]:
    """Every part of what is hidden that gives it away."""
    values = (
        _bare(p.text[c.start : c.end]) for p, wanted in zip(passages, cuts, strict=True) for c in wanted
    )
    return {v[at : at + _TELLING] for v in values for at in range(len(v) - _TELLING + 1)}


def _kept(passages: Iterable[Passage], cuts: Iterable[Sequence[Cut]]) -> set[str]:
    """The words that may stay, and so may be read again."""
    words: set[str] = set()
    for passage, wanted in zip(passages, cuts, strict=True):
        text = passage.text
        for cut in reversed(wanted):
            text = f"{text[: cut.start]} {text[cut.end :]}"
        words.update(_bare(w) for w in _WORD.findall(f"{text} {passage.label}"))
    return words


def _inked(filled: Image.Image, new: Sequence[Box], known: Sequence[Box]) -> list[Box]:
    """Parts round the new fills in which there is ink that is not known, apart from each other."""
    colours = np.ascontiguousarray(np.moveaxis(np.asarray(filled, dtype=np.uint8), 2, 0))
    unknown = np.full(colours[0].shape, 1, dtype=np.uint8)
    for left, top, right, bottom in known:
        unknown[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = 0
    parts: list[Box] = []
    for box in new:
        part = left, top, right, bottom = _round(box, filled.size)
        here = slice(top, bottom), slice(left, right)
        if any(_contrast(colour[here], unknown[here]) > _BARE for colour in colours):
            parts = _with(parts, part)
    return parts


def _contrast(colour: Plane, where: Plane) -> float:
    darkest, brightest, _, _ = cv2.minMaxLoc(colour, where)
    return brightest - darkest


def _round(box: Box, size: tuple[int, int]) -> Box:
    left, top, right, bottom = box
    high, wide = sorted((bottom - top, right - left))
    across, along = max(int(high * _ACROSS), _MARGIN), max(int(high * _ALONG), wide, _MARGIN)
    aside, above = (along, across) if right - left >= bottom - top else (across, along)
    return (
        max(left - aside, 0),
        max(top - above, 0),
        min(right + aside, size[0]),
        min(bottom + above, size[1]),
    )


def _with(parts: list[Box], new: Box) -> list[Box]:
    """One part more, joined with those that it meets."""
    apart = []
    for part in parts:
        if part[0] < new[2] and new[0] < part[2] and part[1] < new[3] and new[1] < part[3]:
            new = min(part[0], new[0]), min(part[1], new[1]), max(part[2], new[2]), max(part[3], new[3])
        else:
            apart.append(part)
    return [*apart, new]


def _remnants(filled: Image.Image, part: Box, telling: Set[str], kept: Set[str]) -> Iterator[Box]:
    """What has to be filled too in one part of a filled picture."""
    again = read_words(filled.crop(part), "", is_part=True)
    found = [list(_giving_away(passage.text, telling, kept)) for passage in again.passages]
    left, top = part[:2]
    for a, b, c, d in again.hidden(found):
        yield a + left, b + top, c + left, d + top


def _giving_away(text: str, telling: Set[str], kept: Set[str]) -> Iterator[Cut]:
    """The words that hold a telling part of an identifier, some by themselves and some together ("943 476"),
    whatever is read before and after it: half a figure is often read as another."""
    words = [(w, _bare(w.group())) for w in _WORD.finditer(text)]
    run = "".join(bare for _, bare in words)
    told = {
        i for at in range(len(run)) if run[at : at + _TELLING] in telling for i in range(at, at + _TELLING)
    }
    start = 0
    for word, bare in words:
        if bare not in kept and not told.isdisjoint(range(start, start + len(bare))):
            yield Cut(word.start(), word.end(), "", Kind.OTHER_ID)
        start += len(bare)


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
