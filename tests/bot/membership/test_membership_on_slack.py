"""The same journey over the wire: the Slack connector against the sandbox workspace, events and all."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations.register import Conversations
from bot.engine.interface import Work
from bot.engine.local import LocalEngine
from bot.incidents.ledger import Ledger
from bot.membership.journey import Membership
from bot.membership.rechecks import RECHECK
from bot.policy import load
from bot.policy.verdict import Audience
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.directories.csv import CsvDirectory
from connectors.interface import AccountChanged, Channel, MemberJoined, MemberLeft, Reach
from connectors.sandbox import seed
from connectors.sandbox.people import Person
from tests.connectors.slack.bench import HOSPICE, ONLY, PARTNER, WARD, Bench, bench

SISTER, IG, OUTSIDER = "U0SISTER1", "U0IGOFFCR", "U0OUTSIDE"


@dataclass
class Floor:
    bench: Bench
    membership: Membership
    conversations: Conversations
    store: Store

    def channel(self, id: str) -> Channel:
        return Channel("slack", self.bench.workspace.team, id)

    async def lane(self) -> None:
        """Hand on what Slack delivered, as the journeys would."""
        for event in await self.bench.events():
            match event:
                case MemberJoined():
                    await self.membership.joined(event)
                case MemberLeft():
                    await self.membership.left(event)
                case AccountChanged():
                    await self.membership.account_changed(event)

    async def incidents(self) -> list[dict[str, Any]]:
        query = select(t.incident).where(t.incident.c.kind == "membership")
        return [dict(r) for r in await self.store.read(lambda c: c.execute(query).mappings().all())]

    def direct(self, user: str) -> str:
        """All that was told to one person directly."""
        rooms = self.bench.workspace.channels.values()
        theirs = [r for r in rooms if r.kind == "im" and user in r.members]
        return json.dumps([m.body for room in theirs for m in room.messages.values()])


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    keys = Keys(bytes(range(32)))
    store = Store.open(tmp_path / "bot.db", keys.database_key)
    engine = LocalEngine(store, keys)
    async with bench(ONLY[Reach.WARN_ONLY]) as stage:
        platforms: Any = {"slack": stage.platform}
        conversations = Conversations(store=store, keys=keys, platforms=platforms, policy=load.default)
        membership = Membership(
            platforms=platforms, directories=[CsvDirectory(seed.DIRECTORY, look_again=0.0)], store=store,
            ledger=Ledger(store, keys), engine=engine, keys=keys, conversations=conversations,
            ig_users=lambda _: (IG,),
        )  # fmt: skip
        floor = Floor(stage, membership, conversations, store)

        async def handle(work: Work) -> None:
            assert work.delivery.source == RECHECK
            await membership.sweeps.recheck(json.loads(work.delivery.body))

        async def on_dead(work: Work, why: str) -> None:
            pytest.fail(f"dead work: {why}")

        await engine.start(handle, on_dead)
        await conversations.learn(floor.channel(WARD))
        await membership.sweeps.sweep(floor.channel(WARD))
        yield floor
        await engine.stop()
    store.close()


async def test_a_guest_joins_a_ward(floor: Floor) -> None:
    ward = floor.channel(WARD)
    assert await floor.membership.presence.audience(ward) == Audience(staff=10)
    floor.bench.workspace.join(WARD, OUTSIDER, SISTER)
    await floor.lane()
    assert await floor.membership.presence.audience(ward) == Audience(staff=10, outsiders=1)
    (incident,) = await floor.incidents()
    assert incident["sender"] == OUTSIDER
    for reader in (SISTER, IG):
        told = floor.direct(reader)
        assert f"<@{OUTSIDER}> joined <#{WARD}> and is a guest." in told
        assert incident["id"] in told
    assert floor.direct(OUTSIDER) == "[]"
    await floor.membership.sweeps.sweep(ward)
    assert floor.direct(IG).count("confirm_partner") == 1


async def test_the_owner_removes_them_and_it_is_proved(floor: Floor) -> None:
    ward = floor.channel(WARD)
    floor.bench.workspace.join(WARD, OUTSIDER, SISTER)
    await floor.lane()
    assert await floor.membership.remove(ward, OUTSIDER, SISTER)
    assert OUTSIDER not in floor.bench.workspace.channels[WARD].members
    assert await floor.membership.presence.audience(ward) == Audience(staff=10)
    await floor.lane()
    assert await floor.membership.presence.audience(ward) == Audience(staff=10)


async def test_a_strict_ward_removes_a_guest_at_once(floor: Floor) -> None:
    await floor.conversations.set_preset(floor.channel(WARD), "clinical-care")
    floor.bench.workspace.join(WARD, OUTSIDER, SISTER)
    await floor.lane()
    assert OUTSIDER not in floor.bench.workspace.channels[WARD].members
    assert "was removed" in floor.direct(IG)


async def test_a_partner_of_a_shared_channel_is_confirmed(floor: Floor) -> None:
    hospice = floor.channel(HOSPICE)
    await floor.conversations.learn(hospice)
    await floor.membership.sweeps.sweep(hospice)
    assert await floor.membership.presence.audience(hospice) == Audience(
        staff=5, outsiders=1, shared_outside=True
    )
    assert "belongs to another organisation" in floor.direct(SISTER)
    until = datetime.now(UTC) + timedelta(days=30)
    assert await floor.membership.confirm(hospice, PARTNER, SISTER, until)
    assert await floor.membership.presence.audience(hospice) == Audience(
        staff=5, confirmed=1, shared_outside=True
    )


async def test_while_slack_is_out_of_reach_nobody_is_called_outsider(floor: Floor) -> None:
    ward = floor.channel(WARD)
    floor.bench.workspace.add_person(Person("U0NEWFACE", "Una Farr", email="una.farr@elsewhere.example"))
    floor.bench.workspace.join(WARD, "U0NEWFACE", SISTER)
    (joined,) = [e for e in await floor.bench.events() if isinstance(e, MemberJoined)]
    floor.bench.unreachable(True)
    await floor.membership.joined(joined)
    assert await floor.membership.presence.audience(ward) == Audience(staff=10, could_not_tell=1)
    assert await floor.incidents() == []
    floor.bench.unreachable(False)
    await floor.membership.sweeps.sweep(ward)
    assert await floor.membership.presence.audience(ward) == Audience(staff=10, outsiders=1)
    assert f"<@U0NEWFACE> is in <#{WARD}> and is not in the staff directory." in floor.direct(IG)
