"""Subscriptions to Graph's change notifications: kept alive, and made again with nothing missed between.

Graph's own list is what stands; beside it only what it does not know is kept: when we last looked, what was
heard of each, and from when on something may have been missed.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connectors.interface import Channel, ConnectorError, Refused, TokenStore, Unavailable
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.encryption import Certificate
from connectors.teams.messages import at
from connectors.teams.places import PLATFORM
from connectors.teams.planning import (
    EARLY,
    LIFETIME,
    UNWATCHED,
    Action,
    Create,
    Drop,
    Held,
    Renew,
    State,
    Want,
    missing_since,
    of_channel,
    plan,
)

log = logging.getLogger(__name__)

_ITSELF: Final = timedelta(seconds=30)

Payload = Mapping[str, Any]


class Subscriptions:
    """`tell_gap(tenant, since)` is awaited when all subscriptions stand again; it commits, or raises.

    `endpoints` are the public addresses of notifications and lifecycle notifications.
    """

    def __init__(
        self, graph: Graph, store: TokenStore, certificate: Certificate, *, endpoints: tuple[str, str],
        client_state: Callable[[str], str], clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        unwatched: timedelta = UNWATCHED,
    ) -> None:  # fmt: skip
        self._graph = graph
        self._store = store
        self._certificate = certificate
        self._changes, self._lifecycle = endpoints
        self._client_state = client_state
        self._clock = clock
        self._unwatched = unwatched
        self._known: dict[str, frozenset[str]] = {}

    def heard(self, tenant: str, id: str, event: str) -> None:
        """A lifecycle notification; kept when this returns, and acted on by the next `tend`."""
        state = self._load(tenant)
        since = min(filter(None, (state.missing, self._clock() - EARLY)))
        kept = {**state.heard, id: event}
        self._save(tenant, State(state.known, kept, state.looked, since))

    def hears(self, where: Channel) -> bool:
        """Whether Graph told us of messages there when we last looked."""
        chat = places.is_chat(where)
        whole = "/chats/getAllMessages" if chat else "/teams/getAllMessages"
        own = of_channel(places.team_of(where), places.thread_of(where)).resource
        known = self._known.get(where.tenant)
        return bool({whole, own} & (self._load(where.tenant).known if known is None else known))

    async def tend(
        self, tenant: str, wanted: Sequence[Want], tell_gap: Callable[[str, datetime], Awaitable[object]]
    ) -> tuple[Want, ...]:
        """Bring what stands in line with what is wanted; gives what Graph refuses (a permission is lacking).

        Raises Unavailable when Graph does not answer; what is missing is not forgotten.
        """
        held = await self._list(tenant)
        state, now = self._load(tenant), self._clock()
        since = missing_since(state, wanted, held, now, self._unwatched)
        self._save(tenant, State(state.known, state.heard, state.looked, since))
        refused = [
            action.want
            for action in plan(wanted, held, state.heard, self._certificate.id, now)
            if not await self._do(tenant, action) and isinstance(action, Create)
        ]
        if since:
            await tell_gap(tenant, since)
        known = frozenset(w.resource for w in wanted if w not in refused)
        # What was heard meanwhile is for the next time.
        later = {k: v for k, v in self._load(tenant).heard.items() if k not in state.heard}
        self._save(tenant, State(known, later, now, now - EARLY if later else None))
        return tuple(refused)

    async def _do(self, tenant: str, action: Action) -> bool:
        """Whether it was done. A renewal that Graph refuses is left for the next look, which makes it anew."""
        try:
            match action:
                case Create(want):
                    body = {**self._lasting(), **self._asked(tenant, want)}
                    await self._graph.call("POST", tenant, "subscriptions", body=body)
                case Renew(held):
                    await self._graph.call("PATCH", tenant, f"subscriptions/{held.id}", body=self._lasting())
                case Drop(held):
                    await self._graph.call("DELETE", tenant, f"subscriptions/{held.id}")
        except Unavailable:
            raise
        except ConnectorError as error:
            code = error.code if isinstance(error, Refused) else ""
            log.warning("a subscription to Teams was refused: %s", code)
            return False
        return True

    def _asked(self, tenant: str, want: Want) -> dict[str, Any]:
        return {
            "resource": want.resource, "changeType": want.changes, "notificationUrl": self._changes,
            "lifecycleNotificationUrl": self._lifecycle, "clientState": self._client_state(tenant),
            "includeResourceData": True,
        }  # fmt: skip

    def _lasting(self) -> dict[str, Any]:
        # Half a minute short of the longest: Graph's clock is not ours.
        ends = self._clock() + LIFETIME - _ITSELF
        return {
            "expirationDateTime": ends.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "encryptionCertificate": self._certificate.public, "encryptionCertificateId": self._certificate.id,
        }  # fmt: skip

    async def _list(self, tenant: str) -> list[Held]:
        """Ours alone: another instance of the application may have its own at another address."""
        found: list[Held] = []
        async for page in self._graph.pages(tenant, "subscriptions"):
            found += [_held(s) for s in page.get("value") or () if s.get("notificationUrl") == self._changes]
        return found

    def _load(self, tenant: str) -> State:
        kept = self._store.get(PLATFORM, tenant, "subscriptions") or {}
        looked, missing = kept.get("looked"), kept.get("missing")
        return State(
            frozenset(kept.get("known") or ()), kept.get("heard") or {}, at(looked) if looked else None,
            at(missing) if missing else None,
        )  # fmt: skip

    def _save(self, tenant: str, state: State) -> None:
        self._known[tenant] = state.known
        kept = {
            "known": sorted(state.known), "heard": dict(state.heard),
            "looked": state.looked.isoformat() if state.looked else None,
            "missing": state.missing.isoformat() if state.missing else None,
        }  # fmt: skip
        self._store.put(PLATFORM, tenant, "subscriptions", "", kept)


def _held(raw: Payload) -> Held:
    return Held(
        str(raw["id"]), str(raw.get("resource") or ""), at(raw["expirationDateTime"]),
        str(raw.get("encryptionCertificateId") or ""),
    )  # fmt: skip
