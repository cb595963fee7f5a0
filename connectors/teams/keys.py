"""The public keys of whoever signs tokens for us, by OpenID Connect Discovery, kept and asked again when they change."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from connectors.interface import Unavailable
from connectors.microsoft.connections import trusted

BOT_FRAMEWORK: Final = "https://login.botframework.com/v1/.well-known/openidconfiguration"
_TIMEOUT: Final = aiohttp.ClientTimeout(total=10, connect=5)
_FRESH: Final = 24 * 3600.0
_MISSES: Final = 3
"""How often a minute we ask about keys that we do not know: whoever makes up ids must not make us ask for each."""


class Keys:
    """Keys by id. Each is a JWK as published (RFC 7517), with what the publisher added ("endorsements")."""

    def __init__(
        self, metadata_url: str = BOT_FRAMEWORK, ca_file: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:  # fmt: skip
        self._url = metadata_url
        self._ca = ca_file
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys: dict[str, Mapping[str, Any]] = {}
        self._read_at: float | None = None
        self._failed_at: float | None = None
        self._missed: deque[float] = deque(maxlen=_MISSES)

    async def find(self, kid: str) -> Mapping[str, Any] | None:
        """The key, or None when its publisher knows none of that id. Raises Unavailable when that could not be
        told."""
        if self._is_at_hand(kid):
            return self._keys[kid]
        async with self._lock:
            if not self._is_at_hand(kid) and self._may_ask(kid):
                await self._read_again(kid)
        return self._keys.get(kid)

    def _is_at_hand(self, kid: str) -> bool:
        return kid in self._keys and not self._is_older(self._read_at, _FRESH)

    def _may_ask(self, kid: str) -> bool:
        if kid in self._keys or not self._keys:
            return True
        return len(self._missed) < _MISSES or self._is_older(self._missed[0], 60.0)

    async def _read_again(self, kid: str) -> None:
        """A key that we have is used on while its publisher does not answer."""
        try:
            if not self._is_older(self._failed_at, 1.0):
                raise Unavailable("the keys could not be read a moment ago")
            self._keys, self._read_at = await self._read(), self._clock()
            if kid not in self._keys:
                self._missed.append(self._clock())
        except Unavailable:
            self._failed_at = self._clock()
            if kid not in self._keys:
                raise

    def _is_older(self, moment: float | None, seconds: float) -> bool:
        return moment is None or self._clock() - moment >= seconds

    async def _read(self) -> dict[str, Mapping[str, Any]]:
        context = trusted(self._ca)
        try:
            async with aiohttp.ClientSession(
                timeout=_TIMEOUT, connector=aiohttp.TCPConnector(ssl=context), raise_for_status=True
            ) as session:
                configuration = await _json(session, self._url)
                published = await _json(session, str(configuration["jwks_uri"]))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"the keys could not be read ({type(error).__name__})") from None
        keys = published.get("keys")
        usable = [k for k in keys if isinstance(k, dict) and k.get("kid")] if isinstance(keys, list) else []
        if not usable:
            raise Unavailable("no keys were published")
        return {str(k["kid"]): k for k in usable}


async def _json(session: aiohttp.ClientSession, url: str) -> Any:
    if urlsplit(url).scheme != "https":
        raise ValueError("keys are read by https alone")
    async with session.get(url, allow_redirects=False) as response:
        return await response.json(content_type=None)
