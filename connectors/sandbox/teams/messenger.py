"""Activities on their way to the bot: signed, retried, recorded; and its answers to invokes."""

import json
from typing import Any, Final

from connectors.sandbox.teams.bot_keys import BotKeys
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.outbox import Manner, Outbox, entry

Json = dict[str, Any]
_MANNER: Final = Manner(within=15.0, waits=(1.0, 10.0, 60.0))


class Messenger:
    """Sends to the messaging endpoint `url`; nothing while there is none."""

    def __init__(self, outbox: Outbox, keys: BotKeys) -> None:
        self.url = ""
        self.keys = keys
        self._outbox = outbox

    def post(self, estate: Estate, activity: Json, ts: str | None = None) -> None:
        """Send an activity beside whatever else happens; `ts` is the workspace message it is about."""
        if not self.url:
            return
        if estate.faults.activities_lost > 0:
            estate.faults.activities_lost -= 1
            return
        event = activity["channelData"].get("eventType")
        for _ in range(1 + estate.faults.activities_repeated):
            record = entry(activity["id"], f"activity.{activity['type']}", event, ts)
            estate.workspace.deliveries.append(record)
            sent = self._outbox.deliver(
                self.url, json.dumps(activity).encode(), lambda: self._headers(estate), _MANNER, record
            )
            self._outbox.spawn(sent)

    async def invoke(self, estate: Estate, activity: Json) -> tuple[int, Json]:
        """Send an invoke once; the HTTP status (0: no answer) and the body of its response."""
        status, body, _ = await self._outbox.send(
            self.url, json.dumps(activity).encode(), self._headers(estate)
        )
        try:
            answer = json.loads(body) if body else {}
        except ValueError:
            answer = {}
        return status or 0, answer if isinstance(answer, dict) else {}

    def _headers(self, estate: Estate) -> dict[str, str]:
        token = self.keys.token(estate.places.bot, estate.service_url)
        return {
            "Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)", "MS-CV": "sandbox.0",
        }  # fmt: skip
