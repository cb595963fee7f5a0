"""`chaperone demo` as anybody starts it: Slack and Teams on one page, each over its own wire, with one bot."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.demo import free_pair
from bot.replay.stage import StageError, free_port
from connectors.sandbox.teams.hiding import BLOCKED
from tests.bot.end_to_end.stage import NURSE, SISTER, WARD
from tests.browser import BROWSER, PHONE, a_page, axe
from tests.browser import chromium as chromium  # a fixture of every test here

pytestmark = BROWSER
GENERAL, TRANSFERS = "C0TGENERL", "C0TNETWRK"
SAID = "Mrs Okafor NHS 943 476 5919 bed 4 needs bloods chased, K 6.2"
MASKED = "[Patient A] NHS [hidden] bed 4 needs bloods chased, K 6.2"
SLOW = 30_000
"""Milliseconds: a machine that does much else besides still shows what came."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chat(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a demo's chat page."""
    port, folder = _port(), tmp_path_factory.mktemp("demo")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", str(port), "--folder", str(folder), stdout=asyncio.subprocess.PIPE,
        # A shell's background job ignores Ctrl+C, and so would what is started from it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(150):
        while line := (await process.stdout.readline()).decode():
            if line.split()[:1] == ["Chat"]:
                break
    yield line.split()[1]
    process.send_signal(signal.SIGINT)
    await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0


def _port() -> int:
    while True:
        try:
            return free_pair(free_port())
        except StageError:
            continue


async def look(page: Page, chat: str, user: str, channel: str) -> None:
    await page.goto(f"{chat}?{user}{channel}#as={user}&channel={channel}")
    await expect(page.get_by_role("heading", level=1)).not_to_have_text("Loading…", timeout=SLOW)


async def say(page: Page, text: str = SAID) -> None:
    await page.get_by_role("textbox", name="Message ").fill(text)
    await page.keyboard.press("Enter")


def card(page: Page) -> Locator:
    return page.locator(".ephemeral .card")


async def deliveries(chat: str, ts: str) -> set[tuple[str, Any]]:
    async with aiohttp.ClientSession() as http, http.get(f"{chat}sandbox/history") as response:
        told = (await response.json())["deliveries"]
    return {(d["type"], d["status"]) for d in told if d["ts"] == ts}


async def test_a_message_typed_into_teams_is_hidden_over_its_wire_and_one_press_brings_it_back(
    chat: str, chromium: Browser
) -> None:
    async with a_page(chromium) as nurse, a_page(chromium, PHONE) as sister:
        await look(sister, chat, SISTER, GENERAL)
        await look(nurse, chat, NURSE, GENERAL)
        await say(nurse)
        await expect(nurse.get_by_text("Only you can still read it.")).to_be_visible(timeout=SLOW)
        await expect(card(nurse)).to_contain_text(
            "Name and NHS number hidden from your message.", timeout=SLOW
        )
        await expect(nurse.locator(".below .body").first).to_contain_text(MASKED, timeout=SLOW)
        messages = sister.locator("#message-list > .message")
        await expect(messages).to_contain_text([BLOCKED, MASKED], timeout=SLOW)
        await expect(card(sister)).to_have_count(0)
        assert SAID not in await sister.locator("#message-list").inner_text()
        for page in (nurse, sister):
            assert await axe(page) == []
        ts = await messages.first.get_attribute("data-key")
        assert await deliveries(chat, str(ts)) == {("activity.message", 200), ("notification.messages", 202)}
        await nurse.get_by_role("button", name="Not a patient").focus()
        await nurse.keyboard.press("Enter")
        await expect(card(nurse)).to_contain_text("Shown again, as not about a patient.", timeout=SLOW)
        await expect(card(nurse)).to_be_focused()
        await expect(card(nurse).get_by_role("button")).to_have_count(0)
        await expect(messages).to_contain_text([SAID], timeout=SLOW)


async def test_where_the_app_is_only_installed_the_sender_has_a_masked_copy_posted(
    chat: str, chromium: Browser
) -> None:
    async with a_page(chromium) as page:
        await look(page, chat, NURSE, TRANSFERS)
        await say(page)
        await expect(card(page)).to_contain_text("it could not be hidden here", timeout=SLOW)
        await page.get_by_role("button", name="Post a masked copy").click()
        await expect(card(page)).to_contain_text(
            "A copy without identifiers stands in the conversation.", timeout=SLOW
        )
        await expect(page.locator(".below .body").last).to_contain_text(MASKED, timeout=SLOW)
        await expect(page.locator("#message-list > .message").first).to_contain_text(SAID)


async def test_slack_stands_beside_it(chat: str, chromium: Browser) -> None:
    async with a_page(chromium) as page:
        await look(page, chat, NURSE, WARD)
        await say(page)
        await expect(page.locator("#message-list > .message").first).to_contain_text(MASKED, timeout=SLOW)
        await expect(page.get_by_role("button", name="Needed for urgent care")).to_be_visible(timeout=SLOW)


async def test_a_second_demo_takes_other_ports() -> None:
    first = free_pair()
    with socket.create_server(("127.0.0.1", first + 1)):
        assert free_pair() not in (first - 1, first, first + 1)
        with pytest.raises(StageError, match="taken"):
            free_pair(first)
