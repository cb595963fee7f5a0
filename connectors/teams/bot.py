"""Our bot's address, and the only importer of botbuilder: what passed the gate is committed, then answered.

The library takes an activity through a turn and knows which answers an invoke may have. It does not see tokens,
does not send, and what it could not read is committed all the same (docs/decisions/0008-botbuilder.md).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from botbuilder.core import ActivityHandler, BotAdapter, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes, AdaptiveCardInvokeResponse, AdaptiveCardInvokeValue
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from connectors.interface import Accept, Channel, Delivery
from connectors.teams import actions, cards, deliveries
from connectors.teams.actions import Waiting
from connectors.teams.botapi import BotApi
from connectors.teams.cards import Signer
from connectors.teams.jwt_gate import Gate, Passed
from connectors.teams.known import Known, UnknownTeam

log = logging.getLogger(__name__)

_ASK_WITHIN = 5.0
"""Seconds for asking which group a team is; Teams sends the activity again when that was too short."""
_ANSWER = "chaperone.answer"
_NOT_YOURS = "These buttons are for the person whom this note was written to."
_WORKING = "One moment: this is being done."


class Inbound:
    def __init__(
        self, gate: Gate, accept: Accept, known: Known, api: BotApi, signer: Signer, waiting: Waiting,
        patience: float = actions.PATIENCE, graph_tells: Callable[[Channel], bool] = lambda where: False,
    ) -> None:  # fmt: skip
        self._gate = gate
        self._graph_tells = graph_tells
        self._known = known
        self._api = api
        self._signer = signer
        self._turns = Turns(accept, waiting, patience)

    def routes(self) -> list[Route]:
        return [Route("/api/messages", self.messages, methods=["POST"])]

    async def messages(self, request: Request) -> Response:
        """2xx once it is committed, or was before; an invoke's answer comes with a body. 5xx: send it again."""
        try:
            passed = await self._gate.passed(request)
            if actions.is_press(passed.body) and not actions.may_press(
                passed.body, passed.tenant, self._signer
            ):
                return JSONResponse(actions.refused(_NOT_YOURS))
            return await self._turns.take(passed.body, await self._delivery(passed))
        except HTTPException as refused:
            return PlainTextResponse(refused.detail, refused.status_code, refused.headers)

    async def _delivery(self, passed: Passed) -> Delivery:
        group = await self._group(passed)
        try:
            return deliveries.delivery(passed.raw, passed.body, passed.tenant, group, self._graph_tells)
        except (AttributeError, TypeError, ValueError, KeyError, OverflowError):
            raise HTTPException(400, "malformed") from None

    async def _group(self, passed: Passed) -> str:
        try:
            async with asyncio.timeout(_ASK_WITHIN):
                return await self._known.learn(
                    passed.body, passed.tenant, passed.service_url, self._api.group
                )
        except UnknownTeam:
            raise HTTPException(400, "of no team that the service knows") from None
        except Exception as error:  # noqa: BLE001 - whatever it was, Teams is to send it again
            log.error("could not tell which team an activity is of: %s", type(error).__name__)
            raise HTTPException(503, "try again") from None


class Turns(BotAdapter):  # type: ignore[misc]
    """Takes activities through the library, which speaks to nobody: an invoke's answer is kept, nothing is sent."""

    def __init__(self, accept: Accept, waiting: Waiting, patience: float) -> None:
        super().__init__()
        self._accept = accept
        self._waiting = waiting
        self._patience = patience

    async def take(self, body: Mapping[str, Any], delivery: Delivery) -> Response:
        """The answer to one activity."""
        turn = _Turn(self, delivery)
        try:
            # A copy: the library takes apart what it is given.
            activity = Activity().deserialize(dict(body))
            context = TurnContext(self, activity)
            await self.run_pipeline(context, turn.on_turn)
        except NotCommitted:
            return PlainTextResponse("try again", 503)
        except Exception:  # noqa: BLE001 - the library trips over some payloads that Microsoft signed
            return await self._unread(body, delivery)
        answer = context.turn_state.get(_ANSWER) if body["type"] == "invoke" else None
        return _response(answer.value if answer else None)

    async def commit(self, delivery: Delivery) -> bool:
        """Raises NotCommitted."""
        try:
            return await self._accept(delivery)
        except Exception as error:  # noqa: BLE001 - whatever it was, Teams must not be told that we have it
            # Only its kind: an error's words may hold what was to be stored.
            log.error("could not commit a delivery from Teams: %s", type(error).__name__)
            raise NotCommitted from None

    async def press(self, invoke: str, delivery: Delivery) -> Mapping[str, Any]:
        """Commit a press, and wait a little for the card that comes of it."""
        self._waiting.begin(invoke)
        try:
            await self.commit(delivery)
        except NotCommitted:
            self._waiting.drop(invoke)
            raise
        # A card, not words: the library's answer has no room for these, and what was pressed is not pressed twice.
        return await self._waiting.card(invoke, self._patience) or cards.plain(_WORKING)

    async def _unread(self, body: Mapping[str, Any], delivery: Delivery) -> Response:
        if body["type"] == "invoke":
            return Response(status_code=400)
        try:
            await self.commit(delivery)
        except NotCommitted:
            return PlainTextResponse("try again", 503)
        return Response(status_code=200)

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[Any]:
        for activity in activities:
            if activity.type != ActivityTypes.invoke_response:
                raise NotImplementedError("the library says nothing of its own accord here")
            context.turn_state[_ANSWER] = activity
        return []

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        raise NotImplementedError

    async def delete_activity(self, context: TurnContext, reference: Any) -> None:
        raise NotImplementedError


class _Turn(ActivityHandler):  # type: ignore[misc]
    """One activity: whatever it is, it is committed; the library sorts out what an invoke is answered."""

    def __init__(self, turns: Turns, delivery: Delivery) -> None:
        super().__init__()
        self._turns = turns
        self._delivery = delivery

    async def on_turn(self, turn_context: TurnContext) -> None:
        if turn_context.activity.type == ActivityTypes.invoke:
            await super().on_turn(turn_context)
        else:
            await self._turns.commit(self._delivery)

    async def on_adaptive_card_invoke(
        self, turn_context: TurnContext, invoke_value: AdaptiveCardInvokeValue
    ) -> AdaptiveCardInvokeResponse:
        card = await self._turns.press(str(turn_context.activity.id), self._delivery)
        return AdaptiveCardInvokeResponse(status_code=200, type=cards.CARD, value=card)


class NotCommitted(Exception):
    """The inbox did not take it."""


def _response(answer: InvokeResponse | None) -> Response:
    if answer is None:
        return Response(status_code=200)
    status = int(answer.status or HTTPStatus.OK)
    return Response(status_code=status) if answer.body is None else JSONResponse(answer.body, status)
