"""Homes without a word for a street: "6 Drovers Loke", "The Old Forge", a caravan, a flat above a shop, a townland."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from detectors.homes import PLACE, TOWN, Told, end_of_town, is_a_thing, is_service, on_record
from detectors.interface import Context, Finding, Kind
from detectors.names.words import CLINICAL, USUAL_NAMES, fold, is_ordinary
from detectors.normalise import View
from detectors.rule import Rule

NAME = "dwelling"
_NUMBER = r"(?:[Nn]o\.? ?)?[0-9]{1,3}[A-Da-d]?"
_STREET = r"(?:Road|Rd|Street|St|Lane|Ln|Avenue|Ave|Drive|Close|Terrace|Crescent|Cres|Row|Hill|Green|Gardens|Gdns|Square|Way|Loan|Brae|Wynd|Park|Place)"

_THE = re.compile(rf"(?<![A-Za-z0-9./:\-])(?P<a>{_NUMBER},? The {PLACE}(?: {PLACE})?{TOWN})(?![\w])")
_TWO_WORDS = re.compile(rf"(?<![A-Za-z0-9./:\-])(?P<a>{_NUMBER} {PLACE} {PLACE}{TOWN})(?![\w])")
_ONE_WORD = re.compile(rf"(?<![A-Za-z0-9./:\-])(?P<a>{_NUMBER} {PLACE}{TOWN})(?![\w])")
_BROUGHT = re.compile(
    r"(?i)\b(?:took|take|taken|drop(?:ped|s)?|deliver(?:ed|y|ies)?|pick(?:ed)? (?:him |her |them |it )?up|collect(?:ed)?|visit(?:s|ed|ing)?|home visit|hv|next call|call(?:ing)? (?:at|round)|"
    r"ambulance|driver|moved|lives?|living|stays?|discharged?|letters?|post(?:ed)?|redirected?|house|home|address|(?:sister|brother|daughter|son|mum|dad|gran|nan|friend|neighbour)'s(?: house| place| flat)?|both)\b"
    r"|\bthen(?= )"
)
_ADDRESSED = re.compile(r"(?i)(?:\b(?:at|to|from|is|it's|its|address|visit|call|off)|[:>\-])\s{1,2}$")
_SITE = re.compile(
    r"(?i)\b(?:ward|unit|suite|room|building|block a|level|caf[eé]|canteen|theatre|clinic|bay|beds?|site|hospital|team|pts?|patients?|staff|nurses?|list|slots?|chairs?|trays?|bags?|units?|x|mg|ml)\b"
)
_WORK = re2.compile(
    rf"{_SITE.pattern}|\b(?:meet(?:ing)?|training|conference|drinks|curry|leaving|venue|drop-in|surgery|practice|pharmacy)\b"
)
# "beds: Oakfield 2, The Limes 0": a list of how many each has
_COUNTED = re.compile(r" [0-9]{1,2}(?= ?(?:[,;.\n)]|$|and\b|beds?\b))| (?:none|nil|full)\b")
_PLACED_BEFORE = re.compile(
    r"(?i)\b(?:room|ward|bed|bay|level|theatre|floor|clinic|table|chair|stage|grade|type|day|week|page|item|part|box|gate|bus|times|x)\W{0,2}$"
)

_NAMED_HOUSE = re.compile(
    rf"(?<![\w'])(?P<a>(?:The )?(?:{PLACE}(?: {PLACE}){{0,2}}), (?P<street>{PLACE} (?:{PLACE} )?{_STREET}\b{TOWN}))"
)
_TITLE = re.compile(r"(?i)\b(?:mr|mrs|ms|miss|mx|baby|master|sir|lady)\.? $")
_STAFFED = re.compile(r"(?i)\b(?:warden|manager|matron|dr|doctor|sister|prof|surgery)\b[^.\n]{0,30}$")
_SAID = re.compile(
    rf"(?i:\b(?:(?:lives?|living|stays?|staying|resides?|farms?|bides?|is out|'s out|resident) at|(?:home )?address(?: is|:)?|(?:farm|house|cottage|bungalow|care home|home) is(?: called| named)?|byw yn|narrowboat)) (?!(?i:hospital|parents?|relatives?|family|ronald mcdonald|street homeless|homeless|nfa|unknown|refused|as above|not known)\b)"
    rf"(?P<a>(?:The )?{PLACE}(?: (?:y|yr|an|na|o'|of|on|the|{PLACE}))*{TOWN})(?!['’]s|\w)"
)
_TOWNLAND = re.compile(
    rf"\b(?:lives?|living|stays?) (?:up |out )?(?:in|at|by) (?P<a>{PLACE}(?: {PLACE})?)(?=, (?:(?:the )?(?:first|second|third|last|end) |past |up |down |near |beside |opposite |round ))"
)
_IS_WHERE = re.compile(rf"(?P<a>{PLACE} {PLACE}{TOWN}) is where (?:he|she|they) (?:lives?|stays?)\b")
_ABOVE = re.compile(
    r"(?i)(?<![\w])(?P<a>flat (?:[0-9]{1,3}[a-z]?,? )?(?:above|over|behind|below|next to) (?:the )?[a-z']+(?: (?:shop|office|arms))?(?:,? (?:on |in )?(?-i:(?:the )?[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}))?)"
)
_VAN = re.compile(
    r"(?<![\w])(?P<a>(?i:van|caravan|pitch|plot|chalet|berth|mooring|static|lodge|cabin)(?: (?i:no\.?|number))? ?[0-9]{1,3}[A-Za-z]?,? (?:(?:at|on) )?(?:(?:the|The) )?(?:[A-Z][\w'’\-]{1,30} ){1,3}(?i:caravan park|holiday park|travellers'? site|leisure park|mobile home park|(?<!(?i:car) )park|site|marina|farm|barn|sands|meadows?|lane|road)(?: (?:[a-z]{4,10} )?site)?)\b"
    r"|(?<![\w])(?P<b>[Cc]aravan (?:[A-Za-z] ?)?[0-9]{1,3}[A-Za-z]?, (?:[A-Z][\w'’\-]{1,30} ?){1,3}\b)"
)
_BOAT = re.compile(
    rf"(?i:\bnarrowboat|\bboat|\bmooring) (?P<a>{PLACE}(?: {PLACE})?, {PLACE} (?:Marina|Wharf|Basin|Lock|Quay|Moorings))"
)
_HOSTEL = re.compile(
    rf"(?P<a>(?:[Rr]oom [0-9]{{1,3}},? (?:at )?)(?:[Tt]he )?(?:{PLACE} ){{1,3}}(?i:hostel|hotel|b&b|guest house|shelter|refuge)(?:(?:,| on) (?:{PLACE} ){{1,2}}{_STREET}\b)?)"
)
_CARE_HOME = re.compile(rf"(?P<a>(?:{PLACE} ){{1,2}}(?:Care|Nursing|Residential) Home)\b")
_PLACED = re.compile(
    rf"(?:^|\n|[,:.] |\b[0-9]{{1,3}} ?[mfMF] |\bis |\bat )(?P<a>{_NUMBER} (?:(?:Upper|Lower|Nether|Over|Easter|Wester|North|South|East|West|Mid|Middle|High|Low|Old|New|Back|Far|Little|Great) (?P<x>{PLACE})|(?P<y>{PLACE})(?: (?P<z>{PLACE}))?(?=,)){TOWN})(?!\w|['’])"
)
"""A number and a name alone, the name of a place: "11 Upper Aird", "3 Saltgreens, Errol"."""
_RESIDENT = re.compile(r"(?i)\b(?:resident|lives?|living|stays?|from|home)\b[^.\n]{0,14}$")

_ASKS_WHERE: Final = re.compile(
    r"(?i)\baddress\b[^.\n]{0,40}\?|\baddress\W{0,3}$|\bwhere (?:do|does|is|are|am|did)\b[^.\n?]{0,30}\b(?:live|stay|bide|going|staying|living)\b|\bhas (?:he|she|they) moved\b|\baddress for\b|\b(?:discharge|home|new) address\b"
)
_ANSWER = re.compile(
    r"\s*(?i:(?:it'?s|its|now at|at|now|think|still|she'?s at|he'?s at) )?(?P<a>(?:(?i:flat|apt) ?[0-9A-Za-z]{1,4},? )?(?:[Nn]o\.? ?)?[0-9]{1,4}[A-Da-d]?(?:/[0-9]{1,2})?,? (?:[A-Za-z][\w'’\-]+)(?: [A-Za-z][\w'’\-]+){0,3}(?:, [A-Za-z][\w'’\-]+(?: [A-Za-z][\w'’\-]+){0,2})?)\s*(?:$|[.!,(\n])"
)
_NAMED_ANSWER = re.compile(
    rf"\s*(?P<a>(?:The )?{PLACE}(?: {PLACE}){{0,2}}, (?:the )?[\w'’\- ]{{4,50}})\s*(?:$|[.!(\n])"
)
_LOOK_BACK = 3
_BUSY = re.compile(
    r"(?i)\b(?:mg|ml|patients?|pts|beds?|units?|hours?|hrs|mins?|minutes|days?|weeks?|chairs?|doses?|bloods|discharges|pm|am|is|will|are|was|can|not|ask|have|has)\b"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    yield from _numbered(view)
    yield from _placed(view)
    for pattern, confidence in (
        (_ABOVE, 0.75),
        (_VAN, 0.75),
        (_BOAT, 0.75),
        (_HOSTEL, 0.75),
        (_SAID, 0.65),
        (_TOWNLAND, 0.65),
        (_IS_WHERE, 0.7),
    ):
        for m in pattern.finditer(view.text):
            if not _at_work(view, m):
                yield _finding(view, m, confidence)
    yield from _named_houses(view)
    for m in _CARE_HOME.finditer(view.text):
        if _RESIDENT.search(view.text, max(0, m.start() - 30), m.start()):
            yield _finding(view, m, 0.65)
    if _asked_where(context):
        yield from _answers(view)


def _numbered(view: View) -> Iterator[Finding]:
    brought = Told(_BROUGHT, 30, ".\n0123456789", view)
    for pattern in (_THE, _TWO_WORDS, _ONE_WORD):
        for m in pattern.finditer(view.text):
            start = m.start()
            told = (
                pattern is _THE
                or brought.before(start)
                or (pattern is _TWO_WORDS and _ADDRESSED.search(view.text[max(0, start - 12) : start]))
            )
            if told and _is_dwelling(view, m):
                yield _finding(view, m, 0.75 if pattern is _THE else 0.65)


def _is_dwelling(view: View, m: re.Match[str]) -> bool:
    if _COUNTED.match(view.text, m.end()) or is_service(view.text, *m.span("a")):
        return False
    before = view.text[max(0, m.start() - 20) : m.start()]
    if _PLACED_BEFORE.search(before) or _SITE.match(view.text, m.end() + 1) or _SITE.search(m["a"]):
        return False
    return not _ordinary(m["a"].split(" ", 1)[1].removeprefix("The ").partition(",")[0])


def _placed(view: View) -> Iterator[Finding]:
    """In somebody's details, a number and the name of a place are where they live."""
    record = on_record(view)
    for m in _PLACED.finditer(view.text):
        words = [w for w in m.group("x", "y", "z") if w]
        if record.before(m.start("a")) and not any(is_a_thing(w) or fold(w) in USUAL_NAMES for w in words):
            if not _SITE.search(m["a"]) and not any(
                map(is_a_thing, re.findall(r"[\w'’]+", m["a"].partition(",")[2]))
            ):
                yield _finding(view, m, 0.6)


def _named_houses(view: View) -> Iterator[Finding]:
    """A house and its street; behind a title it is somebody's name, and theirs the street."""
    for m in _NAMED_HOUSE.finditer(view.text):
        before = view.text[max(0, m.start() - 40) : m.start()]
        if _at_work(view, m) or _ordinary(m["a"].partition(",")[0]) or _STAFFED.search(before):
            continue
        start = m.start("street") if _TITLE.search(before) else m.start("a")
        yield Finding(
            Kind.ADDRESS, view.span(start, end_of_town(view.text, m.end("a"))), 0.65, NAME, ("dwelling",)
        )


def _ordinary(words: str) -> bool:
    """Whether every word is a clinical one, or all but the first are ordinary: "4 Bloods", "9 Discharges Waiting"."""
    low = [fold(w.strip("'’")) for w in words.split()]
    return any(w in CLINICAL for w in low) or (
        len(low) == 1 and is_ordinary(low[0]) and low[0].endswith("s") and len(low[0]) < 8
    )


def _at_work(view: View, m: re.Match[str]) -> bool:
    around = view.text[max(0, m.start() - 24) : m.start()] + view.text[m.end() : m.end() + 16]
    return _WORK.search(around) is not None


def _asked_where(context: Context) -> bool:
    return any(_ASKS_WHERE.search(e.text) for e in context.earlier[-_LOOK_BACK:])


def _answers(view: View) -> Iterator[Finding]:
    for pattern in (_ANSWER, _NAMED_ANSWER):
        m = pattern.match(view.text)
        if m and not _BUSY.search(m["a"]):
            yield _finding(view, m, 0.7)
            return


def _finding(view: View, m: re.Match[str], confidence: float) -> Finding:
    group = "b" if m.lastgroup == "b" else "a"
    return Finding(Kind.ADDRESS, view.span(m.start(group), m.end(group)), confidence, NAME, ("dwelling",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "took that to 6 Drovers Byre like it said",
        "They are both at 9 The Weighbridge, yes",
        "she's in flat 2 above the bookies",
        "he lives at The Old Rectory",
        "caravan 14, Seaview Holiday Park",
    ),
    spares=(
        "room 12 The Grange building",
        "can we meet at 9 The Weighbridge suite",
        "take 2 Paracetamol",
        "14 Sepsis screens done",
        "ward 6 The Beeches",
    ),
    triggers=(
        r"[0-9][a-d]?,? the [a-z]",
        r"\b(?:took|take|taken|drop|deliver|pick|collect|visit|hv|next call|ambulance|driver|moved|discharge|letter|post|both|then|to|at|from|is|it's) [^\n]{0,40}[0-9][a-d]?,? [a-z]{4}",
        r"\b(?:liv|stay|resid|farm|bide|out at|address|home is|house is|cottage|byw|narrowboat|boat|caravan|pitch|plot|chalet|van [0-9]|hostel|hotel|refuge|shelter|croft|steading)",
        r"\bflat (?:[0-9a-z]{1,4} )?(?:above|over|behind|below|next)",
        r", [a-z' ]{2,30} (?:road|rd|street|st|lane|ln|avenue|ave|drive|close|terrace|crescent|cres|row|hill|green|gardens|gdns|square|way|loan|brae|wynd|park|place)\b",
        r"^\s*(?:it'?s |its |now at |at |now |still )?(?:flat |no )?[0-9]{1,4}[a-d]?(?:/[0-9])? [a-z]",
        r"^\s*(?:the )?[a-z]+[a-z ]{0,20}, ",
    ),
)
