"""What was read on a page, by its text or by its pixels, and what of it is hidden or may be said again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from detectors.files.interface import Cut, Passage
from detectors.files.pdf.lines import Read, around
from detectors.files.pdf.rebuild import Said
from detectors.files.picture import Box, Seen, fill
from detectors.files.rows import NOWHERE

_PAD = 2
"""Pixels round a box, for ink that reaches beyond its letter."""
_INK = 40
"""Levels of grey between the lightest and darkest pixel from which on something is to be seen."""


@dataclass(frozen=True, slots=True)
class Sight:
    """`read` in pixels of the whole page; `seen` and its place `at` when it was read from the pixels."""

    read: tuple[Read, ...] = field(repr=False)
    at: Box = (0, 0, 0, 0)
    seen: Seen | None = None

    @property
    def passages(self) -> list[Passage]:
        return [passage for passage, _ in self.read]

    @property
    def faces(self) -> list[Box]:
        return [_moved(face, self.at) for face in self.seen.faces] if self.seen else []

    def hidden(self, index: int, cuts: Sequence[Cut]) -> Iterator[Said]:
        """The boxes to fill for the cuts of one passage; the longest for each cut says what it hides."""
        for cut in cuts:
            boxes = sorted(self._boxes(index, cut), key=lambda b: b[0] - b[2])
            for nth, box in enumerate(boxes):
                yield Said("" if nth else cut.by, box)

    def words(
        self, index: int, cuts: Sequence[Cut], page: "Filled", elsewhere: Sequence[Box]
    ) -> Iterator[Said]:
        """The line as it may be said again: without what is cut or cannot be seen, or lies in boxes `elsewhere`."""
        passage, cells = self.read[index]
        labels = {cut.start: cut.by for cut in cuts}
        cut_out = {n for cut in cuts for n in range(cut.start, cut.end)}
        text = ""
        for n, (char, cell) in enumerate(zip(passage.text, cells, strict=True)):
            if not _is_within(cell, elsewhere):
                text += labels.get(n, "")
                text += char if n not in cut_out and (char.isspace() or page.shows(cell)) else ""
        if text.strip():
            yield Said(text.strip(), around(cells))

    def _boxes(self, index: int, cut: Cut) -> list[Box]:
        if self.seen:
            alone: list[Sequence[Cut]] = [() for _ in self.read]
            alone[index] = (cut,)
            return [_moved(box, self.at) for box in self.seen.hidden(alone)]
        boxes = _by_line(self.read[index][1][cut.start : cut.end])
        return [_padded(box) for box in boxes if box != NOWHERE]


class Filled:
    """The picture of a page, solid black in the boxes."""

    def __init__(self, image: Image.Image, boxes: Sequence[Box]) -> None:
        self.image = fill(image, boxes)
        self._boxes = boxes
        self._grey = np.asarray(self.image.convert("L"))

    def shows(self, cell: Box) -> bool:
        """Whether anything is to be seen in a cell: ink on paper, light on dark, and no box over it."""
        part = self._grey[max(cell[1], 0) : max(cell[3], 0), max(cell[0], 0) : max(cell[2], 0)]
        if not part.size or _is_within(cell, self._boxes):
            return False
        return int(part.max()) - int(part.min()) >= _INK


def from_pixels(seen: Seen, at: Box) -> Sight:
    cells = seen.cells or tuple(() for _ in seen.passages)
    read = [
        (p, tuple(_moved(c, at) for c in (some or [NOWHERE] * len(p.text))))
        for p, some in zip(seen.passages, cells, strict=True)
    ]
    return Sight(tuple(read), at, seen)


def _by_line(cells: Sequence[Box]) -> Iterator[Box]:
    """One box for what stands side by side; a word that is broken over two lines has two."""
    run: list[Box] = []
    for cell in cells:
        if run and (cell[1] >= run[-1][3] or cell[3] <= run[-1][1]):
            yield around(run)
            run = []
        run.append(cell)
    if run:
        yield around(run)


def _is_within(cell: Box, boxes: Sequence[Box]) -> bool:
    across, down = (cell[0] + cell[2]) // 2, (cell[1] + cell[3]) // 2
    return any(b[0] <= across < b[2] and b[1] <= down < b[3] for b in boxes)


def _moved(box: Box, by: Box) -> Box:
    return (box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1])


def _padded(box: Box) -> Box:
    return (box[0] - _PAD, box[1] - _PAD, box[2] + _PAD, box[3] + _PAD)
