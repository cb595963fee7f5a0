"""Buttons of our cards: who may press them, what they become, and the answer that the presser is waiting for."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors.interface import Channel, Pressed
from connectors.teams import deliveries
from connectors.teams.cards import OURS, Signer

Payload = Mapping[str, Any]
Json = dict[str, Any]

ACTION: Final = "adaptiveCard/action"
PATIENCE: Final = 5.0
"""Seconds that a presser's client is kept waiting; Teams gives up after about ten."""


@dataclass(frozen=True, slots=True)
class Respond:
    """Where the answer to something pressed or asked goes: the activity that it is about, and the conversation."""

    conversation: str
    activity: str = ""
    invoke: str = ""
    """The invoke that waits for the answer."""

    def text(self) -> str:
        return json.dumps([self.conversation, self.activity, self.invoke])

    @classmethod
    def of(cls, text: str) -> "Respond | None":
        return cls(*json.loads(text)) if text else None


def respond(body: Payload) -> Respond:
    where = str((body.get("conversation") or {}).get("id") or "")
    invoke = str(body.get("id") or "") if body.get("type") == "invoke" else ""
    return Respond(where, str(body.get("replyToId") or "") if invoke else "", invoke)


def is_press(body: Payload) -> bool:
    return body.get("type") == "invoke" and body.get("name") == ACTION


def may_press(body: Payload, tenant: str, signer: Signer) -> bool:
    """Whether the button is ours and was made for whoever pressed it."""
    try:
        action = body["value"]["action"]
        ours, user = action["data"][OURS], str(body["from"]["aadObjectId"])
        value = ours["value"]
        if not user or ours["for"] != user or not isinstance(value, str):
            return False
        return signer.is_good(ours["signature"], tenant, user, str(action["verb"]), value)
    except (KeyError, TypeError):
        return False


def pressed(body: Payload, tenant: str, channel: Channel | None) -> Pressed:
    """What was pressed, with the answers of a form by field id. Raises KeyError, TypeError or ValueError."""
    action = body["value"]["action"]
    data = action["data"]
    given = {k: v for k, v in data.items() if k != OURS and isinstance(v, str)}
    return Pressed(
        tenant=tenant,
        user=str(body["from"]["aadObjectId"]),
        channel=channel,
        action=str(action["verb"]),
        value=str(data[OURS]["value"]),
        at=deliveries.moment(body),
        respond=respond(body).text(),
        trigger=str(body.get("id") or ""),
        inputs=given,
    )


class Waiting:
    """Presses whose answer is awaited by a client: the first card that is told for one goes straight there."""

    def __init__(self) -> None:
        self._open: dict[str, asyncio.Future[Json]] = {}

    def begin(self, invoke: str) -> None:
        """Before the press is committed: its answer may be quicker than whoever asks for it."""
        if invoke not in self._open:
            self._open[invoke] = asyncio.get_running_loop().create_future()

    async def card(self, invoke: str, seconds: float = PATIENCE) -> Json | None:
        """The answer, or None when it takes longer. A press that was sent twice is answered twice."""
        future = self._open.get(invoke)
        if future is None:
            return None
        await asyncio.wait((future,), timeout=seconds)
        self.drop(invoke)
        return future.result() if future.done() else None

    def drop(self, invoke: str) -> None:
        self._open.pop(invoke, None)

    def settle(self, invoke: str, card: Json) -> bool:
        """Whether somebody was waiting for it."""
        future = self._open.get(invoke)
        if future is None or future.done():
            return False
        future.set_result(card)
        return True


def refused(words: str) -> Json:
    """An invoke's answer: not you."""
    return {
        "statusCode": 403,
        "type": "application/vnd.microsoft.error",
        "value": {"code": "Forbidden", "message": words},
    }
