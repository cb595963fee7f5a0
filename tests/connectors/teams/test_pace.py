"""How fast Microsoft is called: documented limits kept, throttles heeded, and a hiding before the rest."""

import asyncio
import time

import pytest

from connectors.interface import Reach, Unavailable
from connectors.teams.pace import GraphPace, Pace, of_bot
from tests.connectors.contract import IDENTIFIER, SAID, edits, found
from tests.connectors.teams.bench import SOCIAL, bench
from tests.connectors.teams.service import CHANNEL, TENANT, serving
from tests.waiting import until

ONE, OTHER = "teams/T/channels/19%3Aone/messages/1", "teams/U/channels/19%3Atwo/messages/1"
TOPIC = "teams/T/channels/19%3Aone"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def waits(pace: GraphPace, method: str, path: str) -> bool:
    waiting = asyncio.create_task(pace.turn(TENANT, method, path))
    await asyncio.sleep(0.01)
    waiting.cancel()
    return not waiting.done()


async def test_a_thread_hears_no_more_than_teams_allows() -> None:
    pace = Pace(Clock())
    for _ in range(7):
        await pace.turn(of_bot(TENANT, "a"))
    await pace.turn(of_bot(TENANT, "b"))
    waiting = asyncio.create_task(pace.turn(of_bot(TENANT, "a")))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    waiting.cancel()


async def test_who_would_have_to_wait_long_is_told_so() -> None:
    clock = Clock()
    pace = Pace(clock)
    for n in range(1800):
        clock.now = n * 0.6
        await pace.turn(of_bot(TENANT, "a"))
    with pytest.raises(Unavailable) as caught:
        await pace.turn(of_bot(TENANT, "a"))
    assert 2000 < caught.value.retry_after < 3600
    clock.now += 3600
    await pace.turn(of_bot(TENANT, "a"))


async def test_four_writes_a_second_to_a_team_and_reading_is_not_counted() -> None:
    clock = Clock()
    pace = GraphPace(clock)
    for _ in range(4):
        await pace.turn(TENANT, "PATCH", TOPIC)
    assert await waits(pace, "PATCH", TOPIC)
    assert await waits(pace, "DELETE", "teams/T/members/x")
    for _ in range(50):
        await pace.turn(TENANT, "GET", ONE)
    await pace.turn(TENANT, "PATCH", "teams/U/channels/19%3Atwo")
    await pace.turn(TENANT, "PATCH", "chats/19%3Aa/messages/1")
    clock.now = 1.0
    assert not await waits(pace, "PATCH", TOPIC)


async def test_a_hiding_waits_for_no_estimate_and_the_rest_waits_for_it() -> None:
    clock = Clock()
    pace = GraphPace(clock)
    for _ in range(40):
        clock.now += 0.04
        await pace.turn(TENANT, "PATCH", ONE)
    assert await waits(pace, "PATCH", ONE)
    assert await waits(pace, "PUT", TOPIC)
    assert not await waits(pace, "PATCH", OTHER)
    clock.now = 11.7
    assert not await waits(pace, "PATCH", ONE)


async def test_a_throttle_holds_its_conversation_and_slows_it_for_a_while() -> None:
    clock = Clock()
    pace = GraphPace(clock)
    pace.throttled(TENANT, ONE, 5.0)
    assert await waits(pace, "PATCH", ONE)
    assert await waits(pace, "GET", f"{ONE}/replies")
    assert not await waits(pace, "PATCH", OTHER)
    assert not await waits(pace, "PATCH", "teams/T/channels/19%3Athree/messages/1")
    clock.now = 5.0
    for _ in range(4):
        await pace.turn(TENANT, "PATCH", ONE)
    assert await waits(pace, "PATCH", ONE)
    clock.now = 70.0
    for _ in range(9):
        await pace.turn(TENANT, "PATCH", ONE)


async def test_a_long_throttle_is_not_waited_for() -> None:
    pace = GraphPace(Clock())
    pace.throttled(TENANT, ONE, 300.0)
    with pytest.raises(Unavailable) as caught:
        await pace.turn(TENANT, "PATCH", ONE)
    assert (caught.value.retry_after, caught.value.maybe_done) == (300.0, False)


async def test_what_names_no_conversation_is_not_held_up() -> None:
    pace = GraphPace(Clock())
    pace.throttled(TENANT, "users/x", 300.0)
    for _ in range(100):
        await pace.turn(TENANT, "POST", "subscriptions")
    assert not await waits(pace, "GET", "users/x")


async def test_a_burst_is_hidden_within_the_limits_of_graph() -> None:
    async with bench() as teams:
        for _ in range(8):
            await teams.say(SAID)
        messages = list({(m := found([e])).ref: m for e in await teams.events()}.values())
        teams.teams.faults.limits = True
        began = time.monotonic()
        await asyncio.gather(*(teams.platform.redact(m, edits(m), Reach.POLICY_HIDE) for m in messages))
        took = time.monotonic() - began
        shown = [teams.readable(m.ref) for m in messages]
    assert len(messages) == 8
    assert IDENTIFIER not in "".join(shown)
    assert took > 0.9


async def test_other_words_to_a_throttled_thread_wait_too() -> None:
    async with serving() as service:
        api = service.api()
        service.refuse("POST", 429, **{"Retry-After": "0.6"})
        began = time.monotonic()
        said = {"type": "message", "text": "hello"}
        first = asyncio.create_task(api.send(TENANT, CHANNEL, said))
        await until(lambda: service.asked)
        await asyncio.sleep(0.2)  # the refusal is read
        assert len(service.asked) == 1
        await api.send(TENANT, CHANNEL, said)
        assert time.monotonic() - began > 0.6
        await first
        assert len(service.asked) == 3


async def test_one_message_is_not_held_up() -> None:
    async with bench(place=SOCIAL) as teams:
        await teams.say(SAID)
        message = found(await teams.events())
        teams.teams.faults.limits = True
        began = time.monotonic()
        await teams.platform.redact(message, edits(message), Reach.POLICY_HIDE)
        assert time.monotonic() - began < 0.9
