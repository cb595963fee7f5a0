"""What people ask of the bot: put on record, then handed to it; and the days that they give."""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from bot.console.pages import LONDON, Console
from bot.console.sessions import Visitor
from bot.incidents import audit
from connectors.interface import Delivery

LONGEST_DAYS: Final = 366
"""How far ahead access may be given."""


async def ask(
    console: Console,
    visitor: Visitor,
    source: str,
    row: Mapping[str, Any],
    conversation: str,
    wanted: Mapping[str, Any],
) -> None:
    """Put the wish on record, then hand it to the bot."""
    place = {"platform": row["platform"], "tenant": row["tenant"], "conversation": conversation}
    lane = ":".join(place.values())
    at, by = console.clock(), visitor.name
    await console.store.write(
        lambda c: audit.append(c, actor=by, what=source, subject=lane, detail=dict(wanted), at=at)
    )
    body = json.dumps({**place, **wanted, "by": by}).encode()
    key = f"{source}/{secrets.token_hex(12)}"
    await console.accept(Delivery(source, row["tenant"], lane, (key,), body))


def end_of_day(text: str, now: float) -> float | None:
    """The end of a day to come, London time; None when it is no date, past, or more than a year ahead."""
    try:
        on = date.fromisoformat(text) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    end = datetime(on.year, on.month, on.day, tzinfo=LONDON).timestamp()
    return end if now < end <= now + (LONGEST_DAYS + 2) * 86400 else None


def today(console: Console) -> date:
    """In London."""
    return datetime.fromtimestamp(console.clock(), LONDON).date()
