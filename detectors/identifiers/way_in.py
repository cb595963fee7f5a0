"""How to get into a home: the codes of key safes, gates, doors and alarms."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.digits import numbers
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "way_in"
SAFE: Final = (
    r"key[ \-]?(?:saf(?:es?)?|sfe|sae|sfae|asfe|saef|safw|seafe|box)|ke?y?safe|kesyafe|lock[ \-]?box"
)
"""With the slips of a hurried hand."""
_KEY_SAFE = re.compile(rf"(?i)\b(?:{SAFE}|k/s|ks)\b[^0-9\n]{{0,44}}$")
_SAFE_NAMED = re.compile(rf"(?i)\b(?:{SAFE}|k/s)\b")
_CODE_OF = re.compile(
    r"(?i)\b(?:(?:house|burglar|his|her|their|home|the) alarm|(?:front|back|side|main|communal|outer) door|key ?pad|door|entry|entryphone|gate|house|flat|block|close|access|buzzer|intercom|code)\b(?:'s)?"
    r"(?:[^A-Za-z0-9\n]{1,3}(?:code|entry|is|no|number|now|press|enter|type|at|the|to|get|in|for|still|combo|his|her|their|block|house|flat|building|door|changed|on|side|front|back|outer|main)\b){0,6}[^A-Za-z0-9\n]{1,4}$"
)
_ALARM = re.compile(r"(?i)\b(?:house|burglar|his|her|their|home|the) alarm\b[^0-9\n]{0,14}$")
_NOT_AN_ALARM = re.compile(
    r"(?i)\b(?:fire|bed|chair|falls?|pumps?|ventilator|monitor|crash|cardiac|drug|panic|theatre|ward|unit|bleep)\b"
)
_TRIED = re.compile(r"(?i)\btried\W{1,3}$")
"""What was tried and did not open is nobody's code."""
_STAFF_DOOR: Final = re.compile(
    r"(?i)\b(?:scrubs|machine|linen|store|cupboard|drug|fridge|staff|changing|mess|office|ward|theatre|locker|box|trolley|printer|photocopier|copier|wifi|wi-fi|computer|rota|sluice|kit|room|tablet|ipad|laptop|telly|tv|app|bike|barrier|compound|depot|loading|hospital|site|clinic|surgery|health centre|our(?: own)?|locum|treatment|utility|car park|discount|error|dress|icd|opcs|snomed|read|cpt|procedure|colou?r|cardiac arrest|zoom|teams|meeting|job)\b"
)
_HOME: Final = re.compile(
    rf"(?i){SAFE}|\b(?:side|back|communal|outer) door\b|\b(?:gate|front door) code\b|\b(?:k/?s|dogs?|yard|garden|patient'?s|pt'?s|carers?|mr|mrs|miss|alarm|his|her|their|house|flat|block|lives|home|front door|latch|hers|theirs|doorstep|upstairs|stairwell|landing|neighbours?|trades(?:man)? button|buzzer|intercom|entryphone|catheter|visit|cottage|road|rd|street|cres|avenue|ave|lane|drive|close|court|terrace|place)\b"
)
_NOT_A_CODE = re.compile(
    r"(?i)\W{0,2}(?:times|hrs?|h\b|am\b|pm\b|mg|ml|mcg|units?|%|/|:[0-9]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
)
_CODE = re.compile(
    r"(?<![A-Za-z0-9/.\-])(?:[*#]?[A-Za-z]?[0-9]{3,6}[A-Za-z]?[*#]?|(?=[0-9]{1,4}[*#])[0-9]{1,4}[*#][0-9]{1,4}[*#]?)(?![A-Za-z0-9]|[./:\-][0-9])"
)
_ON_THE_PAD = re.compile(
    r"(?i)(?: is| goes)? (?:on|into|in|at) (?:the |his |her |their )?(?:(?:front|back|side|main|door|gate|entry) )?(?:key ?pad|pad|panel|key ?safe|buzzer|intercom|entryphone|front door)\b"
)
"""What the code opens, said behind it."""
_TOLD = re.compile(
    r"(?i)\b(?:door|entry|gate|block|access|flat|house|intercom|communal|close|stair|safe)(?: door)? code\b[^0-9\n.]{0,60}\b(?:its|it's|is|now|to|be)\W{1,3}$"
)
"""Further off than `_CODE_OF`: "entry code for her stair was changed again, its now"."""
_TELLS: Final = ("its", "it's", "is", "now", "to", "be")
_OF_A_BLOCK = re.compile(r"(?<![A-Za-z0-9/.\-])[A-Z][0-9]{2,4}[A-Z](?![A-Za-z0-9]|[./:\-][0-9])")
_CODE_ALONE = re.compile(
    r"(?i)\W{0,3}(?:(?:its|it's|the|try|new|door|think) ){0,2}code(?:'s| is)?\W{1,3}(?:try |now )?$"
)
_LOCKED_OUT = re.compile(
    rf"(?i)\bkeys?\b[^\n?]{{0,40}}\bsafe\b|{SAFE}|\b(?:can'?t|cannot|couldn'?t|trying to|how do i|how do we) get in\b|\b(?:front|back|side) door\b"
)
"""What the thread is about where a message brings but "code 1750"."""
_LETTERED = re.compile(
    r"(?<![A-Za-z0-9/.\-])[*#]?(?:[A-Z][0-9]{4}[A-Z]|[A-Z](?P<by>[ \-])(?:[0-9]{4}|[0-9](?: [0-9]){3})(?P=by)[A-Z]"
    r"|(?=(?:[A-Z]?[0-9]){3,5}[A-Z]?(?![A-Za-z0-9]))[A-Z]?[0-9]{1,3}[A-Z][0-9]{1,3}[A-Z]?)[*#]?(?![A-Za-z0-9]|[./:\-][0-9])"
)
"""As the makers of key safes set them: C2087Y, C 2087 Y, 20C87."""
_COMES = re.compile(
    r"(?i)\b(?:visits?|fit(?:ted|ting)|slot|calls?|coming|due|appt|appointment|today|tomorrow|tmrw|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\W{1,3}$"
)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][05]")
"""Behind "fitted Tuesday" these are when somebody comes."""
_LOOK_BACK = 3
_OPENING = 24
_HOUR = re.compile(r"(?:[01]?[0-9]|2[0-3])[.:][0-5][05]")


def find(view: View, context: Context) -> Iterator[Finding]:
    yield from _codes(view)
    yield from _block_codes(view)
    yield from _of_the_thread(view, context)
    for number in numbers(view, 4):  # "forty forty", "4 0 9 3"
        before = view.text[max(0, number.start - 60) : number.start]
        if (
            len(number.shape) > 1
            and _KEY_SAFE.search(before)
            and not _HOUR.fullmatch(view.text, number.start, number.end)
        ):
            yield _finding(view, number.start, number.end, 0.8)


def _codes(view: View) -> Iterator[Finding]:
    for m in _LETTERED.finditer(view.text) if _SAFE_NAMED.search(view.text) else ():
        if _SAFE_NAMED.search(view.text, max(0, m.start() - 120), m.start()):
            yield _finding(view, m.start(), m.end(), 0.8)
    for m in _CODE.finditer(view.text):
        before = view.line_before(m.start(), 60)
        if _NOT_A_CODE.match(view.text, m.end()) or _TRIED.search(before):
            continue
        if _TIME.fullmatch(m.group()) and _COMES.search(before):
            continue
        if _KEY_SAFE.search(before) and len(m.group()) > 3:
            yield _finding(view, m.start(), m.end(), 0.85)
        elif len(m.group()) > 3 and (
            _CODE_OF.search(before) or _is_told(before) or _ON_THE_PAD.match(view.text, m.end())
        ):
            after = view.text[m.start() : m.end() + 32]
            near = before + re.split(r"[,;\n]", after)[0]
            alarm = _ALARM.search(before) and not _NOT_AN_ALARM.search(before)
            if alarm or (
                "alarm" not in before.lower()
                and _HOME.search(before + after)
                and not _STAFF_DOOR.search(near)
            ):
                yield _finding(view, m.start(), m.end(), 0.85)


def _is_told(before: str) -> bool:
    return before[-6:].rstrip(" :=-").lower().endswith(_TELLS) and _TOLD.search(before) is not None


def _block_codes(view: View) -> Iterator[Finding]:
    """Of two digits or more between letters, as one presses at a block of flats."""
    for m in _OF_A_BLOCK.finditer(view.text):
        before = view.line_before(m.start(), 60)
        if (_CODE_OF.search(before) or _is_told(before)) and _HOME.search(before):
            if not _STAFF_DOOR.search(before):
                yield _finding(view, m.start(), m.end(), 0.7)


def _of_the_thread(view: View, context: Context) -> Iterator[Finding]:
    """The code that opens a message where somebody stood at a home's door."""
    if not any(_LOCKED_OUT.search(e.text) and _of_a_home(e.text) for e in context.earlier[-_LOOK_BACK:]):
        return
    for m in _CODE.finditer(view.text):
        if m.start() > _OPENING:
            return
        if len(m.group()) > 3 and _CODE_ALONE.fullmatch(view.text, 0, m.start()):
            if not (_NOT_A_CODE.match(view.text, m.end()) or _STAFF_DOOR.search(view.text)):
                yield _finding(view, m.start(), m.end(), 0.7)


def _of_a_home(text: str) -> bool:
    return _HOME.search(text) is not None and _STAFF_DOOR.search(text) is None


def _finding(view: View, start: int, end: int, confidence: float) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(start, end), confidence, NAME, ("key-safe",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "keysafe 4410 at the side",
        "her code is C2468 for the front door",
        "the alarm is 1690, he says",
        "keysafe code is forty forty",
        "his key safe was on the form, do the carers need it? C2087Y",
        "key safe *4471#",
        "keysfe 4471",
        "press the buzzer then 4471E on the keypad",
    ),
    spares=(
        "scrubs machine code 7712#",
        "code 1966 obviously",
        "key safe being fitted Tuesday 10.30",
        "fire alarm test 1000",
    ),
    triggers=(
        r"\bkey[ \-]?(?:s[a-z]{0,3}e?s?|asfe|box|pad)\b|\bke?y?safe|kesyafe|lock[ \-]?box|\bk/?s\b|\bcode\b|\balarm\b|\b(?:door|entry|gate|buzzer|intercom|entryphone)\b",
    ),
)
