"""Microsoft's whole side for a bot under test: Entra, the Bot Connector, Graph and its notifications, over TLS."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.microsoft.server import Served, serving
from connectors.sandbox.microsoft.tenant import Application, Cloud
from connectors.sandbox.teams import (
    connector_api,
    connector_rosters,
    graph_apps,
    graph_conversations,
    graph_files,
    graph_members,
    graph_messages,
    graph_subscriptions,
)
from connectors.sandbox.teams.bot_keys import BotKeys
from connectors.sandbox.teams.call import Room
from connectors.sandbox.teams.estate import RSC_CHAT, RSC_TEAM, Estate
from connectors.sandbox.teams.faults import TeamsFaults
from connectors.sandbox.teams.feed import Feed
from connectors.sandbox.teams.messenger import Messenger
from connectors.sandbox.teams.notifications import Notifier
from connectors.sandbox.teams.outbox import Outbox
from connectors.sandbox.teams.people_side import PeopleSide
from connectors.sandbox.teams.places import Places
from connectors.sandbox.workspace import Workspace

__all__ = ["APP", "ISSUER", "RSC_CHAT", "RSC_TEAM", "SECRET", "TENANT", "TENANT_WIDE", "TeamsSandbox"]

TENANT: Final = "7e1b2f30-0000-4000-8000-000000000001"
APP: Final = "3f9c7c5e-0000-4000-8000-00000000b071"
SECRET: Final = "sandbox-teams-secret"  # noqa: S105 - it opens nothing but the sandbox
ISSUER: Final = "https://api.botframework.com"
TENANT_WIDE: Final = frozenset(
    "ChannelMessage.Read.All ChannelMessage.UpdatePolicyViolation.All Chat.Read.All "
    "Chat.UpdatePolicyViolation.All ChatMember.ReadWrite.All ChannelMember.Read.All Channel.ReadBasic.All "
    "Team.ReadBasic.All TeamMember.Read.All TeamMember.ReadWriteNonOwnerRole.All User.Read.All "
    "Files.ReadWrite.All Sites.ReadWrite.All AppCatalog.Read.All "
    "TeamsAppInstallation.ReadWriteSelfForUser.All TeamsAppInstallation.ReadForTeam.All "
    "TeamsAppInstallation.ReadForChat.All".split()
)
"""Graph's application permissions of the tenant-wide mode; an RSC-only tenant has none of them."""


class TeamsSandbox:
    """`async with TeamsSandbox(workspace, cloud, folder) as teams:` serves it in the present loop.

    The first tenant is `estate`; `host` adds others on the same server (one webhook, several tenants).
    `roles` are the Graph permissions that its admin consented to: TENANT_WIDE, or none for RSC only.
    What people do is called on the workspace itself (post, edit, delete, join…), or on `people` where only
    Teams has it. Calls without an `estate` mean the first. `routes` are asked before its own.
    """

    def __init__(
        self, workspace: Workspace, cloud: Cloud | None = None, folder: Path = Path(), *, tenant: str = TENANT,
        roles: frozenset[str] = TENANT_WIDE, app: str = APP, secret: str = SECRET, port: int = 0,
        routes: Sequence[Route] = (),
    ) -> None:  # fmt: skip
        self.cloud = cloud or Cloud()
        self.faults = TeamsFaults()
        self.keys = BotKeys(ISSUER)
        """The keys of tokens sent to the bot: `roll()` changes them, `claims` forges."""
        self.outbox = Outbox(lambda: self.faults.clock_factor)
        self.messenger = Messenger(self.outbox, self.keys)
        self.rooms: dict[str, Room] = {}
        self._folder, self._port, self._routes = folder, port, routes
        self._app, self._secret = app, secret
        self._open = AsyncExitStack()
        self._served: Served | None = None
        self.estate = self.host(workspace, tenant, roles)
        self.people = PeopleSide(self.room(), self.messenger)

    # --- where it is ---

    @property
    def url(self) -> str:
        """The authority (Entra)."""
        return self.cloud.base_url

    @property
    def graph_url(self) -> str:
        return self.estate.graph_url

    @property
    def service_url(self) -> str:
        """The Bot Connector of the first tenant: what its activities carry as serviceUrl."""
        return self.estate.service_url

    @property
    def openid_url(self) -> str:
        """The metadata that names the keys of tokens sent to the bot."""
        return f"{self.url}/botframework/v1/.well-known/openidconfiguration"

    @property
    def issuer(self) -> str:
        return self.keys.issuer

    @property
    def ca_file(self) -> Path:
        """The certificate that clients are to trust. RuntimeError while it does not run."""
        if self._served is None:
            raise RuntimeError("the sandbox is not running")
        return self._served.ca_file

    @property
    def app(self) -> Application:
        """The bot's registration in the first tenant: client_id, secret, roles."""
        return self.estate.app

    @property
    def notifier(self) -> Notifier:
        """Subscriptions and lifecycle events of the first tenant."""
        return self.room().notifier

    # --- the admin's side ---

    def host(self, workspace: Workspace, tenant: str, roles: frozenset[str] = TENANT_WIDE) -> Estate:
        """Put a workspace under a further tenant, with the same app registered there."""
        entra = self.cloud.tenant(tenant)
        app = entra.apps.get(self._app) or entra.register(Application(self._app, self._secret, roles=roles))
        places = Places(workspace, entra.id, app.client_id)
        estate = Estate(workspace, entra, app, places, self.faults, self.cloud.base_url)
        notifier = Notifier(estate, self.outbox)
        self.rooms[entra.id] = Room(estate, notifier, Feed(estate, self.messenger, notifier))
        if self._served is not None:
            self._listen(self.rooms[entra.id])
        return estate

    def room(self, estate: Estate | None = None) -> Room:
        """A tenant with its notifier and feed."""
        return self.rooms[(estate or self.estate).tenant.id]

    def connect(self, bot_url: str, path: str = "/api/messages") -> None:
        """Register the bot's messaging endpoint."""
        self.messenger.url = bot_url.rstrip("/") + path

    async def install(
        self, channel: str, rsc: frozenset[str] | None = None, estate: Estate | None = None
    ) -> None:
        """Install the app in the team or chat of a workspace channel; the bot hears of it.

        `rsc`: the resource-specific permissions granted there (None: RSC_TEAM or RSC_CHAT).
        """
        room = self.room(estate)
        place = room.estate.workspace.channels[channel]
        default = RSC_CHAT if place.is_direct else RSC_TEAM
        room.estate.installed[channel] = default if rsc is None else rsc
        room.feed.installation(place, "add")

    async def uninstall(self, channel: str, estate: Estate | None = None) -> None:
        """Take the app out again; the bot hears of it last of all."""
        room = self.room(estate)
        room.estate.installed.pop(channel)
        room.feed.installation(room.estate.workspace.channels[channel], "remove")

    # --- running ---

    def undelivered(self) -> int:
        """How many activities and notifications are under way or wait for a retry."""
        return self.outbox.under_way

    async def settled(self) -> None:
        """Wait until every activity and notification was delivered or given up."""
        await self.outbox.settled()

    async def __aenter__(self) -> "TeamsSandbox":
        state = {"rooms": self.rooms, "keys": self.keys}
        routes = [*self._routes, *_routes()]
        running = serving(self.cloud, self._folder, self._port, routes=routes, state=state)
        self._served = await self._open.enter_async_context(running)
        for room in self.rooms.values():
            self._listen(room)
        return self

    async def __aexit__(self, *raised: object) -> None:
        for room in self.rooms.values():
            room.estate.workspace.on_event.remove(room.feed.hear)
        await self.outbox.close()
        await self._open.aclose()

    def _listen(self, room: Room) -> None:
        room.estate.base_url = self.cloud.base_url
        room.estate.workspace.on_event.append(room.feed.hear)


async def _metadata(request: Request) -> Response:
    return JSONResponse(request.app.state.keys.metadata(request.app.state.cloud.base_url))


async def _keys(request: Request) -> Response:
    return JSONResponse(request.app.state.keys.jwks())


def _routes() -> list[Route]:
    """Exact addresses before those with a parameter in the same place."""
    parts = (
        graph_messages, graph_apps, graph_files, graph_subscriptions, graph_conversations, graph_members,
        connector_api, connector_rosters,
    )  # fmt: skip
    return [
        Route("/botframework/v1/.well-known/openidconfiguration", _metadata),
        Route("/botframework/v1/.well-known/keys", _keys),
        *(route for part in parts for route in part.routes()),
    ]
