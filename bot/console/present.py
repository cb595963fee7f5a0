"""Who was in a conversation at any moment, under which rule, and what the directory said of each of them."""

from collections import Counter
from datetime import date, datetime, time
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.console import channels
from bot.console.pages import LONDON, Console, one_page, page_number
from bot.console.people import STANDINGS
from bot.console.sessions import Visitor
from bot.membership.members import Members
from bot.membership.stays import Stay
from connectors.interface import Channel

_SIZE: Final = 100
_ORDER: Final = {standing: n for n, standing in enumerate(STANDINGS)}


class NoMoment(ValueError):
    """What was given is no moment of the past; `field` is the one to put right."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field
        self.words = words


async def people(console: Console, visitor: Visitor, request: Request) -> Response:
    """The people of one conversation, now or at a moment of the past; those who are not staff first."""
    row = await channels.find(console, request)
    asked = {k: v for k, v in request.query_params.items() if k in ("platform", "tenant", "id", "on", "time")}
    now, problems, moment = console.clock(), {}, None
    try:
        moment = moment_of(asked.get("on", ""), asked.get("time", ""), now)
    except NoMoment as wrong:
        problems = {wrong.field: wrong.words}
    channel = Channel(row["platform"], row["tenant"], row["id"])
    members = Members(console.store)
    stays = await (members.present(channel) if moment is None else members.at(channel, moment))
    policy = console.policy()
    return console.page(
        request, "present.jinja", visitor, 422 if problems else 200,
        row=row, rows=one_page(sorted(stays, key=_first), page_number(request), _SIZE), moment=moment, asked=asked,
        counts=Counter(s.standing for s in stays), standings=STANDINGS, problems=problems,
        rule=policy.preset_for(row["id"], row["preset"], row["shown_name"]).membership.said(),
        owner=next((s for s in stays if s.user == row["owner"]), None), address=channels.address,
        today=datetime.fromtimestamp(now, LONDON).date(),
    )  # fmt: skip


def moment_of(on: str, at: str, now: float) -> float | None:
    """A moment from a day and a time of day in London; without a time the end of that day; None for now.

    Raises NoMoment for what cannot be read and for what is still to come.
    """
    if not on and not at:
        return None
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise NoMoment("on", "Give a day, such as 14 March 2026") from None
    try:
        clock = time.fromisoformat(at) if at else None
    except ValueError:
        raise NoMoment("time", "Give a time of day, such as 09:30") from None
    moment = datetime.combine(day, (clock or time(23, 59, 59)).replace(tzinfo=None), LONDON).timestamp()
    starts = datetime.combine(day, time(), LONDON).timestamp()
    if starts > now or (clock and moment > now):
        raise NoMoment("on", "Give a moment in the past: nobody knows yet who will be here")
    return min(moment, now)


def _first(stay: Stay) -> tuple[int, str, int]:
    return _ORDER[stay.standing], stay.name.casefold(), stay.id
