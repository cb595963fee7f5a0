"""What was read on a page, by its text or by its pixels, and what of it is hidden or may be said again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PIL import Image

from detectors.files.interface import Cut, Passage
from detectors.files.pdf.lines import Read, around
from detectors.files.pdf.rebuild import Said, shows
from detectors.files.picture import Box, Seen

_PAD = 2
"""Pixels round a box, for ink that reaches beyond its letter."""


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
        self, index: int, cuts: Sequence[Cut], image: Image.Image, elsewhere: Sequence[Box]
    ) -> list[Said]:
        """The line as it may be said again: without what is cut, or not seen, or lies in boxes `elsewhere`."""
        passage, cells = self.read[index]
        begins = {cut.start: cut.by for cut in cuts}
        cut_out = {n for cut in cuts for n in range(cut.start, cut.end)}
        text = ""
        for n, (char, cell) in enumerate(zip(passage.text, cells, strict=True)):
            text += begins.get(n, "")
            if n not in cut_out and (char.isspace() or self._is_seen(cell, image, elsewhere)):
                text += char
        return [Said(text.strip(), around(cells))] if text.strip() else []

    def _is_seen(self, cell: Box, image: Image.Image, elsewhere: Sequence[Box]) -> bool:
        if self.seen:
            return True
        inside = any(b[0] <= cell[0] < b[2] and b[1] <= cell[1] < b[3] for b in elsewhere)
        return not inside and shows(image, cell)

    def _boxes(self, index: int, cut: Cut) -> list[Box]:
        if self.seen:
            alone: list[Sequence[Cut]] = [() for _ in self.read]
            alone[index] = (cut,)
            return [_moved(box, self.at) for box in self.seen.hidden(alone)]
        return [_padded(box) for box in _by_line(self.read[index][1][cut.start : cut.end])]


def from_pixels(seen: Seen, at: Box) -> Sight:
    cells = seen.cells or tuple(() for _ in seen.passages)
    read = [
        (p, tuple(_moved(c, at) for c in (some or [(0, 0, 0, 0)] * len(p.text))))
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


def _moved(box: Box, by: Box) -> Box:
    return (box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1])


def _padded(box: Box) -> Box:
    return (box[0] - _PAD, box[1] - _PAD, box[2] + _PAD, box[3] + _PAD)
