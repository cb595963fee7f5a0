"""Hospital numbers whose label is a hospital's name, a department's, or typed into them: "Glan Clwyd no G0114872"."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.interface import Context, Finding, Kind
from detectors.labels import names_another_thing
from detectors.normalise import View
from detectors.rule import Rule

NAME = "named_number"
_ANOTHER: Final = r"(?:switch|main|phone|tel|ext|order|ward|fax|bleep|radio|car|charity|job|post|account|staff|pharmacy|site|provider|cost|contact|direct|help)"
_HOSPITAL: Final = (
    rf"(?:ysbyty|hospital|infirmary|hosp|royal(?! (?:mail|navy|air|college))|general)(?: (?!{_ANOTHER})[a-z]{{2,14}}){{0,2}}"
    r"|rvh|uhw|gri|qeuh|qehb?|rie|wgh|ninewells|raigmore|altnagelvin|antrim|craigavon|southmead|addenbrooke'?s|jimmy'?s|st thomas'?|guy'?s"
)
_ORIGIN: Final = r"local|temp(?:orary)?|trust|ed|a ?& ?e|a and e|miu|radiology|ris|maternity|attendance|episode|cas(?:ualty)?|old|new|previous|other|merged|duplicate"
_FORM: Final = r"(?P<id>(?:(?-i:[A-Z]{1,3})[ \-/]?)?[0-9](?:[ \-/]?[0-9]){4,7}[A-Za-z]?)(?![A-Za-z0-9]|[.:/\-][0-9]| [0-9])"
_LABELLED = re.compile(
    rf"(?i)(?<![a-z])(?:{_HOSPITAL}|(?P<origin>{_ORIGIN})) (?:no|num|number|nr|id|#)s?\b\.?(?: (?:is|was))?[\s:=#\-]{{1,3}}{_FORM}"
)
_UNIT = re.compile(
    r"(?i)\bunit[\s:#]{1,2}(?P<id>(?-i:[A-Z]{1,2})[ \-/]?[0-9](?:[ \-/]?[0-9]){5,6})(?![A-Za-z0-9]|[.:/\-]?[0-9]| [0-9])"
)
_PATIENT = re.compile(
    r"(?i)\b(?:pt|patient|px)(?: ?[:=#\-])?\s{1,2}(?P<id>(?!(?:19|20)[0-9]{6})[0-9]{6,8})(?![A-Za-z0-9]|[.:/,\-][0-9]| ?(?:steps|miles|records|visits|contacts|%|hrs|h|ml|mg)\b)"
)
_GLUED = re.compile(
    r"(?i)(?<![a-z0-9])(?:mrn|hosp(?:ital)?(?:no|num|number)?|unitno|ptno|ptid|pasno|casenotes?)(?P<id>[a-z]{0,2}[0-9]{5,9}[a-z]?)(?![a-z0-9]|[./\-][0-9])"
)
_BLOOD = re.compile(r"(?i)\b(?:blood|fridge|platelets?|ffp|cryo|transfus\w*|donor|bags?|donation)\b")
_RUNG = re.compile(r"(?i)\b(?:ring|rang|phone|switch(?:board)?|call|dial|ext|extension|voicemail)\b")
_TELEPHONE = re.compile(r"0[0-9]{4} ?[0-9]|[0-9]{3} [0-9]{4}$")


def find(view: View, context: Context) -> Iterator[Finding]:
    for pattern, sure in ((_GLUED, 0.9), (_LABELLED, 0.8), (_UNIT, 0.7), (_PATIENT, 0.7)):
        for m in pattern.finditer(view.text):
            if not _is_a_things(view, m):
                yield Finding(
                    Kind.MRN, view.span(m.start("id"), m.end("id")), sure, NAME, ("label:hospital",)
                )


def _is_a_things(view: View, m: re.Match[str]) -> bool:
    """Whether the words say that it is a blood bag's, an order's or a telephone's."""
    if _BLOOD.search(view.text, max(0, m.start() - 40), m.end() + 40) or _TELEPHONE.match(m["id"]):
        return True
    digits = sum(map(str.isdigit, m["id"]))
    bare = m["id"].isdigit()
    if bare and digits < (7 if m.re is _LABELLED and m["origin"] else 6):
        return True  # "ED number 655180" is what one rings
    if bare and (m["id"].endswith("000") or _RUNG.search(view.text, max(0, m.start() - 24), m.end() + 24)):
        return True
    # what follows may be what the patient is here for, "for midwifery booking"
    behind = m.end("id") if m.re is _PATIENT else len(view.text)
    return names_another_thing(view, m.start("id"), behind)


RULE = Rule(
    NAME,
    find,
    catches=(
        "Ysbyty Gwynedd no G0114872",
        "Local no. M55 02 91 for booking",
        "MRN1184027 ?correct pt",
        "unit K 55 2091",
        "pt 1184027 in room 3",
        "ED number 2500417",
    ),
    spares=(
        "hospital switchboard no 01632 960123",
        "local no 2241 for porters",
        "unit G101 626 044 of blood",
        "patient 1 of 12",
        "trust order no 1184027",
    ),
    triggers=(
        r"(?:\b(?:no|num|number|nr|id)|#)s?\.?(?: is| was)?[\s:=#\-]{1,3}[a-z]{0,3}[ \-/]?[0-9]",
        r"\b(?:unit|pt|patient|px)[\s:#=\-]{1,3}[a-z]{0,2}[ \-/]?[0-9]",
        r"(?:mrn|hosp|no|num|number|id|notes?)[a-z]{0,2}[0-9]{5}",
    ),
)
