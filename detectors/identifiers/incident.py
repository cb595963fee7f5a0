"""What the police and the ambulance service number: logs of the day, CAD, jobs, incidents, bookings for transport."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "incident"
_IS = r"(?:[ \t]{1,2}(?:no|num|number|ref|reference|id|is|was|log|job|incident|serial)\b\.?){0,3}[:#]?[ \t]{0,2}"
_DAY = (
    r"(?:[0-9]{1,2}[/.\-][0-9]{1,2}(?:[/.\-][0-9]{2,4})?"
    r"|[0-9]{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\b(?: (?:20)?[0-9]{2}\b)?)"
)
_LOG_OF_A_DAY = re.compile(
    rf"(?i)\b(?:police|cad|crime|incident|logs?|psni|garda|serial){_IS}(?P<id>(?:(?:cc|gc|rc|urn) ?)?[0-9]{{2,5}} of {_DAY})(?![0-9A-Za-z])"
)
"""As forces number them, from midnight on: "log 412 of 14 Feb"."""
_CAD = re.compile(rf"(?i)\bcad{_IS}(?P<id>(?!(?:19|20)[0-9]{{2}}\b)[0-9]{{3,5}})(?![0-9A-Za-z%]|[/.\-][0-9])")
_EMERGENCY: Final = re2.compile(
    r"(?i)\b(?:police|pcs?|officers?|custody|136|ambulance|ambo|crew|paramedics?|999|rtc|misper|cad (?:no|num|number|ref))\b"
)
"""Else CAD is a disease of the heart."""
_CODE = r"(?P<id>(?=[A-Za-z/\-]{0,6}[0-9])[A-Za-z0-9]{2,16}(?:[/\-][A-Za-z0-9]{1,10}){0,3})(?![A-Za-z0-9:/%]| ?[0-9]{3})"
_CONVEYANCE = re.compile(
    r"(?i)\b(?:ambulance|ambo|amb|pts|patient transport|transport|hcs|yas|las|nwas|swasf?t|emas|wmas|eeast|secamb|scas|neas|wast|nias|e-?zec|crew|paramedics?)"
    r"(?:'s)?(?: (?!datix|estates|taxi|fleet|staff|for|of|at|on)[a-z]{2,9}){0,2}? (?:job|incident|inc|booking|case|run|journey|event|ref(?:erence)?)\b"
    rf"(?P<label>[ \t]{{1,2}}(?:no|num|number|ref|reference|id)\b\.?)?(?:[ \t]{{1,2}}(?:is|was))?[:#]?[ \t]{{1,2}}{_CODE}"
)
_OURS: Final = re2.compile(
    r"(?i)\b(?:datix|estates|it|help-?desk|lfpse|fire|fridge|temp|pump|equipment|device|asset|fleet|staff|taxi|exam)\b"
)
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]")


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _LOG_OF_A_DAY.finditer(view.text):
        if not _is_ours(view, m):
            yield _finding(view, m)
    for m in _CAD.finditer(view.text):
        if _EMERGENCY.search(view.text[max(0, m.start() - 60) : m.end() + 60]):
            yield _finding(view, m)
    for m in _CONVEYANCE.finditer(view.text):
        if not _is_ours(view, m) and _numbers_a_journey(m):
            yield _finding(view, m)


def _numbers_a_journey(m: re.Match[str]) -> bool:
    """ "ambulance booking 1430" says when it comes; "crew ref 0116 496 0123" is a telephone."""
    code = m["id"]
    digits = sum(map(str.isdigit, code))
    if code.isdigit() and ((digits > 9 and code.startswith("0")) or (digits == 4 and not m["label"])):
        return False
    return digits >= 4 and not _CLOCK.fullmatch(re.sub(r"(?i)(?:hrs?|h)$", "", code))


def _is_ours(view: View, m: re.Match[str]) -> bool:
    before = view.text[max(0, m.start() - 30) : m.start("id")].rpartition("\n")[2]
    after = view.text[m.end() : m.end() + 20].partition("\n")[0]
    return bool(_OURS.search(before + "|" + after))


def _finding(view: View, m: re.Match[str]) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(m.start("id"), m.end("id")), 0.8, NAME, ("reference",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "police log 0412 of 14/02",
        "CAD 4417, came in with two PCs",
        "ambulance job no D3301842",
        "PTS booking ref J18-4402",
    ),
    spares=(
        "CAD 2019, stents x3",
        "ambulance booking 1430",
        "transport job 12",
        "Datix incident 0412 of 14/02",
        "fridge log 12 of 14/02",
    ),
    triggers=(
        r"[0-9]{2,5} of [0-9]",
        r"\bcad\b",
        r"\b(?:ambulance|ambo|amb|pts|transport|hcs|yas|las|nwas|swasf?t|emas|wmas|eeast|secamb|scas|neas|wast|nias|e-?zec|crew|paramedics?)\b[a-z' ]{0,24} (?:job|inc|booking|case|run|journey|event|ref)",
    ),
)
