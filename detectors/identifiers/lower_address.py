"""Addresses all in lower case, where a street word is often another word: "17 mangle street darwen"."""

import re
from collections.abc import Iterator

from detectors.homes import (
    FLAT,
    NUMBER,
    PART_OF_STREET,
    POSTCODE,
    STREET,
    SURE_STREET,
    TOWN,
    Told,
    is_service,
    is_unusual,
    lives,
    not_a_home,
)
from detectors.interface import Context, Finding, Kind
from detectors.names.words import PLACES, USUAL_NAMES, fold
from detectors.normalise import View
from detectors.rule import Rule

NAME = "lower_address"
_STOPS = (
    r"at|the|in|on|of|off|a|an|and|or|to|too|for|by|with|from|is|are|was|were|be|been|as|x|per|she|he|they|we|you|it|i|her|his|their|my|our|your|"
    r"this|that|these|those|no|not|do|does|did|can|could|will|would|must|should|may|might|has|have|had|if|then|than|but|so|up|out|into|says|said|"
    r"more|another|only|last|next|under|over|about|near|postcode|post|code|pcode|pcde|pc|p|tel|phone|ph|mob|mobile|nhs|chi|dob|born|aged|gp|nok"
)
_BUSY = (
    r"mg|ml|mcg|mm|cm|pts?|patients?|days?|nights?|weeks?|months?|years?|hours?|hrs?|hr|mins?|minutes?|seconds?|miles?|yards?|metres?|inch|"
    r"beds?|wards?|bays?|theatres?|clinics?|lists?|layers?|wounds?|sutures?|ports?|lines?|lead|stone|sets?|times|people|staff|nurses?|porters?|"
    r"carers?|doors?|shops?|chairs?|sticks?|units?|noon|midday|mr|mrs|ms|miss|doses?|person|steps|layer"
)
_LOW = rf"(?!(?:{_STOPS}|{_BUSY})\b)(?!\w{{1,12}}['’](?:ll|t|re|ve|d|m)\b)[A-Za-z][A-Za-z'’\-]{{0,30}}[a-z]"
_CELTIC = r"heol|stryd|ffordd|rhodfa|gerddi|teras|rhes|rhiw|l[oô]n|clos"
_ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9./\-])(?<![0-9]:)(?P<a>(?:(?P<flat>{FLAT})(?:{NUMBER},? )?|(?<![0-9] ){NUMBER},? )"
    rf"(?:(?:{_LOW} ){{1,3}}?(?P<street>{STREET}|house|homes)\b(?: (?:{STREET})\b){{0,2}}"
    rf"|(?P<celtic>{_CELTIC})(?: (?:y|yr|an|na)\b)?(?: {_LOW}){{1,2}}))(?!['’])"
)
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9'’\-])(?P<a>(?:(?:the )?{_LOW} (?:house|cottage|farm|lodge),? )?{_LOW} (?:{SURE_STREET}|walk|court|close|house|lodge)\b)(?!['’])"
)
_BEFORE_POSTCODE = re.compile(
    rf"(?<![A-Za-z0-9./\-])(?<![0-9]:)(?P<a>{FLAT}?{NUMBER},? (?:{_LOW},? ){{0,4}}{_LOW}),? {POSTCODE}"
)
_SAID = re.compile(
    rf"\b(?i:lives?|living|stays?|staying|bides?|address(?: is)?|addr|moved to|home is)(?: at| in)?:? (?P<a>{NUMBER},? (?:{_LOW} )?{_LOW})(?=[,.\n]|$)"
)
_POSTCODE_BEHIND = re.compile(
    rf"(?P<town>(?:,? ?(?:{_LOW})){{0,4}})[, ]{{1,3}}(?:(?:post ?-?code|p/?code|pc)\b[ :\-]{{1,3}})?{POSTCODE}"
)
_SURE = re.compile(rf"(?:{SURE_STREET}|close|court|st|brae|mews|cottages|pend|fold)$")
_TOWN_WORD = re.compile(rf"(?:, ?| )(?!(?:{_STOPS})\b)([a-z][a-z'’\-]{{2,30}})(?![\w'’])")
_CAPITALS = re.compile(TOWN)
_CLAUSE_END = re.compile(r"[ ]?(?:[.\n]|$)")
_TOWN_WORDS = 3
_PART = re.compile(rf"(?i){PART_OF_STREET}")
# "2 shops close at 5", "30 minutes, then drive home", "1 for court of protection", "12 lead st depression"
_AT_KINS = re.compile(
    r"(?i)\b(?:at|to|from|is|with) (?:his|her|their|the|pts) (?:nan|nana|gran|granny|gran+dad|mum|mam|dad|aunt(?:ie|y)?|uncle|sister|brother|son|daughter|niece|nephew|partner|boyfriend|girlfriend|friend|mate|ex|cousin|carer|in-?law)['’]?s(?: (?:house|flat|place|address|on|at|in)){0,2},? $"
)
"""Before a number and a street: "at her nans 62 chapel rise"."""
_SIDE_OF_HOUSE = re.compile(
    r"(?i)room .{1,10} (?:garden|window|door|left|right|far|near|wall|sea|road|car park|courtyard) side$"
)
_VERB = re.compile(
    r"(?:close|drive|court|st)(?= (?:to|at|by|off|up|down|round|in|on|home|back|of|her|him|them|the|it|me|us|again|safely|obs|observation|"
    r"contact|monitoring|case|date|hearing|appearance|elevation|depression|changes|segment|dep|elev)\b)"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    told = lives(view)
    for m in _ADDRESS.finditer(view.text):
        if is_service(view.text, *m.span("a")):
            continue
        behind = _POSTCODE_BEHIND.match(view.text, m.end())
        if behind or _is_told(view, m, told) or _is_sure(view, m):
            yield _finding(
                view, m.start("a"), behind.end("town") if behind else _end(view.text, m.end()), 0.8
            )
    for m in _BEFORE_POSTCODE.finditer(view.text):
        yield _finding(view, *m.span("a"), 0.75)
    for m in _SAID.finditer(view.text):
        if any(is_unusual(w) for w in m["a"].split()[1:]) and not is_service(view.text, *m.span("a")):
            yield _finding(view, *m.span("a"), 0.7)
    for m in _NAMED.finditer(view.text):
        behind = _POSTCODE_BEHIND.match(view.text, m.end())
        if behind or told.before(m.start()) or _part_of(view, m):
            yield _finding(
                view, m.start("a"), behind.end("town") if behind else _end(view.text, m.end()), 0.75
            )


def _is_told(view: View, m: re.Match[str], told: Told) -> bool:
    if any(map(str.isdigit, m["flat"] or "")):
        return not _SIDE_OF_HOUSE.match(m["a"])
    return told.before(m.start()) or _AT_KINS.search(view.line_before(m.start(), 32)) is not None


def _part_of(view: View, m: re.Match[str]) -> bool:
    """ "ray is in the ground floor one on canterbury street"."""
    return _PART.search(view.line_before(m.start(), 40)) is not None and not not_a_home(
        view.text, *m.span("a")
    )


def _is_sure(view: View, m: re.Match[str]) -> bool:
    """Whether it can be nothing but a street, with no more told."""
    if m["celtic"]:
        return True
    if not _SURE.search(m["a"]) or _VERB.match(view.text, m.start("street")):
        return False
    words = m["a"].split()
    return not (words[-2].endswith("ing") and not is_unusual(words[-2]) and fold(words[-2]) not in PLACES)


def _end(text: str, end: int) -> int:
    """The end of an address with the town behind it: words that are known places or else no words at all."""
    capitals = _CAPITALS.match(text, end)
    if capitals and capitals.end() > end:
        return capitals.end()
    for _ in range(_TOWN_WORDS):
        m = _TOWN_WORD.match(text, end)
        if not m or not (
            is_unusual(m[1]) or (fold(m[1]) in USUAL_NAMES and _CLAUSE_END.match(text, m.end()))
        ):
            break
        end = m.end()
    return end


def _finding(view: View, start: int, end: int, confidence: float) -> Finding:
    return Finding(Kind.ADDRESS, view.span(start, end), confidence, NAME, ("numbered",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "22 cotmanhay road, front door",
        "lives 17 tanner street darwen",
        "my mother of 6 marsh drove holbeach pe12 9zz",
        "flat 7a 40 haycroftgate dn31 9zz",
        "14 heol fach, top flat",
    ),
    spares=(
        "ring 07700 900 263 and she'll drive round",
        "wrong by one in 5, don't close",
        "1 cow in road",
        "2 clinics close at 5",
        "12 lead st depression",
    ),
    triggers=(
        r"\b(?:liv(?:es?|ing)|stay(?:s|ing)?|bides?|address(?: is)?|addr|moved to|home is)(?: at| in)?:? (?:no )?[0-9]",
        rf"\b(?:{STREET}|house|homes|lodge)\b",
        rf"[0-9][a-d]?,? (?:{_CELTIC}) ",
        r"[a-z]{2},? [a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}\b",
    ),
)
