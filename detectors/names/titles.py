"""Names behind a title, and how far a name goes on: "Mrs van der Berg", "Dr T Iqbal"."""

import re
from typing import Final

from detectors.names.sentence import DOTTED, PARTICLES, SPACES, Mention, Sentence, is_acronym
from detectors.names.tokens import Token
from detectors.names.words import ORDINARY

PATIENT_TITLES: Final = frozenset("mr mrs ms miss mx mister missus master baby".split())
STAFF_TITLES: Final = frozenset("dr doctor prof professor sister matron nurse sn".split())
OTHER_TITLES: Final = frozenset("sir dame lady lord rev reverend fr".split())
_TITLES: Final = PATIENT_TITLES | STAFF_TITLES | OTHER_TITLES
_BEHIND_TITLES: Final = frozenset((" ", ". ", "  ", "."))
# "miss the bus", "ms" and "dr" open ordinary phrases too: after these a name must look like one.
_SHY_TITLES: Final = frozenset("miss ms master baby sister nurse matron doctor lady lord sir fr sn".split())
# "i'd miss hope", "with ms fatigue": no title
_MISSES: Final = re.compile(
    r"(?:\b(?:i|we|you|they|who|to|not|never|always|often|will|would|might|may|can|could|must|did|do|does|don't|didn't|won't|can't|near|has|have|had|with|of|her|his)|'ll|'d) $"
)


def titled(s: Sentence, at: int) -> Mention | None:
    word = s.words[at]
    if word.low not in _TITLES or not _is_title(s, word):
        return None
    name = s.after(at, _BEHIND_TITLES)
    if not name or not _fits(s, word, name, at + 1):
        return None
    return Mention(at, extend(s, at + 1), "title", word.low)


def _is_title(s: Sentence, word: Token) -> bool:
    """Not the mRS score, and not "his sister"."""
    if word.text not in (word.low, word.low.capitalize(), word.low.upper()):
        return False
    owned = s.view.lower[max(0, word.start - 8) : word.start].endswith(
        ("his ", "her ", "their ", "'s ", "my ")
    )
    return not (owned and word.low == "sister")


def _fits(s: Sentence, title: Token, name: Token, at: int) -> bool:
    if name.initial:
        return title.low not in _SHY_TITLES or title.capital
    if len(name.text) == 1:  # "mrs r dickie"
        surname = s.after(at)
        return bool(surname and surname.plausible)
    if title.low in OTHER_TITLES and not title.capital:
        return False  # "the lady Sunil was on about"
    if title.low in _SHY_TITLES:
        known = name.named and name.low not in ORDINARY
        addressed = title.low in ("miss", "ms") and not title.capital and _is_addressed(s, title, name)
        return (
            (title.capital and name.capital and name.plausible and not is_acronym(name)) or known or addressed
        )
    return name.plausible or (name.capital and name.low not in ("and", "or"))


def _is_addressed(s: Sentence, title: Token, name: Token) -> bool:
    """Whether "miss hope" or "ms rose" is somebody: no verb's subject before it, a surname behind it."""
    if _MISSES.search(s.view.lower[max(0, title.start - 16) : title.start]):
        return False
    return name.surname or (name.plausible and len(name.text) > 3)


def extend(s: Sentence, at: int) -> int:
    """The last word of a name that starts at `at`: further names, initials and particles."""
    last = at
    while last - at < 3:
        after = s.after(last, DOTTED if s.words[last].initial else SPACES)
        if not after:
            break
        if after.low in PARTICLES and _particle_leads(s, last + 1):
            last += 2
        elif _continues(s, s.words[last], after):
            last += 1
        else:
            break
    return last


def _particle_leads(s: Sentence, at: int) -> bool:
    after = s.after(at)
    return bool(
        after
        and after.plausible
        and after.capital == s.words[at - 1].capital
        and s.words[at].low not in ("la",)
        and after.capital
    )


def _continues(s: Sentence, word: Token, after: Token) -> bool:
    """Whether `after` is part of the name that `word` belongs to."""
    if after.initial:
        return after.text != "I" or s.ends_list_name(after)
    if word.capital and not after.capital:
        return False
    if (
        after.capital
        and word.upper != after.upper
        and not word.initial
        and len(after.text) > 1
        and after.upper
    ):
        return after.named and not after.ordinary
    if not word.capital:
        return s.lower_surname(word, after)
    return after.plausible and not is_acronym(after) and not (after.ordinary and not after.surname)
