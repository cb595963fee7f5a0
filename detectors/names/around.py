"""What the conversation tells of a word besides people: which names are wards and rooms, and whether a name was asked for."""

import re2

from detectors.interface import Context, Roster
from detectors.names.words import fold

_PLACE = re2.compile(
    r"\b((?:[A-Z][a-z'’]+ )?[A-Z][a-z'’]+) (?:[Ww]ard|[Bb]ay|[Uu]nit|[Ss]uite|[Ww]ing|[Rr]oom|[Bb]uilding|[Cc]linic|[Hh]ouse|[Cc]orridor|[Tt]heatre|"
    r"[Pp]ractice|[Ss]urgery|[Ll]ounge|[Hh]ub)\b"
)
_NOT_NAMES = frozenset("the our on in to from at day night new old male female main side".split())
_ASKED = re2.compile(
    r"(?i)(?:\b(?:who|whose|who's|whos|surname|first name|full name|name|called|which (?:one|lady|gent|patient|pt|man|woman|bed))\b[^.!\n]{0,60}\?|"
    r"\b(?:what'?s|need|give me|spell) (?:her|his|their|the|your|a)? ?(?:full |sur|first |last )?names?\b)"
)
_LATELY = 2


def places(context: Context) -> frozenset[str]:
    """The folded words that name wards and rooms, as colleagues' roles and the messages before say."""
    said = "\n".join(e.text for e in context.earlier)
    return _of_roles(context.roster) | _named(said)


def asked(context: Context) -> bool:
    """Whether one of the last messages asks for somebody's name."""
    return any(_ASKED.search(e.text) for e in context.earlier[-_LATELY:])


def _of_roles(roster: Roster) -> frozenset[str]:
    """Read once for each roster, on which it is kept."""
    found = roster.__dict__.get("_places")
    if not isinstance(found, frozenset):
        found = roster.__dict__["_places"] = _named("\n".join(p.role for p in roster.people))
    return found


def _named(text: str) -> frozenset[str]:
    words = (fold(w) for m in _PLACE.finditer(text) for w in m[1].split())
    return frozenset(w for w in words if w not in _NOT_NAMES)
