"""The sections of the settings file, and what each setting means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from detectors.spared import read_words


class SettingsError(Exception):
    """The settings cannot be used; `errors` are plain sentences, one for each thing to mend."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class Bot:
    """`[chaperone]`: where the bot listens and keeps its data."""

    public_url: str
    """The address that Slack and people's browsers reach, without a slash at the end."""
    data: Path
    """A folder for the database, the vault's files and exported audit checkpoints."""
    key_file: Path
    """32 random bytes; made at the first start when missing. Back it up apart from the data."""
    host: str = "127.0.0.1"
    port: int = 8800
    policy: Path | None = None
    """A policy file; without one, the policy that ships with Chaperone."""
    secure_cookies: bool = True
    keep_days: int = 30
    """How long originals stay in the vault."""


@dataclass(frozen=True)
class Slack:
    """`[slack]`: the app's credentials, from its page "Basic Information"."""

    client_id: str
    client_secret: str = field(repr=False)
    signing_secret: str = field(repr=False)
    api_url: str = "https://slack.com/api/"
    file_hosts: tuple[str, ...] = ("files.slack.com",)
    history: Literal["tier3", "slow"] = "tier3"
    """"tier3", or "slow" for a commercial app outside the Marketplace (one request a minute)."""


@dataclass(frozen=True)
class Teams:
    """`[teams]`: the app registered in Entra. Give `secret`, or `key_file` and `certificate_file`."""

    client_id: str
    tenants: tuple[str, ...]
    """Ids of the Entra tenants that are served; what comes from any other is refused."""
    secret: str = field(default="", repr=False)
    key_file: Path | None = None
    certificate_file: Path | None = None
    mode: Literal["tenant", "rsc"] = "tenant"
    """"tenant": an administrator consented for the whole tenant. "rsc": the app was installed in teams and chats only,
    and nothing can be hidden."""
    modes: Mapping[str, str] = field(default_factory=dict)
    """Tenants whose mode is another one."""
    notification_certificates: tuple[Path, ...] = ()
    """PEM files under which Microsoft encrypts what it tells: the present one first, then those it took over from."""
    notification_keys: tuple[Path, ...] = ()
    """The RSA key of each, in the same order."""
    quarantine: str = ""
    """The name of a document library in each site that only IG may open; without one, files are deleted."""
    bot_tenant: str = ""
    """The tenant of the bot's registration, where it is registered for one tenant and serves others too."""
    service_urls: tuple[str, ...] = ("https://smba.trafficmanager.net/",)
    """Below which addresses Microsoft's bot service may ask us to answer."""
    service_url: str = "https://smba.trafficmanager.net/teams/"
    """Used until a tenant's own address was heard."""
    graph_url: str = "https://graph.microsoft.com/v1.0/"
    authority: str = "https://login.microsoftonline.com"
    openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    bot_issuer: str = "https://api.botframework.com"
    ca_file: Path | None = None

    def mode_of(self, tenant: str) -> Literal["tenant", "rsc"]:
        return "rsc" if self.modes.get(tenant, self.mode) == "rsc" else "tenant"


@dataclass(frozen=True)
class Directory:
    """`[directory]`: who is staff, by a list in a file; `[entra]` and `[ldap]` may stand beside it."""

    csv: Path | None = None
    max_age_hours: float = 48.0
    """After this the list is stale and nobody can be told to be staff or not; 0 for never."""
    columns: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ("entra", "ldap", "csv")
    """Whose word counts first where several directories know a person."""


@dataclass(frozen=True)
class Entra:
    """`[entra]`: Microsoft Entra ID as a staff directory. Give `secret`, or `key_file` and
    `certificate_file`."""

    tenant: str
    client_id: str
    secret: str = field(default="", repr=False)
    key_file: Path | None = None
    certificate_file: Path | None = None
    max_age_hours: float = 24.0
    authority: str = "https://login.microsoftonline.com"
    graph_url: str = "https://graph.microsoft.com/v1.0/"
    ca_file: Path | None = None


@dataclass(frozen=True)
class Ldap:
    """`[ldap]`: an LDAP server or Active Directory as a staff directory."""

    url: str
    base: str
    user: str = ""
    password: str = field(default="", repr=False)
    filter: str = "(&(objectClass=person)(mail=*))"
    group: str = ""
    start_tls: bool = False
    ca_file: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    max_age_hours: float = 24.0


@dataclass(frozen=True)
class Governance:
    """`[governance]`: whom to tell, by platform account id."""

    ig_users: tuple[str, ...] = ()
    """Where the bot serves several workspaces or tenants: `TENANT/ACCOUNT` for somebody of one of them."""

    def of(self, tenant: str) -> tuple[str, ...]:
        """The accounts to tell of what happens in a workspace or tenant."""
        named = (user.rpartition("/") for user in self.ig_users)
        return tuple(account for where, _, account in named if where in ("", tenant))


@dataclass(frozen=True)
class Detectors:
    """`[detectors]`: what is particular to this organisation."""

    hospital_numbers: tuple[str, ...] = ()
    """Patterns of its hospital numbers, in RE2's syntax."""
    words: Path | None = None
    """A file of its wards, sites, rooms and systems that look like people's names: `ward: Edith`, one a line."""

    def spared(self) -> frozenset[str]:
        """What `words` holds. Raises OSError, or ValueError with what is wrong with it."""
        return read_words(self.words.read_text("utf-8")) if self.words else frozenset()


@dataclass(frozen=True)
class Settings:
    chaperone: Bot
    slack: Slack | None
    teams: Teams | None
    directory: Directory
    entra: Entra | None
    ldap: Ldap | None
    governance: Governance
    detectors: Detectors
