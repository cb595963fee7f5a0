"""One account across all conversations: who it is, how long it was where, what was done, what it could read."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.pages import Console, one_page, page_number
from bot.console.people import with_channel
from bot.console.sessions import Visitor
from bot.exposure import Exposed, exposed, totals
from bot.identities import Identities
from bot.incidents.queries import Row, rows_of
from bot.members import Members, Stay
from bot.store import tables as t

_M, _S, _I = t.membership.c, t.standing.c, t.incident.c
_LATEST: Final = 200
"""Steps of the story that are shown; the newest of a longer one."""
_TOLD_BY_THE_STAY: Final = ("detected", "joined", "found", "left")


@dataclass(frozen=True, slots=True)
class Readable:
    """What somebody could have read, where, and what was known of them when they first could."""

    what: Exposed
    conversation: str
    standing: str


async def person(console: Console, visitor: Visitor, request: Request) -> Response:
    """An account by platform, workspace and id."""
    who = {k: request.query_params.get(k, "") for k in ("platform", "tenant", "user")}
    stays, history, done = await console.store.read(lambda c: _of(c, who))
    if not stays:
        raise HTTPException(404)
    readable = await _readable(console, stays, history)
    identity = (await Identities(console.store).of(who["platform"], who["tenant"])).get(who["user"])
    return console.page(
        request, "person.jinja", visitor, who=who, stays=stays, identity=identity,
        latest=max(stays, key=lambda s: (s["left_at"] is None, s["checked_at"])),
        story=sorted(_steps(stays, history, done), key=_order, reverse=True)[:_LATEST],
        totals=totals(r.what for r in readable), rows=one_page(readable, page_number(request)),
        still=sum(r.what.until is None for r in readable),
    )  # fmt: skip


def _of(c: Connection, who: Mapping[str, str]) -> tuple[tuple[Row, ...], tuple[Row, ...], tuple[Row, ...]]:
    mine = (_M.platform == who["platform"]) & (_M.tenant == who["tenant"]) & (_M.user == who["user"])
    stays = rows_of(c, with_channel().where(mine).order_by(_M.left_at.is_not(None), _M.id.desc()))
    ids = [s["id"] for s in stays]
    history = rows_of(c, select(t.standing).where(_S.stay.in_(ids)).order_by(_S.id))
    line, v = t.timeline.c, t.conversation.c
    about = (
        (_I.kind == "membership") & (_I.platform == who["platform"]) & (_I.tenant == who["tenant"])
        & (_I.sender == who["user"])
    )  # fmt: skip
    place = (v.platform == _I.platform) & (v.tenant == _I.tenant) & (v.id == _I.conversation)
    done = rows_of(
        c,
        select(t.timeline, v.shown_name)
        .select_from(t.timeline.join(t.incident, _I.id == line.incident).outerjoin(t.conversation, place))
        .where(about, line.what.not_in(_TOLD_BY_THE_STAY))
        .order_by(line.id),
    )
    return stays, history, done


def _steps(stays: Sequence[Row], history: Sequence[Row], done: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """The story, one step at a time and in no order."""
    names = {s["id"]: s["shown_name"] for s in stays}
    for s in stays:
        yield {"at": s["joined_at"], "step": "joined", "where": s["shown_name"], "stay": s["id"]}
        if s["left_at"] is not None:
            yield {"at": s["left_at"], "step": "left", "where": s["shown_name"], "stay": s["id"]}
    for h in history:
        yield {**h, "step": "checked", "where": names[h["stay"]]}
    for d in done:
        yield {**d, "step": "done", "where": d["shown_name"]}


def _order(step: Mapping[str, Any]) -> tuple[float, int]:
    """What fell into one moment stands in the order in which it must have been."""
    return step["at"], ("joined", "checked", "done", "left").index(step["step"])


async def _readable(console: Console, stays: Sequence[Row], history: Sequence[Row]) -> list[Readable]:
    known: dict[int, list[Row]] = {}
    for h in history:
        known.setdefault(h["stay"], []).append(h)
    names, now = {s["id"]: s["shown_name"] or "" for s in stays}, console.clock()
    theirs = await Members(console.store).those(select(t.membership).where(_M.id.in_(list(names))))
    found = [
        Readable(what, names[stay.id], _standing_at(known.get(stay.id, ()), stay, what.since))
        for stay in theirs
        for what in await exposed(console.store, stay, now)
    ]
    return sorted(found, key=lambda r: (r.what.since, r.what.posted_at), reverse=True)


def _standing_at(known: Sequence[Row], stay: Stay, at: float) -> str:
    """As it was known then; the first word on a stay for what came before it."""
    if not known:
        return stay.standing
    before = bisect_right([h["at"] for h in known], at)
    return str(known[max(0, before - 1)]["standing"])
