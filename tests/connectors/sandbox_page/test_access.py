"""The page for everybody: axe on every state, keyboard alone, small screens, high zoom."""

import pytest
from playwright.async_api import Page, expect

from tests.browser import BROWSER, DESKTOP, PHONE, axe, overflow
from tests.connectors.sandbox_page.conftest import (
    NOTE,
    NURSE,
    OUTSIDER,
    SISTER,
    WARD,
    Open,
    Ward,
    composer,
    messages,
)
from tests.connectors.sandbox_page.test_writing import form

pytestmark = BROWSER


def a_busy_ward(ward: Ward) -> None:
    """Every kind of thing that the page can show."""
    ts = ward.say("[Patient A] NHS [hidden] bed 4 needs bloods chased, K 6.2 https://calderbrook.example/k")
    ward.say("*On it* `10 ml` &amp; :+1:\n&gt; quoted", user=NURSE, thread_ts=ts, broadcast=True)
    ward.workspace.edit(WARD, ward.say("Mr Pike"), SISTER, "[Patient B]")
    ward.workspace.tombstone(WARD, ward.say("Mr Pike again"), "Hidden to protect a patient.")
    ward.workspace.join(WARD, OUTSIDER, SISTER)
    ward.say("Hello", user=OUTSIDER)
    ward.say("Handover", files=[ward.workspace.add_file(SISTER, "handover.txt", b"K 6.2", "text/plain")])
    ward.workspace.react(WARD, ts, NURSE, "+1")
    ward.whisper(NOTE)
    ward.whisper(NOTE, user=NURSE)


async def light_and_dark(page: Page) -> list[str]:
    """What axe finds wrong in either of the page's colour schemes."""
    wrong = await axe(page)
    await page.emulate_media(color_scheme="dark")
    wrong += await axe(page)
    await page.emulate_media(color_scheme="light")
    return wrong


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_axe_finds_nothing(ward: Ward, look: Open, size: tuple[int, int]) -> None:
    async with look(size=size) as page:
        assert await light_and_dark(page) == []
        a_busy_ward(ward)
        await expect(page.locator(".ephemeral")).to_have_count(1)
        await page.get_by_role("button", name="What members saw").click()
        await expect(page.locator(".ephemeral")).to_have_count(2)
        await page.get_by_role("button", name="Play a shift").click()
        await expect(page.locator("#shift-caption")).to_contain_text("Nine o'clock")
        assert await light_and_dark(page) == []
        await page.get_by_role("button", name="Stop the shift").click()
        await messages(page).filter(has_text="Handover").get_by_role("button", name="Edit").click()
        await page.get_by_role("button", name="1 reply").first.click()
        await expect(page.locator("#thread-list .message")).to_have_count(2)
        assert await light_and_dark(page) == []
        await page.get_by_role("button", name="Close the thread").click()
        await page.get_by_role("button", name="Members (").click()
        assert await light_and_dark(page) == []
        await page.keyboard.press("Escape")
        ward.listener.answer = {"response_action": "errors", "errors": {"line": "Please say something."}}
        ward.served.sandbox.interactivity.forms.open(SISTER, form())
        await page.get_by_role("dialog").get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Please say something.")).to_be_visible()
        assert await light_and_dark(page) == []


@pytest.mark.parametrize("size", [PHONE, (320, 568), (640, 400), (320, 256)], ids=str)
async def test_nothing_is_cut_off_on_small_screens_or_at_high_zoom(
    ward: Ward, look: Open, size: tuple[int, int]
) -> None:
    a_busy_ward(ward)
    ward.say("Pneumonoultramicroscopicsilicovolcanoconiosis" * 4)
    async with look(size=size) as page:
        await expect(page.locator(".ephemeral")).to_have_count(1)
        assert await overflow(page) == 0
        await composer(page).scroll_into_view_if_needed()
        await expect(composer(page)).to_be_in_viewport(ratio=0.9)
        await page.get_by_role("button", name="Members (").click()
        assert await overflow(page) == 0
        assert await page.locator(".modal").evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0


async def test_on_a_phone_the_channels_are_a_drawer_for_keyboard_and_touch(ward: Ward, look: Open) -> None:
    async with look(size=PHONE) as page:
        opener, person = page.get_by_role("button", name="Channels and people"), page.get_by_label("You are")
        await expect(person).to_be_hidden()
        await opener.focus()
        await page.keyboard.press("Enter")
        await expect(person).to_be_focused()
        assert await axe(page) == []
        await page.keyboard.press("Escape")
        await expect(person).to_be_hidden()
        await expect(opener).to_be_focused()
        await opener.click()
        await page.get_by_role("button", name="#social").click()
        await expect(person).to_be_hidden()
        await expect(page.get_by_role("heading", level=1)).to_have_text("#social")


async def test_all_can_be_reached_by_keyboard_with_the_focus_in_sight(ward: Ward, look: Open) -> None:
    ward.say("Tea?")
    ward.whisper(NOTE)
    async with look() as page:
        await expect(page.locator(".ephemeral")).to_have_count(1)
        reached = []
        for _ in range(40):
            await page.keyboard.press("Tab")
            name, outline = await page.evaluate(
                "(at => [at.ariaLabel || at.labels?.[0]?.innerText || at.innerText, getComputedStyle(at).outlineWidth])"
                "(document.activeElement)"
            )
            reached.append(name.split("\n")[0].strip())
            assert outline == "3px", name
            if name == "Send":
                break
    assert reached[0] == "Skip to messages"
    wanted = {
        "Play a shift", "What members saw", "You are", "#social", "Set topic", "Members (11)", "Messages", "Reply in thread",
        "Edit", "Delete", "OK", "Not a patient", "Message #ward-7-team", "Attach files", "Send",
    }  # fmt: skip
    assert wanted <= set(reached)


async def test_the_focus_stays_on_a_button_while_messages_come(ward: Ward, look: Open) -> None:
    ts = ward.say("Tea?")
    async with look() as page:
        await messages(page).first.get_by_role("button", name="Reply in thread").focus()
        ward.say("Yes", user=NURSE, thread_ts=ts)
        await expect(page.get_by_role("button", name="1 reply")).to_be_visible()
        await expect(messages(page).first.get_by_role("button", name="Reply in thread")).to_be_focused()
