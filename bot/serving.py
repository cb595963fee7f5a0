"""The bot as an ASGI application with a beginning and an end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from bot import wiring
from bot.settings.sections import Settings


def application(settings: Settings) -> Starlette:
    """Everything wired; work begins when the server starts it and ends when the server stops it."""
    system = wiring.build(settings)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        await system.start()
        yield
        await system.stop()

    system.app.router.lifespan_context = life
    return system.app
