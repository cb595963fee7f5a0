"""Which cues stand round a name, added up."""

import re
from dataclasses import dataclass
from typing import Final

import re2
import regex

from detectors.names.cues import AFTER, BEFORE, Cue
from detectors.normalise import View

_AFTER_PATTERNS: Final = tuple(re.compile(c.pattern) for c in AFTER)
_ANY_AFTER: Final = re.compile("|".join(f"(?:{cue.pattern})" for cue in AFTER))
_ROOM: Final = re2.Options()
_ROOM.max_mem = 1 << 25  # with the default its states do not fit
_BEFORE_SET: Final = re2.Set.SearchSet(_ROOM)
"""One automaton: a search for each cue that ends at the name would read the words before it anew."""
for _cue in BEFORE:
    _BEFORE_SET.Add(_cue.pattern)
_BEFORE_SET.Compile()
_LOOKS: Final = regex.compile(r"\(\?<?[=!](?P<inner>[^()\[\]\\]|\\.|\[(?:[^\]\\]|\\.)*\]|\((?&inner)*\))*\)")
_AFTER_SET: Final = re2.Set.MatchSet(_ROOM)
"""Asked first: behind most names stands no cue. RE2 does not look around; what is left finds no less."""
for _cue in AFTER:
    _AFTER_SET.Add(_LOOKS.sub("", _cue.pattern))
_AFTER_SET.Compile()
_THINGS: Final = frozenset({"eponym", "place", "a place", "grade", "article"})
_AT_HOME: Final = frozenset({"to their door", "theirs"})
"""Only together: "outside Gregory's", but not "at Weem" nor "Horner's"."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The cues round one name, added up."""

    names: tuple[str, ...]
    patient: float
    relative: float
    staff: float
    thing: float = 0.0
    """How much speaks against anybody's being named at all: zero or less."""


_NOTHING: Final = Heard((), 0, 0, 0)


def hear(view: View, start: int, end: int, *, may_be_a_thing: bool) -> Heard:
    """What stands right before and after `start:end` on the same line.

    `may_be_a_thing`: one word alone may be a splint's or a ward's name; "Mrs Garden" is neither.
    """
    before = view.lower[max(0, start - 44) : start]
    line = before[max(0, before.rfind("\n")) :]
    after = view.lower[end : end + 48].partition("\n")[0]
    heard = [BEFORE[i] for i in sorted(_BEFORE_SET.Match(line) or ())] + _behind(after)
    if len(_AT_HOME.intersection([c.name for c in heard])) < len(_AT_HOME):
        heard = [c for c in heard if c.name not in _AT_HOME]
    if not heard:
        return _NOTHING
    of_thing = [c for c in heard if c.name in _THINGS]
    heard = [c for c in heard if c.name not in _THINGS]
    if any(c.name == "family" for c in heard):
        of_thing = [c for c in of_thing if c.name != "article"]  # "the Agnew family"
    if any(c.name == "patient word" for c in heard):
        of_thing = [c for c in of_thing if c.name != "eponym"]  # "wee Amelia's line"
    of_thing = of_thing if may_be_a_thing else []
    return Heard(
        tuple(dict.fromkeys(c.name for c in (*heard, *of_thing))),
        sum(c.patient for c in heard),
        sum(c.relative for c in heard),
        sum(c.staff for c in heard),
        sum(c.patient for c in of_thing),
    )


def _behind(after: str) -> list[Cue]:
    if after.isascii() and after.isprintable():
        near = sorted(_AFTER_SET.Match(after) or ())
    else:  # RE2 knows ASCII's letters and spaces only
        near = list(range(len(AFTER))) if _ANY_AFTER.match(after) else []
    return [AFTER[i] for i in near if _AFTER_PATTERNS[i].match(after)]
