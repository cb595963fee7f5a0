"""Slack's side door: only what Slack signed comes in, nothing is answered before it is kept, no body is logged."""

import asyncio
import json
import logging
import random
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from connectors.sandbox.events import signature
from connectors.slack.connector import SlackPlatform
from tests.connectors.slack.bench import Inbox, Kept, raw
from tests.connectors.slack.test_translate import CAPTURED, capture, load

SECRET = "sandbox-signing-secret"
PATIENT = "943 476 5919"
FORM = "application/x-www-form-urlencoded"


class Door:
    def __init__(self) -> None:
        self.inbox = Inbox()
        self.platform = SlackPlatform(
            tokens=Kept(), client_id="c", client_secret="s", signing_secret=SECRET, dedupe_key=b"k" * 32,
            public_url="https://chaperone.example",
        )  # fmt: skip
        app = Starlette(routes=self.platform.routes(self.inbox.accept))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")

    async def post(
        self, body: bytes, *, path: str = "events", kind: str = "application/json", **headers: str
    ) -> httpx.Response:
        stamp = headers.pop("stamp", str(int(time.time())))
        signed = {
            "content-type": kind,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": headers.pop("signature", None) or signature(SECRET, stamp, body),
        }
        return await self.http.post(f"/slack/{path}", content=body, headers={**signed, **headers})

    async def event(self, body: Any, **headers: str) -> int:
        return (await self.post(json.dumps(body).encode(), **headers)).status_code

    async def act(self, payload: Any, path: str = "interactions") -> httpx.Response:
        form = urlencode({"payload": json.dumps(payload)} if path == "interactions" else payload)
        return await self.post(form.encode(), path=path, kind=FORM)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    yield door
    await door.http.aclose()
    await door.platform.close()


@pytest.mark.parametrize("path", CAPTURED, ids=lambda p: p.stem)
async def test_every_capture_is_kept_and_answered(door: Door, path: Any) -> None:
    body = load(path)
    assert await door.event(body) == 200
    (delivery,) = door.inbox.kept
    assert delivery.tenant == body["authorizations"][0]["team_id"]
    assert delivery.lane.startswith(f"slack:{delivery.tenant}")
    door.platform.translate(delivery)


async def test_the_lane_is_the_conversation(door: Door) -> None:
    await door.event(capture("message_rich_text"))
    await door.event(capture("channel_shared"))
    assert [d.lane for d in door.inbox.kept] == [
        "slack:T043DB835ML:C045V0VJT16",
        "slack:T043DB835ML:C123ABC456",
    ]


async def test_a_deleted_message_is_not_kept_by_the_inbox(door: Door) -> None:
    await door.event(capture("message_deleted"))
    assert b"This message will be deleted" not in door.inbox.kept[0].body


async def test_a_retry_is_answered_and_kept_once(door: Door) -> None:
    body = capture("message_rich_text")
    assert [await door.event(body), await door.event(body, **{"x-slack-retry-num": "1"})] == [200, 200]
    assert len(door.inbox.kept) == 1


async def test_a_retry_whose_original_was_never_seen_is_kept(door: Door) -> None:
    body = capture("message_rich_text")
    headers = {"x-slack-retry-num": "2", "x-slack-retry-reason": "http_timeout"}
    assert await door.event(body, **headers) == 200
    assert len(door.inbox.kept) == 1


async def test_what_cannot_be_kept_is_sent_again_by_slack(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    door.inbox.broken = True
    assert await door.event(capture("message_rich_text")) == 503
    door.inbox.broken = False
    assert await door.event(capture("message_rich_text")) == 200
    assert "OSError" in caplog.text
    assert PATIENT not in caplog.text


async def test_events_that_we_do_not_use_and_rate_limits_are_kept_too(door: Door) -> None:
    assert (
        await door.event({"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1_700_000_000})
        == 200
    )
    event = {"type": "event_callback", "team_id": "T1", "event_id": "Ev9", "event": {"type": "of_tomorrow"}}
    assert await door.event(event) == 200
    assert len(door.inbox.kept) == 2


async def test_the_handshake(door: Door) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    answer = await door.post(body)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "abc"})
    assert (await door.post(body, signature="v0=0")).status_code == 401
    assert door.inbox.kept == []


async def test_buttons_forms_and_commands_are_kept_and_answered_empty(door: Door) -> None:
    user = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}}
    pressed = {"type": "block_actions", **user, "trigger_id": "1", "actions": [], "channel": {"id": "C1"}}
    form = {"type": "view_submission", **user, "trigger_id": "2", "view": {"callback_id": "chaperone:x"}}
    command = {
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": "3",
        "command": "/chaperone",
    }
    answers = [await door.act(pressed), await door.act(form), await door.act(command, "commands")]
    assert [(a.status_code, a.content) for a in answers] == [(200, b"")] * 3
    assert [d.source for d in door.inbox.kept] == ["slack.action", "slack.action", "slack.command"]
    assert door.inbox.kept[0].lane == "slack:T1:C1"
    assert abs(raw(door.inbox.kept[0])["received_at"] - time.time()) < 60


async def test_people_of_another_organisation_may_not_press(door: Door) -> None:
    pressed = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T9"},
        "actions": [],
    }
    assert (await door.act(pressed)).status_code == 403
    assert door.inbox.kept == []


def hostile(n: int, chance: random.Random) -> tuple[bytes, dict[str, str], int]:
    """The n-th bad request: body, headers, and what it must be answered."""
    body = json.dumps({**load(CAPTURED[n % len(CAPTURED)]), "said": PATIENT}).encode()
    now = int(time.time())
    stale, ahead = str(now - 301 - chance.randrange(10**6)), str(now + 302 + chance.randrange(10**6))
    kinds: list[tuple[bytes, dict[str, str], int]] = [
        (body, {"signature": "v0=" + chance.randbytes(32).hex()}, 401),
        (body, {"signature": chance.choice(["v0=", "v1=00", "0" * 9000])}, 401),
        (body, {"signature": signature("another secret", str(now), body)}, 401),
        (body + b" ", {"signature": signature(SECRET, str(now), body)}, 401),
        (body, {"stamp": stale}, 401),
        (body, {"stamp": ahead}, 401),
        (body, {"stamp": chance.choice(["", "now", "-1", "1e9", "1_0", "9" * 40, "0x10", str(now) + ".0"])}, 401),
        (body[: chance.randrange(1, len(body) - 1)], {}, 400),
        (chance.choice([b"", b"[]", b"null", b'"x"', b"[" * 5000, b"1" * 5000]), {}, 400),
        (body, {"kind": chance.choice(["text/plain", FORM, "", "multipart/form-data"])}, 400),
        (b"\xff\xfe" + body, {}, 401),
        (body + b" " * 1_000_000, {}, 413),
    ]  # fmt: skip
    return kinds[n % len(kinds)]


async def test_a_thousand_bad_requests(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    chance = random.Random(7)
    for n in range(1000):
        body, how, expected = hostile(n, chance)
        answer = await door.post(body, **how)
        assert answer.status_code == expected, (n, how)
        assert PATIENT not in answer.text
    assert door.inbox.kept == []
    assert PATIENT not in caplog.text
    assert "event_callback" not in caplog.text


async def test_a_replay_is_known_by_its_event_id(door: Door) -> None:
    body = json.dumps(capture("message_rich_text")).encode()
    answers = await asyncio.gather(*(door.post(body) for _ in range(20)))
    assert {a.status_code for a in answers} == {200}
    assert len(door.inbox.kept) == 1


async def test_a_body_without_a_length_is_capped_too(door: Door) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 50_000

    answer = await door.http.post("/slack/events", content=endless())
    assert answer.status_code == 413


async def test_what_is_accepted_is_not_logged_either(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Bolt's own loggers included, at their most talkative, and when the inbox is broken."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(("slack", "connectors")):
            logging.getLogger(name).setLevel(logging.DEBUG)
    user = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}}
    for broken in (False, True):
        door.inbox.broken = broken
        for n, path in enumerate(CAPTURED):
            await door.event({**load(path), "event_id": f"Ev{n}{broken}", "said": PATIENT})
        await door.event(
            {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1, "said": PATIENT}
        )
        await door.event({"type": "nothing_known", "team_id": "T1", "said": PATIENT})
        await door.act({"type": "block_actions", **user, "actions": [], "said": PATIENT})
        await door.act({"type": "view_submission", **user, "view": {"callback_id": "x", "said": PATIENT}})
        await door.act({"type": "of_tomorrow", **user, "said": PATIENT})
        await door.act(
            {"team_id": "T1", "user_id": "U1", "command": "/chaperone", "text": PATIENT}, "commands"
        )
    assert PATIENT not in caplog.text
    assert PATIENT not in "".join(str(r.__dict__) for r in caplog.records)
