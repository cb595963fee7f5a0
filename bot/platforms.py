"""The chat platforms that the settings name: the only module that knows concrete ones.

Each is imported only where it is set up: Microsoft's libraries alone take a second and some 60 MB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from bot.settings.sections import Settings, SettingsError, Teams
from bot.vault.keys import Keys
from connectors.interface import Accept, ChatPlatform, TokenStore

if TYPE_CHECKING:
    from connectors.slack.connector import SlackPlatform
    from connectors.teams.connector import TeamsPlatform
    from connectors.teams.encryption import Certificate


@dataclass(frozen=True)
class Platforms:
    """Those that are set up, each None where it is not."""

    slack: "SlackPlatform | None"
    teams: "TeamsPlatform | None"
    tokens: TokenStore
    teams_tenants: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings, tokens: TokenStore, keys: Keys) -> "Platforms":
        """Raises SettingsError."""
        tenants = settings.teams.tenants if settings.teams else ()
        return cls(_slack(settings, tokens, keys), _teams(settings, tokens, keys), tokens, tenants)

    def by_name(self) -> dict[str, ChatPlatform]:
        return {p.name: p for p in (self.slack, self.teams) if p}

    def tenants(self, platform: str) -> Sequence[str]:
        """Slack's workspaces are those that installed the app; Teams' tenants are listed in the settings."""
        if self.teams and platform == self.teams.name:
            return self.teams_tenants
        return self.tokens.tenants(platform)

    def routes(self, accept: Accept) -> list[BaseRoute]:
        """What the platforms post to; to be mounted at the root."""
        return [route for p in (self.slack, self.teams) if p for route in p.routes(accept)]

    def forget(self, platform: str, tenant: str, users: tuple[str, ...]) -> None:
        """The app, or one person's authorisation, was taken away."""
        for each in (self.slack, self.teams):
            if each and each.name == platform:
                each.forget(tenant, users)

    async def close(self) -> None:
        for each in (self.slack, self.teams):
            if each:
                await each.close()


def teams_package(settings: Settings, version: str, organisation: str) -> bytes:
    """The zip for Teams' administrators. Raises SettingsError."""
    if settings.teams is None:
        raise SettingsError(["[teams] is missing: it holds the id of the app that the package is for"])
    from connectors.teams.package import package

    return package(settings.teams.client_id, settings.chaperone.public_url, version, organisation)


def _slack(settings: Settings, tokens: TokenStore, keys: Keys) -> "SlackPlatform | None":
    if settings.slack is None:
        return None
    from connectors.slack.connector import SlackPlatform

    s = settings.slack
    return SlackPlatform(
        tokens=tokens, client_id=s.client_id, client_secret=s.client_secret, signing_secret=s.signing_secret,
        dedupe_key=bytes.fromhex(keys.pseudonym("dedupe", "slack"))[:32], api_url=s.api_url,
        public_url=settings.chaperone.public_url, file_hosts=s.file_hosts, history_mode=s.history,
    )  # fmt: skip


def _teams(settings: Settings, tokens: TokenStore, keys: Keys) -> "TeamsPlatform | None":
    if settings.teams is None:
        return None
    from connectors.microsoft.tokens import App
    from connectors.teams.connector import TeamsPlatform

    s = settings.teams
    app = App(s.client_id, s.secret, s.key_file, s.certificate_file, s.authority, s.ca_file)
    return TeamsPlatform(
        tokens=tokens, app=app, tenants={tenant: s.mode_of(tenant) for tenant in s.tenants},
        secret=bytes.fromhex(keys.pseudonym("sign", "teams")), public_url=settings.chaperone.public_url,
        certificates=_certificates(s), quarantine=s.quarantine, graph_url=s.graph_url,
        service_urls=s.service_urls, service_url=s.service_url, openid_url=s.openid_url, bot_issuer=s.bot_issuer,
        bot_tenant=s.bot_tenant, ca_file=s.ca_file,
    )  # fmt: skip


def _certificates(teams: Teams) -> "list[Certificate]":
    from connectors.teams.encryption import Certificate

    pairs = zip(teams.notification_certificates, teams.notification_keys, strict=True)
    try:
        return [Certificate.read(certificate, key) for certificate, key in pairs]
    except OSError as error:
        why = f"{error.filename}: {error.strerror}"
    except ValueError as error:
        why = str(error)
    raise SettingsError([f"[teams] notification_certificates: {why}"])
