"""Delivery: at once, in parallel, signed, retried, and only of what the app is entitled to hear."""

import asyncio

from connectors.sandbox.oauth import install
from connectors.sandbox.seed import plant
from connectors.sandbox.server import serve
from tests.connectors.sandbox.conftest import HOSPICE, NURSE, PARTNER, SISTER, SOCIAL, WARD, Stage
from tests.waiting import until


async def test_an_event_names_its_message_and_whom_it_is_for(stage: Stage) -> None:
    said = stage.workspace.post(WARD, NURSE, "Bed 4 is *free*")
    body = (await stage.heard()).events[0]
    assert body["event"]["ts"] == said.ts
    assert (body["event"]["channel"], body["event"]["channel_type"]) == (WARD, "group")
    assert body["authorizations"][0] == {
        "enterprise_id": None, "team_id": "T0CHAPER1", "user_id": "U0CHAPER1", "is_bot": True,
        "is_enterprise_install": False,
    }  # fmt: skip
    assert body["is_ext_shared_channel"] is False


async def test_events_do_not_wait_for_one_another(stage: Stage) -> None:
    stage.served.faults.clock_factor = 0.001
    stage.listener.statuses = [500, 500]
    stage.workspace.post(WARD, NURSE, "fails twice, and waits for its second retry")
    for n in range(5):
        stage.workspace.post(WARD, NURSE, f"{n}")
    await until(lambda: len(stage.listener.events) >= 5)
    assert len(stage.listener.events) >= 5, "a failing delivery held up the others"


async def test_a_failed_delivery_is_retried_as_slack_retries(stage: Stage) -> None:
    stage.served.faults.clock_factor = 6000
    stage.listener.statuses = [500, 500, 500]
    stage.workspace.post(WARD, NURSE, "x")
    listener = await stage.heard()
    tries = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for _, h, _ in listener.requests]
    assert tries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({body["event_id"] for _, _, body in listener.requests}) == 1
    record = (await stage.page("/sandbox/history"))["deliveries"][-1]
    assert (record["tries"], record["status"]) == (4, 200)
    assert record["answered_at"] >= record["first_at"]


async def test_slack_gives_up_after_three_retries_and_heeds_no_retry(stage: Stage) -> None:
    stage.served.faults.clock_factor = 6000
    stage.listener.statuses = [500] * 9
    stage.workspace.post(WARD, NURSE, "x")
    assert len((await stage.heard()).requests) == 4
    stage.listener.requests.clear()
    stage.listener.headers = {"x-slack-no-retry": "1"}
    stage.workspace.post(WARD, NURSE, "y")
    assert len((await stage.heard()).requests) == 1
    stage.listener.statuses.clear()


async def test_a_bot_that_is_not_there_hears_of_it_by_retry(stage: Stage) -> None:
    url, stage.served.sandbox.delivery.url = stage.listener.url, "http://127.0.0.1:9"
    stage.served.faults.clock_factor = 60
    stage.workspace.post(WARD, NURSE, "x")
    await asyncio.sleep(0.2)
    stage.served.sandbox.delivery.url = url
    listener = await stage.heard()
    assert listener.requests[-1][1]["x-slack-retry-reason"] == "connection_failed"
    assert len(listener.events) == 1


async def test_the_handshake(stage: Stage) -> None:
    assert await stage.served.connect(stage.listener.url)
    assert not await stage.served.connect("http://127.0.0.1:9")
    assert (await stage.page("/sandbox/bot", {"url": stage.listener.url}))["verified"]


async def test_the_app_hears_only_of_conversations_it_is_in(stage: Stage) -> None:
    hidden = stage.workspace.create_channel("hidden", private=True, creator=NURSE)
    stage.tokens_away()
    stage.workspace.post(hidden.id, NURSE, "x")
    direct, _ = stage.workspace.open_direct([NURSE, SISTER])
    stage.workspace.post(direct.id, NURSE, "x")
    assert (await stage.heard()).of("message") == []
    stage.workspace.join(hidden.id, "U0CHAPER1")
    stage.workspace.post(hidden.id, NURSE, "y")
    assert [event["text"] for event in (await stage.heard()).of("message")] == ["y"]


async def test_a_persons_token_lets_the_app_hear_their_direct_messages(stage: Stage) -> None:
    direct, _ = stage.workspace.open_direct([NURSE, SISTER])
    stage.workspace.post(direct.id, NURSE, "x")
    body = (await stage.heard()).events[0]
    assert body["event"]["channel_type"] == "im"
    assert body["authorizations"][0]["is_bot"] is False


async def test_a_scope_that_was_not_granted_keeps_its_events_away() -> None:
    workspace = plant()
    install(workspace, "U0ADMIN01", frozenset({"channels:read", "chat:write"}), frozenset())
    async with serve(workspace, bot_url="http://127.0.0.1:9") as served:
        workspace.post(WARD, NURSE, "x")
        assert served.undelivered() == 0


async def test_an_app_that_was_never_installed_hears_nothing() -> None:
    workspace = plant()
    async with serve(workspace, bot_url="http://127.0.0.1:9"):
        workspace.post(WARD, NURSE, "x")
        assert workspace.deliveries == []


async def test_a_partner_comes_through_slack_connect(stage: Stage) -> None:
    file = stage.workspace.add_file(PARTNER, "plan.pdf", b"%PDF", "application/pdf")
    stage.workspace.post(HOSPICE, PARTNER, "see", files=[file])
    body = next(b for b in (await stage.heard()).events if b["event"].get("subtype") == "file_share")
    assert body["is_ext_shared_channel"] is True
    stub = {"id": file.id, "mode": "file_access", "file_access": "check_file_info"}
    assert stub.items() <= body["event"]["files"][0].items()
    assert (await stage.bot.files_info(file=file.id))["file"]["name"] == "plan.pdf"
    assert (await stage.bot.users_info(user=PARTNER))["user"]["is_stranger"] is True


async def test_lost_and_repeated_events(stage: Stage) -> None:
    await stage.page("/sandbox/faults", {"events_lost": 1})
    stage.workspace.post(WARD, NURSE, "lost")
    await stage.page("/sandbox/faults", {"events_repeated": 2})
    stage.workspace.post(WARD, NURSE, "thrice")
    bodies = (await stage.heard()).events
    assert [body["event"]["text"] for body in bodies] == ["thrice"] * 3
    assert len({body["event_id"] for body in bodies}) == 3


async def test_uninstalling_and_revoking_are_told(stage: Stage) -> None:
    await stage.person(NURSE).auth_revoke()
    await stage.bot.apps_uninstall(client_id="sandbox-client-id", client_secret="sandbox-client-secret")
    revoked = (await stage.heard()).of("tokens_revoked")
    assert {"oauth": [NURSE], "bot": []} in [event["tokens"] for event in revoked]
    assert len(stage.listener.of("app_uninstalled")) == 1
    stage.workspace.post(WARD, SISTER, "after")
    assert (await stage.heard()).of("message") == []


async def test_the_rate_limit_notice_is_bare(stage: Stage) -> None:
    stage.served.sandbox.delivery.announce_rate_limit()
    notice = (await stage.heard()).events[0]
    assert notice["type"] == "app_rate_limited"
    assert "event" not in notice


async def test_message_replied_comes_when_asked_for(stage: Stage) -> None:
    await stage.page("/sandbox/faults", {"message_replied": True})
    parent = stage.workspace.post(WARD, NURSE, "p")
    stage.workspace.post(WARD, SISTER, "r", thread_ts=parent.ts)
    assert (await stage.heard()).of("message", "message_replied")[0]["message"]["ts"] == parent.ts


async def test_a_hundred_posts_a_second_arrive_in_good_time(stage: Stage) -> None:
    for n in range(100):
        stage.workspace.post(SOCIAL, NURSE, f"{n}")
        await asyncio.sleep(0.005)
    listener = await stage.heard()
    late = sorted(at - float(body["event"]["ts"]) for at, _, body in listener.requests)
    assert len(late) == 100
    assert late[50] < 0.5
