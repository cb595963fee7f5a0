"""Whom and what a file has named so far, found again wherever it stands in the file."""

import re
from bisect import bisect, bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from detectors.interface import LIKELY, Context, Earlier, Finding, Kind, Span
from detectors.names.words import CLINICAL, PLACES, fold, is_ordinary
from detectors.placeholders import PLACEHOLDER_PATTERN

_NAMES = frozenset({Kind.PATIENT_NAME, Kind.RELATIVE_NAME})
_NUMBERS = frozenset(
    {Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER, Kind.MRN, Kind.PHONE, Kind.DOB, Kind.OTHER_ID}
)
_TITLES = frozenset("mr mrs ms miss mx master dr prof sister baby lady sir the of and".split())
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_JOINED = re.compile(r"[\s.,^\-–/]{1,3}")
_DIGITS = re.compile(r"(?<![\w.])\d(?:[ \-/.]{0,2}\d){5,17}(?!\w)")
_HIDDEN = re.compile(PLACEHOLDER_PATTERN)
_ENOUGH_DIGITS = 6
_SURE_OF_STAFF = 0.8
_SURE = 0.6
_SURE_OF_ONE_WORD = 0.85
"""More is asked of a single word: what is taken for a name by mistake would be hidden all through the file."""

_MOST_AS_MESSAGE = 100
"""Names that the detectors are told of at once; their memory compares every word with every name."""

_CONFIDENCE = 0.9


class Known:
    """Learns from findings; `everywhere` adds what is known to the findings of one text."""

    def __init__(self, context: Context) -> None:
        self._phrases: dict[str, dict[tuple[str, ...], Kind]] = {}
        """By their first word; all words folded."""
        self._numbers: dict[str, Kind] = {}
        self._told: dict[str, Kind] = {}
        self._staff = {
            fold(w) for p in context.roster.people for w in _WORD.findall(f"{p.name} {p.known_as}")
        }
        for message in context.earlier:
            self.learn(message.text, [f for f in message.findings if f.message is None])

    def learn(self, text: str, findings: Sequence[Finding]) -> None:
        for finding in findings:
            if finding.confidence < _SURE:
                continue
            value = text[finding.span.start : finding.span.end]
            if finding.kind in _NAMES:
                self._learn_name(value, finding)
            elif finding.kind is Kind.STAFF_NAME and finding.confidence >= _SURE_OF_STAFF:
                self._staff.update(fold(w) for w in _WORD.findall(value))
            elif finding.kind in _NUMBERS:
                self._learn_number(value, finding.kind)

    def as_message(self) -> Earlier:
        """The names as a detector reads them in a conversation."""
        text, findings = "", []
        for name, kind in list(self._told.items())[:_MOST_AS_MESSAGE]:
            span = Span(len(text), len(text) + len(name))
            findings.append(Finding(kind, span, _CONFIDENCE, "known"))
            text += f"{name}\n"
        return Earlier("names", "", text, tuple(findings))

    def everywhere(self, text: str, findings: Sequence[Finding]) -> list[Finding]:
        """The findings in order, with what is known beside them; a doubtful staff name gives way to it."""
        settled = Settled()
        settled.add(sorted((f for f in findings if not _is_doubtful(f)), key=_length, reverse=True))
        settled.add(
            f for f in self._again(text) if not any(f.span.overlaps(p) for p in placeholders_in(text))
        )
        settled.add(f for f in findings if _is_doubtful(f))
        return settled.findings

    def _learn_name(self, value: str, finding: Finding) -> None:
        words = [w for w in _WORD.findall(value) if fold(w) not in _TITLES]
        folded, kind = tuple(fold(w) for w in words), finding.kind
        if len(folded) < 2 and finding.confidence < _SURE_OF_ONE_WORD:
            return
        if len(folded) > 1:
            self._add(folded, kind)
            self._add(tuple(reversed(folded)), kind)
        if any(len(w) > 1 for w in words):
            self._told.setdefault(" ".join(words), kind)
        for word in folded:
            if len(word) > 2 and not _is_ordinary(word):
                self._add((word,), kind)

    def _learn_number(self, value: str, kind: Kind) -> None:
        words = tuple(fold(w) for w in _WORD.findall(value))
        digits = "".join(c for c in value if c.isdigit())
        if len(digits) >= _ENOUGH_DIGITS and not any(c.isalpha() for c in value):
            self._numbers.setdefault(digits, kind)
        elif len(digits) >= _ENOUGH_DIGITS - 2 and words:
            self._add(words, kind)

    def _add(self, words: tuple[str, ...], kind: Kind) -> None:
        self._phrases.setdefault(words[0], {}).setdefault(words, kind)

    def _again(self, text: str) -> Iterator[Finding]:
        for at in _DIGITS.finditer(text):
            if kind := self._numbers.get("".join(c for c in at.group() if c.isdigit())):
                yield _finding(kind, at.start(), at.end())
        words = [(fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)] if self._phrases else []
        skip = 0
        for first, (word, start, _) in enumerate(words):
            if first < skip or word not in self._phrases:
                continue
            if found := self._phrase_at(text, words, first):
                kind, last = found
                skip = last + 1
                yield _finding(kind, start, words[last][2])

    def _phrase_at(
        self, text: str, words: Sequence[tuple[str, int, int]], first: int
    ) -> tuple[Kind, int] | None:
        """The longest known phrase that begins with a word, and the place of its last word."""
        phrases = self._phrases[words[first][0]]
        for phrase in sorted(phrases, key=len, reverse=True):
            last = first + len(phrase) - 1
            here = tuple(w for w, _, _ in words[first : last + 1])
            gaps = [text[words[n][2] : words[n + 1][1]] for n in range(first, min(last, len(words) - 1))]
            if here == phrase and all(_JOINED.fullmatch(g) for g in gaps):
                if len(phrase) == 1 and phrase[0] in self._staff:
                    continue
                return phrases[phrase], last
        return None


def _is_doubtful(finding: Finding) -> bool:
    """A staff name that may be a patient's after all, or a finding that is more likely wrong than right."""
    least = _SURE_OF_STAFF if finding.kind is Kind.STAFF_NAME else LIKELY
    return finding.confidence < least


def _length(finding: Finding) -> int:
    return finding.span.end - finding.span.start


def _is_ordinary(word: str) -> bool:
    return is_ordinary(word) or word in CLINICAL or word in PLACES


def _finding(kind: Kind, start: int, end: int) -> Finding:
    return Finding(kind, Span(start, end), _CONFIDENCE, "known", ("known",))


def placeholders_in(text: str) -> list[Span]:
    """What was hidden already: a patient called "Patient" is not sought in "[Patient A]"."""
    return [Span(*m.span()) for m in _HIDDEN.finditer(text)] if "[" in text else []


class Settled:
    """Findings in order, none overlapping: who comes first keeps its place, the next keeps what is left."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._starts: list[int] = []

    def add(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            for start, end in self._free(finding.span):
                place = bisect(self._starts, start)
                self._starts.insert(place, start)
                self.findings.insert(place, replace(finding, span=Span(start, end)))

    def _free(self, span: Span) -> list[tuple[int, int]]:
        """The parts of a span that nothing covers yet."""
        free, start = [], span.start
        place = max(bisect(self._starts, start) - 1, 0)
        for taken in self.findings[place : bisect_left(self._starts, span.end)]:
            if start < taken.span.start:
                free.append((start, taken.span.start))
            start = max(start, taken.span.end)
        return [*free, (start, span.end)] if start < span.end else free
