"""Every page in a real browser: accessible, fits a phone, no script or policy complaint."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.console.gate import cookie_name
from tests.bot.console.conftest import House, open_house
from tests.browser import BROWSER, DESKTOP, PHONE, a_page, axe

pytestmark = [*BROWSER]

PAGES = {
    "queue": ("reviewer", "/"),
    "queue-filtered": ("reviewer", "/?state=all&kind=DOB&outsiders=&since=2026-03-01"),
    "queue-empty": ("reviewer", "/?kind=CHI"),
    "own-events": ("clinician", "/"),
    "event": ("reviewer", "/events/aaaa00000001"),
    "event-failed": ("reviewer", "/events/aaaa00000002"),
    "own-event": ("clinician", "/events/aaaa00000001"),
    "membership": ("admin", "/membership"),
    "member": ("admin", "/membership/3"),
    "channels": ("admin", "/channels"),
    "channel": ("admin", "/channels/one?platform=slack&tenant=T1&id=C-WARD"),
    "health": ("admin", "/health"),
    "audit": ("auditor", "/audit"),
    "not-found": ("admin", "/events/none"),
    "refused": ("clinician", "/audit"),
    "sign-in": ("", "/sign-in"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shown(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("console")) as opened:
        yield opened


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def sign_in(page: Page, house: House, role: str) -> None:
    if role:
        cookie = {"name": cookie_name(False), "value": await house.cookie(role), "url": house.url}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
async def test_page_is_accessible_and_fits(
    chromium: Browser, shown: House, name: str, size: tuple[int, int]
) -> None:
    role, path = PAGES[name]
    async with a_page(chromium, size) as page:
        await sign_in(page, shown, role)
        await page.goto(shown.url + path)
        await picture(page, f"{name}-{size[0]}")
        assert await axe(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
