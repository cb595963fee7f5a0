"""Stable labels: the same patient is "Patient A" all through a conversation, and nobody else is."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys

_FREED_AFTER = 7 * 86400.0
"""A letter is used again only after a week unused: a label that changed its patient during a shift could
have the wrong patient treated."""

_TITLES = frozenset(
    "mr mrs ms miss mx dr doctor prof professor sister sr nurse sir lady rev fr baby of".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True)
class Name:
    """One name as it stands in a text, and the word that labels begin with."""

    text: str
    noun: str
    """ "Patient" or "Relative"."""


class Labels:
    """Gives labels within a conversation. Only keyed pseudonyms of the names are stored."""

    def __init__(self, store: Store, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock

    async def of(self, scope: str, names: Sequence[Name]) -> list[str]:
        """A label for each name, in order. `scope` is the conversation, "tenant/conversation"."""
        if not names:
            return []
        return await self._store.write(lambda c: self._assign(c, scope, names))

    def _assign(self, c: Connection, scope: str, names: Sequence[Name]) -> list[str]:
        now = self._clock()
        c.execute(t.label.delete().where(t.label.c.thread == scope, t.label.c.at < now - _FREED_AFTER))
        rows = c.execute(select(t.label.c.pseudonym, t.label.c.label).where(t.label.c.thread == scope))
        known: dict[str, str] = {r.pseudonym: r.label for r in rows}
        return [self._one(c, scope, known, n, now) for n in names]

    def _one(self, c: Connection, scope: str, known: dict[str, str], name: Name, now: float) -> str:
        words = words_of(name.text) or [name.text.casefold().strip()]

        def held(claim: str) -> str | None:
            return known.get(self._keys.pseudonym(scope, f"{name.noun}/{claim}"))

        of_noun = [each for each in dict.fromkeys(known.values()) if each.startswith(name.noun)]
        label = _find(held, words, of_noun) or next_label(name.noun, set(known.values()))
        for claim in _claims(label, words):
            pseudonym = self._keys.pseudonym(scope, f"{name.noun}/{claim}")
            if known.setdefault(pseudonym, label) == label:
                row = {"thread": scope, "pseudonym": pseudonym, "label": label, "at": now}
                c.execute(insert(t.label).values(row).on_conflict_do_nothing())
        c.execute(update(t.label).where(t.label.c.thread == scope, t.label.c.label == label).values(at=now))
        return label


class InOrder:
    """Labels for one document that no vault keeps: by the same rules, and forgotten with it."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    async def of(self, names: Sequence[Name]) -> list[str]:
        return [self._one(name) for name in names]

    def _one(self, name: Name) -> str:
        words = words_of(name.text) or [name.text.casefold().strip()]
        labels = list(dict.fromkeys(self._known.values()))
        of_noun = [each for each in labels if each.startswith(name.noun)]
        label = _find(lambda claim: self._known.get(f"{name.noun}/{claim}"), words, of_noun)
        label = label or next_label(name.noun, set(labels))
        for claim in _claims(label, words):
            self._known.setdefault(f"{name.noun}/{claim}", label)
        return label


Held = Callable[[str], str | None]


def _claims(label: str, words: list[str]) -> list[str]:
    """What is known of a patient once a name was read, by which further names are told to be theirs or not."""
    claims = [f"full/{' '.join(words)}", *(f"word/{w}" for w in words if len(w) > 1)]
    if len(words) == 1:
        return claims
    for given, surname in _readings(words):
        claims += [f"given/{label}/{given}", f"given/{label}/{given[0]}"]
        claims += [f"surname/{label}/{surname}", f"surname/{label}/{surname[0]}"]
    if min(len(words[0]), len(words[-1])) > 1:
        return [*claims, f"whole/{label}", f"knows/given/{label}", f"knows/surname/{label}"]
    return [*claims, f"whole/{label}"]


def _find(held: Held, words: list[str], labels: Sequence[str]) -> str | None:
    """Whose name it is. A label that meant two patients could have the wrong one treated, so a shared word
    is not enough where more is known: "Grace Reid" is not "Grace Okafor", "Thomas E" is "Edna Thomas"."""
    if label := held(f"full/{' '.join(words)}"):
        return label
    by_word = [held(f"word/{words[-1]}"), held(f"word/{words[0]}")]
    if len(words) == 1:
        return by_word[0]
    for label in dict.fromkeys(each for each in (*by_word, *labels) if each):
        if held(f"whole/{label}") is None:
            if label in by_word:
                return label
        elif any(_fits(held, label, *reading) for reading in _readings(words)):
            return label
    return None


def _readings(words: list[str]) -> list[tuple[str, str]]:
    """Given name and surname; with an initial either way round ("Thomas E" may be Edna Thomas)."""
    first, last = words[0], words[-1]
    return [(first, last), (last, first)] if len(last) == 1 else [(first, last)]


def _fits(held: Held, label: str, given: str, surname: str) -> bool:
    def fits(what: str, word: str) -> bool:
        if held(f"{what}/{label}/{word}"):
            return True
        return bool(held(f"{what}/{label}/{word[0]}")) and held(f"knows/{what}/{label}") is None

    return max(len(given), len(surname)) > 1 and fits("given", given) and fits("surname", surname)


def words_of(name: str) -> list[str]:
    """The words of a name, case folded, without titles and possessives; "Okafor, Grace" is turned round."""
    text = re.sub(r"['’]s\b", "", name)
    if (comma := text.find(",")) > 0:
        text = f"{text[comma + 1 :]} {text[:comma]}"
    words = [w.casefold() for w in _WORD.findall(text)]
    return [w for w in words if w not in _TITLES]


def next_label(noun: str, used: set[str]) -> str:
    """The first of "Patient A" … "Patient Z", "Patient AA" … that is free."""
    n = 0
    while (label := f"{noun} {_letters(n)}") in used:
        n += 1
    return label


def _letters(n: int) -> str:
    head, tail = divmod(n, 26)
    return (_letters(head - 1) if head else "") + chr(ord("A") + tail)
