"""Where somebody lives among others: a room in a care home or hall, a pitch, a boat, a pub, a bare "flat 6b"."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.homes import PLACE, STREET, TOWN, is_a_thing, lives
from detectors.interface import Context, Finding, Kind
from detectors.names.words import PLACES, USUAL_NAMES, fold
from detectors.normalise import View
from detectors.rule import Rule

NAME = "residence"
_ROOM = r"(?i:rooms?|rm|flat|flt|apt|apartment|bungalow) ?(?i:no\.? ?)?(?:[0-9]{1,3}[A-Za-z]?|[A-H]\b)"
_CARE = r"(?i:(?:care|nursing|residential|rest|retirement) home|extra ?care|care cent(?:re|er)|retirement village|sheltered (?:housing|scheme))"
_HOUSE = r"(?:Lodge|House|Court|Manor|Grange|Hall|Villa|Mews|Place)"
_HALLS = r"(?:Halls?(?: of Residence)?|(?:Student|University) (?:Village|Halls?|Residences?|Accommodation)|Village|College|Residences?)"
_NAMED = rf"(?:[Tt]he )?(?:{PLACE} ){{1,3}}"
_WHERE = rf"(?:(?:,| in| on) (?:{PLACE} ){{1,2}}(?:{STREET.title()})\b)?{TOWN}"

_ROOM_FIRST = re.compile(rf"(?<![\w\-])(?P<a>{_ROOM},? (?:(?:at|in|of) )?{_NAMED}{_CARE}\b{_WHERE})")
_ROOM_BEHIND = re.compile(
    rf"(?<![\w\-])(?P<a>{_NAMED}(?:{_CARE}|{_HOUSE}),? (?:in )?{_ROOM}(?![\w:/])(?P<town>(?:, ?{PLACE}(?: {PLACE})?)?))"
)
_IN_HALLS = re.compile(
    rf"(?<![\w\-])(?P<a>(?:(?i:block|flat|house|kitchen) ?[A-Z0-9]{{1,3}},? )?{_ROOM},? (?:(?:at|in) )?{_NAMED}{_HALLS}\b{TOWN})"
)
_PITCH = re.compile(
    rf"(?<![\w\-])(?P<a>(?i:van|caravan|pitch|plot|chalet|berth|mooring|static|cabin)(?: (?i:no\.?|number))? ?[0-9]{{1,3}}[A-Za-z]?,? (?:(?:at|on) )?"
    rf"(?:[Tt]he )?(?:{PLACE} ){{1,3}}(?i:(?<!(?i:car) )park|site|marina)\b{_WHERE})"
)
_WATER = r"(?:Marina|Wharf|Basin|Locks?|Quay|Moorings?|Bridge|Canal|Dock|Arm|Cut)"
_BOAT = re.compile(
    rf"(?<![\w\-])(?P<a>(?:[Nn]/?[Bb]|[Ww]/?[Bb]|[Mm]/?[Vv])\.? ['\"]?{PLACE}(?: {PLACE}){{0,2}}['\"]?,"
    rf"(?: (?i:mooring|berth|pontoon) [0-9A-Z]{{1,4}},)? (?:{PLACE} ){{1,2}}{_WATER}\b{TOWN})"
)
_TRADE = (
    r"shops?|chippy|chip shop|bookies|pub|bakers?|bakery|butchers?|barbers?|takeaway|take away|chinese|kebab shop|launderette|off ?licen[cs]e|post office|"
    r"salon|hairdressers?|cafe|café|spar|co-?op|newsagents?|florists?|betting shop|charity shop|garage|chemists?|pharmacy|vets?"
)
_ABOVE = re.compile(
    rf"(?<!\w)(?P<a>(?i:above|over|behind|below|next (?:door )?to) (?i:the |a )?(?i:{_TRADE})(?:,| on| in| at)? (?i:the )?(?:{PLACE} ){{1,2}}(?i:{STREET})\b{TOWN})"
)
_PUB = re.compile(
    rf"(?i:\b(?:lives?|living|stays?|staying|resides?|lodging|lodges)(?: (?:at|in|above|over|c/o|care of))+) "
    rf"(?P<a>the (?:{PLACE} ){{0,3}}{PLACE}, (?:{PLACE} ){{1,2}}(?:{STREET.title()})\b{TOWN})"
)
# "6 Upper Breakish, Isle of Skye": what stands behind it says that it is a place
_COUNTY = (
    r"(?:Isle of [A-Z][a-z]+|(?:Co\.?|County) [A-Z][a-z]+|[A-Z][a-z]{2,9}shire|Skye|Orkney|Shetland|Anglesey|Gwynedd|Powys|"
    r"Argyll|Caithness|Sutherland|Cumbria|Cornwall|Northumberland|Ceredigion)"
)
_IN_COUNTY = re.compile(
    rf"(?<![\w./:\-])(?P<a>[0-9]{{1,3}}[A-Da-d]? (?P<words>{PLACE}(?: {PLACE}){{0,2}})(?:, {PLACE}(?: {PLACE})?)?, {_COUNTY})(?![\w'’])"
)
_WHICH_PART = re.compile(
    r"^(?:Upper|Lower|Nether|Over|Easter|Wester|North|South|East|West|Mid|Middle|High|Low|Old|New|Back|Far) "
)
_HOME_IS = re.compile(
    rf"(?<![\w\-])(?P<a>(?:The )?{PLACE}(?: {PLACE}){{1,2}}(?P<behind>(?:, (?:Co\. )?{PLACE}(?: {PLACE})?){{1,3}})) (?:is|was) (?:his|her|their|the pt's) (?:home|house|address)\b"
)
_CAPITALS = re.compile(
    r"\b(?i:address|addr)(?:ess)?\s{0,2}[:=|]\s{0,3}(?P<a>(?:[A-Z0-9][A-Z0-9'’.\-/]*(?: (?!\w+ ?:)[A-Z0-9][A-Z0-9'’.\-/]*){0,4})(?:, ?(?:[A-Z][A-Z'’.\-]*(?: (?!\w+ ?:)[A-Z][A-Z'’.\-]*){0,3})){1,4})(?![\w:’'])"
)
_CAPITAL_STREET = re.compile(rf"[A-Z0-9] (?:{STREET.upper()})\b(?! HOMELESS| UNKNOWN)")

_ASKS_WHICH: Final = re.compile(
    r"(?i)\b(?:which|what|wot)(?:'?s| is)?(?: (?:his|her|their|the))? (?:flat|apartment|house|door)(?:'s| is|s)?(?: (?:number|no))?\b(?! (?:officer|elf|under))[^\n]{0,24}$"
    r"|\b(?:which|what) number (?:house|flat|on|is (?:he|she|it))\b|\b(?:flat|house|door) (?:number|no\.?)\b[^\n]{0,16}\?"
)
_FLAT_ALONE = re.compile(
    r"\s*(?i:(?:it'?s|its|think|maybe|she'?s|he'?s|they'?re|in|at) ){0,3}(?P<a>(?i:flat|apt|apartment|no\.?|number|house) ?[0-9]{1,4}(?:[/\-][0-9]{1,3})?[A-Za-z]?)(?=\s*(?:$|[,.;!?(\n])| (?:[Ii] think|think|on|by|buzzer|top|bottom|pls|please|ta)\b)"
)
_LOOK_BACK = 2
_AT_WORK = re.compile(
    r"(?i)\b(?:meet(?:ing)?s?|training|teaching|lecture|seminar|interviews?|huddle|mdt|conference|drinks|party|leaving|office|venue|clinic|team|staff ?room|exam|induction|workshop|vaccin\w+|car park|football)\b"
)
_VACANT = re.compile(
    r"(?i)\W{0,3}(?:(?:is|are|now|still|being|will be|has|come|became|becoming) ){0,3}(?:free|empty|vacant|vacancy|available|ready|closed|decorated|cleaned|flooded|broken|booked|needs cleaning|for (?:the )?(?:clinic|meeting|training|mdt))\b"
)
_COLLEGE = re.compile(
    r"(?i)\b(?:students?|uni|university|term|halls|address|addr|fresher|lives?|living|home)\b"
)
_REACH = 48


def find(view: View, context: Context) -> Iterator[Finding]:
    for pattern, confidence in ((_ROOM_FIRST, 0.75), (_ROOM_BEHIND, 0.7), (_PITCH, 0.75), (_BOAT, 0.75)):
        for m in pattern.finditer(view.text):
            if not _at_work(view, m):
                yield _finding(view, m, confidence, _end(m))
    for m in _IN_HALLS.finditer(view.text):
        if _COLLEGE.search(view.line_before(m.start(), _REACH)) and not _at_work(view, m):
            yield _finding(view, m, 0.7)
    yield from _told(view)
    for m in _CAPITALS.finditer(view.text):
        if _CAPITAL_STREET.search(m["a"]):
            yield _finding(view, m, 0.8)
    if any(_ASKS_WHICH.search(e.text) for e in context.earlier[-_LOOK_BACK:]):
        answer = _FLAT_ALONE.match(view.text)
        if answer:
            yield _finding(view, answer, 0.65)


def _told(view: View) -> Iterator[Finding]:
    """Homes that the words round them or the county behind them tell."""
    told = lives(view)
    for m in _ABOVE.finditer(view.text):
        if told.before(m.start()) or _upstairs(view, m):
            yield _finding(view, m, 0.65)
    for m in _PUB.finditer(view.text):
        yield _finding(view, m, 0.65)
    for m in _HOME_IS.finditer(view.text):
        if not re.search(
            r"\b(?:Level|Floor|Ward|Block|Room|Hospital|Infirmary|Surgery|Practice|Clinic|Office|Unit)\b",
            m["a"],
        ):
            yield _finding(view, m, 0.65)
    for m in _IN_COUNTY.finditer(view.text):
        if not any(map(is_a_thing, _WHICH_PART.sub("", m["words"]).split())) and not _at_work(view, m):
            yield _finding(view, m, 0.65)


def _upstairs(view: View, m: re.Match[str]) -> bool:
    return (
        re.search(r"(?i)\b(?:upstairs|flat|bedsit|lodges|home)\W", view.line_before(m.start(), _REACH))
        is not None
    )


def _at_work(view: View, m: re.Match[str]) -> bool:
    """Whether something is held there, or nobody lives there: "training in", "is now free"."""
    clause = re.split(r"[.;]", view.line_before(m.start(), _REACH))[-1]
    return bool(_AT_WORK.search(clause) or _VACANT.match(view.text, m.end()))


def _end(m: re.Match[str]) -> int:
    """Where the home ends; a name or an ordinary word behind its room is no town: "room 7, Sue will meet you"."""
    town = (m["town"] if m.re is _ROOM_BEHIND else "").strip(", ").split()
    named = any(is_a_thing(w) or (fold(w) in USUAL_NAMES and fold(w) not in PLACES) for w in town)
    return m.start("town") if named else m.end("a")


def _finding(view: View, m: re.Match[str], confidence: float, end: int = 0) -> Finding:
    span = view.span(m.start("a"), end or m.end("a"))
    return Finding(Kind.ADDRESS, span, confidence, NAME, ("residence",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "back to Larkhill Care Home, room 7 tonight",
        "student, Block F Room 23, Wentworth Halls, Durham",
        "Pitch 12, Fairview Caravan Park, Borth",
        "moored up, nb Dragonfly, Braunston Marina",
        "she's living above the bakers on Castle Street",
        "staying at the Black Bull, Market Street, Alston",
        "4 Drumnagoon, Co. Armagh",
        "ADDRESS: THE STABLES, HIGH STREET, OAKHAM",
    ),
    spares=(
        "Larkhill Care Home, room 7 is now free",
        "training in Elizabeth Lodge, rm 4",
        "lecture: Block B Room 2, Nuffield Halls",
        "parked behind the bakers on Castle Street",
        "leaving do at the Black Bull, Market Street",
        "2 Nurses, Isle of Skye this week",
        "ADDRESS: NOT KNOWN, ASK FAMILY",
        "vaccination van 3, Tesco Car Park",
    ),
    triggers=(
        r"\b(?:rooms?|rm|flat|flt|apt|apartment|bungalow) ?(?:no\.? ?)?[0-9a-h]",
        r"\b(?:van|caravan|pitch|plot|chalet|berth|mooring|static|cabin)(?: no\.?| number)? ?[0-9]",
        r"\b(?:n/?b|w/?b|m/?v)\.? ['\"]?[a-z]+",
        rf"\b(?:above|over|behind|below|next(?: door)? to) (?:the |a )?(?:{_TRADE})\b",
        r"\b(?:at|in|above|over|c/o|care of) the [a-z '’]{3,40}, [a-z]",
        r", (?:isle of|co\.?|county|[a-z]{3,9}shire|skye|orkney|shetland|anglesey|gwynedd|powys|argyll|caithness|sutherland|cumbria|cornwall|northumberland|ceredigion)\b",
        r" (?:is|was) (?:his|her|their|the pt's) (?:home|house|address)\b",
        r"\b(?:address|addr)\s{0,2}[:=|]",
        r"^\s*(?:[a-z']+ ){0,3}(?:no\.?|number|house) ?[0-9]",
    ),
)
