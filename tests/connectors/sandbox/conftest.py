"""A served sandbox, a bot that only listens, and Slack's own client judging every answer."""

import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from connectors.sandbox.oauth import granted
from connectors.sandbox.seed import plant
from connectors.sandbox.server import Served, serve
from connectors.sandbox.tokens import Grants
from connectors.sandbox.workspace import Workspace
from tests.connectors.sandbox.fidelity import answer_problems, event_problems, interaction_problems

Json = dict[str, Any]
WARD, SOCIAL, THEATRE, HOSPICE = "C0WARD7TM", "C0SOCIAL1", "C0THEATRE", "C0HOSPICE"
NURSE, SISTER, ADMIN, PARTNER, OUTSIDER = "U0NURSE01", "U0SISTER1", "U0ADMIN01", "U0HOSPICE", "U0OUTSIDE"


@dataclass
class Listener:
    """Where the app would be: keeps what Slack sends, checks its signature and shape, answers as told."""

    secret: str
    url: str = ""
    events: list[Json] = field(default_factory=list)
    requests: list[tuple[float, dict[str, str], Json]] = field(default_factory=list)
    interactions: list[Json] = field(default_factory=list)
    commands: list[dict[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def of(self, kind: str, subtype: str | None = None) -> list[Json]:
        inner = (body["event"] for body in self.events)
        return [event for event in inner if event["type"] == kind and event.get("subtype") == subtype]

    async def event(self, request: web.Request) -> web.Response:
        raw = await self._signed(request)
        body = json.loads(raw)
        if body["type"] == "url_verification":
            return web.json_response({"challenge": body["challenge"]})
        self.problems += event_problems(body)
        self.requests.append((time.time(), {k.lower(): v for k, v in request.headers.items()}, body))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.events.append(body)
        return web.Response(status=status, headers=self.headers)

    async def interaction(self, request: web.Request) -> web.Response:
        payload = json.loads(parse_qs((await self._signed(request)).decode())["payload"][0])
        self.problems += interaction_problems(payload)
        self.interactions.append(payload)
        return web.json_response(self.answer) if self.answer else web.Response()

    async def command(self, request: web.Request) -> web.Response:
        fields = parse_qs((await self._signed(request)).decode(), keep_blank_values=True)
        self.commands.append({key: values[0] for key, values in fields.items()})
        self.problems += interaction_problems(self.commands[-1])
        return web.json_response(self.answer) if self.answer else web.Response()

    async def _signed(self, request: web.Request) -> bytes:
        raw = await request.read()
        headers = {key.lower(): value for key, value in request.headers.items()}
        if not SignatureVerifier(self.secret).is_valid_request(raw, headers):
            self.problems.append("bad signature")
        return raw


class Judged(AsyncWebClient):
    """Slack's client, for which an answer that Slack would not give is an error."""

    problems: list[str]
    called: set[str]

    async def api_call(self, api_method: str, **given: Any) -> Any:
        self.called.add(api_method)
        try:
            answer = await super().api_call(api_method, **given)
        except SlackApiError as refused:
            if isinstance(refused.response.data, dict):
                self.problems += answer_problems(api_method, refused.response.data)
            raise
        assert isinstance(answer.data, dict)
        self.problems += answer_problems(api_method, answer.data)
        return answer


@dataclass
class Stage:
    """Everything a test needs."""

    served: Served
    listener: Listener
    http: aiohttp.ClientSession
    tokens: Json
    problems: list[str] = field(default_factory=list)
    called: set[str] = field(default_factory=set)

    @property
    def workspace(self) -> Workspace:
        return self.served.workspace

    @property
    def bot(self) -> Judged:
        return self.client(self.tokens["bot"]["access_token"])

    @property
    def admin(self) -> Judged:
        return self.client(self.tokens["admin"]["authed_user"]["access_token"])

    @property
    def discovery(self) -> Judged:
        return self.client(self.tokens["discovery"]["authed_user"]["access_token"])

    def person(self, user: str) -> Judged:
        return self.client(self.tokens["authors"][user]["authed_user"]["access_token"])

    def tokens_away(self) -> None:
        """Leave the app with its bot token alone."""
        for token in self.workspace.tokens.all_live():
            if token.kind == "user":
                self.workspace.tokens.revoke(token)

    def client(self, token: str) -> Judged:
        """Slack's own client with this token."""
        client = Judged(token=token, base_url=f"{self.served.base_url}/api/")
        client.problems, client.called = self.problems, self.called
        return client

    async def page(self, path: str, given: Json | None = None, expect: int = 200) -> Any:
        """Ask the chat page's API as the page would."""
        method = "GET" if given is None else "POST"
        async with self.http.request(method, self.served.base_url + path, json=given) as response:
            assert response.status == expect, (path, response.status, await response.text())
            return await response.json()

    async def heard(self) -> Listener:
        """The listener, once everything was delivered."""
        await self.served.settled()
        return self.listener


@pytest.fixture
def grants() -> Grants:
    return Grants(author_tokens=True, admin_token=True, discovery=True)


@pytest.fixture
async def stage(grants: Grants) -> AsyncIterator[Stage]:
    """A served seed workspace with the app installed; at the end nothing may have been unlike Slack."""
    workspace = plant(grants=grants)
    listener = Listener(workspace.app.signing_secret)
    app = web.Application()
    app.router.add_post("/slack/events", listener.event)
    app.router.add_post("/slack/interactions", listener.interaction)
    app.router.add_post("/slack/commands", listener.command)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    tokens = granted(workspace)
    async with serve(workspace, bot_url=listener.url) as served, aiohttp.ClientSession() as http:
        stage = Stage(served, listener, http, tokens)
        yield stage
    await runner.cleanup()
    assert [re.sub(r"\[\d+\]", "[]", problem) for problem in listener.problems + stage.problems] == []
