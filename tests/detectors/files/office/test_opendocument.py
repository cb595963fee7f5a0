"""OpenDocument texts and sheets: every corner, and a copy that LibreOffice reads."""

import io
import zipfile

import pytest
from lxml import etree

from detectors.files.interface import Outcome
from tests.detectors.files.desk import look_into
from tests.detectors.files.office.build import left, parts
from tests.detectors.files.office.opendocuments import SPACES, spreadsheet, text

NHS = "943 476 5919"
NUMBER = f"NHS number {NHS}"
DELETED = (
    '<text:tracked-changes><text:changed-region text:id="c"><text:deletion><text:p>{}</text:p></text:deletion>'
    "</text:changed-region></text:tracked-changes>"
)


def body(data: bytes | None) -> str:
    return parts(data or b"")["content.xml"].decode()


@pytest.mark.parametrize(
    "inside",
    [
        f"<text:p>{NUMBER}</text:p>",
        "<text:p>NHS number <text:span>943 4</text:span>76 <text:span>59<text:span>19</text:span></text:span></text:p>",
        f"<text:p>a<office:annotation><dc:creator>Dr A</dc:creator><text:p>{NUMBER}</text:p></office:annotation>b</text:p>",
        f"<text:p>a<text:note><text:note-body><text:p>{NUMBER}</text:p></text:note-body></text:note>b</text:p>",
        f"<text:p>a<draw:frame><draw:text-box><text:p>{NUMBER}</text:p></draw:text-box></draw:frame>b</text:p>",
        f"<text:p>a<draw:frame><svg:desc>{NUMBER}</svg:desc></draw:frame></text:p>",
        f'<text:p><text:a xlink:href="https://pas.example/?nhs={NHS.replace(" ", "")}">a</text:a></text:p>',
        DELETED.format(NUMBER),
        f"<!-- {NUMBER} -->",
    ],
    ids=["plain", "spans", "comment", "note", "box", "description", "link", "deleted", "xml comment"],
)  # fmt: skip
def test_an_identifier_anywhere_in_a_text_is_cut(inside: str) -> None:
    result = look_into(text(inside + "<text:p>sats 94%</text:p>"))
    assert result.outcome is Outcome.REDACTED, result
    assert left(result, NHS, NHS.replace(" ", "")) == []
    assert "sats 94%" in body(result.data)


def test_a_number_is_seen_past_a_deletion_in_it() -> None:
    changes = DELETED.format("4765")
    result = look_into(
        text(f'{changes}<text:p>NHS number 943<text:change text:change-id="c"/>919 seen</text:p>')
    )
    assert result.outcome is Outcome.REDACTED
    assert left(result, "4765", "919") == []
    assert " seen" in body(result.data)


@pytest.mark.parametrize("part", ["styles.xml", "meta.xml", "settings.xml", "Object 1/content.xml"])
def test_the_other_parts_are_read(part: str) -> None:
    header = f"<office:document-styles {SPACES}><style:header><text:p>{NUMBER}</text:p></style:header></office:document-styles>"
    result = look_into(text("<text:p>a</text:p>", {part: header}))
    assert result.outcome is Outcome.REDACTED
    assert left(result, NHS) == []


def test_a_sheets_numbers_dates_and_names() -> None:
    result = look_into(spreadsheet())
    assert result.outcome is Outcome.REDACTED
    content = body(result.data)
    assert 'office:value="4"' in content
    assert "$'Patient_A'.D2]+1" in content
    assert "[date of birth hidden]" in content
    assert left(result, "9434765919", "9.43E+09", "1950-03-12", "12 Mar", "Thompson") == []


def test_the_copy_begins_with_its_type_as_the_standard_asks() -> None:
    data = look_into(text(f"<text:p>{NUMBER}</text:p>")).data or b""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        first = file.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
        manifest = etree.fromstring(file.read("META-INF/manifest.xml"))
        listed = {v for e in manifest for k, v in e.attrib.items() if k.endswith("full-path")}
        assert listed - {"/", "content.xml"} <= set(file.namelist())


def test_macros_are_left_out() -> None:
    result = look_into(
        text("<text:p>a</text:p>", {"Basic/Standard/Module1.xml": "<module>Sub Main</module>"})
    )
    assert (result.outcome, result.reason) == (Outcome.REDACTED, "The macros in it were left out.")
    assert left(result, "Basic/", "Module1") == []


def test_an_object_that_nobody_can_read_quarantines() -> None:
    result = look_into(
        text(
            '<text:p><draw:object xlink:href="./Object 1"/></text:p>',
            {"Object 1": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600},
        )
    )
    assert result.outcome is Outcome.QUARANTINED
    assert result.reason.startswith("Embedded file 1: ")


def test_pictures_within_the_text_itself_quarantine() -> None:
    image = "<text:p><draw:frame><draw:image><office:binary-data>AAAA</office:binary-data></draw:image></draw:frame></text:p>"
    assert look_into(text(image)).outcome is Outcome.QUARANTINED
