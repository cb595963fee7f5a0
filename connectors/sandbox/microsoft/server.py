"""Microsoft's side as a web application over TLS on loopback, and how to run it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from connectors.sandbox.microsoft import authority, users
from connectors.sandbox.microsoft.tenant import Cloud
from connectors.sandbox.microsoft.tls import certificate
from connectors.sandbox.server import QuietServer


@dataclass(frozen=True, slots=True)
class Served:
    cloud: Cloud
    url: str
    """The authority; Graph is at `url`/graph/v1.0/."""
    ca_file: Path

    @property
    def graph_url(self) -> str:
        return f"{self.url}/graph/v1.0/"


def build(cloud: Cloud) -> Starlette:
    app = Starlette(
        routes=[
            Route("/{tenant}/v2.0/.well-known/openid-configuration", authority.configuration),
            Route("/{tenant}/discovery/v2.0/keys", authority.keys),
            Route("/{tenant}/oauth2/v2.0/token", authority.token, methods=["POST"]),
            Route("/graph/v1.0/users/delta", users.delta),
        ]
    )
    app.state.cloud = cloud
    return app


@asynccontextmanager
async def serving(cloud: Cloud, folder: Path, port: int = 0) -> AsyncIterator[Served]:
    """Serve `cloud` in the present loop. `folder` gets the key and the certificate that clients are to trust."""
    cert, key = certificate(folder)
    listening = socket.create_server(("127.0.0.1", port), backlog=128)
    cloud.base_url = f"https://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        build(cloud), log_level="warning", access_log=False, ssl_certfile=str(cert), ssl_keyfile=str(key),
        lifespan="off", timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = QuietServer(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await server.ready.wait()
    try:
        yield Served(cloud, cloud.base_url, cert)
    finally:
        server.should_exit = True
        await running
