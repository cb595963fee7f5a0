"""NHS, CHI and H&C numbers behind their label with several letters typed for digits: "H&C 328 OO4 6769"."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.interface import Context, Finding, Kind
from detectors.labels import CHI, HC, NHS, Label, stands_before
from detectors.normalise import View
from detectors.rule import Rule

NAME = "letter_digits"
_D = "[0-9OoIlQ]"
_FORM = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_D}{{3}}[ .\-]?{_D}{{3}}[ .\-]?{_D}{{4}}|{_D}{{6}}[ \-]?{_D}{{4}})(?![A-Za-z0-9])"
)
_LEAST_DIGITS: Final = 5
_LABELS: Final[tuple[tuple[Label, Kind], ...]] = (
    (NHS, Kind.NHS_NUMBER),
    (CHI, Kind.CHI),
    (HC, Kind.HC_NUMBER),
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _FORM.finditer(view.text):
        digits = sum(map(str.isdigit, m.group()))
        if digits < _LEAST_DIGITS or not any(map(str.isalpha, m.group())):
            continue
        kind = next((k for label, k in _LABELS if stands_before(label, view, m.start())), None)
        if kind:
            yield Finding(kind, view.span(m.start(), m.end()), 0.9, NAME, ("label", "letters"))


RULE = Rule(
    NAME,
    find,
    catches=(
        "H&C 352 OO7 1184",
        "NHS no 999 l1O 2O43",
        "chi OO1234 OO56 with letter o's",
    ),
    spares=(
        "H&C form, ill, oil",
        "CHI of Iolo Iolo, 12",
        "3S2 OO7 1184",
    ),
    triggers=(r"[0-9oilq]{3}[ .\-]?[0-9oilq]{3}[ .\-]?[0-9oilq]{4}",),
)
