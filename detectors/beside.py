"""Whether a number stands right behind somebody on a list: their name, age and sex, or date of birth."""

import re
from collections.abc import Iterable, Iterator

from detectors.digits import Number
from detectors.identifiers.date_of_birth import follows_name
from detectors.interface import LIKELY
from detectors.labels import names_another_thing
from detectors.normalise import View

_AGE_OR_BIRTH = re.compile(
    r"(?:\b[0-9]{1,3} ?(?:[MFmf]|yrs?|y/?o|years?(?: old)?)"
    r"|(?<![0-9])[0-3]?[0-9][./\-][01]?[0-9][./\-](?:19|20)?[0-9]{2})[\s,|;:(\-]{1,4}$"
)
_REACH = 60
_CELL = re.compile(r"\| ?$")
_SOMEBODY = re.compile(r"\b[A-Z][A-Za-z'\-]+,? [A-Z][A-Za-z'\-]+|\b[0-9]{1,3} ?[MF]\b")
_LONGEST_ROW = 300
_LISTED_TOO = 0.75
_SLIPS = 3
_OR = r"(?i:,?\s(?:or|vs|versus|not|and not|but not|rather than)\s(?:is it |it's |should be )?)"
_TEN = r"(?P<n>[0-9](?:[ \-]?[0-9]){9})"
_OR_TEN = re.compile(rf"{_OR}{_TEN}(?![0-9])")
_TEN_OR = re.compile(rf"(?<![0-9]){_TEN}{_OR}$")
_OPENS = re.compile(
    r"(?i)\W{0,6}(?:[0-9]{1,2}[.)]\s?|(?:pt|patient|re|fao|for|lady|gent|this (?:pt|patient|lady|gent))\W{1,3})?"
)
_CARE = re.compile(
    r"(?i)[^0-9\n]{1,40}?\b(?:bloods|inr|u&?es?|fbc|crp|mdt|wound|review(?:ed)?|discharge[d]?|scripts?|prescription|ttos?|kardex|cxr|ecg|echo"
    r"|ct|mri|x-?ray|insulin|dna|home visit|poc|dnacpr|news|porter|waiting|bed|bay|transfer(?:red)?|admi(?:t|tted|ssion)|referr(?:al|ed)|fit note|pv|unwell|sepsis|fall|fell|obs|catheter|allerg(?:y|ies|ic))\b"
)
LISTED = re.compile(
    r"(?i)\s{0,2}(?:,|;|/|&|\+|\n|-|[,;]?\s?\b(?:and|or|not|vs|versus|then|also|plus)\b)\s{0,2}(?:[0-9]{1,2}[.)] |also |(?:should|shd) be |is it |- )?"
)
"""Between the numbers of a list, or of two that are compared."""


def behind_age(view: View, start: int) -> bool:
    """Whether an age and sex or a short date stands right before: "41F K 90 27 44"."""
    return _AGE_OR_BIRTH.search(view.text, max(0, start - 24), start) is not None


def behind_patient(view: View, start: int) -> bool:
    """`behind_age` or `behind_name`."""
    return behind_age(view, start) or behind_name(view, start)


def behind_name(view: View, start: int) -> bool:
    """Whether a name that is well known as one stands right before."""
    return follows_name(view.line_before(start, _REACH))


def in_a_row(view: View, start: int, end: int) -> bool:
    """Whether it fills a cell of an export's line that has somebody in it: "REF|GAUDIE, Ann|84F|0302419925|…"."""
    if not _CELL.search(view.text, max(0, start - 2), start):
        return False
    line = view.line_before(start, _LONGEST_ROW)
    return view.text[end : end + 2].strip()[:1] in ("|", "") and _SOMEBODY.search(line) is not None


def with_its_list(
    view: View, weighed: Iterable[tuple[Number, float, tuple[str, ...]]]
) -> Iterator[tuple[Number, float, tuple[str, ...]]]:
    """Each number as it was weighed; one that goes on a list which a likely one began is as likely.

    "NHS 999…, 999… and 999…": only the first stands behind the label.
    """
    last: Number | None = None
    for number, confidence, evidence in weighed:
        goes_on = (
            last is not None
            and number.shape == last.shape
            and LISTED.fullmatch(view.text, last.end, number.start)
        )
        if confidence < LIKELY and goes_on:
            confidence, evidence = _LISTED_TOO, ("listed",)
        if confidence:
            yield number, confidence, evidence
        if confidence >= LIKELY:
            last = number


def compared(view: View, number: Number) -> bool:
    """Whether another of ten digits stands beside, "or" between, that is this one with a slip: "is it …12 or …21?"."""
    behind = _OR_TEN.match(view.text, number.end)
    before = _TEN_OR.search(view.text, max(0, number.start - 40), number.start)
    if behind and names_another_thing(view, number.start, behind.end()):
        return False  # "…21 or …12 for the parcel"
    return any(other and _slips(number.digits, other["n"]) <= _SLIPS for other in (behind, before))


def _slips(digits: str, other: str) -> int:
    return sum(a != b for a, b in zip(digits, re.sub(r"\D", "", other), strict=True))


def opens_about_patient(view: View, number: Number) -> bool:
    """Whether the line opens with the number and goes on as of somebody in care: "3112497715 - for vascular MDT"."""
    line = view.line_before(number.start, 40)
    if number.start > 40 and len(line) == 40 or not _OPENS.fullmatch(line):
        return False
    return _CARE.match(view.text, number.end) is not None
