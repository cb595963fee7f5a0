"""Behind "DOB": forms too common or too odd for a birth date elsewhere, a year alone or a letter O for a nought."""

import re
from collections.abc import Iterator

from detectors.identifiers.date_of_birth import DATE, MONTH
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "birth_label"
_LABEL = r"(?<![A-Za-z])(?:d[./]?\s?o[./]?\s?b\b\.?|dbo|date of bi?rt?ht?|birth ?date|yob)"
_ASIDE = r"[^A-Za-z0-9\n]{0,6}\n?(?:\([^)0-9\n]{1,30}\)\W{0,3})?(?:\b(?:is|was|just|only|says?|as|the|about|approx|circa|c|roughly|around|maybe|possibly|of|in|now|reads)\b[^A-Za-z0-9\n]{1,3}){0,3}"
_DIGITS = r"[0-9OoIl]{1,2}"
_YEAR = r"(?:(?:19|20)[0-9]{2}|'?[0-9]{2})"
_ODD = re.compile(
    rf"(?i){_LABEL}{_ASIDE}(?P<id>"
    rf"{_DIGITS} ?[./\-] ?{_DIGITS} ?[./\-] ?(?:[0-9OoIl]{{4}}|[0-9OoIl]{{2}})"  # mixed strokes, letters for digits
    rf"|(?:0?[1-9]|1[0-2])[/.\-](?:19|20)[0-9]{{2}}"
    rf"|{MONTH}[ \-/,.']{{0,2}}{_YEAR}"
    r"|(?:19[0-9]{2}|20[0-2][0-9])(?! ?(?:hrs?|h|am|pm|list|clinic|mls?|mg)\b)"
    r"|[0-9]{1,2}(?:st|nd|rd|th)(?=\W{0,6}$)"
    r")(?![A-Za-z0-9]|[./\-:][0-9])"
)
_GLUED = re.compile(r"(?i)(?<![a-z])(?:dob|born)(?=[0-9])")
"""The label typed into the date: "dob12/3/45"."""
_RUN_ON = re.compile(r"(?i)(?<![a-z])(?:dob|born)[ :.]{0,2}(?P<id>[0-9][0-9./\-]{4,8}[0-9])(?=[a-z])")
"""A word typed into the date's end: "dob12051966pls"."""
_DIFFERENT = re.compile(
    r"(?i)\b(?:(?:a|the|her|his|my|this|that|wrong|right|other|different|another|older|younger|same) ){1,2}(?:one|lady|gent|patient|pt|man|woman|girl|boy|lad)(?: (?:is|was|born|with|from))?[\s,:;(\-]{1,3}$"
)
_WHICH_OF_TWO = re.compile(
    r"(?i)\b(?:different|other|another|wrong|right|older|younger|not (?:him|her|them|that)|no,? no)\b"
)
"""A date that answers which of two patients is meant: "no, a different one, 17/10/02"."""
_A_PAPER = re.compile(
    r"(?i)\W{1,3}(?:[a-z]{2,9} )?(?:version|protocol|guidelines?|policy|letter|issue|rota|edition|minutes|form|invoice|order)\b"
)
_LONG_PAST = re.compile(r"(?:19[0-9]{2}|200[0-9]|201[0-5]|'?(?:0[0-9]|1[0-5]|[3-9][0-9]))$")
_CHILD = re.compile(
    r"(?i)\b(?:baby(?: (?:boy|girl))?|twins?|triplets?|newborn|neonate|infant|toddler|bub|little (?:one|boy|girl|lad)|wee (?:one|boy|girl|lad|man))[\s,(:\-]{1,3}$"
)
_AN_EVENT = re.compile(
    r"(?i)\W{1,3}(?:clinic|appt|appointment|slot|scan|check|checks|list|visit|review|meeting|conference|bloods|imms?|at\b|am\b|pm\b|[0-9]{1,2}[:.][0-9]{2}|[0-9]{4}\b(?!\W{0,2}[0-9]))"
)

_YEAR_ALONE = re.compile(
    rf"(?i)\b(?:(?:year of birth|birth year|yob)\b[^0-9\n]{{0,40}}|born (?:back )?(?:in )?)"
    rf"(?P<y>(?:{MONTH},? )?(?:19|20)[0-9]{{2}}|{MONTH} '?[0-9]{{2}})(?![0-9A-Za-z]|[./\-][0-9])"
    r"|\b(?:the other|the (?:first|second|older|younger|wrong|right) one|other one|theirs|ours)(?: (?-i:[A-Z])[\w'\-]+){0,2} (?:is|was|is from|is a) (?P<other>19[0-9]{2})(?![0-9A-Za-z]|[./\-][0-9]| ?(?:hrs|h|ml|mg|kcal|for|list|slot|start)\b)"
)
"""A year said to be somebody's: "year of birth is wrong, it says 1963", "the other Doreen Ashby is 1938"."""


def find(view: View, context: Context) -> Iterator[Finding]:
    for said in _YEAR_ALONE.finditer(view.text):
        group = "y" if said["y"] else "other"
        yield _finding(view, said.start(group), said.end(group), 0.75, "year")
    for m in _ODD.finditer(view.text):
        yield _finding(view, m.start("id"), m.end("id"), 0.85, "label:birth")
    for label in _GLUED.finditer(view.text):
        # a date never begins inside a word, so it is read from where the label ends
        date = DATE.match(view.text[label.end() : label.end() + 40])
        if date:
            yield _finding(view, label.end(), label.end() + date.end(), 0.95, "label:birth")
    yield from _run_on(view)
    for m in DATE.finditer(view.text):
        if _is_which(view, m):
            yield _finding(view, m.start(), m.end(), 0.7, "which")
        full = m["named"] or m["iso"] or (m["y"] and len(m["y"]) == 4)
        if full and _CHILD.search(view.text, max(0, m.start() - 24), m.start()):
            if not _AN_EVENT.match(view.text, m.end()):
                yield _finding(view, m.start(), m.end(), 0.7, "child")


def _run_on(view: View) -> Iterator[Finding]:
    for run in _RUN_ON.finditer(view.text):
        if DATE.fullmatch(run["id"]):
            yield _finding(view, *run.span("id"), 0.9, "label:birth")


def _is_which(view: View, m: re.Match[str]) -> bool:
    before = view.line_before(m.start(), 48)
    told = (
        _DIFFERENT.search(before)
        and not _A_PAPER.match(view.text, m.end())
        and _WHICH_OF_TWO.search(before)
        and _LONG_PAST.search(m.group())
    )
    return bool(told and (m["y"] or m["named"] or m["iso"])) and not _AN_EVENT.match(view.text, m.end())


def _finding(view: View, start: int, end: int, confidence: float, why: str) -> Finding:
    return Finding(Kind.DOB, view.span(start, end), confidence, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "dob12/3/45 ?fracture",
        "DOB: 1O/12/1948",
        "dob 03/1945 is all the GP has",
        "DOB only 1945",
        "wrong year of birth on it, it says 1963",
        "The other Doreen Ashby is 1938",
        "newborn, 11/02/2025, jaundiced",
        "dob12051966pls",
        "no, the other one, 4/11/03",
    ),
    spares=(
        "baby clinic 02/03/2025",
        "twins 02/03/2025 at 10:00",
        "DOB 1930 list",
        "the other list is 1930 start",
        "dobutamine 250 in 50",
        "the other one, 4/11/26",
        "a different one, 4/11/03 clinic letter",
        "born 4th of the litter",
        "DOBBIN 120345",
    ),
    triggers=(
        rf"{_LABEL.replace('(?<![A-Za-z])', '')}",
        r"(?:dob|born)[0-9]",
        r"(?:birth|yob|born)\b.{0,60}[0-9]{2}",
        r"\b(?:other|one|theirs|ours)\b.{0,60} 19[0-9]{2}",
        r"\b(?:other|different|another|wrong|right|older|younger|not|no)\b[^\n]{0,40}[0-9]",
        r"\b(?:boy|girl|baby|twins?|triplets?|newborn|neonate|infant|toddler|bub|one|lad|man)[\s,(:\-]{1,3}[0-9]",
    ),
)
