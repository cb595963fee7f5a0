"""Things of several words that hold a name or look like one: "James Cook", "Ivor Lewis", "Saffron Walden"."""

from collections.abc import Iterable, Sequence
from typing import Final

from detectors.names.tokens import Token
from detectors.names.words import fold, lines_of
from detectors.normalise import View

_GAPS: Final = frozenset((" ", "-", "'s ", "' ", ". "))


def _by_first_word(phrases: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for phrase in phrases:
        first, *rest = (fold(w).removesuffix("'s") for w in phrase.replace("-", " ").split())
        if rest:
            found.setdefault(first, set()).add(tuple(rest))
    return {first: tuple(sorted(rests, key=len, reverse=True)) for first, rests in found.items()}


_PHRASES: Final = _by_first_word(lines_of("phrases.txt"))


def in_phrases(view: View, words: Sequence[Token]) -> frozenset[int]:
    """Which of the words are part of such a phrase. Linear in the words."""
    found: set[int] = set()
    for at, word in enumerate(words):
        for rest in _PHRASES.get(word.low, ()):
            last = at + len(rest)
            if last < len(words) and all(
                words[at + n].low == w and view.text[words[at + n - 1].end : words[at + n].start] in _GAPS
                for n, w in enumerate(rest, 1)
            ):
                found.update(range(at, last + 1))
                break
    return frozenset(found)


def is_a_phrase(words: Sequence[Token]) -> bool:
    """Whether the words, all of them and no more, are such a thing's name."""
    first, *rest = (w.low.removesuffix("'s") for w in words)
    return tuple(rest) in _PHRASES.get(first, ())
