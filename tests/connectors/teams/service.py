"""A small Bot Connector and its key publisher over TLS on loopback: what was asked of it, and what goes wrong."""

import asyncio
import functools
import json
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.microsoft.tokens import App, Tokens
from connectors.sandbox.microsoft.tls import server_certificate
from connectors.sandbox.server import QuietServer
from connectors.teams.botapi import BotApi
from connectors.teams.known import Known

APP = "11111111-2222-4333-8444-55555555abcd"
TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
TEAM = "bbbbbbbb-0000-4000-8000-000000000002"
GENERAL = "19:general@thread.tacv2"
CHANNEL = "19:ward@thread.tacv2"
NURSE, OTHER = "cccccccc-0000-4000-8000-00000000000a", "cccccccc-0000-4000-8000-00000000000b"
ISSUER = "https://api.botframework.com"
SECRET = b"a secret for cards"


@functools.cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@functools.cache
def tls_files() -> tuple[Path, Path]:
    return server_certificate(Path(tempfile.mkdtemp()))


def published(kid: str, **more: Any) -> dict[str, Any]:
    """A key as its publisher lists it."""
    public: dict[str, Any] = RSAAlgorithm.to_jwk(private_key(kid).public_key(), as_dict=True)
    return {**public, "kid": kid, "use": "sig", **more}


@dataclass
class Asked:
    method: str
    path: str
    query: str
    body: Any


@dataclass
class Service:
    """`answers` are (status, headers, body) for the next requests by a piece of their path; then all goes well."""

    url: str = ""
    ca_file: Path = Path()
    keys: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, list[tuple[int, dict[str, str], Any]]] = field(default_factory=dict)
    key_reads: int = 0
    keys_down: bool = False
    opened: list[BotApi] = field(default_factory=list)

    @property
    def metadata_url(self) -> str:
        return f"{self.url}/openid"

    @property
    def service_url(self) -> str:
        return f"{self.url}/uk/"

    def api(self, store: "Store | None" = None) -> BotApi:
        """Our bot's calls to this service; closed with it."""
        tokens = Tokens(App(APP, "secret", authority=self.url, ca_file=self.ca_file))
        self.opened.append(
            BotApi(tokens, Known(store or Store(), self.service_url), APP, ca_file=self.ca_file)
        )
        return self.opened[-1]

    def refuse(self, piece: str, status: int, code: str = "", *, times: int = 1, **headers: str) -> None:
        body = {"error": {"code": code, "message": "no"}} if code else None
        self.answers.setdefault(piece, []).extend([(status, headers, body)] * times)

    def sent(self, method: str = "POST") -> list[Asked]:
        return [a for a in self.asked if a.method == method and "/activities" in a.path]

    def claims(self, **more: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": APP,
            "nbf": now - 5,
            "exp": now + 3600,
            "serviceurl": self.service_url,
        }
        return {k: v for k, v in {**claims, **more}.items() if v is not None}

    def token(self, kid: str = "one", algorithm: str = "RS256", signer: str = "", **more: Any) -> str:
        return jwt.encode(self.claims(**more), private_key(signer or kid), algorithm, headers={"kid": kid})

    # --- what it serves ---

    async def openid(self, request: Request) -> Response:
        self.key_reads += 1
        return JSONResponse(
            {"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"}, 500 if self.keys_down else 200
        )

    async def jwks(self, request: Request) -> Response:
        return JSONResponse({"keys": self.keys})

    async def entra(self, request: Request) -> Response:
        """Enough of Entra for MSAL's client credentials."""
        base = f"{self.url}/{request.path_params['tenant']}"
        if request.url.path.endswith("/token"):
            return JSONResponse({"token_type": "Bearer", "expires_in": 3599, "access_token": "bot-token"})
        return JSONResponse(
            {"issuer": f"{base}/v2.0", "token_endpoint": f"{base}/oauth2/v2.0/token",
             "authorization_endpoint": f"{base}/authorize", "jwks_uri": f"{self.url}/keys"}
        )  # fmt: skip

    async def bots(self, request: Request) -> Response:
        raw = await request.body()
        path = request.scope["raw_path"].decode().partition("?")[0]
        self.asked.append(Asked(request.method, path, request.url.query, json.loads(raw) if raw else None))
        if request.headers.get("authorization") != "Bearer bot-token":
            return JSONResponse({"error": {"code": "Unauthorized"}}, 401)
        for piece, waiting in self.answers.items():
            if piece in f"{request.method} {path}?{request.url.query}" and waiting:
                status, headers, body = waiting.pop(0)
                return Response(json.dumps(body) if body else "", status, headers)
        if "/members/" in path:
            return JSONResponse({"id": f"29:{path.rpartition('/')[2]}"})
        if "/v3/teams/" in path:
            return JSONResponse({"id": path.rpartition("/")[2], "aadGroupId": TEAM})
        if path.endswith("/v3/conversations"):
            return JSONResponse({"id": f"a:{json.loads(raw)['members'][0]['id']}"}, 201)
        return JSONResponse({"id": f"17640000000{len(self.asked):02}"}, 201)


@asynccontextmanager
async def serving() -> AsyncIterator[Service]:
    service = Service(keys=[published("one", endorsements=["msteams"])])
    cert, key = tls_files()
    app = Starlette(
        routes=[
            Route("/openid", service.openid),
            Route("/keys", service.jwks),
            Route("/uk/{rest:path}", service.bots, methods=["GET", "POST", "PUT", "DELETE"]),
            Route("/{tenant}/{rest:path}", service.entra, methods=["GET", "POST"]),
        ]
    )
    listening = socket.create_server(("127.0.0.1", 0))
    service.url, service.ca_file = f"https://127.0.0.1:{listening.getsockname()[1]}", cert
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, ssl_certfile=str(cert), ssl_keyfile=str(key), lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = QuietServer(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await server.ready.wait()
    try:
        yield service
    finally:
        for api in service.opened:
            await api.close()
        # Connections that clients keep open are no reason to wait.
        server.should_exit = server.force_exit = True
        await running


def activity(service_url: str, kind: str = "message", **more: Any) -> dict[str, Any]:
    """What Teams sends of a message in a channel, with whatever is laid over it."""
    return {
        "type": kind, "id": "1764000000000", "timestamp": "2025-11-24T16:00:00.000Z", "channelId": "msteams",
        "serviceUrl": service_url, "from": {"id": "29:nurse", "aadObjectId": NURSE, "name": "Nia Example"},
        "conversation": {
            "isGroup": True, "conversationType": "channel", "tenantId": TENANT,
            "id": f"{CHANNEL};messageid=1764000000000",
        },
        "recipient": {"id": f"28:{APP}", "name": "Chaperone"}, "text": "BP 90/60", "textFormat": "plain",
        "channelData": {
            "tenant": {"id": TENANT}, "team": {"id": GENERAL, "aadGroupId": TEAM}, "channel": {"id": CHANNEL},
        },
        **more,
    }  # fmt: skip


class Store:
    """A TokenStore in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str, str], Any] = {}

    def get(self, platform: str, tenant: str, kind: str, subject: str = "") -> Any:
        return self._kept.get((platform, tenant, kind, subject))

    def put(self, platform: str, tenant: str, kind: str, subject: str, token: Any) -> None:
        self._kept[platform, tenant, kind, subject] = token

    def drop(self, platform: str, tenant: str, kind: str | None = None, subject: str | None = None) -> int:
        gone = [k for k in self._kept if k[:2] == (platform, tenant) and kind in (None, k[2])]
        for key in gone:
            del self._kept[key]
        return len(gone)

    def tenants(self, platform: str) -> tuple[str, ...]:
        return tuple({k[1] for k in self._kept if k[0] == platform})
