"""Local accounts: made by an administrator, passwords kept as salted scrypt."""

import asyncio
import base64
import hashlib
import hmac
import secrets
from typing import Any, Literal, get_args

from sqlalchemy import insert, select

from bot.store import tables as t
from bot.store.database import Store

Role = Literal["clinician", "admin", "reviewer", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)

_N, _R, _P = 2**15, 8, 1  # 32 MiB and about 0.1 s a try: scrypt's interactive setting (RFC 7914), doubled
_MEMORY = 64 * 2**20
_SHORTEST = 12


class Unsuitable(ValueError):
    """An account cannot be made so; the message says why and holds no password."""


async def create(
    store: Store, name: str, shown_name: str, role: Role, password: str, platform_user: str = ""
) -> None:
    """Make an account. `platform_user` is the person's account id in chat: a clinician sees those events.

    Raises Unsuitable for an unknown role, a password under 12 characters or a name that is taken.
    """
    if role not in ROLES:
        raise Unsuitable(f"role must be one of {', '.join(ROLES)}")
    if len(password) < _SHORTEST:
        raise Unsuitable(f"the password must have at least {_SHORTEST} characters")
    if not name.strip() or await _row(store, name) is not None:
        raise Unsuitable("the name is empty or taken")
    values = {
        "name": name.strip().lower(),
        "shown_name": shown_name,
        "role": role,
        "password": await hashed(password),
        "platform_user": platform_user,
        "disabled": False,
    }
    await store.write(lambda c: c.execute(insert(t.account).values(values)))


async def check(store: Store, name: str, password: str) -> str | None:
    """The account's name when the password is right and the account is in use, else None.

    Takes as long for a name that does not exist as for one that does.
    """
    row = await _row(store, name)
    stored = row["password"] if row else _NOBODY
    right = await asyncio.to_thread(_matches, password, stored)
    return str(row["name"]) if row and right and not row["disabled"] else None


async def hashed(password: str) -> str:
    """`scrypt$salt$key`, both base64."""
    salt = secrets.token_bytes(16)
    key = await asyncio.to_thread(_scrypt, password, salt)
    return "$".join(("scrypt", base64.b64encode(salt).decode(), base64.b64encode(key).decode()))


async def _row(store: Store, name: str) -> dict[str, Any] | None:
    query = select(t.account).where(t.account.c.name == name.strip().lower())
    row = await store.read(lambda c: c.execute(query).mappings().first())
    return dict(row) if row else None


def _matches(password: str, stored: str) -> bool:
    _, salt, key = stored.split("$")
    return hmac.compare_digest(_scrypt(password, base64.b64decode(salt)), base64.b64decode(key))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32)


_NOBODY = "scrypt$AAAAAAAAAAAAAAAAAAAAAA==$" + base64.b64encode(bytes(32)).decode()
