"""The words of one text with what is known of its people, for whoever reads names off it."""

from dataclasses import dataclass
from typing import Final

from detectors.names.memory import Memory
from detectors.names.roster import Known
from detectors.names.tokens import Token
from detectors.names.words import ORDINARY, SURNAMES
from detectors.normalise import MENTION, View

PARTICLES: Final = frozenset("al el de da di du van von der den la le bin ibn o st ap ab dos del".split())
SPACES: Final = frozenset((" ", "  ", "-"))
DOTTED: Final = frozenset((" ", ". "))
_NEVER_SURNAMES: Final = frozenset(
    "will may can hope day long short good best little close more way home back speed rice cook cash rush read sharp self early late moody bright case has had was high low fish bath hurst rest sick right left wise power powers major still given over chase gone".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens `first..last` of a text that together may name somebody.

    `form` is how: "title", "full", "reversed" (Surname, First), "initial" (J Smith, Smith J) or "single".
    """

    first: int
    last: int
    form: str
    title: str = ""


@dataclass(frozen=True)
class Sentence:
    """A text's words, the staff who may be named in it, and who was named before it in the thread."""

    view: View
    words: list[Token]
    staff: Known
    memory: Memory

    def gap(self, left: int, right: int) -> str:
        return self.view.text[self.words[left].end : self.words[right].start]

    def after(self, at: int, spaces: frozenset[str] = SPACES) -> Token | None:
        """The word after `at` where only a space is between."""
        if at + 1 < len(self.words) and self.gap(at, at + 1) in spaces and not self.words[at].possessive:
            return self.words[at + 1]
        return None

    def ends_list_name(self, after: Token) -> bool:
        """ "Barton I [90F]", where the letter is not the pronoun or the article."""
        behind = self.view.text[after.end : after.end + 4].lstrip()
        return not behind or not behind[0].isalpha()

    def remembered(self, word: Token) -> bool:
        return self.memory.recall(word.low, typos=not word.named) is not None and (
            word.capital or not word.ordinary
        )

    def lower_surname(self, first: Token, second: Token) -> bool:
        """ "ella fraser", "joan wall", "wilma rankins": the surname of a name without capitals."""
        low = second.low
        if low in _NEVER_SURNAMES or len(low) < 3:
            return False
        stem = low.removesuffix("s")
        if (
            (second.named and not second.ordinary)
            or (stem in SURNAMES and stem not in ORDINARY)
            or self.memory.recall(low, typos=True)
        ):
            return True
        if first.low in self.staff.firsts:
            return False
        return low in SURNAMES or (len(low) > 3 and not second.ordinary)


def is_mentioned(view: View, word: Token) -> bool:
    """Whether a platform's mention opens right before the word; not the @ of an e-mail address."""
    at = word.start - 1
    return view.text[at : word.start] == MENTION and not view.text[max(0, at - 1) : at].isalnum()


def is_acronym(word: Token) -> bool:
    """Capitals without a name's letters: CTPA, NSTEMI, IQ. Known names in capitals are no acronyms."""
    return word.upper and not word.named and (len(word.text) < 5 or not any(c in "AEIOUY" for c in word.text))
