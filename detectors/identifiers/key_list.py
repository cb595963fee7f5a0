"""Lists of the codes of key safes: a heading, and behind it a name before each code."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from detectors.identifiers.way_in import SAFE
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "key_list"
_HEADING = re.compile(
    rf"(?i)(?:\b(?:{SAFE})s?\b|\bk/s\b)[^\n0-9:]{{0,60}}(?=:|\n| -)|\b(?:door|gate|entry|access|house|home|patient|pt)s?'? codes\b[^\n0-9:]{{0,40}}(?=:|\n| -)"
)
_ITEM = re.compile(
    r"(?i)\W{0,4}(?P<who>(?P<title>(?:mr|mrs|miss|ms|mx)\b|(?:flat|house|no)\.? ?[0-9]{1,3}[a-z]?(?![0-9]))\.? ?(?:[a-z][a-z.'\u2019 ]{0,30}?)?|(?:[0-9]{1,3}[a-z]? )?[a-z][a-z.'\u2019 ]{0,30}?)(?:'s)?(?: code| keysafe| is)?[ \t]{0,2}[:=\-\u2013\u2014(,]{0,2}[ \t]{0,2}"
    r"(?P<id>[*#]?(?:[a-z]?[0-9]{4,6}[a-z]?|[0-9]{2}[a-z][0-9]{2})[*#]?)(?![A-Za-z0-9:/%]|[.\-][0-9]| ?(?:hrs|h|am|pm|ml|mg)\b)"
)
_APART = re.compile(r"[\n,;|]")
_NO_NAME: Final = re2.compile(
    r"(?i)\b(?:at|by|from|till|until|after|before|on|in|to|ring|call|phone|tel|mob|ext|bleep|dect|fax|bed|room|ward|bay|order|ref|po|job|ticket|visit|visits|due|fitted|fitting|"
    r"today|tomorrow|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|order|batch|lot|asset|serial|start|starts|since|year|insulin|dose|bm|bp|hr)\b"
)
_STAFF: Final = re2.compile(
    r"(?i)\b(?:drugs?|staff|ward|office|sluice|linen|store|cupboard|locker|changing|theatre|clinic|treatment|mess|kit|our|trust|meds?|cd|printer|wifi)\b"
)
_LONGEST = 700
_MOST = 30


def find(view: View, context: Context) -> Iterator[Finding]:
    read = 0
    for heading in _HEADING.finditer(view.text):
        if heading.start() < read:
            continue  # within the list of another
        read = heading.end() + _LONGEST
        if not _STAFF.search(view.line_before(heading.end(), 80)):
            yield from _items(view, heading)


def _items(view: View, heading: re.Match[str]) -> Iterator[Finding]:
    """Up to a blank line; behind a heading that is not a key safe's, with a title before each name."""
    tail = view.text[heading.end() : heading.end() + _LONGEST]
    tail = tail.lstrip(":- ").lstrip("\n").partition("\n\n")[0]
    at = view.text.find(tail, heading.end()) if tail else len(view.text)
    safes = re.match(rf"(?i){SAFE}|k/s", heading.group()) is not None
    for part in _APART.split(tail)[:_MOST]:
        m = _ITEM.match(view.text, at, at + len(part) + 1)
        if m and (safes or m["title"]) and not (_NO_NAME.search(m["who"]) or _STAFF.search(m["who"])):
            span = view.span(m.start("id"), m.end("id"))
            yield Finding(Kind.OTHER_ID, span, 0.75, NAME, ("key-safe",))
        at += len(part) + 1


RULE = Rule(
    NAME,
    find,
    catches=(
        "keysafe codes tonight:\nMrs T 4471\nCoyle - 2089",
        "key safes: Teal 4471, Otter none, Finch 2089",
    ),
    spares=(
        "keysafe fitting:\nTeal at 1030\nOtter Tuesday 1115",
        "drug safe codes:\nBay A 4471",
        "door codes:\nsluice 4471\nlinen 2089",
        "keysafes ordered:\norder 44718\nPO 55120",
    ),
    triggers=(
        r"(?:\bkey[ \-]?(?:s[a-z]{0,3}e?s?|asfe|box)|\bke?y?safe|kesyafe|lock[ \-]?box|\bk/s\b|\bcodes\b)[^0-9]{0,90}[0-9]",
    ),
)
