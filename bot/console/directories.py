"""The staff directories: how old their word is, whom they know, and reading them again now."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.asking import ask
from bot.console.pages import Console
from bot.console.sessions import Visitor

_PLACE = {"platform": "", "tenant": ""}


async def directories(console: Console, visitor: Visitor, request: Request) -> Response:
    """In the order in which their word counts."""
    found = await console.health() if console.health else ()
    return console.page(
        request, "directories.jinja", visitor, directories=found, done=request.query_params.get("done", "")
    )


async def sync(console: Console, visitor: Visitor, request: Request) -> Response:
    """Ask the bot to read all of them now and to look at everyone again."""
    await ask(console, visitor, "console.sync", _PLACE, "directories", {})
    return RedirectResponse("/membership/directories?done=sync", 303)
