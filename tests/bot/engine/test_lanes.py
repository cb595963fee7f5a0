"""Lanes: one at a time and in order within, side by side without, and patient with failure."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from bot.engine.interface import Work
from bot.engine.lanes import Patience
from bot.store import tables as t
from connectors.interface import Unavailable
from tests.bot.engine.conftest import House, delivery


async def test_one_lane_keeps_order_and_never_overlaps(house: House) -> None:
    running = 0
    ran: list[str] = []

    async def handle(work: Work) -> None:
        nonlocal running
        running += 1
        assert running == 1
        await asyncio.sleep(0.001 if int(work.delivery.body) % 2 else 0)
        ran.append(work.delivery.body.decode())
        running -= 1

    await house.engine.start(handle, house.on_dead)
    await asyncio.gather(*(house.engine.accept(delivery(str(i))) for i in range(60)))
    await house.engine.idle()
    assert ran == [str(i) for i in range(60)]
    assert not house.dead


async def test_a_lane_that_waits_holds_up_only_itself(house: House) -> None:
    async def handle(work: Work) -> None:
        if work.delivery.body == b"stuck" and work.attempt == 1:
            raise Unavailable("throttled", retry_after=100)
        house.handled.append(work.delivery.body.decode())

    await house.engine.start(handle, house.on_dead)
    await house.engine.accept(delivery("stuck", "C1"))
    await house.engine.accept(delivery("behind", "C1"))
    for i in range(20):
        await house.engine.accept(delivery(f"other {i}", f"D{i}"))
    await house.rest()
    assert len(house.handled) == 20
    assert house.engine.waiting == 2
    await house.turn(99)
    assert len(house.handled) == 20
    assert house.engine.lag == 99
    await house.turn(12)
    assert house.handled[20:] == ["stuck", "behind"]
    assert house.engine.lag == 0


async def test_a_slow_lane_does_not_hold_up_others(house: House) -> None:
    gate = asyncio.Event()

    async def handle(work: Work) -> None:
        if work.delivery.lane == "slow":
            await gate.wait()
        house.handled.append(work.delivery.body.decode())

    await house.engine.start(handle, house.on_dead)
    await house.engine.accept(delivery("a", "slow"))
    await house.engine.accept(delivery("b", "quick"))
    await house.rest()
    assert house.handled == ["b"]
    gate.set()
    await house.engine.idle()


async def test_back_off_survives_a_restart(house: House) -> None:
    async def throttled(work: Work) -> None:
        raise Unavailable("throttled", retry_after=500)

    await house.engine.start(throttled, house.on_dead)
    await house.engine.accept(delivery("a"))
    await house.rest()
    await house.restart()
    await house.start()
    await house.turn(499)
    assert house.handled == []
    await house.turn(60)
    assert house.handled == ["a"]


async def test_after_the_last_try_it_is_dead_told_and_the_lane_goes_on(house: House, caplog) -> None:
    caplog.set_level(logging.INFO)
    attempts: list[int] = []

    async def handle(work: Work) -> None:
        if work.delivery.body == b"Testina":
            attempts.append(work.attempt)
            raise ValueError("Testina Sample")
        house.handled.append(work.delivery.body.decode())

    await house.engine.start(handle, house.on_dead)
    await house.engine.accept(delivery("Testina"))
    await house.engine.accept(delivery("next"))
    for _ in range(3):
        await house.rest()
        await house.turn(1000)
    await house.engine.idle()
    assert attempts == [1, 2, 3]
    assert house.dead == [("Testina", "ValueError")]
    assert house.handled == ["next"]
    assert "Testina" not in caplog.text
    rows = await house.store.read(lambda c: c.execute(select(t.inbox.c.state, t.inbox.c.error)).all())
    assert [tuple(row) for row in rows] == [("dead", "ValueError"), ("done", None)]


async def test_telling_of_the_dead_may_fail(house: House) -> None:
    async def handle(work: Work) -> None:
        raise ValueError

    async def on_dead(work: Work, why: str) -> None:
        raise LookupError

    await house.engine.start(handle, on_dead)
    await house.engine.accept(delivery("a"))
    for _ in range(3):
        await house.rest()
        await house.turn(1000)
    await house.engine.idle()


async def test_work_that_ends_the_process_is_not_tried_for_ever(house: House) -> None:
    await house.engine.accept(delivery("a"))
    await house.store.write(lambda c: c.execute(update(t.inbox).values(attempts=3)).close())
    await house.start()
    await house.engine.idle()
    assert house.handled == []
    assert house.dead == [("a", "ProcessEnded")]


async def test_an_attempt_is_counted_before_it_ends(house: House) -> None:
    gate = asyncio.Event()

    async def handle(work: Work) -> None:
        await gate.wait()

    await house.engine.start(handle, house.on_dead)
    await house.engine.accept(delivery("a"))
    await house.rest()
    assert await house.store.read(lambda c: c.execute(select(t.inbox.c.attempts)).scalar()) == 1
    gate.set()
    await house.engine.idle()


async def test_a_body_that_was_tampered_with_is_dead_at_once(house: House) -> None:
    await house.engine.accept(delivery("a"))
    await house.engine.accept(delivery("b"))
    await house.store.write(
        lambda c: c.execute(update(t.inbox).where(t.inbox.c.id == 1).values(sealed_body=b"x" * 40)).close()
    )
    await house.start()
    await house.engine.idle()
    assert house.dead == [("", "SealBroken")]
    assert house.handled == ["b"]


async def test_stop_finishes_the_step_and_leaves_the_rest(house: House) -> None:
    began = asyncio.Event()

    async def handle(work: Work) -> None:
        began.set()
        await asyncio.sleep(0.05)
        house.handled.append(work.delivery.body.decode())

    await house.engine.start(handle, house.on_dead)
    for body in "abc":
        await house.engine.accept(delivery(body))
    await began.wait()
    await house.restart()
    assert house.handled == ["a"]
    await house.start()
    await house.engine.idle()
    assert house.handled == ["a", "b", "c"]


async def test_stop_does_not_wait_for_a_handler_that_hangs(tmp_path) -> None:
    house = House(tmp_path / "a.db", grace=0.05)

    async def hang(work: Work) -> None:
        await asyncio.Event().wait()

    await house.engine.start(hang, house.on_dead)
    await house.engine.accept(delivery("a"))
    await house.rest()
    await house.restart()
    await house.start()
    await house.engine.idle()
    assert house.handled == ["a"]
    await house.engine.stop()
    house.store.close()


async def test_a_handler_s_own_cancellation_is_a_failure_like_another(house: House) -> None:
    async def handle(work: Work) -> None:
        if work.attempt == 1:
            raise asyncio.CancelledError
        await house.note(work)

    await house.engine.start(handle, house.on_dead)
    await house.engine.accept(delivery("a"))
    await house.rest()
    await house.turn(1000)
    await house.engine.idle()
    assert house.handled == ["a"]


async def test_only_so_many_lanes_work_at_once(tmp_path) -> None:
    house = House(tmp_path / "a.db", at_once=3)
    running = most = 0

    async def handle(work: Work) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.002)
        running -= 1

    await house.engine.start(handle, house.on_dead)
    await asyncio.gather(*(house.engine.accept(delivery("x", f"C{i}")) for i in range(20)))
    await house.engine.idle()
    assert most == 3
    await house.engine.stop()
    house.store.close()


@pytest.mark.parametrize("attempt", [1, 2, 5, 12, 5000])
def test_waiting_grows_has_jitter_and_a_bound(attempt: int) -> None:
    patience = Patience(pause=1.0, longest=300.0)
    most = min(300.0, 2.0 ** min(attempt - 1, 60))
    waits = [patience.wait(attempt) for _ in range(50)]
    assert all(most / 2 <= w <= most for w in waits)
    assert len(set(waits)) > 10
    asked = [patience.wait(attempt, 1000.0) for _ in range(50)]
    assert all(1000.0 <= w <= 1100.0 for w in asked)
    assert len(set(asked)) > 10


async def test_accepted_at_is_utc(house: House) -> None:
    got: list[datetime] = []

    async def handle(work: Work) -> None:
        got.append(work.accepted_at)

    await house.engine.start(handle, house.on_dead)
    await house.engine.accept(delivery("a"))
    await house.engine.idle()
    assert got[0].tzinfo is UTC
