"""The set-up check and the manifest: what is asked for is needed, and what is missing is said."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import connectors.slack
from connectors.interface import Reach
from connectors.sandbox.tokens import Grants
from connectors.slack.check import check
from connectors.slack.manifest import bot_scopes, manifest, user_scopes
from connectors.slack.tokens import Tokens
from connectors.slack.translate import _EVENTS
from connectors.slack.web import Web
from tests.conftest import SHARED
from tests.connectors.slack.bench import ONLY, Kept, bench, served

REFERENCE = SHARED / "reference/slack/slack-api-ref"
CODE = "\n".join(p.read_text() for p in Path(connectors.slack.__file__).parent.glob("*.py"))
METHODS = sorted(
    set(re.findall(r'"((?:canvases|chat|conversations|users|files|views|auth)\.[A-Za-z]+)"', CODE))
)
# Named by a call that only sometimes happens, or needing no scope.
WITHOUT_SCOPE = {"auth.test", "views.open"}


def scopes_of(method: str) -> dict[str, Any]:
    scope: dict[str, Any] = json.loads((REFERENCE / f"methods/{method}.json").read_text()).get("scope") or {}
    return scope


def test_the_methods_were_found() -> None:
    assert {"chat.update", "chat.delete", "conversations.history", "files.info", "users.info"} <= set(METHODS)


@pytest.mark.parametrize("method", [m for m in METHODS if m not in WITHOUT_SCOPE])
def test_every_method_that_is_called_is_granted_a_scope(method: str) -> None:
    scope = scopes_of(method)
    asked = set(bot_scopes()) | set(user_scopes())
    needed = set(scope.get("bot") or ()) | set(scope.get("user") or ())
    assert needed & asked, (method, scope)


@pytest.mark.parametrize("scope", bot_scopes())
def test_every_bot_scope_is_for_something(scope: str) -> None:
    for_methods = [m for m in METHODS if m not in WITHOUT_SCOPE and scope in (scopes_of(m).get("bot") or ())]
    for_events = [e for e in events() if scope in json.dumps(reference_event(e))]
    assert for_methods or for_events or scope in ("commands", "users:read.email", "chat:write.customize")


def events() -> list[str]:
    return list(manifest()["settings"]["event_subscriptions"]["bot_events"])


def reference_event(name: str) -> dict[str, Any]:
    one = REFERENCE / f"events/{name}.json"
    found: dict[str, Any] = json.loads(one.read_text()) if one.exists() else {}
    return found


@pytest.mark.parametrize("name", events())
def test_every_event_exists_and_is_understood(name: str) -> None:
    index = (REFERENCE / "events_index.json").read_text()
    assert f'"{name}"' in index or (REFERENCE / f"events/{name}.json").exists()
    assert name.startswith("message.") or name in _EVENTS


def test_every_event_that_is_understood_is_asked_for() -> None:
    # Not for bots, or only in other circumstances (shared-channel invitations, Enterprise).
    spare = {"app_mention", "team_access_revoked", "shared_channel_invite_accepted", "shared_channel_invite_approved",
             "group_created", "group_shared", "group_unshared"}  # fmt: skip
    assert set(_EVENTS) - spare == {e for e in events() if not e.startswith("message.")}


def test_the_addresses_are_those_that_we_serve() -> None:
    text = json.dumps(manifest())
    for path in ("events", "interactions", "commands", "oauth_redirect"):
        assert f"https://chaperone.example/slack/{path}" in text


async def test_everything_granted() -> None:
    async with bench(Grants(True, True, True)) as slack:
        rows = await slack.platform.check()
    by = {r.about: r for r in rows}
    assert by["slack T0CHAPER1 bot token"].ok is True
    assert by["slack T0CHAPER1 admin token"].ok is True
    assert by["slack T0CHAPER1 discovery token"].ok is True
    assert by["slack T0CHAPER1 coverage"].ok is True


async def test_what_is_missing_comes_with_how_to_grant_it() -> None:
    async with bench(ONLY[Reach.WARN_ONLY]) as slack:
        rows = {r.about.split()[-2]: r for r in await slack.platform.check()}
    assert rows["admin"].ok is False
    assert "/slack/install" in rows["admin"].mend
    assert "Enterprise" in rows["discovery"].mend


async def test_a_lacking_scope_is_named() -> None:
    async def test(request: Request) -> JSONResponse:
        granted = ",".join(s for s in bot_scopes() if s != "files:read")
        return JSONResponse({"ok": True, "user": "chaperone"}, headers={"x-oauth-scopes": granted})

    store = Kept()
    store.put("slack", "T1", "bot", "", {"token": "xoxb-1", "scopes": ",".join(bot_scopes())})
    tokens = Tokens(store, "c", "s")
    async with served(Starlette(routes=[Route("/api/auth.test", test, methods=["POST"])])) as port:
        web = Web(f"http://127.0.0.1:{port}/api/", tokens)
        row = (await check(web, tokens, ("T1",), "https://bot.example"))[0]
        await web.close()
    assert (row.ok, row.found) == (False, "lacks files:read")
    assert row.mend == "an owner or admin opens https://bot.example/slack/install"


async def test_an_outage_is_could_not_tell() -> None:
    async with bench(Grants()) as slack:
        slack.unreachable(True)
        rows = await slack.platform.check()
    assert [r.ok for r in rows if "discovery" not in r.about] == [None, None, None]


async def test_not_installed() -> None:
    async with bench(Grants(), installed=False) as slack:
        (row,) = await slack.platform.check()
    assert row.ok is False
    assert "/slack/install" in row.mend
