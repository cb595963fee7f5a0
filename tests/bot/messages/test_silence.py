"""A platform that stops telling us: found by reading, told to IG once, its end too; a quiet night is no alarm."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations.register import Conversations
from bot.engine.local import LocalEngine
from bot.messages.silence import GRACE, QUIET, Silence
from bot.policy import load
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import Delivery
from connectors.sandbox.teams.sandbox import TENANT, TENANT_WIDE
from tests.bot.workplace import Clock
from tests.connectors.teams.bench import SISTER, Bench, bench

HOUR = 3600.0
SAID = "Bloods are back"


@dataclass
class Listening:
    """A real connector to the sandbox's Microsoft, and what listens for its silence."""

    teams: Bench
    store: Store
    keys: Keys
    clock: Clock
    engine: LocalEngine
    conversations: Conversations
    silence: Silence = field(init=False)

    def __post_init__(self) -> None:
        self.starts()

    def starts(self) -> None:
        """The bot is started (again)."""
        platforms: Any = {"teams": self.teams.platform}
        self.silence = Silence(
            platforms=platforms, tenants=lambda _: (TENANT,), conversations=self.conversations,
            accept=self.teams.inbox.accept, engine=self.engine, store=self.store,
            ig_users=lambda _: (self.teams.oid(SISTER),), clock=self.clock,
        )  # fmt: skip

    async def says(self, *, heard: bool = True) -> None:
        faults = self.teams.teams.faults
        faults.activities_lost = faults.notifications_lost = 0 if heard else 99
        await self.teams.say(SAID)
        await self.hears()

    async def hears(self) -> list[Delivery]:
        """What came to the webhook; this bench's own does not go by way of what listens."""
        found = await self.teams.deliveries()
        for delivery in found:
            await self.silence.hear(delivery)
        return found

    async def looks(self, after: float) -> None:
        self.clock.now += after
        await self.silence.look(datetime.fromtimestamp(self.clock.now, UTC))

    async def recorded(self) -> list[str]:
        query = select(t.audit.c.what).order_by(t.audit.c.seq)
        return list(await self.store.read(lambda c: c.execute(query).scalars().all()))

    def told(self) -> list[str]:
        rooms = [r for r in self.teams.workspace.channels.values() if r.kind == "im" and SISTER in r.members]
        return [str(m.said) for r in rooms for m in r.messages.values()]


@pytest.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Listening]:
    async for ready in listening(tmp_path):
        yield ready


async def listening(folder: Path, ago: float = 5.0, **more: Any) -> AsyncIterator[Listening]:
    """Begun `ago` seconds before now, by the clock of what listens."""
    clock, keys = Clock(time.time() - ago), Keys(bytes(range(32)))
    store = Store.open(folder / "bot.db", keys.database_key)
    engine = LocalEngine(store, keys, clock)
    async with bench(**more) as teams:
        platforms: Any = {"teams": teams.platform}
        conversations = Conversations(
            store=store, keys=keys, platforms=platforms, policy=load.default, clock=clock
        )
        await conversations.learn(teams.channel)
        await engine.start(_nothing, _nothing)
        yield Listening(teams, store, keys, clock, engine, conversations)
        await engine.stop()
    store.close()


async def _nothing(*_: object) -> None:
    return None


async def test_a_quiet_night_is_no_alarm(ears: Listening) -> None:
    await ears.says()
    for _ in range(12):
        await ears.looks(HOUR)
    assert (await ears.recorded(), ears.told()) == ([], [])
    assert ears.silence.words()[f"teams {TENANT}"].startswith("Listening; the last word came")


async def test_what_nobody_told_is_found_worked_on_and_told_once_and_so_is_the_end(ears: Listening) -> None:
    await ears.looks(0.0)
    await ears.says(heard=False)
    assert not ears.teams.inbox.kept[ears.teams.taken :]
    await ears.looks(QUIET + GRACE)
    (found,) = await ears.teams.deliveries()
    assert SAID.encode() in found.body
    (note,) = ears.told()
    assert "Microsoft Teams does not tell Chaperone everything" in note
    assert ears.silence.words()[f"teams {TENANT}"].startswith("Not heard for 0 min. Messages were found")
    await ears.looks(2 * HOUR)
    ears.starts()
    await ears.looks(HOUR)
    assert (await ears.recorded(), len(ears.told())) == (["listening.lost"], 1)
    await ears.says()
    await ears.looks(60)
    assert await ears.recorded() == ["listening.lost", "listening.restored"]
    assert "tells Chaperone again what is said, after" in ears.told()[-1]
    await ears.looks(HOUR)
    assert len(ears.told()) == 2


async def test_what_may_still_be_on_its_way_is_no_alarm(tmp_path: Path) -> None:
    async for ears in listening(tmp_path, ago=QUIET + 5):
        await ears.says(heard=False)
        await ears.looks(QUIET + GRACE / 2)
        assert len(await ears.teams.deliveries()) == 1  # found, and worked on
        assert (await ears.recorded(), ears.told()) == ([], [])


async def test_where_somebody_was_just_heard_nobody_is_asked(ears: Listening) -> None:
    await ears.looks(0.0)
    ears.teams.unreachable(True)
    for _ in range(4):
        await ears.hears()
        await ears.looks(QUIET / 4)
    assert await ears.recorded() == []


async def test_a_refused_subscription_is_told_without_waiting_for_a_message(tmp_path: Path) -> None:
    lacking = TENANT_WIDE - {"Chat.Read.All"}
    async for ears in listening(tmp_path, roles=lacking):
        assert ears.teams.platform.trouble(TENANT)
        await ears.looks(0.0)
        await ears.looks(600.0)
        assert (await ears.recorded(), len(ears.told())) == (["listening.lost"], 1)
        assert "Graph refuses" in ears.silence.words()[f"teams {TENANT}"]
        ears.teams.teams.app.roles = TENANT_WIDE
        await ears.teams.platform._msal.get(TENANT, fresh=True)
        await ears.teams.tend()
        assert ears.teams.platform.trouble(TENANT) == ""
        await ears.says()
        await ears.looks(60.0)
        assert await ears.recorded() == ["listening.lost", "listening.restored"]
