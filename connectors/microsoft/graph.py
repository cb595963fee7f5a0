"""Microsoft Graph over HTTP: tokens, throttling, pages. It knows no resource; those who call it do."""

import asyncio
import io
import json
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urljoin, urlsplit

import aiohttp

from connectors.interface import NotAuthorised, Refused, Unavailable
from connectors.microsoft.connections import Connections
from connectors.microsoft.tokens import Tokens

GRAPH_URL: Final = "https://graph.microsoft.com/v1.0/"
_TIMEOUT: Final = 60.0
_TRIES: Final = 3
_PATIENCE: Final = 30.0
"""Seconds that a call waits for a throttle by itself; a longer one is the caller's business."""
_BUSY: Final = (412, 429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class Pacing(Protocol):
    """Who may call when; `path` is relative to Graph's own address."""

    async def turn(self, tenant: str, method: str, path: str) -> None:
        """Wait for leave for one call. Raises Unavailable rather than wait long."""

    def throttled(self, tenant: str, path: str, seconds: float) -> None:
        """Graph answered 429 and said to wait for so long."""


class Graph:
    """Calls of one application, in turn where `pace` has a say. Close it whenever no call is under way.

    Every call raises Unavailable (network, 5xx, a throttle too long to wait for: `retry_after` says how
    long), NotAuthorised (401, 403) or Refused (`code` is Graph's own). Errors never quote a body.
    """

    def __init__(
        self, tokens: Tokens, url: str = GRAPH_URL, ca_file: Path | None = None, pace: Pacing | None = None
    ) -> None:
        self._tokens = tokens
        self._pace = pace
        self.url = url if url.endswith("/") else f"{url}/"
        self._connections = Connections(ca_file, _TIMEOUT)

    async def get(
        self, tenant: str, path: str, params: Mapping[str, str] | None = None, **headers: str
    ) -> Any:
        """The JSON of `path` (relative, or an @odata link of this Graph)."""
        return (await self.call("GET", tenant, path, params=params, headers=headers)).body

    async def pages(
        self, tenant: str, path: str, params: Mapping[str, str] | None = None, **headers: str
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Each page's JSON; follows @odata.nextLink to the end."""
        next_path: str | None = path
        while next_path:
            page = await self.get(tenant, next_path, params, **headers)
            yield page
            next_path, params = page.get("@odata.nextLink"), None

    async def call(
        self, method: str, tenant: str, path: str, *, params: Mapping[str, str] | None = None,
        body: Any = None, data: bytes | None = None, headers: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """One request, tried again after a short throttle and with a fresh token after a 401."""
        url = urljoin(self.url, path)
        if urlsplit(url).netloc != urlsplit(self.url).netloc:
            raise Refused("a link led away from Graph", "foreign_link")  # the token must go nowhere else
        path, fresh = url.removeprefix(self.url), False
        for tried in range(1, _TRIES + 1):
            if self._pace:
                await self._pace.turn(tenant, method, path)
            token = await self._tokens.get(tenant, fresh=fresh)
            answer = await self._once(method, url, token, params, body, data, headers or {})
            if answer.status < 400:
                return answer
            if self._pace and answer.status == 429:
                self._pace.throttled(tenant, path, _wait(answer))
            fresh = answer.status == 401
            if tried == _TRIES or not (fresh or _worth_waiting(method, answer)):
                raise _error(answer)
            await asyncio.sleep(0 if fresh else _wait(answer) * random.uniform(1.0, 1.1))  # noqa: S311 - spread
        raise AssertionError("a loop of at least one try")

    async def close(self) -> None:
        """Give the connections back; a later call opens new ones."""
        await self._connections.close()

    async def _once(
        self, method: str, url: str, token: str, params: Mapping[str, str] | None, body: Any, data: bytes | None,
        headers: Mapping[str, str],
    ) -> Answer:  # fmt: skip
        sent = {"Authorization": f"Bearer {token}", **headers}
        try:
            async with self._connections.open().request(
                method,
                url,
                params=params,
                json=body,
                headers=sent,
                allow_redirects=False,
                data=None if data is None else io.BytesIO(data),
            ) as response:
                raw = await response.read()
                return Answer(response.status, _body(raw, response.content_type), response.headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            sure = isinstance(error, aiohttp.ClientConnectorError)
            raise Unavailable(f"Graph did not answer ({type(error).__name__})", maybe_done=not sure) from None


def _body(raw: bytes, content_type: str) -> Any:
    if "json" not in content_type:
        return raw
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        raise Unavailable("Graph's answer was cut short") from None


def _worth_waiting(method: str, answer: Answer) -> bool:
    """A throttled request was not carried out; after another trouble only reading again is harmless."""
    harmless = answer.status == 429 or (method == "GET" and answer.status in _BUSY)
    return harmless and _wait(answer) <= _PATIENCE


def _wait(answer: Answer) -> float:
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.replace(".", "", 1).isdigit() else 1.0


def _error(answer: Answer) -> Exception:
    body = answer.body if isinstance(answer.body, dict) else {}
    inner = body.get("error")
    code = str(inner.get("code", "")) if isinstance(inner, dict) else ""
    if answer.status in (401, 403):
        return NotAuthorised("Graph refused the application", code or str(answer.status))
    if answer.status in _BUSY:
        throttled = answer.status == 429
        return Unavailable(f"Graph answered {answer.status}", _wait(answer), maybe_done=not throttled)
    return Refused("Graph answered", code or str(answer.status))
