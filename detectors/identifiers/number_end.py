"""The end of a number: "ends 5198", "last four 1861", "…973", "all I can read is ...9187"."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "number_end"
_SAID = re.compile(
    r"(?i)(?:\b(?:ends?|ending|finish(?:es|ing))\W{1,3}(?:in\W{1,3}|with\W{1,3})?"
    r"|(?:\.\.\.?|\u2026) |\bends? -)(?P<id>[0-9]{3,4})(?![0-9A-Za-z:/%]|[.,][0-9])"
)
_OR_OTHER = re.compile(r"(?i),? (?:and|or|&|not) (?P<id>[0-9]{4})(?![0-9A-Za-z:/%]|[.,][0-9])")
_LAST = re.compile(
    r"(?i)\b(?:last|final) (?:(?P<three>three|3)|four|4|few(?= (?:digits|numbers|figures)))\b(?: (?:digits?|numbers?|figures))?"
    r"(?P<between>[^0-9A-Za-z\n]{0,6}(?:\b(?:is|are|was|were|be|of|on|for|from|i|we|she|he|they|being|reads?|says?|do|don'?t|please|pls)\b[^0-9\n]{0,80}?)?)"
    r"(?<![A-Za-z0-9.])(?P<id>[0-9]{3,4})(?![0-9A-Za-z:/%]|[.,][0-9])"
)
_THEIR_NUMBER = re.compile(
    r"(?i)^\W*(?:of|for|on) (?:his|her|their|(?:\w+ )?[\w\-]+'s)\W{1,2}(?:nhs|chi|h ?& ?c|hcn|mrn|hosp|hospital|number|no)\b"
)
_CUT = re.compile(
    r"(?<![0-9A-Za-z.])(?P<id>(?:\.{3,4}|\u2026|\*{2,6}|[xX]{3,6})-?[0-9]{3,4})(?![0-9A-Za-z:/%]|[.,][0-9])(?! ?(?:mls?|mg|mcg|g|kg|units?|hrs|h|am|pm|l|bpm|mmhg)\b)"
)
_NUMBER = re.compile(
    r"(?i)\b(?:nhs|chi|h ?[&+] ?c|hcn|mrn|number|num|no|digits|hosp|hospital|id|it|sticker|label|band|wristband|bottle|form|card|whose)\b"
)
_THEIR_PHONE = re.compile(
    r"(?i)\b(?:his|her|their|(?:pt|patient|mum|mam|dad|wife|husband|son|daughter|sister|brother|gran|nan|carer|nok)'?s|pt|patient|nok)\b"
    r"(?: (?:own|old|new|home|work|contact))?(?: (?:mobile|mob|phone|tel|landline|cell|contact))?(?: (?:number|no|num|phone|mobile))?\W{0,2}(?: (?:that|which|only|just))?\W{0,2}$"
)
"""Three digits may end a telephone's as well: "his phone number ends 733"."""
_NATIONAL_WORD = re.compile(r"(?i)\b(?:nhs|chi|h ?[&+] ?c|hcn|mrn|hosp|hospital|sticker|wristband|form)\b")
_A_PHONE = re.compile(r"(?i)\b(?:mobile|mob|phone|tel|landline|cell|number|no|num)\b")
_WHEN = re.compile(r"(?i)\b(?:at|by|since|from|till|until|before|after)\W{1,2}$")
_SOMEBODY = re.compile(
    r"(?i)\b(?:pts?|patients?|lady|gent|gentleman|baby|chap|bloke|(?:wo)?man|lad|lass)(?: (?:is|who|whose|that))?\W{0,2}$"
)
_THE_ONE = re.compile(r"(?i)\b(?:one|that|his|hers|him|her)(?:'s| is)?\W{0,2}$")
_WHICH = re.compile(
    r"(?i)\bwh(?:ich|at|o|ose)\b[^\n?]{0,30}\b(?:pts?|patients?|one is (?:he|she)|lady|gent|gentleman|baby|man|woman|number|nhs|chi|notes)\b"
)
"""Else "the one ending 1815" is a shift."""
_TIME = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][05]")
_UNIT = re.compile(r"(?i) ?(?:mls?|mg|mcg|g|kg|units?|hrs|h|am|pm|days?|weeks?|beds?|patients?|pts)\b")
_OURS = re.compile(
    r"(?i)\b(?:smart ?card|lanyard|bleep|ext|extension|serial|order|consignment|parcel|asset|tag|bar ?code|device|invoice|po|visa|lot|batch|shift|list|clinic|session|meeting|budget|my|plt|platelets)\b"
)
_LABELLED = re.compile(
    r"(?i)\b(?:specimen|sample|pot|bottle|tube|swab|blood|bloods|form|wristband|request|histology)s?\b[^\n.]{0,24}"
    r"\b(?:label(?:l?ed)?|marked|says|reads)\b[^\n0-9]{0,10}(?P<id>[0-9]{4})(?![0-9.:/%]| ?(?:hrs|h)\b)"
)
_NATIONAL = frozenset({Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER, Kind.MRN})
_FOUR = re.compile(
    r"(?<![A-Za-z0-9.,:/\-])[0-9]{4}(?![A-Za-z0-9:/%]|[.,][0-9]|-[0-9])(?! ?(?:mg|ml|mcg|units?|hrs|h)\b)"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _SAID.finditer(view.text):
        if _is_an_end(view, m, context):
            yield _finding(view, m, 0.85 if len(m["id"]) == 4 else 0.6)
            other = _OR_OTHER.match(view.text, m.end())
            if other and len(m["id"]) == 4:
                yield _finding(view, other, 0.8)
    for m in _LAST.finditer(view.text):
        if _is_the_last(view, m):
            yield _finding(view, m, 0.85 if len(m["id"]) == 4 else 0.6)
    for m in _CUT.finditer(view.text):
        if not _OURS.search(view.text, max(0, m.start() - 40), m.start()):
            yield _finding(view, m, 0.8 if len(m["id"].lstrip(".*\u2026xX-")) == 4 else 0.6)
    for m in _LABELLED.finditer(view.text):
        if not _YEAR.fullmatch(m["id"]):
            yield _finding(view, m, 0.6)
    yield from _of_the_thread(view, context)


def _is_an_end(view: View, m: re.Match[str], context: Context) -> bool:
    before = view.text[max(0, m.start() - 40) : m.start()]
    if _OURS.search(before) or _UNIT.match(view.text, m.end()):
        return False
    spoken_of = _NUMBER.search(before) or _NUMBER.search(
        view.text, m.start(), min(len(view.text), m.end() + 24)
    )
    if len(m["id"]) == 3:
        return bool(_NATIONAL_WORD.search(before) or _ends_their_phone(before))
    if spoken_of or not _TIME.fullmatch(m["id"]):
        return True
    return bool(_SOMEBODY.search(before)) or (bool(_THE_ONE.search(before)) and _asked_who(context))


def _ends_their_phone(before: str) -> bool:
    """Three digits behind "his mobile", but not behind "his shift"."""
    said = _THEIR_PHONE.search(before)
    return said is not None and _A_PHONE.search(said.group()) is not None


def _asked_who(context: Context) -> bool:
    return any(_WHICH.search(e.text) for e in context.earlier[-2:])


def _is_the_last(view: View, m: re.Match[str]) -> bool:
    """ "last four of her NHS number, is it 0183?", but neither of an order's number nor a time."""
    if _UNIT.match(view.text, m.end()) or len(m["id"]) != (3 if m["three"] else 4):
        return False
    if _WHEN.search(m["between"]) and _TIME.fullmatch(m["id"]):
        return False
    before = view.text[max(0, m.start() - 40) : m.start()]
    return bool(_THEIR_NUMBER.match(m["between"])) or not _OURS.search(before + m["between"])


def _of_the_thread(view: View, context: Context) -> Iterator[Finding]:
    """Four digits that end a number named earlier in the thread: "9155 is the juggler"."""
    ends = {
        re.sub(r"\D", "", e.text[f.span.start : f.span.end])[-4:]
        for e in context.earlier
        for f in e.findings
        if f.kind in _NATIONAL and f.message is None and f.confidence >= 0.6
    }
    for m in _FOUR.finditer(view.text) if ends else ():
        if m.group() in ends and not (m.group().startswith("20") and m.group() < "2035"):
            yield Finding(Kind.OTHER_ID, view.span(m.start(), m.end()), 0.65, NAME, ("last-four",))


def _finding(view: View, m: re.Match[str], confidence: float) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(m.start("id"), m.end("id")), confidence, NAME, ("last-four",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "CHI ends 5198",
        "re the pot: ...412 is on the list",
        "the form only shows \u2026973 at the end",
        'pot in the fridge labelled "4471 left knee"',
        "NHS number ends 882 is all there is",
    ),
    spares=(
        "lanyard, has my smartcard in it, ends 0431",
        "plt 198 > 210",
        "list starts 08:30, ends 1730",
        "last four weeks",
        "give ...200 ml",
        "form says 2021",
    ),
    triggers=(
        r"\bend(?:s|ing)?\b|\b(?:last|final) (?:four|4|three|3)\b|finish|\.\.|\x{2026}|\*\*[0-9\-]|xxx",
        r"\b(?:label|marked|says|reads)",
        r"\b[0-9]{4}\b",
    ),
)
