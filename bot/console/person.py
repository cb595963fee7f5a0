"""One account across all conversations: who it is, how long it was where, what was done, what it could read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response

from bot.console import people
from bot.console.pages import Console, one_page, page_number
from bot.console.people import with_channel
from bot.console.sessions import Visitor
from bot.incidents.queries import Row, rows_of
from bot.membership.exposure import Exposed, exposed, totals
from bot.membership.identities import Identities
from bot.membership.members import Members
from bot.store import tables as t

_M, _S, _I = t.membership.c, t.standing.c, t.incident.c
_LATEST: Final = 200
"""Steps of the story that are shown; the newest of a longer one."""
_INSIDE: Final = ("staff", "could_not_tell")
_TOLD_BY_THE_STAY: Final = ("detected", "joined", "found", "left")


@dataclass(frozen=True, slots=True)
class Readable:
    """What somebody could read who was not staff: where, from when on, and what they were known as then."""

    what: Exposed
    conversation: str
    since: float
    standing: str


async def person(console: Console, visitor: Visitor, request: Request) -> Response:
    """The account that one of its stays names."""
    who = await people.find(console, request)
    stays, history, done = await console.store.read(lambda c: _of(c, who))
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
    """Nothing is listed for the time in which somebody was staff. Staff may read, and by what is missing from
    a list (their own messages) it would tell who sent which."""
    known: dict[int, list[Row]] = {}
    for h in history:
        known.setdefault(h["stay"], []).append(h)
    names, now = {s["id"]: s["shown_name"] or "" for s in stays}, console.clock()
    outside = [s["id"] for s in stays if s["standing"] != "staff" or _was_outside(known.get(s["id"], ()))]
    theirs = await Members(console.store).those(select(t.membership).where(_M.id.in_(outside)))
    found = []
    for stay in theirs:
        words = [(h["at"], h["standing"]) for h in known.get(stay.id, ())] or [(0.0, stay.standing)]
        for what in await exposed(console.store, stay, now):
            if then := _outside(words, stay.standing, what):
                found.append(Readable(what, names[stay.id], *then))
    return sorted(found, key=lambda r: (r.since, r.what.posted_at), reverse=True)


def _was_outside(known: Sequence[Row]) -> bool:
    return any(h["standing"] not in _INSIDE for h in known)


def _outside(words: Sequence[tuple[float, str]], latest: str, what: Exposed) -> tuple[float, str] | None:
    """From when on, and as what, somebody outside could read it. The first word counts for all before it;
    while nobody could tell, somebody who turned out to be staff was staff."""
    inside = _INSIDE if latest == "staff" else ("staff",)
    ends = [at for at, _ in words[1:]] + [inf]
    for n, ((at, standing), end) in enumerate(zip(words, ends, strict=True)):
        start = max(what.since, at if n else 0.0)
        if standing not in inside and start < min(end, what.until if what.until is not None else inf):
            return start, standing
    return None
