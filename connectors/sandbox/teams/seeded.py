"""The tenants of the seed on Microsoft's side, and their people on the chat page."""

from collections.abc import Sequence
from pathlib import Path

from connectors.sandbox.api.call import Sandbox
from connectors.sandbox.seed import Tenant
from connectors.sandbox.teams.people_side import PeopleSide
from connectors.sandbox.teams.sandbox import TENANT_WIDE, TeamsSandbox


def seeded(sandbox: Sandbox, tenants: Sequence[Tenant], folder: Path) -> TeamsSandbox:
    """To be entered as a context manager. The chat page of `sandbox` shows the tenants from now on."""
    first, *others = tenants
    teams = TeamsSandbox(sandbox.workspace, folder=folder, tenant=first.id, roles=_roles(first))
    for tenant in others:
        teams.host(sandbox.workspace, tenant.id, _roles(tenant))
    for tenant in tenants:
        room = teams.rooms[tenant.id]
        for name, channels in tenant.teams.items():
            room.estate.places.gather(name, *channels)
        sandbox.teams[tenant.id] = PeopleSide(room, teams.messenger)
    return teams


async def install_everywhere(teams: TeamsSandbox, tenants: Sequence[Tenant]) -> None:
    """Add the app to every team and chat of the tenants; the bot hears of it."""
    for tenant in tenants:
        estate = teams.rooms[tenant.id].estate
        for channel in (*(channels[0] for channels in tenant.teams.values()), *tenant.chats):
            await teams.install(channel, estate=estate)


def _roles(tenant: Tenant) -> frozenset[str]:
    return TENANT_WIDE if tenant.mode == "tenant" else frozenset()
