"""Picture files: every frame is looked at, and a copy is built from pixels with what identifies filled black."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

import numpy as np
from PIL import Image

from detectors.files.frames import FORMATS, frames, opened
from detectors.files.interface import Cut, Desk, Family, File, Found, Outcome, Passage, Result
from detectors.files.picture import Box, Seen, fill, see
from detectors.files.proof import proven
from detectors.files.rebuild import SUFFIXES, Timing, rebuilt
from detectors.files.traces import Traces, traces

_ALIKE: Final = 24
"""Difference of gray up to which no pixel of two frames tells them apart: an animation's noise, no letter."""

_FACE: Final = "This picture shows a face, so a person has to look."
_UNSURE: Final = "Some of the writing in this picture could not be read, so a person has to look."
_PHOTOGRAPH: Final = "This looks like a photograph. Nobody can tell by machine whether it shows a patient, so a person has to look."
_NOT_CERTAIN: Final = "This picture could not be redacted for certain, so a person has to look."
_DETAILS: Final = "The details hidden in the picture's file (place, comments, small copies) were removed."
_FIRST: Final = "This file holds several pictures; only the first of them is in the copy."


@dataclass
class _Views:
    """What the frames of one file show; frames that nobody can tell apart are looked at once."""

    seen: list[Seen] = field(default_factory=list)
    which: list[int] = field(default_factory=list)
    """For each frame, its place in `seen`."""
    milliseconds: list[int] = field(default_factory=list)
    loop: int = 0
    only: Image.Image | None = None
    """The frame of a picture that has one, so that it is decoded once; of many, none is kept."""


def inspect(file: File, type: str, desk: Desk) -> Result:
    """CLEAN, REDACTED or QUARANTINED. Raises Unreadable for a damaged picture, OverLimit for a huge one."""
    views, beside = desk.once(lambda: _read(file, type, desk))
    passages = [p for seen in views.seen for p in seen.passages]
    answers = desk.look([*passages, *beside.passages])
    found = _found(passages, answers, views.seen, beside)
    doubt = _doubt(views.seen, desk)
    if doubt:
        return Result(Outcome.QUARANTINED, type, doubt, found)
    if not any(answers) and not beside.located and not beside.more:
        return Result(Outcome.CLEAN, type)
    boxes = _boxes(file, type, desk, views, answers)
    if None in boxes:
        return Result(Outcome.QUARANTINED, type, _NOT_CERTAIN, found)
    data = _copy(file, type, desk, views, [b or () for b in boxes])
    reason = "" if any(boxes) else _DETAILS
    if type in SUFFIXES and len(views.which) > 1:
        reason = _FIRST
    return Result(Outcome.REDACTED, type, reason, found, data, SUFFIXES.get(type, ""))


def _read(file: File, type: str, desk: Desk) -> tuple[_Views, Traces]:
    with opened(file.data, type, desk.limits) as image:
        return _look_at(image, desk), traces(image, file.data, type)


def _look_at(image: Image.Image, desk: Desk) -> _Views:
    views, last, paged = _Views(), None, image.format == "TIFF"
    count = getattr(image, "n_frames", 1) if paged else 0
    for number, frame in enumerate(frames(image, desk.limits)):
        views.milliseconds.append(int(image.info.get("duration", 0)))
        views.loop = int(image.info.get("loop", 0))
        gray = np.asarray(frame.convert("L"), dtype=np.int16)
        if last is None or last.shape != gray.shape or int(np.abs(last - gray).max()) > _ALIKE:
            where = f"{'page' if paged else 'frame'} {number + 1}" if number or count > 1 else "the picture"
            desk.progress(where)
            views.seen.append(see(frame, where, desk))
            last = gray
        views.which.append(len(views.seen) - 1)
        views.only = None if number else frame
    return views


def _doubt(seen: Sequence[Seen], desk: Desk) -> str:
    """Why a person has to look; "" when nobody has to."""
    if any(s.faces for s in seen):
        return _FACE
    if not all(s.sure for s in seen):
        return _UNSURE
    if not desk.taste.photographs and any(s.photograph for s in seen):
        return _PHOTOGRAPH
    return ""


def _found(
    passages: Sequence[Passage], answers: Sequence[Sequence[Cut]], seen: Sequence[Seen], beside: Traces
) -> tuple[Found, ...]:
    said = [*passages, *beside.passages]
    found = [Found(c.kind, p.where) for p, cuts in zip(said, answers, strict=True) for c in cuts]
    found += [Found("FACE", "the picture") for s in seen for _ in s.faces]
    found += [Found("ADDRESS", "the picture's details, position")] if beside.located else []
    return tuple(dict.fromkeys(found))


def _boxes(
    file: File, type: str, desk: Desk, views: _Views, answers: Sequence[Sequence[Cut]]
) -> list[tuple[Box, ...] | None]:
    """For each view what to fill of its frames, proven on the first of them; None where that cannot be had."""
    ends = list(accumulate((len(seen.passages) for seen in views.seen), initial=0))
    boxes: list[tuple[Box, ...] | None] = []
    for frame, place in _frames(file, type, desk, views):
        if place == len(boxes):
            boxes.append(proven(frame, views.seen[place], answers[ends[place] : ends[place + 1]]))
    return boxes


def _copy(file: File, type: str, desk: Desk, views: _Views, boxes: Sequence[Sequence[Box]]) -> bytes:
    filled = (_grey_as(f, fill(f, boxes[place])) for f, place in _frames(file, type, desk, views))
    return rebuilt(filled, type, Timing(tuple(views.milliseconds), views.loop))


def _frames(file: File, type: str, desk: Desk, views: _Views) -> Iterator[tuple[Image.Image, int]]:
    """Each frame with the place of its view; decoded once more where there are many."""
    if views.only is not None:
        yield views.only, 0
        return
    with opened(file.data, type, desk.limits) as image:
        yield from zip(frames(image, desk.limits), views.which, strict=True)


def _grey_as(frame: Image.Image, filled: Image.Image) -> Image.Image:
    return filled.convert("L") if frame.mode in ("1", "L") else filled


FAMILY: Final = Family("picture", frozenset(FORMATS), inspect, solid=True)
