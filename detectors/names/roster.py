"""The staff of a directory and a channel, as look-up tables by name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from detectors.interface import Person, Roster
from detectors.names.rooms import rooms_in
from detectors.names.words import ORDINARY, fold

_WORD = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
_CONSUMER = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk yahoo.com yahoo.co.uk icloud.com me.com live.com live.co.uk "
    "aol.com btinternet.com sky.com protonmail.com mail.com mailbox.example postbox.example".split()
)
_OPERATES = re.compile(
    r"(?i)surg|consultant|registrar|dent|ortho|urolog|gynae|obstet|ophthal|ent\b|theatre|anaesth|optom"
)
_TITLES = frozenset("mr mrs ms miss mx dr prof professor sister sir dame rev".split())


@dataclass(frozen=True)
class Known:
    """Who is staff. All names are folded; `members` are those of this conversation."""

    full: frozenset[str]
    member_firsts: frozenset[str]
    member_surnames: frozenset[str]
    firsts: frozenset[str]
    surnames: frozenset[str]
    surgeons: frozenset[str]
    """Surnames of those who may be called Mr, Mrs or Miss as staff."""
    initials: frozenset[str]
    initialled: frozenset[str]
    """First initial and surname: "k lis"."""
    nicknames: frozenset[str]
    """How members' first names begin: Jo for Joanne, Lou for Louise."""
    emails: frozenset[str]
    domains: frozenset[str]
    rooms: frozenset[str]
    """What names wards and rooms in anybody's role."""
    others: int
    """How many are listed who are no members: none, if there is no directory."""

    def lists(self, first: str, surname: str) -> bool:
        """Whether somebody has this first name, or is called so, and this surname; both folded."""
        return f"{first} {surname}" in self.full

    def has(self, low: str) -> bool:
        """Whether somebody on any list has this word for a first name or surname."""
        return low in self.firsts or low in self.surnames

    def shortened(self, first: str, initial: str) -> bool:
        """Whether somebody has this first name and a surname that begins so: "Linda S"."""
        return any(full.startswith(f"{first} {initial}") for full in self.full)

    def last_mention(self, text: str) -> int:
        """Where the last name of a member in `text` ends, or -1."""
        if not self.member_firsts:
            return -1
        ends = (m.end() for m in _WORD.finditer(text) if self._is_member(m.group()))
        return max(ends, default=-1)

    def _is_member(self, word: str) -> bool:
        low = fold(word)
        ambiguous = low in ORDINARY
        return low in self.member_firsts and (not ambiguous or word[:1].isupper())


def known(roster: Roster) -> Known:
    """The roster's tables, built once: a Roster never changes, so they are kept on it."""
    tables = roster.__dict__.get("_known")
    if not isinstance(tables, Known):
        tables = _build(roster.people)
        roster.__dict__["_known"] = tables
    return tables


def _build(people: Iterable[Person]) -> Known:
    people = tuple(people)
    named = [(p, _names(p.name)) for p in people]
    members = [(p, names) for p, names in named if p.member]
    emails = frozenset(p.email.lower() for p in people if "@" in p.email)
    return Known(
        full=frozenset(f"{first} {n[-1]}" for p, n in named if len(n) > 1 for first in _firsts([(p, n)])),
        member_firsts=_firsts(members),
        member_surnames=frozenset(n[-1] for _, n in members if len(n) > 1),
        firsts=_firsts(named),
        surnames=frozenset(n[-1] for _, n in named if len(n) > 1),
        surgeons=frozenset(n[-1] for p, n in named if n and _OPERATES.search(p.role)),
        initials=frozenset("".join(w[0] for w in n) for _, n in members if len(n) > 1),
        initialled=frozenset(f"{n[0][0]} {n[-1]}" for _, n in named if len(n) > 1),
        nicknames=frozenset(f[:k] for f in _firsts(members) for k in range(2, len(f))),
        emails=emails,
        domains=frozenset(e.partition("@")[2] for e in emails) - _CONSUMER,
        rooms=rooms_in("\n".join(p.role for p in people)),
        others=len(people) - len(members),
    )


def _firsts(named: Iterable[tuple[Person, list[str]]]) -> frozenset[str]:
    """First names and what people are known as; "Kelly-Anne" is also called Kelly."""
    firsts: set[str] = set()
    for person, names in named:
        firsts.update(names[:1], _names(person.known_as))
        if names and "-" in names[0]:
            firsts.add(names[0].split("-")[0])
    return frozenset(firsts)


def _names(name: str) -> list[str]:
    return [low for low in (fold(m.group()) for m in _WORD.finditer(name)) if low not in _TITLES]
