"""What somebody drives and drives by: car registrations and driving licences."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind
from detectors.names.words import ORDINARY
from detectors.normalise import View
from detectors.rule import Rule

NAME = "vehicle"
_PLATE_SAID = re.compile(
    r"(?i)\b(?:number ?plate|plate|reg(?:istration)?(?: no| number)?)\b\W{0,3}(?:is\W{1,2})?(?P<id>[a-hj-pr-y]{2}[0-9]{2} ?[a-hj-z]{3})(?![a-z0-9])"
)
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-HJ-PR-Y]{2}[0-9]{2}[ \-]?[A-HJ-Z]{3}|[a-hj-pr-y]{2}[0-9]{2} [a-hj-pr-z]{3})(?![A-Za-z0-9])"
)
_OLD_PLATE = re.compile(
    r"(?<![A-Za-z0-9])(?:(?=[A-Z]?[IZ]|[A-Z]{2}[IZ]|[A-Z]{2}Z)[A-Z]{2,3} ?[0-9]{3,4}|[A-Z][0-9]{1,3} ?[A-Z]{3}|[A-Z]{3} ?[0-9]{1,3}[A-Z])(?![A-Za-z0-9])"
)
"""Of Northern Ireland, and those before 2001."""
_WORD = re.compile(r"[a-z]{2,}")
_CAR = re.compile(
    r"(?i)\b(?:car|reg|reg\.|registration|plate|vehicle|van|motability|parked|drives|taxi|blue badge|ford|fiesta|corsa|polo|golf|astra|focus|vrm)\b"
)
_LICENCE = re.compile(
    r"(?i)(?<![a-z0-9])[a-z]{1,5}9{0,4}(?<=[a-z9]{5}) ?[0-9](?:[05][0-9]|[16][0-2])(?:[0-2][0-9]|3[01])[0-9] ?[a-z9]{2}[0-9a-z] ?[a-z]{2}(?![a-z0-9])"
)
"""As on the card, or in the groups that people read it out in."""


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _LICENCE.finditer(view.text):
        yield _finding(view, m.start(), m.end(), 0.9, "licence")
    yield from _plates(view)


def _plates(view: View) -> Iterator[Finding]:
    """A message that is nothing but a plate answers somebody, here or elsewhere."""
    car = bool(_CAR.search(view.text))
    alone = view.text.strip()
    for m in _PLATE.finditer(view.text):
        sure = 0.75 if m.group().isupper() else (0.6 if m.group() == alone else 0.3)
        yield _finding(view, m.start(), m.end(), 0.93 if car else sure, "plate")
    for m in _PLATE_SAID.finditer(view.text):
        yield _finding(view, m.start("id"), m.end("id"), 0.9, "plate")
    for m in _OLD_PLATE.finditer(view.text):
        if car or (m.group() == alone and not ORDINARY.intersection(_WORD.findall(alone.lower()))):
            yield _finding(view, m.start(), m.end(), 0.6, "plate")


def _finding(view: View, start: int, end: int, confidence: float, why: str) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(start, end), confidence, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "his car is AB12 CDE",
        "K1 ABC",
        "DEF456G",
        "licence TEALJ 909176 J99AB",
    ),
    spares=("B12 DUE", "order 604114 of 12", "the car park is full"),
    triggers=(
        r"\b[a-z]{2}[0-9]{2}[ \-]?[a-z]{3}\b",
        r"^\s*[a-z]{1,3} ?[0-9]{1,4} ?[a-z]{0,3}\s*$",
        r"\b(?:car|reg|registration|plate|vehicle|parked|drives|motability|van|taxi|blue badge|ford|fiesta|corsa|polo|golf|astra|focus|vrm)\b",
        r"[a-z9]{5} ?[0-9]{6} ?[a-z9]{2}",
    ),
)
