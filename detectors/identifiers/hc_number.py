"""Health and Care numbers of Northern Ireland: 320 000 001 to 399 999 999 and a modulus 11 digit."""

from collections.abc import Iterator

from detectors.beside import compared, with_its_list
from detectors.digits import Number, mod11, numbers
from detectors.interface import Context, Finding, Kind
from detectors.labels import (
    CHI,
    HC,
    NHS,
    may_hold,
    names_another_thing,
    stands_afar,
    stands_before,
    typed_into,
)
from detectors.normalise import View
from detectors.rule import Rule

NAME = "hc_number"
_TYPED_INTO = typed_into("h&?c|hcn|hsc")


def begins_like_one(digits: str) -> bool:
    """Whether the first digits, two at least, are those of a Health and Care number: 32 to 39."""
    return "32" <= digits[:2] <= "39"


def find(view: View, context: Context) -> Iterator[Finding]:
    weighed = ((number, *weigh(view, number)) for number in numbers(view, 10))
    for number, confidence, evidence in with_its_list(view, weighed):
        yield Finding(Kind.HC_NUMBER, view.span(number.start, number.end), confidence, NAME, evidence)
    for m in _TYPED_INTO.finditer(view.text):
        if sum(map(str.isdigit, m["id"])) == 10:
            span = view.span(m.start("id"), m.end("id"))
            yield Finding(Kind.HC_NUMBER, span, 0.95, NAME, ("label:hc", "typed into"))
    for length in (6, 7, 9, 11) if may_hold(HC, view) else ():
        for number in numbers(view, length):
            if stands_before(HC, view, number.start, reach=24):
                span = view.span(number.start, number.end)
                yield Finding(Kind.HC_NUMBER, span, 0.65, NAME, ("label:hc", "fragment"))


def weigh(view: View, number: Number) -> tuple[float, tuple[str, ...]]:
    """How sure ten digits are a Health and Care number, and why; 0 where nothing speaks for it."""
    in_range = 320_000_001 <= int(number.digits[:9]) <= 399_999_999
    if stands_before(HC, view, number.start) or (
        number.digits[0] != "0" and stands_afar(HC, view, number.start)
    ):
        return (0.995 if mod11(number.digits) else 0.93), ("label:hc",)
    if not (in_range and mod11(number.digits)):
        alike = in_range and compared(view, number)
        alike = alike and not names_another_thing(view, number.start, number.end)
        return (0.6, ("range", "compared")) if alike else (0.0, ())
    if any(stands_before(label, view, number.start) for label in (NHS, CHI)):
        return 0.4, ("range", "checksum", "label:other")
    if names_another_thing(view, number.start, number.end):
        return (0.6 if number.shape == (3, 3, 4) else 0.3), ("range", "checksum", "named otherwise")
    return (0.95 if number.shape == (3, 3, 4) else 0.88), ("range", "checksum")


RULE = Rule(
    NAME,
    find,
    catches=(
        "377 160 5210",
        "H+C 3493744803",
        "health & care no: 3410389377",
        "band says 341O389377 with a letter O",
    ),
    spares=("Order 3081882915 on the email", "999 108 9187", "hand gel H&C 12"),
    triggers=(
        r"(?:[0-9][^\n0-9]{0,4}){7}",
        r"\bh ?[&+/]? ?c\b",
        r"(?:three)\W+(?:two|three|four|five|six|seven|eight|nine)\b",
    ),
)
