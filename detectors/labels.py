"""Words before and around a number that say what it is, in English and Welsh; typing slips allowed."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import re2
import regex

from detectors.normalise import View

_TAIL = r"[^A-Za-z0-9\n]{0,6}(?:\b(?:is|was|yw|ydy|oedd|as|of|no|num|number|then|still|reads?|ending|starts?|starting|begins?|with|i think|maybe|probably|apparently|should be)\b[^A-Za-z0-9\n]{0,4}){0,3}[^A-Za-z0-9]{0,4}$"
_NUMBER = r"(?:\W{0,3}(?:no|num|nos|nbr|id|ref|(?:number|numbers){e<=2})\b\.?)?"

_ORGANISATION = r"(?:trust|england|scotland|wales|net|app|111|e?mail|mail|phone|line|supply|jobs|professionals|bank|login|board)\b"
_ASIDE = r"(?:[^0-9\n.?!;]|(?<=\s)[0-9]{1,2}(?![0-9])){1,70}?(?:\b(?:is|was|be|as|says?|said|reads?|gives?|gave|it'?s|thinks?|back)\b|[:=])[^A-Za-z0-9\n]{0,4}"


@dataclass(frozen=True, eq=False)
class Label:
    """`pattern` ends where a number may begin; no text without `hint` (RE2) holds it."""

    pattern: "regex.Pattern[str]"
    hint: Any
    far: "regex.Pattern[str]"
    """The label, some words on whose or how, and what leads over to the number."""


def _label(words: str, hint: str) -> Label:
    pattern = regex.compile(rf"(?i)(?<![a-z0-9])(?:{words})\b{_NUMBER}{_TAIL}")
    far = regex.compile(rf"(?i)(?<![a-z0-9])(?:{words})\b(?! ?{_ORGANISATION}){_ASIDE}$")
    return Label(pattern, re2.compile(f"(?i){hint}"), far)


NHS: Final = _label(
    r"n\.?\s?h\.?\s?s\.?|nsh|hns|nhsn|nhs(?:no|num|number)|nhs\s?#|(?:rhif )?g\.?i\.?g",
    r"n\.?\s?h\.?\s?s|nsh|hns|g\.?i\.?g",
)
CHI: Final = _label(
    r"c\.?h\.?i\.?|chis|chi(?:no|num|number)|(?:community health index){e<=2}",
    r"c\.?h\.?i|community|health|index",  # two slips leave one of three words whole
)
HC: Final = _label(
    r"h\s?(?:&|\+|and|n|/)?\s?c|hcns?|hscni|hsc(?=\W{0,3}(?:n|id))|(?:ni )?health\W?(?=(?:no|num)\b)|health\s?(?:&|\+|and)\s?(?:social\s?)?care",
    r"h\s?(?:&|\+|and|n|/)?\s?c|hsc|health",
)
HOSPITAL: Final = _label(
    r"mrns?|m\.r\.n\.?|(?:hospital|hosp)(?=\W{0,3}(?:n|i|#))|hospital(?:no|num|number)|hosp|(?!hospice)ho[sp]{2}[a-z]{2,5}(?=\W{0,3}(?:no|num|#))|unit\W?(?=n)|pas|crn|epr|"
    r"(?:medical|health|hospital|patient|pt|case)\W?(?:record|rec|note|notes)s?|(?:patient|pt)\W?(?=id|no|num)|"
    r"district\W?(?=n)|k\W?(?=num|no\b)|x\W?(?=num|no\b)|d\W?(?=num|no\b)|record\W?(?=n)|casenotes?|notes(?=\W{0,3}(?:n|#))|(?:hospital number){e<=2}|"
    r"patient\W?identifier|rhif (?:yr )?ysbyty|rhif y? ?claf|idpas|id|emis|systmone|ehr|pas|rio|lorenzo|cerner|hospno|pacs id",
    # of "hospital number" two slips leave one of these whole
    r"hos|pit|num|ber|m\.?r\.?n|unit|pas|crn|epr|rec|note|pt|patient|case|district|[kxd]\W?no|id|emis|systm|ehr|rio|lorenzo|cerner|rhif",
)


def typed_into(words: str) -> "re.Pattern[str]":
    """Ten digits in groups, or in one, with their label typed into them: "CHI120345-1234"."""
    return re.compile(
        rf"(?i)(?<![a-z0-9])(?:{words})(?:no|num|number)?(?P<id>[0-9]{{3}}(?:[ \-]?[0-9]{{3}}[ \-]?|[0-9]{{3}}[ \-/]|[0-9][ \-])[0-9]{{3,4}})(?![0-9]|[./\-][0-9])"
    )


_NOT_WORDS = " \t\r.,:;=#-()[]*_/\"'>|\ufffc"
OTHER_THING: Final = re2.compile(
    r"(?i)\b(?:orders?|ordered|ref|refs|reference|consignment|parcel|courier|delivery|delivered|tracking|accession|booking|"
    r"po|purchase|invoice|account|acct|pin|gmc|nmc|hcpc|gphc|asset|serial|s/n|batch|lot|ticket|job|datix|"
    r"incident|requisition|req|case ref|call ref|helpdesk|requests?|stock|barcode|sku|catalogue|cat no|digit ref|quote|"
    r"meeting id|webex|zoom|teams id|passcode|extension|smartcard|device|pump|model|version|isbn|doi|pmid|trial|nct|"
    r"permit|hoist|mattress|bed frame|scanner|printer|printed|robot|voucher|licen[cs]e key|cost (?:code|centre)|credit note|work order)\b"
)
_GOODS: Final = re2.compile(
    r"(?i)\b(?:box(?:es)?|pallets?|cartons?|crates?|wholesaler|suppl(?:ier|iers|ies)|stores|stock|vests|stockings|splints|implants?|"
    r"dressings|couches|student loan|van driver)\b"
)
"""What is ordered or delivered; the number of the order may stand further off."""
_CLAUSE_ENDS: Final = re2.compile(r"[,;\n]|\.(?:\s|$)")
MEETING: Final = re2.compile(r"(?i)\b(?:meeting|webex|zoom|teams|conference|dial)\b")
"""A number in three, three and four digits that nobody is known by."""


def stands_before(label: Label, view: View, start: int, reach: int = 48) -> bool:
    """Whether `label` is the last thing before `start`, on at most `reach` characters."""
    if not may_hold(label, view):
        return False
    close = view.text[max(0, start - 4) : start].rstrip(_NOT_WORDS)
    if close and close[-1].isdigit():
        return False  # a number stands between
    before = view.text[max(0, start - reach) : start]
    spoken = before.rstrip(_NOT_WORDS)
    if not spoken or spoken[-1].isdigit():
        return False  # a number stands between, or nothing does
    return label.pattern.search(before, concurrent=False) is not None


def stands_afar(label: Label, view: View, start: int) -> bool:
    """Whether `label` stands before `start` with some words between: "CHI for the new gentleman is …".

    For whole numbers only: what is shorter may be the time or the bed that the words go on to.
    """
    if not may_hold(label, view):
        return False
    return label.far.search(view.text[max(0, start - 100) : start], concurrent=False) is not None


def may_hold(label: Label, view: View) -> bool:
    """Whether a text may hold the label at all; found out once for each text, since most hold none."""
    if label not in view.hinted:
        view.hinted[label] = label.hint.search(view.text) is not None
    return view.hinted[label]


@dataclass(frozen=True)
class Places:
    """Where some words stand in a text, in order."""

    starts: Sequence[int]
    ends: Sequence[int]

    def between(self, start: int, end: int) -> bool:
        """Whether any of the words stands wholly from `start` to `end`."""
        at = bisect_left(self.starts, start)
        return at < len(self.ends) and self.ends[at] <= end


def places(words: Any, view: View) -> Places:
    """Where `words`, a compiled pattern, stand in a text; found out once for each text."""
    key = id(words)  # a compiled pattern is hashed by all that it holds
    if key not in view.places:
        spans = [m.span() for m in words.finditer(view.text)]
        view.places[key] = Places([s for s, _ in spans], [e for _, e in spans])
    return view.places[key]


def names_another_thing(view: View, start: int, end: int) -> bool:
    """Whether the words round a number call it an order, a consignment, a booking."""
    things, goods = places(OTHER_THING, view), places(_GOODS, view)
    glued = view.text[start - 1 : start].isalpha() and view.text[max(0, start - 20) : start]
    if glued and (OTHER_THING.search(glued) or _GOODS.search(glued)):  # "PO5203087792"
        return True
    if not things.starts and not goods.starts:
        return False
    line = max(start - 100, view.text.rfind("\n", max(0, start - 100), start) + 1)
    if things.between(max(line, start - 40), start) or goods.between(line, start):
        return True
    return things.between(end, _end_of_clause(view, end))


def _end_of_clause(view: View, at: int) -> int:
    """Where the clause ends that goes on at `at`, at most 24 characters behind."""
    ends = places(_CLAUSE_ENDS, view).starts
    next_end = bisect_left(ends, at)
    return min([at + 24, len(view.text), *ends[next_end : next_end + 1]])
