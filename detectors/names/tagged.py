"""Who is named in a text, as the model reads it, with the rules' reading among what it is told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from detectors.interface import LIKELY, MODEL, Context, Finding, Kind
from detectors.names import people
from detectors.names.besides import besides, may_tell
from detectors.names.features import FEATURES, TELLING, Reading, read
from detectors.names.overruled import overruled
from detectors.names.phrases import is_a_phrase
from detectors.names.roster import known
from detectors.names.rotas import on_rota
from detectors.names.sentence import is_acronym
from detectors.names.tagger import said
from detectors.names.things import is_a_firm, is_a_thing, names_nothing
from detectors.names.titles import PATIENT_TITLES
from detectors.names.tokens import Token
from detectors.names.whole import whole
from detectors.names.words import CLINICAL, PLACES
from detectors.normalise import OBJECT, View
from detectors.rule import Rule

NAME = "tagged"

_EXTENSION = re.compile(r"(?i)\.(?:png|jpe?g|heic|pdf|docx?|xlsx?|csv|txt|pptx?|mp4|mov|wav|m4a)\b")
_WORTH_SAYING = 0.1
_AGAIN = 0.8
_SURELY = 0.87
"""What a clinical word that is a name too needs: "Ogilvie"."""
_SURER = 0.65
"""What an ordinary word without its capital needs to be a name."""
_TOLD = slice(FEATURES.index("patient_title"), FEATURES.index("asked"))  # titles, roster, thread, rules


def _columns(*facts: str) -> tuple[int, ...]:
    return tuple(map(FEATURES.index, facts))


_RECALLED = _columns("recalled_patient", "recalled_relative")
_RARE = _columns("rare_first", "rare_surname")
_ROSTER = _columns("mentioned", "member_first", "member_surname", "staff_first", "staff_surname")
_LISTED = (*_columns("first_name", "surname"), *_RARE, *_ROSTER, *_RECALLED)
_VOUCHED = (*_ROSTER, *_columns("recalled_staff"))
_NOBODY = (None, 1.0)
_CAREFUL = 2.4
"""The odds for a patient or relative count so much more than the model gives: a name shown harms more than a
colleague's hidden."""
_UNKNOWING = 1.6
"""The same where no directory is at hand: there most that is wrongly hidden are colleagues."""
_STRANGER = 0.5
"""The odds for a colleague where there is a directory, and neither it nor an earlier message has the name."""
_CALLED = 0.8
"""How sure it is that a file called by one word that may be a name is called by one: "Zephyrina.png"."""
_BEARS = TELLING | {
    "called",
    "age",
    "number",
    "identifier",
    "bed",
    "in bed",
    "state",
    "list",
    "clinical dash",
}
"""Cues that a name is somebody's, whatever else is called so."""
_NAMED_WITH = PATIENT_TITLES | {"wee", "little", "old", "young", "big"}
"""Words that people are named with: hidden or not, they tell nothing."""
_JOINS = frozenset((" ", "  ", "-", ". ", ".", "' ", " '"))


def find(view: View, context: Context) -> Iterator[Finding]:
    seen = read(view, context)
    if is_worth_reading(view, seen):
        yield from what_it_says(view, seen, context)


def is_worth_reading(view: View, seen: Reading) -> bool:
    """Whether a text may name somebody or hold what else tells who a patient is; the model need not read another."""
    return may_tell(view.text) or any(map(_may_name, seen.words, seen.rows)) or any(seen.owners)


def what_it_says(view: View, seen: Reading, context: Context) -> Iterator[Finding]:
    """The findings of the model, with what the rules know better."""
    heard = said(view.text, seen.words, seen.rows)
    yield from whole(view, _names(view, seen, heard.words, known(context.roster).others > 0), seen.owners)
    if context.surface == "message":  # on which the model was trained: not a file's name, nor a form's codes
        yield from besides(view, heard, NAME)


def _names(view: View, seen: Reading, tags: Sequence[Sequence[float]], complete: bool) -> Iterator[Finding]:
    """`complete`: a staff directory is at hand, so that whoever is in no list is no colleague."""
    words = seen.words
    careful = _CAREFUL if complete else _UNKNOWING
    verdicts = [
        _NOBODY
        if names_nothing(view, w)
        else _verdict(t, careful, 1.0 if not complete or _is_told(seen, n, _VOUCHED) else _STRANGER)
        for n, (w, t) in enumerate(zip(words, tags, strict=False))
    ]
    verdicts = [overruled(v, owner, complete) for v, owner in zip(verdicts, seen.owners, strict=False)]
    verdicts += [(f.kind, f.confidence) if f else (None, 1.0) for f in seen.owners[len(tags) :]]
    # What stands beside a placeholder was judged when it had its whole sentence round it: only what is
    # surer is hidden now, so that hiding twice is hiding once.
    least = _AGAIN if OBJECT in view.text else _WORTH_SAYING
    rotas = on_rota(view)
    first = 0
    while first < len(words):
        if verdicts[first][0] is None:
            first += 1
            continue
        last = first
        while last + 1 < len(words) and _goes_on(view, seen, verdicts, last):
            last += 1
        first = _begins(words, first, last)
        finding = _finding(view, words[first : last + 1], verdicts[first : last + 1])
        if finding and _is_a_file(view, words[first]):
            finding = replace(finding, confidence=max(finding.confidence, _CALLED))
        if finding and finding.confidence >= max(least, _needed(seen, first, last)):
            if any(start <= words[first].start < end for start, end in rotas) and not _is_cued(seen, first):
                finding = replace(finding, kind=Kind.STAFF_NAME)
            if not _names_a_thing(view, seen, first, last, finding.confidence):
                yield finding
        first = last + 1


def _needed(seen: Reading, first: int, last: int) -> float:
    """More for a word in which the rules see nobody, if it is an ordinary one without its capital, or if no list of names and
    no earlier message has it: "Sputum is brown", "Jamar"."""
    word, ruled = seen.words[first], seen.owners[first]
    if first < last or (ruled is not None and ruled.confidence >= LIKELY):
        return 0.0
    if word.ordinary and not word.capital:
        return _SURER
    listed = first >= len(seen.rows) or _is_told(seen, first, _LISTED)
    return 0.0 if listed and (word.capital or word.named) else _AGAIN


def _is_a_file(view: View, word: Token) -> bool:
    """ "Zephyrina.png", but not "wound.png"."""
    return word.capital and not word.ordinary and _EXTENSION.match(view.text, word.end) is not None


def _may_name(word: Token, row: Sequence[float]) -> bool:
    """Whether the word could name anybody: not a capital that any sentence could open with, nor an abbreviation that no list
    of names has."""
    if any(row[_TOLD]):
        return True
    if word.low in CLINICAL or word.low in PLACES:
        return word.named and word.capital and not word.opens
    if not word.capital:
        return word.plausible and len(word.text) > 2
    if word.named:
        return True
    if word.ordinary:
        return not (word.opens or word.upper or word.text == "I")
    return not is_acronym(word)


def _verdict(tags: Sequence[float], careful: float, colleague: float) -> tuple[Kind | None, float]:
    """The kind of one word and its probability: patients and relatives count together against the rest. `careful` is what
    their odds are multiplied with, `colleague` those of staff."""
    odds_for = (tags[0], careful * tags[1], careful * tags[2], colleague * tags[3])
    nobody, patient, relative, staff = (o / sum(odds_for) for o in odds_for)
    if (hide := patient + relative) > max(staff, _WORTH_SAYING):
        return (Kind.PATIENT_NAME if patient >= relative else Kind.RELATIVE_NAME), hide
    return (Kind.STAFF_NAME, staff) if staff > nobody else (None, nobody)


def _names_a_thing(view: View, seen: Reading, first: int, last: int, confidence: float) -> bool:
    return (
        _is_a_thing(view, seen, first, confidence)
        if first == last
        else _is_called_after(view, seen, first, last)
    )


def _is_a_thing(view: View, seen: Reading, at: int, confidence: float) -> bool:
    """A clinical word or a place by itself, in which the rules see nobody, when nobody of that name was spoken
    of: "Paget's", "Ogilvie", "Denham". Of a clinical word that is a name too the model may be sure."""
    word = seen.words[at]
    if is_a_thing(view, word):
        return True
    recalled = _is_told(seen, at, _RECALLED)
    ruled = seen.owners[at]
    if (ruled is not None and ruled.confidence >= LIKELY) or recalled:
        return False
    if not word.capital and word.ordinary and not (word.named or _is_told(seen, at, _RARE)):
        return True
    if word.low in CLINICAL and word.named and word.capital and word.text.isalpha() and not word.possessive:
        return confidence < _SURELY
    return word.low in CLINICAL or word.low in PLACES or (word.possessive and f"{word.low}'s" in CLINICAL)


def _is_called_after(view: View, seen: Reading, first: int, last: int) -> bool:
    """Whether words are what a thing is called, "Marie Curie", "Daisy Hill", and nothing tells that somebody bears the name."""
    if _is_borne(seen, first):
        return False
    words = seen.words[first : last + 1]
    return is_a_phrase(words) or is_a_firm(view, words[0], words[-1])


def _is_borne(seen: Reading, at: int) -> bool:
    """Whether something beside the name or an earlier message tells that a patient or a relative bears it."""
    return _is_cued(seen, at) or _is_told(seen, at, _RECALLED)


def _is_cued(seen: Reading, at: int) -> bool:
    """Whether something beside the name tells it. On a rota nothing else does: a patient's namesake works too, and whom the
    conversation took for a patient may never have been one."""
    ruled = seen.owners[at]
    return ruled is not None and bool(_BEARS.intersection(ruled.evidence))


def _is_told(seen: Reading, at: int, facts: Sequence[int]) -> bool:
    """Whether any of `facts`, columns of the features, holds of a word that the model reads."""
    return at < len(seen.rows) and any(seen.rows[at][n] for n in facts)


def _goes_on(view: View, seen: Reading, verdicts: Sequence[tuple[Kind | None, float]], at: int) -> bool:
    """Whether the word after `at` belongs to the same name."""
    words, kind = seen.words, verdicts[at][0]
    if kind is None or verdicts[at + 1][0] is not kind or words[at].possessive:
        return False
    if view.text[words[at].end : words[at + 1].start] in _JOINS:
        return True
    return seen.owners[at] is not None and seen.owners[at] is seen.owners[at + 1]


def _begins(words: Sequence[Token], first: int, last: int) -> int:
    """Where a name begins that ordinary words in small letters lead to: "new stoma Stanislaw Wrobel"."""
    while first < last and words[first + 1].capital and _is_plain(words[first]):
        first += 1
    return first


def _is_plain(word: Token) -> bool:
    return not (word.capital or word.named) and word.ordinary and word.low not in _NAMED_WITH


def _finding(
    view: View, words: Sequence[Token], verdicts: Sequence[tuple[Kind | None, float]]
) -> Finding | None:
    kind = verdicts[0][0]
    if kind is None:
        return None
    confidence = max(p for _, p in verdicts)
    span = view.span(words[0].start, words[-1].end)
    return Finding(kind, span, round(min(confidence, 0.99), 3), NAME, (MODEL,))


RULE = Rule(NAME, find, people.RULE.catches, people.RULE.spares)
