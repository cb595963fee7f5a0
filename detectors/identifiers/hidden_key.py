"""Where the key to a home lies, and the words that let somebody in: a family's password, that of a referral."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "hidden_key"
_WORD = r"(?!(?:at|in|on|and|of|is|if|to|round|by|for|but|so|with|when|or|the|a|an|his|her|their|was|has)\b)[a-z]+"
_THE = r"(?:the|a|an|his|her|their|that)"
_SPOT = (
    r"(?:(?:meter|gas|electric|key|milk|post|letter|bird|window) ?(?:cupboard|box|crate|sill|ledge)|letterbox|coal (?:bunker|shed|hole)|(?:turf |garden |coal )?shed|"
    r"greenhouse|porch|log store|(?:plant|flower) ?pots?|pot|tub|planter|bird ?(?:house|feeder|bath)|(?:wheelie |recycling )?bins?|bin store|wellies|welly|"
    r"outhouse|bunker|byre|barn|lintel|door ?frame|ledge|hanging basket|drain ?pipe|(?:door ?)?mat|gate ?post|bucket|gnome|brick|stone|slab|trellis|hedge|"
    r"water butt|garden bench|bench|step|caravan|conservatory)"
)
_LEADS_ON = (
    rf"(?: (?:by|next to|near|beside|behind|outside|above|over|(?:to the )?(?:left|right) of|at|in|on|of|under) (?:{_THE} )?"
    rf"(?:{_WORD} ){{0,2}}?(?:door|gate|porch|steps?|path|garden|shed|wall|window|bins?|drive|bench|fence|tree|pond|garage|greenhouse|letterbox)\b){{0,2}}"
)
_KEYS = (
    r"\b(?P<keys>keys?)(?:'s)?(?: (?:is|are|left|kept|hidden|lives?|hangs?|hanging|always|usually|still|now|goes|on (?:a|the) (?:string|hook|chain|nail))\b){0,3}"
    r"[ ,:\-]{1,3}"
)
_KEY_LIES = re.compile(
    rf"(?i){_KEYS}(?P<id>(?:under|underneath|beneath|behind|inside|through|above|on top of|in|on|beside|next to|by) (?:{_THE} )?(?:{_WORD} ){{0,3}}?{_SPOT}\b{_LEADS_ON}"
    rf"|(?:under|underneath|beneath|behind|inside) {_THE} {_WORD}(?: {_WORD})?"
    rf"|with {_THE} (?:{_WORD} )?neighbou?rs? (?:at|in|across|opposite) (?:(?:the|number|no|house|flat)\b\.? ?){{0,2}}(?:[0-9]{{1,3}}[a-z]?|(?:{_WORD} ){{1,3}}?(?:door|house|gate|bungalow|road|street|landing|flat))\b)"
)
_STAFF_KEY: Final = re2.compile(
    r"(?i)\b(?:drugs?|bike|staff|locker|office|nurses?|ward|pod|cd|pool|fleet|car|van|desk|station|clinic|sluice|treatment|"
    r"reception|security|store ?room|linen|trolley|kitchen|theatre|our|my|cabinet|hospital|meeting|unit|key (?:points?|workers?))\b"
)
_ASKS_WHERE: Final = re2.compile(
    r"(?i)\bwhere(?:abouts)?\b[^\n?]{0,30}\b(?:spare(?: one)?\W*$|keys?\b)|\b(?:is there|got|have|any) (?:a )?(?:spare|keys?)\b[^\n]{0,30}\?"
    r"|\bkeys?\W{0,2}\?|\bhow (?:do|did|can|will|does) (?:you|we|i|they|the \w+|\w+) get in\b"
)
_OF_A_HOME: Final = re2.compile(
    r"(?i)\b(?:spare|they|he|she|his|her|their|family|carers?|house|flat|bungalow|home|front door|back door|pts?|patient'?s?|mr|mrs|miss|ms|get in|daughter|son|wife|husband|neighbours?)\b"
)
_PUT: Final = r"under|underneath|beneath|behind|inside|in|on top of|on|above|beside|next to|by|through|round the back|taped|hung|hanging|tucked|buried|with"
_IT_LIES = re.compile(
    rf"(?i)\W{{0,3}}(?:(?:yes|yeah|yep|usually|i think|think|it'?s|its|is|they'?re|the spare|spare|keys?|one|there'?s|kept|left|always|should be|try|look|according to \w+)\W{{1,3}}){{0,4}}"
    rf"(?P<id>(?:(?:a |the )?(?:hook|nail|peg|tin|ledge|box|shelf) )?(?:{_PUT}) (?:(?:the|a|an|his|her|their|that|one of the|under|behind|in|inside|to) ){{0,2}}{_WORD}(?: (?!(?:but|so|she|he|they|and (?:she|he|they|it|the door)|ring|call|i)\b)[a-z'’]{{1,14}}){{0,9}})(?=\s*(?:$|[.,;!?(\n]| (?:but|so|she|he|they|and|ring|call|i)\b))"
)
"""An answer to it: "in the bread bin on the step"."""
_NOWHERE: Final = re2.compile(
    r"(?i)\b(?:notes?|handover|systmone|emis|record|form|referral|rio|chart|letter|email|folder|morning|afternoon|evening|minute|bit|hour|touch|progress|question|way|list|phone|call|him|her|them|me|us|hospital|custody|pocket|handbag|property)\b"
)
_LOOK_BACK = 2
_PASSWORD = re.compile(
    r"(?i)\b(?:pass ?word|code ?word|safe ?word)\b (?:[a-z ]{0,24}(?:gran|granny|nan|mum|mam|dad|son|daughter|wife|husband|sister|brother|family|parents?|carers?|relatives|phone calls|him|her)\b[a-z ]{0,12}(?:is|=|:) ?|(?=[a-z]+ if (?:he|she|they)\b))[\"']?(?P<id>[a-z]{3,20})\b"
)
_NOT_THOSE = (
    r"(?!(?:not|known|unknown|missing|needed|required|expired|reset|wrong|incorrect|invalid|below|attached|above|same|changed|locked|lost|blank|with|the|"
    r"their|his|her|from|for|has|was|and|but|please|pls|sent|given|letter|there|here|case|protected|working|out|been|still|also|too|now|again|emailed|dob|"
    r"surname|lower|upper|all|one|two|try|see|what|who|how|when|where|which|ask|use|any|yet|never|missed|correct|right|ok|okay|fine|to be)\b)"
)
_REFERRALS = re.compile(
    rf"(?i)\b(?:pw|p/w|pwd|pass ?word|pass ?phrase)\b(?: is|:| =|=)? ?[\"']?(?P<id>{_NOT_THOSE}[a-z]{{3,12}} {_NOT_THOSE}[a-z]{{3,12}})\b[\"']?(?=\s*(?:$|[.,;)\n]))"
)
"""Two words, as e-RS gives them out with a UBRN."""
_REFERRAL: Final = re2.compile(
    r"(?i)\bubrns?\b|\be-?rs\b|\be-?referral\b|choose (?:and|&) book|\b000[0-9][ \-]?[0-9]{4}[ \-]?[0-9]{4}\b"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _KEY_LIES.finditer(view.text):
        if not _STAFF_KEY.search(view.text[max(0, m.start() - 30) : m.end() + 30]):
            yield _finding(view, m, 0.6)
    yield from _answers(view, context)
    for m in _PASSWORD.finditer(view.text):
        yield _finding(view, m, 0.6)
    for m in _REFERRALS.finditer(view.text):
        if _REFERRAL.search(view.text[max(0, m.start() - 100) : m.start()]):
            yield _finding(view, m, 0.85)


def _answers(view: View, context: Context) -> Iterator[Finding]:
    """Where it lies, told to one who asked for the key of a home."""
    if not any(_asks(e.text) for e in context.earlier[-_LOOK_BACK:]):
        return
    m = _IT_LIES.match(view.text)
    if m and not (_NOWHERE.search(m["id"]) or _STAFF_KEY.search(m["id"])):
        yield _finding(view, m, 0.6)


def _asks(text: str) -> bool:
    return bool(_ASKS_WHERE.search(text) and _OF_A_HOME.search(text)) and not _STAFF_KEY.search(text)


def _finding(view: View, m: re.Match[str], confidence: float) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(m.start("id"), m.end("id")), confidence, NAME, ("key-safe",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "Access via rear door, key under the gnome.",
        "key behind the old water butt at the gate",
        "keys in meter box",
        "password with gran is marmalade",
        "UBRN 0004 8812 2207, password amber otter",
    ),
    spares=(
        "key points under the heading",
        "drug keys in the shed meeting",
        "password for the computer is changed",
        "key's with the neighbour",
        "UBRN there but password not known",
    ),
    triggers=(
        r"\bkeys?(?:'s)?[ ,:\-][^\n]{0,40}(?:under|beneath|behind|inside|through|above|on|in|beside|next to|by|with) ",
        r"\b(?:pass|code|safe) ?(?:word|phrase)|\bpwd?\b|\bp/w\b",
        r"^[^\n]{0,48}\b(?:under|underneath|beneath|behind|inside|in|on|above|beside|next to|by|through|round|taped|hung|hanging|tucked|buried|with) ",
    ),
)
