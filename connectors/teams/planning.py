"""Which subscriptions are to be had, and what is to be done now that they stand as planned. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

LIFETIME: Final = timedelta(minutes=4320)
"""The longest that Graph grants for messages and members."""
RENEW_BEFORE: Final = LIFETIME * 2 / 3
"""Renewed from a day on: two days of trouble lose none."""
UNWATCHED: Final = timedelta(minutes=15)
"""Not having looked for so long counts as an outage; Graph gives up sending after four hours."""
EARLY: Final = timedelta(minutes=5)
"""What a lifecycle notification tells may have begun a little before."""
REMOVED: Final = "subscriptionremoved"


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
