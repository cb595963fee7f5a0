"""Postal addresses: a numbered dwelling, a named street, a house or flat, with the town behind it."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind
from detectors.names.words import CLINICAL, fold
from detectors.normalise import View
from detectors.rule import Rule

NAME = "address"
_STREET = (
    r"road|rd|street|st|avenue|ave|av|lane|ln|drive|dr|crescent|cres|cresc|terrace|terr?|gardens?|gdns|grove|gr|place|pl|close|cl|court|ct|"
    r"way|walk|row|square|sq|mews|mount|rise|wynd|vennel|brae|braes|neuk|quadrant|loan|view|park|parade|hill|green|cottages?|villas?|buildings|"
    r"quay|wharf|gate|croft|fold|bank|loaning|gait|glebe|wester|mains|holm|burn|knoll|toll|links|knowe|rig|haugh|path|pend|causeway|broadway|boulevard|loke|maltings|forge|ginnel|snicket|twitten|pightle|staithe|esplanade|promenade|heights|meadows?|fields?|"
    r"circus|yard|approach|garth|dene|chase|glade|orchard|vale|hollow|ride|ridge|spinney|copse|paddocks?|mill|farm|rows|steps|end|side|cross|"
    r"reach|strand|brow|nook|lea|leas|leys|mead|drove|dyke|acres?|cliff|moor|shore"
)
# Only these are streets without a number before them; "Close", "Park" and "View" are also other things.
_SURE_STREET = r"road|rd|street|avenue|ave|lane|drive|crescent|cres|terrace|gdns|grove|wynd|vennel"
_HOUSE = r"house|court|lodge|cottage|mansions?|tower|apartments?|flats?|hall|manor|grange|villa|farm|heights|place|gardens"
_NAME_WORD = r"(?:[A-Z][a-zà-ÿŵŷ'’\-]*[A-Za-zà-ÿŵŷ]|St\.?|[A-Z]{3,})"
_LOW_WORD = r"[A-Za-z][A-Za-z'’\-]*[a-z]"
_FLAT = (
    r"(?:(?:(?:[0-9]{1,2}|[PpGgBbTt])[FfGg][0-9]{0,2},? (?=[0-9]))|(?:[GTB]FF,? (?=[0-9]))|(?:[0-9]/[0-9],? (?=[0-9]))"
    r"|(?:(?:[Tt]op|[Gg]arden|[Bb]asement|[Gg]round[ -][Ff]loor|[Ff]irst[ -][Ff]loor|[Uu]pper|[Ll]ower) [Ff]lat,? (?=[0-9]))"
    r"|(?:(?:[Tt]op |[Gg]arden |[Bb]asement )?(?:[Ff]lat|[Ff]lt|[Aa]pt|[Aa]partment|[Uu]nit|[Rr]oom) ?[0-9A-Za-z]{1,4}(?:[/\-][0-9A-Za-z]{1,4})?,? ))"
)
_NUMBER = r"(?:[Nn]o\.? ?)?[0-9]{1,4}(?: ?[A-Da-d])?(?:[/\-][0-9]{1,4})?"
# Welsh and Gaelic put the word for the street first
_CELTIC = r"Heol|Stryd|Ffordd|L[oô]n|Maes|Cae|Clos|Rhodfa|Bryn|Parc|Gerddi|Cwrt|Plas|Rhes|Teras|Llys|Pant|Cefn|T[yŷ]|Tai|Sr[aà]id|Rathad|Taigh"
_TOWN = rf"(?:, ?(?!(?:Mr|Mrs|Ms|Miss|Dr)\b){_NAME_WORD}(?:[ \-](?:{_NAME_WORD}|upon|on|le|the|under|in)){{0,3}}(?! ?[0-9]{{1,2}}[ /:])){{0,2}}"
_STREET_CASES = "|".join((_STREET, _STREET.title().replace("|", "|"), _STREET.upper()))
_SURE_CASES = "|".join((_SURE_STREET, _SURE_STREET.title()))
_HOUSE_CASES = _HOUSE.title()
_NUMBERED = re.compile(
    rf"(?<![A-Za-z0-9./\-])(?P<a>{_FLAT}?{_NUMBER},? (?:(?:The|the) )?(?:{_NAME_WORD} ){{1,3}}(?:{_STREET_CASES})\b\.?(?: (?:North|South|East|West)\b)?{_TOWN})"
)
_LOWER = re.compile(
    rf"(?<![A-Za-z0-9./\-])(?P<a>{_FLAT}?{_NUMBER},? (?:{_LOW_WORD} ){{1,2}}(?:{_SURE_STREET}|close|court|st|dr|brae|mews|cottages|vennel)\b)(?!['’])"
)
_CELTIC_NAMED = rf"(?:{_CELTIC})(?: (?:y|yr|an|na|nan)(?= ))?(?: {_NAME_WORD}){{1,2}}{_TOWN}"
_CELTIC_STREET = re.compile(rf"(?<![A-Za-z0-9./\-])(?P<a>{_FLAT}?{_NUMBER},? {_CELTIC_NAMED})")
_CELTIC_ALONE = re.compile(rf"(?<![^\W_])(?P<a>{_CELTIC_NAMED})")
_BEFORE_POSTCODE = re.compile(
    rf"(?P<a>(?:(?:The )?{_NAME_WORD}(?: {_NAME_WORD}){{0,2}}, )(?:{_NAME_WORD}(?: {_NAME_WORD}){{0,2}}, ?){{0,2}}{_NAME_WORD}(?: {_NAME_WORD}){{0,2}}),? (?=[A-Z]{{1,2}}[0-9][0-9A-Z]? ?[0-9][A-Z]{{2}}\b)"
)
_NUMBER_ALONE = re.compile(
    r"(?i)\b(?:in|at|to) (?:no\.?|number) ?(?P<a>[0-9]{1,4}[a-d]?)(?= has| is|'s| wh|$|[,.;\n])"
)
# In lower case a street word is often another word: only where more tells of a home
_LOW_NAME = rf"(?!(?:at|the|in|on|of|a|an|and|or|to|for|by|with|from|is|was|as|x|per|her|his|their|my|our|your|this|that|no|mg|ml|mcg|pts?|patients?|days?|beds?|hours?|hrs?|mins?)\b){_LOW_WORD}"
_LOWER_ANY = re.compile(
    rf"(?<![A-Za-z0-9./\-])(?P<a>(?:(?P<flat>{_FLAT})(?:{_NUMBER},? )?|{_NUMBER},? )(?:{_LOW_NAME} ){{1,2}}(?:{_STREET}|house)\b)(?!['’])"
)
_LOWER_NAMED = re.compile(
    rf"(?<![A-Za-z0-9])(?P<a>{_LOW_NAME} (?:{_SURE_STREET}|walk|court|close|house|lodge)\b)"
)
_POSTCODE_BEHIND = re.compile(
    r"(?i)(?P<town>(?:, ?[a-z][a-z' \-]{1,24})?)[, ]{1,3}[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}\b"
)
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9])(?P<a>(?:the end ho(?:u|o)se (?:on|in|of) |The [A-Z][a-z]{{3,}}, )?(?:{_NAME_WORD} ){{1,2}}(?:{_SURE_CASES})\b\.?{_TOWN})"
)
_HOUSES = re.compile(
    rf"(?<![A-Za-z0-9])(?P<a>(?:{_FLAT}|{_NUMBER},? )?(?:{_NAME_WORD} ){{1,2}}(?:{_HOUSE_CASES})\b(?:,? (?:no|number|flat|room|apt)\.? ?[0-9]{{1,4}}[A-Da-d]?)?{_TOWN})"
)
_ANY_STREET = re.compile(rf"(?<![A-Za-z0-9])(?P<a>(?:{_NAME_WORD} ){{1,2}}(?:{_STREET.title()})\b{_TOWN})")
_BARE_FLAT = re.compile(
    rf"(?P<a>{_FLAT}(?:{_NUMBER},? )?(?:{_NAME_WORD} ){{1,3}}(?:{_STREET_CASES}|{_HOUSE_CASES})\b{_TOWN})"
)
_SURE_CUE = re.compile(
    r"(?i)\b(?:lives?|living|stays?|staying|resides?|bides?|address|addr|sheltered|keysafe|key safe|keys? (?:for|to)|home is|moved to|house|cyfeiriad|byw (?:yn|ar)|fuireach)\b[^\n]{0,36}$"
)
_STATED = re.compile(
    rf"(?i)(?:\b(?:home )?(?:address|addr|cyfeiriad)\b(?: (?:is|yw|was|now|given|on system|at desk was))?[:\- ]{{1,3}}(?-i:(?P<a>[0-9]{{1,4}}[A-Za-z]? [A-Z][a-z]+(?: [A-Z][a-z]+){{0,3}}{_TOWN})))"
)
_BARE = re.compile(rf"(?<![A-Za-z0-9./\-])(?P<a>[0-9]{{1,3}}[a-d]? [A-Z][a-z]{{5,}}{_TOWN})(?=$|[\s.,;])")
_FROM_THERE = re.compile(
    r"(?i)\b(?:old|yo|old boy|lady|lass|lassie|gent|gentleman|man|woman|boy|girl|lad|fella|fellow|chap|bloke|wifie|couple|twins|kid|her|him|them|mum|dad|gran|granny|grandad|patient|pt|family|[0-9]{1,3}[mf])\b[^.\n]{0,24}\b(?:from|off|on|up|down|round) (?:the )?$"
    r"|\b(?:end ho[uo]se|house|hoose|bungalow|flat|home) (?:on|in|of|off|up|down) (?:the )?$"
)
_WAY_IN = re.compile(r"(?i)[, (]{1,3}(?:the )?(?:key ?safe|keys?|code|door code)\b")
# A tin of sweets and a few others that everybody speaks of
_FAMOUS = re.compile(
    r"(?i)\b(?:quality|coronation|sesame|harley|downing|fleet|wall|high|oxford|abbey) (?:street|st|road)\b"
)
_LINE_END = re.compile(r"(?:^|, )(?P<a>[0-9]{1,3}[a-d]? [A-Z][a-z]{6,})\.?(?=$|\n)", re.MULTILINE)
_CARE = re.compile(
    r"(?i)\b(?:hospital|infirmary|clinic|ward|surgery|practice|health centre|medical centre|pharmacy|meeting|seminar|lecture|theatre|suite|car park|canteen|station|school|church|nhs|trust|site|depot|conference|study day)\b"
)
_WARD_NAME = re.compile(
    r"(?i)\b(?:mr|mrs|ms|miss|ward|bed|bay|theatre|mg|ml|mcg|units?|hours?|hrs|mins?|x|times|patients?|pts)\b"
)
_PLACE_BEFORE = re.compile(r"(?i)\b(?:mr|mrs|ms|miss|ward|bed|bay|theatre)\.? ?$")


def find(view: View, context: Context) -> Iterator[Finding]:
    for pattern, confidence in (
        (_NUMBERED, 0.92),
        (_BARE_FLAT, 0.92),
        (_STATED, 0.93),
        (_CELTIC_STREET, 0.9),
    ):
        for m in pattern.finditer(view.text):
            if not (_is_ward(view, m) or _is_doctor(view, m)):
                yield _finding(view, m, confidence, "numbered")
    for m in _LOWER.finditer(view.text):
        if not _WARD_NAME.search(m.group("a")):
            yield _finding(view, m, 0.8, "numbered")
    yield from _lower(view)
    yield from _named(view)
    yield from _houses(view)
    yield from _bare(view)


def _lower(view: View) -> Iterator[Finding]:
    for m in _LOWER_ANY.finditer(view.text):
        behind = _POSTCODE_BEHIND.match(view.text, m.end())
        if (behind or any(map(str.isdigit, m.group("flat") or "")) or _lived_in(view, m)) and not _is_ward(
            view, m
        ):
            end = behind.end("town") if behind else m.end()
            yield Finding(Kind.ADDRESS, view.span(m.start(), end), 0.75, NAME, ("numbered",))


def _bare(view: View) -> Iterator[Finding]:
    """A number and a name, or a number alone, that only the words or numbers round it make a dwelling."""
    for m in _BARE.finditer(view.text):
        if _SURE_CUE.search(view.text, max(0, m.start() - 40), m.start()):
            yield _finding(view, m, 0.75, "lives")
    for m in _LINE_END.finditer(view.text):
        if 10 in view.groups.runs and fold(m.group("a").split()[-1]) not in CLINICAL:
            yield _finding(view, m, 0.6, "with a number")
    for m in _NUMBER_ALONE.finditer(view.text):
        yield _finding(view, m, 0.55, "street")


def _named(view: View) -> Iterator[Finding]:
    """Streets without a number: hidden where somebody lives there or came from there, else a mere place."""
    for pattern, elsewhere in ((_NAMED, 0.35), (_ANY_STREET, 0.0), (_CELTIC_ALONE, 0.0), (_LOWER_NAMED, 0.0)):
        for m in pattern.finditer(view.text):
            confidence = _lived_in(view, m) or elsewhere
            if confidence and not (_is_work(view, m) or _FAMOUS.search(m.group("a"))):
                yield _finding(view, m, confidence, "street")


def _lived_in(view: View, m: re.Match[str]) -> float:
    if _SURE_CUE.search(view.text, max(0, m.start("a") - 60), m.start("a")):
        return 0.85
    if _WAY_IN.match(view.text, m.end("a")):
        return 0.8
    comes = _FROM_THERE.search(view.text, max(0, m.start("a") - 50), m.start("a"))
    return 0.7 if comes or m.group("a").startswith("the end") else 0.0


def _houses(view: View) -> Iterator[Finding]:
    for m in _HOUSES.finditer(view.text):
        numbered = any(c.isdigit() for c in m.group("a"))
        lives = bool(_SURE_CUE.search(view.text, max(0, m.start("a") - 40), m.start("a")))
        if (numbered or lives) and not _is_work(view, m):
            yield _finding(view, m, 0.85 if numbered else 0.7, "house" if numbered else "street")
    for m in _BEFORE_POSTCODE.finditer(view.text):
        yield _finding(view, m, 0.75, "postcode")


def _is_ward(view: View, m: re.Match[str]) -> bool:
    """ "bed 4 Green ward", but "Stephen Ward, 14 Quarrymans Rise" is a man's address."""
    return bool(
        _WARD_NAME.search(m.group("a"))
        or _PLACE_BEFORE.search(view.text, max(0, m.start("a") - 10), m.start("a"))
    )


def _is_doctor(view: View, m: re.Match[str]) -> bool:
    """ "Room 1 AM Dr Weerasinghe" is no Drive."""
    return m.group("a")[-2:] in ("Dr", "DR") and view.text[m.end("a") : m.end("a") + 2].strip().isupper()


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
        "he's in Wales now, 27 Heol Cadifor, Townhill",
        "Stephen Ward, 14 Quarrymans Rise, Plympton",
        "the home: The Larches, Station Rd, Sandbach CW11 9ZP",
        "Bwthyn Celyn, East Side LD9 6QX",
        "mae hi'n byw yn Stryd Fawr",
        "Cyfeiriad: 4 Maes y Coed, Bethesda",
        "060641-6781 B12 due, 8 Sillerknowe",
        "Effie in no. 41 has a temp",
        "the 63 year old from Tynemouth Road",
    ),
    spares=(
        "Lister Suite 2 at 12:30",
        "2 patients in the corridor close to theatre",
        "Bradford Road surgery rang",
        "bed 4 Green ward",
        "30 mins drive",
        "roadworks on the Penn Road again",
        "left us a tin of Quality Street",
        "the swabs of Elizabeth House",
        "Room 1 AM Dr Weerasinghe",
        "9434765919 for the clinic, 3 Paracetamol",
    ),
    triggers=(
        rf"\b(?:{_STREET})\b",
        rf"\b(?:{_HOUSE})\b",
        r"\b(?:lives?|living|stays?|staying|bides?|address|addr|cyfeiriad|byw|keysafe|key safe)\b",
        rf"[0-9],? (?:{_CELTIC}) ",
        r", [a-z' ]{3,40},? [a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}\b",
        r"[0-9] [a-z]{7,}\.?(?:\n|$)",
        r"\b(?:in|at|to) (?:no\.?|number) ?[0-9]",
    ),
)
