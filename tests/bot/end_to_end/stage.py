"""The whole bot in a process of its own on an invented trust's workspace, and what a test asks of both."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Connection, select, update

from bot import checking
from bot.checking import _open
from bot.console.accounts import Role
from bot.policy import load as policies
from bot.replay.command import REACHES
from bot.replay.readable import strings
from bot.replay.stage import Stage
from bot.settings.load import load
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.sandbox.faults import Faults
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.seed import DIRECTORY, plant
from connectors.sandbox.workspace import Workspace
from connectors.slack.actions import PREFIX
from tests.waiting import until

WARD, BEDS, THEATRE, SOCIAL, HOSPICE = "C0WARD7TM", "C0BEDMEET", "C0THEATRE", "C0SOCIAL1", "C0HOSPICE"
NURSE, NURSE2, SISTER, F2, IG, ADMIN = (
    "U0NURSE01", "U0NURSE02", "U0SISTER1", "U0DOCTRF2", "U0IGOFFCR", "U0ADMIN01"
)  # fmt: skip
PARTNER, OUTSIDER = "U0HOSPICE", "U0OUTSIDE"
PRESETS = {THEATRE: "clinical-care", HOSPICE: "external-partners"}

NHS = "943 476 5919"
PASSWORD = "only-for-invented-people"


@dataclass
class Scene:
    """A stage with the words that tests use. Asks the workspace what members see, the store what is known."""

    stage: Stage

    @property
    def workspace(self) -> Workspace:
        return self.stage.workspace

    @property
    def faults(self) -> Faults:
        return self.stage.sandbox.faults

    async def says(self, user: str, text: str, channel: str = WARD, **how: Any) -> str:
        """Posts, waits until the bot is done with it, and gives the message's ts."""
        message = self.workspace.post(channel, user, text, **how)
        await self.settled()
        return message.ts

    async def settled(self) -> None:
        assert await self.stage.settled(30.0), self.stage.bot_log.read_text()[-3000:]

    def message(self, ts: str, channel: str = WARD) -> Message:
        return self.workspace.channels[channel].messages[ts]

    def text(self, ts: str, channel: str = WARD) -> str:
        """The message's own text as it stands; empty when it is gone."""
        body = self.message(ts, channel).body
        return "" if body is None else str(body.get("text", ""))

    def readable(self, channel: str = WARD) -> str:
        """Everything that a member of the channel can read there now, one string."""
        standing = [m.body for m in self.workspace.channels[channel].messages.values() if m.body]
        return json.dumps([[b.get("text"), *strings(_shown(b))] for b in standing], ensure_ascii=False)

    def latest(self, channel: str = WARD) -> Message:
        return next(m for m in reversed(self.workspace.channels[channel].messages.values()) if m.body)

    def notes(self, user: str, incident: str = "") -> list[Ephemeral]:
        """Private notes to somebody that still stand, about one incident or all."""
        return [
            n for n in self.workspace.ephemerals
            if n.user == user and n.until is None and incident in json.dumps(n.versions[0].body)
        ]  # fmt: skip

    def told(self, user: str) -> str:
        """Everything that was told to somebody directly."""
        rooms = [r for r in self.workspace.channels.values() if r.kind == "im" and user in r.members]
        return json.dumps([m.body for r in rooms for m in r.messages.values()])

    async def presses(self, user: str, on: Ephemeral | Message, action: str) -> int:
        """Press a button of a note; the bot's HTTP status."""
        block, element = _button(on.versions[0].body if isinstance(on, Ephemeral) else on.said, action)
        press = self.stage.sandbox.interactivity.press
        status = await press(user, block, element["action_id"], element["value"], on)
        await self.settled()
        return status

    async def forges(self, user: str, action: str, incident: str, channel: str = WARD) -> int:
        """Press a button that this person was never shown; the bot's HTTP status."""
        desk = self.stage.sandbox.interactivity
        pressed = {"type": "button", "action_id": PREFIX + action, "block_id": "b", "value": incident}
        payload = desk._payload("block_actions", user) | {
            "trigger_id": desk.forms.trigger(user), "channel": {"id": channel}, "actions": [pressed],
            "container": {"type": "message", "channel_id": channel},
        }  # fmt: skip
        status, _ = await desk._send("interactions", {"payload": json.dumps(payload)})
        await self.settled()
        return status

    @asynccontextmanager
    async def console(self, role: Role) -> AsyncIterator[aiohttp.ClientSession]:
        """Signed in to the console as somebody of this role."""
        settings = load(self.stage.settings, self.stage.environment())
        await checking.make_account(settings, f"a-{role}", f"A {role}", role, PASSWORD)
        url = f"{self.stage.bot_url}/sign-in"
        async with aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"origin": self.stage.bot_url}
        ) as http:
            async with http.get(url) as page:
                form = {"name": f"a-{role}", "password": PASSWORD, "csrf": _token(await page.text())}
            async with http.post(url, data=form) as done:
                assert done.status == 200
                assert "sign-in" not in str(done.url)
            yield http

    async def decides(self, http: aiohttp.ClientSession, incident: str, decision: str) -> None:
        """A reviewer records a decision in the console."""
        url = f"{self.stage.bot_url}/events/{incident}"
        async with http.get(url) as page:
            form = {
                "csrf": _token(await page.text()),
                "decision": decision,
                "reason": "Looked at with the ward.",
            }
        async with http.post(f"{url}/decision", data=form) as done:
            assert done.status == 200, await done.text()
        await self.settled()

    async def restarts_after_every_timer(self) -> None:
        """Start the bot, which was stopped, when the time of every timer that was set has come."""
        with self.store() as (_, store):
            store.write_now(lambda c: c.execute(update(t.timer).values(due=0.0)))
        await self.stage.start_bot()
        left = select(t.timer.c.key).where(t.timer.c.due == 0.0)
        await until(lambda: not self.ask(lambda c: c.execute(left).first()))
        await self.settled()

    # --- what the bot knows ------------------------------------------------------------------------------

    @contextmanager
    def store(self) -> Iterator[tuple[Keys, Store]]:
        """The bot's own database, as an administrator would open it."""
        keys, store = _open(load(self.stage.settings, self.stage.environment()))
        try:
            yield keys, store
        finally:
            store.close()

    def ask(self, fn: Callable[[Connection], Any]) -> Any:
        with self.store() as (_, store):
            return store.read_now(fn)

    def incidents(self, message: str | None = None, **where: Any) -> list[dict[str, Any]]:
        query = select(t.incident).order_by(t.incident.c.detected_at)
        if message is not None:
            query = query.where((t.incident.c.message == message) | (t.incident.c.place == message))
        for column, value in where.items():
            query = query.where(t.incident.c[column] == value)
        return self.ask(lambda c: [dict(r) for r in c.execute(query).mappings()])  # type: ignore[no-any-return]

    def incident(self, message: str, **where: Any) -> dict[str, Any]:
        (one,) = self.incidents(message, **where)
        return one

    def timeline(self, incident: str) -> list[str]:
        query = select(t.timeline.c.what).where(t.timeline.c.incident == incident).order_by(t.timeline.c.id)
        return self.ask(lambda c: list(c.execute(query).scalars()))  # type: ignore[no-any-return]


def _shown(body: Mapping[str, Any]) -> list[Any]:
    files = [[f.get("name"), f.get("title"), f.get("preview")] for f in body.get("files") or ()]
    return [body.get("blocks") or [], body.get("attachments") or [], files, body.get("topic", "")]


def _token(page: str) -> str:
    return page.partition('name="csrf" value="')[2].partition('"')[0]


def _button(body: Mapping[str, Any], action: str) -> tuple[str, dict[str, Any]]:
    for block in body["blocks"]:
        for element in block.get("elements", ()):
            if str(element.get("action_id", "")).endswith(action):
                return block.get("block_id", ""), element
    raise AssertionError(f"there is no button {action}")


@asynccontextmanager
async def scene(
    folder: Path, reach: str = "author_edit", *, connected: Sequence[str] = (), policy: str = ""
) -> AsyncIterator[Scene]:
    """The bot installed and settled. `connected`: who lets it edit (everyone of the trust by default)."""
    workspace = plant(grants=REACHES[reach])
    written = folder / "policy.yaml"
    written.write_text(policy or with_presets(PRESETS), "utf-8")
    async with Stage(workspace, folder, DIRECTORY, policy=written, ig_users=(IG,)) as stage:
        if reach == "tombstone":
            await stage.grant_discovery(ADMIN)
        await stage.install(ADMIN, only_bot=reach != "admin_replace")
        if reach == "author_edit":
            staff = [p.id for p in workspace.people.values() if not (p.is_bot or p.is_external or p.is_guest)]
            for user in connected or staff:
                await stage.connect(user)
        ready = Scene(stage)
        ready.faults.clock_factor = 60.0  # Slack comes again after a second, not a minute
        await ready.settled()
        yield ready


def with_presets(presets: Mapping[str, str]) -> str:
    """The policy that ships, with presets for some channels."""
    lines = "".join(f"\n  {channel}: {preset}" for channel, preset in presets.items())
    text = policies.default_text()
    assert text.rstrip().endswith("channels: {}")
    return text.rstrip().removesuffix("{}") + lines + "\n"
