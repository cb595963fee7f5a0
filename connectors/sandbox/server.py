"""The sandbox as a web application on loopback, and how to run it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from connectors.sandbox import oauth
from connectors.sandbox.api.call import Sandbox
from connectors.sandbox.client import ROUTES, Screens
from connectors.sandbox.downloads import download, upload
from connectors.sandbox.events import Delivery
from connectors.sandbox.faults import Faults
from connectors.sandbox.interactivity import Interactivity
from connectors.sandbox.shift import Shift
from connectors.sandbox.uploads import Uploads
from connectors.sandbox.web_api import web_api
from connectors.sandbox.workspace import Workspace

PAGE = Path(__file__).with_name("page")


async def _history(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    return JSONResponse(sandbox.workspace.history() | {"deliveries": sandbox.delivery.log})


async def _faults(request: Request) -> Response:
    """Lay faults over the present ones; `{}` tells which hold."""
    sandbox: Sandbox = request.app.state.sandbox
    try:
        sandbox.faults.set(await request.json())
    except ValueError as wrong:
        return JSONResponse({"error": "bad_request", "message": str(wrong)}, 400)
    sandbox.workspace.sends_message_replied = sandbox.faults.message_replied
    return JSONResponse({})


async def _bot(request: Request) -> Response:
    """Set the app's request URL; says whether it passed Slack's url_verification handshake."""
    sandbox: Sandbox = request.app.state.sandbox
    sandbox.delivery.url = (await request.json())["url"].rstrip("/")
    return JSONResponse({"verified": await sandbox.delivery.verify_url()})


async def _grants(request: Request) -> Response:
    return JSONResponse(oauth.granted(request.app.state.sandbox.workspace))


async def _respond(request: Request) -> Response:
    """POST to a response_url."""
    sandbox: Sandbox = request.app.state.sandbox
    key = request.url.path.removeprefix("/")
    said = sandbox.interactivity.respond(key, await request.json())
    return PlainTextResponse(said, 200 if said == "ok" else 404)


async def _page(request: Request) -> Response:
    index = PAGE / "index.html"
    return FileResponse(index) if index.exists() else PlainTextResponse("The chat page is not here.", 404)


def build_app(workspace: Workspace, faults: Faults | None = None, bot_url: str = "") -> Starlette:
    """The web application over a workspace; `bot_url` is where the app under test listens."""
    faults = faults or Faults()
    delivery = Delivery(workspace, faults)
    delivery.url = bot_url.rstrip("/")
    sandbox = Sandbox(workspace, faults, delivery, Interactivity(workspace, delivery), Uploads())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await delivery.open()
        yield
        await app.state.shift.stop()
        await delivery.close()

    routes = [
        Route("/api/{method}", web_api, methods=["GET", "POST"]),
        Route("/oauth/v2/authorize", oauth.authorize),
        Route("/upload/v1/{secret}", upload, methods=["POST", "PUT"]),
        Route("/files-pri/{place}/{rest:path}", download),
        Route("/actions/{rest:path}", _respond, methods=["POST"]),
        Route("/commands/{rest:path}", _respond, methods=["POST"]),
        *ROUTES,
        Route("/sandbox/history", _history),
        Route("/sandbox/faults", _faults, methods=["POST"]),
        Route("/sandbox/bot", _bot, methods=["POST"]),
        Route("/sandbox/grants", _grants, methods=["GET", "POST"]),
        Route("/", _page),
        Mount("/page", StaticFiles(directory=PAGE, check_dir=False)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.sandbox, app.state.screens, app.state.shift = sandbox, Screens(workspace), Shift(sandbox)
    return app


@dataclass(frozen=True, slots=True)
class Served:
    """A running sandbox."""

    base_url: str
    sandbox: Sandbox

    @property
    def workspace(self) -> Workspace:
        return self.sandbox.workspace

    @property
    def faults(self) -> Faults:
        return self.sandbox.faults

    async def connect(self, bot_url: str) -> bool:
        """Point the app's request URLs at a bot; True when it passed the url_verification handshake."""
        self.sandbox.delivery.url = bot_url.rstrip("/")
        return await self.sandbox.delivery.verify_url()

    async def settled(self) -> None:
        """Wait until every event was delivered or given up."""
        await self.sandbox.delivery.settled()


class _Server(uvicorn.Server):
    """A server inside someone else's program, whose signals are not ours to catch."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serve(
    workspace: Workspace,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    bot_url: str = "",
    faults: Faults | None = None,
) -> AsyncIterator[Served]:
    """Run the sandbox in the running loop; port 0 takes a free one. Raises OSError when the port is taken."""
    listening = socket.create_server((host, port), backlog=512)
    workspace.base_url = f"http://{host}:{listening.getsockname()[1]}"
    app = build_app(workspace, faults, bot_url)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=2
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not running.done():
        await asyncio.sleep(0.005)
    try:
        yield Served(workspace.base_url, app.state.sandbox)
    finally:
        app.state.screens.close()
        server.should_exit = True
        await running
