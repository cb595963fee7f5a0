"""The words of a view, with what their letters and their place in the sentence say."""

import re
from typing import NamedTuple

from detectors.names.cue_words import BODY, RELATION
from detectors.names.words import FIRST_NAMES, SURNAMES, fold, is_name, is_ordinary
from detectors.normalise import View

_WORD = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
_JOINS = frozenset("0123456789&_")
_OWNED = re.compile(
    rf"(?i) (?:{BODY}|{RELATION}|ttos?|obs|news|gcs|tto|crp|hb|inr|temp|capacity|cannula|drip|drain|chart|referral)\b"
)
_OPENING = re.compile(r"(?:^|[.!?:\n\u2022>|;]|[-*]\s|\d[.)]\s)[\s\"'(\[]*$")


class Token(NamedTuple):
    """One word at `start:end` of the view's text, a possessive 's left off."""

    text: str
    low: str
    start: int
    end: int
    possessive: bool
    opens: bool
    """The first word of a sentence, a line or a list item, where a capital says nothing."""
    capital: bool
    initial: bool

    @property
    def upper(self) -> bool:
        return len(self.text) > 1 and self.text.isupper() and not self.initial

    @property
    def named(self) -> bool:
        return is_name(self.low)

    @property
    def first(self) -> bool:
        return self.low in FIRST_NAMES or ("-" in self.low and is_name(self.low))

    @property
    def surname(self) -> bool:
        return self.low in SURNAMES or (is_name(self.low) and self.low not in FIRST_NAMES)

    @property
    def ordinary(self) -> bool:
        return is_ordinary(self.low)

    @property
    def plausible(self) -> bool:
        """Could be a name, whether or not it is a known one."""
        return len(self.text) > 1 and (self.named or not self.ordinary)


def tokens(view: View) -> list[Token]:
    """Every word of the text, in order. Linear in its length."""
    return [_token(view, m) for m in _WORD.finditer(view.text) if not _in_code(view.text, m)]


def _in_code(text: str, m: re.Match[str]) -> bool:
    """Letters of a bed, a dose or a magnesium ion: B6, 2L, Mg2+. And of "b/o", the baby of."""
    start, end = m.span()
    if end - start == 1 and "b/o" in (text[start : end + 2].lower(), text[max(0, start - 2) : end].lower()):
        return True
    return end - start < 4 and (text[start - 1 : start].isdigit() or text[end : end + 1] in _JOINS)


def _drops_its_mark(view: View, text: str, end: int) -> bool:
    """ "irenes bloods", "Hebdens TTOs": a name and an s that are together no word, before what a patient has."""
    if len(text) < 5 or text[-1] != "s" or not _OWNED.match(view.text, end):
        return False
    low = fold(text)
    return is_name(low[:-1]) and not (is_ordinary(low[:-1]) or is_name(low) or is_ordinary(low))


def _token(view: View, m: re.Match[str]) -> Token:
    text, end = m.group(), m.end()
    possessive = len(text) > 3 and text[-2:].lower() == "'s"
    if possessive:
        text, end = text[:-2], end - 2
    elif _drops_its_mark(view, text, end):
        possessive, text, end = True, text[:-1], end - 1
    start, capital = m.start(), text[0].isupper()
    opens = start == 0 or (capital and _OPENING.search(view.text, max(0, start - 4), start) is not None)
    initial = capital and (len(text) == 1 or (len(text) == 3 and text[1] == "-" and text.isupper()))
    return Token(text, fold(text), start, end, possessive, opens, capital, initial)
