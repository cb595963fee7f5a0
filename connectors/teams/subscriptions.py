"""Subscriptions to Graph's change notifications: kept alive, and made again with nothing missed between.

Graph's own list is what stands; beside it only what it does not know is kept: when we last looked, what was
heard of each, and from when on something may have been missed.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connectors.interface import Channel, ConnectorError, Refused, TokenStore, Unavailable
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.encryption import Certificate
from connectors.teams.messages import at
from connectors.teams.places import PLATFORM

log = logging.getLogger(__name__)

LIFETIME: Final = timedelta(minutes=4320)
"""The longest that Graph grants for messages and members."""
RENEW_BEFORE: Final = LIFETIME * 2 / 3
"""Renewed from a day on: two days of trouble lose none."""
UNWATCHED: Final = timedelta(minutes=15)
"""Not having looked for so long counts as an outage; Graph gives up sending after four hours."""
EARLY: Final = timedelta(minutes=5)
"""What a lifecycle notification tells may have begun a little before."""
REMOVED: Final = "subscriptionremoved"
_ITSELF: Final = timedelta(seconds=30)

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Want:
    """One subscription to be had."""

    resource: str
    changes: str = "created,updated,deleted"


@dataclass(frozen=True, slots=True)
class Held:
    """One that stands at Graph."""

    id: str
    resource: str
    expires: datetime
    certificate: str


@dataclass(frozen=True, slots=True)
class Create:
    want: Want


@dataclass(frozen=True, slots=True)
class Renew:
    """With a new end and the present certificate; this also authorises again."""

    held: Held


@dataclass(frozen=True, slots=True)
class Drop:
    held: Held


Action = Create | Renew | Drop

TENANT_WIDE: Final = (
    Want("/teams/getAllMessages"),
    Want("/chats/getAllMessages"),
    Want("/teams/getAllMembers", "created,deleted"),
    Want("/chats/getAllMembers", "created,deleted"),
)


def own_members(team: str) -> Want:
    """Of a team with private or shared channels: who has a place of their own there, or comes through a team that
    a channel is shared with (facts, section 3: missed without the query)."""
    query = "notifyOnIndirectMembershipUpdate=true&suppressNotificationWhenSharedUnsharedWithTeam=true"
    return Want(f"/teams/{team}/channels/getAllMembers?{query}", "created,deleted")


def of_channel(team: str, thread: str) -> Want:
    """With resource-specific consent: one channel's messages."""
    return Want(f"/teams/{team}/channels/{thread}/messages")


def of_team(team: str) -> Want:
    """With resource-specific consent: one team's members."""
    return Want(f"/teams/{team}/members", "created,deleted")


def of_chat(thread: str) -> Want:
    """With resource-specific consent: one chat's members (its messages come to the bot)."""
    return Want(f"/chats/{thread}/members", "created,deleted")


def plan(
    wanted: Sequence[Want], held: Sequence[Held], heard: Mapping[str, str], certificate: str, now: datetime
) -> Iterator[Action]:
    """What is to be done now. `heard`: lifecycle events by subscription; `certificate`: the present one's id."""
    standing = {h.resource: h for h in held if heard.get(h.id) != REMOVED and h.expires > now}
    for want in wanted:
        mine = standing.pop(want.resource, None)
        if mine is None:
            yield Create(want)
        elif mine.expires - now <= RENEW_BEFORE or mine.certificate != certificate or mine.id in heard:
            yield Renew(mine)
    for left in standing.values():
        yield Drop(left)


@dataclass(frozen=True, slots=True)
class State:
    """What is kept of one tenant between two looks."""

    known: frozenset[str] = frozenset()
    """Resources that were subscribed to when we last looked."""
    heard: Mapping[str, str] = field(default_factory=dict)
    looked: datetime | None = None
    missing: datetime | None = None
    """From when on something may have been missed, until somebody was told."""


def missing_since(
    state: State,
    wanted: Sequence[Want],
    held: Sequence[Held],
    now: datetime,
    unwatched: timedelta = UNWATCHED,
) -> datetime | None:
    """From when on something may have been missed; None when nothing was, or nothing was ever watched."""
    since = [state.missing] if state.missing else []
    if state.looked:
        standing = {h.resource for h in held if h.id not in state.heard and h.expires > now}
        lost = {w.resource for w in wanted} & state.known - standing
        if lost or now - state.looked > unwatched:
            since.append(state.looked - EARLY)
    return min(since, default=None)


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

    def heard(self, tenant: str, id: str, event: str) -> None:
        """A lifecycle notification; kept when this returns, and acted on by the next `tend`."""
        state = self._load(tenant)
        since = min(filter(None, (state.missing, self._clock() - EARLY)))
        kept = {**state.heard, id: event}
        self._save(tenant, State(state.known, kept, state.looked, since))

    def hears(self, tenant: str, where: Channel) -> bool:
        """Whether Graph told us of messages there when we last looked."""
        chat = places.is_chat(where)
        whole = "/chats/getAllMessages" if chat else "/teams/getAllMessages"
        own = of_channel(places.team_of(where), places.thread_of(where)).resource
        return bool({whole, own} & self._load(tenant).known)

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
