"""A name is hidden whole: what the rules read as one name is not left half readable."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from detectors.interface import Finding, Kind, Span
from detectors.names.words import fold, is_name
from detectors.normalise import View

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_HIDDEN = (Kind.PATIENT_NAME, Kind.RELATIVE_NAME)
_SURE = 0.5


def whole(view: View, found: Iterable[Finding], owners: Sequence[Finding | None]) -> Iterator[Finding]:
    """`found` as the model gives it, those of patients and relatives widened to the name of the rules (`owners`)
    that they are part of: "Mrs Eileen" to "Mrs Eileen Bosworth".
    """
    names = [f for f in dict.fromkeys(owners) if f and _may_widen(view, f)]
    for finding in found:
        part = finding.kind in _HIDDEN and finding.confidence >= _SURE
        over = touching(names, finding.span) if part else ()
        if over:
            finding = replace(finding, span=finding.span.joined(f.span for f in over))
        yield finding


def touching(names: Sequence[Finding], span: Span) -> Sequence[Finding]:
    """Those of `names`, which stand in order and apart, that overlap `span`."""
    first = bisect_right(names, span.start, key=lambda f: f.span.end)
    return names[first : bisect_left(names, span.end, key=lambda f: f.span.start)]


def _may_widen(view: View, name: Finding) -> bool:
    """Without capitals the rules often take a verb for a surname, "shanelle mortified", and what a comma parts for one name:
    "send it to Boots at the Foregate, Bernadette will collect"."""
    words = _WORD.findall(view.original[name.span.start : name.span.end])
    sound = all(w[0].isupper() or len(w) == 1 or w == "and" or is_name(fold(w)) for w in words)
    return (
        name.kind in _HIDDEN
        and name.confidence >= _SURE
        and len(words) > 1
        and sound
        and name.evidence[0] != "reversed"
    )
