"""What an administrator asks at the terminal: is everything there, new sign-ins, tokens, the audit chain."""

from dataclasses import dataclass
from pathlib import Path

from bot import wiring
from bot.console import accounts
from bot.console.accounts import Role
from bot.incidents import audit
from bot.platforms import Platforms
from bot.settings.sections import Settings
from bot.store.database import Store
from bot.vault.keys import Keys


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was looked at; `ok` None means that it could not be told. `how` says how to mend it."""

    what: str
    ok: bool | None
    how: str = ""


async def check(settings: Settings) -> list[Row]:
    """Policy, store, keys, directory, tokens, scopes. Raises what `wiring.build` raises."""
    system = wiring.build(settings)
    rows = [Row("policy, keys and database", True)]
    try:
        for health in await system.upkeep.synced():
            ok = None if health.stale else not health.problem
            rows.append(Row(f"{health.name}: {health.people} people", ok, health.problem))
        if not system.upkeep.has_directories:
            rows.append(
                Row(
                    "staff directory",
                    False,
                    "Set [entra], [ldap] or [directory] csv: without one nobody can be told to be staff.",
                )
            )
        if not settings.governance.ig_users:
            rows.append(
                Row(
                    "who is told of outsiders",
                    False,
                    "Set [governance] ig_users to the IG team's account ids.",
                )
            )
        rows += await _platforms(system.platforms)
    finally:
        await system.platforms.close()
        system.store.close()
    return rows


async def _platforms(platforms: Platforms) -> list[Row]:
    slack, teams = platforms.slack, platforms.teams
    rows = [Row(f"{r.about}: {r.found}", r.ok, r.mend) for r in (await slack.check() if slack else ())]
    rows += [Row(f"{r.about}: {r.found}", r.ok, r.mend) for r in (await teams.check() if teams else ())]
    if not rows:
        rows.append(
            Row("a chat platform", False, "Add a [slack] or [teams] section with the app's credentials.")
        )
    return rows


async def make_account(
    settings: Settings, name: str, shown_name: str, role: Role, password: str, platform_user: str = ""
) -> None:
    """A sign-in for the console."""
    keys, store = _open(settings)
    try:
        await accounts.create(store, name, shown_name, role, password, platform_user=platform_user)
    finally:
        store.close()


def verify_audit(settings: Settings, checkpoints: Path | None) -> tuple[int, str]:
    """Exit status and a sentence."""
    keys, store = _open(settings)
    try:
        return audit.verify_command(store, keys, checkpoints)
    finally:
        store.close()


def _open(settings: Settings) -> tuple[Keys, Store]:
    settings.chaperone.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = Keys.from_file(settings.chaperone.key_file, make=True)
    return keys, Store.open(settings.chaperone.data / "chaperone.db", keys.database_key)
