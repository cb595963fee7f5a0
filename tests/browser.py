"""A real Chromium for tests: one process a session, a fresh profile a page, and axe's verdict on what is shown.

Use it from a `conftest.py` with `from tests.browser import chromium  # noqa: F401`, and mark a module's
tests with `pytestmark = BROWSER`: they share the session's event loop with the browser.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

BROWSER = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
DESKTOP = (1280, 800)
PHONE = (375, 812)

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# A busy machine is slow, not wrong: what a page is to show comes at once or, now and then, seconds later.
expect.set_options(timeout=20_000)

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")


def _executable() -> str | None:
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return os.environ.get("CHROMIUM") or next((path for path in found if path), None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One headless Chromium. Without one the test is skipped, except in CI, where it fails."""
    path = _executable()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium on this machine; CI needs one (Debian package chromium)")
        pytest.skip("No Chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield browser
        await browser.close()


@asynccontextmanager
async def a_page(
    browser: Browser, size: tuple[int, int] = DESKTOP, *, dark: bool = False, scale: float = 1
) -> AsyncIterator[Page]:
    """An empty page in a fresh profile. Leaving it fails the test if a script or the CSP complained."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        device_scale_factor=scale,
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", _keep_errors(complaints))
    try:
        yield page
    finally:
        await context.close()
    assert complaints == []


def _keep_errors(complaints: list[str]) -> Callable[[ConsoleMessage], None]:
    def keep(message: ConsoleMessage) -> None:
        # A refused request (4xx) is logged by Chromium itself; how the page takes it is the test's matter.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    return keep


async def axe(page: Page) -> list[str]:
    """What axe finds wrong with the page as shown (WCAG 2.2 A and AA, best practices), one line each."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text())
    violations = await page.evaluate(
        "async rules => (await axe.run(document, {runOnly: {type: 'tag', values: rules}})).violations",
        list(RULES),
    )
    return [
        f"{violation['id']}: {node['html'][:160]} ({violation['help']})"
        for violation in violations
        for node in violation["nodes"]
    ]


async def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(
        await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


async def resize(page: Page, size: tuple[int, int]) -> None:
    """Show the page in a window of this width and height."""
    await page.set_viewport_size({"width": size[0], "height": size[1]})


async def screenshot(page: Page, name: str) -> Path:
    """Save what is shown as NAME.png in the folder SCREENSHOTS of the environment (else a temporary one)."""
    folder = Path(os.environ.get("SCREENSHOTS") or tempfile.gettempdir())
    path = folder / f"{name}.png"
    await page.screenshot(path=path)
    return path
