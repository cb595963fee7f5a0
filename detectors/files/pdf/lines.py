"""A page's characters and where they stand -> passages in reading order, with the headings of tables as labels."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from detectors.files.headings import kind_under
from detectors.files.interface import Passage
from detectors.files.picture import Box

_LONGEST_CELL = 60
"""Code points up to which a cell is taken to be what its heading says, as a whole."""

Character = tuple[str, Box]
"""One code point and its box in pixels of the rendered page; the box may lie outside it."""

_GAP = 1.5
"""A gap between two characters, in heights of the line, from which on they stand in two cells."""

_HEADING = re.compile(
    r"(?i)(?:names?|patients?|initials|age|sex|gender|ward|bed|bay|gp|consultant|diagnosis|date|time|plan|notes?|"
    r"seen by|nurse|doctor|clinician|tests?|results?|units?|drug|dose|allergies|id)[\s.:]*"
)
"""Headings under which anything may stand; `kind_under` knows those that say what it is."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a line without a wide gap in it; `cells` has a box for each code point of `text`."""

    text: str = field(repr=False)
    cells: tuple[Box, ...] = field(repr=False)
    line: int
    box: Box


Read = tuple[Passage, tuple[Box, ...]]
"""A passage, and a box for each of its code points."""


def passages(lines: Sequence[Sequence[Character]], where: str) -> list[Read]:
    """One passage for each line, or for each cell of a table whose headings are recognised.

    A cell that stands right of a "Label:" which the file draws at another time gets that label.
    """
    segments = [s for number, line in enumerate(lines) for s in _segments(line, number)]
    labels = _labels(segments)
    read: list[Read] = []
    for run in _runs(segments, labels):
        cells = [c for s in run for c in (*s.cells, _after(s))][:-1]
        text, label = " ".join(s.text for s in run), labels.get(id(run[0]), "")
        kind = kind_under(label) if len(text) <= _LONGEST_CELL else None
        read.append((Passage(text, where, label, kind), tuple(cells)))
    return read


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around those that are not empty; (0, 0, 0, 0) when all are."""
    solid = [b for b in boxes if b[2] > b[0] and b[3] > b[1]]
    if not solid:
        return (0, 0, 0, 0)
    return (
        min(b[0] for b in solid),
        min(b[1] for b in solid),
        max(b[2] for b in solid),
        max(b[3] for b in solid),
    )


def _segments(line: Sequence[Character], number: int) -> Iterator[Segment]:
    height = max((b[3] - b[1] for _, b in line), default=0)
    part: list[Character] = []
    for char, box in line:
        inked = [b for c, b in part if not c.isspace()]
        if (
            inked
            and not char.isspace()
            and abs(box[0] - inked[-1][2]) > _GAP * height
            and box[0] > inked[-1][2]
        ):
            yield from _segment(part, number)
            part = []
        part.append((char, box))
    yield from _segment(part, number)


def _segment(part: list[Character], number: int) -> Iterator[Segment]:
    while part and part[-1][0].isspace():
        part.pop()
    start = next((n for n, (c, _) in enumerate(part) if not c.isspace()), len(part))
    part = part[start:]
    if part:
        cells = _level([box for _, box in part])
        yield Segment("".join(c for c, _ in part), tuple(cells), number, around(cells))


def _level(cells: list[Box]) -> list[Box]:
    """All of one height where the text runs straight, so that a box hides ascenders and accents too."""
    left, top, right, bottom = around(cells)
    tallest = max((b[3] - b[1] for b in cells), default=0)
    widest = max((b[2] - b[0] for b in cells), default=0)
    if bottom - top <= 1.6 * tallest:
        return [(b[0], top, b[2], bottom) for b in cells]
    if right - left <= 1.6 * widest:
        return [(left, b[1], right, b[3]) for b in cells]
    return cells


def _after(segment: Segment) -> Box:
    _, top, right, bottom = segment.cells[-1]
    return (right, top, right, bottom)


def _runs(segments: Sequence[Segment], labels: dict[int, str]) -> Iterator[list[Segment]]:
    """Segments that are read together: those of one line, but each labelled one by itself."""
    run: list[Segment] = []
    for segment in segments:
        if run and (segment.line != run[-1].line or id(segment) in labels or id(run[-1]) in labels):
            yield run
            run = []
        run.append(segment)
    if run:
        yield run


def _labels(segments: Sequence[Segment]) -> dict[int, str]:
    """What stands above a cell in a table, or before it in its row, by the segment's identity."""
    labels: dict[int, str] = {}
    headings: list[Segment] = []
    rows = _rows(segments)
    for above, row in zip([rows[0], *rows] if rows else [], rows, strict=False):
        if sum(_is_heading(s.text) for s in row) >= 2:
            headings = row
            continue
        if _is_far(row, above) or (len(row) == 1 and not _is_wrapped(row[0], headings)):
            headings = []
        for before, segment in zip([None, *row], row, strict=False):
            if before and before.text.endswith(":") and before.line != segment.line:
                labels[id(segment)] = before.text
            elif heading := _above(segment, headings):
                labels[id(segment)] = heading.text
    return labels


def _is_heading(text: str) -> bool:
    return kind_under(text) is not None or _HEADING.fullmatch(text) is not None


def _rows(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Segments that stand beside each other, from the top; each row from the left."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: (s.box[1] + s.box[3], s.box[0])):
        middle = (segment.box[1] + segment.box[3]) / 2
        if rows and rows[-1][0].box[1] <= middle <= rows[-1][0].box[3]:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [sorted(row, key=lambda s: s.box[0]) for row in rows]


def _above(segment: Segment, headings: Sequence[Segment]) -> Segment | None:
    """The heading whose column a cell stands in: the one it overlaps most, else none."""
    left, right = segment.box[0], segment.box[2]
    shared = [(min(right, h.box[2]) - max(left, h.box[0]), n) for n, h in enumerate(headings)]
    best = max(shared, default=(0, 0))
    return headings[best[1]] if best[0] > 0 else None


def _is_wrapped(segment: Segment, headings: Sequence[Segment]) -> bool:
    """A second line of one cell stands under one heading only."""
    under = [h for h in headings if h.box[0] < segment.box[2] and segment.box[0] < h.box[2]]
    return len(under) == 1


def _is_far(row: Sequence[Segment], before: Sequence[Segment]) -> bool:
    """Whether a table has ended: more than two empty lines between its rows."""
    return row[0].box[1] - before[0].box[3] > 3 * (before[0].box[3] - before[0].box[1])
