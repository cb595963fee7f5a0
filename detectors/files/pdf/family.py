"""A PDF -> clean, or a copy made of pictures of its pages, or quarantined.

Why pictures: a PDF can hold a text in more ways than any tool can be shown to remove it (fonts, forms, layers,
earlier versions). A copy that is made of pixels has none of them by construction. Over the pixels lie the words
that were read where they are seen, without what is hidden, so that the copy can still be searched and read out.
"""

import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from detectors.files.interface import Cut, Desk, Family, File, Outcome, Result
from detectors.files.parts import Parts, found_in, inspect_parts
from detectors.files.pdf import pages
from detectors.files.pdf.gathering import Document, gathered, opened
from detectors.files.pdf.rebuild import Copy, Said
from detectors.files.pdf.sights import Filled, Sight

_ONLY_PAGES: Final = "The copy holds the pages as they are printed, and nothing else."
_FORM: Final = "This form is drawn by the program that made it, so no copy without identifiers can be made."
_UNREAD: Final = "Parts of this PDF that no page shows could not be read."


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Raises Protected, OverLimit, Unreadable."""
    with pages.open_book(file.data, desk.limits) as book, opened(file.data) as pdf:
        document = gathered(file, book, pdf, desk)
        passages = document.passages
        cuts = desk.look(passages)
        attached = inspect_parts(document.files, desk, "attachment")
        found = (*found_in(passages, cuts), *document.found, *attached.found)
        if attached.stopped:
            return Result(Outcome.QUARANTINED, type, attached.reason, found, stops=True)
        if document.doubts:
            return Result(Outcome.QUARANTINED, type, " ".join(document.doubts), found)
        if not found and not document.unread and not attached.changed:
            return Result(Outcome.CLEAN, type)
        if book.get_formtype() == pdfium.FORMTYPE_XFA_FULL:
            return Result(Outcome.QUARANTINED, type, _FORM, found)
        copy = _copy(book, document, cuts, desk)
        _attach(copy, attached, document, desk)
        return Result(Outcome.REDACTED, type, _reason(document, attached), found, copy.data(), ".pdf")


FAMILY: Final = Family("PDF", frozenset({"application/pdf"}), inspect, solid=True)
"""Solid: pixels with filled boxes, and words that were cut; attached files are inspected by themselves."""


def _reason(document: Document, attached: Parts) -> str:
    said = (_UNREAD if document.unread else "", _ONLY_PAGES, attached.taken_out)
    return " ".join(s for s in said if s)


def _copy(book: pypdfium2.PdfDocument, document: Document, cuts: Sequence[Sequence[Cut]], desk: Desk) -> Copy:
    copy, answers = Copy(), iter(cuts)
    for number, sights in enumerate(document.pages):
        desk.progress(f"drawing page {number + 1} of {len(book)}")
        page = pages.flat(book, number)
        image, points = pages.draw(page), page.get_size()
        page.close()
        here = [[next(answers) for _ in sight.read] for sight in sights]
        hidden = list(_hidden(sights, here))
        filled = Filled(image, [said.box for said in hidden])
        words = list(_words(sights, here, filled))
        copy.add(filled.image, points, hidden, words)
    return copy


def _hidden(sights: Sequence[Sight], cuts: Sequence[Sequence[Sequence[Cut]]]) -> Iterator[Said]:
    for sight, answers in zip(sights, cuts, strict=True):
        yield from (Said("", face) for face in sight.faces)
        for index, answer in enumerate(answers):
            yield from sight.hidden(index, answer)


def _words(
    sights: Sequence[Sight], cuts: Sequence[Sequence[Sequence[Cut]]], filled: Filled
) -> Iterator[Said]:
    """What may be said again: by the pixels where they were read, else by the text."""
    pixels = [sight.at for sight in sights if sight.seen]
    for sight, answers in zip(sights, cuts, strict=True):
        for index, answer in enumerate(answers):
            yield from sight.words(index, answer, filled, () if sight.seen else pixels)


def _attach(copy: Copy, attached: Parts, document: Document, desk: Desk) -> None:
    """Attached files that are clean, or come back redacted and are clean then, under names that say nothing."""
    for number, (file, result) in enumerate(zip(document.files, attached.results, strict=True), start=1):
        data = file.data if result.outcome is Outcome.CLEAN else result.data
        if data and desk.inside(replace(file, data=data)).outcome is Outcome.CLEAN:
            ending = result.suffix or mimetypes.guess_extension(result.type) or ""
            copy.attach(f"attachment {number}{ending}", data)
