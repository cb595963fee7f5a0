"""Redaction changes its spans and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.interface import Kind, Span
from detectors.placeholders import placeholder
from detectors.redaction import Replacement, redact
from detectors.scan import scan

HIDDEN = [k for k in Kind if k is not Kind.STAFF_NAME]
PIECES = [
    "NHS 943 476 5919", "Mrs Grace Holroyd", "CHI 170939 9244", "bed 4", "07700 900118", "K 3.4 replaced", "LS4 9ZQ", "82F",
    "dob 12.6.45", "14 Eden Mount", "a.b@mailbox.example", "[Patient A]", "👩‍⚕️", "wife Elif", "999\u200b553\u200b9209", "<@U02KLIS014>", "&amp;", "QQ123456C",
]  # fmt: skip


@st.composite
def text_and_spans(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(st.text(min_size=1, max_size=80))
    ends = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(ends, ends).filter(lambda p: p[0] != p[1]), max_size=6))
    return text, [Span(min(p), max(p)) for p in pairs]


@given(text_and_spans())
def test_everything_outside_stays(case: tuple[str, list[Span]]) -> None:
    text, spans = case
    redacted = redact(text, [Replacement(s, "[hidden]") for s in spans])
    inside = {i for s in spans for i in range(s.start, s.end)}
    outside, at = "", 0
    for remark in redacted.remarks:
        outside += redacted.text[at : remark.start]
        at = remark.end
    outside += redacted.text[at:]
    assert outside == "".join(c for i, c in enumerate(text) if i not in inside)
    assert sum(r.original_length for r in redacted.remarks) == len(inside)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6), st.sampled_from([" ", ", ", "\n", ". "]))
def test_scanning_the_redacted_text_finds_nothing_in_the_placeholders(pieces: list[str], joint: str) -> None:
    text = joint.join(pieces)
    found = [f for f in scan(text) if f.kind in HIDDEN]
    redacted = redact(text, [Replacement(f.span, placeholder(f.kind), f.kind) for f in found])
    covered = [range(r.start, r.end) for r in redacted.remarks]
    for f in scan(redacted.text):
        assert not any(f.span.start in r or f.span.end - 1 in r for r in covered)


def test_overlapping_spans_become_one() -> None:
    redacted = redact("abcdef", [Replacement(Span(1, 4), "[x]"), Replacement(Span(2, 5), "[y]")])
    assert redacted.text == "a[x]f"
    assert [(r.start, r.end, r.original_length) for r in redacted.remarks] == [(1, 4, 4)]


def test_touching_spans_become_one_where_the_words_are_the_same() -> None:
    assert redact("abcd", [Replacement(Span(0, 2), "[x]"), Replacement(Span(2, 4), "[x]")]).text == "[x]"
    assert redact("abcd", [Replacement(Span(0, 2), "[x]"), Replacement(Span(2, 4), "[y]")]).text == "[x][y]"


@pytest.mark.parametrize("span", [Span(2, 2), Span(-1, 2), Span(0, 9)])
def test_a_span_outside_the_text_is_refused(span: Span) -> None:
    with pytest.raises(ValueError, match="not inside"):
        redact("abcd", [Replacement(span, "[x]")])
