"""Old formats: what can be read is told, and none is ever handed on."""

from pathlib import Path

import pytest

from detectors.files.interface import File, Outcome
from detectors.files.office.legacy import FAMILY
from detectors.files.office.strings import strings
from tests.conftest import SHARED
from tests.detectors.files.desk import look_into
from tests.detectors.files.office.build import desk

FILES = SHARED / "eval" / "files"
ONENOTE = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")


def test_words_are_found_in_either_encoding() -> None:
    data = b"\0\1\2Patient seen\0\0" + "Plan: môr a mynydd".encode("utf-16-le") + b"\xff\xfe\0" + b"ab\0"
    assert strings(data).split("\n") == ["Plan: môr a mynydd", "Patient seen"]


def test_onenote_is_quarantined_with_what_was_found_in_it() -> None:
    data = ONENOTE + b"\0" * 40 + "NHS number 943 476 5919".encode("utf-16-le") + b"\0" * 9
    result = look_into(data, "notes.one")
    assert result.outcome is Outcome.QUARANTINED
    assert [str(f.kind) for f in result.found] == ["NHS_NUMBER"]
    assert result.data is None
    assert "OneNote" in result.reason
    assert "PDF" in result.reason


@pytest.mark.skipif(not FILES.is_dir(), reason="the development files are not here")
@pytest.mark.parametrize(
    ("name", "type", "value"),
    [
        ("doc_legacy.doc", "application/msword", "Sample Word Document"),
        ("xls_legacy.xls", "application/vnd.ms-excel", "Sample Excel Worksheet"),
        ("ppt_legacy.ppt", "application/vnd.ms-powerpoint", "Sample Powerpoint Slide"),
    ],
)
def test_what_an_old_document_says_is_found(name: str, type: str, value: str) -> None:
    result = FAMILY.inspect(File(name, Path(FILES, name).read_bytes()), type, desk(value))
    assert result.outcome is Outcome.QUARANTINED
    assert len(result.found) >= 1
    assert "old Office format" in result.reason
    assert result.data is None


@pytest.mark.parametrize("type", sorted(FAMILY.types))
@pytest.mark.parametrize(
    "data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000, b"\x09\x08\x10\0" * 50]
)
def test_damaged_files_are_quarantined_without_a_crash(type: str, data: bytes) -> None:
    assert look_into(data or b"\0", "x.doc").outcome is Outcome.QUARANTINED
    assert FAMILY.inspect(File("x", data), type, desk()).outcome is Outcome.QUARANTINED
