"""Who is in which conversation, and one person in one conversation."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.asking import LONGEST_DAYS, ask, end_of_day, today
from bot.console.gate import field
from bot.console.pages import Console, page_number
from bot.console.sessions import Visitor
from bot.incidents.queries import Slice, rows_of
from bot.store import tables as t

STANDINGS = ("unknown", "guest", "partner", "leaver", "could_not_tell", "staff")
"""In the order in which they matter to a reviewer."""


async def membership(console: Console, visitor: Visitor, request: Request) -> Response:
    """Everyone in a conversation, those not staff first."""
    asked = {k: v for k, v in request.query_params.items() if k in ("standing", "channel") and v}
    number = page_number(request)
    rows = await console.store.read(lambda c: _members(c, asked, number))
    counted = await console.store.read(_standings)
    return console.page(
        request, "membership.jinja", visitor, rows=rows, counts=counted, asked=asked, standings=STANDINGS
    )


async def member(console: Console, visitor: Visitor, request: Request) -> Response:
    """One person in one conversation."""
    return await _member_page(console, visitor, request)


async def change_member(console: Console, visitor: Visitor, request: Request) -> Response:
    """Ask the bot to confirm somebody until a day, or to remove them."""
    form = await request.form()
    row = await find(console, request)
    action, until = field(form, "action"), None
    if action == "confirm":
        until = end_of_day(field(form, "until"), console.clock())
        if until is None:
            return await _member_page(console, visitor, request, 422, problem="until")
    elif action != "remove":
        raise HTTPException(400)
    until_text = datetime.fromtimestamp(until, UTC).isoformat() if until else None
    wanted = {"user": row["user"], "action": action, "until": until_text}
    await ask(console, visitor, "console.membership", row, row["conversation"], wanted)
    return RedirectResponse(f"/membership/{row['id']}?done={action}", 303)


async def _member_page(
    console: Console, visitor: Visitor, request: Request, status: int = 200, **values: Any
) -> Response:
    row = await find(console, request)
    others = await console.store.read(lambda c: rows_of(c, _also_in(row)))
    return console.page(
        request,
        "member.jinja",
        visitor,
        status,
        row=row,
        others=others,
        done=request.query_params.get("done", ""),
        tomorrow=today(console) + timedelta(days=1),
        latest=today(console) + timedelta(days=LONGEST_DAYS),
        **values,
    )


async def find(console: Console, request: Request) -> Mapping[str, Any]:
    """The stay that the URL names by its number: no page's address holds an account. Raises HTTPException 404."""
    number = request.path_params["id"]
    query = with_channel().where(t.membership.c.id == number)
    rows = await console.store.read(lambda c: rows_of(c, query))
    if not rows:
        raise HTTPException(404)
    return rows[0]


def _members(c: Connection, asked: Mapping[str, str], number: int, size: int = 50) -> Slice:
    m = t.membership
    here: list[ColumnElement[bool]] = [m.c.left_at.is_(None)]
    if asked.get("channel"):
        here.append(m.c.conversation == asked["channel"])
    if asked.get("standing") == "not_staff":
        here.append(m.c.standing != "staff")
    elif asked.get("standing") in STANDINGS:
        here.append(m.c.standing == asked["standing"])
    total = c.execute(select(func.count()).select_from(m).where(*here)).scalar_one()
    number = max(1, min(number, max(1, -(-total // size))))
    order = case({s: n for n, s in enumerate(STANDINGS)}, value=m.c.standing, else_=9)
    query = with_channel().where(*here).order_by(order, m.c.name, m.c.id)
    return Slice(rows_of(c, query.limit(size).offset((number - 1) * size)), total, number, size)


def _standings(c: Connection) -> dict[str, int]:
    m = t.membership
    query = select(m.c.standing, func.count()).where(m.c.left_at.is_(None)).group_by(m.c.standing)
    return {standing: int(n) for standing, n in c.execute(query).all()}


def with_channel() -> Select[Any]:
    """Stays with the shown name and kind of their conversation."""
    m, v = t.membership, t.conversation
    same = (v.c.platform == m.c.platform) & (v.c.tenant == m.c.tenant) & (v.c.id == m.c.conversation)
    return select(m, v.c.shown_name, v.c.kind).select_from(m.outerjoin(v, same))


def _also_in(row: Mapping[str, Any]) -> Select[Any]:
    m = t.membership
    same = (m.c.tenant == row["tenant"]) & (m.c.user == row["user"]) & (m.c.id != row["id"])
    return with_channel().where(same, m.c.left_at.is_(None)).limit(50)
