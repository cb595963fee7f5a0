"""Limits and faults: 429 with Retry-After, tiers, failures, slowness, pages."""

import time

import pytest
from slack_sdk.errors import SlackApiError

from connectors.sandbox.faults import Faults
from tests.connectors.sandbox.conftest import NURSE, SISTER, WARD, Stage


async def test_a_rate_limit_says_how_long_to_wait(stage: Stage) -> None:
    await stage.page("/sandbox/faults", {"rate_limit": {"auth.test": [2, 7]}})
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await stage.bot.auth_test()
        response = caught.value.response
        assert (response.status_code, response.headers["retry-after"]) == (429, "7")
        assert response["error"] == "ratelimited"
    await stage.bot.auth_test()


async def test_the_tiers_when_switched_on(stage: Stage) -> None:
    stage.served.faults.tiers = True
    for _ in range(20):
        await stage.bot.conversations_list()
    with pytest.raises(SlackApiError, match="ratelimited"):
        await stage.bot.conversations_list()
    await stage.bot.conversations_info(channel=WARD)


async def test_history_as_commercial_apps_get_it(stage: Stage) -> None:
    for n in range(20):
        stage.workspace.post(WARD, NURSE, f"{n}")
    stage.served.faults.history_limited = True
    answer = await stage.bot.conversations_history(channel=WARD, limit=100)
    assert len(answer["messages"]) == 15
    with pytest.raises(SlackApiError, match="ratelimited"):
        await stage.bot.conversations_history(channel=WARD)


async def test_failures_are_used_up(stage: Stage) -> None:
    fail = {"chat.postMessage": [{"times": 1, "error": "fatal_error"}, {"times": 1, "status": 500}]}
    await stage.page("/sandbox/faults", {"fail": fail})
    with pytest.raises(SlackApiError, match="fatal_error"):
        await stage.bot.chat_postMessage(channel=WARD, text="x")
    with pytest.raises(SlackApiError):
        await stage.bot.chat_postMessage(channel=WARD, text="x")
    await stage.bot.chat_postMessage(channel=WARD, text="x")


async def test_slow_and_unreachable(stage: Stage) -> None:
    stage.served.faults.slow_ms = {"auth.test": 80}
    before = time.monotonic()
    await stage.bot.auth_test()
    assert time.monotonic() - before >= 0.08
    stage.served.faults.unreachable = True
    with pytest.raises(SlackApiError):
        await stage.bot.auth_test()


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no fault called _calls"):
        Faults().set({"_calls": {}})


async def test_pages_follow_one_another_without_gap_or_repeat(stage: Stage) -> None:
    said = [stage.workspace.post(WARD, NURSE, f"{n}").ts for n in range(25)]
    read: list[str] = []
    async for page in await stage.bot.conversations_history(channel=WARD, limit=10):
        read += [message["ts"] for message in page["messages"]]
    assert read == said[::-1]
    people, pages = [], 0
    async for page in await stage.bot.users_list(limit=4):
        people += [member["id"] for member in page["members"]]
        pages += 1
    assert len(people) == len(set(people)) == 14
    assert pages == 4


async def test_replies_in_pages_and_one_message_by_its_ts(stage: Stage) -> None:
    parent = stage.workspace.post(WARD, NURSE, "p")
    said = [stage.workspace.post(WARD, SISTER, f"{n}", thread_ts=parent.ts).ts for n in range(5)]
    first = await stage.bot.conversations_replies(channel=WARD, ts=parent.ts, limit=3)
    assert [m["ts"] for m in first["messages"]] == [parent.ts, *said[:3]]
    cursor = first["response_metadata"]["next_cursor"]
    rest = await stage.bot.conversations_replies(channel=WARD, ts=parent.ts, limit=3, cursor=cursor)
    assert [m["ts"] for m in rest["messages"]] == said[3:]
    one = await stage.bot.conversations_history(
        channel=WARD, oldest=parent.ts, latest=parent.ts, inclusive=True
    )
    assert [m["ts"] for m in one["messages"]] == [parent.ts]
    newer = await stage.bot.conversations_history(channel=WARD, oldest=parent.ts)
    assert newer["messages"] == []
