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
    for m in _PASSWORD.finditer(view.text):
        yield _finding(view, m, 0.6)
    for m in _REFERRALS.finditer(view.text):
        if _REFERRAL.search(view.text[max(0, m.start() - 100) : m.start()]):
            yield _finding(view, m, 0.7)


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
    ),
)
