"""CHI numbers: birth date, two digits, sex digit, check digit (NHS Data Dictionary; modulus 10 from 2025)."""

import re
from collections.abc import Iterator

from detectors.beside import behind_patient, in_a_row, opens_about_patient, with_its_list
from detectors.digits import Number, mod10, mod11, numbers
from detectors.interface import NAMELESS, Context, Finding, Kind
from detectors.labels import (
    CHI,
    HC,
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

NAME = "chi_number"
_TYPED_INTO = typed_into("chi")
_SPOKEN_OF = re.compile(r"\b(?:CHI|chi)(?:'?s)?\b")
_SHAPES = ((10,), (6, 4), (2, 2, 2, 4), (6, 3, 1), (3, 3, 4))
_FRAGMENTS = ((9, 0.65), (11, 0.65), (6, 0.8), (4, 0.55))
_RECENT = re.compile("2[2-9]")
"""Of this year or the last few: a log's or a job's number may open with the day that it was given, "120325-0041"."""
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def find(view: View, context: Context) -> Iterator[Finding]:
    weighed = ((number, *weigh(view, number)) for number in numbers(view, 10))
    for number, confidence, evidence in with_its_list(view, weighed):
        yield Finding(Kind.CHI, view.span(number.start, number.end), confidence, NAME, evidence)
    for m in _TYPED_INTO.finditer(view.text):
        if sum(map(str.isdigit, m["id"])) == 10:
            span = view.span(m.start("id"), m.end("id"))
            yield Finding(Kind.CHI, span, 0.95, NAME, ("label:chi", "typed into"))
    for length, sure in _FRAGMENTS if may_hold(CHI, view) else ():
        for number in numbers(view, length):
            if stands_before(CHI, view, number.start, reach=24):
                span = view.span(number.start, number.end)
                yield Finding(Kind.CHI, span, sure, NAME, ("label:chi", "fragment"))


def weigh(view: View, number: Number) -> tuple[float, tuple[str, ...]]:
    """How sure ten digits are a CHI number, and why; 0 where nothing speaks for it."""
    dated = starts_with_date(number.digits)
    checked = dated and (mod11(number.digits) or mod10(number.digits))
    if stands_before(CHI, view, number.start) or (dated and _labelled_afar(view, number)):
        return (0.995 if checked else 0.93), ("label:chi", "date" if dated else "no date")
    if not checked or number.digits == "0" * 10:
        return _unchecked(view, number) if dated else (0.0, ())
    if any(stands_before(label, view, number.start) for label in (NHS, HC)):
        return 0.5, ("date", "checksum", "label:other")
    if names_another_thing(view, number.start, number.end):
        return 0.35, ("date", "checksum", "named otherwise")
    if number.shape not in _SHAPES and not number.spoken:
        return 0.0, ()
    return (0.92 if mod11(number.digits) else 0.8), ("date", "checksum")


def _labelled_afar(view: View, number: Number) -> bool:
    if not stands_afar(CHI, view, number.start):
        return False
    return not names_another_thing(view, number.start, number.end)


def _unchecked(view: View, number: Number) -> tuple[float, tuple[str, ...]]:
    """A date and four digits of which the last is wrong: a slip, where somebody or a talk of CHIs stands by."""
    if number.shape not in _SHAPES[:3] or any(
        stands_before(label, view, number.start) for label in (NHS, HC)
    ):
        return 0.0, ()
    if in_a_row(view, number.start, number.end):
        return 0.75, ("date", "row")
    if names_another_thing(view, number.start, number.end):
        return 0.0, ()
    beside = places(_SPOKEN_OF, view).starts or behind_patient(view, number.start)
    if beside:
        return 0.8, ("date", "beside")
    if number.shape == (6, 4) and not _RECENT.match(number.digits[4:6]):
        return 0.65, ("date", "shape")
    if number.shape == (10,) and opens_about_patient(view, number):
        return 0.65, ("date", "patient")
    return 0.3, (NAMELESS,)


def starts_with_date(digits: str) -> bool:
    """Whether the first six digits are a day, month and year."""
    day, month = int(digits[:2]), int(digits[2:4])
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


RULE = Rule(
    NAME,
    find,
    catches=(
        "170939 9244",
        "her CHI's 2912330165 if they ask",
        "CHI 140838",
        "060641-6781 B12 due",
        "CHI: 221151 8177",
        "CHI she reads as 22 06 91 5584",
        "P4|SALLOW Hector|0203412213|84",
    ),
    spares=(
        "Order 2069265374 for the dressings",
        "3913998176 in the box",
        "ring 07700 900437",
        "CHI form is on the shelf",
        "0203412213 is on the box",
    ),
    triggers=(
        r"(?:[0-9][^\n0-9]{0,4}){7}",
        r"\bc\.?h\.?i\b",
        r"(?:one|two|three|four|five|six|seven|eight|nine)\W+(?:double )?(?:zero|o|oh|one|two|three|four|five|six|seven|eight|nine)\b",
    ),
)
