"""References that a body outside the ward gave somebody, behind the body's name: referrals, insurers, councils, police, courts."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "other_id"
_LINK = r"[ \t]{0,2}(?:(?:auth|authorisation|pre-?auth|no|num|number|ref|reference|id|code|account|acc|serial|is|was|=)\b\.?[ \t]{0,2}){0,4}[:#=\-]{0,2}[ \t]{0,2}"
_APART = r"(?-i:[A-Z]{2,6}) [0-9]{4,8}(?: [0-9]{3,5})?"
"""A code with spaces: "KX 5561 8830"; only in capitals."""
_CODE = r"(?=[A-Za-z/\-]{0,6}[0-9])(?:[A-Za-z0-9]{2,20}|[A-Za-z](?=[/\-]))(?:[/\-*][A-Za-z0-9]{1,14}){0,3}"
_INSURER: Final = re2.compile(
    r"(?i)\b(?:insur[a-z]*|claims?|bupa|axa|aviva|vitality|wpa|cigna|travel|private|repat[a-z]*|his|her|their|pt|patient|cover[a-z]*|excess|pre-?auth[a-z]*)\b"
)
_READ: Final = re2.compile(
    r"(?i)\b(?:intranet|staff ?net|sharepoint|v[0-9]+(?:\.[0-9]+)?|version|trust|sop|guidelines?|page|section|appendix|ratified|reviewed|updated?|archived?)\b"
)
_POLICY = re.compile(
    r"(?i)\b(?:policy|claims?|membership|auth|authorisation)\W{0,2}(?:no|num|number|ref|reference|id)\b\W{0,3}(?:is )?"
    r"(?P<id>(?!tel|ring|call|ext|fax|on |is |at )[a-z]{2,4}(?: [0-9]{3,6}){2,3})(?! ?[0-9])"
)
_REFERENCE = re.compile(
    rf"(?i)\b(?:asc|council|insurer|insurance|claims?|policy|social care|social services|adult social care|housing|safeguarding|mash|court|"
    rf"police|garda|psni|crime|social work|court of protection|dwp|pip|esa|dla|blue badge|bluebadge|bupa|axa|aviva|vitality|tenancy|liquidlogic|soscare|wccis|framework-?i|mosaic|eclipse|swift|passport|driving licence|licence|"
    rf"membership|cas|cad|incident cad|donor|transplant|unos|odt|ltc|chc|respect|lpa|opg|deputyship|prison(?:er)?|noms|nomis|care ?first|brp|arc(?: card)?|nass|home office|uc journal|universal credit|army|military|service(?= (?:no|number)\b)|careline|lifeline|pendant|telecare|detained|detainee|pre-?auth|complaint|pals|upn|uln|ehic|ghic|cafcass|marac|visa(?= (?:no|num|number|ref)\b)|rent(?= (?:account|acc)\b)|council tax|prf(?= (?:no|num|number)\b)|port(?= ref)|pacemaker(?= (?:serial|no|number|id)\b)|bank(?= account)|account(?= (?:no|number) (?:of|for) (?:him|her))|occurrence|tenancy|(?:study|trial|subject|participant|randomi[sz]ation|clinic|property bag|screening|account(?= number of the patient))(?= (?:no|num|number|id)\b))\b(?:'s)?{_LINK}(?P<id>{_APART}|{_CODE})(?![A-Za-z0-9])"
    rf"|\b(?P<acp>acp\b{_LINK}{_CODE})(?![A-Za-z0-9])"
)
_BLUE_BADGE = re.compile(
    r"(?i)\bblue ?badge\b[^\n]{0,60}?(?<![A-Za-z0-9])(?P<id>(?=[0-9]{0,15}[A-Z])[A-Z0-9]{12,18})(?![A-Za-z0-9])"
)
NO_REFERENCE: Final = re.compile(
    r"[0-9]{1,2}[/\-][0-9]{1,2}(?:[/\-](?:[0-9]{2}|[0-9]{4}))?|[0-9]{2,4}[/\-][0-9]{1,2}[/\-][0-9]{1,2}|[0-9]{1,4}-[0-9]{1,4}|[0-9]{2,3}/[0-9]{2,3}"
)
"""A date, a range, a pressure."""
TRIGGERS: Final = (
    r"\b(?:referral|booking ref)\b",
    r"\bref(?:erence)?s?\b|\bcase\b|\b(?:episode|encounter|contact|call)\b|\blog\b|\bquot(?:e|ing)\b|\b(?:number|no|file)\b [a-z ]{0,10}(?:for|on) |\bfile\b",
    r"\b(?:prison|nom|study|trial|subject|participant|randomi|clinic|property|screening)[a-z]*\b",
    r"\b(?:acp|asc|council|insur|claim|policy|social|housing|safeguarding|mash|court|police|garda|psni|crime|misper|tribunal|mhrt|hearing|dols|solicitor|complain|pals|sar|dwp|pip|esa|dla|uc|benefit|blue ?badge|bupa|axa|aviva|vitality|wpa|tenancy|liquidlogic|soscare|wccis|framework|mosaic|care ?first|passport|licence|membership|ca[ds]|donor|transplant|chc|respect|lpa|opg|home office|asylum|brp|arc|nass|army|military|service|careline|lifeline|pendant|telecare|account|detain|care package|package of care|upn|uln|ehic|ghic|cafcass|marac|visa|rent|prf|port|pacemaker|bank|pre-?auth|occurrence)[a-z]*\b",
    r"-(?:asc|sw|mash|dols)-[0-9]",
    r"\b(?:homeless|duty to refer|ehc|guardianship|cica|criminal inj|gateway|unocini|lado|idva|ifr|blueteq)",
)
"""The words of every such body, and of what it gives."""


def find(view: View, context: Context) -> Iterator[Finding]:
    yield from _blue_badges(view)
    for m in _POLICY.finditer(view.text):
        yield _finding(view, m.start("id"), m.end("id"), 0.85)
    for m in _REFERENCE.finditer(view.text):
        group = m.lastgroup or "id"
        if group != "id" or _may_refer(view, m):
            yield _finding(view, m.start(group), m.end(group), 0.88)


def _blue_badges(view: View) -> Iterator[Finding]:
    """By the length of a badge's number, however far behind the word."""
    for m in _BLUE_BADGE.finditer(view.text):
        if sum(map(str.isdigit, m["id"])) > 5:
            yield _finding(view, m.start("id"), m.end("id"), 0.8)


def _may_refer(view: View, m: re.Match[str]) -> bool:
    """ "policy 4471 is on the intranet" is no insurer's; a telephone number, a date or a version is no reference."""
    code = m["id"]
    if m.group().lower().startswith("policy") and (" " in code or _is_a_rule_book(view, m)):
        return False  # "policy IPC 0221"; an insurer's has "no" or "number" (`_POLICY`)
    after = view.text[m.end("id") : m.end("id") + 8]
    if code.isdigit() and (len(code) < 5 or code.startswith("0")):
        return bool(
            re.search(r"(?i)\b(?:no|num|number|ref|id)\b|[#:]", m.group()[: -len(code)])
        ) and not re.match(r" ?[0-9]{3}", after)
    if sum(map(str.isdigit, code)) < 3 and not re.search(
        r"(?i)\b(?:no|num|number|ref|reference|id)\b|[#:]", m.group()[: -len(code)]
    ):
        return False  # "Safeguarding L3 training"
    return not (
        NO_REFERENCE.fullmatch(code)
        or re.fullmatch(r"(?i)v[0-9.]+|[0-9.]+(?:mg|mcg|ml|g|units?|am|pm|hrs|th|st|nd|rd)", code)
    )


def _is_a_rule_book(view: View, m: re.Match[str]) -> bool:
    """Whether a policy is one that staff read: "policy ref IC-014 v2", of few digits and not said to be an insurer's."""
    near = view.line_before(m.start(), 60) + view.text[m.end() : m.end() + 60].partition("\n")[0]
    if _INSURER.search(near):
        return False
    few = re.fullmatch(r"[A-Za-z]{1,5}[\-/]?[0-9]{1,3}", m["id"])
    return bool(few or _READ.search(near))


def _finding(view: View, start: int, end: int, confidence: float) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(start, end), confidence, NAME, ("reference",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "ACP ref 60-11452 in the blue folder",
        "claim no. 88/1234567",
        "prison no is A7719FK",
        "her subject number LRK-0417",
    ),
    spares=(
        "policy on page 12",
        "policy v3 is out",
        "Safeguarding L2 on Friday",
        "clinic 3 on Thursday",
        "social services 01632 960156",
    ),
    triggers=TRIGGERS,
)
