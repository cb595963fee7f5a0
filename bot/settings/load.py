"""Read the settings file with the environment over it, and say everything that is wrong with them."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from bot.settings.section import section
from bot.settings.sections import (
    Bot,
    Detectors,
    Directory,
    Entra,
    Governance,
    Ldap,
    Settings,
    SettingsError,
    Slack,
    Teams,
)
from detectors.identifiers.hospital_number import why_unusable

_SECTIONS = {
    "chaperone": Bot, "slack": Slack, "teams": Teams, "directory": Directory, "entra": Entra, "ldap": Ldap,
    "governance": Governance, "detectors": Detectors,
}  # fmt: skip
_OPTIONAL = ("slack", "teams", "entra", "ldap")
"""Sections that may be left out as a whole."""


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
        name: section(name, kind, dict(raw.get(name, {})), environ, path.parent, errors)
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
