"""The pages as a reader draws them: every character with its place, and the picture of the page."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from detectors.files.interface import Limits, OverLimit, Protected, Unreadable
from detectors.files.pdf.lines import Character, Read, around, passages
from detectors.files.picture import Box
from detectors.files.rows import NOWHERE

DPI = 200
_MOST_PIXELS = 16_000_000
_MOST_PIXELS_ACROSS = 20_000
_LARGEST = 1_000_000
"""Points: 350 metres."""
_LITTLE_TEXT = 50
"""Characters below which a page that draws anything at all is read as a picture."""
_THUMBNAIL = 0.05
_OUTLINES = 60
"""Small curved shapes from which on they may be letters."""
_MOST_PICTURES = 8
"""Pictures on a page up to which each is read by itself."""
_SMALLEST = 14
"""Pixels of a picture's shorter side below which no letter can be read in it: 5 points."""
_NEAR = 8
_JOINS = frozenset("\ufffe\u00ad\x02\u200b")
"""What stands for a hyphen at the end of a line, and what nobody sees in a word."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its text, and the parts of its picture that have to be read from the pixels."""

    read: tuple[Read, ...] = field(repr=False)
    size: tuple[int, int]
    look_at: tuple[Box, ...]


def open_book(data: bytes, limits: Limits) -> pypdfium2.PdfDocument:
    """Raises Protected, Unreadable, OverLimit. A file that only its owner's password restricts opens."""
    try:
        book = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise Protected from None
        raise Unreadable("This PDF is damaged and could not be read.") from None
    if len(book) > limits.pages:
        book.close()
        raise OverLimit(f"This PDF has more than {limits.pages} pages.")
    if book.get_formtype():
        book.init_forms()
    return book


def flat(book: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    """The page with its annotations and form fields drawn into it, so that their text has a place too."""
    page = book[number]
    if pdfium.FPDFPage_GetAnnotCount(page) > 0:
        _render(
            page, _scale(page) * _THUMBNAIL, draw_annots=True
        )  # makes pdfium write the appearances that the file lacks
        page.set_mediabox(*page.get_bbox())  # flattening knows no inherited boxes, and would take Letter
        page.set_cropbox(*page.get_bbox())
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        page.close()
        page = book[number]
    return page


def read(page: pypdfium2.PdfPage, where: str) -> Sheet:
    """Everything on one page as `flat` gives it, wherever it stands and however it is drawn."""
    text = page.get_textpage()
    try:
        size = _size(page)
        lines = list(_lines(page, text, size))
        look_at = _look_at(page, text, lines, size)
    finally:
        text.close()
    return Sheet(tuple(passages(lines, where)), size, look_at)


def draw(page: pypdfium2.PdfPage, scale: float | None = None) -> Image.Image:
    """The picture of a page as `flat` gives it, of the size that `read` says, or so many pixels to a point."""
    return _render(page, scale or _scale(page))


def placed(page: pypdfium2.PdfPage, bounds: tuple[float, float, float, float], size: tuple[int, int]) -> Box:
    """Left, bottom, right, top in the page's own units -> pixels, whatever the page's turn and crop."""
    left, bottom, right, top = bounds
    x, y = pdfium.c_int(), pdfium.c_int()
    corners = []
    for u, v in ((left, bottom), (right, top)):
        pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, u, v, x, y)
        corners.append((x.value, y.value))
    (x1, y1), (x2, y2) = corners
    return (min(x1, x2), min(y1, y2), max(x1, x2) + 1, max(y1, y2) + 1)


def _render(page: pypdfium2.PdfPage, scale: float, draw_annots: bool = False) -> Image.Image:
    bitmap = page.render(scale=scale, draw_annots=draw_annots, may_draw_forms=False, rev_byteorder=True)
    try:
        picture: Image.Image = bitmap.to_pil()
        return picture.convert("RGB")
    finally:
        bitmap.close()


def _scale(page: pypdfium2.PdfPage) -> float:
    width, height = (float(side) for side in page.get_size())
    if not 0 < min(width, height) <= max(width, height) < _LARGEST:
        raise Unreadable("A page of this PDF has no size that can be drawn.")
    return min(DPI / 72, math.sqrt(_MOST_PIXELS / (width * height)), _MOST_PIXELS_ACROSS / max(width, height))


def _size(page: pypdfium2.PdfPage) -> tuple[int, int]:
    scale = _scale(page)
    width, height = page.get_size()
    return math.ceil(width * scale), math.ceil(height * scale)


def _lines(
    page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, size: tuple[int, int]
) -> Iterator[list[Character]]:
    """The characters between two line breaks, in the order of the file."""
    line: list[Character] = []
    for index, char in _characters(text):
        if char in "\r\n":
            if line:
                yield line
            line = []
        elif char not in _JOINS:
            bounds = _bounds(text, index)
            line.append((char, placed(page, bounds, size) if bounds else NOWHERE))
    if line:
        yield line


def _characters(text: pypdfium2.PdfTextPage) -> Iterator[tuple[int, str]]:
    high = 0
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        yield index, chr(code or 0xFFFD)


def _bounds(text: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float, float] | None:
    """As wide as the font says, as high as the ink; None for a character without a place."""
    try:
        left, _, right, _ = text.get_charbox(index, loose=True)
        tight_left, bottom, tight_right, top = text.get_charbox(index)
    except pypdfium2.PdfiumError:
        return None
    return (min(left, tight_left), bottom, max(right, tight_right), top)


def _look_at(
    page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, lines: list[list[Character]], size: tuple[int, int]
) -> tuple[Box, ...]:
    """The whole page where its text cannot be trusted to be all that it shows, else its pictures."""
    whole = (0, 0, *size)
    pictures, outlines, drawn = [], 0, 0
    for thing in page.get_objects():
        drawn += 1
        if thing.type in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            if thing.container is not None:
                return (whole,)  # its place is told within the form that holds it
            pictures.append(_inside(placed(page, thing.get_bounds(), size), whole))
        elif thing.type == pdfium.FPDF_PAGEOBJ_PATH:
            outlines += _may_be_letter(thing)
    count = sum(len(line) for line in lines)
    if (drawn and count < _LITTLE_TEXT) or outlines > _OUTLINES or _is_doubtful(text, lines):
        return (whole,)
    joined = _joined(pictures)
    return joined if len(joined) <= _MOST_PICTURES else (around(joined),)


def _joined(boxes: list[Box]) -> tuple[Box, ...]:
    """Boxes that touch made one, for a scan may come in strips; those too small for a letter left out."""
    joined: list[Box] = []
    for box in boxes:
        while near := next((b for b in joined if _touch(b, box)), None):
            joined.remove(near)
            box = around((near, box))
        joined.append(box)
    return tuple(b for b in joined if min(b[2] - b[0], b[3] - b[1]) >= _SMALLEST)


def _touch(a: Box, b: Box) -> bool:
    return a[0] - _NEAR <= b[2] and b[0] - _NEAR <= a[2] and a[1] - _NEAR <= b[3] and b[1] - _NEAR <= a[3]


def _inside(box: Box, whole: Box) -> Box:
    return (max(box[0], 0), max(box[1], 0), min(box[2], whole[2]), min(box[3], whole[3]))


def _may_be_letter(path: pypdfium2.PdfObject) -> bool:
    segments: int = pdfium.FPDFPath_CountSegments(path)
    left, bottom, right, top = path.get_bounds()
    return segments >= 8 and (segments > 400 or max(right - left, top - bottom) < 60)


def _is_doubtful(text: pypdfium2.PdfTextPage, lines: list[list[Character]]) -> bool:
    """Whether letters may show something else than they say: no map to Unicode, or no language."""
    if any(pdfium.FPDFText_HasUnicodeMapError(text, n) == 1 for n in range(text.count_chars())):
        return True
    letters = [c for line in lines for c, _ in line if c.isalpha() and c.isascii()]
    vowels = sum(c in "aeiouyAEIOUY" for c in letters)
    odd = sum(not c.isprintable() or "\ue000" <= c <= "\uf8ff" for line in lines for c, _ in line)
    return odd > 0 or (len(letters) >= 40 and not 0.2 < vowels / len(letters) < 0.65)
