"""Subscriptions: what is planned when, and thirty days of trouble over the wire with no message missed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.interface import Unavailable
from connectors.sandbox.messages import Message
from connectors.sandbox.teams.sandbox import TENANT
from connectors.teams.planning import (
    LIFETIME,
    REMOVED,
    RENEW_BEFORE,
    TENANT_WIDE,
    Action,
    Create,
    Drop,
    Held,
    Renew,
    State,
    Want,
    missing_since,
    own_members,
    plan,
)
from tests.connectors.teams.bench import WARD, Bench, bench, notification_certificate, platform

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ONE = Want("/teams/getAllMessages")
FRESH = Held("s1", ONE.resource, NOW + LIFETIME, "c1")
HOUR = timedelta(hours=1)


def expiring(left: timedelta) -> Held:
    return Held("s1", ONE.resource, NOW + left, "c1")


@pytest.mark.parametrize(
    ("held", "heard", "certificate", "expected"),
    [
        ([], {}, "c1", [Create(ONE)]),
        ([FRESH], {}, "c1", []),
        ([expiring(RENEW_BEFORE + HOUR)], {}, "c1", []),
        ([expiring(RENEW_BEFORE)], {}, "c1", [Renew(expiring(RENEW_BEFORE))]),
        ([expiring(HOUR)], {}, "c1", [Renew(expiring(HOUR))]),
        ([expiring(-HOUR)], {}, "c1", [Create(ONE)]),
        ([FRESH], {"s1": REMOVED}, "c1", [Create(ONE)]),
        ([FRESH], {"s1": "reauthorizationrequired"}, "c1", [Renew(FRESH)]),
        ([FRESH], {"s2": REMOVED}, "c1", []),
        ([FRESH], {}, "c2", [Renew(FRESH)]),
    ],
)
def test_what_is_to_be_done(
    held: list[Held], heard: dict[str, str], certificate: str, expected: list[Action]
) -> None:
    assert list(plan([ONE], held, heard, certificate, NOW)) == expected


def test_what_is_no_longer_wanted_goes() -> None:
    assert list(plan([], [FRESH], {}, "c1", NOW)) == [Drop(FRESH)]


def watched(ago: timedelta, **more: Any) -> State:
    return State(frozenset((ONE.resource,)), looked=NOW - ago, **more)


@pytest.mark.parametrize(
    ("state", "held", "begins"),
    [
        (State(), [], None),
        (watched(timedelta(minutes=5)), [FRESH], None),
        (watched(timedelta(minutes=5)), [], NOW - timedelta(minutes=10)),
        (watched(timedelta(hours=6)), [FRESH], NOW - timedelta(hours=6, minutes=5)),
        (watched(timedelta(minutes=5), missing=NOW - HOUR), [FRESH], NOW - HOUR),
        (watched(timedelta(minutes=5), heard={"s1": REMOVED}), [FRESH], NOW - timedelta(minutes=10)),
    ],
)
def test_from_when_on_something_may_be_missing(
    state: State, held: list[Held], begins: datetime | None
) -> None:
    assert missing_since(state, [ONE], held, NOW) == begins


def test_indirect_members_are_asked_for() -> None:
    assert "notifyOnIndirectMembershipUpdate=true" in own_members("T").resource


@dataclass
class Month:
    """Thirty days of a tenant: one step an hour, something said in each, by a clock of our own."""

    bench: Bench
    now: datetime
    connector: Any
    said: int = 0

    def clock(self) -> datetime:
        return self.now

    async def hour(self, *, tended: bool = True) -> None:
        self.now += timedelta(hours=1)
        # The workspace never goes back: its next message carries at least this moment.
        self.bench.workspace._last_ts = int(self.now.timestamp() * 1_000_000)
        root = None if self.said % 3 else self.roots()[0]
        self.bench.workspace.post(WARD, "U0NURSE01", f"message {self.said}", thread_ts=root)
        self.said += 1
        await self.bench.teams.settled()
        if tended:
            await self.connector.tend(TENANT, self.bench.inbox.accept)

    def roots(self) -> list[str | None]:
        return [m.ts for m in self.messages() if not m.thread_ts] or [None]

    def messages(self) -> list[Message]:
        """What people said where no bot stands: Graph alone tells of it."""
        every = self.bench.workspace.channels[WARD].messages.values()
        return [m for m in every if m.body and "subtype" not in m.body]

    def started(self, certificate: str) -> Any:
        """The connector as it starts anew, over the same store, with this as its present certificate."""
        return platform(
            self.bench.teams, self.bench.store, self.bench.url, clock=self.clock, watch_s=3600.0,
            certificates=(notification_certificate(certificate),),
        )  # fmt: skip

    def standing(self) -> dict[str, str]:
        live = self.bench.teams.notifier.live()
        return {s.given["resource"]: s.id for s in live}

    def told(self) -> list[str]:
        """The ids of messages, as often as they were committed."""
        keys = (key for d in self.bench.inbox.kept for key in d.keys[:1])
        return [key.split("/")[3] for key in keys if key.startswith("message/")]


async def test_thirty_days_with_no_message_missed() -> None:
    both = (notification_certificate("first"), notification_certificate("second"))
    async with bench(certificates=both) as ready:
        month = Month(ready, datetime.now(UTC), None)
        ready.teams.estate.clock = lambda: month.now.timestamp()
        ready.teams.faults.clock_factor = 1e6
        month.connector = month.started("first")
        try:
            await live_through(month)
        finally:
            await month.connector.close()
        ids = [ready.teams.estate.places.message_id(m) for m in month.messages()]
        assert len(ids) == month.said == 720
        assert sorted(month.told()) == sorted(ids)


async def live_through(month: Month) -> None:
    teams = month.bench.teams
    for hour in range(720):
        await happens(month, hour)
        stopped, unreachable = 360 <= hour < 366, 480 <= hour < 486
        month.bench.inbox.broken, teams.faults.unreachable = stopped, unreachable
        try:
            await month.hour(tended=not stopped)
        except Unavailable:
            assert unreachable
        if not (stopped or unreachable):
            assert set(month.standing()) == {w.resource for w in month_wants(month)}


async def happens(month: Month, hour: int) -> None:
    """Removed with and without a word, to be authorised again, a new certificate, lost notifications."""
    teams, messages = month.bench.teams, "/teams/getAllMessages"
    match hour:
        case 72:
            assert await teams.notifier.lifecycle(month.standing()[messages], "subscriptionRemoved")
        case 120:
            del teams.notifier.subscriptions[month.standing()[messages]]
        case 190:
            assert await teams.notifier.lifecycle(month.standing()[messages], "reauthorizationRequired")
        case 290:
            await month.connector.close()
            month.connector = month.started("second")
        case 480:
            teams.faults.notifications_lost = 6
        case 560:
            teams.notifier.subscriptions.clear()


def month_wants(month: Month) -> list[Want]:
    own = [own_members(month.bench.teams.estate.places.team_id(c.id)) for c in month.bench.workspace.channels.values()
           if not c.is_direct and (c.is_shared or c.id in month.bench.teams.estate.places.private)]  # fmt: skip
    return [*TENANT_WIDE, *own]
