"""What a sweep of a large workspace costs at Slack: everybody is listed beside it, at Slack's pace."""

from collections.abc import AsyncIterator

import pytest

from connectors.interface import Channel
from connectors.sandbox.people import Person
from connectors.slack.people import People, Recent
from connectors.slack.tokens import Tokens
from connectors.slack.web import Web
from tests.connectors.slack.bench import Bench
from tests.connectors.slack.test_hiding import Counting
from tests.waiting import until

MANY, ROOM = 3500, 120


@pytest.fixture
async def people(slack: Bench) -> AsyncIterator[People]:
    for n in range(MANY):
        slack.workspace.add_person(Person(f"U9{n:05}", f"Person {n}", email=f"p{n}@trust.example"))
    tokens = Tokens(slack.store, client_id="", client_secret="")
    web = Web(f"{slack.served.base_url}/api/", tokens)
    people = People(web, tokens, pace=0.0)
    yield people
    await people.close()
    await web.close()


async def test_after_the_first_conversations_of_a_sweep_none_asks_for_accounts(
    slack: Bench, people: People
) -> None:
    rooms = [_room(slack, MANY - ROOM), _room(slack, MANY - 2 * ROOM), _room(slack, MANY // 2)]
    slack.served.faults.slow_ms = counting = Counting()
    await people.members(rooms[0])
    everybody = [f"U9{n:05}" for n in range(MANY)]
    await until(lambda: all(people.knows(slack.workspace.team, user) for user in everybody))
    before = len(counting.calls)
    for room in rooms[1:]:
        members = await people.members(room)
        assert len(members) == ROOM + 1
        assert all(m.email for m in members if not m.is_bot)
    assert counting.calls[before:] == ["conversations.members"] * 2
    people.forget_account(slack.workspace.team, f"U9{MANY // 2:05}")
    await people.account(slack.workspace.team, f"U9{MANY // 2:05}")
    assert counting.calls[-1] == "users.info"


async def test_where_the_list_is_throttled_they_are_asked_one_by_one(slack: Bench, people: People) -> None:
    slack.served.faults.rate_limit["users.list"] = [5, 30]
    assert len(await people.members(_room(slack, 0))) == ROOM + 1


async def test_a_throttled_list_goes_on_where_it_was(slack: Bench, people: People) -> None:
    slack.served.faults.rate_limit["users.list"] = [3, 1]
    slack.served.faults.slow_ms = counting = Counting()
    await people.members(_room(slack, MANY - ROOM))
    await until(lambda: counting.calls.count("users.list") >= 6)
    before = len(counting.calls)
    await until(lambda: people.knows(slack.workspace.team, f"U9{MANY // 2:05}"))
    await people.members(_room(slack, MANY // 2))
    assert "users.info" not in counting.calls[before:]


async def test_a_few_accounts_do_not_list_everybody(slack: Bench, people: People) -> None:
    slack.served.faults.slow_ms = counting = Counting()
    await people.members(slack.channel)
    assert counting.calls == ["conversations.members", "users.list"]


def test_what_is_remembered_is_not_gone_through_each_time() -> None:
    recent = Recent()
    for n in range(60_000):
        recent.put(n, 600.0, n)
    assert recent.find(59_999) == 59_999
    assert recent.find(0) == 0
    recent.forget(0)
    assert recent.find(0) is None


def _room(slack: Bench, first: int) -> Channel:
    ids = [f"U9{n:05}" for n in range(first, first + ROOM)]
    room = slack.workspace.add_channel(
        f"room-{first}", "private", creator=ids[0], members=[*ids, slack.workspace.app.user]
    )
    return Channel("slack", slack.workspace.team, room.id)
