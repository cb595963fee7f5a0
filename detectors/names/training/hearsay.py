"""What a conversation believes of whom its messages named: in training as often wrong as the detectors are at run time."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from detectors.interface import NAMES, Finding, Kind, Span
from detectors.names.training.read import Line, truth
from detectors.names.words import fold, is_ordinary

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_UNHEARD = 0.12
"""How many findings of a message are missed once."""
_LOST, _TAKEN_FOR_STAFF = 0.06, 0.03
"""How many patients and relatives nobody notices in the whole conversation, and who are taken for colleagues."""
_UNNOTICED, _TAKEN_FOR_PATIENT = 0.1, 0.08
"""The same of colleagues."""
_THING = 0.006
"""How many words with a capital that name nobody are taken for a patient."""


class Hearsay:
    """The beliefs of one conversation. A wrong one stays: a colleague once taken for a patient is so in each message."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._names: dict[str, Kind | None] = {}
        self._things: dict[str, bool] = {}

    def believed(self, line: Line) -> tuple[Finding, ...]:
        """The findings that a message is remembered with."""
        heard = [f for f in truth(line) if self._rng.random() >= _UNHEARD]
        named = [self._named(line, f) for f in heard]
        return (*(f for f in named if f is not None), *self._mistaken(line))

    def _named(self, line: Line, found: Finding) -> Finding | None:
        if found.kind not in NAMES:
            return found
        words = _WORD.findall(line.text[found.span.start : found.span.end])
        name = fold(words[-1]) if words else ""
        if name not in self._names:
            self._names[name] = self._belief(found.kind)
        kind = self._names[name]
        return replace(found, kind=kind) if kind is not None else None

    def _belief(self, kind: Kind) -> Kind | None:
        staff = kind is Kind.STAFF_NAME
        none, other = (_UNNOTICED, _TAKEN_FOR_PATIENT) if staff else (_LOST, _TAKEN_FOR_STAFF)
        luck = self._rng.random()
        if luck < none:
            return None
        if luck < none + other:
            return Kind.PATIENT_NAME if staff else Kind.STAFF_NAME
        return kind

    def _mistaken(self, line: Line) -> Iterator[Finding]:
        named = [(start, end) for start, end, _ in line.spans]
        for m in _WORD.finditer(line.text):
            if (
                not m.group()[0].isupper()
                or len(m.group()) < 3
                or any(s < m.end() and m.start() < e for s, e in named)
            ):
                continue
            word = fold(m.group())
            if word not in self._things:
                self._things[word] = not is_ordinary(word) and self._rng.random() < _THING
            if self._things[word]:
                yield Finding(Kind.PATIENT_NAME, Span(m.start(), m.end()), 1.0, "hearsay")
