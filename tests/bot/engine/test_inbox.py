"""Accepting: committed before it is answered, once per key, in order, and never lost."""

import asyncio
import gc

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from bot.engine.interface import Work
from bot.store import tables as t
from bot.store.database import NotCommitted
from connectors.interface import Delivery
from tests.bot.engine.conftest import House, delivery


async def count(house: House, table=t.inbox) -> int:
    return await house.store.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())


async def test_accepted_work_is_in_the_database_when_accept_returns(house: House) -> None:
    assert await house.engine.accept(delivery("a"))
    assert await count(house) == 1


async def test_twenty_at_once_of_one_event_run_once(house: House) -> None:
    await house.start()
    answers = await asyncio.gather(*(house.engine.accept(delivery("a")) for _ in range(20)))
    await house.engine.idle()
    assert sum(answers) == 1
    assert house.handled == ["a"]


async def test_any_known_key_makes_a_repeat_and_its_other_keys_become_known(house: House) -> None:
    accept = house.engine.accept
    assert await accept(delivery("a", "C1", "event-1", "message-1"))
    assert not await accept(delivery("b", "C1", "event-2", "message-1"))
    assert not await accept(delivery("c", "C1", "event-2"))
    assert await accept(delivery("d", "C1", "event-3"))
    assert await accept(delivery("e", "C1", "event-1", tenant="T2"))  # another tenant's keys are its own
    assert await accept(Delivery("test.event", "T1", "C1", ("twice", "twice"), b"f"))


async def test_no_keys_means_always_new(house: House) -> None:
    bare = Delivery("test.event", "T1", "C1", (), b"x")
    assert await house.engine.accept(bare)
    assert await house.engine.accept(bare)


async def test_a_redelivery_after_done_after_purge_and_after_a_restart_does_nothing(house: House) -> None:
    day = 86400.0
    await house.start()
    await house.engine.accept(delivery("a"))
    await house.engine.idle()
    assert not await house.engine.accept(delivery("a"))
    await house.turn(29 * day)
    assert (await house.engine.purge(house.clock.now)).work == 1
    assert await count(house) == 0
    await house.restart()
    await house.start()
    assert not await house.engine.accept(delivery("a"))
    await house.turn(2 * day)
    assert (await house.engine.purge(house.clock.now)).keys == 1
    assert await house.engine.accept(delivery("a"))  # after 30 days it is forgotten


async def test_what_was_accepted_before_a_restart_runs_after_it_in_order(house: House) -> None:
    for i in range(50):
        await house.engine.accept(delivery(str(i), f"C{i % 3}"))
    await house.restart()
    await house.start()
    await house.engine.idle()
    for lane in range(3):
        mine = [int(body) for body in house.handled if int(body) % 3 == lane]
        assert mine == list(range(lane, 50, 3))


async def test_replayed_work_is_the_same_work(house: House) -> None:
    seen: list[Work] = []

    async def handle(work: Work) -> None:
        seen.append(work)

    sent = Delivery("slack.event", "T1", "C1", ("a", "b"), "line\nline – é".encode())
    await house.engine.accept(sent)
    await house.restart()
    await house.engine.start(handle, house.on_dead)
    await house.engine.idle()
    assert [work.delivery for work in seen] == [sent]
    assert seen[0].accepted_at.timestamp() == house.clock.now
    assert seen[0].attempt == 1


async def test_accepting_while_starting_loses_and_repeats_nothing(house: House) -> None:
    accepts = [house.engine.accept(delivery(str(i), "C1", f"k{i}")) for i in range(100)]
    before, after = accepts[:50], accepts[50:]
    tasks = [asyncio.create_task(a) for a in before]
    starting = asyncio.create_task(house.start())
    tasks += [asyncio.create_task(a) for a in after]
    await asyncio.gather(starting, *tasks)
    await house.engine.idle()
    assert house.handled == [str(i) for i in range(100)]


async def test_a_caller_that_goes_away_does_not_strand_its_work(house: House) -> None:
    await house.start()
    task = asyncio.create_task(house.engine.accept(delivery("a")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await house.engine.accept(delivery("b", "C2"))
    await house.engine.idle()
    assert sorted(house.handled) == ["a", "b"]


async def test_a_full_disk_is_an_error_and_never_a_yes(house: House) -> None:
    pages = house.store.write_now(lambda c: c.execute(text("PRAGMA page_count")).scalar())
    house.store.write_now(lambda c: c.execute(text(f"PRAGMA max_page_count = {pages + 4}")).close())
    await house.start()
    told, refused = [], []
    for i in range(60):
        try:
            assert await house.engine.accept(delivery(f"{i} " + "Testina " * 200, f"C{i}"))
            told.append(i)
        except (OperationalError, NotCommitted) as error:
            refused.append(str(error))
    assert refused
    assert "Testina" not in " ".join(refused)
    assert told
    house.store.write_now(lambda c: c.execute(text("PRAGMA max_page_count = 1000000")).close())
    await house.turn(1000)
    await house.engine.idle()
    assert sorted(int(body.split()[0]) for body in house.handled) == told


async def test_a_read_only_database_refuses(house: House) -> None:
    house.store.write_now(lambda c: c.execute(text("PRAGMA query_only = ON")).close())
    with pytest.raises(NotCommitted, match="readonly"):
        await house.engine.accept(delivery("a"))
    assert await count(house) == 0


async def test_a_finished_body_goes_at_once_and_dead_ones_can_be_revived(house: House) -> None:
    async def refuse(work: Work) -> None:
        if work.delivery.body == b"bad":
            raise LookupError

    await house.engine.start(refuse, house.on_dead)
    await house.engine.accept(delivery("good", "C1"))
    await house.engine.accept(delivery("bad", "C2"))
    for _ in range(3):
        await house.rest()
        await house.turn(1000)
    await house.engine.idle()
    kept = await house.store.read(
        lambda c: {r.state: len(r.sealed_body) for r in c.execute(select(t.inbox)).all()}
    )
    assert kept["done"] == 0
    assert kept["dead"] > 0
    assert house.dead == [("bad", "LookupError")]
    await house.restart()
    await house.start()
    assert await house.engine.revive() == 1
    await house.engine.idle()
    assert house.handled == ["bad"]


async def test_purge_takes_small_bites_and_leaves_what_is_not_done(house: House) -> None:
    rows = [
        {"tenant": "T", "lane": "C", "source": "s", "sealed_body": b"", "accepted_at": float(i),
         "state": "new" if i % 1000 == 0 else "done", "attempts": 0, "not_before": 0.0, "finished_at": i + 1.0}
        for i in range(3000)
    ]  # fmt: skip
    await house.store.write(lambda c: c.execute(t.inbox.insert(), rows).close())
    purged = await house.engine.purge(2001.5)
    assert purged.work == 1998  # finished before 2001.5, less the two that are not done
    left = await house.store.read(
        lambda c: c.execute(select(t.inbox.c.state, func.count()).group_by(t.inbox.c.state)).all()
    )
    assert dict(map(tuple, left)) == {"new": 3, "done": 3000 - 3 - purged.work}


async def test_nothing_is_left_behind_by_futures_nobody_awaits(house: House, caplog) -> None:
    await house.start()
    await house.engine.accept(delivery("a"))
    await house.engine.idle()
    gc.collect()
    assert not [r for r in caplog.records if "never retrieved" in r.getMessage()]
