"""Wards, units and rooms that bear the name of a person: "Nightingale Ward", "the Beaufort Suite"."""

import re2

from detectors.names.words import fold

_PLACE = re2.compile(
    r"\b((?:[A-Z][a-z'’]+ )?[A-Z][a-z'’]+) (?:[Ww]ard|[Bb]ay|[Uu]nit|[Ss]uite|[Ww]ing|[Rr]oom|[Bb]uilding|[Cc]linic|[Hh]ouse|[Cc]orridor|[Tt]heatre|"
    r"[Pp]ractice|[Ss]urgery|[Ll]ounge|[Hh]ub)\b"
)
_NOT_NAMES = frozenset("the our on in to from at day night new old male female main side".split())


def rooms_in(text: str) -> frozenset[str]:
    """The folded words that name wards and rooms in a text."""
    words = (fold(w) for m in _PLACE.finditer(text) for w in m[1].split())
    return frozenset(w for w in words if w not in _NOT_NAMES)
