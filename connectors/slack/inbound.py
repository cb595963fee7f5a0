"""Slack's side door: what Slack posts to us, committed to the durable inbox before it is answered.

The gate comes first, then slack-bolt with our settings; see `dispatch`.
"""

from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from connectors.interface import Accept, Delivery
from connectors.slack import actions, deliveries
from connectors.slack.dispatch import Dispatch
from connectors.slack.gate import Gate
from connectors.webhook import json_object

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


class Inbound:
    """`secret` keys the digests by which a repeated message is known."""

    def __init__(self, gate: Gate, accept: Accept, secret: bytes) -> None:
        self._gate = gate
        self._dispatch = Dispatch(accept)
        self._secret = secret

    def routes(self) -> list[Route]:
        return [
            Route("/slack/events", self.events, methods=["POST"]),
            Route("/slack/interactions", self.interactions, methods=["POST"]),
            Route("/slack/commands", self.commands, methods=["POST"]),
        ]

    async def events(self, request: Request) -> Response:
        try:
            raw, _ = await self._gate.body(request, _JSON)
            body = json_object(raw)
            if body.get("type") == "url_verification":
                return JSONResponse({"challenge": str(body.get("challenge", ""))})
            return await self._take(raw, _JSON, lambda: deliveries.event(body, self._secret))
        except HTTPException as refused:
            return _refusal(refused)

    async def interactions(self, request: Request) -> Response:
        try:
            raw, signed_at = await self._gate.body(request, _FORM)
            body = json_object(_form(raw).get("payload", "").encode())
            if actions.is_external(body):
                raise HTTPException(403, "only members of this workspace may do this")
            return await self._take(raw, _FORM, lambda: deliveries.action(body, signed_at, self._secret))
        except HTTPException as refused:
            return _refusal(refused)

    async def commands(self, request: Request) -> Response:
        try:
            raw, signed_at = await self._gate.body(request, _FORM)
            form = _form(raw)
            if form.get("ssl_check") == "1":
                return Response(status_code=200)
            return await self._take(raw, _FORM, lambda: deliveries.command(form, signed_at, self._secret))
        except HTTPException as refused:
            return _refusal(refused)

    async def _take(self, raw: bytes, content_type: str, make: Callable[[], Delivery]) -> Response:
        try:
            delivery = make()
        except (AttributeError, TypeError, ValueError, KeyError):
            raise HTTPException(400, "malformed") from None
        status = await self._dispatch.take(raw, content_type, delivery)
        return Response(status_code=status)


def _form(raw: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise HTTPException(400, "malformed") from None
    return {k: v[0] for k, v in fields.items()}


def _refusal(refused: HTTPException) -> Response:
    return PlainTextResponse(refused.detail, status_code=refused.status_code)
