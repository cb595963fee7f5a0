"""The twelve digits under which e-RS, the referral service, keeps a referral."""

import re
from collections.abc import Iterator

from detectors.digits import numbers
from detectors.identifiers.case_reference import DIGIT_NEAR, SENT
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "ubrn"
_UBRN = re.compile(
    r"(?i)\b(?:ubrn|e-?rs|e rs|e-?referral|choose (?:and|&) book|booking ref(?:erence)?|referral (?:no|num|number|ref|reference|id))\b[^0-9\n]{0,48}$"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    """Twelve digits behind a referral's label; or in fours behind nothing, where they begin as e-RS's do."""
    for n in numbers(view, 12):
        line = view.line_before(n.start, 80)
        if DIGIT_NEAR.match(view.text, n.end) or line[-1:].isalnum():
            continue
        if _UBRN.search(line):
            yield _finding(view, n.start, n.end, 0.96)
        elif n.shape == (4, 4, 4) and n.digits.startswith("000") and not SENT.search(line):
            yield _finding(view, n.start, n.end, 0.7)


def _finding(view: View, start: int, end: int, confidence: float) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(start, end), confidence, NAME, ("ubrn",))


RULE = Rule(
    NAME,
    find,
    catches=("UBRN 0000 4521 7763", "e-referral number is 000045217763", "0004 8812 2207 is the shoulder"),
    spares=("parcel 000488122207", "order ref 0004 8812 2207", "UBRN not on the letter"),
    triggers=(
        r"\bubrn\b|\be-?rs\b|\be rs\b|\breferral\b|choose (?:and|&) book|booking ref|\b000[0-9][ \-]?[0-9]{4}[ \-]?[0-9]{4}\b",
    ),
)
