"""Structured identifiers in Welsh and Gaelic messages are found as in English ones."""

import pytest

from detectors.interface import LIKELY, Context, Earlier, Kind
from detectors.scan import scan

NAMES = (Kind.PATIENT_NAME, Kind.RELATIVE_NAME, Kind.STAFF_NAME, Kind.INITIALS)


def read(text: str, context: Context = Context()) -> list[tuple[Kind, str]]:  # noqa: B008
    return [
        (f.kind, text[f.span.start : f.span.end])
        for f in scan(text, context)
        if f.confidence >= LIKELY and f.kind not in NAMES
    ]


LABELLED = [
    ("Rhif GIG 943 476 5919", [(Kind.NHS_NUMBER, "943 476 5919")]),
    ("rhif gig yw 943 476 5918", [(Kind.NHS_NUMBER, "943 476 5918")]),
    ("Dyddiad geni: 03/04/1951", [(Kind.DOB, "03/04/1951")]),
    ("dyddiad geni yw 3ydd o Fawrth", []),  # mutated, without a year: not claimed
    ("ganwyd 21ain Tachwedd 1938", [(Kind.DOB, "21ain Tachwedd 1938")]),
    ("d.g.: nid yw'n hysbys", []),
    ("Cyfeiriad: 27 Heol Cadifor, Townhill", [(Kind.ADDRESS, "27 Heol Cadifor, Townhill")]),
    ("cod post LL57 9XX", [(Kind.POSTCODE, "LL57 9XX")]),
    ("rhif ffôn ei ferch 07700 900118", [(Kind.PHONE, "07700 900118")]),
    ("Rhif ysbyty 33-201-45", [(Kind.MRN, "33-201-45")]),
    ("rugadh i 12 Giblean 1944", [(Kind.DOB, "12 Giblean 1944")]),
]


@pytest.mark.parametrize(("text", "expected"), LABELLED)
def test_labels(text: str, expected: list[tuple[Kind, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("question", "answer", "kind"),
    [
        ("Dyddiad geni?", "15/03/1985", Kind.DOB),
        ("beth yw ei rhif GIG?", "4765919434", Kind.NHS_NUMBER),
        ("oes rhif ffôn?", "07700 900118", Kind.PHONE),
    ],
)
def test_bare_answers(question: str, answer: str, kind: Kind) -> None:
    context = Context(earlier=(Earlier("1", "U1", question),))
    assert read(answer, context) == [(kind, answer)]


@pytest.mark.parametrize(
    "text",
    [
        "swyddfa 01632 960417",
        "apwyntiad 3 Mai am 10:30",
        "clinig ar 12/03/2026",
        "gwely 4, ward 7, obs pob 4 awr",
        "gig at the weekend, 4000 tickets sold",
    ],
)
def test_spared(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "patients"),
    [
        ("Mae mam wedi ffonio eto, isio gwybod pryd fydd o adre", []),
        ("Mae Menna Pritchard wedi cwympo yn y toiled", ["Menna Pritchard"]),
        ("Mae Mae Roberts yn 92 ac yn fyddar", ["Mae Roberts"]),
        ("Mae Mrs Pritchard isio mynd adre", ["Mrs Pritchard"]),
        ("Mae Roberts 92F off her feet", ["Mae Roberts"]),
        ("Wyt ti'n gallu cymryd bleep 417?", []),
        ("Paracetamol 1g bob 6 awr, dim ibuprofen", []),
        ("Bob Pritchard 81M in bed 6", ["Bob Pritchard"]),
        ("Chan eil leabaidh againn", []),
    ],
)
def test_verbs_that_are_names_in_english(text: str, patients: list[str]) -> None:
    hidden = (Kind.PATIENT_NAME, Kind.RELATIVE_NAME)
    said = [f.span for f in scan(text) if f.kind in hidden and f.confidence >= LIKELY]
    assert [text[s.start : s.end] for s in said] == patients
