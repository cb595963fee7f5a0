"""Teams on the page: cards and their questions, threads, what was blocked; for everybody, by keyboard too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from connectors.interface import Button, Field, Note
from connectors.sandbox.teams.hiding import BLOCKED
from connectors.teams import cards
from tests.browser import BROWSER, DESKTOP, PHONE, a_page, axe, overflow
from tests.connectors.sandbox.teams.conftest import NURSE, SISTER, Json, listening
from tests.connectors.sandbox.teams.test_page import CHAT, GENERAL, TRANSFERS, Both, both_served
from tests.connectors.sandbox_page.conftest import messages

pytestmark = BROWSER
READER = cards.Reader("tenant", "nurse", cards.Signer(b"of the test"), {"@1": "Ravi Menon"})
TOLD = Note(
    "*Hidden* for <@1>: [Patient A]_1.\n- ask",
    (Button("ok", "OK", "1", "primary"), Button("no", "Not so", "1")),
    "#1",
)
ASKED = (
    Field("why", "Why?", optional=False),
    Field("how", "How?", optional=False, options=(("a", "By phone"), ("b", "In person"))),
    Field("more", "More", multiline=True),
)


@pytest_asyncio.fixture(loop_scope="session")
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    async with listening() as bot, both_served(bot, tmp_path) as ready:
        yield ready


async def look(page: Page, both: Both, user: str = NURSE, channel: str = GENERAL) -> None:
    await page.goto(f"{both.served.base_url}/?{user}#as={user}&channel={channel}")
    await expect(page.get_by_role("heading", level=1)).not_to_have_text("Loading…")


def a_busy_ward(both: Both) -> str:
    """A blocked message with its copy and card, one that somebody reported, and a thread; the first one's ts."""
    ts = both.say(GENERAL, "Mr Pike in bed 9")
    both.block(ts)
    copy = "[Patient A] in bed 9\nshared by Elin Pritchard, identifiers hidden by Chaperone"
    app = both.workspace.app
    both.workspace.post_as_app(
        GENERAL, {"text": copy, "user": app.user, "bot_id": app.bot, "type": "message"}, thread_ts=ts, broadcast=False
    )  # fmt: skip
    both.whisper(cards.card(TOLD, READER), thread_ts=ts)
    both.whisper(cards.form("Tell IG", ASKED, "tell", "1", READER))
    both.workspace.join(GENERAL, "U0ADMIN01", SISTER)
    return ts


async def test_the_platforms_are_told_apart(both: Both, chromium: Browser) -> None:
    async with a_page(chromium) as page:
        await look(page, both, channel="C0WARD7TM")
        for name, rows in (
            ("Slack", ["#ward-7-team"]), ("Microsoft Teams", ["General", "Handover", "Doctors on call"]),
            ("Teams, installed only", ["Transfers"]),
        ):  # fmt: skip
            region = page.get_by_role("region", name=name, exact=True)
            for row in rows:
                await expect(region.get_by_role("button", name=row)).to_be_visible()
        await page.get_by_role("button", name="Transfers").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Regional network › Transfers")
        await expect(page.locator("#room-home")).to_have_text("Teams, installed only")
        await page.get_by_role("textbox", name="Message Regional network").fill("Bed for @Tom Hughes?")
        await page.keyboard.press("Enter")
        await expect(messages(page).locator(".mention")).to_have_text("@Tom Hughes")
        await page.get_by_role("button", name="Doctors on call").click()
        await page.get_by_role("textbox", name="Message Doctors on call").fill("/tea")
        await page.keyboard.press("Enter")
        await expect(messages(page)).to_contain_text("/tea")
        await expect(page.get_by_role("button", name="Reply")).to_have_count(0)
    (told,) = both.bot.of("message")[:1]
    assert told["entities"][0]["mentioned"]["name"] == "Tom Hughes"
    assert {m.channel for c in both.workspace.channels.values() for m in c.messages.values()} == {
        TRANSFERS,
        CHAT,
    }


async def test_a_card_reads_as_it_is_meant_and_asks_until_it_is_answered(
    both: Both, chromium: Browser
) -> None:
    both.whisper(cards.card(TOLD, READER))
    both.whisper(cards.form("Tell IG", ASKED, "tell", "7", READER))
    both.bot.answer = {"statusCode": 200, "type": cards.CARD, "value": cards.plain("Sent. *Thank you.*")}
    async with a_page(chromium) as page:
        await look(page, both)
        told, form = page.get_by_role("group").first, page.get_by_role("group", name="Tell IG")
        await expect(told.locator("p")).to_have_text(
            ["*Hidden* for @Ravi Menon: [Patient A]_1.", "- ask", "#1"]
        )
        await expect(told.locator(".mask")).to_have_text("[Patient A]")
        await expect(told.get_by_role("button")).to_have_text(["OK", "Not so"])
        send = form.get_by_role("button", name="Send")
        await send.focus()
        await page.keyboard.press("Enter")
        await expect(form.locator(".field-error")).to_have_text(
            ["Please answer this.", "Please answer this.", ""]
        )
        await expect(form.get_by_label("Why?")).to_be_focused()
        await form.get_by_label("Why?").fill("The wrong patient")
        await form.get_by_label("How?").select_option("In person")
        await send.focus()
        await page.keyboard.press("Enter")
        answered = page.get_by_role("group", name="Sent. *Thank you.*")
        await expect(answered).to_be_focused()
        await expect(answered.get_by_role("button")).to_have_count(0)
        await expect(form).to_have_count(0)
    data: Json = both.bot.of("invoke")[0]["value"]["action"]["data"]
    assert (data["why"], data["how"], data["more"]) == ("The wrong patient", "b", "")
    assert data[cards.OURS]["value"] == "7"


async def test_what_was_blocked_is_read_by_its_sender_and_reported_by_keyboard(
    both: Both, chromium: Browser
) -> None:
    a_busy_ward(both)
    async with a_page(chromium) as page:
        await look(page, both)
        await expect(page.get_by_text("Mr Pike in bed 9")).to_be_visible()
        await page.get_by_text("What can I do?").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("You reported this.")).to_have_count(1)
        await look(page, both, SISTER)
        await expect(messages(page).first).to_contain_text(BLOCKED)
        await expect(messages(page)).to_have_count(2)
        await expect(messages(page).last.locator(".body p")).to_have_text(
            ["[Patient A] in bed 9", "shared by Elin Pritchard, identifiers hidden by Chaperone"]
        )
        await page.get_by_role("button", name="What members saw").click()
        await expect(page.get_by_text("The original could be read for")).to_have_count(1)
        await expect(page.locator(".ephemeral")).to_have_count(2)
        await expect(page.locator(".ephemeral button")).to_have_count(0)
        await page.get_by_role("button", name="Reply").first.click()
        await expect(
            page.get_by_role("textbox", name="Reply in the thread in Ward 7 › General")
        ).to_be_focused()
        await page.keyboard.type("On it")
        await page.keyboard.press("Enter")
        await expect(page.locator("#message-list > .below").last).to_contain_text("On it")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Reply").first).to_be_focused()


async def test_axe_finds_nothing_and_nothing_is_cut_off(both: Both, chromium: Browser) -> None:
    a_busy_ward(both)
    for size, dark in ((DESKTOP, True), (PHONE, False), ((320, 568), False)):
        async with a_page(chromium, size, dark=dark) as page:
            await look(page, both)
            await expect(page.locator(".ephemeral")).to_have_count(2)
            await page.get_by_text("What can I do?").click()
            await page.get_by_role("group", name="Tell IG").get_by_role("button", name="Send").click()
            assert await axe(page) == []
            assert await overflow(page) == 0
