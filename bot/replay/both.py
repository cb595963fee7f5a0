"""A stage with both platforms: Slack's workspace and Microsoft's tenants over one workspace, and one bot for all."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bot.replay.stage import Stage
from bot.replay.teams import SECRET, settings_of, subscribed
from connectors.sandbox.seed import Tenant
from connectors.sandbox.teams.sandbox import TeamsSandbox
from connectors.sandbox.teams.seeded import install_everywhere, seeded


@dataclass
class BothStage(Stage):
    """Slack's app is installed by `install`, as on a Stage; that of Teams by `install_teams`."""

    tenants: Sequence[Tenant] = ()
    teams: TeamsSandbox = field(init=False)

    async def serve_platform(self, closing: AsyncExitStack) -> None:
        await super().serve_platform(closing)
        self.teams = await closing.enter_async_context(seeded(self.sandbox, self.tenants, self.folder))
        self.teams.connect(self.bot_url)

    async def install_teams(self) -> None:
        """Add the app to every team and chat, once the bot has subscribed. Raises StageError."""
        await subscribed(self, self.teams)
        await install_everywhere(self.teams, self.tenants)

    def undelivered(self) -> int:
        return super().undelivered() + self.teams.undelivered()

    def environment(self) -> dict[str, str]:
        return super().environment() | {SECRET: self.teams.app.secret}

    def platform_settings(self) -> str:
        modes = {tenant.id: tenant.mode for tenant in self.tenants}
        return super().platform_settings() + settings_of(self.teams, self.folder, modes)

    def accounts(self, user: str) -> list[str]:
        rooms = self.teams.rooms.values()
        named = [(room.estate.tenant.id, room.estate.places.user_id(user)) for room in rooms]
        return [f"{where}/{account}" for where, account in ((self.workspace.team, user), *named)]
