"""NHS numbers: ten digits, 3-3-4, modulus 11 (NHS Data Dictionary)."""

import re
from collections.abc import Iterator

from detectors.beside import compared, in_a_row, opens_about_patient, with_its_list
from detectors.digits import Number, mod11, numbers
from detectors.interface import NAMELESS, Context, Finding, Kind
from detectors.labels import (
    CHI,
    HC,
    HOSPITAL,
    MEETING,
    NHS,
    may_hold,
    names_another_thing,
    places,
    stands_afar,
    stands_before,
    typed_into,
)
from detectors.normalise import View
from detectors.rule import Rule

NAME = "nhs_number"
_TYPED_INTO = typed_into("nhs")
_PLAIN_SHAPES = {(10,), (3, 3, 4), (6, 4), (3, 7), (3, 4, 3), (4, 3, 3), (5, 5)}
_NUMBER_IS = re.compile(r"(?i)\bnumber(?:'?s| is)\W{1,3}$")
_READ_OUT = re.compile(r"(?i)\bnhs\b|\bnumber\b|\bdigit by digit\b|\bcheck me\b|\bread(?:ing|s)?\b|\bsaid\b")

_SAYS = re.compile(
    r"(?i)\b(?:request(?: card| form)?|card|form|label|sticker|(?:wrist ?)?band|bottle|sample|letter|referral|screen|system|spine|pas|epr|notes|front sheet|other one|theirs|ours|mine)(?: (?:just|only|now|still|one))? (?:has|have|says?|reads?|shows?|got|gives?|quotes?|is|was)\W{1,3}$"
)
"""Beside a number said to be an NHS number, what another paper has for it."""
_OVER_LINES = re.compile(
    r"(?<![0-9])[0-9]{3}[ \t\-]{0,3}(?:\n[ \t]{0,3})?[0-9]{3}[ \t\-]{0,3}(?:\n[ \t]{0,3})?[0-9]{4}(?![0-9])"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    weighed = ((number, *weigh(view, number)) for number in numbers(view, 10))
    for number, confidence, evidence in with_its_list(view, weighed):
        yield Finding(Kind.NHS_NUMBER, view.span(number.start, number.end), confidence, NAME, evidence)
    for m in _TYPED_INTO.finditer(view.text):
        if sum(map(str.isdigit, m["id"])) == 10:
            span = view.span(m.start("id"), m.end("id"))
            yield Finding(Kind.NHS_NUMBER, span, 0.95, NAME, ("label:nhs", "typed into"))
    for m in _OVER_LINES.finditer(view.text):
        if "\n" in m.group() and mod11(re.sub(r"[^0-9]", "", m.group())):
            yield Finding(
                Kind.NHS_NUMBER, view.span(m.start(), m.end()), 0.85, NAME, ("checksum", "over lines")
            )
    for length in (9, 11) if may_hold(NHS, view) else ():
        for number in numbers(view, length):
            if stands_before(NHS, view, number.start):
                span = view.span(number.start, number.end)
                yield Finding(Kind.NHS_NUMBER, span, 0.6, NAME, ("label:nhs", "length"))


def weigh(view: View, number: Number) -> tuple[float, tuple[str, ...]]:
    """How sure ten digits are an NHS number, and why; 0 where nothing speaks for it."""
    if stands_before(NHS, view, number.start):
        return (0.99, ("label:nhs", "checksum")) if mod11(number.digits) else (0.93, ("label:nhs",))
    if number.digits[0] != "0" and stands_afar(NHS, view, number.start):
        if not names_another_thing(view, number.start, number.end):
            return 0.9, ("label:nhs", "far")
    if not mod11(number.digits) or len(set(number.digits)) == 1:
        return _unchecked(view, number)
    if places(MEETING, view).between(number.start - 40, number.start):
        return 0.2, ("checksum", "meeting")
    if any(stands_before(label, view, number.start) for label in (CHI, HC, HOSPITAL)):
        return 0.5, ("checksum", "label:other")
    return _unlabelled(view, number)


def _unchecked(view: View, number: Number) -> tuple[float, tuple[str, ...]]:
    """A test or misread number in the shape that only NHS numbers are written in."""
    if number.shape in _PLAIN_SHAPES and _SAYS.search(view.text, max(0, number.start - 40), number.start):
        if may_hold(NHS, view) and len(numbers(view, 10)) > 1:
            return 0.8, ("another paper",)
    if (
        number.shape == (3, 3, 4)
        and number.digits[0] in "3456789"
        and not names_another_thing(view, number.start, number.end)
    ):
        return (0.9 if number.digits.startswith("999") else 0.55), ("shape",)
    if number.digits[0] not in "34679" or names_another_thing(view, number.start, number.end):
        return 0.0, ()
    if number.spoken and _READ_OUT.search(view.text, max(0, number.start - 60), number.start):
        return 0.7, ("read out",)
    if number.shape[0] == 3 and view.text.strip() == view.text[number.start : number.end]:
        return 0.65, ("alone",)
    if number.shape == (10,) and _NUMBER_IS.search(view.text, max(0, number.start - 16), number.start):
        return 0.6, ("number is",)
    if number.shape in _PLAIN_SHAPES and in_a_row(view, number.start, number.end):
        return 0.75, ("row",)
    if number.shape == (10,) and (compared(view, number) or opens_about_patient(view, number)):
        return 0.6, ("patient",)
    return (0.3, (NAMELESS,)) if number.shape in _PLAIN_SHAPES else (0.0, ())


def _unlabelled(view: View, number: Number) -> tuple[float, tuple[str, ...]]:
    digits = number.digits
    shaped = number.shape == (3, 3, 4) or number.spoken
    test = digits.startswith(("999", "943476"))
    if not (shaped or number.shape in _PLAIN_SHAPES or test):
        return 0.0, ()
    if names_another_thing(view, number.start, number.end):
        return (0.8 if test or shaped else 0.2), ("checksum", "named otherwise")
    if test or shaped:
        return (0.95 if test and shaped else 0.9), ("checksum", "range" if test else "shape")
    if view.text.strip() == view.text[number.start : number.end]:
        return 0.75, ("checksum", "alone")
    return (0.75 if _issued(digits) else 0.35), ("checksum", "range" if _issued(digits) else "out of range")


def _issued(digits: str) -> bool:
    """England and Wales issue 400-499 and 600-799 million, England also 3xx: a hint, never a veto."""
    return digits[0] in "3467"


RULE = Rule(
    NAME,
    find,
    catches=(
        "NHS number 943 476 5919",
        "it's 999-197-9743",
        "999\u00a0108\u00a09187 12/01 11:52",
        "nsh nubmer: 9434765919",
        "999 29O 5573 has a letter O in it",
        "nine nine nine, eight oh six, three five three one",
        "NHS No. 943 476 5918",
        "Rhif GIG: 943 476 5918",
        "ei rhif GIG yw 9434765919",
        "NHS she thinks is 999 417 0263",
        "999 60 3 7 1 1 5",
    ),
    spares=(
        "equipment library order no. 5203087792 is out for delivery",
        "Platelets were 4471982",
        "ring 07700 900118 after two",
        "0000000000",
    ),
    triggers=(
        r"(?:[0-9][^\n0-9]{0,4}){7}",
        r"[0-9]{3}\W{0,3}\n\W{0,3}[0-9]{3}",
        r"[0-9]{3}\W{0,3}\n\W{0,3}[0-9]{4}",
        r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\W+(?:double |treble |triple )?(?:zero|o|oh|one|two|three|four|five|six|seven|eight|nine)\b",
    ),
)
