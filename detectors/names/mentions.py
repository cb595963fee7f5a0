"""Where somebody may be named: titles, full names, names with initials, single names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from detectors.names.memory import Memory
from detectors.names.roster import Known
from detectors.names.tokens import Token
from detectors.names.words import ORDINARY, SURNAMES
from detectors.normalise import MENTION, View

PATIENT_TITLES: Final = frozenset("mr mrs ms miss mx mister missus master baby".split())
STAFF_TITLES: Final = frozenset("dr doctor prof professor sister matron nurse sn".split())
OTHER_TITLES: Final = frozenset("sir dame lady lord rev reverend fr".split())
_PARTICLES: Final = frozenset("al el de da di du van von der den la le bin ibn o st ap ab dos del".split())
# "miss the bus", "ms" and "dr" open ordinary phrases too: after these a name must look like one.
_SHY_TITLES: Final = frozenset("miss ms master baby sister nurse matron doctor lady lord sir fr sn".split())
_NOT_INITIALS: Final = frozenset(
    "vitamin vit hep hepatitis group grp bay type grade strep influenza zone bed plan class category cat table factor protein room wing block hb step day hospital ward level".split()
)
_NEVER_SURNAMES: Final = frozenset(
    "will may can hope day long short good best little close more way home back speed rice cook cash rush read sharp self early late moody bright case has had was high low fish bath hurst rest sick right left wise power powers major still given over chase gone".split()
)
_WARD_NOUNS: Final = frozenset(
    "ward wing hall house lodge court park street field bridge suite centre unit room".split()
)
_SPACES: Final = frozenset((" ", "  ", "-"))


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens `first..last` of a text that together may name somebody.

    `form` is how: "title", "full", "reversed" (Surname, First), "initial" (J Smith, Smith J) or "single".
    """

    first: int
    last: int
    form: str
    title: str = ""


class Reader:
    """Reads mentions off one text, the most specific form first."""

    def __init__(self, view: View, words: list[Token], staff: Known, memory: Memory) -> None:
        self.view = view
        self.words = words
        self.staff = staff
        self.memory = memory

    def mentions(self) -> Iterator[Mention]:
        at = 0
        while at < len(self.words):
            mention = (
                self._titled(at)
                or self._reversed(at)
                or self._full(at)
                or self._initial(at)
                or self._single(at)
            )
            if mention:
                yield mention
                at = mention.last + 1
            else:
                at += 1

    def gap(self, left: int, right: int) -> str:
        return self.view.text[self.words[left].end : self.words[right].start]

    def _next(self, at: int, spaces: frozenset[str] | set[str] = _SPACES) -> Token | None:
        """The word after `at` where only a space is between."""
        if at + 1 < len(self.words) and self.gap(at, at + 1) in spaces and not self.words[at].possessive:
            return self.words[at + 1]
        return None

    def _titled(self, at: int) -> Mention | None:
        word = self.words[at]
        if word.low not in PATIENT_TITLES | STAFF_TITLES | OTHER_TITLES or not self._is_title(word):
            return None
        name = self._next(at, {" ", ". ", "  ", "."})
        if not name or not self._fits_title(word, name, at + 1):
            return None
        return Mention(at, self._extend(at + 1), "title", word.low)

    def _is_title(self, word: Token) -> bool:
        """Not the mRS score, and not "his sister"."""
        if word.text not in (word.low, word.low.capitalize(), word.low.upper()):
            return False
        owned = self.view.lower[max(0, word.start - 8) : word.start].endswith(
            ("his ", "her ", "their ", "'s ", "my ")
        )
        return not (owned and word.low == "sister")

    def _fits_title(self, title: Token, name: Token, at: int) -> bool:
        if name.initial:
            return title.low not in _SHY_TITLES or title.capital
        if title.low in _SHY_TITLES:
            known = name.named and name.low not in ORDINARY
            return (title.capital and name.capital and name.plausible and not _acronym(name)) or known
        if len(name.text) == 1:  # "mrs r dickie"
            surname = self._next(at)
            return bool(surname and surname.plausible)
        return name.plausible or (name.capital and name.low not in ("and", "or"))

    def _extend(self, at: int) -> int:
        """The last word of a name that starts at `at`: further names, initials and particles."""
        last = at
        while last - at < 3:
            after = self._next(last, {" ", ". "} if self.words[last].initial else _SPACES)
            if not after:
                break
            if after.low in _PARTICLES and self._particle_leads(last + 1):
                last += 2
            elif self._continues(self.words[last], after):
                last += 1
            else:
                break
        return last

    def _particle_leads(self, at: int) -> bool:
        after = self._next(at)
        return bool(
            after
            and after.plausible
            and after.capital == self.words[at - 1].capital
            and self.words[at].low not in ("la",)
            and after.capital
        )

    def _continues(self, word: Token, after: Token) -> bool:
        """Whether `after` is part of the name that `word` belongs to."""
        if after.initial:
            return after.text != "I" or self._ends_list_name(after)
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
            return self._lower_surname(word, after)
        return after.plausible and not _acronym(after) and not (after.ordinary and not after.surname)

    def _ends_list_name(self, after: Token) -> bool:
        """ "Barton I [90F]", where the letter is not the pronoun or the article."""
        behind = self.view.text[after.end : after.end + 4].lstrip()
        return not behind or not behind[0].isalpha()

    def _reversed(self, at: int) -> Mention | None:
        """ "GARDEN, Maureen" at the head of a line, in a list or in capitals."""
        word = self.words[at]
        if not (word.plausible and (word.surname or not word.named)) or at + 1 >= len(self.words):
            return None
        first = self.words[at + 1]
        if self.gap(at, at + 1) not in (", ", ",") or first.capital != word.capital or word.initial:
            return None
        if not word.capital:
            return Mention(at, at + 1, "reversed") if self._lower_reversed(word, first) else None
        if not (first.first or first.initial) or self._addresses(word, first):
            return None
        if first.text == "I" and not self._ends_list_name(first):
            return None
        if not (word.upper or word.opens or self._listed(at)) and word.first:
            return None
        return Mention(at, at + 1, "reversed")

    def _lower_reversed(self, word: Token, first: Token) -> bool:
        """ "118842 lamb, kirsty": only after a number or at the start of a line."""
        before = self.view.text[max(0, word.start - 3) : word.start].strip(" ")
        opens = not before or before[-1].isdigit() or before[-1] in ".)\n\u2022-"
        return opens and word.surname and first.first and not first.ordinary

    def _addresses(self, word: Token, first: Token) -> bool:
        return word.low in self.staff.firsts and first.low in self.staff.firsts and not word.upper

    def _listed(self, at: int) -> bool:
        return self.view.text[max(0, self.words[at].start - 3) : self.words[at].start].strip() in (
            "",
            "-",
            ".",
            "|",
            ":",
        )

    def _full(self, at: int) -> Mention | None:
        word = self.words[at]
        second = self._next(at) or self._nicknamed(at)
        if not second or not word.plausible or word.initial or len(word.text) < 2:
            return None
        if not self._is_full(word, second):
            return None
        last = at + 1 if self._next(at) else at + 2
        if self.words[last].low in _PARTICLES or second.initial:
            return Mention(at, self._extend(at), "full")
        return Mention(at, self._extend(last) if last - at < 2 else last, "full")

    def _nicknamed(self, at: int) -> Token | None:
        """George "Dod" Hutchison."""
        if (
            at + 2 < len(self.words)
            and self.gap(at, at + 1) in (' "', " '", " (")
            and self.gap(at + 1, at + 2) in ('" ', "' ", ") ")
        ):
            return self.words[at + 2] if self.words[at].first and self.words[at + 1].capital else None
        return None

    def _is_full(self, word: Token, second: Token) -> bool:
        if f"{word.low} {second.low}" in self.staff.full:
            return word.capital or not (word.ordinary and second.ordinary)
        if not (word.first or word.low in self.memory.words):
            return self._unknown_first(word, second)
        if word.capital and second.capital:
            return self._full_capitals(word, second)
        if word.ordinary or second.initial or second.capital != word.capital:
            return False
        return self._lower_surname(word, second)

    def _lower_surname(self, first: Token, second: Token) -> bool:
        """ "ella fraser", "joan wall", "wilma rankins": the surname of a name without capitals."""
        low = second.low
        if low in _NEVER_SURNAMES or len(low) < 3:
            return False
        stem = low.removesuffix("s")
        if (
            (second.named and not second.ordinary)
            or stem in SURNAMES - ORDINARY
            or self.memory.recall(low, typos=True)
        ):
            return True
        if first.low in self.staff.firsts:
            return False
        return low in SURNAMES or (len(low) > 3 and not second.ordinary)

    def _unknown_first(self, word: Token, second: Token) -> bool:
        """ "Njeri Kamau", where only the surname is a known one."""
        if not (word.capital and second.capital) or word.ordinary or len(word.text) < 4 or _acronym(word):
            return False
        return second.surname and not second.ordinary and not word.upper

    def _full_capitals(self, word: Token, second: Token) -> bool:
        if len(second.text) < 2 or (_acronym(second) and not word.upper):
            return False
        if word.ordinary:
            # "Will Bloods", "May Day": an ambiguous first word needs a clear second one
            return (
                second.surname and (not second.ordinary or not word.opens) and second.low not in _WARD_NOUNS
            )
        if second.low in _PARTICLES:
            return True
        return second.surname or second.first or not second.ordinary

    def _initial(self, at: int) -> Mention | None:
        word = self.words[at]
        if word.initial:
            return self._initial_first(at)
        after = self._next(at)
        if not (after and after.initial and word.plausible and word.low not in _NOT_INITIALS):
            return None
        if not word.capital or _acronym(word) and not word.named:
            return None
        if after.text == "I" and not self._ends_list_name(after):
            return None
        if word.named or self._remembered(word) or (not word.ordinary and word.opens):
            return Mention(at, at + 1, "initial")
        return None

    def _initial_first(self, at: int) -> Mention | None:
        """ "F Marsh", "A. Baird", "L-M Kerr"."""
        initial, surname = self.words[at], self._next(at, {" ", ". ", "."})
        if not surname or not surname.capital or _acronym(surname):
            return None
        dotted = self.gap(at, at + 1).startswith(".")
        if len(surname.text) < (2 if dotted else 3) or (not dotted and self._is_no_initial(initial, surname)):
            return None
        unknown = not surname.ordinary and len(surname.text) > 3
        if surname.surname or self._remembered(surname) or unknown:
            return Mention(at, at + 1, "initial")
        return None

    def _is_no_initial(self, initial: Token, surname: Token) -> bool:
        """ "A Marsh", "I Will", "L Hand": an article, a pronoun, a side of the body."""
        if initial.text in "IA" and (surname.ordinary or initial.opens):
            return True
        return surname.ordinary and initial.text in "LRTC"

    def _remembered(self, word: Token) -> bool:
        return self.memory.recall(word.low, typos=not word.named) is not None and (
            word.capital or not word.ordinary
        )

    def _single(self, at: int) -> Mention | None:
        word = self.words[at]
        if len(word.text) < 2:
            return None
        known = (
            word.named
            or word.low in self.staff.firsts
            or word.low in self.staff.surnames
            or self._remembered(word)
        )
        mentioned = is_mentioned(self.view, word)
        unknown = word.capital and not word.ordinary and not word.upper and len(word.text) > 3
        if (
            word.upper
            and len(word.text) < 4
            and not (word.low in self.staff.member_firsts or word.low in self.memory.words)
        ):
            return None
        if known or mentioned or unknown:
            return Mention(at, at, "single")
        return None


def is_mentioned(view: View, word: Token) -> bool:
    """Whether a platform's mention opens right before the word; not the @ of an e-mail address."""
    at = word.start - 1
    return view.text[at : word.start] == MENTION and not view.text[max(0, at - 1) : at].isalnum()


def _acronym(word: Token) -> bool:
    """Capitals without a name's letters: CTPA, NSTEMI, IQ. Known names in capitals are no acronyms."""
    return word.upper and not word.named and (len(word.text) < 5 or not any(c in "AEIOUY" for c in word.text))
