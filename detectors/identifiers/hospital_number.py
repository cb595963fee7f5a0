"""Hospital numbers: no national form, so a label, an organisation's own pattern, or a telling shape."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from detectors.beside import LISTED, behind_age, behind_name, behind_patient
from detectors.digits import numbers
from detectors.interface import NAMELESS, Context, Finding, Kind
from detectors.labels import HOSPITAL, NHS, OTHER_THING, may_hold, names_another_thing, stands_before
from detectors.normalise import View
from detectors.rule import Rule

NAME = "hospital_number"
_LABELLED = re.compile(
    r"(?<![A-Za-z0-9])(?:(?!(?i:no|is|id|as|on|at|in|it|to|for|by|be|not|or|and|the|are|has|now|new|old|but|her|his|its|pt|aka|rio|pas|crn|epr|mrn|ehr|num|was|ref|pid)\b)[A-Za-z]{1,3}[ \-/]?)?[0-9](?:[ \-/.]?[0-9]|[OoIl](?=[0-9])){3,11}[A-Za-z]?(?![A-Za-z0-9])"
)
_SHAPED = re.compile(
    r"(?<![A-Za-z0-9\-/])(?!(?:IR|SOP|MDA|EFA|MRN|PAS|NHS|CHI|PID|WBC|CRP|CRN|EPR|HCN|TEL|MOB|FAX|EXT|PIN|NO|ID|PO|INC|REQ|RIT|CHG|NCT|TA|NG|CG|CN|SN|EST|WR|JOB|TKT|CAS|PSA|REF|INV|SO|WO|TO|AT|ON|IN|DOB|BP|HR|TSH|LDH|ALP|ALT)(?:[ /]?-?[0-9]))(?:[A-Z]{1,3}(?: ?[0-9]{7,8}|/[0-9]{6,8}(?:/[A-Z])?|[-/]?[0-9]{6,7})|[A-Z]-[0-9]{5}|[A-Z]{1,3}(?P<by>[-/])(?!(?:19|20)[0-9]{2}[-/])[0-9]{3,6}(?P=by)[0-9]{3,4}|[A-Z]{2,3} [0-9]{3} [0-9]{4}(?! [0-9]))(?![0-9A-Za-z])|(?<![A-Za-z0-9\-./_?=])(?!nct|doi|isbn|pmid|ref|ext|po|v)[a-z]{1,3}(?:[0-9]{7,8}|-[0-9]{6,7})(?![0-9A-Za-z.])"
)
_SPACED = re.compile(
    r"(?<![A-Za-z0-9\-/.])(?!(?:IR|SOP|MDA|EFA|MRN|PAS|NHS|CHI|PID|CRN|EPR|HCN|TEL|MOB|FAX|EXT|PIN|NO|ID|PO|INC|REQ|RIT|CHG|NCT|TA|NG|CG|CN|SN|EST|WR|JOB|TKT|CAS|REF|INV|SO|WO|TO|AT|ON|IN|DOB"
    r"|WBC|WCC|CRP|PSA|BP|HR|RR|SR|AF|BM|BMS|CK|TSH|LDH|ALP|ALT|AST|GGT|BNP|PLT|INR|TNI|HB|NA|UO|UOP|EF|BE|CA|CEA|AFP|IV|SC|IM|PR|OD|BD|AM|PM|RM|BED|BAY|NMC|GMC|OT|PA|SL)[ \-/]?[0-9])"
    r"[A-Z]{1,3}[ \-/]?[0-9]{2,4}(?:[ \-/][0-9]{2,5}){1,2}(?![0-9A-Za-z+]|[ .\-/][0-9](?![0-9]?\+))"
)
"""Letters and five to eight digits in groups: "K 90 27 44", "QB 882/0163"; also how much else is written."""
_DATED = re.compile(r"[A-Z]{1,3} ?(?:0?[1-9]|[12][0-9]|3[01])([/\-])(?:0?[1-9]|1[0-2])\1(?:20)?[0-9]{2}")
"""An abbreviation of the diary before its date: "EDD 09/02/2025"."""
_TELLING = re.compile(r"[A-Z]{1,3}[ \-]?(?:[0-9]{3}[ \-][0-9]{4}|[0-9]{4}[ \-][0-9]{3})")
"""Seven digits in two groups, as little else is."""
_LOWER = re.compile(
    r"(?i)(?:(?<=number )|(?<=no )|(?<=is ))[a-z]{1,3} ?(?:[0-9]{3} [0-9]{4}|[0-9]{4} [0-9]{3})(?![0-9A-Za-z]| ?[0-9])"
)
_BAG = re.compile(r"(?i)\b(?:units?|bags?|packs?|donation)\W{1,2}(?:no|num|number)s?\W{0,4}$")
_BLOOD = re.compile(r"(?i)\b(?:blood|fridge|platelets?|ffp|cryo|transfus\w*|donor)\b")
"""With `_BAG`, of a bag of blood: "back from the theatre fridge, unit numbers …"."""
_TAGGED = re.compile(
    r"(?i)\b(?:asset|medical physics|ebme|clinical engineering|commode|hoist)\b|\btag(?:ged)?\W{1,3}$"
)
# A professional's number is not a patient's: GP codes, NMC pins, HCPC registrations
_STAFF_NUMBER = re.compile(
    r"(?:PH|OT|RA|CH|DT|ODP|SL|PYL|BS|CS|HAD|ORT|PA|G)\d{6,7}|\d\d[A-Z]\d{4}[A-Z]|0x.*"
)
_DOCUMENT = re.compile(
    r"(?i)\b(?:guidelines?|sop|polic(?:y|ies)|course|module|kit|set|tray|part|spare|form|template|protocol|chapter|alert|standard|contract|tender|grant|project)\b(?:\W{1,3}(?:no|num|number|code|id|is|called|on)\b\.?){0,2}\W{0,4}$"
)
"""Before a number with strokes that is a paper's or a thing's."""
_PRINTED = re.compile(r"(?i)\bprint(?:ed|er)\b")
_ON_PATIENTS = re.compile(r"(?i)\b(?:wrist ?bands?|id bands?|case ?notes|ward letter)\b")
_BARE = re.compile(r"(?<![A-Za-z0-9./\-])(?!(?:19|20)[0-9]{6}(?![0-9]))[0-9]{7,8}(?![A-Za-z0-9]|[./\-][0-9])")
# Shorter than `_SHAPED`, where the message speaks of hospital numbers
_SHORT = re.compile(
    r"(?<![A-Za-z0-9\-])(?!(?:EXT|NHS|CHI|MRN|PIN|TEL|CA) )[A-Z]{1,3} ?[0-9][0-9O]{4,6}(?![0-9A-Za-z]|[ ./\-][0-9])"
)
_TICKET = re.compile(
    r"(?i)(?:\b(?:tickets?|jobs?|datix|incident|helpdesk|orders?|po|asset|serial|batch|lot|request|ref)\W{1,3}(?:(?:no|number|ref)\W{1,2})?|\b(?=(?:inc|req|ritm?|chg|tkt|sr|po|wo|job) ?[0-9]))[a-z]{1,3} ?[0-9]{3,8}$"
)
"""Of IT, though the message speaks of hospital numbers: "MRN field takes 7 digits, ticket INC0448213"."""
_NOBODYS = re.compile(
    r"(?i)\b(?:conference|meeting|zoom|teams|webex|dial|worker|staff|user|login|employee|device|asset|job|order)\W{0,2}(?:id|no|number)\W{0,4}$"
)
_LETTERS = re.compile(r"\b[A-Za-z](?:[ \-][A-Za-z]){0,2}[ \-]$")
_SPOKEN_OF = re.compile(
    r"(?i)\bmrns?\b|\bhosp(?:ital)?\W{0,2}(?:no|num)|\bcase ?(?:notes?|no|num\w*)\b|\b(?:unit|patient|district|k|x) (?:no|number)\b|\b(?:his|her|old|paper) (?:notes|chart|number)\b|\bchart\b"
    r"|\b(?:label|sticker|bracelet|(?:wrist|id ?)?band|front sheet|addressograph)s? (?:just |only )?(?:says?|reads?|has|shows?|quotes?)\b|\bunder two numbers\b|\btwo numbers for\b"
)
_OWN_LABEL = re.compile(
    r"(?i)\b(?:nhs|chi|h ?[&+] ?c|gmc|nmc|hcpc|bleep|ext|dect|datix)\W{0,3}(?:no\W{0,2}|number\W{0,2})?$"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    yield from _spoken(view)
    for pattern in context.hospital_numbers:
        yield from _organisation(view, pattern)
    last: re.Match[str] | None = None
    for m in _LABELLED.finditer(view.text):
        if _NOBODYS.search(view.text, max(0, m.start() - 30), m.start()) or _is_a_bags(view, m):
            continue
        labelled = stands_before(HOSPITAL, view, m.start(), reach=36) and not stands_before(
            NHS, view, m.start()
        )
        if labelled or (last and _goes_on(view, last, m)):
            last = m
            yield _finding(view, m, 0.93 if labelled else 0.8, "label:hospital")
    spoken_of = _SPOKEN_OF.search(view.text) is not None
    for m in _SHORT.finditer(view.text) if spoken_of else ():
        if _TICKET.search(view.text, max(0, m.start() - 16), m.end()):
            continue
        yield _finding(view, m, 0.8, "shape")
    yield from _spaced(view, spoken_of)
    for m in _SHAPED.finditer(view.text):
        if not _STAFF_NUMBER.fullmatch(m.group()) and not _OWN_LABEL.search(
            view.text, max(0, m.start() - 20), m.start()
        ):
            other = OTHER_THING.match(m.group()) or _is_a_things(view, m, spoken_of)
            paper = _DOCUMENT.search(view.text, max(0, m.start() - 40), m.start())
            yield _finding(view, m, 0.3 if other or paper else 0.9, "shape")
    yield from _beside_names(view)


def _goes_on(view: View, last: re.Match[str], m: re.Match[str]) -> bool:
    """ "MRNs 1184027, 1184028 and 1184031": as many digits as the one before on the list, five at least."""
    digits = sum(map(str.isdigit, m.group()))
    if digits < 5 or digits != sum(map(str.isdigit, last.group())):
        return False
    return LISTED.fullmatch(view.text, last.end(), m.start()) is not None


def _is_a_things(view: View, m: re.Match[str], spoken_of: bool) -> bool:
    """Whether a number is an order's or a machine's by the words round it, rather than behind a patient."""
    if behind_age(view, m.start()) or _on_a_band(view, m.start()):
        return False
    tagged = not spoken_of and _TAGGED.search(view.text, max(0, m.start() - 80), m.start())
    return bool(tagged) or names_another_thing(view, m.start(), m.end())


def _spaced(view: View, spoken_of: bool) -> Iterator[Finding]:
    """ "COLE, Ann 41F K 90 27 44": in groups, where a patient or talk of such numbers stands by."""
    for m in _SPACED.finditer(view.text):
        if 5 <= sum(map(str.isdigit, m.group())) <= 8 and not _DATED.fullmatch(m.group()):
            sure = spoken_of or _TELLING.fullmatch(m.group()) or behind_patient(view, m.start())
            sure = sure and not _is_nobodys(view, m, spoken_of)
            yield _finding(view, m, 0.8 if sure else 0.3, "shape" if sure else NAMELESS)
    for m in _LOWER.finditer(view.text) if spoken_of else ():
        yield _finding(view, m, 0.8, "shape")


def _is_a_bags(view: View, m: re.Match[str]) -> bool:
    around = max(0, m.start() - 80)
    bag = _BAG.search(view.text, around, m.start())
    return bool(bag and _BLOOD.search(view.text, around, m.end() + 40))


def _is_nobodys(view: View, m: re.Match[str], spoken_of: bool) -> bool:
    before = view.text[max(0, m.start() - 80) : m.start()]
    return bool(
        _is_a_things(view, m, spoken_of)
        or _is_a_bags(view, m)
        or _DOCUMENT.search(before[-40:])
        or _OWN_LABEL.search(before[-20:])
    )


def _on_a_band(view: View, start: int) -> bool:
    """ "Her wristband printed wrong, BW-0093-771": what was printed is hers, unless a ticket follows."""
    band = _ON_PATIENTS.search(view.text, max(0, start - 80), start)
    return band is not None and not OTHER_THING.search(_PRINTED.sub("", view.text[band.end() : start]))


def _beside_names(view: View) -> Iterator[Finding]:
    """ "Mr Angove, 0092217, bed 4": digits alone right behind a name."""
    for m in _BARE.finditer(view.text):
        if behind_name(view, m.start()) and not names_another_thing(view, m.start(), m.end()):
            yield _finding(view, m, 0.65, "name")


def _spoken(view: View) -> Iterator[Finding]:
    """ "hospital number A one two three four five six", with the letter or letters before the digits."""
    for length in range(5, 9) if may_hold(HOSPITAL, view) else ():
        for number in numbers(view, length):
            letters = _LETTERS.search(view.text, max(0, number.start - 6), number.start)
            start = letters.start() if letters else number.start
            if number.spoken and number.disguised and stands_before(HOSPITAL, view, start, reach=36):
                yield Finding(
                    Kind.MRN, view.span(start, number.end), 0.85, NAME, ("label:hospital", "spoken")
                )


def _organisation(view: View, pattern: str) -> Iterator[Finding]:
    for m in _compiled(pattern).finditer(view.text):
        start, end = m.span()
        whole = not view.text[start - 1 : start].isalnum() and not view.text[end : end + 1].isalnum()
        if whole and end > start:
            yield Finding(Kind.MRN, view.span(start, end), 0.9, NAME, ("organisation",))


def why_unusable(pattern: str) -> str:
    """What is wrong with an organisation's pattern, in words; empty when nothing is."""
    try:
        compiled = _compiled(pattern)
    except re2.error as error:
        return str(error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0])
    return "it matches an empty text" if compiled.fullmatch("") else ""


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    """RE2, since a pattern from a settings file must not be able to stall every message."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(f"(?i)(?:{pattern})", options)


def _finding(view: View, m: re.Match[str], confidence: float, why: str) -> Finding:
    return Finding(Kind.MRN, view.span(m.start(), m.end()), confidence, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "MRN: RXW 0045821",
        "hosp no 33-201-45",
        "vol 2 of K 0412897 please",
        "hospital nubmer A1234567",
        "pt id x48213",
        "Rhif ysbyty: 33-201-45",
        "MRN doesn't match: form says RNL88231",
        "hospital number A one two three four five six seven",
        "room 3 next please: C-20417",
        "2. SALLOW, Ann 41F K 90 27 44 breech",
        "M552 0718 there you go",
    ),
    spares=(
        "Platelets were 4471982",
        "Datix W-118204",
        "GMC no 7654321",
        "GP code G9123456",
        "order AB123456 arrived",
        "unit numbers G101 626 044, both back in the fridge",
        "UO 30 25 20 last three hours",
    ),
    triggers=(
        r"[a-z]{1,3}[ -]?[0-9]{5}",
        r"[0-9](?:[ \-/.]?[0-9]){3}",
        r"(?:number|no|id|mrn)\W.{0,12}\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b",
    ),
)
