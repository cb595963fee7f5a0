"""What a directory's sync and a sweep find by themselves, and what they cost the platform."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversations.rosters import Rosters
from bot.engine.local import LocalEngine
from bot.files.pool import Pool
from bot.incidents.ledger import Ledger
from bot.membership.drift import Drift
from bot.membership.expiring import Expiring
from bot.messages.silence import Silence
from bot.policy.verdict import Audience
from bot.store import tables as t
from bot.upkeep import Upkeep
from bot.vault.keys import Keys
from bot.vault.quarantine import Quarantine
from connectors.directories.csv import CsvDirectory
from connectors.interface import Channel, Member, Unavailable
from tests.bot.membership.world import STAFF, World
from tests.bot.workplace import Workplace
from tests.waiting import until

GRACE = "Grace Adeyemi,,grace@trust.example,Staff nurse,Cardiology,Trust,active\n"


def staff(world: World, *rows: str) -> None:
    world.staff.write_text("\n".join([STAFF.strip(), *rows]) + "\n", "utf-8")


@pytest.fixture
async def kept(world: World, tmp_path: Path) -> AsyncIterator[World]:
    """The world with its clock's work: directories each 5 minutes, sweeps each hour."""
    keys, pool = Keys(bytes(range(32))), Pool()
    directories = [CsvDirectory(world.staff, look_again=0.0)]
    ledger = Ledger(world.store, keys, world.clock)
    assert isinstance(world.engine, LocalEngine)
    Upkeep(
        store=world.store, keys=keys, engine=world.engine, ledger=ledger, conversations=world.conversations,
        membership=world.membership, directories=directories, rosters=Rosters({}, directories),
        quarantine=Quarantine(tmp_path / "files", keys), pool=pool, data=tmp_path,
        expiring=Expiring(
            store=world.store, platforms={}, conversations=world.conversations, engine=world.engine,
            ig_users=lambda _: ("UIG",),
        ),
        silence=Silence(
            platforms={}, tenants=lambda _: (), conversations=world.conversations, accept=world.engine.accept,
            engine=world.engine, store=world.store, ig_users=lambda _: ("UIG",),
        ),
    ).schedule(world.engine)  # fmt: skip
    yield world
    await pool.close()


async def test_a_leaver_is_found_with_the_directorys_next_sync(kept: World) -> None:
    await kept.join("UGR")
    await kept.turn(300)
    kept.staff.write_text(STAFF.replace(GRACE, GRACE.replace(",active", ",left")), "utf-8")
    await kept.turn(300)
    await until(lambda: "UGR" not in kept.place.rooms["C1"])
    (incident,) = await kept.incidents()
    assert incident["sender"] == "UGR"
    assert "Has left, by the staff directory" in incident["reasons"][0]


async def test_no_list_is_asked_for(world: World) -> None:
    await world.join("UGR")
    world.place.calls.clear()
    await world.membership.sweeps.directory_changed()
    moved = GRACE.replace("Cardiology", "Theatres")
    world.staff.write_text(STAFF.replace(GRACE, moved), "utf-8")
    await world.membership.sweeps.directory_changed()
    assert world.place.calls == []
    (grace,) = [r for r in await world.rows(t.membership) if r["user"] == "UGR"]
    assert grace["department"] == "Theatres"


async def test_somebody_listed_since_is_no_outsider_any_more(world: World) -> None:
    await world.join("USTR")
    await world.join("USTR", channel=world.place.channel("C2"))
    staff(world, "Stella Ray,,stranger@elsewhere.example,Nurse,Cardiology,Trust,active")
    await world.membership.sweeps.directory_changed()
    for room in ("C1", "C2"):
        assert (await world.membership.presence.audience(world.place.channel(room))).outsiders == 0
    history = [r["standing"] for r in await world.rows(t.standing)]
    assert history[-2:] == ["staff", "staff"]


async def test_an_outage_of_the_directory_is_told_by_nobody_and_ends_with_it(world: World) -> None:
    await world.join("UGR")
    world.staff.rename(world.staff.with_suffix(".away"))
    await world.membership.sweeps.directory_changed()
    assert await world.membership.presence.audience(world.ward) == Audience(could_not_tell=2)
    world.staff.with_suffix(".away").rename(world.staff)
    await world.membership.sweeps.directory_changed()
    assert await world.membership.presence.audience(world.ward) == Audience(staff=2)
    assert await world.incidents() == []


async def test_who_left_meanwhile_does_not_come_back_by_it(world: World) -> None:
    await world.join("UGR")
    await world.turn(1)
    await world.leave("UGR")
    world.staff.write_text(STAFF.replace(GRACE, ""), "utf-8")
    await world.membership.sweeps.directory_changed()
    assert [r.user for r in await world.membership.presence.readers(world.ward)] == ["UMO"]


async def test_whoever_cannot_be_told_of_it_is_told_by_the_recheck(world: World) -> None:
    await world.join("UGR")
    world.place.down.add("tell:UIG")
    world.staff.write_text(STAFF.replace(GRACE, ""), "utf-8")
    await world.membership.sweeps.directory_changed()
    assert [reader for reader, _ in world.place.told] == ["UMO"]
    world.place.down.clear()
    await world.turn(61)
    assert [reader for reader, _ in world.place.told] == ["UMO", "UIG"]


async def test_a_sweep_says_what_nobody_had_told_it(world: World) -> None:
    await world.join("UGST")
    await world.turn(1)
    world.place.rooms["C1"].remove("UGST")
    world.place.rooms["C1"] += ["UGR", "USTR"]
    assert await world.membership.sweeps.sweep(world.ward) == Drift(joined=2, left=1, conversations=1)
    assert not await world.membership.sweeps.sweep(world.ward)
    world.staff.write_text(STAFF.replace(GRACE, ""), "utf-8")
    await world.membership.sweeps.sweep_all()
    assert world.membership.sweeps.drift == Drift(changed=1, conversations=1)
    found = [r for r in await world.rows(t.audit) if r["what"] == "membership.drift"]
    assert [(r["subject"], r["detail"]) for r in found] == [
        ("slack:T1:C1", {"joined": 2, "left": 1, "changed": 0}),
        ("slack:T1:C1", {"joined": 0, "left": 0, "changed": 1}),
    ]
    left = [r for r in await world.rows(t.timeline) if r["what"] == "left"]
    assert left[0]["detail"] == {"user": "UGST", "seen": "by a sweep"}


async def test_the_health_page_says_what_the_last_sweep_found(kept: World) -> None:
    await kept.turn(3600)
    await until(lambda: kept.membership.sweeps.drift is not None)
    await kept.turn(60)
    gauge = select(t.gauge.c.words).where(t.gauge.c.name == "found_by_the_last_sweep")
    await until(lambda: kept.store.read_now(lambda c: c.execute(gauge).scalar()) == Drift().words)


async def test_the_first_list_of_a_conversation_is_no_drift(world: World) -> None:
    world.place.rooms["C2"] += ["UGR", "USTR"]
    assert not await world.membership.sweeps.sweep(world.place.channel("C2"))


def test_drift_in_words() -> None:
    both = Drift(2, 1, 0, 1) + Drift(0, 0, 3, 1)
    assert both.words == "2 joined unseen, 1 left unseen, 3 with another standing, in 2 conversations"
    assert Drift().words == "No difference from the platform's own lists"


async def test_a_sweep_of_all_waits_as_long_as_the_platform_asks(world: World) -> None:
    class Throttled(Workplace):
        async def members(self, channel: Channel) -> tuple[Member, ...]:
            if "members" not in self.calls:
                self.calls.append("members")
                raise Unavailable("ratelimited", 0.2)
            return await super().members(channel)

    world.place.rooms["C1"].append("UGR")
    world.place.__class__ = Throttled
    world.place.calls.clear()
    began = time.monotonic()
    await world.membership.sweeps.sweep_all()
    assert time.monotonic() - began >= 0.2
    assert await world.membership.presence.audience(world.ward) == Audience(staff=2)


async def test_what_cannot_be_listed_now_is_left_to_a_recheck(world: World) -> None:
    world.place.rooms["C1"].append("UGR")
    world.place.down.add("members")
    await world.membership.sweeps.sweep_all()
    world.place.down.clear()
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1)
    await world.turn(61)
    assert await world.membership.presence.audience(world.ward) == Audience(staff=2)


async def test_a_conversation_of_thousands_is_not_repeated_in_each_incident(world: World) -> None:
    users = [f"UM{n}" for n in range(1001)]
    staff(world, *(f"{u} Nurse,,{u}@trust.example,Nurse,Cardiology,Trust,active" for u in users))
    for user in users:
        world.place.account_of(user, f"{user}@trust.example")
    world.place.rooms["C1"] += users
    await world.membership.sweeps.sweep(world.ward)
    await world.join("USTR")
    (incident,) = await world.incidents()
    assert incident["outsiders"] == 1
    assert await world.rows(t.audience) == []
