"""Everything that stands in a PDF, gathered before anything is decided."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pikepdf
import pypdfium2
from PIL import Image

from detectors.files.interface import (
    Desk,
    File,
    Found,
    Outcome,
    OverLimit,
    Passage,
    Protected,
    Unreadable,
)
from detectors.files.pdf import bare, pages, pictures, versions
from detectors.files.pdf.sights import Sight, from_pixels
from detectors.files.pdf.structure import Parts, take_apart
from detectors.files.picture import Box, see

_BROKEN = (pikepdf.PdfError, pypdfium2.PdfiumError, Unreadable, ValueError, OSError, RuntimeError)
_MOST_VERSIONS = 20


@dataclass
class Document:
    """`pages` are what a reader shows, by sight; `behind` is the text that none of them shows."""

    pages: list[tuple[Sight, ...]] = field(default_factory=list, repr=False)
    behind: list[Passage] = field(default_factory=list, repr=False)
    files: list[File] = field(default_factory=list, repr=False)
    found: list[Found] = field(default_factory=list)
    """Faces, and what was found in pictures that no page shows."""
    unread: bool = False
    """Something that no page shows could not be read: it must not be handed on."""
    doubts: list[str] = field(default_factory=list)
    """Why the pages themselves cannot be handed on, in sentences for people."""

    @property
    def passages(self) -> list[Passage]:
        return [p for sights in self.pages for sight in sights for p in sight.passages] + self.behind


def opened(data: bytes) -> pikepdf.Pdf:
    """Raises Protected, Unreadable."""
    try:
        return pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        raise Protected from None
    except _BROKEN:
        raise Unreadable("This PDF is damaged and could not be read.") from None


def gathered(file: File, book: pypdfium2.PdfDocument, pdf: pikepdf.Pdf, desk: Desk) -> Document:
    """Raises OverLimit. Both readers look: what only one of them sees counts, and so do their complaints."""
    document = Document()
    current = take_apart(pdf, desk.limits)
    shown = _read_pages(book, document, desk, everywhere=current.spoken)
    older = list(_older(file.data, pdf, document))
    behind = _Behind({(p.label, p.text) for p in document.passages})
    behind.add(pdf, current, "")
    for number, version in enumerate(older, start=1):
        behind.add(version, take_apart(version, desk.limits, loose=True), f"earlier version {number}: ")
    _read_pictures(behind.pictures, shown, document, desk)
    document.behind = behind.passages
    document.files = [
        File(f"{file.name}, attachment {n}", data, depth=file.depth + 1)
        for n, data in enumerate(behind.files, 1)
    ]
    _read_bytes(file.data, [pdf, *older], document)
    document.unread |= behind.unread or bool(pdf.get_warnings()) or len(pdf.pages) != len(book)
    return document


def _read_pages(book: pypdfium2.PdfDocument, document: Document, desk: Desk, everywhere: bool) -> set[bytes]:
    """Fill in the pages; the digests of the pictures that they show wholly."""
    shown: set[bytes] = set()
    for number in range(len(book)):
        desk.progress(f"page {number + 1} of {len(book)}")
        try:
            document.pages.append(_read_page(book, number, document, desk, everywhere, shown))
        except OverLimit:
            raise
        except _BROKEN:
            document.pages.append(())
            document.doubts.append(f"Page {number + 1} could not be read.")
    return shown


def _read_page(
    book: pypdfium2.PdfDocument,
    number: int,
    document: Document,
    desk: Desk,
    everywhere: bool,
    shown: set[bytes],
) -> tuple[Sight, ...]:
    where = f"page {number + 1}"
    page = pages.flat(book, number)
    try:
        sheet = pages.read(page, where)
        look_at = ((0, 0, *sheet.size),) if everywhere else sheet.look_at
        if not look_at:
            return (Sight(sheet.read),)
        shown.update(pictures.shown(page))
        image = pages.draw(page)
    finally:
        page.close()
    sights = [Sight(sheet.read)]
    for box in look_at:
        sights.append(_sight(image.crop(box), box, where, document, desk))
    return tuple(sights)


def _sight(image: Image.Image, at: Box, where: str, document: Document, desk: Desk) -> Sight:
    seen = see(image, where, desk)
    if not seen.sure:
        document.doubts.append(f"Some of the writing on {where} could not be read for certain.")
    if seen.photograph and not desk.taste.photographs:
        document.doubts.append(f"There is a photograph on {where}, and nobody can tell whom it shows.")
    document.found += [Found("FACE", where) for _ in seen.faces]
    return from_pixels(seen, at)


def _older(data: bytes, pdf: pikepdf.Pdf, document: Document) -> Iterator[pikepdf.Pdf]:
    """The versions that were saved over; one that does not open cannot be shown to hold nothing."""
    for number, version in enumerate(versions.earlier(data, pdf.is_linearized)):
        if number == _MOST_VERSIONS:
            document.unread = True
            return
        try:
            yield pikepdf.open(io.BytesIO(version))
        except _BROKEN:
            document.unread = True


def _read_pictures(
    stored: dict[bytes, pikepdf.Stream], shown: set[bytes], document: Document, desk: Desk
) -> None:
    """Those that no page shows wholly, each as a file of its own; of the others, what is written beside them."""
    for digest, stream in stored.items():
        if pictures.is_jpeg(stream):
            said, whole = pictures.properties(stream.read_raw_bytes())
            document.behind += said
            document.unread |= not whole
        if digest in shown or not pictures.holds_letters(stream):
            continue
        try:
            image = bare.picture(stream, desk.limits)
        except _BROKEN:
            document.unread = True
            continue
        result = desk.inside(File("picture.png", _png(image)))
        document.found += [Found(f.kind, "a picture that no page shows wholly") for f in result.found]
        document.unread |= result.outcome is not Outcome.CLEAN and not result.found


def _png(image: Image.Image) -> bytes:
    with io.BytesIO() as out:
        image.save(out, "PNG", compress_level=1)
        return out.getvalue()


def _read_bytes(data: bytes, saved: Sequence[pikepdf.Pdf], document: Document) -> None:
    document.behind += versions.comments(data)
    document.unread |= bool(versions.outside(data)) or versions.has_loose_objects(data, saved)


class _Behind:
    """What no page shows, of each version once."""

    def __init__(self, said: set[tuple[str, str]]) -> None:
        self._said = said
        self.passages: list[Passage] = []
        self.files: list[bytes] = []
        self.pictures: dict[bytes, pikepdf.Stream] = {}
        self.unread = False

    def add(self, pdf: pikepdf.Pdf, parts: Parts, version: str) -> None:
        drawn = bare.texts(pdf, parts.drawings, parts.loose_pages, "hidden part")
        for passage in (*parts.passages, *drawn):
            if (passage.label, passage.text) not in self._said:
                self._said.add((passage.label, passage.text))
                self.passages.append(replace(passage, where=version + passage.where))
        self.files += [data for data in parts.files if data not in self.files]
        self.pictures = parts.pictures | self.pictures
        self.unread |= parts.unread
