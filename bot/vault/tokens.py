"""The connectors' tokens, sealed in the store and cached in memory."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys

Address = tuple[str, str, str, str]
"""platform, tenant, kind, subject"""


class SealedTokens:
    """A `connectors.interface.TokenStore`. `put` and `drop` return once committed (about a millisecond)."""

    def __init__(self, store: Store, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._known: dict[Address, Mapping[str, Any]] = {}

    def get(self, platform: str, tenant: str, kind: str, subject: str = "") -> Mapping[str, Any] | None:
        """The token, or None. Raises `SealBroken` when it was tampered with or its key is gone."""
        address = (platform, tenant, kind, subject)
        if address not in self._known:
            found = self._store.read_now(lambda c: _find(c, address))
            # What is not there is not remembered: another process may put it.
            if found is None:
                return None
            self._known[address] = json.loads(self._keys.open("token", _row(address), found))
        return dict(self._known[address])

    def put(self, platform: str, tenant: str, kind: str, subject: str, token: Mapping[str, Any]) -> None:
        """Keep a token in the place of the one at the same address."""
        address = (platform, tenant, kind, subject)
        sealed = self._keys.seal("token", _row(address), json.dumps(dict(token)).encode())
        at = self._clock()
        self._store.write_now(lambda c: _upsert(c, address, sealed, at))
        self._known[address] = dict(token)

    def drop(self, platform: str, tenant: str, kind: str | None = None, subject: str | None = None) -> int:
        """Forget the tokens that match; returns how many there were."""
        wanted = (platform, tenant, kind, subject)
        dropped = self._store.write_now(lambda c: _delete(c, wanted))
        for address in [a for a in self._known if _matches(a, wanted)]:
            del self._known[address]
        return dropped

    def tenants(self, platform: str) -> tuple[str, ...]:
        """Every tenant with a token, in order."""
        query = select(t.token.c.tenant).where(t.token.c.platform == platform).distinct()
        return tuple(sorted(self._store.read_now(lambda c: c.execute(query).scalars().all())))


def _row(address: Address) -> str:
    return json.dumps(address)


def _matches(address: Address, wanted: tuple[str | None, ...]) -> bool:
    return all(want is None or have == want for have, want in zip(address, wanted, strict=True))


def _where(wanted: tuple[str | None, ...]) -> list[Any]:
    columns = (t.token.c.platform, t.token.c.tenant, t.token.c.kind, t.token.c.subject)
    return [column == want for column, want in zip(columns, wanted, strict=True) if want is not None]


def _find(c: Connection, address: Address) -> bytes | None:
    return c.execute(select(t.token.c.sealed_token).where(*_where(address))).scalar()


def _delete(c: Connection, wanted: tuple[str | None, ...]) -> int:
    return c.execute(delete(t.token).where(*_where(wanted))).rowcount


def _upsert(c: Connection, address: Address, sealed: bytes, at: float) -> None:
    platform, tenant, kind, subject = address
    row = insert(t.token).values(
        platform=platform, tenant=tenant, kind=kind, subject=subject, sealed_token=sealed, at=at
    )
    new = {"sealed_token": row.excluded.sealed_token, "at": row.excluded.at}
    c.execute(row.on_conflict_do_update(index_elements=list(t.token.primary_key.columns), set_=new))
