"""Who is named in a text, as the model reads it, with the rules' reading among what it is told."""

from collections.abc import Iterator, Sequence

from detectors.interface import Context, Finding, Kind, Span
from detectors.names import people
from detectors.names.features import read
from detectors.names.tagger import odds
from detectors.names.tokens import Token
from detectors.normalise import View
from detectors.rule import Rule

NAME = "people"

_WORTH_SAYING = 0.1
_JOINS = frozenset((" ", "  ", "-", ". ", ".", "' ", " '"))


def find(view: View, context: Context) -> Iterator[Finding]:
    seen = read(view, context)
    words = seen.words
    if not any(map(_may_name, words, seen.rows)):
        return
    spans = [f.span for f in seen.by_rule]
    said = [_verdict(tags) for tags in odds(view.text, words, seen.rows)]
    first = 0
    while first < len(words):
        last = first
        while last + 1 < len(words) and _goes_on(view, words, said, spans, last):
            last += 1
        if (finding := _finding(view, words[first : last + 1], said[first : last + 1])) is not None:
            yield finding
        first = last + 1


def _may_name(word: Token, row: Sequence[float]) -> bool:
    """Whether the word could name anybody; a text without such a word need not be read by the model."""
    return word.capital or word.plausible or any(row[10:])


def _verdict(tags: Sequence[float]) -> tuple[Kind | None, float]:
    """The kind of one word and its probability: patients and relatives count together against the rest."""
    patient, relative, staff = tags[1:]
    if patient + relative >= max(staff, tags[0]) or (
        patient + relative > _WORTH_SAYING and staff < patient + relative
    ):
        return (Kind.PATIENT_NAME if patient >= relative else Kind.RELATIVE_NAME), patient + relative
    if staff > tags[0]:
        return Kind.STAFF_NAME, staff
    return None, tags[0]


def _goes_on(
    view: View,
    words: Sequence[Token],
    said: Sequence[tuple[Kind | None, float]],
    spans: Sequence[Span],
    at: int,
) -> bool:
    """Whether the word after `at` belongs to the same name."""
    kind, after = said[at][0], said[at + 1][0]
    if kind is None or after is not kind or words[at].possessive:
        return False
    if view.text[words[at].end : words[at + 1].start] in _JOINS:
        return True
    here, there = view.starts[words[at].start], view.starts[words[at + 1].start]
    return any(s.start <= here and there < s.end for s in spans)


def _finding(view: View, words: Sequence[Token], said: Sequence[tuple[Kind | None, float]]) -> Finding | None:
    kind = said[0][0]
    confidence = max(p for _, p in said)
    if kind is None or confidence < _WORTH_SAYING:
        return None
    span = view.span(words[0].start, words[-1].end)
    return Finding(kind, span, round(min(confidence, 0.99), 3), NAME, ("model",))


RULE = Rule(NAME, find, people.RULE.catches, people.RULE.spares)
