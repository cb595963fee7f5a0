"""A staff directory in Microsoft Entra ID, read through Graph and kept up by its change tracking."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from connectors.interface import NotAuthorised, Refused, Staff
from connectors.microsoft.graph import Graph

_FIELDS: Final = (
    "id", "displayName", "givenName", "mail", "userPrincipalName", "otherMails", "proxyAddresses",
    "accountEnabled", "userType", "employeeId", "department", "companyName", "jobTitle",
)  # fmt: skip
_LEAVES: Final = "employeeLeaveDateTime"
"""Asked for only while Graph gives it: it needs User-LifeCycleInfo.Read.All besides User.Read.All."""
_GONE: Final = frozenset(("syncStateNotFound", "syncStateInvalid", "resyncRequired", "410"))


class EntraSource:
    """Reads everyone of one tenant. Use `fetch` as a `SyncedDirectory`'s: the first time it reads all,
    afterwards only what changed (Graph's /users/delta)."""

    def __init__(self, graph: Graph, tenant: str) -> None:
        self._graph = graph
        self._tenant = tenant
        self._people: dict[str, Mapping[str, Any]] = {}
        self._since = ""
        self._fields: tuple[str, ...] = (*_FIELDS, _LEAVES)

    async def fetch(self) -> Sequence[Staff]:
        """Raises ConnectorError; what was read before is then kept, and read on from the next time."""
        try:
            await self._changes()
        except NotAuthorised:
            if _LEAVES not in self._fields or self._since:
                raise
            self._fields = _FIELDS
            await self._changes()
        except Refused as refused:
            if refused.code not in _GONE:
                raise
            # Graph forgot what we had seen (after 7 days, or by its own choice): read all again.
            self._since = ""
            await self._changes()
        finally:
            await self._graph.close()
        now = datetime.now(UTC)
        return [_staff(user, now) for user in self._people.values()]

    async def _changes(self) -> None:
        first = not self._since
        people = {} if first else dict(self._people)
        path, params = self._since, None
        if first:
            path, params = "users/delta", {"$select": ",".join(self._fields)}
        async for page in self._graph.pages(self._tenant, path, params, Prefer="odata.maxpagesize=999"):
            for user in page.get("value", ()):
                _put(people, user)
            self._since = page.get("@odata.deltaLink", self._since if not first else "")
        self._people = people


def _put(people: dict[str, Mapping[str, Any]], user: Mapping[str, Any]) -> None:
    """A change carries the person's id and what changed; "@removed" that the account was deleted."""
    id = str(user.get("id", ""))
    if "@removed" in user:
        # Deleted accounts stay as leavers: their chat accounts may outlive them.
        people[id] = {**people.get(id, {"id": id}), "accountEnabled": False}
    elif id:
        people[id] = {**people.get(id, {}), **user}


def _staff(user: Mapping[str, Any], now: datetime) -> Staff:
    leaves = _moment(user.get(_LEAVES))
    left = user.get("accountEnabled") is False or (leaves is not None and leaves < now)
    guest = str(user.get("userType", "")).casefold() == "guest"
    email = _text(user, "mail") or _text(user, "userPrincipalName")
    return Staff(
        _text(user, "displayName") or _text(user, "userPrincipalName"), _text(user, "givenName"), email,
        _text(user, "jobTitle"), _text(user, "department"), _text(user, "companyName"),
        "left" if left else "guest" if guest else "active", _text(user, "id"),
        aliases=_aliases(user, email), leaves_on=leaves.date() if leaves else None,
    )  # fmt: skip


def _aliases(user: Mapping[str, Any], email: str) -> tuple[str, ...]:
    """The sign-in name and the mailbox's own addresses. `otherMails` are what the person typed: nobody
    vouches for those, so they match nobody."""
    proxies = [a[5:] for a in user.get("proxyAddresses") or () if a[:5].casefold() == "smtp:"]
    found = {a.casefold(): a for a in (_text(user, "userPrincipalName"), *proxies) if "@" in a}
    found.pop(email.casefold(), None)
    return tuple(found.values())


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def _text(user: Mapping[str, Any], field: str) -> str:
    return str(user.get(field) or "")
