"""Settings from a TOML file and the environment, read once, frozen, every error listed at once."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from detectors.identifiers.hospital_number import why_unusable
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


_SECTIONS = {
    "chaperone": Bot, "slack": Slack, "teams": Teams, "directory": Directory, "entra": Entra, "ldap": Ldap,
    "governance": Governance, "detectors": Detectors,
}  # fmt: skip
_OPTIONAL = ("slack", "teams", "entra", "ldap")
"""Sections that may be left out as a whole."""
S = TypeVar("S")


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read a settings file. `CHAPERONE_SLACK_SIGNING_SECRET` and the like stand before the file's values.

    Relative paths are relative to the file. Raises SettingsError.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError([f"{path}: {error.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: {error}"]) from None
    errors = [
        f"[{name}]: no such section; there are {', '.join(_SECTIONS)}"
        for name in raw
        if name not in _SECTIONS
    ]
    flat = [name for name in _SECTIONS if not isinstance(raw.get(name, {}), dict)]
    errors += [f"[{name}]: this is not a section" for name in flat]
    raw = {name: given for name, given in raw.items() if name not in flat}
    read = {
        name: _section(name, kind, dict(raw.get(name, {})), environ, path.parent, errors)
        for name, kind in _SECTIONS.items()
        if name in raw
        or name not in _OPTIONAL
        or any(k.startswith(f"CHAPERONE_{name.upper()}_") for k in environ)
    }
    errors += _unusable(cast("Detectors | None", read["detectors"]))
    errors += _disordered(cast("Directory | None", read["directory"]))
    errors += _unfit(cast("Teams | None", read.get("teams")))
    if errors:
        raise SettingsError(errors)
    return Settings(**cast("Any", {**dict.fromkeys(_OPTIONAL), **read}))


def _disordered(directory: Directory | None) -> list[str]:
    known = Directory().order
    if directory is None or (
        set(directory.order) <= set(known) and len(set(directory.order)) == len(directory.order)
    ):
        return []
    return [f"[directory] order: this is not some of {', '.join(known)}, each once"]


def _unfit(teams: Teams | None) -> list[str]:
    """What does not go together in `[teams]`."""
    if teams is None:
        return []
    modes = {teams.mode_of(tenant) for tenant in teams.tenants}
    wrong = {
        "tenants: name at least one Entra tenant by its id": not teams.tenants,
        "secret is missing; or give key_file and certificate_file": not (
            teams.secret or (teams.key_file and teams.certificate_file)
        ),
        'modes: each is "tenant" or "rsc", for one of tenants': not (
            set(teams.modes) <= set(teams.tenants) and set(teams.modes.values()) <= {"tenant", "rsc"}
        ),
        "notification_keys: give the key of each of notification_certificates": len(teams.notification_keys)
        != len(teams.notification_certificates),
        'notification_certificates is missing: mode "tenant" hears through Graph alone': "tenant" in modes
        and not teams.notification_certificates,
    }
    return [f"[teams] {why}" for why, is_wrong in wrong.items() if is_wrong]


def _unusable(detectors: Detectors | None) -> list[str]:
    if detectors is None:
        return []
    errors = [
        f"[detectors] hospital_numbers: pattern {n} cannot be used: {why}"
        for n, pattern in enumerate(detectors.hospital_numbers, 1)
        if (why := why_unusable(pattern))
    ]
    try:
        detectors.spared()
    except OSError as error:
        errors.append(f"[detectors] words: {detectors.words}: {error.strerror}")
    except UnicodeDecodeError:
        errors.append(f"[detectors] words: {detectors.words} is not a text in UTF-8")
    except ValueError as error:
        errors.append(f"[detectors] words: {detectors.words}: {error}")
    return errors


def _section(
    name: str, kind: type[S], given: dict[str, Any], environ: Mapping[str, str], base: Path, errors: list[str]
) -> S | None:
    hints, values = get_type_hints(kind), {}
    for f in fields(kind):  # type: ignore[arg-type]
        variable = f"CHAPERONE_{name}_{f.name}".upper()
        value = environ.get(variable, given.pop(f.name, MISSING))
        if value is not MISSING:
            try:
                values[f.name] = _convert(value, hints[f.name], base)
            except (TypeError, ValueError, KeyError):
                errors.append(f"[{name}] {f.name}: this is not {_wanted(hints[f.name])}")
        elif f.default is MISSING and f.default_factory is MISSING:
            errors.append(f"[{name}] {f.name} is missing (or set {variable})")
    errors += [f"[{name}] {key}: no such setting" for key in given]
    return kind(**values) if not errors else None


def _convert(value: Any, hint: Any, base: Path) -> Any:
    if hint in (Path, Path | None):
        return base / Path(_typed(value, str)).expanduser()
    if get_origin(hint) is Literal:
        return _one_of(value, get_args(hint))
    if hint is bool:
        return _BOOLS[value.lower()] if isinstance(value, str) else _typed(value, bool)
    if hint in (int, float):
        return _number(value, hint)
    if hint == tuple[Path, ...]:
        return tuple(base / Path(p).expanduser() for p in _convert(value, tuple[str, ...], base))
    if hint == tuple[str, ...]:
        return tuple(_typed(v, str) for v in (value.split(",") if isinstance(value, str) else value))
    return _typed(value, str) if hint is str else dict(value)


_BOOLS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _number(value: Any, hint: type[int] | type[float]) -> Any:
    if isinstance(value, bool) or (hint is int and isinstance(value, float)):
        raise TypeError
    return hint(value)


def _one_of(value: Any, choices: tuple[Any, ...]) -> Any:
    if value not in choices:
        raise ValueError
    return value


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


_LISTS: dict[Any, str] = {tuple[str, ...]: "a list of texts", tuple[Path, ...]: "a list of paths"}


def _wanted(hint: Any) -> str:
    names = {Path: "a path", bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(get_args(hint))
    return names.get(hint, _LISTS.get(hint, "a path or table"))
