"""Microsoft's whole side for a bot under test: Entra, the Bot Connector, Graph and its notifications, over TLS."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.microsoft.server import Served, serving
from connectors.sandbox.microsoft.tenant import Application, Cloud
from connectors.sandbox.teams.estate import RSC_CHAT, RSC_TEAM, Estate
from connectors.sandbox.teams.faults import TeamsFaults
from connectors.sandbox.teams.places import Places
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]

TENANT: Final = "7e1b2f30-0000-4000-8000-000000000001"
APP: Final = "3f9c7c5e-0000-4000-8000-00000000b071"
SECRET: Final = "sandbox-teams-secret"  # noqa: S105 - it opens nothing but the sandbox
ISSUER: Final = "https://api.botframework.com"
TENANT_WIDE: Final = frozenset(
    "ChannelMessage.Read.All ChannelMessage.UpdatePolicyViolation.All Chat.Read.All "
    "Chat.UpdatePolicyViolation.All ChatMember.ReadWrite.All ChannelMember.Read.All Channel.ReadBasic.All "
    "ChannelSettings.Read.All Team.ReadBasic.All TeamMember.Read.All TeamMember.ReadWriteNonOwnerRole.All "
    "User.Read.All Files.ReadWrite.All Sites.ReadWrite.All AppCatalog.Read.All "
    "TeamsAppInstallation.ReadWriteSelfForUser.All TeamsAppInstallation.ReadForTeam.All "
    "TeamsAppInstallation.ReadForChat.All".split()
)
"""Graph's application permissions of the tenant-wide mode; an RSC-only tenant has none of them."""


class TeamsSandbox:
    """`async with TeamsSandbox(workspace, cloud, folder) as teams:` serves it in the present loop.

    The first tenant is `estate`; `host` adds others on the same server (one webhook, several tenants).
    `roles` are the Graph permissions that its admin consented to: TENANT_WIDE, or none for RSC only.
    """

    def __init__(
        self, workspace: Workspace, cloud: Cloud | None = None, folder: Path = Path(), *, tenant: str = TENANT,
        roles: frozenset[str] = TENANT_WIDE, app: str = APP, secret: str = SECRET, port: int = 0,
    ) -> None:  # fmt: skip
        self.cloud = cloud or Cloud()
        self.faults = TeamsFaults()
        self.issuer = ISSUER
        self._folder, self._port = folder, port
        self._app_id, self._secret = app, secret
        self._open = AsyncExitStack()
        self._served: Served | None = None
        self.estates: dict[str, Estate] = {}
        self.estate = self.host(workspace, tenant, roles)

    # --- where it is ---

    @property
    def url(self) -> str:
        """The authority (Entra)."""
        return self.cloud.base_url

    @property
    def graph_url(self) -> str:
        return f"{self.url}/graph/v1.0/"

    @property
    def service_url(self) -> str:
        """The Bot Connector of the first tenant: what activities carry as serviceUrl."""
        return self.estate.service_url

    @property
    def openid_url(self) -> str:
        """The metadata that names the keys of tokens sent to the bot."""
        return f"{self.url}/botframework/v1/.well-known/openidconfiguration"

    @property
    def ca_file(self) -> Path:
        """The certificate that clients are to trust."""
        if self._served is None:
            raise RuntimeError("the sandbox is not running")
        return self._served.ca_file

    @property
    def app(self) -> Application:
        """The bot's registration: client_id and secret."""
        return self.estate.app

    # --- the admin's side ---

    def host(self, workspace: Workspace, tenant: str, roles: frozenset[str] = TENANT_WIDE) -> Estate:
        """Put a workspace under a further tenant, with the same app registered there."""
        entra = self.cloud.tenant(tenant)
        app = entra.apps.get(self._app_id) or entra.register(
            Application(self._app_id, self._secret, roles=roles)
        )
        places = Places(workspace, entra.id, app.client_id)
        estate = Estate(workspace, entra, app, places, self.faults, self.cloud.base_url)
        self.estates[entra.id] = estate
        return estate

    def connect(self, bot_url: str, path: str = "/api/messages") -> None:
        """Register the bot's messaging endpoint."""
        raise NotImplementedError

    async def install(
        self, channel: str, rsc: frozenset[str] | None = None, estate: Estate | None = None
    ) -> None:
        """Install the app in the team or chat of a workspace channel; the bot hears of it.

        `rsc`: the resource-specific permissions granted there (None: RSC_TEAM or RSC_CHAT).
        """
        raise NotImplementedError

    async def uninstall(self, channel: str, estate: Estate | None = None) -> None:
        raise NotImplementedError

    # --- what people do that Slack's people cannot ---

    def say(
        self, channel: str, user: str, html: str, *, subject: str = "", thread: str | None = None,
        images: Sequence[tuple[str, bytes]] = (), files: Sequence[tuple[str, bytes]] = (),
        estate: Estate | None = None,
    ) -> Message:  # fmt: skip
        """Say something in Teams' own HTML, with inline images (name, bytes) and files in the channel's folder.

        `<at>person id</at>` mentions that workspace person; `thread` is the root's ts.
        """
        raise NotImplementedError

    def undelete(self, channel: str, ts: str, estate: Estate | None = None) -> Message:
        """A person takes a deletion back."""
        raise NotImplementedError

    async def press(
        self, user: str, on: Message | Ephemeral, action: str, inputs: Mapping[str, str] | None = None,
        estate: Estate | None = None,
    ) -> tuple[int, Json]:  # fmt: skip
        """Press the Action.Execute with this verb (or id, or title) on a card; the bot's answer is shown.

        Gives the HTTP status and the body of the bot's invoke response. Raises KeyError for no such action.
        """
        raise NotImplementedError

    def override(
        self, channel: str, ts: str, *, justification: str = "", false_positive: bool = False,
        estate: Estate | None = None,
    ) -> Message:  # fmt: skip
        """The sender of a blocked message overrides the block, or reports a false positive."""
        raise NotImplementedError

    async def settled(self) -> None:
        """Wait until every activity and notification was delivered or given up."""
        raise NotImplementedError

    async def __aenter__(self) -> "TeamsSandbox":
        self._served = await self._open.enter_async_context(serving(self.cloud, self._folder, self._port))
        for estate in self.estates.values():
            estate.base_url = self.cloud.base_url
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._open.aclose()


__all__ = ["APP", "ISSUER", "RSC_CHAT", "RSC_TEAM", "SECRET", "TENANT", "TENANT_WIDE", "TeamsSandbox"]
