"""Where somebody may be named: titles, full names, names with initials, single names."""

from collections.abc import Iterator
from typing import Final

from detectors.names.sentence import DOTTED, PARTICLES, Mention, Sentence, is_acronym, is_mentioned
from detectors.names.titles import extend, titled
from detectors.names.tokens import Token
from detectors.names.words import is_ordinary_word

_NOT_INITIALS: Final = frozenset(
    "vitamin vit hep hepatitis group grp bay type grade strep influenza zone bed plan class category cat table factor protein room wing block hb step day hospital ward level".split()
)
OPENERS: Final = frozenset("will may mark hope bill sue pat rob drew grant chase".split())
"""First names that open a sentence as verbs: "Will Hope be in"."""
_BEHIND_INITIALS: Final = frozenset((" ", ". ", "."))
_WARD_NOUNS: Final = frozenset(
    "ward wing hall house lodge court park street field bridge suite centre unit room".split()
)


def mentions(s: Sentence) -> Iterator[Mention]:
    """Every mention in order, the most specific form first; none overlaps another."""
    at = 0
    while at < len(s.words):
        mention = _mention(s, at)
        if mention:
            yield mention
            at = mention.last + 1
        else:
            at += 1


def _mention(s: Sentence, at: int) -> Mention | None:
    word = s.words[at]
    if len(word.text) == 1:
        return _initial(s, at)
    if not (word.plausible or word.initial):
        return titled(s, at) or _single(s, at)
    return titled(s, at) or _reversed(s, at) or _full(s, at) or _initial(s, at) or _single(s, at)


def _reversed(s: Sentence, at: int) -> Mention | None:
    """ "GARDEN, Maureen" at the head of a line, in a list or in capitals."""
    word = s.words[at]
    if not (word.plausible and (word.surname or not word.named)) or at + 1 >= len(s.words):
        return None
    first = s.words[at + 1]
    if s.gap(at, at + 1) not in (", ", ",") or first.capital != word.capital or word.initial:
        return None
    if not word.capital:
        return Mention(at, at + 1, "reversed") if _lower_reversed(s, word, first) else None
    if not (first.first or first.initial) or _addresses(s, word, first):
        return None
    if first.text == "I" and not s.ends_list_name(first):
        return None
    if not (word.upper or word.opens or _listed(s, at) or first.possessive) and word.first:
        return None
    return Mention(at, at + 1, "reversed")


def _lower_reversed(s: Sentence, word: Token, first: Token) -> bool:
    """ "118842 lamb, kirsty": only after a number or at the start of a line."""
    before = s.view.text[max(0, word.start - 3) : word.start].strip(" ")
    opens = not before or before[-1].isdigit() or before[-1] in ".)\n\u2022-"
    return opens and word.surname and first.first and not first.ordinary


def _addresses(s: Sentence, word: Token, first: Token) -> bool:
    return word.low in s.staff.firsts and first.low in s.staff.firsts and not word.upper


def _listed(s: Sentence, at: int) -> bool:
    return s.view.text[max(0, s.words[at].start - 3) : s.words[at].start].strip() in (
        "",
        "-",
        ".",
        "|",
        ":",
    )


def _full(s: Sentence, at: int) -> Mention | None:
    word = s.words[at]
    second = s.after(at) or _nicknamed(s, at)
    if not second or not word.plausible or word.initial or len(word.text) < 2:
        return None
    if not _is_full(s, word, second):
        return None
    last = at + 1 if s.after(at) else at + 2
    if s.words[last].low in PARTICLES or second.initial:
        return Mention(at, extend(s, at), "full")
    return Mention(at, extend(s, last) if last - at < 2 else last, "full")


def _nicknamed(s: Sentence, at: int) -> Token | None:
    """George "Dod" Hutchison."""
    if (
        at + 2 < len(s.words)
        and s.gap(at, at + 1) in (' "', " '", " (")
        and s.gap(at + 1, at + 2) in ('" ', "' ", ") ")
    ):
        return s.words[at + 2] if s.words[at].first and s.words[at + 1].capital else None
    return None


def _is_full(s: Sentence, word: Token, second: Token) -> bool:
    if s.staff.lists(word.low, second.low):
        return word.capital or not (word.ordinary and second.ordinary)
    if not (word.first or word.low in s.memory.words):
        return _unknown_first(s, word, second)
    if word.capital and second.capital:
        return _full_capitals(s, word, second)
    if word.ordinary or second.initial or second.capital != word.capital:
        return False
    return s.lower_surname(word, second)


def _unknown_first(s: Sentence, word: Token, second: Token) -> bool:
    """ "Njeri Kamau", where only the surname is a known one."""
    if not (word.capital and second.capital) or word.ordinary or len(word.text) < 4 or is_acronym(word):
        return False
    return (second.surname or s.remembered(second)) and not second.ordinary and not word.upper


def _full_capitals(s: Sentence, word: Token, second: Token) -> bool:
    if len(second.text) < 2 or (is_acronym(second) and not word.upper):
        return False
    if word.ordinary:
        # "Will Bloods", "May Day": an ambiguous first word needs a clear second one
        clear = second.surname or not (second.ordinary or is_ordinary_word(second.low))
        return clear and second.low not in _WARD_NOUNS and not (word.opens and word.low in OPENERS)
    if second.low in PARTICLES:
        return True
    # "Archie Winning", "Dennis Loves daughter": a form of an ordinary word, with a capital in the sentence's midst
    return second.surname or second.first or not is_ordinary_word(second.low)


def _initial(s: Sentence, at: int) -> Mention | None:
    word = s.words[at]
    if word.initial:
        return _initial_first(s, at)
    if len(word.text) == 1:
        return _lower_initial(s, at)
    after = s.after(at)
    if not (after and after.initial and word.plausible and word.low not in _NOT_INITIALS):
        return None
    if not word.capital or is_acronym(word) and not word.named:
        return None
    if after.text == "I" and not s.ends_list_name(after):
        return None
    if word.named or s.remembered(word) or (not word.ordinary and word.opens):
        return Mention(at, at + 1, "initial")
    return None


def _initial_first(s: Sentence, at: int) -> Mention | None:
    """ "F Marsh", "A. Baird", "L-M Kerr"."""
    initial, surname = s.words[at], s.after(at, _BEHIND_INITIALS)
    if not surname or not surname.capital or is_acronym(surname):
        return None
    dotted = s.gap(at, at + 1).startswith(".")
    if len(surname.text) < (2 if dotted else 3) or (not dotted and _is_no_initial(s, initial, surname)):
        return None
    if at and s.gap(at - 1, at) == " " and s.words[at - 1].low in _NOT_INITIALS:  # "bay A Anna, bay B me"
        return None
    unknown = not surname.ordinary and len(surname.text) > 3
    if surname.surname or s.remembered(surname) or unknown:
        return Mention(at, at + 1, "initial")
    return None


def _lower_initial(s: Sentence, at: int) -> Mention | None:
    """ "c mccrindle", "a popescu's carer": only before a surname that is no other word."""
    surname = s.after(at, DOTTED)
    if not surname or surname.capital or surname.ordinary or len(surname.text) < 4:
        return None
    article = s.words[at].low in "ai"
    if s.remembered(surname) or (surname.surname and not article):
        return Mention(at, at + 1, "initial")
    return None


def _is_no_initial(s: Sentence, initial: Token, surname: Token) -> bool:
    """ "A Marsh", "I Will", "L Hand": an article, a pronoun, a side of the body."""
    if initial.text in "IA" and (surname.ordinary or (initial.opens and not surname.surname)):
        return True
    return surname.ordinary and initial.text in "LRTC"


def _single(s: Sentence, at: int) -> Mention | None:
    word = s.words[at]
    if len(word.text) < 2:
        return None
    known = word.named or word.low in s.staff.firsts or word.low in s.staff.surnames or s.remembered(word)
    mentioned = is_mentioned(s.view, word)
    unknown = word.capital and not word.ordinary and not word.upper and len(word.text) > 3
    if (
        word.upper
        and len(word.text) < 4
        and not (word.low in s.staff.member_firsts or word.low in s.memory.words)
    ):
        return None
    if known or mentioned or unknown:
        return Mention(at, at, "single")
    return None
