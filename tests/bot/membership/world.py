"""A workplace with a ward, its staff list and the real store, ledger and engine: for tests of membership."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
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
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.directories.csv import CsvDirectory
from connectors.interface import Channel, MemberJoined, MemberLeft, StaffDirectory
from tests.bot.workplace import Clock, Workplace

STAFF = """name,known_as,email,role,department,employer,status
Moira Devlin,Mo,moira@trust.example,Ward sister,Cardiology,Trust,active
Grace Adeyemi,,grace@trust.example,Staff nurse,Cardiology,Trust,active
Hugh Peake,,hugh@trust.example,Porter,Estates,Trust,left
"""


@dataclass
class World:
    place: Workplace
    membership: Membership
    conversations: Conversations
    engine: LocalEngine
    store: Store
    clock: Clock
    staff: Path
    ward: Channel

    async def join(self, user: str, *, channel: Channel | None = None, ago: float = 0.0) -> None:
        channel = channel or self.ward
        self.place.rooms[channel.id].append(user)
        await self.membership.joined(MemberJoined(channel, user, "UMO", self.at(-ago)))

    async def leave(self, user: str, *, channel: Channel | None = None) -> None:
        channel = channel or self.ward
        self.place.rooms[channel.id].remove(user)
        await self.membership.left(MemberLeft(channel, user, self.at()))

    def at(self, seconds: float = 0.0) -> datetime:
        return datetime.fromtimestamp(self.clock.now + seconds, UTC)

    async def turn(self, seconds: float) -> None:
        self.clock.now += seconds
        await self.engine.tick()
        await self.engine.idle()

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        found = await self.store.read(lambda c: c.execute(select(table)).mappings().all())
        return [dict(r) for r in found]

    async def incidents(self) -> list[dict[str, Any]]:
        return [r for r in await self.rows(t.incident) if r["kind"] == "membership"]

    async def story(self) -> list[str]:
        return [r["what"] for r in await self.rows(t.timeline)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, Clock()) as opened:
        yield opened


@asynccontextmanager
async def open_world(
    tmp_path: Path, clock: Clock, directories: Sequence[StaffDirectory] = ()
) -> AsyncIterator[World]:
    """A world with its staff list and, after it, further directories."""
    place = Workplace()
    keys = Keys(bytes(range(32)))
    store = Store.open(tmp_path / "bot.db", keys.database_key)
    ledger, engine = Ledger(store, keys, clock), LocalEngine(store, keys, clock)
    staff = tmp_path / "staff.csv"
    staff.write_text(STAFF, encoding="utf-8")
    platforms: Any = {"slack": place}
    conversations = Conversations(
        store=store, keys=keys, platforms=platforms, policy=load.default, clock=clock
    )
    membership = Membership(
        platforms=platforms, directories=[CsvDirectory(staff, look_again=0.0), *directories], store=store,
        ledger=ledger, engine=engine, keys=keys, conversations=conversations, ig_users=lambda _: ("UIG",), clock=clock,
    )  # fmt: skip

    async def handle(work: Work) -> None:
        assert work.delivery.source == RECHECK
        await membership.sweeps.recheck(json.loads(work.delivery.body))

    async def on_dead(work: Work, why: str) -> None:
        pytest.fail(f"dead work: {why}")

    place.account_of("UMO", "Moira@trust.example")
    place.account_of("UGR", "grace@trust.example")
    place.account_of("UIG", "ig@trust.example")
    place.account_of("UBOT", is_bot=True)
    place.account_of("USTR", "stranger@elsewhere.example")
    place.account_of("UGST", "visitor@elsewhere.example", is_guest=True)
    place.account_of("UEXT", "grace@trust.example", is_external=True)
    place.account_of("UHUGH", "hugh@trust.example")
    place.account_of("UNOMAIL")
    place.rooms = {"C1": ["UMO", "UBOT"], "C2": ["UMO"]}
    place.creators = {"C1": "UMO", "C2": "UMO"}
    ward = place.channel("C1")
    await conversations.learn(ward)
    await membership.sweeps.sweep(ward)
    await engine.start(handle, on_dead)
    yield World(place, membership, conversations, engine, store, clock, staff, ward)
    await engine.stop()
    store.close()
