"""Words that name nobody whatever a model makes of them: a code, a month, a ward, a sign, a fracture."""

import re
from typing import Final

from detectors.names.titles import PATIENT_TITLES
from detectors.names.tokens import Token
from detectors.names.words import CLINICAL
from detectors.normalise import View

_CODE: Final = re.compile(r"[a-z]{1,2}[A-Z]{2,}[a-z]?")  # mRS, eGFR, pCO
_CAMEL: Final = re.compile(r"[a-z]{3,}(?:[A-Z][a-z]{2,})+")  # generalPractitioner, a field of a record
_FIELD: Final = re.compile(r"(?=.{16})[A-Z]*(?:[A-Z][a-z]+){3,}")  # PMTiogaPaperName, of a printer's settings
_SHORTHAND: Final = frozenset(
    "fyi asap nb ps btw tbc tba eta aob fao cc bcc rsvp imho lol omg tbh macosx abt tues hr rr bp bm bms gcs nic".split()
)
_NO_NAMES: Final = frozenset("w disease syndrome score as is was the off re Re of to at for".split())
_TITLED: Final = re.compile(r"(?i)\b(?:mr|mrs|miss|ms)\.? $")
_MONTHS: Final = frozenset("april may june august".split())
_IN_MONTH: Final = re.compile(
    r"(?i)\b(?:in|by|since|until|till|from|(?:end|start|middle|rest|month) of|early|mid|late|last|next|this|[0-9]{1,2}(?:st|nd|rd|th)?) $"
)
_PLATFORMS: Final = frozenset(("Slack", "Teams"))
_USED: Final = re.compile(r"(?i)\b(?:by|on|in|via|from|to|through|off|use|using|not|than) $")
_STYLE: Final = re.compile(r"(?:Title|Subtitle|Heading|Header|Footer|Text|Quote|Normal|Macro|Indent|[0-9]) $")
"""Before "Char", the names of styles in a document."""
_PET: Final = re.compile(
    r"(?i)(?<!with )(?<!with a )(?<!with the )(?<!with his )(?<!with her )\b(?:dog|puppy|spaniel|labrador|collie|terrier|greyhound|lurcher|whippet|cat|kitten|budgie|parrot|rabbit|hamster|pony|donkey)\b"
    r"(?:(?! (?:an?|man|woman|lad|lady|boy|girl|child|gent|pt|patient)\b)[^.,;:!?\n]){0,24} (?:called|named) $"
)
"""Whose name follows: but "bitten by a dog, a lad called Tom", "the man with the dog is called Tom"."""
_WISHES: Final = re.compile(r"(?i) (?:wishes|regards)\b")
_BEHIND: Final = {
    "ward": re.compile(r"(?i) (?:rounds?|manager|clerk|sister|nurses?|list|staff|phone|pharmacist|[0-9])"),
    "best": _WISHES,
    "d": re.compile(r"(?i)\.? ?o\.? ?b\b"),
    "h": re.compile(r"(?i) ?(?:and|&|\+) ?c\b"),
    "kind": _WISHES,
}
"""What, right behind a word, tells that it is no name."""
_WARDS: Final = {
    **dict.fromkeys("ward suite wing unit".split(), re.compile(r"\b[A-Z][a-z]+ $")),
    **dict.fromkeys(
        "Ward Suite Wing Unit".split(), re.compile(r"\b(?:[Oo]n|onto|off|[Ii]n|[Aa]t) [A-Z][a-z]+ $")
    ),
}
"""What stands before "ward" and, since that is a surname, before "Ward": "on Hope Ward", but "bloods from Hope Ward"."""
_EPONYM: Final = re.compile(
    r"(?i)(?:['’]?s|s['’])?[ \-](?:fractures?|#|scores?|criteria|signs?|disease|syndrome|splints?|classification|palsy|phenomenon|"
    r"reflex|contracture|lymphoma|sarcoma|tumou?r|manoeuvre|forceps|k-?wires?|procedure|retractors?|frames?|tables?|"
    r"oesophagus|thyroiditis|arteritis|chorea|dementia)\b"
)
_GRADE: Final = re.compile(r" (?:I{1,3}|IV|V|grade|type|stage|class)\b(?! ?['’])")
_WARD: Final = re.compile(
    r" (?:[Ww]ard|[Ss]uite|[Ww]ing|[Uu]nit|[Bb]uilding|[Cc]entre|[Hh]ospital|[Hh]ospice|[Hh]ouse)\b"
)

_FIRM: Final = re.compile(
    r"(?:['’]s)?,? the (?:undertakers|solicitors|builders|butchers|florists|bakers|caterers|chemists|opticians|jewellers|plumbers|electricians|"
    r"suppliers|vets)\b|,? (?:Ltd|plc|LLP)\b| (?:Cabs|Taxis|Tyres|Lifts|Removals|Motors|Solicitors)\b|,? (?:&|and) (?:Co|Sons)\b|"
    r" have (?:written|sent|installed|quoted|delivered|invoiced|donated)\b|: ?[0-9]{1,2} (?:(?:empty )?beds|empty(?=[,.;]|$)|discharges|definites)\b"
)
"""Behind what a firm or a ward is called: "Sinclair's the undertakers", "Hugh James have written", "Stanley: 6 discharges"."""
_OF_SEVERAL: Final = re.compile(
    r"(?i)(?:\b(?:and|do|does|did|can|could|will|would|should|may|might|must|not|to)|[&,/+])\s?$"
)
"""Before a name that "have" makes no firm's: "Ann and Tom have sent a photo", "could Tom have sent it"."""
_BED_STATE: Final = re.compile(r"(?i)\bbed (?:state|request|board)s? (?:for|of|from) $")


def names_nothing(view: View, word: Token) -> bool:
    """Whether a word is no part of a name, for what it is or for what stands before it."""
    if word.low in _SHORTHAND or word.text in _NO_NAMES or _CODE.fullmatch(word.text):
        return True
    if (_CAMEL.fullmatch(word.text) or _FIELD.fullmatch(word.text)) and not word.named:  # but macDonald
        return True
    if _is_emoji(view, word) or _is_in_a_code(view, word):
        return True
    before = view.text[max(0, word.start - 24) : word.start]
    if before.endswith(("called ", "named ")) and _PET.search(view.text, max(0, word.start - 48), word.start):
        return True
    if word.possessive and f"{word.low}'s" in CLINICAL and not _TITLED.search(before):
        return _EPONYM.match(view.text, word.end) is not None  # "known Wilson's disease"
    if word.text in _PLATFORMS and _USED.search(before):
        return True
    if view.text.startswith(" Char", word.end) or (word.text == "Char" and _STYLE.search(before)):
        return True
    if (behind := _BEHIND.get(word.low)) and behind.match(view.text, word.end):
        return True
    if called := _WARDS.get(word.text):
        return called.search(before) is not None
    return word.low in _MONTHS and _IN_MONTH.search(before) is not None


def _is_emoji(view: View, word: Token) -> bool:
    """ ":tada:", as Slack writes them."""
    return view.text[word.start - 1 : word.start] == ":" == view.text[word.end : word.end + 1]


def _is_in_a_code(view: View, word: Token) -> bool:
    """ "C0WARD7TM"."""
    return view.text[word.start - 1 : word.start].isdigit() and view.text[word.end : word.end + 1].isdigit()


def is_a_thing(view: View, word: Token) -> bool:
    """Whether a name of one word is a thing's: "Bell's palsy", "Garden III", "Hope ward", or a small letter."""
    if len(word.low) == 1 and not word.capital:
        return True
    if _TITLED.search(view.text, max(0, word.start - 6), word.start):
        return False
    if is_a_firm(view, word, word):
        return True
    if word.low in CLINICAL or f"{word.low}'s" in CLINICAL:
        return bool(_EPONYM.match(view.text, word.end) or _GRADE.match(view.text, word.end))
    return word.capital and _WARD.match(view.text, word.end) is not None


def is_a_firm(view: View, first: Token, last: Token) -> bool:
    """Whether a name of these words is a firm's or a ward's by what stands round it."""
    if first.low in PATIENT_TITLES:
        return False  # "Mr Patel have sent a sample", by whom English is learnt
    before = view.text[max(0, first.start - 20) : first.start]
    if _FIRM.match(view.text, last.end):
        return _OF_SEVERAL.search(before) is None
    return _BED_STATE.search(before) is not None
