"""A list of staff and how an account is matched to one of them: by id, by e-mail, by alias, never by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.interface import DirectoryAnswer, Member, Staff, Standing

_STANDING: Final[Mapping[str, Standing]] = {"active": "staff", "left": "leaver", "guest": "guest"}

_Index = Mapping[str, tuple[Staff, ...]]


@dataclass(frozen=True)
class Lookup:
    """People by each key. A key with two people in it is a tie, which only a person can settle."""

    people: tuple[Staff, ...] = field(repr=False)
    by_id: _Index = field(repr=False)
    by_email: _Index = field(repr=False)
    by_alias: _Index = field(repr=False)

    def find(self, member: Member, name: str) -> DirectoryAnswer | None:
        """What a directory called `name` says of an account; None when nobody in it has the account's keys.

        Two people behind one key, or one behind the id and another behind the e-mail, are "could_not_tell".
        """
        email = key(member.email)
        found = [
            (by, people)
            for by, people in (
                ("id", self.by_id.get(member.user)),
                ("email", self.by_email.get(email)),
                ("alias", self.by_alias.get(email)),
            )
            if people
        ]
        if not found:
            return None
        by, people = found[0]
        if len(people) > 1:
            return could_not_tell(f"{len(people)} people of the {name} share this {by}")
        if other := next((b for b, others in found[1:] if people[0] not in others), None):
            return could_not_tell(f"two people of the {name} have this account's {by} and its {other}")
        return DirectoryAnswer(_STANDING[people[0].status], people[0], by)


class Absent:
    """Answers for accounts that nobody in a directory has the keys of.

    While a directory cannot be read, its last copy knows nothing of whoever started since: only what a copy
    in good order did not know is "unknown", anybody new could not be told.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._looked_for: set[tuple[str, str]] = set()

    def answer(self, member: Member, problem: str) -> DirectoryAnswer:
        """`problem` says why the directory cannot be read now; empty when it can."""
        account = (member.user, key(member.email))
        if not problem:
            self._looked_for.add(account)
        elif account not in self._looked_for:
            return could_not_tell(f"not in the last good copy of the {self._name}, which cannot be read now")
        return not_found(member, self._name)


def lookup(people: Sequence[Staff]) -> Lookup:
    """Index a list, once for each copy of it."""
    return Lookup(
        tuple(people),
        _index((s.id, s) for s in people),
        _index((key(s.email), s) for s in people),
        _index((key(alias), s) for s in people for alias in s.aliases),
    )


def not_found(member: Member, name: str) -> DirectoryAnswer:
    """The answer for an account that nobody in the directory called `name` has the keys of."""
    if not member.email and not (member.is_guest or member.is_external):
        return could_not_tell("the platform does not give this account's e-mail address")
    return DirectoryAnswer("unknown", why=f"not in the {name}")


def could_not_tell(why: str) -> DirectoryAnswer:
    return DirectoryAnswer("could_not_tell", why=why)


def key(email: str) -> str:
    """An address as it is compared: RFC 5321 lets the part before the @ differ in case, nobody's mail does."""
    return email.strip().casefold()


def _index(pairs: Iterable[tuple[str, Staff]]) -> dict[str, tuple[Staff, ...]]:
    index: dict[str, tuple[Staff, ...]] = {}
    for k, person in pairs:
        if not k:
            continue
        there = index.get(k)
        index[k] = (person,) if there is None else _joined(there, person)
    return index


def _joined(there: tuple[Staff, ...], person: Staff) -> tuple[Staff, ...]:
    """One person with several posts is one person, active while any post is; another name is another person."""
    same = next((i for i, s in enumerate(there) if s.name.casefold() == person.name.casefold()), None)
    if same is None:
        return (*there, person)
    kept = min(there[same], person, key=lambda s: ("active", "guest", "left").index(s.status))
    return (*there[:same], kept, *there[same + 1 :])
