"""Postal addresses: a numbered dwelling, a named street, a house or flat, with the town behind it."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "address"
_STREET = (
    r"road|rd|street|st|avenue|ave|av|lane|ln|drive|dr|crescent|cres|cresc|terrace|terr?|gardens?|gdns|grove|gr|place|pl|close|cl|court|ct|"
    r"way|walk|row|square|sq|mews|mount|rise|wynd|vennel|brae|braes|loan|view|park|parade|hill|green|cottages?|villas?|buildings|"
    r"quay|wharf|gate|croft|fold|bank|loaning|gait|glebe|wester|mains|holm|burn|knoll|toll|links|knowe|rig|haugh|path|pend|causeway|broadway|boulevard|esplanade|promenade|heights|meadows?|fields?|"
    r"circus|yard|approach|garth|dene|chase|glade|orchard|vale|hollow|ride|ridge|spinney|copse|paddocks?|mill|farm|rows|steps|end|side|cross"
)
# Only these are streets without a number before them; "Close", "Park" and "View" are also other things.
_SURE_STREET = r"road|rd|street|avenue|ave|lane|drive|crescent|cres|terrace|gdns|grove|wynd|vennel"
_HOUSE = r"house|court|lodge|cottage|mansions?|tower|apartments?|flats?|hall|manor|grange|villa|farm|heights|place|gardens"
_NAME_WORD = r"(?:[A-Z][a-z'’\-]*[A-Za-z]|St\.?|[A-Z]{3,})"
_LOW_WORD = r"[A-Za-z][A-Za-z'’\-]*[a-z]"
_FLAT = r"(?:(?:[0-9]{1,2}[FfGg][0-9]{1,2},? )|(?:[Ff]lat|[Ff]lt|[Aa]pt|[Aa]partment|[Uu]nit|[Rr]oom) ?[0-9A-Za-z]{1,4}(?:[/\-][0-9A-Za-z]{1,4})?,? )"
_NUMBER = r"(?:[Nn]o\.? ?)?[0-9]{1,4}(?: ?[A-Da-d])?(?:[/\-][0-9]{1,4})?"
_TOWN = rf"(?:, ?{_NAME_WORD}(?:[ \-](?:{_NAME_WORD}|upon|on|le|the|under|in)){{0,3}}(?! ?[0-9]{{1,2}}[ /:])){{0,2}}"
_STREET_CASES = "|".join((_STREET, _STREET.title().replace("|", "|"), _STREET.upper()))
_SURE_CASES = "|".join((_SURE_STREET, _SURE_STREET.title()))
_HOUSE_CASES = _HOUSE.title()
_NUMBERED = re.compile(
    rf"(?<![A-Za-z0-9./\-])(?P<a>{_FLAT}?{_NUMBER},? (?:(?:The|the) )?(?:{_NAME_WORD} ){{1,3}}(?:{_STREET_CASES})\b\.?{_TOWN})"
)
_LOWER = re.compile(
    rf"(?<![A-Za-z0-9./\-])(?P<a>{_FLAT}?{_NUMBER},? (?:{_LOW_WORD} ){{1,2}}(?:{_SURE_STREET}|close|court|st|dr)\b)(?!['’])"
)
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9])(?P<a>(?:the end ho(?:u|o)se (?:on|in|of) |The [A-Z][a-z]{(3,)}, )?(?:{_NAME_WORD} ){{1,2}}(?:{_SURE_CASES})\b\.?{_TOWN})"
)
_HOUSES = re.compile(
    rf"(?<![A-Za-z0-9])(?P<a>(?:{_FLAT}|{_NUMBER},? )?(?:{_NAME_WORD} ){{1,2}}(?:{_HOUSE_CASES})\b(?:,? (?:no|number|flat|room|apt)\.? ?[0-9]{{1,4}}[A-Da-d]?)?{_TOWN})"
)
_ANY_STREET = re.compile(rf"(?<![A-Za-z0-9])(?P<a>(?:{_NAME_WORD} ){{1,2}}(?:{_STREET.title()})\b{_TOWN})")
_BARE_FLAT = re.compile(
    rf"(?P<a>{_FLAT}(?:{_NUMBER},? )?(?:{_NAME_WORD} ){{1,3}}(?:{_STREET_CASES}|{_HOUSE_CASES})\b{_TOWN})"
)
_LIVES = re.compile(
    r"(?i)\b(?:lives?|living|stays?|staying|resides?|bides?|moved|address|addr|home|house|visit|visits|at|in|on|from|off|near|to|of|for|up|is|now|complex|registered|flat|place)\b"
    r"[^A-Za-z0-9\n]{0,4}(?:(?:is|at|in|on|given|the|still|now|was|to|desk|alone|given at desk was)\b[^A-Za-z0-9\n]{0,3}){0,4}$"
)
_SURE_CUE = re.compile(
    r"(?i)\b(?:lives?|living|stays?|staying|resides?|bides?|address|addr|sheltered|keysafe|key safe|keys? (?:for|to)|home is|moved to|house)\b[^\n]{0,36}$"
)
_STATED = re.compile(
    rf"(?i)(?:\b(?:home )?(?:address|addr)\b(?: (?:is|was|now|given|on system|at desk was))?[:\- ]{{1,3}}(?-i:(?P<a>[0-9]{{1,4}}[A-Za-z]? [A-Z][a-z]+(?: [A-Z][a-z]+){{0,3}}{_TOWN})))"
)
_BARE = re.compile(rf"(?<![A-Za-z0-9./\-])(?P<a>[0-9]{{1,3}}[a-d]? [A-Z][a-z]{{5,}}{_TOWN})(?=$|[\s.,;])")
_CARE = re.compile(
    r"(?i)\b(?:hospital|infirmary|clinic|ward|surgery|practice|health centre|medical centre|pharmacy|meeting|seminar|lecture|theatre|suite|car park|canteen|station|school|church|nhs|trust|site|depot|conference|study day)\b"
)
_WARD_NAME = re.compile(
    r"(?i)\b(?:mr|mrs|ms|miss|ward|bed|bay|theatre|mg|ml|mcg|units?|hours?|hrs|mins?|x|times|patients?|pts)\b"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for pattern, confidence in ((_NUMBERED, 0.92), (_BARE_FLAT, 0.92), (_STATED, 0.93)):
        for m in pattern.finditer(view.text):
            if not _WARD_NAME.search(view.text, max(0, m.start("a") - 6), m.end("a")):
                yield _finding(view, m, confidence, "numbered")
    for m in _LOWER.finditer(view.text):
        if not _WARD_NAME.search(m.group("a")):
            yield _finding(view, m, 0.8, "numbered")
    yield from _named(view)
    for m in _BARE.finditer(view.text):
        if _SURE_CUE.search(view.text, max(0, m.start() - 40), m.start()):
            yield _finding(view, m, 0.75, "lives")


def _named(view: View) -> Iterator[Finding]:
    """Streets and houses without a number: a weak sign alone, and often a place of work."""
    for m in _NAMED.finditer(view.text):
        if not _is_work(view, m):
            lives = bool(_SURE_CUE.search(view.text, max(0, m.start("a") - 60), m.start("a")))
            yield _finding(view, m, 0.85 if lives else 0.7, "street")
    for m in _ANY_STREET.finditer(view.text):
        if _SURE_CUE.search(view.text, max(0, m.start("a") - 40), m.start("a")) and not _is_work(view, m):
            yield _finding(view, m, 0.7, "street")
    for m in _HOUSES.finditer(view.text):
        numbered = any(c.isdigit() for c in m.group("a"))
        lives = bool(_LIVES.search(view.text, max(0, m.start("a") - 40), m.start("a")))
        if (numbered or lives) and not _is_work(view, m):
            yield _finding(view, m, 0.85 if numbered else 0.7, "house" if numbered else "street")


def _is_work(view: View, m: re.Match[str]) -> bool:
    around = view.text[max(0, m.start("a") - 24) : m.end("a") + 20]
    return bool(_CARE.search(around))


def _finding(view: View, m: re.Match[str], confidence: float, why: str) -> Finding:
    return Finding(Kind.ADDRESS, view.span(m.start("a"), m.end("a")), confidence, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "is he still at Flat 2/1, 19 Shorehead Wynd?",
        "housebound 12 Viewforth Cottages, East Wemyss KY1 9RB",
        "she's got his keys. 14 Eden Mount, LS4 9ZQ",
        "lives at Birchholt House, Long Eaton",
        "Sheltered complex, Links Court no 17, Leven",
        "came with gran from the Antrim Road",
        "22 cotmanhay road, front door",
        "address: 17 Ballyvester Gdns",
    ),
    spares=(
        "Lister Suite 2 at 12:30",
        "2 patients in the corridor close to theatre",
        "Bradford Road surgery rang",
        "bed 4 Green ward",
        "30 mins drive",
    ),
    triggers=(
        rf"\b(?:{_STREET})\b",
        rf"\b(?:{_HOUSE})\b",
        r"\b(?:lives?|living|stays?|staying|bides?|address|addr|keysafe|key safe)\b",
    ),
)
