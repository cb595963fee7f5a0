"""Other identifiers: referral and insurer references, car registrations, key-safe codes, "last four"."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind
from detectors.names.words import ORDINARY
from detectors.normalise import View
from detectors.rule import Rule

NAME = "other_id"
_LINK = r"[ \t]{0,2}(?:(?:auth|authorisation|pre-?auth|no|num|number|ref|reference|id|code|is|was|=)\b\.?[ \t]{0,2}){0,4}[:#=\-]{0,2}[ \t]{0,2}"
_CODE = r"(?=[A-Za-z/\-]{0,6}[0-9])[A-Za-z0-9]{2,14}(?:[/\-][A-Za-z0-9]{1,10}){0,3}"
_UBRN = re.compile(
    r"(?i)\b(?:ubrn|e-?rs|booking reference)\b[^0-9\n]{0,16}(?P<id>[0-9]{4}[ \-]?[0-9]{4}[ \-]?[0-9]{4})(?![0-9])"
)
_REFERENCE = re.compile(
    rf"(?i)\b(?:asc|council|insurer|insurance|claims?|policy|social care|social services|adult social care|housing|safeguarding|mash|court|"
    rf"police|crime|dwp|pip|esa|dla|blue badge|bluebadge|bupa|axa|aviva|vitality|tenancy|liquidlogic|mosaic|eclipse|swift|passport|driving licence|licence|"
    rf"membership|cas|cad|incident cad|donor|transplant|unos|odt|ltc|chc|respect|lpa|opg|deputyship|prison|noms|nomis|(?:study|trial|subject|participant|randomi[sz]ation|clinic|property(?: bag)?)(?= (?:no|num|number|id)\b))\b(?:'s)?{_LINK}(?P<id>{_CODE})(?![A-Za-z0-9])"
    rf"|\b(?P<acp>acp\b{_LINK}{_CODE})(?![A-Za-z0-9])"
)
_ANY_REFERENCE = re.compile(
    r"\b[Rr]ef(?:erence)?\b(?: no\.?| number)?[: ]{1,2}(?P<id>[A-Z]{2,6}[\-/]?[0-9]{4,8})(?![A-Za-z0-9]|[\-/][0-9])"
)
_OF_THINGS = re.compile(
    r"(?i)\b(?:orders?|ordered|datix|incident|lfpse|help-?desk|ticket|job|estates|facilities|invoice|delivery|del|supplier|stock|rota|booking|guideline|policy|sop|recalls?|recalled|safety alert|mda|mhra|batch|lot)\b[^\n]{0,40}$"
)
_KEY_UNDER = re.compile(
    r"(?i)\bkeys? (?:is |are |left |kept |hidden )?(?:under|underneath|beneath|behind|inside) (?:the|a) (?P<id>[a-z]+(?: [a-z]+)?)"
)
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-HJ-PR-Y]{2}[0-9]{2}[ \-]?[A-HJ-Z]{3}|[a-hj-pr-y]{2}[0-9]{2} [a-hj-pr-z]{3})(?![A-Za-z0-9])"
)
_OLD_PLATE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{1,2}Z ?[0-9]{3,4}|[A-Z][0-9]{1,3} ?[A-Z]{3}|[A-Z]{3} ?[0-9]{1,3}[A-Z])(?![A-Za-z0-9])"
)
"""Of Northern Ireland, and those before 2001."""
_WORD = re.compile(r"[a-z]{2,}")
_CAR = re.compile(
    r"(?i)\b(?:car|reg|reg\.|registration|plate|vehicle|van|motability|parked|drives|taxi|blue badge|ford|fiesta|corsa|polo|golf|astra|focus|vrm)\b"
)
_KEY_SAFE = re.compile(
    r"(?i)\b(?:key ?(?:safe|box)|keysafe|door|entry|gate|house|flat|access|buzzer|intercom)?(?:'s)?\W{0,2}\b(?:key ?(?:safe|box)|keysafe|code|ks)\b"
    r"(?:[^A-Za-z0-9\n]{1,3}(?:is|code|no|number|now|at|the|to|get|in|changed|for|still|combo)\b){0,4}[^A-Za-z0-9\n]{1,4}(?P<id>[A-Za-z]?[0-9]{4,6}[A-Za-z#]?|[0-9]{3}#)(?![A-Za-z0-9])"
)
_STAFF_DOOR = re.compile(
    r"(?i)\b(?:scrubs|machine|linen|store|cupboard|drug|fridge|staff|changing|mess|office|ward|theatre|locker|box|trolley|printer|photocopier|wifi|wi-fi|computer|rota|sluice|kit|room|bike|gate|barrier|car park|discount|error|dress|icd|opcs|snomed|read|cpt|procedure|colou?r|cardiac arrest)\b"
)
_HOME = re.compile(
    r"(?i)key ?safe|keysafe|key ?box|\bks\b|\b(?:his|her|their|house|flat|lives|home|front door|buzzer|intercom|catheter|visit|cottage|road|rd|street|cres|avenue|ave|lane|drive|close|court|terrace|place|flat)\b"
)
_LAST = re.compile(
    r"(?i)(?:\b(?:ends?|ending|finish(?:es|ing))\W{1,3}(?:in\W{1,3}|with\W{1,3})?|\blast (?:four|4|three|3)\W{0,3}(?:digits?\W{0,3})?(?:is|are|of \w+|being)?(?:\W{0,3}| [a-z &]{2,30}[,:=]? )|\.\.\.? ?|\u2026 ?)(?P<id>[0-9]{4})(?![0-9.:/%])"
    r"|(?<!\S)(?P<three>(?:\.\.\.|\u2026)[0-9]{3})(?= (?:is|was|on|in|for|has|needs)\b)"
)
_LABELLED = re.compile(
    r"(?i)\b(?:specimen|sample|pot|bottle|tube|swab|blood|bloods|form|wristband|request|histology)s?\b[^\n.]{0,24}"
    r"\b(?:label(?:l?ed)?|marked|says|reads)\b[^\n0-9]{0,10}(?P<id>[0-9]{4})(?![0-9.:/%]| ?(?:hrs|h)\b)"
)
_NUMBERS = frozenset({Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER, Kind.MRN})
_FOUR = re.compile(
    r"(?<![A-Za-z0-9.,:/\-])[0-9]{4}(?![A-Za-z0-9:/%]|[.,][0-9]|-[0-9])(?! ?(?:mg|ml|mcg|units?|hrs|h)\b)"
)
_CARD = re.compile(
    r"(?i)\b(?:smart ?card|card|lanyard|bleep|ext|extension|phone|serial|order|visa|account|lot)\b"
)
_LICENCE = re.compile(
    r"(?i)(?<![a-z0-9])[a-z]{1,5}9{0,4}(?<=[a-z9]{5})[0-9](?:[05][0-9]|[16][0-2])(?:[0-2][0-9]|3[01])[0-9][a-z9]{2}[0-9a-z][a-z]{2}(?![a-z0-9])"
)


_PLACE_OF_A_CHILD = re.compile(
    r"(?<![A-Za-z])(?P<id>(?:[A-Z][A-Za-z'\-]+ ){1,3}(?:Nursery|Playgroup|Pre-?school|Primary(?: School)?|High School|Academy))\b"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    text = view.text
    for m in _UBRN.finditer(text):
        yield _finding(view, m.start("id"), m.end("id"), 0.96, "ubrn")
    yield from _references(view)
    for m in _LICENCE.finditer(text):
        yield _finding(view, m.start(), m.end(), 0.9, "licence")
    for m in _PLACE_OF_A_CHILD.finditer(text):
        yield _finding(view, m.start("id"), m.end("id"), 0.6, "school")
    yield from _plates(view)
    yield from _fragments(view, context)
    yield from _keys(view)
    for m in _LABELLED.finditer(text):
        yield _finding(view, m.start("id"), m.end("id"), 0.6, "last-four")
    for m in _LAST.finditer(text):
        if not _CARD.search(text, max(0, m.start() - 40), m.start()):
            group = m.lastgroup or "id"
            yield _finding(view, m.start(group), m.end(group), 0.85 if group == "id" else 0.6, "last-four")


def _references(view: View) -> Iterator[Finding]:
    for m in _REFERENCE.finditer(view.text):
        group = m.lastgroup or "id"
        yield _finding(view, m.start(group), m.end(group), 0.88, "reference")
    for m in _ANY_REFERENCE.finditer(view.text):
        if not _OF_THINGS.search(view.text, max(0, m.start() - 60), m.start()):
            yield _finding(view, m.start("id"), m.end("id"), 0.6, "reference")


def _keys(view: View) -> Iterator[Finding]:
    """How to get into a home."""
    for m in _KEY_SAFE.finditer(view.text):
        around = view.text[max(0, m.start() - 60) : m.end() + 20]
        if _HOME.search(around) and not (_STAFF_DOOR.search(around) and "safe" not in around.lower()):
            yield _finding(view, m.start("id"), m.end("id"), 0.85, "key-safe")
    for m in _KEY_UNDER.finditer(view.text):
        if not _STAFF_DOOR.search(view.text, max(0, m.start() - 40), m.start()):
            yield _finding(view, m.start("id") - 4, m.end("id"), 0.6, "key-safe")


def _fragments(view: View, context: Context) -> Iterator[Finding]:
    """Four digits that end a number named earlier in the thread: "9155 is the juggler"."""
    ends = {
        re.sub(r"\D", "", e.text[f.span.start : f.span.end])[-4:]
        for e in context.earlier
        for f in e.findings
        if f.kind in _NUMBERS and f.message is None and f.confidence >= 0.6
    }
    for m in _FOUR.finditer(view.text) if ends else ():
        if m.group() in ends and not (m.group().startswith("20") and m.group() < "2035"):
            yield _finding(view, m.start(), m.end(), 0.65, "last-four")


def _plates(view: View) -> Iterator[Finding]:
    """A message that is nothing but a plate answers somebody, here or elsewhere."""
    car = bool(_CAR.search(view.text))
    alone = view.text.strip()
    for m in _PLATE.finditer(view.text):
        sure = 0.75 if m.group().isupper() else (0.6 if m.group() == alone else 0.3)
        yield _finding(view, m.start(), m.end(), 0.93 if car else sure, "plate")
    for m in _OLD_PLATE.finditer(view.text):
        if car or (m.group() == alone and not ORDINARY.intersection(_WORD.findall(alone.lower()))):
            yield _finding(view, m.start(), m.end(), 0.6, "plate")


def _finding(view: View, start: int, end: int, confidence: float, why: str) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(start, end), confidence, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "UBRN 0000 4521 7763",
        "ACP ref 60-11452 in the blue folder",
        "his car is AB12 CDE",
        "keysafe 4410 at the side",
        "her code is C2468 for the front door",
        "CHI ends 5198",
        "claim no. 88/1234567",
        "housing exec on it, ref NIHE/88213",
        "prison no is A7719FK",
        "her subject number LRK-0417",
        "Access via rear door, key under the gnome.",
        "re the pot: ...412 is on the list",
        'pot in the fridge labelled "4471 left knee"',
        "K1 ABC",
        "DEF456G",
    ),
    spares=(
        "safety alert for the pumps, ref MDA/2019/0412",
        "scrubs machine code 7712#",
        "lanyard, has my smartcard in it, ends 0431",
        "plt 198 > 210",
        "policy on page 12",
        "code 1966 obviously",
        "Ordered, ref AB-609436 on the email",
        "Datix done, ref W-11820",
        "clinic 3 on Thursday",
        "B12 DUE",
    ),
    triggers=(
        r"\bubrn\b|\be-?rs\b|booking ref",
        r"\bref(?:erence)?\b|\bkeys? [a-z]{0,6} ?(?:under|beneath|behind|inside)",
        r"\b(?:prison|nom|study|trial|subject|participant|randomi|clinic|property)[a-z]*\b",
        r"\b(?:acp|asc|council|insur|claim|policy|social|housing|safeguarding|mash|court|police|crime|dwp|pip|esa|dla|blue ?badge|bupa|axa|aviva|vitality|tenancy|liquidlogic|mosaic|passport|licence|membership|ca[ds]|donor|chc|respect|lpa|opg)[a-z]*\b",
        r"\b[a-z]{2}[0-9]{2}[ \-]?[a-z]{3}\b",
        r"^\s*[a-z]{1,3} ?[0-9]{1,4} ?[a-z]{0,3}\s*$",
        r"\b(?:car|reg|registration|plate|vehicle|parked|drives|motability)\b",
        r"key ?(?:safe|box)|\bks\b|\bcode\b",
        r"\bend(?:s|ing)?\b|\blast (?:four|4|three|3)\b|\.\.|\x{2026}|finish",
        r"[a-z9]{5}[0-9]{6}[a-z9]{2}",
        r"\b[0-9]{4}\b",
        r"nursery|playgroup|pre-?school|primary|high school|academy",
    ),
)
