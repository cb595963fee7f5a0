"""The kinds of identifier in the words that people use."""

from collections.abc import Iterable, Mapping
from typing import Final

from detectors.placeholders import WORDS

_WORDS: Final[Mapping[str, str]] = {
    **{str(kind): words for kind, words in WORDS.items()}, "FACE": "face", "VOICE": "voice"
}  # fmt: skip
_ORDER: Final = {kind: place for place, kind in enumerate(_WORDS)}


def in_words(kinds: Iterable[str], most: int = 3) -> str:
    """ "name, CHI and date of birth": each kind (a `Kind`, FACE or VOICE) once, at most `most`, then "more"."""
    words = [_WORDS[k] for k in sorted(set(kinds), key=_ORDER.__getitem__)]
    if not words:
        return "identifier"
    if len(words) > most:
        words = [*words[:most], "more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
