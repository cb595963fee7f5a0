"""The sandbox as a web application on loopback, and how to run it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

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
    return JSONResponse(sandbox.workspace.history())


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
    """Install without a browser: every token that the grants allow."""
    return JSONResponse(oauth.granted(request.app.state.sandbox.workspace))


async def _respond(request: Request) -> Response:
    """POST to a response_url."""
    sandbox: Sandbox = request.app.state.sandbox
    key = request.url.path.removeprefix("/")
    said = sandbox.interactivity.answers.take(key, await request.json())
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
        Route("/sandbox/grants", _grants, methods=["POST"]),
        Route("/", _page),
        Mount("/page", StaticFiles(directory=PAGE, check_dir=False)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.sandbox, app.state.screens, app.state.shift = sandbox, Screens(workspace), Shift(sandbox)
    return app


class Served:
    """A sandbox that runs in the present loop between `start` and `stop`."""

    def __init__(
        self, workspace: Workspace, host: str, port: int, bot_url: str, faults: Faults | None
    ) -> None:
        self.workspace = workspace
        self.base_url = ""
        self._where = (host, port)
        self._app = build_app(workspace, faults, bot_url)
        self._server: uvicorn.Server | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def sandbox(self) -> Sandbox:
        return self._app.state.sandbox  # type: ignore[no-any-return]

    @property
    def faults(self) -> Faults:
        return self.sandbox.faults

    async def start(self) -> "Served":
        """Listen, and return once requests are answered. Raises OSError when the port is taken."""
        listening = socket.create_server(self._where, backlog=512)
        # asyncio does so only for sockets that it made itself; without, answers wait 40 ms for an ack.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.base_url = f"http://{self._where[0]}:{listening.getsockname()[1]}"
        self.workspace.base_url = self.base_url
        config = uvicorn.Config(
            self._app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=2
        )
        self._server = QuietServer(config)
        self._running = asyncio.create_task(self._server.serve(sockets=[listening]))
        await self._server.ready.wait()
        return self

    async def stop(self) -> None:
        self._app.state.screens.close()
        if self._server and self._running:
            self._server.should_exit = True
            await self._running

    async def connect(self, bot_url: str) -> bool:
        """Point the app's request URLs at a bot; True when it passed the url_verification handshake."""
        self.sandbox.delivery.url = bot_url.rstrip("/")
        return await self.sandbox.delivery.verify_url()

    def undelivered(self) -> int:
        """How many deliveries are under way or wait for a retry."""
        return self.sandbox.delivery.under_way

    async def settled(self) -> None:
        """Wait until every event was delivered or given up."""
        await self.sandbox.delivery.settled()

    def __await__(self) -> Generator[Any, None, "Served"]:
        return self.start().__await__()

    async def __aenter__(self) -> "Served":
        return await self.start()

    async def __aexit__(self, *raised: object) -> None:
        await self.stop()


class QuietServer(uvicorn.Server):
    """A server inside someone else's program, whose signals are not ours to catch."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
        finally:
            # Whoever waits for the start is told of a failed one too.
            self.ready.set()


def serve(
    workspace: Workspace,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    bot_url: str = "",
    faults: Faults | None = None,
) -> Served:
    """Run the sandbox in the present loop: `async with serve(…) as running`, or `await serve(…)` and `stop()`.

    Port 0 takes a free one.
    """
    return Served(workspace, host, port, bot_url, faults)
