"""A file's name keeps the words that tell nobody whom it is about, and loses every other one."""

import pytest

from detectors.file_words import telling
from detectors.interface import Context, Kind
from detectors.scan import scan


def masked(name: str) -> str:
    text = name
    for finding in reversed(scan(name, Context(surface="file_name"))):
        by = "[Patient A]" if finding.kind is Kind.PATIENT_NAME else "[hidden]"
        text = text[: finding.span.start] + by + text[finding.span.end :]
    return text


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("bloods 9434765919.pdf", "bloods [hidden].pdf"),
        ("Thistlewood_Margaret_03021941_9434765919.pdf", "[hidden].pdf"),
        ("CXR M Thistlewood 9434765919.jpg", "CXR [hidden].jpg"),
        ("discharge summary Thistlewood 03-02-1941 final v2.docx", "discharge summary [hidden] final v2.docx"),
        ("handover ward 7 bed 12 RXK1234567.docx", "handover ward 7 bed 12 [hidden].docx"),
        ("9434765919 wound photo left heel.png", "[hidden] wound photo left heel.png"),
        ("IMG_20260302_103344.jpg", "IMG_20260302_103344.jpg"),
        ("Screenshot 2026-02-03 at 10.33.44.png", "Screenshot 2026-02-03 at 10.33.44.png"),
        ("rota week 12 Bluebell.xlsx", "rota week 12 Bluebell.xlsx"),
    ],
)  # fmt: skip
def test_a_name_keeps_what_kind_of_file_it_is(name: str, left: str) -> None:
    assert masked(name) == left


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ecg ward.pdf", []), ("Margaret Ward.pdf", ["Margaret Ward"]), ("ward 7 Thistlewood.pdf", ["Thistlewood"]),
        ("x7 bed 4.pdf", ["x7"]), ("list 4.pdf", ["4"]), ("bed 1234.pdf", ["1234"]), ("letter.okaforsmith", ["okaforsmith"]),
        ("", []), (".pdf", []), ("a-Ajayi_b.PDF", ["Ajayi_b"]),
    ],
)  # fmt: skip
def test_every_other_word_tells(name: str, told: list[str]) -> None:
    assert [name[start:end] for start, end in telling(name)] == told
