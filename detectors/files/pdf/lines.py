"""A page's characters and where they stand -> passages in the file's order, with labels by their place."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from detectors.files.interface import Passage
from detectors.files.picture import Box
from detectors.files.rows import NOWHERE, Piece, readings

Character = tuple[str, Box]
"""One code point and its box in pixels of the rendered page; the box may lie outside it."""

Read = tuple[Passage, tuple[Box, ...]]
"""A passage, and a box for each of its code points."""

_GAP = 1.5
"""A gap between two characters, in heights of the line, from which on they stand in two cells."""
_BETWEEN = "\t"
"""Between two cells: with a space, an amount and the date beside it read as one number."""
_FEWEST_BOXES = 4
"""Single letters in a row, each as far from the next, that are read as one word."""
_STRAIGHT = 1.6
"""Text runs straight as long as it is less than so many times as high as its tallest letter."""


def passages(lines: Sequence[Sequence[Character]], where: str) -> list[Read]:
    """One passage for each line, in the order of the file, for columns of a letter are drawn one by one.

    What stands in a table under a heading, or right of a label, is a passage of its own with that label.
    """
    cells = [list(_cells(_closed(line))) for line in lines]
    labelled = {
        (r.passage.text, r.cells): r.passage
        for r in readings([c for line in cells for c in line], where)
        if r.passage.label
    }
    read: list[Read] = []
    for line in cells:
        for run in _runs(line, labelled.keys()):
            text, boxes = _BETWEEN.join(c.text for c in run), _apart_by_one(run)
            read.append((labelled.get((text, boxes), Passage(text, where)), boxes))
    return read


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around those that are not empty; NOWHERE when all are."""
    solid = [b for b in boxes if b[2] > b[0] and b[3] > b[1]]
    if not solid:
        return NOWHERE
    return (
        min(b[0] for b in solid),
        min(b[1] for b in solid),
        max(b[2] for b in solid),
        max(b[3] for b in solid),
    )


def _closed(line: Sequence[Character]) -> Iterator[Character]:
    """A line in which letters that stand each in a box of their own, as on a form, make a word."""
    runs: list[list[list[Character]]] = []
    for word in _words(line):
        if runs and _is_next_box(runs[-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    for run in runs:
        for number, word in enumerate(run, start=1):
            yield from word
            if len(run) < _FEWEST_BOXES or number == len(run):
                yield " ", NOWHERE


def _words(line: Sequence[Character]) -> Iterator[list[Character]]:
    for blank, word in groupby(line, key=lambda each: each[0].isspace()):
        if not blank:
            yield list(word)


def _is_next_box(run: Sequence[Sequence[Character]], word: Sequence[Character]) -> bool:
    """Whether a single letter stands as far from the one before it as that from its own, within a third."""
    middles = [each[0][1][0] + each[0][1][2] for each in (*run[-2:], word)]
    steps = [right - left for left, right in pairwise(middles)]
    return len(word) == len(run[-1]) == 1 and 2 * max(steps) < 3 * min(steps)


def _cells(line: Iterable[Character]) -> Iterator[Piece]:
    """A line, parted where a wide gap stands."""
    line = list(line)
    height = max((b[3] - b[1] for _, b in line), default=0)
    part: list[Character] = []
    right = 0
    for char, box in line:
        if not char.isspace():
            if part and box[0] - right > _GAP * height:
                yield from _cell(part)
                part = []
            right = box[2]
        part.append((char, box))
    yield from _cell(part)


def _cell(part: list[Character]) -> Iterator[Piece]:
    inked = [n for n, (char, _) in enumerate(part) if not char.isspace()]
    if inked:
        kept = part[inked[0] : inked[-1] + 1]
        boxes = _level([box for _, box in kept])
        yield Piece("".join(char for char, _ in kept), around(boxes), tuple(boxes), True)


def _level(boxes: list[Box]) -> list[Box]:
    """All of one height where the text runs straight, so that what is filled covers ascenders and accents."""
    left, top, right, bottom = around(boxes)
    if bottom - top <= _STRAIGHT * max((b[3] - b[1] for b in boxes), default=0):
        return [(b[0], top, b[2], bottom) for b in boxes]
    if right - left <= _STRAIGHT * max((b[2] - b[0] for b in boxes), default=0):
        return [(left, b[1], right, b[3]) for b in boxes]
    return boxes


def _runs(line: Sequence[Piece], labelled: Iterable[tuple[str, tuple[Box, ...]]]) -> Iterator[list[Piece]]:
    """Cells that are read together: those of one line, but each labelled one by itself."""
    alone = set(labelled)
    run: list[Piece] = []
    for cell in line:
        own = (cell.text, cell.cells) in alone
        if own and run:
            yield run
            run = []
        run.append(cell)
        if own:
            yield run
            run = []
    if run:
        yield run


def _apart_by_one(run: Sequence[Piece]) -> tuple[Box, ...]:
    boxes = run[0].cells
    for cell in run[1:]:
        boxes += (NOWHERE, *cell.cells)
    return boxes
