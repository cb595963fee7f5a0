"""Postal addresses: a numbered dwelling, a named street, a house or flat, with the town behind it."""

import re
from collections.abc import Iterator

import re2

from detectors.homes import (
    FLAT,
    NUMBER,
    PART_OF_STREET,
    POSTCODE,
    STREET,
    SURE_STREET,
    TOWN,
    Told,
    end_of_town,
    is_a_thing,
    is_service,
    lives,
    start_of_house,
)
from detectors.interface import Context, Finding, Kind
from detectors.names.features import READS
from detectors.names.words import CLINICAL, USUAL_FIRST_NAMES, fold
from detectors.normalise import View
from detectors.rule import Rule

NAME = "address"
_HOUSE = r"house|court|lodge|cottage|mansions?|tower|apartments?|flats?|hall|manor|grange|villa|farm|heights|place|gardens"
_NAME_WORD = r"(?:[A-Z][a-zà-ÿŵŷ'’\-]{0,30}[A-Za-zà-ÿŵŷ]|St\.?|[A-Z]{3,20})"
# Welsh and Gaelic put the word for the street first
_CELTIC = r"Heol|Stryd|Ffordd|L[oô]n|Maes|Cae|Clos|Rhodfa|Bryn|Parc|Gerddi|Cwrt|Plas|Rhes|Teras|Rhiw|Allt|Erw|Gelli|Llys|Pant|Cefn|T[yŷ]|Tai|Sr[aà]id|Rathad|Taigh"
_STREET_CASES = "|".join((STREET, STREET.title(), STREET.upper()))
_SURE_CASES = "|".join((SURE_STREET, SURE_STREET.title()))
_HOUSE_CASES = _HOUSE.title()
_NUMBERED = re.compile(
    rf"(?<![A-Za-z0-9./\-])(?<![0-9]:)(?P<a>{FLAT}?{NUMBER},? (?:(?:The|the) )?(?:{_NAME_WORD} ){{1,3}}(?P<street>{_STREET_CASES})\b\.?(?: (?:North|South|East|West)\b)?{TOWN})"
)
_CELTIC_NAMED = rf"(?:{_CELTIC}|(?:Pen|Tan|Troed|Ael|Glan|Min)(?= yr? ))(?: (?:y|yr|an|na|nan)(?= ))?(?: {_NAME_WORD}){{1,2}}{TOWN}"
_CELTIC_STREET = re.compile(
    rf"(?<![A-Za-z0-9./\-])(?P<a>(?:{FLAT}?{NUMBER},?|(?:[Ff]lat|[Ff]lt|[Aa]pt) [0-9]{{1,3}}[A-Da-d]?,?) {_CELTIC_NAMED})"
)
_CELTIC_ALONE = re.compile(rf"(?<![^\W_])(?P<a>{_CELTIC_NAMED})")
_PLACE = rf"{_NAME_WORD}(?: (?:(?:y|yr|na|an|of|the|on|le|upon|under|in) ){{0,2}}{_NAME_WORD}){{0,2}}"
_BEFORE_POSTCODE = re.compile(
    rf"(?<!\w)(?![A-Z]{{2,8}}, [A-Z][a-z])(?!(?:Address|Addr|Cyfeiriad|Home|Postcode|From|Lives|Living|At) )(?P<a>(?:The )?{_NAME_WORD}(?: (?:(?:y|yr|na|an) )?{_NAME_WORD}){{0,2}}, (?:{_PLACE}, ?){{0,2}}{_PLACE}),? (?=[A-Z]{{1,2}}[0-9][0-9A-Z]? ?[0-9][A-Z]{{2}}\b)"
)
_CLEAR = {*SURE_STREET.split("|"), "st", "ln", "gardens", "mews"} - {"drive"}
"""Words for streets that behind a number and a name are nothing else."""
_ABBREVIATES = 4
"""Capitals of fewer letters are an abbreviation: CT, ST."""
_FLAT = re.compile(FLAT)
_NAMES = re.compile(_NAME_WORD)
_POSTCODE_BEHIND = re.compile(rf",? ?{POSTCODE}")
_NUMBER_ALONE = re.compile(
    r"(?i)\b(?:in|at|to) (?:no\.?|number) ?(?P<a>[0-9]{1,4}[a-d]?)(?= has| is|'s| wh|$|[,.;\n])"
)
_NO_DOOR = re.compile(
    r"(?i)\b(?:neighbours?|next door|lists?|scripts?|prescriptions?|items?|queue|theatre|slot)\b"
)
"""Before "at number 2": of a list, or a neighbour's door in a street that is not told."""
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9'’\-])(?P<a>(?:the end ho(?:u|o)se (?:on|in|of) |The [A-Z][a-z]{{3,}}, )?(?:{_NAME_WORD} ){{1,2}}(?:{_SURE_CASES}|(?:Brae|Rise|Close|Court|Way|Walk|Hill|Green|Mews|Row)(?=,? (?:no|number)\.? ?[0-9]))\b\.?{TOWN}(?:,? (?:no|number)\.? ?[0-9]{{1,4}}[A-Da-d]?\b)?)"
)
_HOUSES = re.compile(
    rf"(?<![A-Za-z0-9'’./\-])(?P<a>(?:{FLAT}|{NUMBER},? )?(?:{_NAME_WORD} ){{1,2}}(?P<street>{_HOUSE_CASES})\b(?:,? (?:no|number|flat|room|apt)\.? ?[0-9]{{1,4}}[A-Da-d]?)?{TOWN})"
)
_ANY_STREET = re.compile(rf"(?<![A-Za-z0-9'’\-])(?P<a>(?:{_NAME_WORD} ){{1,2}}(?:{STREET.title()})\b{TOWN})")
_BARE_FLAT = re.compile(
    rf"(?P<a>{FLAT}(?:{NUMBER},? )?(?:{_NAME_WORD} ){{1,3}}(?:{_STREET_CASES}|{_HOUSE_CASES})\b{TOWN})"
)
_STATED = re.compile(
    rf"(?i)(?:\b(?:home )?(?:address|addr|cyfeiriad)\b(?: (?:is|yw|was|now|given|on system|at desk was))?[:\- ]{{1,3}}(?-i:(?P<a>[0-9]{{1,4}}[A-Za-z]? [A-Z][a-z]+(?: [A-Z][a-z]+){{0,3}}{TOWN})))"
)
_BARE = re.compile(rf"(?<![A-Za-z0-9./\-])(?P<a>[0-9]{{1,3}}[a-d]? [A-Z][a-z]{{5,}}{TOWN})(?=$|[\s.,;])")
_FROM_THERE = re.compile(
    r"(?i)\b(?:old|yo|old boy|lady|lass|lassie|gent|gentleman|man|woman|boy|girl|lad|fella|fellow|chap|bloke|wifie|couple|twins|kid|her|him|them|mum|dad|gran|granny|grandad|patient|pt|family|[0-9]{1,3}[mf])\b[^.\n]{0,24}\b(?:from|off|on|up|down|round) (?:the )?$"
    r"|\b(?:end ho[uo]se|house|hoose|bungalow|flat|(?<!care )(?<!nursing )home) (?:on|in|of|off|up|down) (?:the )?$"
    rf"|{PART_OF_STREET}"
)
_THENCE = tuple(
    f"{way} {the}" for way in ("from", "off", "on", "up", "down", "round", "in", "of") for the in ("", "the ")
)
"""How every text ends that `_FROM_THERE` can end."""
_WAY_IN = re.compile(r"(?i)[, (]{1,3}(?:the )?(?:key ?safe|keys?|code|door code)\b")
# A tin of sweets and a few others that everybody speaks of
_FAMOUS = re2.compile(
    r"(?i)\b(?:quality|coronation|sesame|harley|downing|fleet|wall|high|oxford|abbey) (?:street|st|road)\b"
)
_LINE_END = re.compile(r"(?:^|, )(?P<a>[0-9]{1,3}[a-d]? [A-Z][a-z]{6,})\.?(?=$|\n)", re.MULTILINE)
_CARE = re2.compile(
    r"(?i)\b(?:hospital|infirmary|clinic|ward|surgery|practice|health centre|medical centre|pharmacy|meeting|seminar|lecture|theatre|suite|car park|canteen|station|school|church|nhs|trust|site|depot|conference|study day)\b"
)
_WARD_NAME = re2.compile(
    r"(?i)\b(?:mr|mrs|ms|miss|ward|bed|bay|theatre|mg|ml|mcg|units?|hours?|hrs|mins?|x|times|patients?|pts)\b"
)
_PLACE_BEFORE = re.compile(
    r"(?i)\b(?:mr|mrs|ms|miss|ward|bed|bay|theatre|(?-i:Gate|Entrance|Exit|Junction|Car [Pp]ark|Lift|Platform))\.? ?$"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    """Numbered dwellings first; a street inside one of those is no street by itself."""
    told = lives(view)
    inside: set[int] = set()
    for pattern, confidence in (
        (_NUMBERED, 0.92),
        (_BARE_FLAT, 0.92),
        (_STATED, 0.93),
        (_CELTIC_STREET, 0.9),
    ):
        for m in pattern.finditer(view.text):
            if not (_is_ward(view, m) or _is_doctor(view, m) or is_service(view.text, *m.span("a"))):
                if pattern is _NUMBERED and not _is_clear(view, m, told, context):
                    continue
                inside.update(range(*m.span("a")))
                start = start_of_house(view.text, m.start("a"))
                yield _finding(view, m, confidence, "numbered", start)
    yield from _named(view, told, inside)
    yield from _houses(view, told, context)
    yield from _bare(view, told)


def _bare(view: View, told: Told) -> Iterator[Finding]:
    """A number and a name, or a number alone, that only the words or numbers round it make a dwelling."""
    for m in _BARE.finditer(view.text):
        if told.before(m.start()) and not is_service(
            view.text, m.start("a"), m.end("a") + len(" Business Park")
        ):
            yield _finding(view, m, 0.75, "lives")
    ends = [m for m in _LINE_END.finditer(view.text) if fold(m.group("a").split()[-1]) not in CLINICAL]
    if ends and view.groups.runs(10):
        for m in ends:
            yield _finding(view, m, 0.6, "with a number")
    for m in _NUMBER_ALONE.finditer(view.text):
        if _NO_DOOR.search(view.line_before(m.start(), 60)):
            continue
        yield _finding(view, m, 0.55, "street")


def _named(view: View, told: Told, inside: set[int]) -> Iterator[Finding]:
    """Streets without a number: hidden where somebody lives there or came from there, else a mere place."""
    for pattern, elsewhere in ((_NAMED, 0.35), (_ANY_STREET, 0.0), (_CELTIC_ALONE, 0.0)):
        for m in pattern.finditer(view.text):
            if m.start("a") in inside:
                continue
            confidence = _lived_in(view, m, told) or elsewhere
            if confidence and not (_is_work(view, m, told) or _FAMOUS.search(m.group("a"))):
                yield _finding(view, m, confidence, "street")


def _lived_in(view: View, m: re.Match[str], told: Told) -> float:
    start = m.start("a")
    if told.before(start):
        return 0.85
    if _WAY_IN.match(view.text, m.end("a")):
        return 0.8
    near = view.text[max(0, start - 50) : start]
    comes = near.lower().endswith(_THENCE) and _FROM_THERE.search(near)
    return 0.7 if comes or m.group("a").startswith("the end") else 0.0


def _houses(view: View, told: Told, context: Context) -> Iterator[Finding]:
    for m in _HOUSES.finditer(view.text):
        numbered = any(c.isdigit() for c in m.group("a"))
        clear = _is_clear(view, m, told, context) if numbered else told.before(m.start("a"))
        if clear and not _is_work(view, m, told):
            yield _finding(view, m, 0.85 if numbered else 0.7, "house" if numbered else "street")
    for m in _BEFORE_POSTCODE.finditer(view.text):
        yield _finding(view, m, 0.75, "postcode")


def _is_clear(view: View, m: re.Match[str], told: Told, context: Context) -> bool:
    """Whether a number, names and a word for a street are a home by themselves. "GCS 14 Left side", "Hb 70 Blood bank", "WCC 9
    Head CT" look the same: of ordinary words and abbreviations the model tells, where it reads, unless a flat, a town, a
    postcode or other words do, or nothing else is said. Where it does not read, a street has its capital."""
    street, start, end = m["street"], m.start("a"), m.end("a")
    if not (street.isupper() and len(street) < _ABBREVIATES):
        names = _NAMES.findall(view.text[start : m.start("street")])
        if street.lower() in _CLEAR or not all(name.isupper() or is_a_thing(name) for name in names):
            return True
        if (context.surface != "message" or start >= READS) and not street.islower():
            return True
        if view.text.strip(" .") == m["a"].strip(" .") and street[0].isupper():
            return CLINICAL.isdisjoint(map(fold, names))
    more = end - m.end("street") > 1 or _POSTCODE_BEHIND.match(view.text, end)
    return bool(more or told.before(start) or _FLAT.match(m["a"]))


def _is_ward(view: View, m: re.Match[str]) -> bool:
    """ "bed 4 Green ward", but "Stephen Ward, 14 Quarrymans Rise" is a man's address."""
    words = m.group("a").split()
    return bool(
        (words[-1] == "Land" and fold(words[-2]) in USUAL_FIRST_NAMES)  # the sixth on a list
        or _WARD_NAME.search(m.group("a"))
        or _PLACE_BEFORE.search(view.text, max(0, m.start("a") - 10), m.start("a"))
    )


def _is_doctor(view: View, m: re.Match[str]) -> bool:
    """ "Room 1 AM Dr Weerasinghe" is no Drive."""
    return m.group("a")[-2:] in ("Dr", "DR") and view.text[m.end("a") : m.end("a") + 2].strip().isupper()


def _is_work(view: View, m: re.Match[str], told: Told) -> bool:
    """ "The surgery on Mill Lane"; what a street itself is called says so too, "School Lane", unless somebody lives there."""
    start, end = m.span("a")
    before, behind = view.text[max(0, start - 24) : start], view.text[end : end + 20]
    named = "" if told.before(start) else m["a"]
    return bool(_CARE.search(f"{before}{named}{behind}")) or is_service(view.text, start, end)


def _finding(view: View, m: re.Match[str], confidence: float, why: str, start: int | None = None) -> Finding:
    span = view.span(m.start("a") if start is None else start, end_of_town(view.text, m.end("a")))
    return Finding(Kind.ADDRESS, span, confidence, NAME, (why,))


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
        rf"\b(?:{STREET})\b",
        rf"\b(?:{_HOUSE})\b",
        r"\b(?:lives?|living|stays?|staying|bides?|address|addr|cyfeiriad|byw|keysafe|key safe)\b",
        rf"[0-9],? (?:{_CELTIC}) ",
        r", [a-z' ]{3,40},? [a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}\b",
        r"[0-9] [a-z]{7,}\.?(?:\n|$)",
        r"\b(?:in|at|to) (?:no\.?|number) ?[0-9]",
    ),
)
