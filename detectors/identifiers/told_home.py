"""Homes that the words before them tell: "number 6 on Chapel Street", "the lady from Rosewood House, Tarporley"."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.homes import PLACE, STREET, SURE_STREET, TOWN, end_of_town, is_a_thing, is_service, not_a_home
from detectors.interface import Context, Finding, Kind
from detectors.names.words import CLINICAL, fold
from detectors.normalise import View
from detectors.rule import Rule

NAME = "told_home"
_STREET_CASES = "|".join((STREET.title(), SURE_STREET, "st", "close", "court"))
_WORD = r"(?!(?:the|a|an|his|her|their|our|my|this|that|each|every|main|other|same|and|or|to|is|was)\b)[A-Za-z][A-Za-z'’\-]{2,24}"
_ON_STREET = re.compile(
    rf"(?<![\w-])(?i:number|no\.?) ?(?P<a>[0-9]{{1,4}}[A-Da-d]? (?:on|in|of|along|up|down|off) (?:the )?(?:{_WORD} ){{1,2}}?(?:{_STREET_CASES})\b{TOWN})"
)
_NUMBER_THE = re.compile(
    rf"(?<![\w-])(?i:number|no\.?) ?(?P<a>[0-9]{{1,3}}[A-Da-d]?,? the {PLACE}(?: {PLACE})?{TOWN})(?!['’]?\w)"
)
_COUNTED: Final = re.compile(
    r"(?i)\b(?:bus|route|tram|line|case|casualty|patient|pt|item|job|call|incident|bed|theatre|list|queue|platform|gate|practice|branch|store|slot|vacancy|script)\b[^.,;\n]{0,12}$"
)
"""Before "number 6", of one in a row of other things than houses."""
_HOUSE = r"House|Lodge|Court|Manor|Grange|Hall|Villa|Cottage|Farm|Residential|Care Home|Nursing Home|Retirement Village"
_FROM_HOUSE = re.compile(
    r"(?i:\b(?:(?:lady|gent|gentleman|lass|lassie|man|woman|fella|fellow|chap|bloke|couple|resident|pt|patient|[0-9]{2,3} ?[mf]) (?:back )?(?:from|at|of)"
    r"|(?:discharged?|d/c'?d?|taxi(?: home)?|home|returns?|returned|returning|goes back|going back|went back|picked up|pick ups?|collected?|fell|fall|fallen|collapsed?) (?:back )?(?:to|from|at))"
    rf" (?P<a>(?-i:(?:[Tt]he )?(?:{PLACE} ){{1,2}}(?:{_HOUSE})\b,? {PLACE}(?: {PLACE})?)))(?!['’]?\w)"
)
_ROOM: Final = r"(?i:room|rm|flat|flt|apt|apartment|suite|bungalow|chalet) ?(?i:no\.? ?)?[0-9]{1,3}[A-Za-z]?"
_ROOM_AT = re.compile(
    rf"(?<![\w-])(?P<a>{_ROOM},? (?:at|in) (?:[Tt]he )?{PLACE}(?: {PLACE}){{0,2}}(?P<town>{TOWN}))(?!['’]?\w)"
)
_MOVED_IN: Final = re.compile(
    r"(?i)\b(?:lives?|living|resides?|residents?|moved? in(?:to)?|moving into|settled|permanent(?:ly)?|placement|address|home is)\b[^.;\n]{0,24}$"
)
_WENT: Final = re.compile(
    r"(?i)\b(?:moved to|gone|goes|going|back|returns?|returned|discharged?|d/c|stays?|staying|respite|home|from|visit)\b[^.;\n]{0,24}$"
)
_GUEST = re.compile(
    rf"(?i:\b(?:stay(?:s|ing)|lodg(?:es|ing)|lives|living|put up|booked in(?:to)?)(?: (?:at|in|over at|above))?) "
    rf"(?P<a>(?:[Tt]he )?{PLACE}(?: {PLACE}){{0,2}}(?:, {PLACE})?,? {_ROOM})(?![\w:/])"
)
_SITE = re.compile(
    r"(?<![\w-])(?P<a>(?i:unit|plot|pitch|van|caravan|trailer|chalet|slab|yard) [A-Za-z]?[0-9]{1,3}[A-Za-z]?,? (?:on |at )?(?:the )?"
    r"(?=[^,\n]{0,40}(?i:gypsy|gypsies|travell?er|caravan|mobile home|park home|chalet|residential|showm[ae]n))"
    rf"(?:(?:[A-Z][\w'’]*|&|and|caravan|travellers'?|traveller|mobile|home|residential) ){{1,5}}(?i:sites?|park)\b(?:, (?:{PLACE} ){{1,2}}(?:{STREET.title()})\b)?{TOWN})"
)
_FLAT_IN_HOUSE = re.compile(
    rf"(?<![\w-])(?P<a>(?i:flat|flt|apt|apartment) ?[0-9]{{1,4}}[A-Za-z]?,? (?:[Tt]he )?{PLACE}(?: {PLACE}){{0,2}},? (?:(?:[0-9]{{1,4}}[A-Da-d]?|off|on|behind),? )?(?:{PLACE} ){{1,2}}(?:{STREET.title()})\b(?:, ?Dublin [0-9]{{1,2}}W?(?!\w)|{TOWN}))"
)
_LOW_FLAT = re.compile(
    rf"(?<![\w-])(?P<a>(?:flat|flt|apt) ?[0-9]{{1,3}}[a-d]?,? (?:{_WORD} ){{1,2}}(?:house|lodge|court|towers?|buildings|mansions|heights)(?:,? (?:off|on|behind) (?:{_WORD} ){{1,2}}(?:{STREET}))?)(?![\w'’])"
)
"""All in lower case: "flat 2 wharf house off medway street"."""
_FLATS = re.compile(
    rf"(?i:\b(?:he|she|they|him|her|them|pt|patient|lady|gent|mr|mrs|miss|ms|from|lives?|living)\b)[^.,;\n]{{0,20}}? (?:in|at|from|to) (?P<a>(?:the )?{PLACE}(?: {PLACE}){{0,2}} (?:flats|maisonettes|prefabs|sheltered housing))\b"
)
_ABOVE = re.compile(
    rf"(?<![\w-])(?P<a>(?i:flat|bedsit|maisonette) (?:above|over|behind|below|next to) [0-9]{{1,4}}[A-Da-d]? (?:{PLACE} ){{1,2}}(?:{STREET.title()})\b{TOWN})"
)
_BUSINESS: Final = re.compile(
    r"(?i)\b(?:invoice|order|audit|cqc|interview|rep|contract|quote|training|inspection|agency|engineer|hospice|hospital|unit|ward|council|trust)\b"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for pattern, is_home in _PATTERNS:
        for m in pattern.finditer(view.text):
            if is_home(view, m) and not _is_work(view, m):
                end = end_of_town(view.text, m.end("a"))
                yield Finding(Kind.ADDRESS, view.span(m.start("a"), end), 0.7, NAME, ("told",))


def _always(view: View, m: re.Match[str]) -> bool:
    return True


def _is_house(view: View, m: re.Match[str]) -> bool:
    before = view.line_before(m.start(), 24)
    return not _COUNTED.search(before)


def _is_house_of_its_own(view: View, m: re.Match[str]) -> bool:
    """ "Number 8 the Paddock", but "number 8 the Registrar has seen"."""
    return _is_house(view, m) and not is_a_thing(m["a"].partition("the ")[2].split()[0].strip(","))


def _somebodys(view: View, m: re.Match[str]) -> bool:
    """ "The lady from Estates House, Leeds about the invoice" is at work there."""
    return not _BUSINESS.search(view.text, max(0, m.start() - 30), min(len(view.text), m.end() + 30))


def _moved_in(view: View, m: re.Match[str]) -> bool:
    """A room in a ward or a hospital has no town behind it, and nobody lives there."""
    words = re.findall(r"[A-Z][\w'’]+", m["a"].partition(" ")[2])
    if any(fold(w) in CLINICAL for w in words):
        return False
    before = view.line_before(m.start(), 48)
    return bool(_MOVED_IN.search(before) or (m["town"] and _WENT.search(before)))


def _no_thing(view: View, m: re.Match[str]) -> bool:
    return not any(map(is_a_thing, re.findall(r"[A-Z][\w'’]+", m["a"])))


def _is_inn(view: View, m: re.Match[str]) -> bool:
    """By its first word, for inns are called after much: "the Drovers Rest", "the Bear's Head"."""
    first = m["a"].removeprefix("the ").removeprefix("The ").partition(" ")[0]
    return fold(first.strip(",")) not in CLINICAL


def _is_work(view: View, m: re.Match[str]) -> bool:
    return not_a_home(view.text, *m.span("a")) or is_service(view.text, *m.span("a"))


_PATTERNS: Final = (
    (_ON_STREET, _is_house),
    (_NUMBER_THE, _is_house_of_its_own),
    (_FROM_HOUSE, _somebodys),
    (_ROOM_AT, _moved_in),
    (_GUEST, _is_inn),
    (_SITE, _always),
    (_FLAT_IN_HOUSE, _always),
    (_LOW_FLAT, _always),
    (_FLATS, _no_thing),
    (_ABOVE, _always),
)
"""What is said of a home, and what must hold for it to be one."""

RULE = Rule(
    NAME,
    find,
    catches=(
        "she's at number 14 on Mill Lane, Otley",
        "who's seeing the gent from Larkfield Lodge, Thirsk",
        "has moved into room 8 at Ferndale, Peebles",
        "tourist, staying at the Drovers Arms, room 3",
        "unit 7, Thistle Traveller Site, Marsh Road, Goole",
        "Apt 4, The Ropeworks, Harbour Street, Dublin 4",
        "jim boyle flat 3 calder lodge",
        "he's from Cwm Bedw flats isn't he",
    ),
    spares=(
        "bus number 14 on Mill Lane is off",
        "the lady from Larkfield House, Leeds about the invoice",
        "moved to room 8 in Nightingale",
        "moved to room 8 at Southmead",
        "unit 7, Thistle Retail Park",
        "vans parked on the caravan site road",
        "waves are flat in V5 and inverted",
    ),
    triggers=(
        r"\b(?:number|no\.?) ?[0-9]{1,3}[a-d]?,? the [a-z]{3}",
        rf"\b(?:number|no\.?) ?[0-9]{{1,4}}[a-d]? (?:on|in|of|along|up|down|off) [a-z'’ \-]{{3,50}} (?:{_STREET_CASES})\b",
        r"\b(?:from|at|of|to) [a-z'’\- ]{2,60} (?:house|lodge|court|manor|grange|hall|villa|cottage|farm|residential|care home|nursing home|village)\b,? [a-z]",
        r"\b(?:room|rm|flat|flt|apt|apartment|suite|bungalow|chalet) ?(?:no\.? ?)?[0-9]{1,4}[a-z]?,? [a-z]",
        r"[a-z],? (?:room|rm|flat|flt|apt|apartment|suite|bungalow|chalet) ?(?:no\.? ?)?[0-9]",
        r"[0-9][a-z]?,? [a-z&'’ ]{3,50} (?:sites?|park)\b",
        r"\b(?:flats|maisonettes|prefabs|sheltered housing)\b",
        r"\b(?:flat|bedsit|maisonette) (?:above|over|behind|below|next to) [0-9]",
    ),
)
