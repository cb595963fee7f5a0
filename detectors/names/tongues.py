"""Verbs and particles of Welsh and Gaelic that are names in English: "Mae", "bob", "Chan"."""

import re
from collections.abc import Sequence
from typing import Final

from detectors.names.tokens import Token
from detectors.normalise import View

_GRAMMAR: Final = frozenset(
    "mae'r mae'n mae'na roedd oedd ydy ydi ydyn ydych dydy dydi dyw dw rwy rwy'n dwi dwi'n oes bydd fydd wedi yn yw efo gyda "
    "heb hefyd rwan nawr heno fory yfory ddoe prynhawn diolch mynd gofyn cael meddyg gwely claf cleifion "
    "gwr gwraig newydd pawb pwy ddim iawn isio eisiau angen achos ffonio adre adref aros rhywun menyw i'r o'r a'r "
    "i'w bwyta cysgu ti'n chi'n fo'n hi'n ni'n nhw'n".split()
)
"""Folded words of Welsh that no English sentence has."""
_VERBS: Final = frozenset("mae wyt isio".split())
"""They open a sentence, or stand in it without a capital."""
_EVERY: Final = re.compile(
    r" (?:dydd|bore|nos|awr|wythnos|mis|tro|un|pnawn|prynhawn|[0-9]+ (?:awr|munud|diwrnod))\b"
)
_NOT: Final = re.compile(r" (?:eil|e|i|iad|urrainn|fhaca|robh)\b")


def without_verbs(view: View, words: Sequence[Token]) -> list[Token]:
    """The words but those that are a verb or a particle of a Welsh or Gaelic sentence: "Mae Menna wedi ffonio", "bob 6 awr",
    "Chan eil". Linear in the words."""
    welsh = any(w.low in _GRAMMAR for w in words)
    return [w for w in words if not _is_verb(view, w, welsh)]


def _is_verb(view: View, word: Token, welsh: bool) -> bool:
    if word.low == "bob":
        return _EVERY.match(view.text, word.end) is not None
    if word.low == "chan":
        return word.opens and _NOT.match(view.text, word.end) is not None
    return welsh and word.low in _VERBS and (word.opens or not word.capital)
