"""Who may speak to our bot's address: only Microsoft's channel, for our app, from a tenant and service that we know.

Stands before the library, which answers 500 to a bad token, takes one without `exp`, and forgets a key that was
changed (facts, section 5). Nothing is read before the token is good, and nothing is ever logged.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
from starlette.exceptions import HTTPException
from starlette.requests import Request

from connectors.interface import Unavailable
from connectors.teams.keys import Keys
from connectors.webhook import capped, json_object

MAX_BYTES: Final = 1_000_000
ISSUER: Final = "https://api.botframework.com"
SERVICE_URLS: Final = ("https://smba.trafficmanager.net/",)
_CHANNEL: Final = "msteams"
_LEEWAY: Final = 300
"""Seconds that clocks may differ: Bot Connector authentication, "Verify the JWT token"."""


@dataclass(frozen=True, slots=True)
class Passed:
    """An activity that Microsoft's channel sent: `raw` as it came, `body` as read from it."""

    raw: bytes = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)
    tenant: str
    service_url: str


class Gate:
    """`service_urls` are addresses that an activity's own must lie below; http only for this very machine."""

    def __init__(
        self, app_id: str, keys: Keys, *, tenants: frozenset[str], service_urls: tuple[str, ...] = SERVICE_URLS,
        issuer: str = ISSUER, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._app_id = app_id
        self._keys = keys
        self._tenants = tenants
        self._services = tuple(_place(url) for url in service_urls)
        self._issuer = issuer
        self._clock = clock

    async def passed(self, request: Request) -> Passed:
        """Raises HTTPException: 401 no good token, 403 not from whom we serve, 413 too large, 400 no activity,
        503 Microsoft's keys could not be read."""
        claims = await self._token(request.headers.get("authorization", ""))
        raw = await capped(request, MAX_BYTES)
        body = json_object(raw)
        if not isinstance(body.get("type"), str):
            raise HTTPException(400, "malformed")
        service_url = str(body.get("serviceUrl") or "")
        if not service_url or body.get("channelId") != _CHANNEL or not self._is_served(service_url):
            raise HTTPException(403, "not from a service that we know")
        if str(claims.get("serviceurl", "")).rstrip("/") != service_url.rstrip("/"):
            raise _unsigned()
        return Passed(raw, body, self._tenant(body), service_url)

    async def _token(self, header: str) -> Mapping[str, Any]:
        """What a good token says."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _unsigned()
        try:
            head = jwt.get_unverified_header(token.strip())
            kid = head.get("kid")
            # Before anybody is asked for keys: a forger must not make us ask.
            if head.get("alg") != "RS256" or not isinstance(kid, str) or not self._may_be_ours(token.strip()):
                raise _unsigned()
            key = await self._keys.find(kid)
            if key is None or _CHANNEL not in key.get("endorsements", (_CHANNEL,)):
                raise _unsigned()
            return self._verified(token.strip(), key)
        except Unavailable:
            raise HTTPException(503, "try again") from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            raise _unsigned() from None

    def _may_be_ours(self, token: str) -> bool:
        claims = jwt.decode(token, options={"verify_signature": False})
        return bool(
            claims.get("aud") == self._app_id and claims.get("iss") == self._issuer and "exp" in claims
        )

    def _verified(self, token: str, key: Mapping[str, Any]) -> Mapping[str, Any]:
        options: Any = {
            "require": ["exp", "iss", "aud"],
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        }
        claims: Mapping[str, Any] = jwt.decode(
            token, jwt.PyJWK(dict(key), "RS256"), ["RS256"], audience=self._app_id, issuer=self._issuer,
            options=options,
        )  # fmt: skip
        now, begins, ends = self._clock(), claims.get("nbf", 0), claims["exp"]
        # A bool is an int, and JSON as Python reads it knows infinity.
        if not all(type(at) in (int, float) and math.isfinite(at) for at in (begins, ends)):
            raise _unsigned()
        if not begins - _LEEWAY <= now <= ends + _LEEWAY:
            raise _unsigned()
        return claims

    def _is_served(self, url: str) -> bool:
        try:
            scheme, host, path = _place(url)
        except ValueError:
            return False
        return any((scheme, host) == known[:2] and path.startswith(known[2]) for known in self._services)

    def _tenant(self, body: Mapping[str, Any]) -> str:
        """`conversation.tenantId` is not always there; `channelData.tenant` is. Both must be one that we serve."""
        data, where = body.get("channelData"), body.get("conversation")
        tenant = data.get("tenant") if isinstance(data, Mapping) else None
        said = tenant.get("id") if isinstance(tenant, Mapping) else None
        other = where.get("tenantId") if isinstance(where, Mapping) else None
        if not isinstance(said, str) or said not in self._tenants or other not in (None, said):
            raise HTTPException(403, "not from a tenant that we serve")
        return said


def _place(url: str) -> tuple[str, str, str]:
    """Scheme, host with port, and path ending in a slash. Raises ValueError for what is no plain address."""
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ValueError("a service must be reached by https")
    plain = not (parts.username or parts.password or parts.query or parts.fragment or "\\" in url)
    if not parts.hostname or not plain or ".." in parts.path.split("/") or "%" in parts.path:
        raise ValueError("not a plain address")
    return parts.scheme, parts.netloc.lower(), f"{parts.path.rstrip('/')}/"


def _unsigned() -> HTTPException:
    return HTTPException(401, "not signed", {"WWW-Authenticate": "Bearer"})
