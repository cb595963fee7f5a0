"""The served chat page over the seed workspace, with a listener in the bot's place."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Locator, Page, expect

from connectors.sandbox.seed import plant
from connectors.sandbox.server import Served, serve
from connectors.sandbox.workspace import Workspace
from tests.browser import DESKTOP, a_page
from tests.browser import chromium as chromium  # a fixture of every test here
from tests.connectors.sandbox.conftest import Json, Listener

WARD, BEDS, THEATRE = "C0WARD7TM", "C0BEDMEET", "C0THEATRE"
SISTER, NURSE, OUTSIDER = "U0SISTER1", "U0NURSE01", "U0OUTSIDE"

Open = Callable[..., AbstractAsyncContextManager[Page]]


@dataclass
class Ward:
    """The workspace as a test changes it, and what reached the bot."""

    served: Served
    listener: Listener

    @property
    def workspace(self) -> Workspace:
        return self.served.workspace

    def say(self, text: str, user: str = SISTER, channel: str = WARD, **more: object) -> str:
        """Post as a person; returns the message's ts."""
        return self.workspace.post(channel, user, text, **more).ts  # type: ignore[arg-type]

    def whisper(self, blocks: list[Json], user: str = SISTER, thread_ts: str | None = None) -> None:
        """A note that one person sees, as the app would post it."""
        note = {"text": "A note", "user": "U0CHAPER1", "bot_id": "B0CHAPER1", "blocks": blocks}
        self.workspace.whisper(WARD, user, note, thread_ts=thread_ts)


@pytest_asyncio.fixture(loop_scope="session")
async def ward() -> AsyncIterator[Ward]:
    workspace = plant()
    listener = Listener(workspace.app.signing_secret)
    app = web.Application()
    app.router.add_post("/slack/events", listener.event)
    app.router.add_post("/slack/interactions", listener.interaction)
    app.router.add_post("/slack/commands", listener.command)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with serve(workspace, bot_url=f"http://127.0.0.1:{runner.addresses[0][1]}") as served:
        yield Ward(served, listener)
    await runner.cleanup()
    assert listener.problems == []


@pytest_asyncio.fixture(loop_scope="session")
async def look(ward: Ward, chromium: Browser) -> Open:
    """`async with look(person) as page`: the chat page as that person, on the ward's channel."""

    @asynccontextmanager
    async def opened(
        user: str = SISTER, size: tuple[int, int] = DESKTOP, *, dark: bool = False
    ) -> AsyncIterator[Page]:
        async with a_page(chromium, size, dark=dark) as page:
            await page.goto(f"{ward.served.base_url}/#as={user}&channel={WARD}")
            await expect(page.locator("#messages")).to_have_attribute("aria-busy", "false")
            yield page

    return opened


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message #")


def messages(page: Page) -> Locator:
    """The channel's messages, the channel's own lines left out."""
    return page.locator("#message-list > .message")


def section(text: str) -> Json:
    return {"type": "section", "block_id": "said", "text": {"type": "mrkdwn", "text": text}}


def button(label: str, action: str, **more: object) -> Json:
    return {
        "type": "button", "action_id": action, "value": action, "text": {"type": "plain_text", "text": label}, **more
    }  # fmt: skip


NOTE = [
    section("*Name and NHS number hidden.* The rest was delivered."),
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [button("OK", "ok", style="primary"), button("Not a patient", "not_patient")],
    },
    {
        "type": "context",
        "block_id": "foot",
        "elements": [{"type": "mrkdwn", "text": "Help, not discipline."}],
    },
]
