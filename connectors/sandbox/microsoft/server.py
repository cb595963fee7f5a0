"""Microsoft's side as a web application over TLS on loopback, and how to run it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from connectors.sandbox.microsoft import authority, users
from connectors.sandbox.microsoft.tenant import Cloud
from connectors.sandbox.microsoft.tls import server_certificate
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


def build(
    cloud: Cloud, routes: Sequence[BaseRoute] = (), state: Mapping[str, Any] | None = None
) -> Starlette:
    """`routes` are further services of this Microsoft (Teams), `state` what they find in `app.state`."""
    app = Starlette(
        routes=[
            Route("/{tenant}/v2.0/.well-known/openid-configuration", authority.configuration),
            Route("/{tenant}/discovery/v2.0/keys", authority.keys),
            Route("/{tenant}/oauth2/v2.0/token", authority.token, methods=["POST"]),
            Route("/graph/v1.0/users/delta", users.delta),
            *routes,
        ]
    )
    app.state.cloud = cloud
    for name, value in (state or {}).items():
        setattr(app.state, name, value)
    return app


@asynccontextmanager
async def serving(
    cloud: Cloud, folder: Path, port: int = 0, *, routes: Sequence[BaseRoute] = (),
    state: Mapping[str, Any] | None = None,
) -> AsyncIterator[Served]:  # fmt: skip
    """Serve `cloud` in the present loop. `folder` gets the key and the certificate that clients are to trust."""
    cert, key = server_certificate(folder)
    listening = socket.create_server(("127.0.0.1", port), backlog=128)
    # asyncio does so only for sockets that it made itself; without, answers wait 40 ms for an ack.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    cloud.base_url = f"https://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        build(cloud, routes, state), log_level="warning", access_log=False, ssl_certfile=str(cert), ssl_keyfile=str(key),
        lifespan="off", timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = QuietServer(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await server.ready.wait()
    try:
        yield Served(cloud, cloud.base_url, cert)
    finally:
        server.should_exit = True
        for held in list(server.server_state.connections):
            held.transport.abort()  # clients that keep a TLS connection open would be waited for
        await running
