"""Packages that are damaged, forged or made to do harm."""

import io
import zipfile

import pytest

from detectors.files.interface import Outcome
from tests.detectors.files.desk import look_into
from tests.detectors.files.office.build import changed, left, parts, zipped
from tests.detectors.files.office.words import Word, opened

TYPES = "[Content_Types].xml"
BODY = "word/document.xml"
CLEAN = Word("Sats 94% on room air.").data
NUMBER = "NHS number 943 476 5919"


def with_body(old: str, new: str) -> bytes:
    return changed(Word("HERE").data, {BODY: (old, new)})


def rewritten(data: bytes, name: str, content: bytes) -> bytes:
    return zipped({**parts(data), name: content})


def test_a_document_without_identifiers_is_clean() -> None:
    assert look_into(CLEAN).outcome is Outcome.CLEAN


@pytest.mark.parametrize(
    "doctype",
    ['<!DOCTYPE x [<!ENTITY e "943 476 5919">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">', "<!DOCTYPE x>"],
)
def test_definitions_of_entities_are_refused(doctype: str) -> None:
    body = parts(CLEAN)[BODY].decode().replace("?>", f"?>{doctype}", 1)
    result = look_into(rewritten(CLEAN, BODY, body.encode()))
    assert (result.outcome, result.found) == (Outcome.QUARANTINED, ())
    assert result.reason == "This document carries definitions that could hide text."


def test_a_billion_laughs_stop_at_once() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>'
    assert look_into(rewritten(CLEAN, BODY, bomb.encode())).outcome is Outcome.QUARANTINED


@pytest.mark.parametrize("content", [b"", b"<w:document", b"\x00\x01", b"<a>" * 400 + b"</a>" * 400])
def test_a_damaged_part_quarantines(content: bytes) -> None:
    assert look_into(rewritten(CLEAN, BODY, content)).outcome is Outcome.QUARANTINED


def test_parts_in_utf_16_are_read() -> None:
    data = Word(NUMBER).data
    body = parts(data)[BODY].decode().split("?>", 1)[1]
    result = look_into(
        rewritten(data, BODY, ('<?xml version="1.0" encoding="UTF-16"?>' + body).encode("utf-16"))
    )
    assert result.outcome is Outcome.REDACTED
    assert opened(result.data).paragraphs[0].text == "NHS number [NHS number hidden]"


def test_strict_namespaces_are_read() -> None:
    data = Word(NUMBER).data
    body = (
        parts(data)[BODY]
        .decode()
        .replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        )
    )
    result = look_into(rewritten(data, BODY, body.encode()))
    assert result.outcome is Outcome.REDACTED
    assert left(result, "943 476 5919") == []


@pytest.mark.parametrize(
    "hidden",
    [f"<!-- {NUMBER} -->", f"<?note {NUMBER}?>", f"<w:unknown>{NUMBER}</w:unknown>", f'<w:unknown w:any="{NUMBER}"/>',
     f"<w:bookmarkStart/>{NUMBER}", "<w:unknown>" + "".join(f"&#{ord(c)};" for c in NUMBER) + "</w:unknown>"],
    ids=["comment", "instruction", "element", "attribute", "between", "escaped"],
)  # fmt: skip
def test_text_where_no_program_shows_it_is_found(hidden: str) -> None:
    result = look_into(with_body("</w:body>", f"{hidden}</w:body>"))
    assert result.outcome is Outcome.REDACTED
    assert left(result, "943 476 5919") == []


def test_text_before_and_after_the_root_is_found() -> None:
    body = parts(CLEAN)[BODY].decode().split("?>", 1)[1]
    result = look_into(rewritten(CLEAN, BODY, f"<!-- {NUMBER} -->{body}<!-- {NUMBER} -->".encode()))
    assert result.outcome is Outcome.REDACTED
    assert left(result, "943 476 5919") == []


def test_two_parts_of_one_name_quarantine() -> None:
    out = io.BytesIO(CLEAN)
    with zipfile.ZipFile(out, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr(BODY, parts(CLEAN)[BODY])
    assert look_into(out.getvalue()).outcome is Outcome.QUARANTINED


@pytest.mark.parametrize("name", ["../evil.xml", "/word/evil.xml", "C:\\evil.xml"])
def test_parts_that_lead_elsewhere_quarantine(name: str) -> None:
    assert look_into(changed(CLEAN, {}, {name: "<a/>"})).outcome is Outcome.QUARANTINED


def test_a_zips_comment_is_gone_from_the_copy() -> None:
    result = look_into(zipped(parts(CLEAN), comment=NUMBER.encode()))
    assert result.outcome is Outcome.REDACTED
    assert b"943 476 5919" not in (result.data or b"")


def test_bytes_behind_the_zip_quarantine() -> None:
    assert look_into(CLEAN + NUMBER.encode()).outcome is Outcome.QUARANTINED


def test_a_part_that_nothing_names_is_left_out_of_the_copy() -> None:
    result = look_into(changed(CLEAN, {}, {"[trash]/0000.dat": b"\x00\x01\x02 943 476 5919"}))
    assert result.outcome is Outcome.REDACTED
    assert result.reason == "A part that no program shows was left out."
    assert "[trash]/0000.dat" not in parts(result.data or b"")


def test_a_document_that_swells_is_refused() -> None:
    bomb = changed(CLEAN, {}, {"word/media/image1.png": b"\0" * 30_000_000})
    assert look_into(bomb).outcome is Outcome.QUARANTINED
    assert look_into(CLEAN, unpacked=10_000).stops
    assert look_into(CLEAN, passages=5).stops


def test_the_copy_has_neither_dates_nor_anything_beside_its_parts() -> None:
    result = look_into(Word(NUMBER).data)
    with zipfile.ZipFile(io.BytesIO(result.data or b"")) as file:
        assert {i.date_time for i in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(i.extra or i.comment for i in file.infolist())
        assert file.namelist()[0] == TYPES
