"""Pasted tables: what stands under a heading of "NHS", "MRN" or "DOB" is one, whatever its check digit says."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from detectors.identifiers.date_of_birth import DATE
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "table"
_NO = r"(?:[ _.\-]{0,2}(?:no|num|nr|number|id|#)s?\.?)?"
_HEADINGS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (Kind.NHS_NUMBER, re.compile(rf"(?i)(?:pt |patient )?nhs{_NO}")),
    (Kind.CHI, re.compile(rf"(?i)chi{_NO}")),
    (Kind.HC_NUMBER, re.compile(rf"(?i)(?:h ?[&+/] ?c|hcn|hsc(?:ni)?){_NO}")),
    (
        Kind.MRN,
        re.compile(
            rf"(?i)(?:mrn|pas|crn|pid|k|x|hosp(?:ital)?|(?:pt|patient) ?id|case ?notes?|unit(?= ?no| ?num)|(?:pt|patient|district|local)(?= ?n)){_NO}"
        ),
    ),
    (Kind.DOB, re.compile(r"(?i)d\.?o\.?b\.?|date of birth|birth ?date|born")),
)
_WHOLE_NUMBER = re.compile(r"[0-9OoIl](?:[ .\-]?[0-9OoIl]){8,10}")
_HOSPITAL = re.compile(r"[A-Za-z]{0,3}[ \-/]?[0-9](?:[ \-/.]?[0-9OoIl]){3,9}[A-Za-z]?")
_SEPARATOR = re.compile(r"[|\t;,]")
_LONGEST = 1000
_CELL: Final[Mapping[Kind, re.Pattern[str]]] = {
    Kind.NHS_NUMBER: _WHOLE_NUMBER,
    Kind.CHI: _WHOLE_NUMBER,
    Kind.HC_NUMBER: _WHOLE_NUMBER,
    Kind.MRN: _HOSPITAL,
    Kind.DOB: DATE,
}


def find(view: View, context: Context) -> Iterator[Finding]:
    """A line of headings, and under it lines of as many cells; another line of headings begins anew."""
    columns: dict[int, Kind] = {}
    by, width, at = "", 0, 0
    for line in view.text.split("\n"):
        separator = _SEPARATOR.search(line[:_LONGEST])
        if separator and (headings := _columns(line, separator.group())):
            columns, by, width = headings, separator.group(), line.count(separator.group())
        elif columns and line.count(by) == width:
            yield from _cells(view, line, at, by, columns)
        elif columns and line.strip():
            columns = {}  # the table has ended
        at += len(line) + 1


def _columns(line: str, by: str) -> dict[int, Kind]:
    """The kinds of the columns that a line of headings names; none where it is no such line."""
    if len(line) > _LONGEST or sum(map(str.isdigit, line)) > 2:
        return {}
    cells = [cell.strip(" \"'") for cell in line.split(by)]
    return {n: kind for n, cell in enumerate(cells) for kind, words in _HEADINGS if words.fullmatch(cell)}


def _cells(view: View, line: str, at: int, by: str, columns: Mapping[int, Kind]) -> Iterator[Finding]:
    for n, cell in enumerate(line.split(by)):
        kind, words = columns.get(n), cell.strip(" \"'\r")
        if kind and words and _CELL[kind].fullmatch(words):
            start = at + cell.index(words)
            yield Finding(kind, view.span(start, start + len(words)), 0.93, NAME, ("heading",))
        at += len(cell) + 1


_TRIGGER = (
    r"\b(?:nhs|chi|h ?[&+/] ?c|hcn|hsc|hscni|mrn|pas|crn|pid|k|x|hosp|hospital|id|unit|case ?notes?|district|local|patient|pt|dob|d\.o\.b\.?|birth|birthdate|born)"
    r"[ _.\-]{0,2}(?:no|num|nr|number|id|date|#)?s?\.?[\"' ]{0,3}(?:[|\t;,\n]|\r\n)"
)
RULE = Rule(
    NAME,
    find,
    catches=(
        "Name,DOB,NHS No\nSALLOW,12/03/1941,9994120871",
        "| Bed | Hosp no |\n|---|---|\n| 3 | 204417 |",
    ),
    spares=(
        "Order no,Item\n5004417820,gloves",
        "name, dob, nhs\nplease fill in all 3",
        "asset|ward\n0042218|7",
    ),
    triggers=(_TRIGGER,),
)
