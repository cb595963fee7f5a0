"""What is to be seen in one picture: lines of text, codes, faces; and how parts of it are filled."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from detectors.files.interface import Cut, Desk, Passage

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels of the picture that was given, half-open."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one picture shows.

    `sure`: everything that looks like text was read with confidence; False is never "clean".
    `photograph`: it looks like a camera's picture rather than a screenshot, a scan or a drawing.
    """

    passages: tuple[Passage, ...]
    faces: tuple[Box, ...] = ()
    sure: bool = True
    photograph: bool = False
    cells: tuple[tuple[Box, ...], ...] = field(default=(), repr=False)
    """For each passage, a box for each code point of its text."""

    def hidden(self, cuts: Sequence[Sequence[Cut]]) -> tuple[Box, ...]:
        """The boxes to fill, given what to cut of each passage (as `Look` answers for `passages`)."""
        return ()


def see(image: Image.Image, where: str, desk: Desk) -> Seen:
    """Read a picture. `where` is what people are told of it: "the picture", "page 2", "frame 14"."""
    return Seen((), sure=False)


def fill(image: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """A new picture of the same pixels, solid black in the boxes; nothing but pixels is carried over."""
    copy = Image.frombytes("RGB", image.size, image.convert("RGB").tobytes())
    draw = ImageDraw.Draw(copy)
    for left, top, right, bottom in boxes:
        draw.rectangle((left, top, right - 1, bottom - 1), fill="black")
    return copy
