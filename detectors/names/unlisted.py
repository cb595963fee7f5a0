"""Whoever a staff directory does not list is no colleague for certain: in doubt a full name is hidden."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from detectors.interface import Finding, Kind, Roster

_CERTAIN: Final = 0.8
_RULES_SURE: Final = 0.9
_HIDDEN_AT: Final = 0.6
_FORMS: Final = frozenset({"full", "reversed", "title"})


def unlisted(found: Iterable[Finding], owners: Sequence[Finding | None], roster: Roster) -> Iterator[Finding]:
    """`found` as the model gives it; a full or titled name that it half takes for staff, and the rules for a patient
    since no list has it, becomes the patient's. Without a directory beyond the members nobody is known to be missing.
    """
    doubted = [f for f in dict.fromkeys(owners) if f and _is_patients(f)] if _has_directory(roster) else []
    for finding in found:
        half = finding.kind is Kind.STAFF_NAME and finding.confidence < _CERTAIN
        name = next((f for f in doubted if f.span.overlaps(finding.span)), None) if half else None
        if name:
            finding = replace(
                finding, kind=name.kind, span=name.span, confidence=_HIDDEN_AT, evidence=("model", "unlisted")
            )
        yield finding


def _is_patients(name: Finding) -> bool:
    hidden = name.kind in (Kind.PATIENT_NAME, Kind.RELATIVE_NAME)
    return hidden and name.confidence >= _RULES_SURE and name.evidence[0] in _FORMS


def _has_directory(roster: Roster) -> bool:
    return any(not person.member for person in roster.people)
