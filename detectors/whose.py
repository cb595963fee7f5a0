"""Whose telephone number it is, once the names are known: a patient's or relative's right before it makes it theirs."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from detectors.identifiers.phone import AT_WORK, SENTENCE_ENDS, STAFF
from detectors.interface import Finding, Kind
from detectors.normalise import View

_NAMES: Final = (Kind.PATIENT_NAME, Kind.RELATIVE_NAME, Kind.STAFF_NAME)
_LIKELY: Final = 0.5
_REACH: Final = 40
"""Code points between a name and its number: "Neil Howard at 7, on 07700 …"."""
_THEIRS: Final = 0.8


def whose(view: View, found: Sequence[Finding]) -> Iterator[Finding]:
    """`found` with the numbers that were taken for a colleague's given to the patient or relative named before them."""
    names = sorted((f for f in found if f.kind in _NAMES and f.confidence >= _LIKELY), key=_end)
    for f in found:
        taken = f.kind is Kind.PHONE and f.evidence == ("staff",) and f.message is None
        theirs = taken and _named_before(view, f, names)
        yield replace(f, confidence=_THEIRS, evidence=("named",)) if theirs else f


def _named_before(view: View, phone: Finding, names: Sequence[Finding]) -> bool:
    at = bisect_right(names, phone.span.start, key=_end)
    if not at or names[at - 1].kind is Kind.STAFF_NAME:
        return False
    name, text = names[at - 1].span, view.original
    between = text[name.end : phone.span.start]
    if len(between) > _REACH or STAFF.search(between) or SENTENCE_ENDS.search(between):
        return False
    return not AT_WORK.search(text[max(0, name.start - 40) : name.start])


def _end(finding: Finding) -> int:
    return finding.span.end
