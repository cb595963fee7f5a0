"""Every page in a real browser: accessible, fits a phone, no script or policy complaint."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route

from bot.console.gate import cookie_name
from tests.bot.console.conftest import House, open_house
from tests.bot.console.seed import MASKED, NOW, ORIGINAL, PASSWORD, a_file, hidden, joined, people
from tests.browser import BROWSER, DESKTOP, PHONE, a_page, axe, overflow, resize

pytestmark = [*BROWSER]

PAGES = {
    "queue": ("reviewer", "/"),
    "queue-filtered": ("reviewer", "/?state=all&kind=DOB&outsiders=&since=2026-03-01"),
    "queue-empty": ("reviewer", "/?kind=CHI"),
    "own-events": ("clinician", "/"),
    "event": ("reviewer", "/events/aaaa00000001"),
    "event-failed": ("reviewer", "/events/aaaa00000002"),
    "queue-of-files": ("reviewer", "/?state=all&outcome=quarantined"),
    "event-file": ("reviewer", "/events/ffff00000001"),
    "event-file-under-way": ("reviewer", "/events/ffff00000002"),
    "own-event": ("clinician", "/events/aaaa00000001"),
    "membership": ("admin", "/membership"),
    "member": ("admin", "/membership/3"),
    "channels": ("admin", "/channels"),
    "channel": ("admin", "/channels/one?platform=slack&tenant=T1&id=C-WARD"),
    "people-here": ("admin", "/channels/people?platform=slack&tenant=T1&id=C-WARD"),
    "people-then": (
        "auditor",
        "/channels/people?platform=slack&tenant=T1&id=C-WARD&on=2026-03-14&time=08:00",
    ),
    "people-when": ("admin", "/channels/people?platform=slack&tenant=T1&id=C-WARD&on=2027-01-01"),
    "person": ("reviewer", "/membership/5/person"),
    "person-gone": ("auditor", "/membership/7/person"),
    "partners": ("reviewer", "/membership/partners?platform=slack&tenant=T1&id=C-WARD"),
    "partners-ended": ("auditor", "/membership/partners?state=ended"),
    "unresolved": ("reviewer", "/membership/unknown"),
    "identity": ("reviewer", "/membership/6/identity?q=oduya"),
    "identity-short": ("reviewer", "/membership/6/identity?q=o"),
    "directories": ("admin", "/membership/directories"),
    "health": ("admin", "/health"),
    "audit": ("auditor", "/audit"),
    "not-found": ("admin", "/events/none"),
    "refused": ("clinician", "/audit"),
    "sign-in": ("", "/sign-in"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shown(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("console")) as opened:
        await a_file(opened.store, opened.keys, opened.clock, "ffff00000001", NOW - 60, "quarantined")
        await a_file(opened.store, opened.keys, opened.clock, "ffff00000002", NOW - 5)
        await people(opened.store, opened.keys, opened.clock)
        yield opened


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def press(page: Page, button: str) -> None:
    """Press what leads to another page, and wait for that one: axe looks at nothing that is just going."""
    async with page.expect_navigation():
        await page.get_by_role("button", name=button).click()


async def sign_in(page: Page, house: House, role: str) -> None:
    if role:
        cookie = {"name": cookie_name(False), "value": await house.cookie(role), "url": house.url}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]


async def is_good(page: Page, name: str) -> None:
    """Accessible, and no wider than the window, on a desktop and on a phone; `name` calls its pictures."""
    for size in (PHONE, DESKTOP):
        await resize(page, size)
        await picture(page, f"{name}-{size[0]}")
        assert await axe(page) == [], (name, size)
        assert await overflow(page) <= 0, (name, size)


@pytest.mark.parametrize("name", PAGES)
async def test_page_is_accessible_and_fits(chromium: Browser, shown: House, name: str) -> None:
    role, path = PAGES[name]
    async with a_page(chromium) as page:
        await sign_in(page, shown, role)
        await page.goto(shown.url + path)
        await is_good(page, name)


async def test_a_whole_review_without_a_script(chromium: Browser, tmp_path: Path) -> None:
    """Sign in, filter, decide, reveal, hide again: with scripts switched off, at a phone's width."""
    async with open_house(tmp_path) as house:
        context = await chromium.new_context(
            java_script_enabled=False, viewport={"width": 375, "height": 812}
        )
        page = await context.new_page()
        await page.goto(house.url + "/?state=hidden")
        await page.get_by_label("Name").fill("reviewer")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        assert page.url.endswith("/?state=hidden"), "on to where we wanted to go"
        await picture(page, "plain-queue-375")
        await page.get_by_role("link", name="14 March 2026 at 07:20").click()
        await page.get_by_label("Near miss").check()
        await page.get_by_role("button", name="Save the decision").click()
        assert "Your decision is on record" in await page.inner_text("main")
        await page.get_by_text("Read the original").click()
        await page.get_by_label("Why do you need to see it?").nth(1).select_option("decide")
        await page.get_by_role("button", name="Show the original").click()
        assert ORIGINAL in await page.inner_text("main")
        await page.get_by_role("button", name="Hide it now").click()
        assert ORIGINAL not in await page.content()
        assert MASKED in await page.inner_text("main")
        await page.get_by_role("button", name="Sign out").click()
        assert "You are signed out" in await page.inner_text("main")
        await context.close()


async def test_answers_to_forms_are_accessible(chromium: Browser, tmp_path: Path) -> None:
    """The original, the problems, the notices and a long list, which no link leads to."""
    async with open_house(tmp_path) as house, a_page(chromium) as page:
        for n in range(30):
            await hidden(house.store, house.keys, house.clock, f"bbbb{n:08}", NOW - n, risk=50)
        await page.goto(house.url + "/sign-in")
        await press(page, "Sign in")
        await is_good(page, "sign-in-wrong")
        await sign_in(page, house, "reviewer")
        await page.goto(house.url + "/?state=all&page=2")
        await is_good(page, "queue-page-2")
        await page.goto(house.url + "/events/aaaa00000001")
        await page.get_by_label("Breach, reportable").check()
        await press(page, "Save the decision")
        await is_good(page, "event-problem")
        await page.get_by_label("Why?").fill("A locum who had left was still in the channel.")
        await press(page, "Save the decision")
        await is_good(page, "event-decided")
        await page.get_by_text("Read the original").click()
        await press(page, "Show the original")
        await is_good(page, "reveal-problem")
        await page.locator("#reveal-why").select_option("decide")
        await press(page, "Show the original")
        await is_good(page, "reveal")
        await joined(house.store, house.keys, house.clock, "aaaa00000007")
        await page.goto(house.url + "/events/aaaa00000007")
        await is_good(page, "event-joined")
        await page.goto(house.url + "/membership/3")
        await press(page, "Confirm")
        await is_good(page, "member-problem")


async def test_the_original_hides_itself(chromium: Browser, tmp_path: Path) -> None:
    """The browser obeys the header: with the minute cut to a second, the page goes by itself."""
    async with open_house(tmp_path) as house, a_page(chromium) as page:
        await sign_in(page, house, "reviewer")

        async def sooner(route: Route) -> None:
            answer = await route.fetch()
            headers = {**answer.headers, "refresh": answer.headers["refresh"].replace("60;", "1;", 1)}
            await route.fulfill(response=answer, headers=headers)

        await page.route("**/reveal", sooner)
        await page.goto(house.url + "/events/aaaa00000001")
        await page.get_by_text("Read the original").click()
        await page.locator("#reveal-why").select_option("decide")
        await page.get_by_role("button", name="Show the original").click()
        await page.wait_for_url("**/events/aaaa00000001?done=masked")
        assert ORIGINAL not in await page.content()


async def test_who_belongs_is_decided_without_a_script(chromium: Browser, tmp_path: Path) -> None:
    """Admit a partner with a mistake put right, end it, say whose an account is: on a phone, no scripts."""
    async with open_house(tmp_path) as house:
        await people(house.store, house.keys, house.clock)
        context = await chromium.new_context(
            java_script_enabled=False, viewport={"width": PHONE[0], "height": PHONE[1]}
        )
        page = await context.new_page()
        await sign_in(page, house, "reviewer")
        await page.goto(house.url + "/channels/people?platform=slack&tenant=T1&id=C-WARD")
        await page.get_by_role("link", name="Admit a partner here").click()
        await page.get_by_label("One person").check()
        await page.get_by_label("Email address, mail domain or account id").fill("ivo@council.example")
        await page.get_by_label("Purpose").fill("Discharge planning")
        await page.get_by_label("Sponsor").fill("Amara Okafor")
        await page.get_by_role("button", name="Admit").click()
        assert "Give a day from today on" in await page.inner_text("main")
        await picture(page, "partners-problem-375")
        await page.get_by_label("Last day").fill("2026-06-30")
        await page.get_by_role("button", name="Admit").click()
        assert "They are in the register" in await page.inner_text("main")
        await page.get_by_role("button", name="End now the admission of ivo@council.example").click()
        assert "The admission has ended" in await page.inner_text("main")
        await page.get_by_role("link", name="To resolve").click()
        await page.get_by_role("link", name="Sam Oduya").click()
        await page.get_by_label("Name, email address or staff number").fill("oduya")
        await page.get_by_role("button", name="Search the directories").click()
        await page.get_by_role("button", name="This is whose account it is").click()
        assert "Choose whose account this is" in await page.inner_text("main")
        await picture(page, "identity-problem-375")
        await page.get_by_label("Samuel Oduya").check()
        await page.get_by_role("button", name="This is whose account it is").click()
        assert "The account is matched" in await page.inner_text("main")
        await picture(page, "unresolved-matched-375")
        await context.close()
    assert [d.source for d in house.accepted] == ["console.partner"] * 2 + ["console.identity"]


async def test_problems_with_partners_and_accounts_are_accessible(chromium: Browser, tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, a_page(chromium) as page:
        await people(house.store, house.keys, house.clock)
        await sign_in(page, house, "reviewer")
        for path, button in (
            ("/membership/partners", "Admit"),
            (
                "/membership/6/identity?q=oduya",
                "This is whose account it is",
            ),
        ):
            await page.goto(house.url + path)
            await page.get_by_role("button", name=button, exact=True).click()
            await page.get_by_role("heading", name="There is a problem").wait_for()
            await is_good(page, button)
            summary = page.get_by_role("alert").get_by_role("link")
            for n in range(await summary.count()):
                await summary.nth(n).click()
                assert await page.evaluate("document.activeElement.name") in _FIELDS


_FIELDS = ("kind", "key", "purpose", "sponsor", "where", "until", "person")
