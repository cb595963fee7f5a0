"""Whether a number stands right behind somebody on a list: their name, age and sex, or date of birth."""

import re

from detectors.identifiers.date_of_birth import follows_name
from detectors.normalise import View

_AGE_OR_BIRTH = re.compile(
    r"(?:\b[0-9]{1,3} ?(?:[MFmf]|yrs?|y/?o|years?(?: old)?)"
    r"|(?<![0-9])[0-3]?[0-9][./\-][01]?[0-9][./\-](?:19|20)?[0-9]{2})[\s,|;:(\-]{1,4}$"
)
_REACH = 60
_CELL = re.compile(r"\| ?$")
_SOMEBODY = re.compile(r"\b[A-Z][A-Za-z'\-]+,? [A-Z][A-Za-z'\-]+|\b[0-9]{1,3} ?[MF]\b")
_LONGEST_ROW = 300


def behind_age(view: View, start: int) -> bool:
    """Whether an age and sex or a short date stands right before: "41F K 90 27 44"."""
    return _AGE_OR_BIRTH.search(view.text, max(0, start - 24), start) is not None


def behind_patient(view: View, start: int) -> bool:
    """`behind_age` or `behind_name`."""
    return behind_age(view, start) or behind_name(view, start)


def behind_name(view: View, start: int) -> bool:
    """Whether a name that is well known as one stands right before."""
    return follows_name(view.text[max(0, start - _REACH) : start].rpartition("\n")[2])


def in_a_row(view: View, start: int, end: int) -> bool:
    """Whether it fills a cell of an export's line that has somebody in it: "REF|GAUDIE, Ann|84F|0302419925|…"."""
    if not _CELL.search(view.text, max(0, start - 2), start):
        return False
    line = view.text[max(0, start - _LONGEST_ROW) : start].rpartition("\n")[2]
    return view.text[end : end + 2].strip()[:1] in ("|", "") and _SOMEBODY.search(line) is not None
