"""Numbers of somebody's cards, certificates and registrations: EHIC, prepayment, exemption, passport, payroll."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "card"
_PASSPORT = re.compile(
    r"(?i)\bpass ?port\b(?! (?:office|photos?|forms?)\b)[^0-9\n]{0,40}?(?<![a-z0-9])(?P<id>(?-i:[A-Z]{1,2} ?)?[0-9](?: ?[0-9]){5,8})(?![a-z]| ?[0-9])"
)
_CARD: Final = re2.compile(
    r"(?i)\b(?:ehic|ghic|european health(?: insurance)? card|medical card|gms card|ppsn?|ppc|(?:pre-?)?payment (?:cert[a-z]*|card)|"
    r"mat(?:ernity)? ?ex(?:emption)?|med(?:ical)? ?ex(?:emption)?|exemption|hc[23]|freedom pass|bus pass|smart ?pass|concession(?:ary)? (?:pass|card)|"
    r"national id(?:entity)?|residence permit|travel doc(?:ument)?|(?:birth|death|marriage|adoption) cert[a-z]*|driving licen[cs]e|"
    r"organ donor card)\b"
)
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9/.\-])(?:[A-Z]{1,3}[ \-]?|[a-z]{1,2})?[0-9](?:[ \-]?[0-9]){5,19}[A-Za-z]{0,2}(?![A-Za-z0-9/]|[.\-][0-9])"
)
_BADGE = re.compile(
    r"(?i)\bblue ?badge\b[^0-9\n]{0,20}?\b(?P<id>[A-Z0-9]{6}[ \-][0-9][ \-][A-Z0-9]{9,14})(?![A-Za-z0-9])"
)
_REACH = 44
_SAME_CARD = re.compile(
    r"(?i)\b(?:card|personal|institution|cert[a-z]*|doc[a-z]*)(?: (?:id|no|num|number))?\W{0,3}(?:is )?$"
)
"""A second number of what has been named: "EHIC: personal id PL 881, card no 806"."""
_NOT_OF_A_CARD: Final = re2.compile(
    r"(?i)\b(?:dob|born|chi|nhs|hosp|mrn|ring|rang|call|tel|phone|mob|mobile|text|contact|ext|fax|bleep|helpline|line|orders?|ordered|po|"
    r"batch|lot|serial|asset|stock|boxes|pack|meeting|zoom|teams|ticket|datix|my|our)\b"
)
_DATE = re.compile(r"[0-9]{1,2}[ \-][0-9]{1,2}[ \-](?:19|20)?[0-9]{2}")
_PHONE = re.compile(r"0[1-9][0-9]{8,9}")
_REGISTER = re.compile(
    r"(?i)\b(?:learning dis[a-z]*|ld|smi|dementia|cancer|child protection|cp|sight(?: impaired)?|blind|palliative|carers?'?|births?|deaths?|still ?births?|"
    r"disab[a-z]+|(?:organ )?donor|implant|joint|transplant|diabetic) regist(?:er|ry|ration)\W{1,2}(?:entry |ref )?(?:no|num|number|id|entry|ref)\b\W{0,3}(?:is )?"
    r"(?P<id>[A-Z]{0,4}[/\-]?[0-9]{3,8}[A-Z]?)(?![A-Za-z0-9/])"
)
_AT_WORK = re.compile(
    r"(?i)\b(?:payroll|staff|employee|works|clock|pension)\W{1,2}(?:no|num|number|id|ref)\b\W{0,3}(?:is )?(?P<id>(?=[A-Z/\-]{0,4}[0-9])[A-Z0-9]{3,10}(?:[/\-][A-Z0-9]{1,6})?)(?![A-Za-z0-9])"
)
_OF_A_WORKER: Final = re2.compile(
    r"(?i)\b(?:employers?|employed|fit ?note|sick ?note|med ?3|ssp|sick ?line|occupational hist[a-z]*)\b"
)
"""Only of somebody whose work is told; the rest is the hospital's own payroll."""
_OURS = re.compile(r"(?i)\b(?:my|our|bank|agency|rota|timesheet|expenses|mileage)\b")
_AT_THE_PRACTICE = re.compile(
    r"(?i)\bpractice (?:no|num|number|id)\b\W{0,3}(?:is )?(?P<id>(?![A-Z][0-9]{5}\b)[A-Z]{0,3}-?[0-9]{3,7})(?![A-Za-z0-9]|[ \-][0-9])"
)
_PAPER_NOTES: Final = re2.compile(
    r"(?i)\b(?:lloyd george|wallet|old (?:gp|surgery|practice)|previous (?:gp|surgery|practice))\b"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in (*_PASSPORT.finditer(view.text), *_BADGE.finditer(view.text), *_REGISTER.finditer(view.text)):
        yield _finding(view, *m.span("id"))
    yield from _cards(view)
    for m in _AT_WORK.finditer(view.text):
        line = view.line_before(m.start(), 90)
        if _OF_A_WORKER.search(line) and not _OURS.search(line):
            yield _finding(view, *m.span("id"))
    for m in _AT_THE_PRACTICE.finditer(view.text):
        if _PAPER_NOTES.search(view.text[max(0, m.start() - 80) : m.end() + 80]):
            yield _finding(view, *m.span("id"))


def _cards(view: View) -> Iterator[Finding]:
    for m in _NUMBER.finditer(view.text) if _CARD.search(view.text) else ():
        line = view.line_before(m.start(), 100)
        label = max((c.end() for c in _CARD.finditer(line)), default=-1)
        between = line[label:]
        if label < 0 or _NOT_OF_A_CARD.search(between) or _is_another(m.group()):
            continue
        near = len(between) <= _REACH and not any(map(str.isdigit, between))
        if near or _SAME_CARD.search(between):
            yield _finding(view, m.start(), m.end())


def _is_another(number: str) -> bool:
    """A date or a telephone number."""
    return bool(_DATE.fullmatch(number) or _PHONE.fullmatch(re.sub(r"[ \-]", "", number)))


def _finding(view: View, start: int, end: int) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(start, end), 0.85, NAME, ("card",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "passport he brought in is 330184207",
        "EHIC: personal id PL 88441209, card no 80616000110008249283",
        "exemption cert 0099120447",
        "LD register no LD0421",
        "sick note please, employer is the council, payroll no 77120",
    ),
    spares=(
        "passport office 0300 123 1184",
        "PPC expired 12-03-2026",
        "EHIC team on 01632 960412",
        "payroll no 77120 on your badge",
        "practice no Y08955",
        "GMC register no 7000114",
    ),
    triggers=(
        r"pass ?port|blue ?badge",
        r"\b(?:ehic|ghic|european health|medical card|gms card|ppsn?|ppc|pre-?pay|payment c|mat(?:ernity)? ?ex|med(?:ical)? ?ex|exemption|hc[23]|freedom pass|bus pass|smart ?pass|concession|national id|residence permit|travel doc|licen[cs]e|organ donor card)",
        r"\bcert[a-z]*\b[^\n]{0,44}[0-9]",
        r"\bregist(?:er|ry|ration)\b|\bpractice (?:no|num|id)",
        r"\b(?:payroll|staff|employee|works|clock|pension)[^a-z](?:no|num|number|id|ref)\b",
    ),
)
