"""Effects: an intent before, an outcome after, and never twice."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.engine.interface import Outcome, Uncertain
from bot.store import tables as t
from connectors.interface import ReachFailed, Unavailable
from tests.bot.engine.conftest import House


class World:
    """Counts what was done to it."""

    def __init__(self, *errors: Exception) -> None:
        self.calls = 0
        self.errors = list(errors)

    async def call(self) -> Mapping[str, Any]:
        self.calls += 1
        await asyncio.sleep(0)
        if self.errors:
            raise self.errors.pop(0)
        return {"ts": "1.2"}


async def state(house: House, key: str = "warn/1") -> str | None:
    return await house.store.read(
        lambda c: c.execute(select(t.effect.c.state).where(t.effect.c.key == key)).scalar()
    )


async def leave_intent(house: House, key: str = "warn/1") -> None:
    """As a process leaves it that was killed within the call."""
    row = {"key": key, "state": "intent", "intended_at": 1.0}
    await house.store.write(lambda c: c.execute(insert(t.effect), row).close())


async def test_happens_once_and_is_remembered(house: House) -> None:
    world = World()
    assert await house.engine.effect("warn/1", world.call) == Outcome("done", {"ts": "1.2"})
    await house.restart()
    assert await house.engine.effect("warn/1", world.call) == Outcome("done", {"ts": "1.2"}, repeated=True)
    assert world.calls == 1


async def test_the_intent_is_committed_before_the_call(house: House) -> None:
    async def call() -> Mapping[str, Any]:
        return {"during": await state(house)}

    assert (await house.engine.effect("warn/1", call)).result == {"during": "intent"}


async def test_two_at_once_call_once(house: House) -> None:
    world = World()
    outcomes = await asyncio.gather(*(house.engine.effect("warn/1", world.call) for _ in range(5)))
    assert world.calls == 1
    assert sorted(o.repeated for o in outcomes) == [False, True, True, True, True]


async def test_an_intent_left_over_without_a_probe_is_uncertain_and_not_repeated(house: House) -> None:
    world = World()
    await leave_intent(house)
    for _ in range(2):
        assert await house.engine.effect("warn/1", world.call) == Outcome("uncertain", repeated=True)
    assert world.calls == 0


@pytest.mark.parametrize(
    ("found", "outcome", "calls"),
    [
        ({"ts": "9"}, Outcome("done", {"ts": "9"}, repeated=True), 0),
        ({}, Outcome("done", {}, repeated=True), 0),
        (None, Outcome("done", {"ts": "1.2"}), 1),
        (Uncertain(), Outcome("uncertain", repeated=True), 0),
    ],
)
async def test_an_intent_left_over_is_looked_into(
    house: House, found: Any, outcome: Outcome, calls: int
) -> None:
    async def probe() -> Mapping[str, Any] | None:
        if isinstance(found, Exception):
            raise found
        return found

    world = World()
    await leave_intent(house)
    assert await house.engine.effect("warn/1", world.call, probe) == outcome
    assert world.calls == calls
    assert await state(house) == outcome.state


async def test_a_fresh_effect_is_not_looked_into(house: House) -> None:
    async def probe() -> Mapping[str, Any] | None:
        raise AssertionError

    assert (await house.engine.effect("warn/1", World().call, probe)).state == "done"


async def test_a_look_that_fails_leaves_the_question_open(house: House) -> None:
    async def probe() -> Mapping[str, Any] | None:
        raise Unavailable("network")

    await leave_intent(house)
    with pytest.raises(Unavailable):
        await house.engine.effect("warn/1", World().call, probe)
    assert await state(house) == "intent"


async def test_refused_is_an_outcome(house: House) -> None:
    world = World(ReachFailed("chat.update", "cant_update_message"))
    outcome = await house.engine.effect("warn/1", world.call)
    assert outcome == Outcome("refused", {"code": "cant_update_message"})
    assert (await house.engine.effect("warn/1", world.call)).repeated
    assert world.calls == 1


async def test_unavailable_passes_through_and_the_next_attempt_calls_again(house: House) -> None:
    world = World(Unavailable("429", retry_after=3))
    with pytest.raises(Unavailable) as fault:
        await house.engine.effect("warn/1", world.call)
    assert fault.value.retry_after == 3
    assert await state(house) is None
    assert (await house.engine.effect("warn/1", world.call)).state == "done"


async def test_a_call_that_may_have_been_carried_out_is_not_repeated_blindly(house: House) -> None:
    world = World(Unavailable("no answer", maybe_done=True))
    with pytest.raises(Unavailable):
        await house.engine.effect("warn/1", world.call)
    assert (await house.engine.effect("warn/1", world.call)).state == "uncertain"
    assert world.calls == 1


async def test_a_fault_of_ours_within_the_call_is_not_repeated_blindly(house: House) -> None:
    world = World(KeyError("ts"))
    with pytest.raises(KeyError):
        await house.engine.effect("warn/1", world.call)
    assert (await house.engine.effect("warn/1", world.call)).state == "uncertain"


async def test_a_call_may_say_that_it_is_uncertain(house: House) -> None:
    assert (await house.engine.effect("warn/1", World(Uncertain()).call)).state == "uncertain"


async def test_a_failed_call_frees_those_that_wait_for_it(house: House) -> None:
    world = World(Unavailable("429"), Unavailable("429"))
    outcomes = await asyncio.gather(
        *(house.engine.effect("warn/1", world.call) for _ in range(4)), return_exceptions=True
    )
    assert [type(o) for o in outcomes] == [Unavailable, Unavailable, Outcome, Outcome]
    assert world.calls == 3
