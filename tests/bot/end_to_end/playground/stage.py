"""The real bot with the playground as its people's Microsoft Teams; the sandbox is the rest of Microsoft."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import aiohttp

from bot.replay.teams import TeamsStage
from connectors.sandbox.channels import Channel
from connectors.sandbox.teams.places import Places
from connectors.sandbox.teams.sandbox import TeamsSandbox
from tests.bot.end_to_end.playground.exchange import Exchange
from tests.bot.end_to_end.playground.program import People, Playground, running
from tests.bot.end_to_end.stage import BEDS, F2, IG, NURSE, NURSE2, SISTER, WARD
from tests.bot.end_to_end.teams_stage import TeamsScene

REGISTRAR = "U0REGISTR"


@dataclass
class PlaygroundStage(TeamsStage):
    """A nurse sits at the playground's page; her colleagues are in its chat and in its team.

    What is said in the workspace reaches the bot by way of the playground, and the bot's words go there alone.
    """

    mode: str = "rsc"
    exchange: Exchange = field(init=False)
    playground: Playground = field(init=False)
    chat: Channel = field(init=False)

    async def serve_platform(self, closing: AsyncExitStack) -> None:
        self.exchange = Exchange(self.bot_url, await closing.enter_async_context(aiohttp.ClientSession()))
        sandbox = TeamsSandbox(
            self.workspace, folder=self.folder, roles=frozenset(), routes=self.exchange.routes()
        )
        self.teams = await closing.enter_async_context(sandbox)
        self.playground = await closing.enter_async_context(
            running(
                self.folder, self._people(self.teams.estate.places), bot_url=f"{self.teams.url}/api/messages",
                service_url=self.teams.service_url, ca_file=self.teams.ca_file,
            )
        )  # fmt: skip
        self.exchange.playground_url = self.playground.url
        self.teams.connect(self.playground.url, self.playground.CUSTOM)

    def undelivered(self) -> int:
        """With what the playground took and the bot has not answered."""
        told = (d["event_id"] for d in self.workspace.deliveries if d["type"].startswith("activity."))
        answered = {sent.activity["id"] for sent in self.exchange.sent}
        return super().undelivered() + len(set(told) - answered)

    def _people(self, places: Places) -> People:
        members, app = (NURSE, NURSE2, SISTER, F2, REGISTRAR, IG), self.workspace.app
        self.chat = self.workspace.add_channel("Night shift", "mpim", creator=NURSE, members=members)
        alone, _ = self.workspace.open_direct([app.user, NURSE])
        me, *others = (self._person(places, user) for user in members)
        ward = {"id": places.thread_id(WARD), "name": "Ward 7", "aadGroupId": places.team_id(WARD)}
        return People(
            places.tenant, {"id": places.account_id(app.user), "name": app.name}, me, others,
            places.conversation_id(alone.id), places.conversation_id(self.chat.id),
            {**ward, "channels": [{"id": places.thread_id(BEDS), "name": "bed-meeting"}]},
        )  # fmt: skip

    def _person(self, places: Places, user: str) -> dict[str, str]:
        person = self.workspace.people[user]
        first, _, last = person.name.rpartition(" ")
        return {
            "id": places.account_id(user), "aadObjectId": places.user_id(user), "name": person.name,
            "givenName": first, "surname": last, "email": person.email, "userPrincipleName": person.email,
        }  # fmt: skip


@dataclass
class PlaygroundScene(TeamsScene):
    """Both sides, and what went between them."""

    stage: PlaygroundStage

    @property
    def exchange(self) -> Exchange:
        return self.stage.exchange
