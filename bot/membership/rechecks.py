"""A conversation is to be looked at again: kept by the engine, so that it outlives a restart."""

import json
from datetime import UTC, datetime
from typing import Final

from bot.engine.interface import Engine
from connectors.interface import Channel, Delivery

RECHECK: Final = "timer.recheck"


async def look_again_at(
    engine: Engine, channel: Channel, when: float, attempt: int = 0, why: str = ""
) -> None:
    """Have the conversation swept at a time (epoch seconds). A later word about the same `why` replaces this one."""
    place = {"platform": channel.platform, "tenant": channel.tenant, "conversation": channel.id}
    body = json.dumps({**place, "attempt": str(attempt)}).encode()
    key = f"recheck:{channel.lane}:{why}"
    delivery = Delivery(RECHECK, channel.tenant, channel.lane, (f"{key}:{when}",), body)
    await engine.later(key, datetime.fromtimestamp(when, UTC), delivery)
