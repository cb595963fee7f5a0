"""Passages read as one document: what one tells of another, and that every span is in its own text."""

import time
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from detectors.files.interface import Passage
from detectors.files.passages import CHUNK, find
from detectors.interface import Context, Earlier, Finding, Kind, Person, Roster, Span
from detectors.scan import NOTHING_KNOWN

FILLER = "The patient was comfortable overnight and observations stayed stable throughout."


def texts(passages: list[Passage], context: Context = NOTHING_KNOWN) -> list[list[tuple[str, Kind]]]:
    """What is found in each passage, without staff names and what is more likely wrong than right."""
    return [
        [
            (p.text[f.span.start : f.span.end], f.kind)
            for f in findings
            if f.kind is not Kind.STAFF_NAME and f.confidence >= 0.5
        ]
        for p, findings in zip(passages, find(passages, context), strict=True)
    ]


def test_a_label_tells_what_its_text_is_and_is_not_found_itself() -> None:
    found = texts([Passage("943 476 5919", "C2", "NHS No"), Passage("12/03/1950", "D2", "Date of birth")])
    assert found == [[("943 476 5919", Kind.NHS_NUMBER)], [("12/03/1950", Kind.DOB)]]


def test_a_cell_is_read_with_the_one_before_it() -> None:
    found = texts([Passage("NHS number", "A1"), Passage("999 123 4567", "B1")])
    assert found == [[], [("999 123 4567", Kind.NHS_NUMBER)]]


def test_a_name_on_page_1_is_known_on_page_9() -> None:
    pages = [Passage("Discharge summary for Margaret Thornbury", "page 1")]
    pages += [Passage(f"{FILLER} Day {n}.", f"page {n}") for n in range(2, 80)]
    pages += [Passage("MARGARET THORNBURY; thornbury.", "page 80")]
    assert len("".join(p.text for p in pages)) > 2 * CHUNK
    assert texts(pages)[-1] == [
        ("MARGARET THORNBURY", Kind.PATIENT_NAME),
        ("thornbury", Kind.PATIENT_NAME),
    ]


def test_a_name_on_the_last_page_is_known_on_the_first() -> None:
    pages = [Passage("Thornbury slept well.", "page 1"), *[Passage(FILLER, "x")] * 60]
    pages += [Passage("Patient name: Margaret Thornbury", "page 9")]
    assert texts(pages)[0] == [("Thornbury", Kind.PATIENT_NAME)]


def test_a_number_is_known_however_it_is_spaced() -> None:
    found = texts(
        [
            Passage("NHS number: 943 476 5919", "1"),
            Passage("scan-9434765919 ref", "2"),
            Passage("9434765919", "3"),
        ]
    )
    assert found[2] == [("9434765919", Kind.NHS_NUMBER)]


def test_an_ordinary_word_that_is_also_a_name_is_hidden_as_a_name_only() -> None:
    found = texts([Passage("Brown", "PID-5", kind=Kind.PATIENT_NAME), Passage("Sputum is brown.", "OBX-5")])
    assert found == [[("Brown", Kind.PATIENT_NAME)], []]


def test_a_colleague_with_the_patients_first_name_keeps_it() -> None:
    context = Context(roster=Roster((Person("Margaret Okonedo", role="consultant"),)))
    found = texts(
        [Passage("Patient: Margaret Thornbury", "1"), Passage("Reviewed by Margaret Okonedo.", "2")], context
    )
    assert found == [[("Margaret Thornbury", Kind.PATIENT_NAME)], []]


def test_a_field_is_found_as_a_whole_whatever_it_looks_like() -> None:
    found = find([Passage("  QQ-not-a-number ", "PID-3", kind=Kind.NHS_NUMBER)], NOTHING_KNOWN)
    assert found == [(Finding(Kind.NHS_NUMBER, Span(2, 17), 1.0, "field", ("field",)),)]


def test_a_name_of_the_conversation_is_known_in_the_file() -> None:
    said = "Mrs Thornbury in bed 4"
    name = Finding(Kind.PATIENT_NAME, Span(0, 13), 0.95, "tagged")
    context = Context(earlier=(Earlier("1", "U1", said, (name,)),))
    assert texts([Passage("thornbury obs chart", "1")], context) == [[("thornbury", Kind.PATIENT_NAME)]]


def test_a_form_says_whose_name_it_is() -> None:
    context = Context(roster=Roster((Person("Margaret Okonedo", role="consultant"),)))
    lines = "Patient name: Margaret Thornbury\nPatient: Stable\nNamed nurse: Margaret Okonedo"
    assert texts([Passage(lines, "1")], context) == [[("Margaret Thornbury", Kind.PATIENT_NAME)]]
    assert texts([Passage("MARGARET THORNBURY", "B2", "Patient's name")], context) == [
        [("MARGARET THORNBURY", Kind.PATIENT_NAME)]
    ]


def test_copies_are_found_like_the_first() -> None:
    cell = Passage("Margaret Thornbury", "B2", "Patient")
    assert texts([cell, Passage("Ward 7", "C2"), cell]) == [
        [("Margaret Thornbury", Kind.PATIENT_NAME)], [], [("Margaret Thornbury", Kind.PATIENT_NAME)]
    ]  # fmt: skip


def test_a_passage_longer_than_a_chunk_is_read_to_its_end() -> None:
    long = (FILLER + " ") * 100 + "NHS number 943 476 5919"
    assert texts([Passage(long, "1")])[0][-1] == ("943 476 5919", Kind.NHS_NUMBER)


def test_a_name_across_a_cut_is_found_once() -> None:
    for shift in range(CHUNK - 12, CHUNK + 4):
        text = ("he slept. " * CHUNK)[: shift - 1] + " Margaret Thornbury was seen."
        found = texts([Passage("Patient: Margaret Thornbury", "0"), Passage(text, "1")])
        assert len(found[1]) == 1
        assert found[1][0][0].endswith("Margaret Thornbury")


def test_nothing_is_found_in_nothing() -> None:
    assert find([], NOTHING_KNOWN) == []
    assert find([Passage("", "1"), Passage(" \n", "2", kind=Kind.MRN)], NOTHING_KNOWN) == [(), ()]


@given(
    st.lists(
        st.builds(
            Passage,
            st.text("ab N1239.\n", max_size=40) | st.just("Margaret Thornbury") | st.just("943 476 5919"),
            st.just("here"),
            st.sampled_from(["", "NHS No", "Name"]),
            st.sampled_from([None, None, Kind.MRN]),
        ),
        max_size=8,
    )
)
def test_findings_lie_in_their_text_in_order_and_apart(passages: list[Passage]) -> None:
    for passage, findings in zip(passages, find(passages, NOTHING_KNOWN), strict=True):
        ends = [0, *chain.from_iterable((f.span.start, f.span.end) for f in findings)]
        assert ends == sorted(ends)
        assert ends[-1] <= len(passage.text)
        assert all(f.span.start < f.span.end for f in findings)


def test_a_large_sheet_is_read_in_reasonable_time() -> None:
    cells = [Passage(f"{n % 4000 / 10}", f"C{n}", "Hb") for n in range(60_000)]
    cells[30_000] = Passage("943 476 5919", "C30000", "NHS No")
    began = time.monotonic()
    assert texts(cells)[30_000] == [("943 476 5919", Kind.NHS_NUMBER)]
    assert time.monotonic() - began < 60
