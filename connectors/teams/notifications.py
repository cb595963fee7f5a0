"""Graph's side door: change notifications and lifecycle notifications, proved, decrypted and committed.

Microsoft advises to answer 202 even to a forgery; we refuse, so that what could not be proved or read for a
passing reason (keys out of reach, a certificate put back) is sent again for four hours instead of lost.
"""

import asyncio
import hashlib
import hmac
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.interface import Accept, Delivery, Unavailable
from connectors.teams import told
from connectors.teams.encryption import Certificates, Undecipherable
from connectors.teams.validation import Forged, Validation
from connectors.webhook import capped, json_object

log = logging.getLogger(__name__)

CHANGES: Final = "/teams/notifications"
LIFECYCLE: Final = "/teams/lifecycle"
MAX_BYTES: Final = 8_000_000
_LONGEST_ECHO: Final = 4096

Item = Mapping[str, Any]
Heard = Callable[[str, str, str], None]
"""A tenant's subscription (its id) and what happened to it, in lower case; kept for good when it returns."""
Serve = Callable[[Item], Awaitable[None]]


class Notifications:
    """`secret` makes each tenant's clientState; `refused` counts what was turned away, by reason."""

    def __init__(
        self, *, tenants: frozenset[str], secret: bytes, validation: Validation, certificates: Certificates,
        accept: Accept, heard: Heard,
    ) -> None:  # fmt: skip
        self._tenants = tenants
        self._secret = secret
        self._validation = validation
        self._certificates = certificates
        self._accept = accept
        self._heard = heard
        self.refused: Counter[str] = Counter()

    def routes(self) -> list[Route]:
        return [
            Route(CHANGES, self.changes, methods=["POST"]),
            Route(LIFECYCLE, self.lifecycle, methods=["POST"]),
        ]

    async def changes(self, request: Request) -> Response:
        return await self._answer(request, self._changed)

    async def lifecycle(self, request: Request) -> Response:
        return await self._answer(request, self._lived)

    async def _answer(self, request: Request, serve: Serve) -> Response:
        """The echo of a handshake; else 202 after the commit, 4xx for what is not Graph's, 503 to be sent again."""
        if (echo := request.query_params.get("validationToken")) is not None:
            return PlainTextResponse(echo[:_LONGEST_ECHO], headers={"X-Content-Type-Options": "nosniff"})
        try:
            await serve(await _object(request))
        except HTTPException as no:
            self.refused[no.detail] += 1
            return PlainTextResponse(no.detail, no.status_code)
        except Unavailable:
            return PlainTextResponse("try again", 503)
        except Exception as error:  # noqa: BLE001 - whatever it was, Graph must not be told that we have it
            # Only its kind: an error's words may hold what was to be stored.
            log.error("could not commit what Graph told us: %s", type(error).__name__)
            return PlainTextResponse("try again", 503)
        return Response(status_code=202)

    async def _changed(self, body: Item) -> None:
        items = self._items(body)
        sealed = [item for item in items if item.get("encryptedcontent")]
        tokens = body.get("validationtokens") or []
        if sealed or tokens:
            await self._prove(sealed, tokens)
        for delivery in await asyncio.to_thread(self._opened, items):
            await self._accept(delivery)

    async def _lived(self, body: Item) -> None:
        for item in self._items(body):
            happened = str(item.get("lifecycleevent", "")).lower()
            self._heard(str(item["tenantid"]), str(item.get("subscriptionid", "")), happened)

    def _items(self, body: Item) -> list[Item]:
        """Each item, of a tenant of ours and with its clientState. Raises HTTPException."""
        items = body.get("value")
        if not isinstance(items, list) or not items or not all(isinstance(i, Mapping) for i in items):
            raise HTTPException(400, "malformed")
        for item in items:
            tenant = str(item.get("tenantid", ""))
            given = str(item.get("clientstate", "")).encode("utf-8", "surrogatepass")
            expected = client_state(self._secret, tenant).encode()
            if not hmac.compare_digest(given, expected) or tenant not in self._tenants:
                raise HTTPException(403, "not our subscription")
        return items

    async def _prove(self, sealed: list[Item], tokens: object) -> None:
        if not isinstance(tokens, list):
            raise HTTPException(401, "not proved")
        try:
            vouched = await self._validation.vouched(tokens)
        except Forged:
            raise HTTPException(401, "not proved") from None
        if any(str(item["tenantid"]) not in vouched for item in sealed):
            raise HTTPException(401, "not proved")

    def _opened(self, items: list[Item]) -> list[Delivery]:
        try:
            now = datetime.now(UTC)
            return [told.change(item, self._data(item), now) for item in items]
        except (Undecipherable, UnicodeDecodeError):
            raise HTTPException(400, "cannot be read") from None
        except (ValueError, TypeError, AttributeError):
            raise HTTPException(400, "malformed") from None

    def _data(self, item: Item) -> Item | None:
        sealed = item.get("encryptedcontent")
        if not sealed:
            return None
        if not isinstance(sealed, Mapping):
            raise Undecipherable
        data = json.loads(self._certificates.open(sealed))
        if not isinstance(data, Mapping):
            raise Undecipherable
        return data


def client_state(secret: bytes, tenant: str) -> str:
    """What our subscriptions in a tenant carry: nobody who does not hold `secret` can tell it."""
    return hmac.new(secret, f"teams.clientState/{tenant}".encode(), hashlib.sha256).hexdigest()


async def _object(request: Request) -> Item:
    """The body, its own and its items' keys in lower case (documents and service differ in them)."""
    return dict(_lower(json_object(await capped(request, MAX_BYTES)), depth=3))


def _lower(value: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if depth and isinstance(inner, Mapping):
            inner = dict(_lower(inner, depth - 1))
        elif depth and isinstance(inner, list):
            inner = [dict(_lower(i, depth - 1)) if isinstance(i, Mapping) else i for i in inner]
        yield key.lower(), inner
