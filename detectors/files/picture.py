"""What is to be seen in one picture: lines of text, codes, faces; and how parts of it are filled."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from PIL import Image, ImageDraw

from detectors.files.blurred import holds_blurred_lines
from detectors.files.codes import Code, codes
from detectors.files.faces import faces
from detectors.files.glyphs import Spans, spread
from detectors.files.interface import Cut, Desk, OverLimit, Passage
from detectors.files.misread import widened
from detectors.files.ocr import UNSURE, Box, Line
from detectors.files.photograph import is_photograph
from detectors.files.rows import NOWHERE, Piece, Reading, readings
from detectors.files.sheets import Sheet, sheets
from detectors.interface import Kind

__all__ = ["Box", "Seen", "fill", "read_words", "see"]

_UNREAD: Final = "a code that could not be read"
_HARDLY_ANY: Final = 12
"""Letters and digits below which the writing is not what a picture is about."""
_FAIR: Final = 0.95
"""Mean confidence of a picture's letters: .96 and more in what is in focus, photographed labels and strong
compression included; .945 and less where motion or blur makes letters into others."""
_APART: Final = 1.5
"""Line heights between two words from which on they belong to two columns."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one picture shows.

    `sure`: everything that looks like text was read with confidence, and nothing looks like text too blurred
    to be read; False is never "clean".
    `photograph`: it looks like a camera's picture of something other than writing.
    """

    passages: tuple[Passage, ...]
    faces: tuple[Box, ...] = ()
    sure: bool = True
    photograph: bool = False
    cells: tuple[tuple[Box, ...], ...] = field(default=(), repr=False)
    """For each passage, a box for each code point of its text; without width where none stands for it."""

    def hidden(self, cuts: Sequence[Sequence[Cut]]) -> tuple[Box, ...]:
        """The boxes to fill, given what to cut of each passage (as `Look` answers for `passages`)."""
        return tuple(
            box
            for passage, cells, wanted in zip(self.passages, self.cells, cuts, strict=True)
            for cut in wanted
            for box in _joined(cells[slice(*widened(passage.text, cut))])
        )

    def left(self, cuts: Sequence[Sequence[Cut]]) -> tuple[Box, ...]:
        """Where the passages stand of which nothing is cut."""
        return tuple(
            box
            for cells, wanted in zip(self.cells, cuts, strict=True)
            if not wanted
            for box in _joined(cells)
        )


def see(image: Image.Image, where: str, desk: Desk) -> Seen:
    """Read a picture. `where` is what people are told of it: "the picture", "page 2", "frame 14".

    Raises OverLimit for one with too many pixels.
    """
    if image.width * image.height > desk.limits.pixels:
        raise OverLimit(f"The picture ({where}) is larger than {desk.limits.pixels // 10**6} megapixels.")
    flat = _flattened(image)
    words = read_words(flat, where)
    scanned = [_of_code(code, where) for code in codes(flat)]
    return Seen(
        (*words.passages, *(r.passage for r in scanned)),
        faces(flat),
        words.sure and not holds_blurred_lines(flat, words.left([()] * len(words.passages))),
        _letters(words.passages) < _HARDLY_ANY and is_photograph(flat),
        (*words.cells, *(r.cells for r in scanned)),
    )


def read_words(image: Image.Image, where: str, *, is_part: bool = False) -> Seen:
    """Only the writing of an RGB picture. `is_part` is as in `ocr.read`."""
    held = sheets(image, is_part=is_part)
    read = [r for sheet in held for r in readings(list(_pieces(sheet)), where)]
    lines = [line for sheet in held for line in sheet.lines if not _is_icon(line)]
    sure = _are_fair(lines) and not any(line.is_lost for line in lines)
    return Seen(tuple(r.passage for r in read), sure=sure, cells=tuple(r.cells for r in read))


def fill(image: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """A new RGB picture of the same pixels, solid black in the boxes; nothing but pixels is carried over."""
    flat = _flattened(image)
    copy = Image.frombytes("RGB", flat.size, flat.tobytes())
    draw = ImageDraw.Draw(copy)
    for left, top, right, bottom in boxes:
        if right > left and bottom > top:
            draw.rectangle((left, top, right - 1, bottom - 1), fill="black")
    return copy


def _flattened(image: Image.Image) -> Image.Image:
    """RGB on white, so that a colour that could not be seen is not there either."""
    if "A" in image.getbands() or "transparency" in image.info:
        seen_through = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(ground, seen_through).convert("RGB")
    return image.convert("RGB")


def _pieces(sheet: Sheet) -> Iterator[Piece]:
    for line in sheet.lines:
        if not line.text or _is_icon(line):
            continue
        left, top, right, bottom = line.box
        text, spans = spread(line.text, sheet.gray[top:bottom, left:right])
        for start, end in _columns(text, spans, bottom - top):
            yield _piece(sheet, line, text[start:end], spans[start:end])


def _is_icon(line: Line) -> bool:
    return line.confidence < UNSURE and not line.is_lost


def _are_fair(lines: Sequence[Line]) -> bool:
    """Whether a picture's lines were, over all, read as print is that is in focus. Where labels are misread, as
    "D0Bis", what they speak of is not told from other words."""
    letters = sum(line.letters for line in lines)
    return letters < _HARDLY_ANY or sum(li.letters * li.confidence for li in lines) >= _FAIR * letters


def _columns(text: str, spans: Spans, height: int) -> Iterator[tuple[int, int]]:
    """A line in parts where it reaches over more than one column."""
    start = 0
    for place, char in enumerate(text):
        if char == " " and spans[place][1] - spans[place][0] > _APART * height:
            yield start, place
            start = place + 1
    yield start, len(text)


def _piece(sheet: Sheet, line: Line, text: str, spans: Spans) -> Piece:
    left, top, _, bottom = line.box
    pad = max((bottom - top) // 5, 3)  # the engine's boxes may cut the tail of a g
    cells = tuple(sheet.place((left + a - 1, top - pad, left + b + 1, bottom + pad)) for a, b in spans)
    box = (int(left + spans[0][0]), top, int(left + spans[-1][1]), bottom)
    return Piece(text, box, cells, line.is_lost)


def _of_code(code: Code, where: str) -> Reading:
    """A code's text. Ten digits alone are taken for a patient's number; a code that nobody could read may say
    anything, and is hidden."""
    text = code.text.strip()
    is_number = text.isdecimal() and len(text) == 10
    kind = Kind.NHS_NUMBER if is_number else None if text else Kind.OTHER_ID
    text = text or _UNREAD
    return Reading(Passage(text, f"{where}, barcode", "", kind), (code.box,) * len(text))


def _letters(passages: Iterable[Passage]) -> int:
    return sum(c.isalnum() for passage in passages if passage.sure for c in passage.text)


def _joined(cells: Sequence[Box]) -> Iterator[Box]:
    """Cells side by side as one box; those of slanting text stay on their own, like steps."""
    last: Box | None = None
    for cell in cells:
        if cell == NOWHERE:
            continue
        if last and (last[1::2] == cell[1::2] or last[::2] == cell[::2]):
            last = _both(last, cell)
            continue
        if last:
            yield last
        last = cell
    if last:
        yield last


def _both(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
