"""What rules found is hidden as far as the model reads on ("14 Whin Terrace" and the town behind it are one address), and what
the model read is left out where rules know better."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from detectors.edges import trimmed
from detectors.interface import LIKELY, MODEL, NAMES, Finding, Kind, Span

_LEAST: Final = 3
"""Code points of what is left of a finding."""


def read_on(text: str, found: Iterable[Finding]) -> list[Finding]:
    """What is `found` in `text`, with one finding for what both the model and rules found, by the rule that found most of it."""
    found = list(found)
    read = [f for f in found if f.evidence == (MODEL,) and f.kind not in NAMES]
    if not read:
        return found
    ruled = [f for f in found if f.evidence != (MODEL,) or f.kind in NAMES]
    last = max(f.span.end for f in read)  # the model reads the beginning of a long text only
    here = [f for f in ruled if f.span.start < last and f.message is None and f.kind is not Kind.STAFF_NAME]
    kept: list[Finding] = []
    taken: set[Finding] = set()
    for finding in read:
        if finding.confidence < LIKELY:
            kept.append(finding)
            continue
        near = [f for f in here if f.span.overlaps(finding.span)]
        if any(f.confidence < LIKELY and _knows_better(f) for f in near):
            continue
        sure = [f for f in near if f.confidence >= LIKELY]
        for part in _parts(text, finding, [f.span for f in sure if f.kind is not finding.kind]):
            met = [f for f in sure if f.kind is finding.kind and f.span.overlaps(part)]
            taken.update(met)
            kept.append(_joined(replace(finding, span=part), met))
    return [*kept, *(f for f in ruled if f not in taken)]


def _knows_better(unlikely: Finding) -> bool:
    """A colleague's telephone is found and left alone."""
    return unlikely.kind in (Kind.PHONE, Kind.EMAIL)


def _joined(finding: Finding, met: Sequence[Finding]) -> Finding:
    if not met:
        return finding
    most = min(met, key=lambda f: (f.span.start - f.span.end, -f.confidence, f.detector))
    return replace(most, span=finding.span.joined(f.span for f in met))


def _parts(text: str, finding: Finding, others: Sequence[Span]) -> Iterator[Span]:
    """The finding's span, or the parts of it that `others` leave: words of an address, and what holds a digit."""
    if not others:
        yield finding.span
        return
    at = finding.span.start
    for other in (*sorted(others), Span(finding.span.end, finding.span.end)):
        start, end = trimmed(text, at, other.start)
        tells = finding.kind is Kind.ADDRESS or any(map(str.isdigit, text[start:end]))
        if end - start >= _LEAST and tells:
            yield Span(start, end)
        at = max(at, other.end)
