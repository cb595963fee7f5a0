"""The tokens by which Graph proves that a rich notification is its own, and meant for us.

Graph, "Validating the authenticity of notifications": signature, exp, aud our application, iss the tenant's,
and the publisher's application id.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import jwt

from connectors.interface import Unavailable
from connectors.teams.keys import Keys

PUBLISHER: Final = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""Microsoft Graph's change notification publisher."""
_LEEWAY: Final = 300
_PATIENCE: Final = 2.0
"""Graph wants its answer within three seconds, and the commit is still to come."""


class Forged(Exception):
    """A validation token that is not Graph's, not for us, or out of date."""


class Validation:
    """`authority` is Entra's; a tenant's tokens are signed by that tenant's keys."""

    def __init__(
        self, app_id: str, tenants: frozenset[str], authority: str, ca_file: Path | None = None,
        publisher: str = PUBLISHER,
    ) -> None:  # fmt: skip
        self._app_id = app_id
        self._publisher = publisher
        base = authority.rstrip("/")
        self._keys = {t: Keys(f"{base}/{t}/v2.0/.well-known/openid-configuration", ca_file) for t in tenants}

    async def vouched(self, tokens: Sequence[object]) -> frozenset[str]:
        """The tenants for which the tokens speak: every one must be good.

        Raises Forged; Unavailable when a signature could not be checked in time.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                return frozenset([await self._tenant(token) for token in tokens])
        except TimeoutError:
            raise Unavailable("Entra's keys could not be read in time") from None
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise Forged from None

    async def _tenant(self, token: object) -> str:
        if not isinstance(token, str):
            raise Forged
        head = jwt.get_unverified_header(token)
        claimed = jwt.decode(token, options={"verify_signature": False})
        tenant, kid = claimed.get("tid"), head.get("kid")
        # Before anybody is asked for keys: a forger must not make us ask.
        if tenant not in self._keys or claimed.get("aud") != self._app_id or head.get("alg") != "RS256":
            raise Forged
        key = await self._keys[tenant].find(kid) if isinstance(kid, str) else None
        if key is None:
            raise Forged
        self._verify(token, key, str(tenant))
        return str(tenant)

    def _verify(self, token: str, key: Mapping[str, Any], tenant: str) -> None:
        claims: Mapping[str, Any] = jwt.decode(
            token, jwt.PyJWK(dict(key), "RS256"), ["RS256"], audience=self._app_id, leeway=_LEEWAY,
            issuer=[f"https://sts.windows.net/{tenant}/", f"https://login.microsoftonline.com/{tenant}/v2.0"],
            options={"require": ["exp", "aud", "iss"]},
        )  # fmt: skip
        if (claims.get("appid") or claims.get("azp")) != self._publisher:
            raise Forged
