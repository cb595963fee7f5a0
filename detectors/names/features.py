"""What is known of each word of a text besides its letters: the model's second input."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from detectors.interface import LIKELY, NAMES, Context, Finding, Kind
from detectors.names import people
from detectors.names.around import asked, places
from detectors.names.heads import heads
from detectors.names.phrases import in_phrases
from detectors.names.roster import Known
from detectors.names.sentence import Sentence, is_mentioned
from detectors.names.titles import PATIENT_TITLES, STAFF_TITLES
from detectors.names.tokens import Token
from detectors.names.words import (
    CLINICAL,
    PLACES,
    RARE_FIRST_NAMES,
    RARE_PLACES,
    RARE_SURNAMES,
    RARE_WORDS,
    THINGS,
    fold,
)
from detectors.normalise import View

_FORMS: Final = ("single", "title", "full", "reversed", "initial")

TAGS: Final = ("none", *NAMES)
"""What the model says of a word, in the order of its outputs."""

OTHERS: Final = (
    "none", "ADDRESS", "POSTCODE", "DOB", "MRN", "NHS_NUMBER", "CHI", "HC_NUMBER", "NINO", "OTHER_ID", "PHONE_PATIENT",
    "EMAIL_PATIENT", "URL_ID", "FILENAME_ID", "AGE", "INITIALS", "PHONE_STAFF", "EMAIL_STAFF",
)  # fmt: skip
"""What the model says of a piece of text besides names."""

FEATURES: Final = (
    "capital", "upper", "opens", "possessive", "initial", "first_name", "surname", "ordinary", "clinical", "place",
    "rare_first", "rare_surname", "rare_word", "rare_place", "thing",
    "patient_title", "staff_title", "mentioned", "member_first", "member_surname", "staff_first", "staff_surname",
    "sender_before", "recalled_patient", "recalled_relative", "recalled_staff", "surgeon", "listed_whole", "place_said", "phrase", "heads", "heads_names", *NAMES, *_FORMS, "listed", "telling",
    "asked", "directory",
)  # fmt: skip
"""The order of the columns. A trained model fits this order and no other. The last is the same for every word:
how large the directory is, if there is one: the larger, the less a name in it tells; and whoever is in none is
hardly a colleague."""

READS: Final = 4000
"""Code points from the start of a text that the model reads; the rest is left to the rules, for no message may
wait for its length."""

TELLING: Final = frozenset(
    {"theirs", "their phone", "their body", "is relation", "kin of", "relation", "patient word", "born"}
)
"""Cues of the rules after which even a first name alone is somebody's."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text, the rules' finding that each is part of, and a row of `FEATURES` (all from 0 to 1)
    for each word that the model reads."""

    words: list[Token]
    rows: list[list[float]]
    owners: list[Finding | None]


def read(view: View, context: Context) -> Reading:
    """The last columns are what the rules of `people` say of a word, with their confidence: the model
    learns when to believe them."""
    sentence = people.sentence_of(view, context)
    owners = _owners(view, sentence.words, people.judge(sentence))
    before = _sender_before(context)
    read = [word for word in sentence.words if word.start < READS]
    whole, rooms = _listed_whole(read, sentence.staff), places(context)
    phrases, opening = in_phrases(view, read), heads(view, read, lambda n: _is_name(read[n], owners[n]))
    same = float(asked(context)), _size(sentence.staff.others)
    rows = [
        [
            *map(
                float,
                (
                    *_own(view, w),
                    *_known(w, sentence, before),
                    n in whole,
                    w.low in rooms,
                    n in phrases,
                    n in opening,
                ),
            ),
            opening.get(n, 0.0),
            *_judged(owner),
            *same,
        ]
        for n, (w, owner) in enumerate(zip(read, owners, strict=False))
    ]
    return Reading(sentence.words, rows, owners)


def _is_name(word: Token, owner: Finding | None) -> bool:
    """Whether a word is likely a patient's name or its title, as far as the rules see."""
    if owner is not None and owner.kind is not Kind.STAFF_NAME and owner.confidence >= LIKELY:
        return True
    return word.capital and word.named and not word.ordinary


def _listed_whole(words: Sequence[Token], staff: Known) -> set[int]:
    """Which words are the first name or surname of somebody listed, with the other beside it."""
    pairs = (n for n, (a, b) in enumerate(pairwise(words)) if staff.lists(a.low, b.low))
    return {at for n in pairs for at in (n, n + 1)}


def _size(others: int) -> float:
    """0 without a directory, 1 for ten thousand people or more."""
    return min(math.log10(1 + others) / 4, 1.0)


def _own(view: View, word: Token) -> tuple[bool, ...]:
    return (
        word.capital, word.upper, word.opens, word.possessive, word.initial, word.first, word.surname, word.ordinary,
        word.low in CLINICAL, word.low in PLACES,
        word.low in RARE_FIRST_NAMES, word.low in RARE_SURNAMES, word.low in RARE_WORDS, word.low in RARE_PLACES, word.low in THINGS, word.low in PATIENT_TITLES, word.low in STAFF_TITLES,
        is_mentioned(view, word),
    )  # fmt: skip


def _known(word: Token, sentence: Sentence, before: frozenset[str]) -> tuple[bool, ...]:
    staff = sentence.staff
    recalled = sentence.memory.recall(word.low, typos=not word.named and not word.ordinary)
    return (
        word.low in staff.member_firsts, word.low in staff.member_surnames, word.low in staff.firsts,
        word.low in staff.surnames, word.low in before, recalled is Kind.PATIENT_NAME,
        recalled is Kind.RELATIVE_NAME, word.low in sentence.memory.staff, word.low in staff.surgeons,
    )  # fmt: skip


def _sender_before(context: Context) -> frozenset[str]:
    """The names of whoever wrote the last two messages: who is being answered."""
    people_before = (context.roster.by_user.get(e.sender) for e in context.earlier[-2:])
    return frozenset(fold(w) for p in people_before if p for w in f"{p.name} {p.known_as}".split())


def _owners(view: View, words: Sequence[Token], found: Sequence[Finding]) -> list[Finding | None]:
    """For each word the rules' finding that it begins in; both stand in order, so one walk does."""
    owners: list[Finding | None] = []
    left = iter(found)
    finding = next(left, None)
    for word in words:
        at = view.starts[word.start]
        while finding and finding.span.end <= at:
            finding = next(left, None)
        owners.append(finding if finding and finding.span.start <= at else None)
    return owners


def _judged(finding: Finding | None) -> list[float]:
    row = [0.0] * (len(NAMES) + len(_FORMS) + 2)
    if finding:
        row[NAMES.index(finding.kind)] = finding.confidence
        if finding.evidence and finding.evidence[0] in _FORMS:
            row[len(NAMES) + _FORMS.index(finding.evidence[0])] = 1.0
        row[-2] = float("listed" in finding.evidence)
        row[-1] = float(not TELLING.isdisjoint(finding.evidence))
    return row
