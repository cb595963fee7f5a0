"""Lines of a picture -> rows in reading order, with headings and labels told from what they speak of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from detectors.files.headings import kind_of, kind_under, meant
from detectors.files.interface import Passage
from detectors.files.ocr import Box
from detectors.interface import Kind

_ALIKE: Final = 0.6
"""Heights of two pieces of one row, at least; a display's large figures are not a label's row."""

_BETWEEN: Final = "  "
_REACH: Final = 6
"""Line heights after which a heading no longer speaks of what stands below."""
_PLAIN_HEADINGS: Final = frozenset(
    "name names bed bay room ward plan task tasks age sex gender time date dose route given medicine drug diagnosis "
    "consultant notes comments problem status los ews news obs bloods jobs seen by team nurse gp specialty".split()
)
_NUMBERED: Final = frozenset(
    {Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER, Kind.MRN, Kind.DOB, Kind.PHONE, Kind.NINO}
)
_NAMED: Final = frozenset({Kind.PATIENT_NAME, Kind.RELATIVE_NAME})
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stands together on a sheet: a line, a cell. `cells`: a box in the picture for each character."""

    text: str = field(repr=False)
    box: Box
    cells: tuple[Box, ...] = field(repr=False)
    lost: bool = False
    """Not to be relied on, as `Line.is_lost` has it."""

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage, and a box in the picture for each of its code points; a box without width for none."""

    passage: Passage
    cells: tuple[Box, ...] = field(repr=False)


NOWHERE: Final[Box] = (0, 0, 0, 0)
Row = list[Piece]


def readings(pieces: Sequence[Piece], where: str) -> Iterator[Reading]:
    """The pieces of one sheet as passages. A heading or label stands before its value and not on its own."""
    head: Row = []
    for row in _rows(pieces):
        if head and row[0].box[1] - head[-1].box[3] > _REACH * head[0].height:
            head = []
        if _is_head(row):
            yield from (_reading([piece], where) for piece in head if len(head) == 1)
            said = meant([p.text for p in row])
            head = [replace(p, text=t) for p, t in zip(row, said, strict=True) if _says_what(p)]
            yield from _labelled([p for p in row if not _says_what(p)], [], where)
            continue
        yield from _labelled(row, head, where)
        if head:
            head = [] if len(head) == 1 else _moved(head, row)
    yield from (_reading([piece], where) for piece in head if len(head) == 1)


def _rows(pieces: Sequence[Piece]) -> list[Row]:
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda p: p.box[1] + p.box[3]):
        if rows and _level(rows[-1][-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.box[0]) for row in rows]


def _level(one: Piece, other: Piece) -> bool:
    shared = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    low, high = sorted((one.height, other.height))
    return shared > 0.5 * low and low > _ALIKE * high


def _says_what(piece: Piece) -> bool:
    """Whether the piece is a heading or a label, such as "NHS No." or "Bed"."""
    text = piece.text.strip(" .:").casefold()
    if not text or _DIGIT.search(text) or len(text) > 30:
        return False
    return kind_under(piece.text) is not None or all(
        w in _PLAIN_HEADINGS for w in text.replace("/", " ").split()
    )


def _is_head(row: Row) -> bool:
    """Whether most of a row are headings, at least one of them of something that identifies."""
    says = [_says_what(p) for p in row]
    if any(_DIGIT.search(p.text) for p in row) or 2 * sum(says) <= len(row):
        return False
    return any(kind_under(p.text) or "name" in p.text.casefold() for p in row)


def _labelled(row: Row, head: Row, where: str) -> Iterator[Reading]:
    """A row's readings: under headings each cell for itself, else label and value, else all in one."""
    loose: Row = []
    label: Piece | None = None
    for piece in row:
        heading = _over(piece, head)
        if label is None and heading is None and _says_what(piece) and kind_under(piece.text):
            label = piece
        elif label or heading:
            yield from _all(loose, where)
            loose = []
            yield _reading([piece], where, (label or heading or piece).text)
            label = None
        else:
            loose.append(piece)
    yield from _all(loose if label is None else [*loose, label], where)


def _all(row: Row, where: str) -> Iterator[Reading]:
    if row:
        yield _reading(row, where)


def _over(piece: Piece, head: Row) -> Piece | None:
    """The heading above a piece: the one it lies under, else the last that begins left of it."""
    under = [h for h in head if min(h.box[2], piece.box[2]) > max(h.box[0], piece.box[0])]
    if len(under) == 1:
        return under[0]
    slack = piece.height
    left = [h for h in head if h.box[0] <= piece.box[0] + slack]
    near = [h for h in left if len(head) > 1 or piece.box[0] - h.box[0] <= slack]
    return near[-1] if near and not under else None


def _moved(head: Row, row: Row) -> Row:
    """The headings as if they stood just above `row`, so that a long table keeps them."""
    down = max(p.box[3] for p in row) - max(h.box[3] for h in head)
    return [Piece(h.text, (h.box[0], h.box[1] + down, h.box[2], h.box[3] + down), h.cells) for h in head]


def _reading(row: Row, where: str, label: str = "") -> Reading:
    text, cells = row[0].text, row[0].cells
    for piece in row[1:]:
        text += _BETWEEN + piece.text
        cells += (NOWHERE,) * len(_BETWEEN) + piece.cells
    sure = not any(p.lost for p in row)
    return Reading(Passage(text, where, label.strip(" :"), _kind(text, label), sure), cells)


def _kind(text: str, label: str) -> Kind | None:
    """What a value is for certain, by its label alone: a misread digit must not save a number."""
    kind = kind_under(label) if label else None
    digits = len(_DIGIT.findall(text))
    if kind in _NUMBERED:
        return kind if digits >= 4 else None
    if kind in _NAMED:
        return kind_of(text, label)
    return kind if kind is not Kind.POSTCODE or digits else None
