"""Slack's pace, Slack's errors, tokens that end."""

import json
import time
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from connectors.interface import ConnectorError, NotAuthorised, Note, ReachFailed, Refused, Unavailable
from connectors.slack.errors import error
from connectors.slack.tokens import Tokens
from connectors.slack.web import Web
from tests.conftest import SHARED
from tests.connectors.slack.bench import NURSE, Bench, Kept, served
from tests.connectors.slack.test_hiding import Counting

NOTE = Note("Please look.")
TEAM = "T0CHAPER1"


async def test_a_short_wait_is_waited(slack: Bench) -> None:
    slack.served.faults.rate_limit["chat.postEphemeral"] = [1, 1]
    await slack.platform.note(slack.channel, NURSE, None, NOTE)
    assert "Please look." in slack.whispered(NURSE)


async def test_a_long_wait_is_said_and_nobody_calls_meanwhile(slack: Bench) -> None:
    slack.served.faults.rate_limit["chat.postEphemeral"] = [1, 40]
    slack.served.faults.slow_ms = counting = Counting()
    for _ in range(3):
        with pytest.raises(Unavailable) as raised:
            await slack.platform.note(slack.channel, NURSE, None, NOTE)
        assert 30 < raised.value.retry_after <= 40
        assert not raised.value.maybe_done
    assert counting.calls == ["chat.postEphemeral"]
    await slack.platform.tell(slack.workspace.team, NURSE, NOTE)  # another method is free


async def test_a_limit_that_never_ends_is_given_up(slack: Bench) -> None:
    slack.served.faults.rate_limit["users.info"] = [50, 0]
    with pytest.raises(Unavailable):
        await slack.platform.account(slack.workspace.team, NURSE)


@pytest.mark.parametrize(
    ("failure", "raised", "maybe_done"),
    [
        ({"status": 500}, Unavailable, True),
        ({"status": 503}, Unavailable, True),
        ({"error": "internal_error"}, Unavailable, True),
        ({"error": "org_login_required"}, Unavailable, False),
        ({"error": "invalid_auth"}, NotAuthorised, False),
        ({"error": "missing_scope"}, NotAuthorised, False),
        ({"error": "user_not_found"}, Refused, False),
        ({"error": "a_new_word"}, Refused, False),
    ],
)
async def test_slacks_failures(slack: Bench, failure: dict[str, Any], raised: Any, maybe_done: bool) -> None:
    slack.calls_fail["users.info"] = [{"times": 1, **failure}]
    with pytest.raises(raised) as caught:
        await slack.platform.account(slack.workspace.team, NURSE)
    assert getattr(caught.value, "maybe_done", False) is maybe_done
    assert type(caught.value) is raised


async def test_nobody_there() -> None:
    store = Kept()
    store.put("slack", "T1", "bot", "", {"token": "xoxb-1"})
    tokens = Tokens(store, "c", "s")
    web = Web("http://127.0.0.1:9/api/", tokens)
    with pytest.raises(Unavailable) as raised:
        await web.call(tokens.bot("T1"), "auth.test")
    assert not raised.value.maybe_done
    await web.close()


def test_every_documented_error_of_a_method_we_call_has_a_meaning() -> None:
    tables = SHARED / "reference/slack/slack-api-ref/method_errors"
    for method in ("chat.update", "chat.delete", "chat.postEphemeral", "chat.postMessage"):
        for code in json.loads((tables / f"{method}.json").read_text())["errors"]:
            assert isinstance(error(method, code), ConnectorError)
    for code in ("cant_update_message", "cant_delete_message", "edit_window_closed", "block_mismatch"):
        assert isinstance(error("chat.update", code), ReachFailed)


async def test_a_workspace_without_chaperone(slack: Bench) -> None:
    with pytest.raises(NotAuthorised, match="not installed"):
        await slack.platform.account("T0OTHER", NURSE)


async def test_forgetting_a_workspace_and_a_person(slack: Bench) -> None:
    slack.platform.forget(TEAM, (NURSE,))
    assert slack.store.get("slack", TEAM, "user", NURSE) is None
    assert slack.store.get("slack", TEAM, "bot") is not None
    await slack.platform.account(TEAM, "U0NURSE02")
    slack.platform.forget(TEAM)
    assert slack.store.tenants("slack") == ()
    with pytest.raises(NotAuthorised):
        await slack.platform.account(TEAM, "U0NURSE01")


@pytest.mark.parametrize(("kind", "subject"), [("bot", ""), ("user", "U1"), ("admin", "")])
async def test_a_token_that_is_about_to_end_is_renewed(kind: str, subject: str) -> None:
    asked: list[dict[str, str]] = []

    async def access(request: Request) -> JSONResponse:
        asked.append({k: str(v) for k, v in (await request.form()).items()})
        new = {"access_token": "new", "refresh_token": "r2", "expires_in": 43_200}
        return JSONResponse({"ok": True, **new, "token_type": "bot" if kind == "bot" else "user"})

    async def test(request: Request) -> JSONResponse:
        return JSONResponse({"ok": True, "with": request.headers["authorization"]})

    store = Kept()
    old = {
        "token": "old",
        "refresh_token": "r1",
        "expires_at": int(time.time()) + 60,
        "bot_id": "B1",
        "scopes": "x",
    }
    store.put("slack", "T1", kind, subject, old)
    tokens = Tokens(store, "client", "secret")
    app = Starlette(
        routes=[
            Route("/api/oauth.v2.access", access, methods=["POST"]),
            Route("/api/auth.test", test, methods=["POST"]),
        ]
    )
    async with served(app) as port:
        web = Web(f"http://127.0.0.1:{port}/api/", tokens)
        for _ in range(2):
            token = tokens.find("T1", kind, subject)
            assert token
            assert (await web.call(token, "auth.test"))["with"] == "Bearer new"
        await web.close()
    assert [(a["grant_type"], a["refresh_token"]) for a in asked] == [("refresh_token", "r1")]
    kept = store.get("slack", "T1", kind, subject)
    assert kept is not None
    assert (kept["token"], kept["refresh_token"], kept["bot_id"], kept["scopes"]) == ("new", "r2", "B1", "x")
