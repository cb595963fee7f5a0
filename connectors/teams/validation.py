"""The tokens by which Graph proves that a rich notification is its own, and meant for us.

Graph, "Validating the authenticity of notifications": signature, exp, aud our application, iss the tenant's,
and the publisher's application id.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import aiohttp
import jwt

from connectors.interface import Unavailable

PUBLISHER: Final = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""Microsoft Graph's change notification publisher."""
_LEEWAY: Final = 120
_REFRESH_S: Final = 60.0
"""Keys are asked for again at most this often, whatever unknown key a token names."""
_KEPT_S: Final = 24 * 3600.0
_TIMEOUT: Final = aiohttp.ClientTimeout(total=2.0)
"""Graph wants its answer within three seconds, this among it."""


class Forged(Exception):
    """A validation token that is not Graph's, not for us, or out of date."""


class SigningKeys:
    """A tenant's token-signing keys, from Entra; kept for a day, asked again when a new one turns up."""

    def __init__(
        self, authority: str, ca_file: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._authority = authority.rstrip("/")
        self._ca = ca_file
        self._clock = clock
        self._kept: dict[str, tuple[float, Mapping[str, jwt.PyJWK]]] = {}
        self._lock = asyncio.Lock()

    async def key(self, tenant: str, kid: str) -> jwt.PyJWK | None:
        """None when the tenant signs with no such key. Raises Unavailable when Entra does not answer."""
        async with self._lock:
            at, keys = self._kept.get(tenant, (float("-inf"), {}))
            age = self._clock() - at
            if age > _KEPT_S or (kid not in keys and age > _REFRESH_S):
                keys = await self._fetch(tenant)
                self._kept[tenant] = (self._clock(), keys)
        return keys.get(kid)

    async def _fetch(self, tenant: str) -> Mapping[str, jwt.PyJWK]:
        url = f"{self._authority}/{tenant}/discovery/v2.0/keys"
        context = ssl.create_default_context(cafile=str(self._ca)) if self._ca else True
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=_TIMEOUT, connector=aiohttp.TCPConnector(ssl=context)
                ) as session,
                session.get(url, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise Unavailable(f"Entra's keys: HTTP {answer.status}")
                return {k.key_id or "": k for k in jwt.PyJWKSet.from_dict(await answer.json()).keys}
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, jwt.PyJWTError) as error:
            raise Unavailable(f"Entra's keys could not be read ({type(error).__name__})") from None


class Validation:
    def __init__(
        self, app_id: str, tenants: frozenset[str], keys: SigningKeys, publisher: str = PUBLISHER
    ) -> None:
        self._app_id = app_id
        self._tenants = tenants
        self._keys = keys
        self._publisher = publisher

    async def vouched(self, tokens: Sequence[object]) -> frozenset[str]:
        """The tenants for which the tokens speak: every one must be good.

        Raises Forged; Unavailable when a signature could not be checked.
        """
        return frozenset([await self._tenant(token) for token in tokens])

    async def _tenant(self, token: object) -> str:
        if not isinstance(token, str):
            raise Forged
        try:
            kid = str(jwt.get_unverified_header(token).get("kid", ""))
            tenant = str(jwt.decode(token, options={"verify_signature": False}).get("tid", ""))
        except jwt.PyJWTError:
            raise Forged from None
        # Only a tenant of ours is asked for keys: a forged token must not send us elsewhere.
        key = await self._keys.key(tenant, kid) if tenant in self._tenants else None
        if key is None:
            raise Forged
        self._check(token, key, tenant)
        return tenant

    def _check(self, token: str, key: jwt.PyJWK, tenant: str) -> None:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token, key, ["RS256"], audience=self._app_id, leeway=_LEEWAY,
                issuer=[f"https://sts.windows.net/{tenant}/", f"https://login.microsoftonline.com/{tenant}/v2.0"],
                options={"require": ["exp", "aud", "iss"]},
            )  # fmt: skip
        except jwt.PyJWTError:
            raise Forged from None
        if (claims.get("appid") or claims.get("azp")) != self._publisher:
            raise Forged
