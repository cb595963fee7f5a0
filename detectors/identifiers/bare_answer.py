"""Bare answers to a question in the thread: "DOB?" and then "15/03/1985"."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from detectors.digits import numbers
from detectors.identifiers.date_of_birth import DATE, MONTH, ORDINAL
from detectors.identifiers.hc_number import begins_like_one
from detectors.identifiers.phone import UNEXPLAINED
from detectors.identifiers.specimen import CODE, may_be_one
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.questions import REFERENCE, WHOLE_NUMBER, Asked, asked
from detectors.rule import Rule

NAME = "bare_answer"
_LENGTHS: Final = {
    Kind.NHS_NUMBER: (10, 9, 11, 7, 6),
    Kind.CHI: (10, 9, 11, 6),
    Kind.HC_NUMBER: (10, 9, 11, 7, 6),
    Kind.PHONE: (11, 10, 6),
}
_YEAR = re.compile(
    rf"(?i)\W{{0,3}}(?:(?:i think|think|its?|it's|it is|around|about|approx|circa|c|in|born|he was|she was|of|and)\W{{1,2}}){{0,3}}"
    rf"(?P<id>{MONTH}[ \-/,.']{{0,2}}(?:(?:19|20)[0-9]{{2}}|[0-9]{{2}})|(?:0?[1-9]|1[0-2])[/.\-](?:19|20)[0-9]{{2}}|(?:19[0-9]{{2}}|20[01][0-9])(?=\W*$|[,;!?(]|\.\s| (?:i think|i believe|he says|she says|they say|ish\b|apparently|maybe)))"
    r"(?![0-9A-Za-z/:%\-]|[.,][0-9])(?! ?(?:hrs?|h|am|pm|mls?|mg|handover|list|tonight|today|start|clinic|for)\b)"
)
"""A month and year, or a year, that opens an answer."""
_DAY = re.compile(
    rf"(?i)\W{{0,3}}(?:(?:its?|it's|it is|he says|she says|they said|says|think|the) ){{0,2}}(?P<id>(?:{ORDINAL})(?: of)?(?: the)? (?:{MONTH}|{ORDINAL}))(?![A-Za-z])"
)
"""A day without its year that opens an answer: "sixth of march, so the notes are right"."""
_NINO = re.compile(
    r"(?i)(?<![a-z0-9])(?<!form )(?<!room )[0-9]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2}[ \-]?[a-d](?![a-z0-9])"
)
_SHORT_CODE = re.compile(
    r"[^0-9\n]{0,32}?(?<![A-Za-z0-9])(?P<id>[*#]?[A-Za-z]?[0-9]{4,6}[A-Za-z]?[*#]?|[0-9]{2}[A-Z][0-9]{2}|[A-Z] [0-9]{4} [A-Z]|[0-9]{3}#?(?=\s*(?:$|[.,!?\n(])))(?![A-Za-z0-9:/]|[.\-][0-9])(?! ?(?:hrs|am|pm|mg|ml)\b)"
)
_THING = r"ext|extension|bleep|pager|dect|batch|lot|order|job|ticket"
_NAMED = re.compile(rf"(?i)\b(?:{_THING})(?:\W{{1,2}}(?:no|num|number|is))?\W{{0,3}}$")
_THEN_NAMED = re.compile(rf"(?i)\W{{1,2}}is (?:the|my|our) (?:{_THING})\b")
_PRESSURE = re.compile(r"(?:[6-9][0-9]|1[0-9]{2}|2[0-5][0-9])/(?:[2-9][0-9]|1[0-4][0-9])(?![0-9/\-])")
"""A blood pressure, and the pulse and saturation that may follow."""
_AREA_CODE = re.compile(r"\b0[0-9]{2,4}[ \-]$")
_PLACE = re.compile(r"(?i)\b(?:x|room|bed|ward)\W{0,3}$")
_HOSPITAL = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{0,3}[ \-/]?[0-9](?:[ \-/]?[0-9]){4,9}(?:[\-/]?[A-Za-z]| (?![AI]\b)[A-Z])?(?![A-Za-z0-9])"
)
_LONGEST_ANSWER = 90
_OPENING = 8
"""A longer message may still begin with the answer."""


def find(view: View, context: Context) -> Iterator[Finding]:
    if not context.earlier:
        return
    answers = [f for kind in asked(context) for f in _answers(view, kind)]
    if len(view.text) <= _LONGEST_ANSWER:
        yield from answers
    else:
        yield from (f for f in answers if f.span.start <= _OPENING)


def _answers(view: View, kind: Asked) -> Iterator[Finding]:
    form = _FORMS.get(kind)
    return form(view) if form else _numbers(view, Kind(kind))


def _dates(view: View) -> Iterator[Finding]:
    for m in DATE.finditer(view.text):
        yield _finding(view, Kind.DOB, m.start(), m.end(), 0.92)
    day = _DAY.match(view.text)
    if day:
        yield _finding(view, Kind.DOB, *day.span("id"), 0.75)
    year = _YEAR.match(view.text)
    if year:
        yield _finding(view, Kind.DOB, year.start("id"), year.end("id"), 0.75)


def _insurance_numbers(view: View) -> Iterator[Finding]:
    """ "123456C, QQ at the front": without its letters, which `nino` goes by."""
    for m in _NINO.finditer(view.text):
        yield _finding(view, Kind.NINO, m.start(), m.end(), 0.75)


def _codes(view: View) -> Iterator[Finding]:
    code = _SHORT_CODE.match(view.text)
    if code and not (_PLACE.search(view.text, 0, code.start("id")) or _is_a_things(view, *code.span("id"))):
        span = view.span(code.start("id"), code.end("id"))
        yield Finding(Kind.OTHER_ID, span, 0.8, NAME, ("asked", "key-safe"))


def _hospital_numbers(view: View) -> Iterator[Finding]:
    for m in _HOSPITAL.finditer(view.text):
        if not (DATE.fullmatch(m.group()) or _is_a_things(view, m.start(), m.end())):
            yield _finding(view, Kind.MRN, m.start(), m.end(), 0.75)


def _whole_numbers(view: View) -> Iterator[Finding]:
    for number in numbers(view, 10):
        if not _is_a_things(view, number.start, number.end):
            kind = Kind.HC_NUMBER if begins_like_one(number.digits) else Kind.NHS_NUMBER
            yield _finding(view, kind, number.start, number.end, 0.85)


def _is_a_things(view: View, start: int, end: int) -> bool:
    """Whether an answer says itself that it is an extension, a batch or a blood pressure: "Ext 65518"."""
    digits = next((i for i in range(start, end) if view.text[i].isdigit()), start)
    return bool(
        _PRESSURE.match(view.text, digits)
        or _NAMED.search(view.text, max(0, digits - 24), digits)
        or _THEN_NAMED.match(view.text, end)
    )


def _references(view: View) -> Iterator[Finding]:
    for m in CODE.finditer(view.text):
        if may_be_one(m.group()) and not (
            _is_a_things(view, m.start(), m.end()) or _AREA_CODE.search(view.text, 0, m.start())
        ):
            yield Finding(Kind.OTHER_ID, view.span(m.start(), m.end()), 0.75, NAME, ("asked", "reference"))
    for number in numbers(view, 12):
        yield Finding(Kind.OTHER_ID, view.span(number.start, number.end), 0.8, NAME, ("asked", "ubrn"))


def _numbers(view: View, kind: Kind) -> Iterator[Finding]:
    for length in _LENGTHS.get(kind, ()):
        for number in numbers(view, length):
            if (length >= 9 or number.start <= 12) and not _is_a_things(view, number.start, number.end):
                yield _finding(view, kind, number.start, number.end, 0.92 if length >= 10 else 0.65)


def _finding(view: View, kind: Kind, start: int, end: int, confidence: float) -> Finding:
    if kind is Kind.PHONE:
        return Finding(kind, view.span(start, end), confidence, NAME, (UNEXPLAINED,))
    fragment = kind in (Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER) and confidence < 0.7
    return Finding(
        kind, view.span(start, end), confidence, NAME, ("asked", "fragment") if fragment else ("asked",)
    )


_FORMS: Final[Mapping[Asked, Callable[[View], Iterator[Finding]]]] = {
    Kind.DOB: _dates,
    Kind.OTHER_ID: _codes,
    Kind.NINO: _insurance_numbers,
    Kind.MRN: _hospital_numbers,
    REFERENCE: _references,
    WHOLE_NUMBER: _whole_numbers,
}

RULE = Rule(
    NAME,
    find,
    catches=(),
    spares=("15/03/1985", "4410", "9434765918"),
    triggers=(r"[0-9]", r"\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b"),
)
