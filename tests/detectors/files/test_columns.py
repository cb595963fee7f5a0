"""A table's headings give each cell its context: patients' columns go, staff's and places' stay."""

import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pytest

from detectors.files.columns import labels
from detectors.files.headings import HEADING, kind_of, kind_under, meant
from detectors.files.interface import Outcome
from detectors.interface import Kind
from tests.detectors.files.desk import look_into

Table = list[list[str]]

HANDOVER: Table = [
    ["Bed", "Name", "DoB", "Consultant", "Named nurse", "Plan", "NOK", "Tel no"],
    ["4", "Thistlewood", "03/02/1941", "Strachan", "Agnieszka Wojcik", "home on Friday", "Dilys", "01632 960123"],
    ["5", "Empty", "", "", "", "", "", ""],
    ["6", "PENHALIGON Arthur", "12/12/1950", "Okonjo", "Callum", "await echo", "Jean", "07700 900123"],
]  # fmt: skip
GOES = (
    "Thistlewood",
    "03/02/1941",
    "Dilys",
    "01632 960123",
    "PENHALIGON",
    "Arthur",
    "12/12/1950",
    "Jean",
    "900123",
)
STAYS = ("Strachan", "Agnieszka Wojcik", "home on Friday", "Okonjo", "Callum", "await echo", "Empty", "Bed")


def as_csv(table: Table) -> bytes:
    return "".join(",".join(row) + "\r\n" for row in table).encode()


def as_tsv(table: Table) -> bytes:
    return "".join("\t".join(row) + "\n" for row in table).encode()


def as_zip(table: Table) -> bytes:
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as file:
            file.writestr("list.csv", as_csv(table))
        return out.getvalue()


def as_html(table: Table) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
    return f"<!DOCTYPE html><html><body><table>{rows}</table></body></html>".encode()


def as_word(table: Table) -> bytes:
    document = docx.Document()
    held = document.add_table(rows=len(table), cols=len(table[0]))
    for cell, text in zip(held._cells, (text for row in table for text in row), strict=True):
        cell.text = text
    return saved(document.save)


def as_excel(table: Table) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in table:
        book.active.append(row)
    return saved(book.save)


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    with io.BytesIO() as out:
        save(out)
        return out.getvalue()


def words(data: bytes) -> str:
    """A copy's text; packed parts opened."""
    if not data.startswith(b"PK"):
        return data.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return "\n".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())


@pytest.mark.parametrize("written", [as_csv, as_tsv, as_zip, as_html, as_word, as_excel])
def test_a_handover_list_loses_its_patients_and_keeps_its_staff(written: Callable[[Table], bytes]) -> None:
    result = look_into(written(HANDOVER), "list")
    copy = words(result.data or b"")
    assert [value for value in GOES if value in copy] == []
    assert [value for value in STAYS if value not in copy] == []


def test_the_names_of_a_rota_stay() -> None:
    rota = "Surname,Forename,Band,Shift\nWojcik,Agnieszka,6,Early\nStrachan,Dilys,5,Late\n"
    assert look_into(rota.encode(), "rota.csv").outcome is Outcome.CLEAN


def test_a_form_s_fields_speak_of_each_other() -> None:
    form = "Name,Agnieszka Strachan\nNHS No,9990012733\nWard,Bluebell\nConsultant,Mr Okonjo\n"
    copy = (look_into(form.encode(), "form.csv").data or b"").decode()
    assert "Agnieszka" not in copy
    assert "Ward,Bluebell\nConsultant,Mr Okonjo\n" in copy


def test_what_stands_beside_a_name_stays() -> None:
    rows = "Name,NHS No,Plan\nMargaret Thistlewood awaiting bloods,9990012733,home\n"
    copy = (look_into(rows.encode(), "list.csv").data or b"").decode()
    assert "Thistlewood" not in copy
    assert "] awaiting bloods," in copy


@pytest.mark.parametrize(
    ("headings", "now"),
    [
        ("Name|NHS No|Plan", "Patient name|NHS No|Plan"), ("Full name|Hosp no.|Seen by", "Patient name|Hosp no.|Seen by"),
        ("Name|Bed|Nurse", "Patient name|Bed|Nurse"), ("Name|NOK", "Patient name|NOK"),
        ("Name|Band|Phone", "Staff Name|Band|Staff Phone"), ("Surname|Role|DOB", "Surname|Role|DOB"),
        ("Name|Bed|Shift", "Name|Bed|Shift"), ("Patient|Name|Role", "Patient|Name|Role"),
        ("Name|Ward", "Name|Ward"), ("Name", "Name"), ("Ward name|NHS No", "Ward name|NHS No"), ("|", "|"),
    ],
)  # fmt: skip
def test_headings_mean_each_other(headings: str, now: str) -> None:
    assert meant(headings.split("|")) == now.split("|")


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Hosp no.", Kind.MRN), ("Hospital Number", Kind.MRN), ("HOSP #", Kind.MRN), ("Unit no", Kind.MRN),
        ("DoB", Kind.DOB), ("D.O.B.", Kind.DOB), ("NoK", Kind.RELATIVE_NAME), ("NOK contact no", Kind.PHONE),
        ("Pt", Kind.PATIENT_NAME), ("PT NAME", Kind.PATIENT_NAME), ("Forename(s)", Kind.PATIENT_NAME), ("Tel no", Kind.PHONE),
        ("NHS #", Kind.NHS_NUMBER), ("Address 2", Kind.ADDRESS), ("P/code", Kind.POSTCODE), ("Rhif GIG", Kind.NHS_NUMBER),
        ("Dyddiad geni", Kind.DOB), ("Enw'r claf", Kind.PATIENT_NAME), ("Côd post", Kind.POSTCODE),
        ("Hospital", None), ("Unit", None), ("Nurse", None), ("Nurse in charge", None), ("Reviewed by", None),
        ("Clinician", None), ("Bed", None), ("Relationship", None), ("Birth weight", None), ("Post", None),
        ("Patient location", None), ("First", None), ("Subject", None),
    ],
)  # fmt: skip
def test_short_and_odd_headings(heading: str, kind: Kind | None) -> None:
    assert kind_under(heading) is kind


@pytest.mark.parametrize(
    ("text", "heading", "kind"),
    [
        ("Thistlewood", "Patient", Kind.PATIENT_NAME), ("thistlewood, margaret", "Patient", Kind.PATIENT_NAME),
        ("van der Berg", "Surname", Kind.PATIENT_NAME), ("Ann-Marie d'Souza (Annie)", "Pt", Kind.PATIENT_NAME),
        ("TBC", "Patient", None), ("Not known", "NHS No", None), ("Margaret, home when dry", "Patient", None),
        ("Margaret 78F", "Patient", None), ("Sr Wojcik", "Named nurse", Kind.STAFF_NAME),
        ("Mrs Bell, 07700 900123", "Seen by", None), ("1 High St", "Address", Kind.ADDRESS), ("n/a", "Address", None),
    ],
)  # fmt: skip
def test_a_cell_is_what_its_heading_says_only_where_it_can_be(
    text: str, heading: str, kind: Kind | None
) -> None:
    assert kind_of(text, heading) is kind


def test_two_tables_under_each_other_each_have_their_headings() -> None:
    table = ["Name|NHS No", "x|1", "|", "Name|Role|Bleep", "y|nurse|2"]
    said = labels([*enumerate(row.split("|"))] for row in table)
    assert said[0] == [HEADING, HEADING]
    assert said[1] == ["Patient name", "NHS No"]
    assert said[4] == ["Staff Name", "Role", "Bleep"]
