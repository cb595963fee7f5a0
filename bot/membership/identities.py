"""Accounts that a reviewer matched to a person of a directory, where nothing else could tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, insert, select

from bot.incidents import audit
from bot.store import tables as t
from bot.store.database import Store
from connectors.interface import ConnectorError, DirectoryAnswer, Staff, StaffDirectory, Standing

_I = t.identity.c
_STANDING: Final[Mapping[str, Standing]] = {"active": "staff", "left": "leaver", "guest": "guest"}

BY: Final = "reviewer"
"""What such an account is matched by."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An account and whose it is: `person` is `key_of` somebody in the directory called `directory`."""

    platform: str
    tenant: str
    user: str
    directory: str
    person: str
    set_by: str
    at: float


def key_of(person: Staff) -> str:
    """The directory's own id. Without one the address and name together: two people may share an address."""
    return person.id or f"{person.email} {person.name}".strip().casefold()


class Identities:
    """Reads and writes the matches. Each change is on the audit in the same transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._indexes: dict[str, tuple[Sequence[Staff], Mapping[str, Staff]]] = {}

    async def of(self, platform: str, tenant: str) -> dict[str, Identity]:
        """Every match of a workspace or tenant, by account."""
        query = select(t.identity).where(_I.platform == platform, _I.tenant == tenant).order_by(_I.user)
        rows = await self._store.read(lambda c: c.execute(query).mappings().all())
        return {r["user"]: Identity(**r) for r in rows}

    async def put(self, identity: Identity) -> None:
        """Match, in the place of an earlier match."""

        def write(c: Any) -> None:
            c.execute(delete(t.identity).where(_is(identity)))
            c.execute(insert(t.identity).values({f: getattr(identity, f) for f in identity.__slots__}))
            detail = {"directory": identity.directory, "person": identity.person}
            _audit(c, identity, identity.set_by, "identity.set", detail, identity.at)

        await self._store.write(write)

    async def undo(self, identity: Identity, by: str, at: float) -> None:
        """Take a match back: the account is looked up like any other again."""

        def write(c: Any) -> None:
            if c.execute(delete(t.identity).where(_is(identity))).rowcount:
                _audit(c, identity, by, "identity.undone", {}, at)

        await self._store.write(write)

    async def answer(self, identity: Identity, directories: Sequence[StaffDirectory]) -> DirectoryAnswer:
        """What the directory says of the person. Never raises; somebody who is gone from it is "unknown"."""
        directory = next((d for d in directories if d.name == identity.directory), None)
        if directory is None:
            return DirectoryAnswer("could_not_tell", why=f"the {identity.directory} is not set up any more")
        try:
            health, people = await directory.health(), await directory.people()
        except ConnectorError:
            return DirectoryAnswer("could_not_tell", why=f"the {directory.name} could not be asked")
        if health.stale:
            return DirectoryAnswer("could_not_tell", why=f"the {directory.name} is stale")
        person = self._index(directory.name, people).get(identity.person)
        if person is not None:
            why = "matched by a reviewer"
            return DirectoryAnswer(_STANDING[person.status], person, BY, why)
        gone = f"the person whom a reviewer picked is not in the {directory.name} now"
        return DirectoryAnswer("could_not_tell" if health.problem else "unknown", why=gone)

    def _index(self, directory: str, people: Sequence[Staff]) -> Mapping[str, Staff]:
        """Built once for each copy of a directory, and only where somebody was picked."""
        kept = self._indexes.get(directory)
        if kept is None or kept[0] is not people:
            kept = self._indexes[directory] = (people, {key_of(p): p for p in people})
        return kept[1]


def _is(identity: Identity) -> ColumnElement[bool]:
    return (
        (_I.platform == identity.platform) & (_I.tenant == identity.tenant) & (_I.user == identity.user)
    )  # fmt: skip


def _audit(c: Any, about: Identity, by: str, what: str, detail: Mapping[str, str], at: float) -> None:
    subject = f"{about.platform}:{about.tenant}:{about.user}"
    audit.append(c, actor=by, what=what, subject=subject, detail=detail, at=at)
