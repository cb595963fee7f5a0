"""A sandbox of Microsoft's side and the real bot, joined over TLS: Stage for Teams."""

import asyncio
import html
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bot.replay.stage import Stage, StageError
from connectors.sandbox.messages import Message
from connectors.sandbox.microsoft.tls import certificate
from connectors.sandbox.teams.sandbox import TENANT_WIDE, TeamsSandbox
from connectors.sandbox.workspace import Workspace

SECRET: Final = "CHAPERONE_TEAMS_SECRET"  # noqa: S105 - the name of a variable
_SUBSCRIBED_SECONDS = 30.0
_AT = re.compile(r"<at>([^<]+)</at>")
_OURS = "chaperone"
_TEAMS = """\
[teams]
client_id = "{app}"
tenants = [{tenants}]
modes = {{{modes}}}
notification_certificates = ["{certificate}"]
notification_keys = ["{key}"]
service_urls = ["{url}"]
service_url = "{service_url}"
graph_url = "{graph_url}"
authority = "{url}"
openid_url = "{openid_url}"
bot_issuer = "{issuer}"
ca_file = "{ca_file}"
"""


@dataclass
class TeamsStage(Stage):
    """`mode` "tenant": an administrator consented to everything; "rsc": to nothing, the app is only installed."""

    mode: str = "tenant"
    teams: TeamsSandbox = field(init=False)

    async def serve_platform(self, closing: AsyncExitStack) -> None:
        roles = TENANT_WIDE if self.mode == "tenant" else frozenset[str]()
        self.teams = await closing.enter_async_context(
            TeamsSandbox(self.workspace, folder=self.folder, roles=roles)
        )
        self.teams.connect(self.bot_url)

    def undelivered(self) -> int:
        return self.teams.undelivered()

    async def install(self, channel: str, *, only_bot: bool = False) -> None:
        """Somebody adds the app to a team or chat; `only_bot`: without resource-specific permissions."""
        await self.teams.install(channel, frozenset() if only_bot else None)

    async def subscribed(self) -> None:
        """Wait until the bot has subscribed to Graph's notifications. Raises StageError."""
        await subscribed(self, self.teams)

    def post(self, channel: str, user: str, text: str) -> Message:
        """`<at>Name</at>` mentions that person, as in Teams itself."""
        people = {p.name: p.id for p in self.workspace.people.values()}
        if not any(f"<at>{name}</at>" in text for name in people):
            return super().post(channel, user, text)
        said = html.escape(_AT.sub(lambda at: f"\x02{people.get(at[1], '')}\x03", text), quote=False)
        said = said.replace("\x02", "<at>").replace("\x03", "</at>").replace("\n", "<br>")
        return self.teams.people.say(channel, user, f"<p>{said}</p>")

    def post_file(self, channel: str, user: str, name: str, data: bytes) -> tuple[str, Message]:
        message = self.teams.people.say(channel, user, "", files=[(name, data)])
        return str(message.versions[0].body["files"][0]["id"]), message

    def copies(self) -> Mapping[str, float]:
        """A copy lies in the channel's folder under a name of its own, and a message links to it."""
        messages = [m for c in self.workspace.channels.values() for m in c.messages.values()]
        ours = [m for m in messages if m.user == self.workspace.app.user]
        found: dict[str, float] = {}
        for message in (m for m in messages if m not in ours):
            for file in message.versions[0].body.get("files", ()):
                stem, _, end = str(file["name"]).rpartition(".")
                name = re.compile(rf"{re.escape(stem)}-[0-9a-f]{{8}}\.{re.escape(end)}")
                stood = [float(m.ts) for m in ours if name.search(str(m.versions[0].body.get("text")))]
                found |= {message.ts: min(stood)} if stood else {}
        return found

    def account(self, user: str) -> str:
        return self.teams.estate.places.user_id(user)

    def environment(self) -> dict[str, str]:
        return {**os.environ, SECRET: self.teams.app.secret}

    def platform_settings(self) -> str:
        return settings_of(self.teams, self.folder, {self.teams.estate.tenant.id: self.mode})


async def subscribed(stage: Stage, teams: TeamsSandbox) -> None:
    """Wait until the bot has subscribed to Graph's notifications. Raises StageError."""
    for _ in range(int(_SUBSCRIBED_SECONDS * 20)):
        if teams.notifier.live():
            return
        await asyncio.sleep(0.05)
    raise StageError(f"the bot subscribed to nothing; its log ends:\n{stage.bot_log.read_text()[-2000:]}")


def settings_of(teams: TeamsSandbox, folder: Path, modes: Mapping[str, str]) -> str:
    """The section `[teams]` for a sandbox, with the mode of each of its tenants. `folder` gets the notifications'
    certificate."""
    cert, key = certificate(folder, "notifications")
    return _TEAMS.format(
        app=teams.app.client_id, tenants=", ".join(f'"{tenant}"' for tenant in modes),
        modes=", ".join(f'"{tenant}" = "{mode}"' for tenant, mode in modes.items()), certificate=cert.resolve(),
        key=key.resolve(), url=teams.url, service_url=teams.service_url, graph_url=teams.graph_url,
        openid_url=teams.openid_url, issuer=teams.issuer, ca_file=teams.ca_file.resolve(),
    )  # fmt: skip


def told_by_cards(workspace: Workspace) -> list[str]:
    """The event of each card that was shown to one person: in a conversation, or in their own with the bot."""
    alone = [m for c in workspace.channels.values() if c.kind == "im" for m in c.messages.values()]
    shown = [m.versions[0].body for m in alone] + [e.versions[0].body for e in workspace.ephemerals]
    found = [next(_values(body.get("teams", {}).get("cards", [])), "") for body in shown]
    return [value for value in found if value]


def _values(held: Any) -> Iterator[str]:
    """What a card's buttons carry."""
    if isinstance(held, list):
        for each in held:
            yield from _values(each)
    elif isinstance(held, dict):
        if isinstance(ours := held.get(_OURS), dict):
            yield str(ours.get("value", ""))
        for inner in held.values():
            yield from _values(inner)
