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
        label = self._find(scope, known, name.noun, words) or next_label(name.noun, set(known.values()))
        claims = [f"full/{' '.join(words)}", *(f"word/{w}" for w in words)]
        if len(words) > 1:
            claims += [f"named/{label}", f"given/{label}/{words[0]}", f"given/{label}/{words[0][0]}"]
        for claim in claims:
            pseudonym = self._keys.pseudonym(scope, f"{name.noun}/{claim}")
            if known.setdefault(pseudonym, label) == label:
                row = {"thread": scope, "pseudonym": pseudonym, "label": label, "at": now}
                c.execute(insert(t.label).values(row).on_conflict_do_nothing())
        c.execute(update(t.label).where(t.label.c.thread == scope, t.label.c.label == label).values(at=now))
        return label

    def _find(self, scope: str, known: dict[str, str], noun: str, words: list[str]) -> str | None:
        def held(claim: str) -> str | None:
            return known.get(self._keys.pseudonym(scope, f"{noun}/{claim}"))

        if label := held(f"full/{' '.join(words)}"):
            return label
        if len(words) == 1:
            return held(f"word/{words[0]}")
        # "Grace Okafor" is the Okafor of before, unless that one had another given name.
        label = held(f"word/{words[-1]}") or held(f"word/{words[0]}")
        if label is None:
            return None
        other_given = held(f"named/{label}") and not held(f"given/{label}/{words[0]}")
        return None if other_given else label


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
