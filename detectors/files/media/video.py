"""Video: frames are looked at as pictures. What lies between them, and the sound, nobody has inspected."""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image

from detectors.files.interface import (
    Desk,
    Family,
    File,
    Found,
    Limits,
    Outcome,
    OverLimit,
    Passage,
    Result,
    Unreadable,
)
from detectors.files.media.atoms import texts
from detectors.files.parts import found_in
from detectors.files.picture import see

_A_SECOND: Final = 2
"""Frames looked at for each second: text that is shown for less is hardly read by anybody."""

_SMALL: Final = (32, 32)
_SAME: Final = 10
"""Of 255. Where no cell of a small grey frame differs by more, it shows the same: one line of new text in a
corner changes its cell by more, the noise of the coding by less."""

_SEEN = "Something in this video identifies a person, and a video cannot be redacted."
_NOT_SEEN = (
    "Nobody can tell what this video shows: in the frames that were looked at nothing identified a person, "
    "but its sound and the frames between them were not inspected."
)


@dataclass(frozen=True, slots=True)
class Frame:
    """`at` is in whole seconds from the start."""

    at: int
    picture: Image.Image = field(repr=False)


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Always QUARANTINED; `found` says what was seen and when. Raises Unreadable, OverLimit."""
    passages: list[Passage] = [Passage(t, "the video's description") for t in texts(file.data)]
    found: list[Found] = []
    began = time.monotonic()
    for frame in frames(file.data, desk.limits):
        desk.progress(f"second {frame.at} of the video")
        where = f"second {frame.at}"
        seen = see(frame.picture, where, desk)
        passages += seen.passages
        found += [Found("FACE", where)] if seen.faces else []
        if time.monotonic() - began > desk.limits.seconds / 2:
            break  # what was seen so far is still worth telling
    found = [*found_in(passages, desk.look(passages)), *found]
    reason = _SEEN if found else _NOT_SEEN
    return Result(Outcome.QUARANTINED, type, reason, tuple(dict.fromkeys(found)))


def frames(data: bytes, limits: Limits) -> Iterator[Frame]:
    """Frames at equal distances, without those that show the same as the one before; `limits.frames` at most.

    Raises Unreadable for what has no pictures, OverLimit for frames that are too large.
    """
    video = cv2.VideoCapture(io.BytesIO(data), cv2.CAP_FFMPEG, [])  # type: ignore[call-overload]
    if not video.isOpened():
        raise Unreadable("This video could not be opened, so nobody could look inside.")
    if video.get(cv2.CAP_PROP_FRAME_WIDTH) * video.get(cv2.CAP_PROP_FRAME_HEIGHT) > limits.pixels:
        raise OverLimit("The pictures of this video are too large.")
    shown, last = 0, None
    for at, pixels in _sampled(video):
        small = _small(pixels)
        if last is not None and int(np.abs(small - last).max()) <= _SAME:
            continue
        last, shown = small, shown + 1
        yield Frame(at, Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)))
        if shown == limits.frames:
            return
    if not shown:
        raise Unreadable("This video has no pictures that can be read.")


def _sampled(video: Any) -> Iterator[tuple[int, Any]]:
    rate = video.get(cv2.CAP_PROP_FPS)
    rate = rate if 1 <= rate <= 240 else 25.0
    step = max(round(rate / _A_SECOND), 1)
    number = 0
    while video.grab():
        if number % step == 0:
            read, pixels = video.retrieve()
            if read and pixels is not None:
                yield int(number / rate), pixels
        number += 1


def _small(pixels: Any) -> Any:
    grey = cv2.cvtColor(cv2.resize(pixels, _SMALL, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return grey.astype(np.int16)


FAMILY: Final = Family(
    "video",
    frozenset(
        {
            "video/3gpp", "video/mp4", "video/mpeg", "video/ogg", "video/quicktime", "video/webm",
            "video/x-matroska", "video/x-ms-wmv", "video/x-msvideo",
        }
    ),
    inspect,
)  # fmt: skip
