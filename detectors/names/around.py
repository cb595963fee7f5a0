"""What the conversation tells of a word besides people: which names are wards and rooms, and whether a name was asked for."""

import re2

from detectors.interface import Context
from detectors.names.rooms import rooms_in
from detectors.names.roster import known

_ASKED = re2.compile(
    r"(?i)(?:\b(?:who|whose|who's|whos|surname|first name|full name|name|called|which (?:one|lady|gent|patient|pt|man|woman|bed))\b[^.!\n]{0,60}\?|"
    r"\b(?:what'?s|need|give me|spell) (?:her|his|their|the|your|a)? ?(?:full |sur|first |last )?names?\b)"
)
_LATELY = 2


def places(context: Context) -> frozenset[str]:
    """The folded words that name wards and rooms, as colleagues' roles and the messages before say."""
    said = "\n".join(e.text for e in context.earlier)
    return known(context.roster).rooms | rooms_in(said)


def asked(context: Context) -> bool:
    """Whether one of the last messages asks for somebody's name."""
    return any(_ASKED.search(e.text) for e in context.earlier[-_LATELY:])
