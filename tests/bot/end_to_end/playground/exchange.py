"""What stands between the playground and a bot that believes nobody: Microsoft's signature and its front door.

The playground sends unsigned activities and takes calls from anybody. Here each activity gets the token that
Microsoft's channel would give it, and the bot's calls are let through with its own token alone, as the sandbox's
Bot Connector does. What is said passes unchanged, both ways.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from yarl import URL

from connectors.sandbox.teams.connector_guard import refused, serves
from connectors.sandbox.teams.estate import Estate

Json = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """An activity that the bot was sent, and its answer."""

    activity: Json
    status: int
    answer: Any


@dataclass(frozen=True)
class Called:
    """What the bot asked of the playground, and its answer."""

    method: str
    body: Any
    status: int
    answer: Any


@dataclass
class Exchange:
    """`bot_url` and `playground_url` are where things are passed on to."""

    bot_url: str
    http: aiohttp.ClientSession = field(repr=False)
    playground_url: str = ""
    sent: list[Sent] = field(default_factory=list)
    called: list[Called] = field(default_factory=list)
    vanished: bool = False
    """Cards can no longer be changed, as a targeted one after its day."""

    def presses(self) -> list[Sent]:
        return [one for one in self.sent if one.activity["type"] == "invoke"]

    def routes(self) -> list[Route]:
        """To be asked before the sandbox's own Bot Connector."""
        calls = ["GET", "POST", "PUT", "DELETE"]
        return [
            Route("/api/messages", self._to_bot, methods=["POST"]),
            Route("/uk/{tenant}/v3/{rest:path}", serves(self._to_playground), methods=calls),
        ]

    async def _to_bot(self, request: Request) -> Response:
        raw = await request.body()
        activity = json.loads(raw)
        app = activity["recipient"]["id"].removeprefix("28:")
        token = request.app.state.keys.token(app, activity["serviceUrl"])
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        async with self.http.post(f"{self.bot_url}/api/messages", data=raw, headers=headers) as answer:
            body, kind = await answer.read(), answer.content_type
        self.sent.append(Sent(activity, answer.status, _read(body)))
        return Response(body, answer.status, media_type=kind)

    async def _to_playground(self, request: Request, estate: Estate) -> Response:
        if self.vanished and request.method == "PUT":
            return refused("ActivityNotFoundInConversation", 404)
        raw = await request.body()
        path = request.scope["raw_path"].decode().partition("/v3/")[2]
        url = URL(f"{self.playground_url}/_connector/v3/{path}", encoded=True)
        headers = {"Content-Type": "application/json"}
        async with self.http.request(request.method, url, data=raw or None, headers=headers) as answer:
            body, kind = await answer.read(), answer.content_type
        self.called.append(Called(request.method, _read(raw), answer.status, _read(body)))
        return Response(body, answer.status, media_type=kind)


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
