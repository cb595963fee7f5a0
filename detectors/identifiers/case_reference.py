"""References that a body outside the ward gave somebody, by the looks of the code and what is said round it: "their ref JB/4471/26"."""

import re
from collections.abc import Iterator
from typing import Any, Final

import re2

from detectors.identifiers.other_id import NO_REFERENCE, TRIGGERS
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "case_reference"
_BODY: Final = re2.compile(
    r"(?i)\b(?:asc|council|insurers?|insurance|claims?|social (?:care|services|work)|care package|package of care|housing|safeguarding|mash|marac|cafcass|court|police(?: (?:incident|log|job))?|crime|misper|"
    r"missing person|occurrence|cad|tribunal|mhrt|hearing|section 117|s117|dols|lps|solicitors?(?:'s?)?|sols|lawyers?|complaint|complainant|pals|sar|subject access|dwp|pip|"
    r"esa|dla|universal credit|uc|benefits?|homeless(?:ness)?|duty to refer|ehcp?|guardianship|cica|criminal injuries|gateway|unocini|lado|idva|ifr|blueteq|attendance allowance|home office|asylum|brp|arc|nass|visa|immigration|army|military|service no|regiment|donor|transplant|"
    r"careline|lifeline|pendant|telecare|tenancy|landlord|coroner|inquest|ombudsman|probation|prison|prisoner|noms|nomis|cafcass|chc|continuing care|"
    r"bupa|axa|aviva|vitality|wpa|cigna|ward of court|lpa|opg|deputyship|study|trial|subject|participant|screening|randomi[sz]ation|property bag|funeral|mileage|patient'?s?)\b"
)
_REF = re.compile(
    r"(?i)\b(?:mhrt|tribunal|ref|refs|reference|case|claim|log|no|number|num|id|auth|hearing|urn|is|app|application|appl|petition|quot(?:e|es|ed|ing))\b\W{0,3}(?:[^0-9\n]{0,34})$"
)
_IN_DIGITS = re.compile(
    r"(?i)\b(?:ref|reference|case|claim|urn|log|app|application|petition|file)\b\.?\W{0,2}(?:(?:no|num|number|ref|id|is)\b\W{0,3}){0,3}$"
)
"""Tight before a code that is digits only: "court of protection case 14009922"."""
_TELEPHONE = re.compile(r"(?i)\b(?:ring|rang|call|called|tel|phone|mobile|line|text|contact|ext|fax|bleep)\b")
_BEHIND = re.compile(
    r"(?i)\W{0,3}(?:as|is|was|being) (?:the|their|his|her|our|a)? ?(?:[a-z]+ )?(?:ref|reference|case (?:no|num|number|ref)|(?:claim|log|crime|incident|file) (?:no|num|number|ref))\b"
)
DIGIT_NEAR = re.compile(r"[ \-]?[0-9]")
SENT: Final = re2.compile(
    r"(?i)\b(?:orders?|ordered|parcel|tracking|consignment|courier|delivery|invoice|po|card|meeting|account|serial|asset|batch|lot|barcode)\b"
)
_NAMES_ITSELF = re.compile(r"(?:MHRT|MHT|DOLS|PALS|SAR|MASH|ASC)-|[A-Z]{2,5}-(?:ASC|SW|MASH|DOLS)-")
_INSIDE = re.compile(r"[A-Z]{2,5}-(?:ASC|SW|MASH|DOLS)-[0-9]")
"""A council's own name with its team's is a client's, whatever stands before it."""
_OF_PARTS = re.compile(r"[A-Z]{2,6}[/\-][A-Z]{1,4}[/\-][0-9]{4,8}")
"""What housing and councils write on a letter, "RHX/DM/44017"."""
_LETTER = re.compile(r"(?i)\b(?:letters?|quot(?:e|es|ed|ing)|file|correspondence|emails?|under)\b")
_TOKEN = re.compile(
    r"(?<![\w/.@\-])(?:[A-Z]{2,5}-[A-Z] )?[A-Za-z0-9]{1,12}(?:[/\-][A-Za-z0-9]{1,10}){0,4}(?![\w/@]|[.\-][0-9])"
)
_THING: Final = re2.compile(
    r"(?i)\b(?:orders?|ordered|datix|incident|lfpse|help-?desk|ticket|job|estates|facilities|invoice|delivery|del|supplier|stock|stores?|rota|booking|course|train|interpreter|booked|guidelines?|guidance|sop|recalls?|recalled|safety alert|mda|mhra|batch|lot|kits?|device|budget|collar|shoulder|warrant|badge|payroll|tag|asset|engineer|repairs?|pump|hoist|mattress|swap|room|contracts?|polic(?:y|ies))\b"
)
_CASE = re.compile(r"(?i)\b(?:case|episode|encounter|contact|call)(?: (?:no|number|ref|id))?\W{1,3}$")
_CASE_NUMBER = re.compile(r"[A-Z]{2,5}[/\-][0-9]{2,6}[/\-][0-9]{3,6}")
_ANY_REFERENCE = re.compile(r"\b[Rr]ef(?:erence)?\b(?: no\.?| number)?(?: is)?[: ]{1,2}$")
_LETTERS_FIRST = re.compile(
    r"(?!(?:NICE|NPSA|INC|EST|WO|REQ|RITM|JOB|SR|CHG|TKT|DX|WEB|INV|PO|ORD|SN|FSN|MDA|NG|CG|TA|IT)[\-/0-9])"
    r"[A-Z]{2,6}(?:[\-/]?[0-9]{4,8}|(?:[\-/][A-Z0-9]{1,8}){2,4})"
)
"""Save what the prefix says is a ticket, an order, a notice or a guideline."""
_OF_A_PERSON = re.compile(
    r"(?i)\b(?:his|her|(?:pt|patient|client|child|baby)'?s) (?:[a-z]+ )?(?:ref|reference|case|file|claim|application)\b[^0-9\n]{0,32}$"
    r"|\b(?:ref|reference|number|no|case|file)\b(?: [a-z]+)? (?:for|on) (?:him|her|them|mr|mrs|ms|miss|pt|the (?:pt|patient|family|child|baby))\b[^0-9\n]{0,32}$"
)
_REF_APART = re.compile(
    r"(?i)\bref(?:erence)?(?: no\.?| number)?(?:,? (?:is|it'?s)| -)?:? (?P<id>(?!no |num|for |from |the |and |was |on |in |at |page |to )[a-z]{2,5} [0-9]{3,7}(?:-[0-9]{2,6})?)(?![A-Za-z0-9])"
)
"""In small letters, with a space behind them: "ref nrs 55120"."""
_QUOTE = re.compile(r"(?i)\bquot(?:e|ing)\b\W{0,3}(?:ref(?:erence)?\W{0,3})?$")
_FOR_SOMEBODY = re.compile(
    r"\W{0,2}(?:for|re|about) (?:[Hh]im|[Hh]er|[Tt]hem|pt|mrs?|miss|ms|(?!(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*day)[A-Z][a-z]+)\b"
)
_SOMEBODY = re.compile(r"\b[0-9]{1,3} ?[mfMF]\b|(?i:\b(?:mr|mrs|miss|ms)\b)")
_CONVEYS = re.compile(r"(?i)\b(?:ambulance|transport|pts)\b")
_BOOKS = re.compile(r"(?i)\bbook(?:ed|ing)\b")
_LETTERS_APART = re.compile(r"\b(?!(?:REF|NO|ID|NUM|IS|CASE|FILE|FOR|HIM|HER)\b)[A-Z]{2,5} $")


def find(view: View, context: Context) -> Iterator[Finding]:
    yield from _codes(view)
    for m in _REF_APART.finditer(view.text):
        line = view.line_before(m.start(), 80)
        body, thing = _last(_BODY, line), max(_last(_THING, line), _last(SENT, line))
        if body > thing or (thing < 0 and _SOMEBODY.search(line)):
            yield _finding(view, m.start("id"), m.end("id"), 0.7)


def _codes(view: View) -> Iterator[Finding]:
    """Codes of letters, digits and strokes."""
    for m in _TOKEN.finditer(view.text):
        code = m.group()
        digits = sum(map(str.isdigit, code))
        if (
            digits < 4
            or (code.isdigit() and not _in_digits(view, m))
            or NO_REFERENCE.fullmatch(code)
            or (digits == len(code) - code.count("-") and "-" in code and digits > 10)
        ):
            continue
        line = view.line_before(m.start(), 80)
        if sure := _sure(code, line, view.text[m.end() : m.end() + 40]):
            apart = _LETTERS_APART.search(line)
            yield _finding(view, m.start() - (len(apart.group()) if apart else 0), m.end(), sure)


def _in_digits(view: View, m: re.Match[str]) -> bool:
    """Whether digits alone follow a label so tightly, in its body's sentence, that they are no telephone number."""
    code = m.group()
    if (
        not 6 <= len(code) <= 12
        or (code.startswith("0") and len(code) > 9)
        or DIGIT_NEAR.match(view.text, m.end())
    ):
        return False
    sentence = re.split(r"[.;!?\n](?:\s|$)", view.text[max(0, m.start() - 80) : m.start()])[-1]
    return bool(_IN_DIGITS.search(sentence) and _BODY.search(sentence) and not _TELEPHONE.search(sentence))


def _sure(code: str, before: str, after: str) -> float:
    """How sure it is that a code between these words is a person's; 0 where nothing says so."""
    body = _last(_BODY, before)
    thing = _last(_THING, _BOOKS.sub("", before) if _CONVEYS.search(before) else before)
    person = _OF_A_PERSON.search(before)
    if _INSIDE.match(code) and thing < 0:
        return 0.75
    if body > thing and _OF_PARTS.fullmatch(code) and _LETTER.search(before + after):
        return 0.7
    if body >= 0 and (
        _NAMES_ITSELF.match(code) or (body >= thing and (_REF.search(before) or _BEHIND.match(after)))
    ):
        return 0.8
    if person and not _THING.search(before[max(0, person.start() - 16) :]):
        return 0.75
    if thing >= 0:
        return 0.0
    if _CASE.search(before) and _CASE_NUMBER.fullmatch(code):
        return 0.7
    if _QUOTE.search(before) and _FOR_SOMEBODY.match(after):
        return 0.7
    return 0.6 if _ANY_REFERENCE.search(before) and _LETTERS_FIRST.fullmatch(code) else 0.0


def _last(pattern: Any, text: str) -> int:
    """Where the last match ends; -1 where there is none."""
    return max((m.end() for m in pattern.finditer(text)), default=-1)


def _finding(view: View, start: int, end: int, confidence: float) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(start, end), confidence, NAME, ("reference",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "housing exec on it, ref NIHE/88213",
        "police gave us KP/26/0118842 as the crime ref",
        "court of protection case 11884420",
        "Misper ref KP-26-0118842",
        "solicitor wants records, their ref JB/4471/26",
    ),
    spares=(
        "safety alert for the pumps, ref MDA/2019/0412",
        "Ordered, ref AB-609436 on the email",
        "Datix done, ref W-11820",
    ),
    triggers=TRIGGERS,
)
