"""The bot with a Teams-like client that we did not write: cards as it shows them, buttons as it presses them.

The nurse at its page has what each test says in sight of her colleagues; the tests share one page.
"""

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Locator, Page

from connectors.sandbox.teams import activities
from tests.bot.end_to_end.playground.exchange import Sent
from tests.bot.end_to_end.playground.stage import PlaygroundScene
from tests.bot.end_to_end.stage import NHS, NURSE, NURSE2
from tests.browser import BROWSER, screenshot

pytestmark = [*BROWSER, pytest.mark.timeout(300)]

SAID = f"Can someone chase bloods for NHS {NHS}? K was 5.9"
MASKED = "Can someone chase bloods for NHS [hidden]? K was 5.9"
WARNING = "it could not be hidden here"
POST_COPY = "Post a masked copy"


def card(page: Page, words: str) -> Locator:
    """The newest card with these words."""
    return page.locator(".ac-adaptiveCard").filter(has_text=words).last


async def warned(ward: PlaygroundScene, page: Page) -> str:
    """The nurse says something in the chat and is shown a card; the ts of what she said."""
    await page.get_by_text("Night shift", exact=True).first.click()
    ts = await ward.says(NURSE, SAID, ward.stage.chat.id)
    await card(page, WARNING).wait_for()
    return ts


async def test_the_warning_is_shown_and_its_button_puts_a_masked_copy_there(
    ward: PlaygroundScene, page: Page
) -> None:
    ts = await warned(ward, page)
    warning = card(page, WARNING)
    assert await warning.get_by_role("button").all_inner_texts() == [POST_COPY, "OK", "Not a patient"]
    assert NHS not in await warning.inner_text()
    await screenshot(page, "playground-warning")
    await warning.get_by_role("button", name=POST_COPY).click()
    await card(page, "A copy without identifiers stands in the conversation").wait_for()
    await card(page, MASKED).wait_for()
    await warning.wait_for(state="hidden")
    await screenshot(page, "playground-copy")
    press = ward.exchange.presses()[-1]
    assert (press.status, press.answer["statusCode"]) == (200, 200)
    await ward.settled()
    assert "copy_posted" in ward.timeline(ward.event(ts, ward.stage.chat.id)["id"])


async def test_what_is_typed_at_the_page_is_answered_in_its_thread(ward: PlaygroundScene, page: Page) -> None:
    await page.get_by_text("General", exact=True).click()
    await page.get_by_role("textbox").first.click()
    await page.keyboard.type("@Chap")
    await page.get_by_text("Chaperone", exact=True).last.click()
    await page.keyboard.type(f" {SAID}")
    await page.get_by_role("button", name="Post", exact=True).click()
    # Whoever names the bot says something to it, too.
    help_ = card(page, "“@Chaperone who” shows who reads here")
    await help_.wait_for()
    assert "connect" not in await help_.inner_text()
    warning = card(page, WARNING)
    await warning.wait_for()
    await screenshot(page, "playground-thread")
    await warning.get_by_role("button", name=POST_COPY).click()
    await card(page, f"Chaperone {MASKED}").wait_for()
    await warning.wait_for(state="hidden")
    await ward.settled()
    said = next(s for s in reversed(ward.exchange.sent) if s.activity["type"] == "message")
    event = ward.incident(said.activity["id"])
    assert (event["kind"], event["sender"]) == ("message", ward.account(NURSE))
    assert "copy_posted" in ward.timeline(event["id"])


async def test_the_sender_alone_can_press_and_is_answered_even_where_the_card_is_gone(
    ward: PlaygroundScene, page: Page
) -> None:
    """A targeted message stands for a day: after that only the answer to a press can be shown."""
    ts = await warned(ward, page)
    refused = await answered(ward, colleagues_press(ward))
    assert refused.answer["statusCode"] == 403
    await ward.settled()
    assert await card(page, WARNING).is_visible()
    ward.exchange.vanished = True
    try:
        await card(page, WARNING).get_by_role("button", name="Not a patient").click()
        await card(page, WARNING).wait_for(state="hidden")
        await ward.settled()
    finally:
        ward.exchange.vanished = False
    assert "card.adaptive" in ward.exchange.presses()[-1].answer["type"]
    assert ward.timeline(ward.event(ts, ward.stage.chat.id)["id"]).count("disputed") == 1


async def test_what_nobody_signed_is_refused(ward: PlaygroundScene) -> None:
    """The bot is the one that serves the world: without the exchange the playground is a stranger to it."""
    teams, playground = ward.teams, ward.stage.playground.url
    installed = activities.installation(teams.estate, ward.stage.chat, "add", NURSE, time.time())
    elsewhere = installed | {"serviceUrl": playground}
    signed = {"Authorization": f"Bearer {teams.keys.token(teams.app.client_id, playground)}"}
    async with aiohttp.ClientSession() as http:
        for body, headers, status in ((installed, {}, 401), (elsewhere, signed, 403)):
            url = f"{ward.stage.bot_url}/api/messages"
            async with http.post(url, json=body, headers=headers) as refused:
                assert refused.status == status


def colleagues_press(ward: PlaygroundScene) -> dict[str, Any]:
    """What a client would send if somebody else pressed the first button of the newest card."""
    calls = [c for c in ward.exchange.called if c.method == "POST" and "actions" in str(c.body)]
    button = calls[-1].body["attachments"][0]["content"]["actions"][0]
    estate, chat = ward.teams.estate, ward.stage.chat
    where = estate.places.conversation_id(chat.id)
    return activities.invoke(estate, chat, NURSE2, calls[-1].answer["id"], where, button)


async def answered(ward: PlaygroundScene, activity: dict[str, Any]) -> Sent:
    """Have the playground send an activity; what the bot answered it."""
    await ward.stage.playground.sends(activity)
    async with asyncio.timeout(30):
        while True:
            if found := [s for s in ward.exchange.sent if s.activity["id"] == activity["id"]]:
                return found[0]
            await asyncio.sleep(0.05)
