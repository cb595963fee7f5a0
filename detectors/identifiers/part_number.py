"""Parts of a number: "her number starts 99931", and the rest of one that the thread began."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.identifiers.hc_number import begins_like_one
from detectors.interface import Context, Finding, Kind
from detectors.labels import CHI, HC, HOSPITAL, NHS, stands_before
from detectors.normalise import View
from detectors.rule import Rule

NAME = "part_number"
_OPENS = re.compile(
    r"(?i)(?:\b(?P<what>nhs|chi|h ?[&+/] ?c|hcn|mrn|hosp(?:ital)?|unit|number|num|no|it|id)\b[^\n.?!]{0,24}?\b(?:starts?|starting|begins?|beginning)\b(?: with| in| at)?"
    r"|\bfirst (?:bit|half|part|few|three|four|five|six|[3-6])(?: (?:digits|numbers|figures))?(?: of (?:it|his|her|their|the|this)\b[^\n.?!0-9]{0,24})?(?: (?:is|are|was))?)"
    r"[\s:,=\-]{1,3}$"
)
_OPENS_ALONE = re.compile(r"(?i)\W*(?:it )?(?:starts|begins)(?: with| in)?[\s:,=\-]{1,3}$")
"""All of a message before a number of five digits or more."""
_FRONT = re.compile(
    r"(?i)\b(?:half|front|start|beginning|bits?|part)\b(?: (?:end|half|bit|part))?(?:(?: of)? (?:it|his|hers?|theirs?|the|this)(?: (?:nhs|chi|h&c))?(?: (?:number|no))?)?(?: (?:is|was|as))?[\s:,=\"'\-]{1,4}$"
)
_SPEAKS_OF_NUMBERS = re.compile(r"(?i)\b(?:number(?! of)|nhs|chi|h ?[&+] ?c|hcn)\b")
_GOES_ON = re.compile(
    r"(?i)(?:\b(?:rest|then|followed by|second (?:half|bit|part)|last (?:half|bit|part)|other half|ends?|finish(?:es)?|remaining)\b[^\n0-9]{0,14})$"
)
_NOT_A_NUMBER = re.compile(
    r"(?i)\W{0,2}(?:mg|ml|mcg|units?|hrs?|h\b|am|pm|days?|weeks?|patients|pts|beds|%|/|:[0-9])"
)
_KINDS: Final = {
    "nhs": Kind.NHS_NUMBER,
    "chi": Kind.CHI,
    "hcn": Kind.HC_NUMBER,
    "mrn": Kind.MRN,
    "hos": Kind.MRN,
    "uni": Kind.MRN,
}
_LOST = re.compile(
    r"(?i)[^0-9\n]{0,24}(?:\brest\b|smudge|\btorn\b|cut off|missing|stain|hold on|\bhalf\b|can'?t read|blank|\.\.|\u2026|\?\?|\bthen\b)"
)
_MAY_OPEN = re.compile(
    r"(?i)\b(?:start|begin|first|rest\b|smudge|torn|cut off|missing|stain|hold on|half|front|beginning|can'?t read|blank|then\b)|\.\.|\u2026|\?\?"
)
_LABELS: Final = ((CHI, Kind.CHI), (HC, Kind.HC_NUMBER), (NHS, Kind.NHS_NUMBER), (HOSPITAL, Kind.MRN))
_NATIONAL = (Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER)
_WHOLE = 10
_LOOK_BACK = 5
_SHORT = 60
"""A message that brings the rest of a number brings little else."""


def find(view: View, context: Context) -> Iterator[Finding]:
    begun = _begun(context)
    if not (begun or _MAY_OPEN.search(view.text)):
        return
    for length in range(3, 9):
        for first, last in view.groups.runs(length):
            start, end = view.groups.all[first].start, view.groups.all[last].end
            if _NOT_A_NUMBER.match(view.text, end):
                continue
            kind = _opens(view, start, length) or _cut_short(view, start, end, length)
            if not kind and begun and _completes(view, start, length, begun[1]):
                kind = begun[0]
            if kind:
                digits = "".join(g.digits for g in view.groups.all[first : last + 1])
                yield Finding(_kind(kind, digits), view.span(start, end), 0.7, NAME, ("fragment",))


def _opens(view: View, start: int, length: int) -> Kind | None:
    m = _OPENS.search(view.text, max(0, start - 64), start)
    if not m:
        if length > 4 and _OPENS_ALONE.match(view.text[:start]):
            return Kind.NHS_NUMBER
        front = length > 4 and _FRONT.search(view.text, max(0, start - 48), start)
        return Kind.NHS_NUMBER if front and _SPEAKS_OF_NUMBERS.search(view.text) else None
    what = (m["what"] or "").lower().replace(" ", "")
    if what in ("it", "id", "no", "num") and length < 5:
        return None  # "it starts 0830"
    return (
        Kind.HC_NUMBER
        if what.startswith("h") and what.endswith("c")
        else _KINDS.get(what[:3], Kind.NHS_NUMBER)
    )


def _cut_short(view: View, start: int, end: int, length: int) -> Kind | None:
    """ "NHS is 999 452 and the rest is smudged"."""
    if length < 4 or not _LOST.match(view.text, end):
        return None
    return next((kind for label, kind in _LABELS if stands_before(label, view, start)), None)


def _kind(kind: Kind, digits: str) -> Kind:
    """By how it begins, where its name was not said."""
    return Kind.HC_NUMBER if kind is Kind.NHS_NUMBER and begins_like_one(digits) else kind


def _completes(view: View, start: int, length: int, missing: int) -> bool:
    if _GOES_ON.search(view.text, max(0, start - 40), start):
        return abs(length - missing) <= 1
    return length == missing and len(view.text) <= _SHORT


def _begun(context: Context) -> tuple[Kind, int] | None:
    """The kind of a number that was left unfinished, and how many digits it lacks."""
    for earlier in reversed(context.earlier[-_LOOK_BACK:]):
        for f in earlier.findings:
            if f.kind in _NATIONAL and f.message is None and "fragment" in f.evidence:
                given = sum(c.isdigit() for c in earlier.text[f.span.start : f.span.end])
                if 2 < given < _WHOLE:
                    return f.kind, _WHOLE - given
    return None


RULE = Rule(
    NAME,
    find,
    catches=(
        "her number starts 99931, can't read the rest",
        "H&C begins with 3355",
        "the first half is 999 058",
    ),
    spares=(
        "list starts 0830",
        "it starts at 0900",
        "she starts 2000 mg",
        "the first half 12",
        "seen first, 1234",
    ),
    triggers=(
        r"\b(?:start|begin|first|half|front|bits?|part)[a-z]*\W[^\n]{0,40}[0-9]",
        r"^[^\n]{0,48}[0-9](?: ?[0-9]){2}",
        r"[0-9] ?[0-9]{2}[^0-9\n]{1,24}(?:rest|smudge|torn|cut off|missing|stain|hold on|half|can'?t read|blank|\.\.|\?\?|then)",
    ),
)
