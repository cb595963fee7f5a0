"""Who is signed in: server-side sessions, and a brake on guessing passwords."""

import hashlib
import secrets
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.console.accounts import Role
from bot.store import tables as t

IDLE_S = 30 * 60.0
LONGEST_S = 12 * 3600.0
_REMEMBER_USE_S = 60.0  # a page view writes at most once a minute


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person. `session` is the hash of the cookie; `csrf` goes into every form."""

    name: str
    shown_name: str
    role: Role
    platform_user: str
    csrf: str = field(repr=False)
    session: str = field(repr=False)


def start(c: Connection, account: str, now: float) -> str:
    """Open a session; returns the cookie's value, which is stored only as its hash."""
    cookie = secrets.token_urlsafe(32)
    c.execute(delete(t.session).where(t.session.c.expires_at < now))
    c.execute(
        insert(t.session).values(
            token=hashed(cookie),
            account=account,
            csrf=secrets.token_urlsafe(32),
            made_at=now,
            used_at=now,
            expires_at=now + LONGEST_S,
        )
    )
    return cookie


def find(c: Connection, cookie: str, now: float) -> Mapping[str, Any] | None:
    """The session's and account's columns, or None when it is unknown, expired, idle or disabled."""
    s, a = t.session, t.account
    query = select(s, a.c.shown_name, a.c.role, a.c.platform_user).join(a, a.c.name == s.c.account)
    alive = (s.c.expires_at > now) & (s.c.used_at > now - IDLE_S) & a.c.disabled.is_(False)
    row = c.execute(query.where(s.c.token == hashed(cookie), alive)).mappings().first()
    return dict(row) if row else None


def visitor(row: Mapping[str, Any]) -> Visitor:
    return Visitor(
        name=row["account"],
        shown_name=row["shown_name"],
        role=row["role"],
        platform_user=row["platform_user"],
        csrf=row["csrf"],
        session=row["token"],
    )


def is_stale(row: Mapping[str, Any], now: float) -> bool:
    """Whether the time of last use is worth writing again."""
    return bool(now - row["used_at"] > _REMEMBER_USE_S)


def used(c: Connection, session: str, now: float) -> None:
    c.execute(update(t.session).where(t.session.c.token == session).values(used_at=now))


def end(c: Connection, session: str) -> None:
    c.execute(delete(t.session).where(t.session.c.token == session))


def hashed(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


class Brake:
    """Counts failed sign-ins per key in a sliding window; bounded, and forgotten by a restart."""

    def __init__(self, tries: int, window_s: float = 15 * 60.0, most_keys: int = 10_000) -> None:
        self._tries = tries
        self._window = window_s
        self._most = most_keys
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def holds(self, key: str, now: float) -> bool:
        """Whether this key has failed too often of late."""
        times = self._failed.get(key)
        while times and times[0] <= now - self._window:
            times.popleft()
        return bool(times) and len(times or ()) >= self._tries

    def failed(self, key: str, now: float) -> None:
        self._failed.setdefault(key, deque(maxlen=self._tries)).append(now)
        self._failed.move_to_end(key)
        while len(self._failed) > self._most:
            self._failed.popitem(last=False)

    def forgiven(self, key: str) -> None:
        """The newest try was no failure after all."""
        if times := self._failed.get(key):
            times.pop()

    def cleared(self, key: str) -> None:
        self._failed.pop(key, None)
