"""Whose number or address it is, once the names are known, of this message and of those before it."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from detectors.identifiers.phone import UNEXPLAINED
from detectors.interface import LIKELY, NAMELESS, NAMES, Context, Earlier, Finding, Kind
from detectors.names.roster import Known, known
from detectors.normalise import View
from detectors.owners import KIN, SENTENCE_ENDS, STAFF, Owner, at_work, is_colleague, tells

_THEIR_NAMES: Final = (Kind.PATIENT_NAME, Kind.RELATIVE_NAME)
_A_PATIENTS: Final = (
    Kind.NHS_NUMBER,
    Kind.CHI,
    Kind.HC_NUMBER,
    Kind.MRN,
    Kind.DOB,
    Kind.ADDRESS,
    Kind.POSTCODE,
)
"""A number beside one of these is on somebody's record."""
_REACH: Final = 40
"""Code points between a name and its number: "Neil Howard at 7, on 07700 …"."""
_THEIRS: Final = 0.8
_STAFFS: Final = 0.3
_RIGHT_BEHIND = re.compile(
    r"(?i)(?:'s|[\s,:;(\-]{1,3})(?:(?:is|he's|she's|hes|shes|they're|mobile|mob|phone|number|no|direct|line|tel|on|at|now|today|tonight|instead|desk|office)\b[\s,:\-]{0,3}){0,5}"
)
"""Between a name and its number: "Ring Eddie, he's on …"."""
_AND_AGE = re.compile(
    r"[\s,|;:(\-]{1,4}(?:\(?[0-9]{1,3} ?(?:[MFmf]|yrs?|y/?o|years?(?: old)?)?\)?[\s,|;:(\-]{1,4})?"
)
"""Between a name and a number of the same patient's."""
_LOOK_BACK: Final = 3
_ASKS = re.compile(
    r"(?i)\?|\b(?:number|mobile|mob|contact|phone|tel|direct line|ext|extension|bleep|through to|get hold of|any(?:one|body) got)\b"
)


def whose(view: View, found: Sequence[Finding], context: Context) -> Iterator[Finding]:
    """`found`, with telephone numbers given to those whom the names and the thread show to be meant."""
    names = sorted((f for f in found if f.kind in NAMES and f.confidence >= LIKELY), key=_end)
    unexplained = any(f.kind is Kind.PHONE and f.evidence == (UNEXPLAINED,) for f in found)
    on_record = any(f.kind in _A_PATIENTS and f.confidence >= LIKELY for f in found)
    colleagues = unexplained and not on_record and _a_colleagues(view, names, context)
    for f in found:
        if f.evidence == (NAMELESS,) and _behind_patient(view, f, names):
            yield replace(f, confidence=_THEIRS, evidence=("named",))
        elif f.kind is not Kind.PHONE or f.message is not None:
            yield f
        elif f.evidence == ("staff",) and _named_before(view, f, names, known(context.roster)):
            yield replace(f, confidence=_THEIRS, evidence=("named",))
        elif f.evidence == (UNEXPLAINED,) and (colleagues or _behind_staff(view, f, names)):
            yield replace(f, confidence=_STAFFS, evidence=("staff", "thread"))
        else:
            yield f


def _named_before(view: View, phone: Finding, names: Sequence[Finding], roster: Known) -> bool:
    at = bisect_right(names, phone.span.start, key=_end)
    if not at or names[at - 1].kind is Kind.STAFF_NAME:
        return False
    name, text = names[at - 1].span, view.original
    words = text[name.start : name.end].split()
    if len(words) > 1 and is_colleague(words[0], words[-1], roster):
        return False
    between = text[name.end : phone.span.start]
    if len(between) > _REACH or STAFF.search(between) or SENTENCE_ENDS.search(between):
        return False
    return not at_work(text[max(0, name.start - 40) : name.start])


def _behind_patient(view: View, number: Finding, names: Sequence[Finding]) -> bool:
    at = bisect_right(names, number.span.start, key=_end)
    if not at or names[at - 1].kind not in _THEIR_NAMES:
        return False
    return _AND_AGE.fullmatch(view.original, names[at - 1].span.end, number.span.start) is not None


def _behind_staff(view: View, phone: Finding, names: Sequence[Finding]) -> bool:
    """Whether a number stands right behind the name of somebody at work, and is nobody else's by what follows."""
    at = bisect_right(names, phone.span.start, key=_end)
    if not at or names[at - 1].kind is not Kind.STAFF_NAME:
        return False
    text = view.original
    return bool(
        _RIGHT_BEHIND.fullmatch(text, names[at - 1].span.end, phone.span.start)
        and not KIN.search(text, phone.span.end, phone.span.end + _REACH)
    )


def _a_colleagues(view: View, names: Sequence[Finding], context: Context) -> bool:
    """Whether the message, or else what was asked before it, speaks of people at work alone."""
    told = _told(view.text, names)
    for earlier in reversed(context.earlier[-_LOOK_BACK:]):
        told = told or _asked(earlier)
    return told == "staff"


def _told(words: str, names: Sequence[Finding]) -> Owner:
    return "patient" if any(f.kind in _THEIR_NAMES for f in names) else tells(words)


def _asked(earlier: Earlier) -> Owner:
    """Of whom an earlier message speaks in the sentence that asks, or else just before it."""
    asks = list(_ASKS.finditer(earlier.text))
    if not asks:
        return ""
    ends = [m.end() for m in SENTENCE_ENDS.finditer(earlier.text) if m.end() <= asks[-1].start()]
    start = ends[-1] if ends else 0
    names = [f for f in earlier.findings if f.kind in NAMES and f.confidence >= LIKELY and f.message is None]
    told = _told(earlier.text[start:], [f for f in names if f.span.start >= start])
    if told:
        return told
    # "Eamon's not lifting. Anyone got a mobile for him?"
    named = max((f for f in names if f.span.end <= start), key=_end, default=None)
    if KIN.search(earlier.text[:start]) or named is None:
        return ""
    return "staff" if named.kind is Kind.STAFF_NAME else "patient"


def _end(finding: Finding) -> int:
    return finding.span.end
