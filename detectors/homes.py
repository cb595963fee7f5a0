"""What homes, streets and towns are called, and what tells that somebody lives there."""

import re
from bisect import bisect_left, bisect_right
from typing import Final

import re2

from detectors.labels import places
from detectors.names.words import (
    CLINICAL,
    ORDINARY,
    PLACES,
    USUAL_FIRST_NAMES,
    USUAL_NAMES,
    fold,
    is_ordinary,
)
from detectors.normalise import View

STREET: Final = (
    r"road|rd|street|st|avenue|ave|av|lane|ln|drive|dr|crescent|cres|cresc|terrace|terr?|gardens?|gdns|grove|gr|place|pl|close|cl|court|ct|"
    r"way|walk|row|square|sq|mews|mount|rise|wynd|vennel|brae|braes|neuk|quadrant|loan|view|park|parade|hill|green|cottages?|villas?|buildings|"
    r"quay|wharf|gate|croft|fold|bank|loaning|loanan|gait|glebe|wester|mains|holm|burn|knoll|toll|links|knowe|rig|haugh|path|pend|causeway|"
    r"broadway|boulevard|loke|maltings|forge|ginnel|gennel|snicket|twitten|jitty|chare|pightle|staithe|esplanade|promenade|heights|meadows?|"
    r"fields?|circus|yard|approach|garth|dene|chase|glade|orchard|vale|hollow|ride|ridge|ridings|spinney|copse|coppice|paddocks?|mill|farm|rows|"
    r"steps|end|side|cross|reach|strand|brow|nook|lea|leas|leys|mead|drove|dyke|acres?|cliff|moor|shore|land|lands|rhiw|heol|almshouses|"
    r"tenements|butts|lawns|waterside|lochside|quayside|oval|estate"
)
SURE_STREET: Final = (
    r"road|rd|street|avenue|ave|lane|drive|crescent|cres|terrace|gdns|grove|wynd|vennel|ginnel|drove|loanan"
)
"""Streets even without a number before them; "Close", "Park" and "View" are also other things."""

NUMBER: Final = r"(?:[Nn]o\.? ?)?[0-9]{1,4}(?: ?[A-Da-d])?(?:[/\-][0-9]{1,4})?"
FLAT: Final = (
    r"(?:(?:(?:[0-9]{1,2}|[PpGgBbTt])[FfGg][0-9]{0,2},? (?=[0-9]))|(?:[GTB]FF,? (?=[0-9]))|(?:[0-9]/[0-9],? (?=[0-9]))"
    r"|(?:(?:[Tt]op|[Gg]arden|[Bb]asement|[Gg]round[ -][Ff]loor|[Ff]irst[ -][Ff]loor|[Uu]pper|[Ll]ower) [Ff]lat,? (?=[0-9]))"
    r"|(?:(?:[Tt]op |[Gg]arden |[Bb]asement )?(?:[Ff]lat|[Ff]lt|[Aa]pt|[Aa]partment|[Uu]nit|[Rr]oom) ?(?!(?:in|on|at|of|off|by|up|is|was|to|and|or|with|the|for|that|has|from|near)\b)[0-9A-Za-z]{1,4}(?:[/\-][0-9A-Za-z]{1,4})?,? ))"
)
_NO_PLACE = (
    r"(?!(?:Mr|Mrs|Ms|Miss|Dr|Prof|Ward|Bed|Bay(?= ?[0-9])|Unit|Room|Level|Theatre|Clinic|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|"
    r"Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun|January|February|March|April|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|NHS|DNACPR|Tel|Phone|Mob|Mobile|Ring|Call|Keys?|Keysafe|Door|Please|Thanks|Access|Code|"
    r"Wife|Husband|Son|Daughter|Mum|Dad|Postcode|Address|Addr|Cyfeiriad|She|He|They|The|No|Now|Not|And|But)\b)"
)
_LETTERS = r"[a-zà-ÿŵŷ'’]"
PLACE: Final = rf"(?=[A-Z]){_NO_PLACE}(?:(?:[A-Z]['’])?[A-Z]{_LETTERS}{{1,30}}(?:-(?:[A-Z]{_LETTERS}{{0,30}}|{_LETTERS}{{1,6}})){{0,4}}|St\.|[A-Z]{{4,20}})(?!\w)"
"""One word of a place's name."""
TOWN: Final = (
    rf"(?:(?:, ?|\^{{1,2}})(?:(?:near|nr|by|above|outside|Co\.) )?{PLACE}(?: (?:(?:upon|on|le|la|the|under|in|next|by|of|y|yr) ){{0,3}}{PLACE}){{0,2}}"
    r"(?! ?[0-9]{1,2}[ /:])){0,2}"
)
"""None, one or two places behind a comma each: ", Stow on the Wold, Glos"."""
POSTCODE: Final = r"[A-Za-z]{1,2}[0-9][0-9A-Za-z]? ?[0-9][A-Za-z]{2}\b"

PART_OF_STREET: Final = (
    r"\b(?:(?:(?:(?:ground|top|first|second|third|bottom|upper|lower)[ \-]floor|top|bottom|upper|lower|garden|basement|middle|end|corner|green|blue|red|white)"
    r" (?:one|flats?|house|bungalow|maisonette|bedsit)|doors? (?:up|down|along)|bedsit|maisonette) (?:on|in|of|off|up|down|at)|(?:upstairs|downstairs) (?:in|at)"
    r"|(?:his|her|their|pts|patient's) (?:nan|gran|granny|mum|mam|dad|aunt(?:ie|y)?|uncle|sister|brother|son|daughter|niece|nephew|partner|boyfriend|girlfriend|friend)['’]?s"
    r"(?: (?:house|flat|place|bungalow))? (?:in|on|off|up|down)) (?:the )?$"
)
"""Before a street, with no number: "the ground floor one on", "upstairs in"."""
_LIVES = re.compile(
    r"(?i)\b(?:lives?|living|stays?|staying|resides?|bides?|farms|address|addr|sheltered|keysafe|key safe|keys? (?:for|to)|home is|moved to|"
    r"ho(?:u|o)se(?=:| (?:is|at|in|on|up|down|off|no|number)\b)|bungalow|cyfeiriad|byw (?:yn|ar)|fuireach)\b"
)
_RECORD = re.compile(
    r"(?i)\b(?:[0-9]{1,3} ?(?:m|f|yo|yrs?|y/o)|dob|born|chi|nhs|key ?safe|bungalow|address|lives|phone|tel|mr|mrs|ms|miss|nok|caller|patient)\b"
)
_KNOWN_TOWN = re.compile(r" ([A-Z][a-z'’\-]{2,}|[A-Z]{4,})(?!\w)(?! ?[0-9])")
_NO_HOME = re.compile(
    r"(?i)\b(?:hospital|infirmary|clinics?|ward|surgery|practice|pharmacy|meet(?:ing)?s?|seminar|lecture|theatre|suite|car park|canteen|"
    r"trust|site|depot|conference|study day|away day|training|course|drinks|curry|lunch|dinner|party|pub|leaving|base[ds]?|hub|office|venue|"
    r"warden|parking|team)\b"
)
_HOUSE_BEFORE = re.compile(
    rf"(?:(?:^|[.,:;(\n]|\b(?:at|is|to|in|lives?|address|now)\b)[ \t]{{0,2}})(?P<a>(?:[Tt]he (?=[A-Z]))?{PLACE}(?: {PLACE}){{0,2}}), (?:[a-z]{{3,8}} flat,? )?$"
)
# "the team has moved to": a service has an address too; "the team has moved her to" says whose it is
_SERVICE_MOVED = re.compile(
    r"(?i)\b(?:team|service|base|offices?|surgery|practice|pharmacy|depot|hub|stores?|department|dept|clinic|lab|equipment library)(?: (?:in|at|for|on) [A-Za-z'\-]{2,20}(?: [A-Z][a-z'\-]{2,20})?)?"
    r"(?: (?:has|have|is|are|now|been|have now|has now))? (?:moved|moving|relocated|relocating|based)(?: (?:over|in|at|to)){1,2} (?:the )?(?:unit )?(?:[0-9]{1,4}[a-d]? )?$"
)
_MAY_HAVE_MOVED = re2.compile(r"(?i)mov|locat|base")
"""What `_SERVICE_MOVED` cannot do without; looked for first, for that is dear where it finds nothing."""
_WORK_PARK = re.compile(
    r"(?i)\b(?:car|business|retail|science|enterprise|technology|trading|industrial) (?:park|estate)\b(?! (?:road|rd|lane|street|st|way|avenue|drive|close)\b)"
)
_REACH = 60
_JUST_BEHIND = 4
_ENDINGS = ("s", "ing", "ed", "er", "tion", "sion", "itis", "ine", "ol")


class Told:
    """Words that tell what follows, asked for every place; found once for each text, whoever asks (`labels.places`)."""

    def __init__(self, words: re.Pattern[str], reach: int, stops: str, view: View) -> None:
        self.words, self.reach, self.stops, self.view = words, reach, stops, view

    def before(self, start: int) -> bool:
        """Whether such a word ends at most `reach` before, and none of `stops` stands between."""
        ends = places(self.words, self.view).ends
        at = bisect_right(ends, start)
        if not at or start - ends[at - 1] > self.reach:
            return False
        between = self.view.text[ends[at - 1] : start]
        return not any(stop in between for stop in self.stops)

    def behind(self, end: int) -> bool:
        """Whether such a word begins just behind."""
        starts = places(self.words, self.view).starts
        at = bisect_left(starts, end)
        return at < len(starts) and starts[at] - end < _JUST_BEHIND


def lives(view: View) -> Told:
    """Words before a home: "lives", "address", "keysafe"."""
    return Told(_LIVES, 36, "\n", view)


def on_record(view: View) -> Told:
    """Words that stand near a home in somebody's details: "88M", "Mrs", "born"."""
    return Told(_RECORD, 140, "", view)


def not_a_home(text: str, start: int, end: int) -> bool:
    """Whether the sentence has the house for a place of work, a meeting or a party."""
    before = re.split(r"[.,;\n]", text[max(0, start - _REACH) : start])[-1]
    after = re.split(r"[.;\n]", text[end : end + 24])[0]
    return bool(_NO_HOME.search(before) or _NO_HOME.search(after))


def is_service(text: str, start: int, end: int) -> bool:
    """Whether a service is told to be there, or a park that nobody lives in: "Unit 5 Kingsway Business Park"."""
    before = text[max(0, start - 60) : start]
    moved = _MAY_HAVE_MOVED.search(before) and _SERVICE_MOVED.search(before)
    return bool(_WORK_PARK.search(text, start, end) or moved)


def start_of_house(text: str, start: int) -> int:
    """Where a numbered address begins that the name of the house stands before: "Tigh Beag, 14 Corrie Brae"."""
    m = _HOUSE_BEFORE.search(text, max(0, start - _REACH), start)
    if m is None:
        return start
    words = [fold(w) for w in m["a"].split()]
    if len(words) > 1:
        return start if words[0] in USUAL_FIRST_NAMES and words[-1] in USUAL_NAMES else m.start("a")
    return m.start("a") if is_unusual(words[0]) else start


def end_of_town(text: str, end: int) -> int:
    """The end of an address with a known town that stands behind it without a comma."""
    m = _KNOWN_TOWN.match(text, end)
    return m.end() if m and fold(m[1]) in PLACES and fold(m[1]) not in ORDINARY | CLINICAL else end


def is_unusual(word: str) -> bool:
    """Whether a word is neither an ordinary nor a clinical one nor anybody's name, or else a place."""
    low = fold(word)
    if low in PLACES:
        return low not in CLINICAL
    return low not in USUAL_NAMES and not is_ordinary(low)


def is_a_thing(word: str) -> bool:
    """Whether a word is an ordinary or clinical one and no place: "4 High Dependency"."""
    low = fold(word)
    if low in PLACES:
        return low in CLINICAL
    return low in CLINICAL or low in ORDINARY or (is_ordinary(low) and low.endswith(_ENDINGS))
