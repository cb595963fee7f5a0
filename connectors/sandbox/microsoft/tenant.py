"""What Microsoft's side keeps: a tenant's people, its applications, and what changed when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass
class Application:
    """An app registration that an admin consented to. `roles` are Graph's application permissions."""

    client_id: str
    secret: str = ""
    certificate: bytes = b""
    """PEM, for client assertions."""
    roles: frozenset[str] = frozenset()


@dataclass
class Faults:
    """What goes wrong on purpose."""

    down: bool = False
    """Graph answers 503."""
    throttle: int = 0
    """How many of the next requests are answered 429."""
    retry_after: float = 1.0
    forgets: bool = False
    """The next delta link is no longer known (410)."""
    page: int = 0
    """People a page, where the client asks for no less; 0: as asked for."""


class Tenant:
    """One Entra tenant. `put` and `delete` are what its admin does; `since` what /users/delta tells."""

    def __init__(self, id: str = "") -> None:
        self.id = id or str(uuid4())
        self.signing = rsa.generate_private_key(65537, 2048)
        self.apps: dict[str, Application] = {}
        self.faults = Faults()
        self._users: dict[str, Mapping[str, Any]] = {}
        self._changes: list[str] = []

    def register(self, app: Application) -> Application:
        self.apps[app.client_id] = app
        return app

    def put(self, user: Mapping[str, Any]) -> str:
        """Add or change a person; gives their object id."""
        id = str(user.get("id") or uuid4())
        known = self._users.get(id, {"accountEnabled": True, "userType": "Member"})
        self._users[id] = {**known, **user, "id": id}
        self._changes.append(id)
        return id

    def delete(self, id: str) -> None:
        self._users.pop(id, None)
        self._changes.append(id)

    def since(self, mark: int) -> tuple[list[Mapping[str, Any]], int]:
        """Who was added, changed or deleted after `mark`, once each, and the mark of now."""
        ids = dict.fromkeys(self._changes[mark:])
        gone = {"@removed": {"reason": "deleted"}}
        found = [self._users.get(id, {"id": id, **gone}) for id in ids]
        return [u for u in found if mark or "@removed" not in u], len(self._changes)


@dataclass
class Cloud:
    """Every tenant that this Microsoft hosts."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    base_url: str = ""

    def tenant(self, id: str = "") -> Tenant:
        made = Tenant(id)
        return self.tenants.setdefault(made.id, made)
