"""The connector over TLS on loopback against the sandbox's Microsoft, both served for real."""

import asyncio
import functools
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from connectors.interface import Channel, Delivery, Event, MessageRef, Reach
from connectors.microsoft.tokens import App
from connectors.sandbox.microsoft.tls import certificate
from connectors.sandbox.seed import plant
from connectors.sandbox.server import QuietServer
from connectors.sandbox.teams.sandbox import SECRET, TENANT, TENANT_WIDE, TeamsSandbox
from connectors.sandbox.workspace import Workspace
from connectors.teams.connector import TeamsPlatform
from connectors.teams.encryption import Certificate
from connectors.teams.reach import Mode
from tests.connectors.slack.bench import Inbox, Kept

WARD, SOCIAL, HOSPICE = "C0WARD7TM", "C0SOCIAL1", "C0HOSPICE"
NURSE, SISTER, ADMIN, PARTNER = "U0NURSE01", "U0SISTER1", "U0ADMIN01", "U0HOSPICE"
STATE_SECRET = b"a secret of this test alone, 32 bytes long"


@functools.cache
def notification_certificate(name: str) -> Certificate:
    return Certificate.read(*certificate(Path(tempfile.mkdtemp()), name))


@dataclass
class Bench:
    teams: TeamsSandbox
    platform: TeamsPlatform
    store: Kept
    inbox: Inbox
    url: str
    reach: Reach = Reach.POLICY_HIDE
    place: str = SOCIAL
    user: str = NURSE
    taken: int = 0
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        return self.teams.estate.workspace

    @property
    def channel(self) -> Channel:
        return self.at(self.place)

    def at(self, place: str) -> Channel:
        return Channel("teams", TENANT, self.teams.estate.places.full_id(place))

    @property
    def author(self) -> str:
        return self.oid(self.user)

    def oid(self, user: str) -> str:
        return self.teams.estate.places.user_id(user)

    async def say(self, text: str, thread: str | None = None, **more: Any) -> MessageRef:
        places = self.teams.estate.places
        root = places.message(self.workspace.channels[self.place], thread).ts if thread else None
        posted = self.workspace.post(self.place, self.user, text, thread_ts=root, **more)
        return self.ref(self.place, posted.ts)

    def ref(self, place: str, ts: str) -> MessageRef:
        channel = self.workspace.channels[place]
        message = channel.messages[ts]
        places = self.teams.estate.places
        root = None if channel.is_direct else places.root_id(message)
        return MessageRef(self.at(place), places.message_id(message), root)

    async def deliveries(self) -> list[Delivery]:
        await self.teams.settled()
        new, self.taken = self.inbox.kept[self.taken :], len(self.inbox.kept)
        return new

    async def events(self) -> list[Event]:
        return [event for delivery in await self.deliveries() for event in self.platform.translate(delivery)]

    def readable(self, ref: MessageRef) -> str:
        places = self.teams.estate.places
        message = places.message(places.channel(ref.channel.id), ref.ts)
        return str(message.body) if message.body else ""

    def whispered(self, user: str) -> str:
        ours = [e for e in self.workspace.ephemerals if self.oid(e.user) == user]
        return " ".join(str(e.body) for e in ours)

    def unreachable(self, on: bool) -> None:
        self.teams.faults.unreachable = on

    async def tend(self) -> Any:
        return await self.platform.tend(TENANT, self.inbox.accept)


def platform(teams: TeamsSandbox, store: Kept, url: str, mode: Mode = "tenant", **more: Any) -> TeamsPlatform:
    given: Mapping[str, Any] = {
        "tokens": store,
        "app": App(teams.app.client_id, SECRET, authority=teams.url, ca_file=teams.ca_file),
        "tenants": {TENANT: mode}, "secret": STATE_SECRET, "public_url": url,
        "certificates": (notification_certificate("first"),), "graph_url": teams.graph_url,
        "service_urls": (teams.service_url,), "service_url": teams.service_url, "openid_url": teams.openid_url,
        "bot_issuer": teams.issuer, "ca_file": teams.ca_file,
    }  # fmt: skip
    return TeamsPlatform(**{**given, **more})


@asynccontextmanager
async def bench(
    mode: Mode = "tenant", place: str = SOCIAL, roles: frozenset[str] = TENANT_WIDE, **more: Any
) -> AsyncIterator[Bench]:
    """The app stands in the channel `place`; in tenant mode its subscriptions stand too."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    roles = roles if mode == "tenant" else frozenset[str]()
    store, inbox = Kept(), Inbox()
    with tempfile.TemporaryDirectory() as folder:
        async with TeamsSandbox(plant(), None, Path(folder), roles=roles) as teams:
            connector = platform(teams, store, url, mode, **more)
            app = Starlette(routes=connector.routes(inbox.accept))
            server = QuietServer(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
            running = asyncio.create_task(server.serve(sockets=[listening]))
            await server.ready.wait()
            teams.connect(url)
            await teams.install(place)
            ready = Bench(teams, connector, store, inbox, url, place=place)
            if mode == "tenant":
                await ready.tend()
            else:
                ready.reach = Reach.WARN_ONLY
            await ready.events()
            try:
                yield ready
            finally:
                await connector.close()
                server.should_exit = True
                await running
