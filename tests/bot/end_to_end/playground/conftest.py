"""One bot and one playground for all tests here."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from connectors.sandbox.seed import DIRECTORY, plant
from tests.bot.end_to_end.playground.program import needed
from tests.bot.end_to_end.playground.stage import PlaygroundScene, PlaygroundStage
from tests.bot.end_to_end.stage import IG, WARD
from tests.browser import DESKTOP, chromium  # noqa: F401

_PATIENCE_MS = 60_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ward(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PlaygroundScene]:
    """The app installed in the ward's team and in its chat."""
    needed()
    folder = tmp_path_factory.mktemp("playground")
    async with PlaygroundStage(plant(), folder, DIRECTORY, ig_users=(IG,)) as stage:
        for place in (WARD, stage.chat.id):
            await stage.install(place)
        ready = PlaygroundScene(stage)
        await ready.settled()
        yield ready


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(ward: PlaygroundScene, chromium: Browser) -> AsyncIterator[Page]:  # noqa: F811
    """The playground's page, at which a nurse sits: its script is nine megabytes, so it is opened once."""
    width, height = DESKTOP
    opened = await chromium.new_page(viewport={"width": width, "height": height})
    opened.set_default_timeout(_PATIENCE_MS)
    await opened.goto(ward.stage.playground.url)
    yield opened
    await opened.close()
