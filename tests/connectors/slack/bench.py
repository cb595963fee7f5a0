"""The connector over loopback against the sandbox workspace, both served for real."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette

from connectors.interface import Channel, Delivery, Event, MessageRef, Reach, TokenStore
from connectors.sandbox.oauth import granted
from connectors.sandbox.seed import plant
from connectors.sandbox.server import Served, serve
from connectors.sandbox.tokens import Grants
from connectors.sandbox.workspace import Workspace
from connectors.slack.connector import SlackPlatform

WARD, SOCIAL, HOSPICE = "C0WARD7TM", "C0SOCIAL1", "C0HOSPICE"
NURSE, ADMIN, PARTNER = "U0NURSE01", "U0ADMIN01", "U0HOSPICE"

ONLY = {
    Reach.TOMBSTONE: Grants(author_tokens=False, admin_token=False, discovery=True),
    Reach.AUTHOR_EDIT: Grants(author_tokens=True, admin_token=False),
    Reach.ADMIN_REPLACE: Grants(author_tokens=False, admin_token=True),
    Reach.WARN_ONLY: Grants(author_tokens=False, admin_token=False),
}


@dataclass
class Kept:
    """A token store in memory."""

    tokens: dict[tuple[str, str, str, str], Mapping[str, Any]] = field(default_factory=dict, repr=False)

    def get(self, platform: str, tenant: str, kind: str, subject: str = "") -> Mapping[str, Any] | None:
        return self.tokens.get((platform, tenant, kind, subject))

    def put(self, platform: str, tenant: str, kind: str, subject: str, token: Mapping[str, Any]) -> None:
        self.tokens[platform, tenant, kind, subject] = token

    def drop(self, platform: str, tenant: str, kind: str | None = None, subject: str | None = None) -> int:
        wanted = (platform, tenant, kind, subject)
        gone = [k for k in self.tokens if all(w in (None, got) for w, got in zip(wanted, k, strict=True))]
        for key in gone:
            del self.tokens[key]
        return len(gone)

    def tenants(self, platform: str) -> tuple[str, ...]:
        return tuple(sorted({tenant for p, tenant, _, _ in self.tokens if p == platform}))


@dataclass
class Inbox:
    """Accepts like the engine: once by any key."""

    kept: list[Delivery] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    broken: bool = False

    async def accept(self, delivery: Delivery) -> bool:
        if self.broken:
            raise OSError("disk full: 943 476 5919")
        if self.seen.intersection(delivery.keys):
            return False
        self.seen.update(delivery.keys)
        self.kept.append(delivery)
        return True


@dataclass
class Bench:
    served: Served
    platform: SlackPlatform
    store: Kept
    inbox: Inbox
    url: str
    reach: Reach = Reach.AUTHOR_EDIT
    author: str = NURSE
    place: str = SOCIAL
    _taken: int = 0

    @property
    def workspace(self) -> Workspace:
        return self.served.workspace

    @property
    def channel(self) -> Channel:
        return Channel("slack", self.workspace.team, self.place)

    async def say(self, text: str, thread: str | None = None, **more: Any) -> MessageRef:
        posted = self.workspace.post(self.place, self.author, text, thread_ts=thread, **more)
        return MessageRef(self.channel, posted.ts, thread)

    async def events(self) -> list[Event]:
        await self.served.settled()
        new, self._taken = self.inbox.kept[self._taken :], len(self.inbox.kept)
        return [event for delivery in new for event in self.platform.translate(delivery)]

    def readable(self, ref: MessageRef) -> str:
        message = self.workspace.channels[ref.channel.id].messages.get(ref.ts)
        return _leaves(message.body) if message and message.body else ""

    def whispered(self, user: str) -> str:
        return " ".join(_leaves(e.body) for e in self.workspace.ephemerals if e.user == user)

    def unreachable(self, on: bool) -> None:
        self.served.faults.unreachable = on

    async def does(self, what: str, **given: Any) -> Any:
        """Something that a person does on the chat page."""
        async with httpx.AsyncClient(base_url=self.served.base_url) as page:
            answer = await page.post(f"/client/{what}", json=given)
            assert answer.status_code == 200, answer.text
            return answer.json()

    async def state(self, user: str) -> Any:
        async with httpx.AsyncClient(base_url=self.served.base_url) as page:
            return (await page.get("/client/state", params={"as": user})).json()

    @property
    def calls_fail(self) -> dict[str, list[dict[str, Any]]]:
        return self.served.faults.fail


def _leaves(value: Any) -> str:
    """The texts of a message; a rich text's runs in one piece."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        if value.get("type") == "rich_text_section":
            return "".join(_leaves(e.get("text", "")) for e in value["elements"])
        return " ".join(_leaves(v) for v in value.values())
    return " ".join(_leaves(v) for v in value) if isinstance(value, list) else ""


def tokens(workspace: Workspace, store: TokenStore) -> None:
    """Put what the workspace grants into the store, as the installation would."""
    answers = granted(workspace)
    bot = answers["bot"]
    about = {"user_id": bot["bot_user_id"], "bot_id": workspace.app.bot, "app_id": workspace.app.id}
    kept = {"token": bot["access_token"], "scopes": bot["scope"], **about}
    store.put("slack", workspace.team, "bot", "", kept)
    own = {("user", user): answer for user, answer in answers["authors"].items()}
    for (kind, subject), answer in {
        **own,
        ("admin", ""): answers["admin"],
        ("discovery", ""): answers["discovery"],
    }.items():
        if answer:
            person = answer["authed_user"]
            kept = {"token": person["access_token"], "scopes": person["scope"], "user_id": person["id"]}
            store.put("slack", workspace.team, kind, subject, kept)


@asynccontextmanager
async def bench(grants: Grants, installed: bool = True, **settings: Any) -> AsyncIterator[Bench]:
    workspace = plant(grants=grants)
    store, inbox = Kept(), Inbox()
    if installed:
        tokens(workspace, store)
    # bound until it is listened on, so that nobody else is given the port meanwhile
    place = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{place.getsockname()[1]}"
    async with serve(workspace) as served:
        platform = SlackPlatform(
            tokens=store, client_id=workspace.app.client_id, client_secret=workspace.app.client_secret,
            signing_secret=workspace.app.signing_secret, dedupe_key=b"k" * 32, public_url=url,
            api_url=f"{served.base_url}/api/", file_hosts=("127.0.0.1",), **settings,
        )  # fmt: skip
        async with listening(platform, inbox, place):
            assert await served.connect(url)
            yield Bench(served, platform, store, inbox, url)


@asynccontextmanager
async def listening(platform: SlackPlatform, inbox: Inbox, place: socket.socket) -> AsyncIterator[None]:
    async with served(Starlette(routes=platform.routes(inbox.accept)), place):
        yield
        await platform.close()


@asynccontextmanager
async def served(app: Starlette, place: socket.socket | None = None) -> AsyncIterator[int]:
    """An application on loopback, at `place` or wherever is room; gives its port."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve([place] if place else None))
    while not server.started:
        assert not running.done()
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


def raw(delivery: Delivery) -> Any:
    return json.loads(delivery.body)
