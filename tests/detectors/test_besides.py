"""What the model reads besides names: runs of its pieces become findings, and rules keep what they know better."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.interface import LIKELY, MODEL, Finding, Kind, Span
from detectors.names.besides import besides
from detectors.names.features import OTHERS
from detectors.names.tagger import Said
from detectors.normalise import normalise
from detectors.read_on import read_on
from detectors.scan import scan


def read(text: str, marked: dict[str, tuple[str, float]]) -> list[tuple[str, str]]:
    """What is found where the model is so sure of each word that it is part of something of a kind."""
    spans, rows, at, view = [], [], 0, normalise(text)
    for word in view.text.split():
        start = view.text.index(word, at)
        at = start + len(word)
        kind, odds = marked.get(word, ("none", 1.0))
        row = np.zeros(len(OTHERS))
        row[0] = 1 - odds
        row[OTHERS.index(kind)] += odds
        spans.append((start, at))
        rows.append(row)
    said = Said([], spans, np.array(rows).reshape(-1, len(OTHERS)))
    return [
        (f.kind.value, text[f.span.start : f.span.end])
        for f in besides(view, said, "t")
        if f.confidence >= LIKELY
    ]


def test_pieces_beside_each_other_are_one_finding() -> None:
    home = dict.fromkeys(("3", "sallow", "lane,"), ("ADDRESS", 0.9))
    assert read("key is at 3 sallow lane, ring first", home) == [("ADDRESS", "3 sallow lane")]


def test_a_run_needs_one_sure_piece_and_no_unlikely_one() -> None:
    assert read("her 44 718 too", {"44": ("OTHER_ID", 0.5), "718": ("OTHER_ID", 0.9)}) == [
        ("OTHER_ID", "44 718")
    ]
    assert read("her 44 718 too", {"44": ("OTHER_ID", 0.5), "718": ("OTHER_ID", 0.5)}) == []
    assert read("her 44 718 too", {"44": ("OTHER_ID", 0.1), "718": ("OTHER_ID", 0.9)}) == [
        ("OTHER_ID", "718")
    ]


def test_lines_and_kinds_that_never_join_are_apart() -> None:
    each = {"Whin": ("ADDRESS", 0.9), "Walk": ("ADDRESS", 0.9), "12/3/51": ("DOB", 0.9)}
    assert read("Whin\nWalk 12/3/51", each) == [("ADDRESS", "Whin"), ("ADDRESS", "Walk"), ("DOB", "12/3/51")]


def test_what_opens_a_home_is_no_part_of_it() -> None:
    home = dict.fromkeys(("its", "Ivy", "Cottage"), ("ADDRESS", 0.9))
    assert read("no, its Ivy Cottage I think", home) == [("ADDRESS", "Ivy Cottage")]


def test_a_scores_name_is_no_postcode() -> None:
    assert read("sent EQ-5D-5L today", {"EQ-5D-5L": ("POSTCODE", 0.99)}) == []
    assert read("round EH6 today", {"EH6": ("POSTCODE", 0.99)}) == [("POSTCODE", "EH6")]


def test_a_documents_key_in_a_link_tells_of_nobody() -> None:
    assert read("see 9d20ab7741c3 there", {"9d20ab7741c3": ("URL_ID", 0.99)}) == []
    assert read("see weaver there", {"weaver": ("URL_ID", 0.99)}) == []
    assert read("see RW0090556 there", {"RW0090556": ("URL_ID", 0.99)}) == [("URL_ID", "RW0090556")]


@pytest.mark.parametrize(
    "kind", ["PHONE_PATIENT", "EMAIL_PATIENT", "PHONE_STAFF", "EMAIL_STAFF", "AGE", "INITIALS", "FILENAME_ID"]
)
def test_what_is_left_to_the_rules(kind: str) -> None:
    assert read("on 4417 now", {"4417": (kind, 0.99)}) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("machine serial ZX10044782", "OTHER_ID"),
        ("door code C1745Y", "OTHER_ID"),
        ("datix done, ref W118204", "MRN"),
        ("mine runs out 22ndNov", "DOB"),
        ("mine runs out March2027", "DOB"),
    ],
)
def test_what_numbers_a_thing_or_is_no_birth_date_is_left(text: str, kind: str) -> None:
    last = text.split()[-1]
    assert read(text, {last: (kind, 0.99)}) == []


@pytest.mark.parametrize("text", ["her pacemaker serial PX10044782", "key for the flat, door code C1745Y"])
def test_the_number_of_somebodys_thing_is_found(text: str) -> None:
    last = text.split()[-1]
    assert read(text, {last: ("OTHER_ID", 0.99)}) == [("OTHER_ID", last)]


def test_beside_a_placeholder_more_is_needed() -> None:
    sure = {"lane": ("ADDRESS", 0.9)}
    assert read("at lane", sure)
    assert not read("[name hidden] at lane", sure)


@given(st.text(max_size=40), st.randoms(use_true_random=False))
def test_findings_lie_in_the_text_and_hold_a_letter_or_digit(text: str, random: Random) -> None:
    view = normalise(text)
    cuts = sorted({0, len(view.text), *(len(view.text) * n // 7 for n in range(7))})
    spans = list(pairwise(cuts))
    others = np.array([[random.random() for _ in OTHERS] for _ in spans]).reshape(-1, len(OTHERS))
    said = Said([], spans, others / np.maximum(others.sum(-1, keepdims=True), 1e-9))
    for f in besides(view, said, "t"):
        assert 0 <= f.span.start < f.span.end <= len(text)
        assert any(map(str.isalnum, view.original[f.span.start : f.span.end]))


def model(kind: Kind, start: int, end: int) -> Finding:
    return Finding(kind, Span(start, end), 0.9, "tagged", (MODEL,))


def rule(kind: Kind, start: int, end: int, confidence: float = 0.9, by: str = "a rule") -> Finding:
    return Finding(kind, Span(start, end), confidence, by, ("why",))


def test_a_rules_finding_goes_on_as_far_as_the_model_reads() -> None:
    text = "14 Whin Terrace, Walker"
    assert read_on(text, [model(Kind.ADDRESS, 3, 23), rule(Kind.ADDRESS, 0, 15)]) == [
        rule(Kind.ADDRESS, 0, 23)
    ]


def test_what_a_rule_calls_something_else_stays_so() -> None:
    text = "NI no QQ123456C, casenote 4471"
    found = read_on(text, [model(Kind.MRN, 0, 30), rule(Kind.NINO, 6, 15)])
    assert sorted((f.kind.value, text[f.span.start : f.span.end]) for f in found) == [
        ("MRN", "casenote 4471"),
        ("NINO", "QQ123456C"),
    ]


def test_what_a_rule_leaves_alone_stays() -> None:
    colleagues = rule(Kind.PHONE, 7, 19, 0.3, "phone")
    assert read_on("ask on 07700 900123", [model(Kind.OTHER_ID, 7, 19), colleagues]) == [colleagues]


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("key's with her sister at 3 sallow lane", Kind.ADDRESS, "3 sallow lane"),
        ("lives on the barge Marigold at Hebden Bridge", Kind.ADDRESS, "Marigold"),
        ("the lad's collar tag at the custody suite is 44718-K", Kind.OTHER_ID, "44718-K"),
    ],
)
def test_homes_and_references_without_a_label(text: str, kind: Kind, said: str) -> None:
    at = text.index(said)
    found = [f for f in scan(text) if f.kind is kind and f.confidence >= 0.5]
    assert any(f.span.start <= at and at + len(said) <= f.span.end for f in found)


@pytest.mark.parametrize(
    "text",
    [
        "bed 4 needs 500mg IV at 14:30", "PO 8160331649 for the rep", "error 0x80072EE7 again", "obs 118/74, 88, 16, 36.9, 97% RA",
        "dial in 020 7946 0775 conference ID 455 817 209", "MDT moved to 12/03/2026", "back on ward 9 by 11",
    ],
)  # fmt: skip
def test_working_numbers_are_left(text: str) -> None:
    assert [f for f in scan(text) if f.confidence >= 0.5 and f.kind not in (Kind.STAFF_NAME, Kind.AGE)] == []


@pytest.mark.parametrize(
    "text",
    [
        "1234567890",
        "it is 1234567890",
        "4410",
        "she thinks it's 1962",
        "Correct, 1204715538",
        "52732, ask for Sister Coyle",
        "I'll ring them, it's 49343",
    ],
)
def test_numbers_that_rules_judge_are_theirs(text: str) -> None:
    assert [f for f in scan(text) if f.confidence >= LIKELY and f.kind is not Kind.STAFF_NAME] == []
