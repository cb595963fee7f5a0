"""slack-bolt, as the facts allow it to be used: whatever Slack sends is committed before Bolt answers.

Bolt's defaults would lose work, so each is set: it answers only after its listener
(`process_before_response`); a missing installation is no reason to drop an event, and nobody is asked who
we are for each one (`_anybody`); our own messages are told apart later, in both their shapes
(`ignoring_self_events_enabled`); the gate has checked the signature, since Bolt logs the whole body of a
request whose signature is wrong (`request_verification_enabled`).
"""

import logging
import re

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from connectors.interface import Accept, Delivery

log = logging.getLogger(__name__)

_ANY = re.compile(".*", re.DOTALL)
_DELIVERY = "chaperone_delivery"


class Dispatch:
    """Hands requests that passed the gate to Bolt, whose listeners put them into the inbox."""

    def __init__(self, accept: Accept) -> None:
        self._accept = accept
        self._app = AsyncApp(
            signing_secret="checked by the gate",  # noqa: S106 - not a secret; Bolt wants one to start
            process_before_response=True,
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            raise_error_for_unhandled_request=True,
            authorize=_anybody,
        )
        for listen in (self._app.event, self._app.action, self._app.view, self._app.view_closed,
                       self._app.shortcut, self._app.command, self._app.options):  # fmt: skip
            listen(_ANY)(self._commit)
        self._app.error(self._otherwise)

    async def take(self, raw: bytes, content_type: str, delivery: Delivery) -> int:
        """200 once the delivery is committed, or was before; 503 makes Slack send it again."""
        request = AsyncBoltRequest(
            body=raw.decode(), headers={"content-type": content_type}, context={_DELIVERY: delivery}
        )
        try:
            return int((await self._app.async_dispatch(request)).status)
        except Exception:  # noqa: BLE001 - Bolt trips over some payloads that Slack signed (no actions)
            return (await self._keep(delivery)).status

    async def _commit(self, ack: AsyncAck, context: AsyncBoltContext) -> None:
        await self._accept(context[_DELIVERY])
        await ack()

    async def _otherwise(self, error: Exception, context: AsyncBoltContext) -> BoltResponse:
        """What no listener took (`app_rate_limited` comes without an event), and what could not be committed."""
        if isinstance(error, BoltUnhandledRequestError):
            return await self._keep(context[_DELIVERY])
        return _not_committed(error)

    async def _keep(self, delivery: Delivery) -> BoltResponse:
        try:
            await self._accept(delivery)
        except Exception as error:  # noqa: BLE001 - whatever it was, Slack must not be told that we have it
            return _not_committed(error)
        return BoltResponse(status=200)


def _not_committed(error: Exception) -> BoltResponse:
    # Only its kind: an error's words may hold what was to be stored.
    log.error("could not commit a delivery from Slack: %s", type(error).__name__)
    return BoltResponse(status=503, body="try again")


async def _anybody(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)
