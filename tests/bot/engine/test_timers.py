"""Timers and schedules, across restarts, on a clock that is turned by hand."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from bot.engine.interface import Work
from bot.store import tables as t
from tests.bot.engine.conftest import KEYS, START, House, delivery

HOUR, DAY = 3600.0, 86400.0


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START, UTC) + timedelta(seconds=seconds)


async def test_a_button_after_24_hours_and_an_expiry_after_30_days_across_restarts(house: House) -> None:
    await house.start()
    await house.engine.later("alert", at(DAY), delivery("alert"))
    await house.engine.later("expiry", at(30 * DAY), delivery("expiry"))
    fired: list[tuple[float, str]] = []
    for step in (0.5 * DAY, 0.4 * DAY, 0.2 * DAY, 28 * DAY, 1 * DAY):
        await house.restart()
        await house.start()
        await house.turn(step)
        await house.engine.idle()
        fired = [(house.clock.now, body) for body in house.handled]
        if house.clock.now < START + DAY:
            assert fired == []
    assert house.handled == ["alert", "expiry"]
    await house.turn(100 * DAY)
    assert house.handled == ["alert", "expiry"]


async def test_what_fell_due_while_nobody_ran_fires_at_the_start_in_order(house: House) -> None:
    for hours in (3, 1, 2):
        await house.engine.later(f"t{hours}", at(hours * HOUR), delivery(str(hours)))
    house.clock.now += DAY
    await house.restart()
    await house.start()
    await house.rest()
    await house.engine.idle()
    assert house.handled == ["1", "2", "3"]


async def test_the_same_key_replaces_and_cancel_drops(house: House) -> None:
    await house.start()
    await house.engine.later("a", at(HOUR), delivery("first"))
    await house.engine.later("a", at(2 * HOUR), delivery("second"))
    await house.engine.later("b", at(HOUR), delivery("never"))
    assert await house.engine.cancel("b")
    assert not await house.engine.cancel("b")
    await house.turn(1.5 * HOUR)
    assert house.handled == []
    await house.turn(HOUR)
    await house.engine.idle()
    assert house.handled == ["second"]
    assert not await house.engine.cancel("a")


async def test_a_timer_s_work_is_deduplicated_like_any_other(house: House) -> None:
    await house.start()
    await house.engine.accept(delivery("a", "C1", "same"))
    await house.engine.later("t", at(HOUR), delivery("b", "C1", "same"))
    await house.turn(2 * HOUR)
    await house.engine.idle()
    assert house.handled == ["a"]


async def test_many_at_once_all_fire(house: House) -> None:
    await house.start()
    for i in range(250):
        await house.engine.later(f"t{i}", at(HOUR + i), delivery(str(i)))
    await house.turn(2 * HOUR)
    await house.engine.idle()
    assert house.handled == [str(i) for i in range(250)]


async def test_a_timer_fires_by_itself_when_the_real_clock_gets_there(tmp_path) -> None:
    house = House(tmp_path / "a.db")
    house.clock = asyncio.get_running_loop().time  # type: ignore[assignment]
    handled = asyncio.Event()

    async def handle(work: Work) -> None:
        handled.set()

    house.handle = handle
    await house.restart()
    await house.start()
    await asyncio.sleep(0.05)  # the timekeeper sleeps by now, and must be woken by the new timer
    due = datetime.fromtimestamp(asyncio.get_running_loop().time() + 0.1, UTC)
    await house.engine.later("t", due, delivery("a"))
    await asyncio.wait_for(handled.wait(), 10)
    await house.engine.stop()
    house.store.close()


async def test_a_timer_that_cannot_be_opened_stops_no_other(house: House) -> None:
    await house.engine.later("bad", at(HOUR), delivery("bad"))
    await house.engine.later("good", at(HOUR + 1), delivery("good"))
    bad = update(t.timer).where(t.timer.c.key == "bad").values(sealed_body=b"x" * 40)
    await house.store.write(lambda c: c.execute(bad).close())
    await house.start()
    await house.turn(2 * HOUR)
    await house.engine.idle()
    assert house.handled == ["good"]
    assert await house.store.read(lambda c: c.execute(select(t.timer.c.key)).scalars().all()) == ["bad"]


async def test_each_slot_runs_once_and_missed_slots_catch_up_once(house: House) -> None:
    ran: list[float] = []

    async def run(slot: datetime) -> None:
        ran.append(slot.timestamp())

    async def start() -> None:
        house.engine.every("sync", HOUR, run)
        await house.start()
        await house.rest()

    await start()
    now = START - START % HOUR
    assert ran == [now]
    await house.turn(1)
    await house.restart()
    await start()
    assert ran == [now]
    await house.turn(HOUR)
    assert ran == [now, now + HOUR]
    house.clock.now += 10 * HOUR + 1
    await house.restart()
    await start()
    await house.turn(1)
    assert ran == [now, now + HOUR, now + 11 * HOUR]


async def test_two_schedulers_on_one_database_run_each_slot_once(house: House) -> None:
    ran: list[float] = []

    async def run(slot: datetime) -> None:
        ran.append(slot.timestamp())

    other = House(house.path)
    other.clock = house.clock
    other.engine._clock = house.clock
    for one in (house, other):
        one.engine.every("sync", HOUR, run)
    for _ in range(5):
        await asyncio.gather(house.engine.tick(), other.engine.tick(), house.engine.tick())
        await house.rest()
        house.clock.now += HOUR
    assert len(ran) == len(set(ran)) == 5
    other.store.close()


async def test_a_failing_run_ends_neither_the_schedule_nor_its_neighbour(house: House, caplog) -> None:
    ran: list[str] = []

    async def bad(slot: datetime) -> None:
        ran.append("bad")
        raise ValueError("Testina Sample")

    async def good(slot: datetime) -> None:
        ran.append("good")

    house.engine.every("bad", HOUR, bad)
    house.engine.every("good", HOUR, good)
    await house.start()
    await house.rest()
    await house.turn(HOUR)
    assert sorted(ran) == ["bad", "bad", "good", "good"]
    assert "Testina" not in caplog.text


async def test_a_slow_run_is_never_beside_itself(house: House) -> None:
    gate, began = asyncio.Event(), 0

    async def slow(slot: datetime) -> None:
        nonlocal began
        began += 1
        await gate.wait()

    house.engine.every("slow", HOUR, slow)
    await house.start()
    for _ in range(3):
        await house.turn(HOUR)
    assert began == 1
    gate.set()
    await house.rest()
    assert began == 2  # the slot that came meanwhile, once


async def test_a_timer_s_body_is_sealed(house: House) -> None:
    await house.engine.later("t", at(HOUR), delivery("Testina Sample", "C1", "k"))
    row = await house.store.read(lambda c: c.execute(select(t.timer)).one())
    assert b"Testina" not in row.sealed_body
    assert KEYS.open("timer", "t", row.sealed_body) == b"Testina Sample"
