"""The whole bot on an invented trust's Microsoft Teams, and what a test asks of both."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.replay.teams import TeamsStage
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.seed import DIRECTORY, plant
from connectors.sandbox.teams.sandbox import TeamsSandbox
from tests.bot.end_to_end.stage import IG, WARD, Scene


@dataclass
class TeamsScene(Scene):
    """People, channels and timestamps are the workspace's own; `id_of` and `account` say what Teams calls them."""

    stage: TeamsStage

    @property
    def teams(self) -> TeamsSandbox:
        return self.stage.teams

    def id_of(self, ts: str, channel: str = WARD) -> str:
        return self.teams.estate.places.message_id(self.message(ts, channel))

    def account(self, user: str) -> str:
        return self.stage.account(user)

    def event(self, ts: str, channel: str = WARD, **where: Any) -> dict[str, Any]:
        return self.incident(self.id_of(ts, channel), **where)

    def copies(self, root: str, channel: str = WARD) -> list[Message]:
        """What the bot said to everyone in the thread of a message."""
        said = self.workspace.channels[channel].messages.values()
        return [m for m in said if m.bot_id and m.body and m.thread_ts == root]

    async def answers(
        self, user: str, on: Ephemeral | Message, action: str, inputs: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Press a button of a card; the body of the bot's answer."""
        _, answer = await self.teams.people.press(user, on, action, inputs)
        await self.settled()
        return answer


@asynccontextmanager
async def teams_scene(
    folder: Path, mode: str = "tenant", installed: Sequence[str] = (WARD,)
) -> AsyncIterator[TeamsScene]:
    """The app installed in `installed`, the bot subscribed and settled."""
    async with TeamsStage(plant(), folder, DIRECTORY, ig_users=(IG,), mode=mode) as stage:
        for channel in installed:
            await stage.install(channel)
        await stage.subscribed()
        ready = TeamsScene(stage)
        await ready.settled()
        yield ready
