"""Whose telephone number or e-mail address it is, by the words before it: a patient's side, or somebody's at work."""

import re
from typing import Any, Final, Literal

import re2

from detectors.asides import of_who_rang, only_calls_them, unshortened, without_asides
from detectors.names.roster import Known
from detectors.names.words import fold, is_name, is_name_word
from detectors.owner_words import AT_WORK, KIN_WORDS, KIND_OF_PLACE, PLACE

Owner = Literal["staff", "patient", ""]
"""Empty: nothing tells."""

_FIRST_PERSON = r"my|our|(?<!gave )(?<!give )(?<!sent )(?<!told )(?<!left )me|mine|i'm|im|i am|(?:ring|phone|call|text|contact|reach|bleep|e-?mail|find|get) us"
_WORKING = re.compile(rf"(?i)(?<![\w'])(?:{AT_WORK})\b")
STAFF = re.compile(rf"(?i)(?<![\w'])(?:{_FIRST_PERSON}|{AT_WORK})\b")
_WORKPLACE = re.compile(
    r"(?i)\b(?:work(?:s|ing)?|office|garage|reception|school|shop|university|factory|job)\b"
)
"""Staff's as well as a relative's: "his work number", "daughter's office"."""
KIN = re.compile(rf"(?i)(?<![\w'])(?:{KIN_WORDS})\b(?! transport)")
_PRONOUN = re.compile(r"(?i)\b(?:his|her|hers|him|them|their)\b")
_PLACE_ALONE = re.compile(
    r"(?i)^\W*(?:(?:the|our|ring|call|phone|try|via|or|and|contact|for|number|no|new|direct)\b\W{1,3}){0,4}"
    rf"(?:(?:(?:{KIND_OF_PLACE}) ){{1,2}}(?:{PLACE}|booking)|(?!phone\b)(?:{PLACE}))(?:'s)?\b"
    r"\W{0,3}(?:(?:phone|line|mobile|mob|number|no|tel|desk|is|now|on|direct|contact)\b\W{0,3}){0,4}$"
)
"""A sentence that says a place and no more before the number: "delivery suite on"; "Gunn in triage" is a patient."""
_CALL = re.compile(
    r"(?i)\b(?:ring|rings|rang|ringing|phone|phoned|call|called|text|contact|reach|speak to|e-?mail|write to|through to|get hold of)\b"
)
_FROM = re.compile(r"(?i)\W{0,3}(?:back )?from\b")
_NOT = re.compile(r"(?i)\bnot (?:the |via |through |his |her |their |for )?\w+")
_ROLE_OF_NAMED = re.compile(
    rf"\b(?i:{AT_WORK}|secretary|(?<!scheme )manager|coordinator|pcso)\b[:,(\-]? (?:(?:is|was|called) )?(?:[A-Z][\w'\-]+ ){{0,2}}$"
)
"""Before a name: "social worker is Delyth Maddocks, 01632 …"."""
_NAME_BEFORE = re.compile(
    r"(?P<title>\b(?:Dr|Doctor|Prof|Professor|Sister|Matron)\.? )?(?P<name>[A-Z][a-z][A-Za-z'\-]*)(?:,? please)?[\s,(:\-]{1,4}$"
)
_PAIR = re.compile(r"\b(?=(?P<first>[A-Z][\w'\-]+) (?P<last>[A-Z][\w'\-]+))")
_NAMED_ON = re.compile(
    r"[A-Z][a-z][A-Za-z'\-]*[\s,(:\-]{1,3}(?:(?:e-?mail|mobile|mob|tel|phone|contact|direct|number|no|on|at|is)\b[\s,(:\-]{1,3}){1,2}$"
)
"""A name, and what comes of it: "solicitor Ms Devenney, email …"."""
_THEIR_LINE = r"(?:own |work |personal |direct )?(?:mobile|mob|phone|cell|number|no|line|dial|ext(?:ension)?|bleep|desk)"
_ON_THEIR_PHONE = re.compile(rf"(?i)\b(?:on|via|by|at) (?:his|her|their) {_THEIR_LINE}\b\W*$")
"""Says nothing of whose it is but that it is theirs who stand before: "phone the engineer on his mobile …"."""
_HAVE_THEIRS = re.compile(
    rf"(?i)\b(?:i've|ive|i have|here's|heres)(?: got)? (?:his|her|their) {_THEIR_LINE}\b\W*$"
)
_HE = re.compile(r"(?i)(?<![\w'])(?:s?he|they)(?:'?s|'re)?\b")
_OF_A_PLACE = re.compile(
    r"(?i)\b(?:number|num|no|line|ext|phone|mobile|contact|details) (?:for|of|to) (?:(?:the|our|his|her|their|your) )?"
    rf"(?:(?:{KIND_OF_PLACE}) ){{0,2}}(?:{PLACE}|{AT_WORK})\W*(?:is|on)?\W*$"
)
"""The last word on whose it is: "give him the number for SAU …"."""
_PUT_THROUGH = re.compile(r"(?i)\bput (?:\w+ ){1,2}through to\W*$")
_TO_A_SURGEON = re.compile(
    r"(?i)\b(?P<who>sec(?:retary)?|pa|reg(?:istrar)?|sho|clinic|office|theatre|firm|team) (?:to|of|for) (?:mr|mrs|miss|ms)\b"
)
"""Surgeons have no other title than patients."""
_FOR_THEM = re.compile(r"(?i)(?<=line|team) for (?:him|her|them)\b|(?<=service) for (?:him|her|them)\b")
_EARNS = re.compile(r"(?i)\bwork(?:s|ing) (?:nights?|days|shifts?|late|at|in|for|as)\b")
"""Of a relative who is hard to reach."""
_NOBODYS = re.compile(
    r"(?i)\b(?:before|after|until|till|since|during|from|for|in) (?:(?:the|his|her|their) )?"
    r"(?:theatre|clinic|surgery|x-?ray|dialysis)\b(?! (?:on|is|at|line|desk|number|phone|[0-9])\b)"
    r"|\b(?:(?:by|in)(?: a| the)?|(?:get|got|putting|send|sending|sent) (?:him |her |them )?(?:an?|the)) "
    r"(?:taxi|ambulance|transport|hospital transport)\b(?: out| over| down)?"
)
"""When somebody is to be called, or how they come: "can someone ring before theatre 07700 …"."""
_ASKED_TO_CALL = re.compile(
    rf"(?i)\b(?:can|could|will|would) (?:s?he|they|(?:the|an?|his|her|their) (?:\w+ )?(?:{AT_WORK})) (?:please )?(?:ring|phone|call|text)(?: back)?(?: on)?\W*$"
)
"""Who is to call is not who is called: "wants to thank the surgeon, can he phone …"."""
_FOR_SOMEBODY = re.compile(r",? (?:please|pls),? [A-Z][a-z]+[\s:,\-]*$")
"""Who reads it: "ring him back please Bea: …"."""
_ROLE_THEN_CALL = re.compile(
    rf"(?i)(?<![\w'])(?:{AT_WORK}) (?:(?:is|was|called|named) )?(?:[^\W\d_]+ )?(?P<name>[^\W\d_]{{3,}}),? (?:ring|phone|call|text|contact|get) (?:him|her|them)(?: back)?(?: (?:on|at))?\W*$"
)
"""Of somebody at work by name: "social worker is bernie cole ring her on …"."""
_ASKS_THEIRS = re.compile(
    r"(?i)\bwhat'?s (?:his|her|their) (?:phone |mobile |home )?(?:number|no|phone|mobile)\b|\bwhat (?:phone |mobile )?number (?:has|have|is) (?:he|she|they)\b"
)
SENTENCE_ENDS = re.compile(r"[.!?\n;](?:\s|$)")
_OF_A_PATIENT = re.compile(
    r"(?i)\b(?:born|date of birth|dob|answer(?:ing)?[ -]?(?:machine|phone)|voice ?(?:mail|message)|left a message)\b"
)
"""Round a quotation that speaks of its writer as patients do."""
_PASTED = re.compile(
    r"(?i)\b(?:answer(?:ing)?[ -]?(?:machine|phone)|voice ?(?:mail|message)|messages? (?:left|from|says)|left a message|"
    r"past(?:ed|ing)(?: below| in| it)?|forwarded|fwd|e-?mail(?:ed)? (?:in|from|overnight)|came by e-?mail)\b(?P<whose>[^\n]{0,40})"
)
_MAY_BE_PASTED = re2.compile(_PASTED.pattern)
_KIN_WRITES = re.compile(
    rf"(?i)\b(?:my (?:{KIN_WORDS})|(?:{KIN_WORDS}) \(|from a patient|i am (?:his|her|their)|i'?m (?:his|her|their)|dear (?:doctor|dr|nurse|team|sir))\b"
)
QUOTED: Final = 600
"""Of a quotation no more is read before a number."""
_A_NAME = 14
"""No longer than a first name and what joins it to "daughter"."""


_NEEDED: Final = {
    _NOBODYS: r"(?:theatre|clinic|surgery|x-?ray|dialysis|taxi|ambulance|transport)\b",
    _ROLE_OF_NAMED: rf"(?:{AT_WORK}|secretary|manager|coordinator|pcso)\b[:,(\-]? (?:(?:is|was|called) )?(?:[A-Z]\S+ ){{0,2}}\n?$",
    _OF_A_PLACE: r"(?:number|num|no|line|ext|phone|mobile|contact|details) (?:for|of|to) ",
    _PUT_THROUGH: r"put \S+ ",
    _ROLE_THEN_CALL: rf"(?:{AT_WORK}) .*(?:ring|phone|call|text|contact|get) (?:him|her|them)\b",
    _HAVE_THEIRS: r"(?:i've|ive|i have|here's|heres) ",
    _ASKED_TO_CALL: r"(?:can|could|will|would) (?:s?he|they|the|an?|his|her|their) ",
    _FOR_SOMEBODY: r"(?:please|pls)\b",
    _ON_THEIR_PHONE: r"(?:on|via|by|at) (?:his|her|their) ",
    _FOR_THEM: r"for (?:him|her|them)\b",
    _EARNS: r"work(?:s|ing) ",
    _TO_A_SURGEON: r"(?:to|of|for) (?:mr|mrs|miss|ms)\b",
    _NOT: r"not ",
    _CALL: r"(?:r[ia]ng|phone|call|text|contact|reach|speak to|e-?mail|write to|through to|get hold of)",
    KIN: rf"(?:{KIN_WORDS})\b",
    _PRONOUN: r"(?:his|hers?|him|them|their)\b",
    STAFF: rf"(?:my|our|me|mine|i'm|im|i am|us|{AT_WORK})\b",
    _WORKPLACE: r"(?:works?|working|office|garage|reception|school|shop|university|factory|job)\b",
}
"""Of each pattern what a text that holds it must hold, as words in RE2's syntax."""


def _hints() -> Any:
    room = re2.Options()
    room.max_mem = 1 << 25  # with the default the states do not fit
    hints = re2.Set.SearchSet(room)
    for words in _NEEDED.values():
        hints.Add(rf"(?i)(?:^|[^a-z0-9_])(?:{words})")
    hints.Compile()
    return hints


_HINTS: Final = _hints()
_HINTED: Final = tuple(map(id, _NEEDED))  # by identity: a pattern's hash reads all of it


class _Words:
    """Words before a number. One automaton tells which patterns they may hold; each search would read them anew."""

    __slots__ = ("may", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.may = {_HINTED[n] for n in _HINTS.Match(text) or ()}

    def search(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.search(self.text) if id(pattern) in self.may else None

    def last(self, pattern: re.Pattern[str], start: int = 0) -> int:
        """Where the last that `pattern` finds from `start` on ends, or -1."""
        if id(pattern) not in self.may:
            return -1
        return max((m.end() for m in pattern.finditer(self.text, start)), default=-1)

    def without(self, pattern: re.Pattern[str], instead: str = "") -> "_Words":
        rest = pattern.sub(instead, self.text) if id(pattern) in self.may else self.text
        return self if rest == self.text else _Words(rest)


def sentence_before(text: str, start: int, reach: int) -> str:
    """What its own sentence says before a number, as far as `reach`; of the one before too, if it is called for."""
    near = unshortened(text[max(0, start - reach) : start])
    said = SENTENCE_ENDS.split(near)
    if len(said) > 1 and only_calls_them(said[-1]):
        return " ".join(said[-2:])
    return said[-1]


def is_colleague(first: str, last: str, roster: Known) -> bool:
    """Whether somebody of this first name, or called so, and this surname is on the roster: "Bal Dhaliwal"."""
    return roster.lists(fold(first), fold(last))


def _last_colleague(words: str, roster: Known) -> int:
    if not roster.full:
        return -1
    ends = (m.end("last") for m in _PAIR.finditer(words) if is_colleague(m["first"], m["last"], roster))
    return max(ends, default=-1)


def at_work(before: str) -> bool:
    """Whether the words before a name say what work its bearer does."""
    return _Words(before).search(_ROLE_OF_NAMED) is not None


def owner_before(before: str, roster: Known) -> Owner:
    """Who is nearest before a number: "his GP, 01632 …" is the GP's, "the GP wants his number, 07700 …" is his."""
    words = _Words(without_asides(before)).without(_NOBODYS)
    if of_who_rang(before) or _names_work(words):
        return "staff"
    if words.search(_ASKED_TO_CALL):
        return "patient"
    name = _NAME_BEFORE.search(words.without(_FOR_SOMEBODY).text)
    for aside in (_FOR_SOMEBODY, _ON_THEIR_PHONE, _FOR_THEM, _EARNS):
        words = words.without(aside)
    words = words.without(_TO_A_SURGEON, r"\g<who>")
    if name and _last_colleague(words.text, roster) == name.end("name"):
        return "staff"
    if name and is_name_word(name["name"]) and fold(name["name"]) not in roster.firsts:
        return "staff" if name["title"] else "patient"
    return _of_the_called(words.without(_NOT), roster)


def _names_work(before: _Words) -> bool:
    """Whether what stands right before a number is a place of work, or somebody by name and work."""
    name = _NAME_BEFORE.search(before.text) or _NAMED_ON.search(before.text)
    if name and at_work(before.text[: name.start()]):
        return True
    if _PLACE_ALONE.match(before.text) or before.search(_OF_A_PLACE) or before.search(_PUT_THROUGH):
        return True
    called = before.search(_ROLE_THEN_CALL)
    if called and is_name(fold(called["name"])):
        return True
    have = before.search(_HAVE_THEIRS)
    rest = before.text[: have.start()] if have else ""
    return bool(_WORKING.search(rest)) and not KIN.search(rest) and not _HE.search(rest)


def _of_the_called(before: _Words, roster: Known) -> Owner:
    """ "Can the evening team phone wee Rena on …": the number is hers who is to be called."""
    calls = list(_CALL.finditer(before.text)) if id(_CALL) in before.may else []
    if not calls:
        return _nearest(before, roster)
    if _FROM.match(before.text, calls[-1].end()):  # "wants a call from the consultant on …"
        return _nearest(_Words(before.text[: calls[-1].start()]), roster)
    return _nearest(_Words(before.text[calls[-1].end() :]), roster) or _nearest(before, roster)


def _nearest(words: _Words, roster: Known) -> Owner:
    kin = max(words.last(KIN), words.last(_PRONOUN))
    staff = words.last(STAFF, max(0, len(words.text) - 44))
    place = words.last(_WORKPLACE)
    if place > staff and kin < 0 and not _HE.search(words.text):
        staff = place  # "his work number" is his, as "she's at work" is hers; "the office" alone is ours
    colleague = _last_colleague(words.text, roster)
    if colleague > kin:
        return "staff"
    named = roster.last_mention(words.text)
    if named > kin and named - kin > _A_NAME:
        return "staff"  # "daughter Sue 07700…" is the daughter's, though a colleague is called Sue
    if staff > kin:
        return "staff"
    return "patient" if kin >= 0 else ""


def tells(words: str) -> Owner:
    """Of whom a whole message speaks: of a patient's side if it does at all, pronouns aside."""
    if KIN.search(words) or _ASKS_THEIRS.search(words):
        return "patient"
    if _WORKING.search(words):
        return "staff"
    return "staff" if _WORKPLACE.search(_EARNS.sub("", words)) and not _HE.search(words) else ""


def quoted_kin(said: str) -> bool:
    """Whether the end of `said` is what a patient or their kin wrote, quoted or pasted: "ring me on" is theirs."""
    said = said[-QUOTED:]
    opened = said.rfind('"') if said.count('"') % 2 else -1
    if opened >= 0:
        return bool(KIN.search(said, opened) or _OF_A_PATIENT.search(said))
    pasted = _PASTED.search(said) if _MAY_BE_PASTED.search(said) else None
    if pasted is None or _WORKING.search(pasted["whose"]):
        return False
    return bool(_KIN_WRITES.search(said, pasted.start()))
