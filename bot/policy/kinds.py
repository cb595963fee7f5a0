"""The kinds of identifier in the words that people use."""

from collections.abc import Iterable
from typing import Final

from detectors.interface import Kind
from detectors.placeholders import WORDS

_ORDER: Final = {kind: place for place, kind in enumerate(WORDS)}


def in_words(kinds: Iterable[Kind], most: int = 3) -> str:
    """ "name, CHI and date of birth": each kind once, at most `most` of them, then "more"."""
    words = [WORDS[k] for k in sorted(set(kinds), key=_ORDER.__getitem__)]
    if not words:
        return "identifier"
    if len(words) > most:
        words = [*words[:most], "more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
