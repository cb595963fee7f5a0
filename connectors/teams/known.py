"""What activities tell us of a tenant and only they do: where its bots' service is, and which group a team is."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from connectors.interface import TokenStore
from connectors.teams import deliveries
from connectors.teams.places import PLATFORM

ANYWHERE: Final = "https://smba.trafficmanager.net/teams/"
"""Microsoft's global service, for a tenant from which nothing has come yet."""
_ACCOUNTS: Final = 10_000

Ask = Callable[[str, str, str], Awaitable[str]]
"""Tenant, service URL and a team's thread id to its group's id; "" when the service does not know."""


class UnknownTeam(Exception):
    """The service does not know a team that an activity names."""


class Known:
    def __init__(self, store: TokenStore, otherwise: str = ANYWHERE) -> None:
        self._store = store
        self._otherwise = otherwise
        self._urls: dict[str, str] = {}
        """As in the store, which every call would else wait for."""
        self._accounts: OrderedDict[tuple[str, str], str] = OrderedDict()

    def service_url(self, tenant: str) -> str:
        if tenant not in self._urls:
            kept = (self._store.get(PLATFORM, tenant, "service") or {}).get("url")
            if not kept:
                return self._otherwise
            self._urls[tenant] = str(kept)
        return self._urls[tenant]

    def account(self, tenant: str, user: str) -> str:
        """What the channel calls a person (`29:…`), as last heard; "" when never."""
        return self._accounts.get((tenant, user), "")

    async def learn(self, body: Mapping[str, Any], tenant: str, service_url: str, ask: Ask) -> str:
        """Remember what an activity that passed the gate says; gives the group of its team, "" for a chat.

        Only team and installation events always name the group, so the service is asked for the first message
        from a team. Raises UnknownTeam, and what `ask` raises.
        """
        if self.service_url(tenant) != service_url:
            self._store.put(PLATFORM, tenant, "service", "", {"url": service_url})
            self._urls[tenant] = service_url
        self._remember(tenant, body.get("from"))
        thread, group = deliveries.team(body)
        if not thread and not group:
            return ""
        kept = str((self._store.get(PLATFORM, tenant, "group", thread) or {}).get("group") or "")
        group = group or kept or await ask(tenant, service_url, thread)
        if not group:
            raise UnknownTeam
        if thread and group != kept:
            self._store.put(PLATFORM, tenant, "group", thread, {"group": group})
        return group

    def met(self, tenant: str, user: str, account: str) -> None:
        """Remember what the channel calls a person."""
        self._accounts[tenant, user] = account
        while len(self._accounts) > _ACCOUNTS:
            self._accounts.popitem(last=False)

    def _remember(self, tenant: str, who: object) -> None:
        if isinstance(who, Mapping) and who.get("aadObjectId") and who.get("id"):
            self.met(tenant, str(who["aadObjectId"]), str(who["id"]))
