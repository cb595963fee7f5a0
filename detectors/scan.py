"""A text and what is known about it -> findings, in order, with overlaps settled."""

import gc
from bisect import bisect, bisect_left
from collections.abc import Sequence
from typing import Any, Final

import re2

from detectors.catalogue import CATALOGUE
from detectors.interface import LIKELY, Context, Finding, Kind, Span
from detectors.normalise import normalise
from detectors.read_on import read_on
from detectors.rule import Rule
from detectors.spared import is_spared
from detectors.whose import whose

NOTHING_KNOWN = Context()

# A scan makes many small objects and no cycles. Python looks for cycles after every 700 new objects, which was two fifths
# of a long text's time; whoever has set more keeps it.
_NEW_OBJECTS: Final = 50_000
if 0 < gc.get_threshold()[0] < _NEW_OBJECTS:
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])

_ROOM: Final = 16 << 20
"""Bytes that an automaton may fill with states, as texts ask for them. With RE2's default, the states that random letters ask
for do not fit, and a search takes twenty times as long."""


class _Prefilter:
    """Which rules have a chance in a text: those of whose triggers one is in it, and those that have none.

    Each rule has an automaton of its own: one for all asks for new states at every fresh text, and takes four times as long
    (docs/measurements.md, "Time").
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._automata = [(rule, _automaton(rule.triggers) if rule.triggers else None) for rule in rules]

    def in_play(self, text: str) -> list[Rule]:
        """In the order of the catalogue."""
        return [rule for rule, automaton in self._automata if automaton is None or automaton.Match(text)]


def _automaton(triggers: Sequence[str]) -> Any:
    options = re2.Options()
    options.max_mem = _ROOM
    automaton = re2.Set.SearchSet(options)
    for trigger in triggers:
        automaton.Add(f"(?i){trigger}")
    automaton.Compile()
    return automaton


_PREFILTER = _Prefilter(CATALOGUE)


def scan(text: str, context: Context = NOTHING_KNOWN) -> tuple[Finding, ...]:
    """Every identifier in `text`, sorted by span, none overlapping another.

    Pure and thread-safe. A finding with `message` set lies in that earlier message and comes last.
    STAFF_NAME findings say what is to be kept; they never overlap one that may be hidden.
    """
    view = normalise(text, context.markup)
    found = [
        f
        for rule in _PREFILTER.in_play(view.text)
        for f in rule.find(view, context)
        if not is_spared(f, view, context)
    ]
    here = _settle(read_on(text, (f for f in whose(view, found, context) if f.message is None)))
    before = {(f.message, f.span): f for f in found if f.message is not None}
    return (*here, *sorted(before.values(), key=lambda f: (f.message or "", f.span)))


def _settle(found: list[Finding]) -> list[Finding]:
    """The likely and longest first; what overlaps one of those keeps only what is not yet covered."""
    kept: list[Finding] = []
    starts: list[int] = []
    for finding in sorted(found, key=_rank):
        for rest in _uncovered(finding, kept, starts):
            place = bisect(starts, rest.span.start)
            starts.insert(place, rest.span.start)
            kept.insert(place, rest)
    return kept


def _rank(finding: Finding) -> tuple[bool, int, float, int, str, str]:
    """Order of precedence: what is likely, then the longest, then the surest; staff names come last."""
    unlikely = finding.confidence < LIKELY or finding.kind is Kind.STAFF_NAME
    length = finding.span.end - finding.span.start
    return (unlikely, -length, -finding.confidence, finding.span.start, finding.kind, finding.detector)


def _uncovered(finding: Finding, kept: list[Finding], starts: list[int]) -> list[Finding]:
    """The parts of a finding that none of `kept` (in order, none overlapping) covers."""
    start, end = finding.span.start, finding.span.end
    first = max(bisect(starts, start) - 1, 0)
    clashes = [k.span for k in kept[first : bisect_left(starts, end)] if k.span.overlaps(finding.span)]
    if not clashes:
        return [finding]
    if finding.kind is Kind.STAFF_NAME or finding.confidence < LIKELY:
        return []
    before, after = clashes[0].start, clashes[-1].end
    ends = [Span(start, before)] if before - start > 2 else []
    ends += [Span(after, end)] if end - after > 2 else []
    return [_at(finding, span) for span in ends]


def _at(finding: Finding, span: Span) -> Finding:
    return Finding(finding.kind, span, finding.confidence, finding.detector, finding.evidence)
