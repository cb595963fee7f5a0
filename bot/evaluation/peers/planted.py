"""Documents with invented patients planted wherever a format can hold words, one patient in each file."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Final

import docx
import openpyxl
import pptx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Inches
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from pptx.util import Inches as SlideInches

from bot.evaluation.peers import planted_pdf

_FORENAMES: Final = (
    "Margaret",
    "Arthur",
    "Priya",
    "Dilys",
    "Callum",
    "Agnieszka",
    "Winston",
    "Siobhan",
    "Tariq",
)
_SURNAMES: Final = ("Thistlewood", "Penhaligon", "Raghunathan", "Llewellyn", "Strachan", "Wojcik", "Okonjo")
_PLAIN: Final = "Ward round: observations stable, potassium improving, home on Friday."


@dataclass(frozen=True, slots=True)
class Patient:
    name: str = field(repr=False)
    number: str = field(repr=False)
    """An NHS number of the range for tests, with its check digit."""
    born: str = field(repr=False)

    @property
    def words(self) -> str:
        return f"Patient {self.name}, NHS No {self.number}, DOB {self.born}"

    @property
    def values(self) -> tuple[str, ...]:
        return (self.name, self.number, self.born)


@dataclass(frozen=True, slots=True)
class Planted:
    """A file and the one patient in it. `place` is for people: "docx, comment"."""

    place: str
    name: str
    type: str
    data: bytes = field(repr=False)
    patient: Patient


def patients() -> Iterator[Patient]:
    """Invented people without end, always the same."""
    serial = 0
    while True:
        forename, surname = _FORENAMES[serial % len(_FORENAMES)], _SURNAMES[serial % len(_SURNAMES)]
        number = _number(1000 + 7 * serial)
        if number:
            yield Patient(
                f"{forename} {surname}", number, f"{1 + serial % 28:02}/{1 + serial % 12:02}/{1931 + serial}"
            )
        serial += 1


def everything() -> Iterator[Planted]:
    """One file for each place in each format."""
    people = patients()
    for place in planted_pdf.PLACES:
        patient = next(people)
        data = planted_pdf.planted(place, patient.words, _PLAIN)
        yield Planted(f"pdf, {place}", "letter.pdf", "application/pdf", data, patient)
    for ending, (type_, plants) in _FORMATS.items():
        for place, plant in plants.items():
            patient = next(people)
            yield Planted(f"{ending}, {place}", f"letter.{ending}", type_, plant(patient), patient)


def _number(serial: int) -> str:
    """999 and six digits of our own; empty where no check digit exists (NHS Data Dictionary, NHS NUMBER)."""
    nine = f"999{serial:06}"
    check = 11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
    return "" if check == 10 else f"{nine[:3]} {nine[3:6]} {nine[6:]}{check % 11}"


def _saved(thing: Any) -> bytes:
    with io.BytesIO() as out:
        thing.save(out)
        return out.getvalue()


def _word(change: Callable[[Any, Patient], object]) -> Callable[[Patient], bytes]:
    def plant(patient: Patient) -> bytes:
        document = docx.Document()
        document.add_paragraph(_PLAIN)
        change(document, patient)
        return _saved(document)

    return plant


def _word_table(document: Any, patient: Patient) -> None:
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip(table._cells, ("Name", "NHS No", "DOB", *patient.values), strict=True):
        cell.text = text


def _word_deleted(document: Any, patient: Patient) -> None:
    deleted = f'<w:del {nsdecls("w")} w:id="9" w:author="x"><w:r><w:delText>{patient.words}</w:delText></w:r></w:del>'
    document.add_paragraph()._p.append(parse_xml(deleted))


def _word_hidden(document: Any, patient: Patient) -> None:
    document.add_paragraph().add_run(patient.words).font.hidden = True


def _word_comment(document: Any, patient: Patient) -> None:
    document.add_comment(document.paragraphs[0].runs, patient.words)


def _word_header(document: Any, patient: Patient) -> None:
    document.sections[0].header.paragraphs[0].text = patient.words


def _word_properties(document: Any, patient: Patient) -> None:
    document.core_properties.subject = patient.words


def _word_picture(document: Any, patient: Patient) -> None:
    document.add_picture(io.BytesIO(_png(patient.words)), width=Inches(5))


def _word_alternative(document: Any, patient: Patient) -> None:
    picture = document.add_picture(io.BytesIO(_png("Chart")), width=Inches(1))
    picture._inline.docPr.set("descr", patient.words)


def _sheet(change: Callable[[Any, Patient], object]) -> Callable[[Patient], bytes]:
    def plant(patient: Patient) -> bytes:
        book = openpyxl.Workbook()
        book.active["A1"] = _PLAIN
        change(book, patient)
        return _saved(book)

    return plant


def _sheet_rows(book: Any, patient: Patient) -> None:
    book.active.append(["Name", "NHS No", "DOB", "Plan"])
    book.active.append([*patient.values, "home"])


def _sheet_hidden(book: Any, patient: Patient) -> None:
    sheet = book.create_sheet("Old")
    sheet.sheet_state = "veryHidden"
    sheet["B7"] = patient.words


def _sheet_comment(book: Any, patient: Patient) -> None:
    book.active["A1"].comment = Comment(patient.words, "x")


def _sheet_name(book: Any, patient: Patient) -> None:
    book.defined_names["note"] = DefinedName("note", attr_text=f'"{patient.words}"')


def _sheet_header(book: Any, patient: Patient) -> None:
    book.active.oddHeader.center.text = patient.words


def _slide(change: Callable[[Any, Any, Patient], object]) -> Callable[[Patient], bytes]:
    def plant(patient: Patient) -> bytes:
        show = pptx.Presentation()
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = _PLAIN
        change(show, slide, patient)
        return _saved(show)

    return plant


def _slide_text(_: Any, slide: Any, patient: Patient) -> None:
    box = slide.shapes.add_textbox(0, SlideInches(2), SlideInches(8), SlideInches(1))
    box.text_frame.text = patient.words


def _slide_notes(_: Any, slide: Any, patient: Patient) -> None:
    slide.notes_slide.notes_text_frame.text = patient.words


def _slide_hidden(show: Any, _: Any, patient: Patient) -> None:
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = patient.words
    slide._element.set("show", "0")


def _slide_alternative(_: Any, slide: Any, patient: Patient) -> None:
    picture = slide.shapes.add_picture(io.BytesIO(_png("Chart")), 0, 0)
    picture._element._nvXxPr.cNvPr.set("descr", patient.words)


def _png(words: str) -> bytes:
    with io.BytesIO() as out:
        planted_pdf.scan(words).save(out, "PNG")
        return out.getvalue()


def _rows(patient: Patient) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["Name", "NHS No", "DOB", "Plan"], [*patient.values, "home on Friday"]])
    return out.getvalue().encode()


def _mail(change: Callable[[EmailMessage, Patient], object]) -> Callable[[Patient], bytes]:
    def plant(patient: Patient) -> bytes:
        mail = EmailMessage()
        mail["From"], mail["To"] = "ward7@trust.example", "clinic@trust.example"
        mail.set_content(_PLAIN)
        change(mail, patient)
        return mail.as_bytes()

    return plant


def _mail_subject(mail: EmailMessage, patient: Patient) -> None:
    mail["Subject"] = patient.words


def _mail_body(mail: EmailMessage, patient: Patient) -> None:
    mail.set_content(f"{_PLAIN}\n{patient.words}\n", cte="base64")


def _mail_page(mail: EmailMessage, patient: Patient) -> None:
    mail.add_alternative(f"<p>{patient.words}</p>", subtype="html")


def _mail_attachment(mail: EmailMessage, patient: Patient) -> None:
    mail.add_attachment(_rows(patient), maintype="text", subtype="csv", filename="list.csv")


def _zip(patient: Patient) -> bytes:
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("list.csv", _rows(patient))
        return out.getvalue()


def _page(body: str) -> Callable[[Patient], bytes]:
    def plant(patient: Patient) -> bytes:
        return f"<!DOCTYPE html><html><body><p>{_PLAIN}</p>{body % patient.words}</body></html>".encode()

    return plant


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_FORMATS: Final[dict[str, tuple[str, dict[str, Callable[[Patient], bytes]]]]] = {
    "docx": (f"{_OFFICE}.wordprocessingml.document", {
        "paragraph": _word(lambda document, patient: document.add_paragraph(patient.words)),
        "table": _word(_word_table), "header": _word(_word_header), "comment": _word(_word_comment),
        "deleted text": _word(_word_deleted), "hidden text": _word(_word_hidden),
        "properties": _word(_word_properties), "picture": _word(_word_picture),
        "alternative text": _word(_word_alternative),
    }),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", {
        "rows": _sheet(_sheet_rows), "hidden sheet": _sheet(_sheet_hidden), "comment": _sheet(_sheet_comment),
        "defined name": _sheet(_sheet_name), "page header": _sheet(_sheet_header),
    }),
    "pptx": (f"{_OFFICE}.presentationml.presentation", {
        "text box": _slide(_slide_text), "notes": _slide(_slide_notes), "hidden slide": _slide(_slide_hidden),
        "alternative text": _slide(_slide_alternative),
    }),
    "csv": ("text/csv", {"row": _rows}),
    "html": ("text/html", {"paragraph": _page("<p>%s</p>"), "comment": _page("<!-- %s -->"),
                           "attribute": _page('<img alt="%s">')}),
    "eml": ("message/rfc822", {"subject": _mail(_mail_subject), "body": _mail(_mail_body), "page": _mail(_mail_page),
                               "attachment": _mail(_mail_attachment)}),
    "zip": ("application/zip", {"table": _zip}),
}  # fmt: skip
