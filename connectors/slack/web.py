"""Calls of Slack's Web API: one session, Slack's pace, our errors."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from connectors.interface import ConnectorError, Unavailable
from connectors.slack.errors import REVOKED, error
from connectors.slack.tokens import Token, Tokens

Payload = Mapping[str, Any]

PATIENCE = 3.0
"""Seconds that a call waits for Slack's Retry-After by itself; for longer the caller is told to come back."""
_ONCE = frozenset(("chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal"))
_UNAUTHORISED = 401
_HERE = ("127.0.0.1", "localhost", "::1")

# The SDK logs whole requests and answers at DEBUG. Message text must not reach a log because somebody set a
# level, so its logger stands outside the tree that logging configurations (uvicorn's too) reach.
_SILENT = logging.Logger("chaperone.slack.sdk", logging.CRITICAL + 1)  # noqa: LOG001
_SILENT.addHandler(logging.NullHandler())


class Web:
    """Honours Retry-After per method and workspace; repeats only what may be repeated."""

    def __init__(self, api_url: str, tokens: Tokens) -> None:
        self._api_url = api_url
        self._tokens = tokens
        self._session: aiohttp.ClientSession | None = None
        self._not_before: dict[tuple[str, str], float] = {}

    @property
    def session(self) -> aiohttp.ClientSession:
        """The one session, made on first use as it belongs to the running loop."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=20, connect=5),
                connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=15),
                cookie_jar=aiohttp.DummyCookieJar(),  # one workspace's cookies are not another's
                trust_env=urlsplit(self._api_url).hostname not in _HERE,
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def client(self) -> AsyncWebClient:
        """An SDK client without a token, over our session; our own pacing takes its retries' place."""
        client = AsyncWebClient(
            base_url=self._api_url, session=self.session, logger=_SILENT, retry_handlers=[]
        )
        client.proxy = None  # the session knows the proxy, and NO_PROXY too
        return client

    async def call(self, token: Token | None, method: str, **arguments: object) -> Payload:
        """Slack's answer, whose `ok` was true. Raises what `errors.error` says, or Unavailable."""
        return (await self.answer(token, method, **arguments))[0]

    async def answer(
        self, token: Token | None, method: str, **arguments: object
    ) -> tuple[Payload, Mapping[str, str]]:
        """As `call`, with the answer's headers (X-OAuth-Scopes)."""
        tenant = token.tenant if token else ""
        token = await self._tokens.fresh(token, self.client) if token else None
        for last in (False, True):
            await self._pace(tenant, method)
            try:
                return await self._once(token, method, arguments)
            except SlackApiError as refused:
                problem = self._problem(token, method, refused)
                throttled = self._not_before.get((tenant, method), 0.0) > time.monotonic()
                if last or not throttled:
                    raise problem from None
            except aiohttp.ServerDisconnectedError:
                if last or method in _ONCE:
                    raise Unavailable(f"slack {method}: connection lost", maybe_done=True) from None
            except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as fault:
                sent = not isinstance(fault, aiohttp.ClientConnectorError)
                raise Unavailable(f"slack {method}: {type(fault).__name__}", maybe_done=sent) from None
        raise AssertionError("unreachable")

    async def pages(
        self, token: Token, method: str, key: str, *, limit: int = 200, **arguments: object
    ) -> AsyncIterator[list[Any]]:
        """The lists under `key`, page by page."""
        cursor = ""
        while True:
            page = await self.call(token, method, limit=limit, cursor=cursor or None, **arguments)
            yield list(page.get(key) or ())
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _once(
        self, token: Token | None, method: str, arguments: Payload
    ) -> tuple[Payload, Mapping[str, str]]:
        form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in arguments.items() if v is not None}
        headers = {"Authorization": f"Bearer {token.value}"} if token else {}
        response = await self.client().api_call(method, data=form, headers=headers)
        data = response.data
        if not isinstance(data, dict):
            raise Unavailable(f"slack {method}: not an answer of Slack's")
        return data, response.headers

    async def _pace(self, tenant: str, method: str) -> None:
        wait = self._not_before.get((tenant, method), 0.0) - time.monotonic()
        if wait > PATIENCE:
            raise Unavailable(f"slack {method}: ratelimited", wait)
        if wait > 0:
            await asyncio.sleep(wait)

    def _problem(self, token: Token | None, method: str, refused: SlackApiError) -> ConnectorError:
        """Our error for Slack's; notes how long to wait, and that a token is gone."""
        answer = refused.response
        status = int(getattr(answer, "status_code", 0) or getattr(answer, "status", 0))
        data = getattr(answer, "data", None)
        code = str(data.get("error") or "") if isinstance(data, dict) else ""
        if status == 429 or code in ("ratelimited", "rate_limited"):
            after = _seconds(getattr(answer, "headers", {}))
            self._not_before[(token.tenant if token else "", method)] = time.monotonic() + after
            return error(method, "ratelimited", after)
        if not code or status >= 500:
            return error(method, "invalid_auth" if status == _UNAUTHORISED else "service_unavailable")
        if token and code in REVOKED:
            self._tokens.revoked(token)
        return error(method, code)


def _seconds(headers: Mapping[str, str]) -> float:
    try:
        return max(float(headers.get("Retry-After", "1")), 0.0)
    except ValueError:
        return 1.0
