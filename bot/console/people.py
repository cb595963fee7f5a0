"""Who is in which conversation, and how each conversation is treated."""

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection, Select, case, func, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.gate import field
from bot.console.pages import LONDON, Console
from bot.console.sessions import Visitor
from bot.incidents import audit
from bot.incidents.queries import Slice, rows_of
from bot.policy.load import Policy
from bot.store import tables as t
from connectors.interface import Delivery

STANDINGS = ("unknown", "guest", "partner", "leaver", "could_not_tell", "staff")
"""In the order in which they matter to a reviewer."""

_LONGEST_CONFIRMATION_DAYS = 366


async def membership(console: Console, visitor: Visitor, request: Request) -> Response:
    """Everyone in a conversation, those not staff first."""
    asked = {k: v for k, v in request.query_params.items() if k in ("standing", "channel") and v}
    page = request.query_params.get("page", "1")
    number = int(page) if page.isdecimal() and len(page) < 7 else 1
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
    row = await _member(console, request)
    action, until = field(form, "action"), None
    if action == "confirm":
        until = _end_of_day(field(form, "until"), console.clock())
        if until is None:
            return await _member_page(console, visitor, request, 422, problem="until")
    elif action != "remove":
        raise HTTPException(400)
    until_text = datetime.fromtimestamp(until, UTC).isoformat() if until else None
    wanted = {"user": row["user"], "action": action, "until": until_text}
    await _ask(console, visitor, "console.membership", row, row["conversation"], wanted)
    return RedirectResponse(f"/membership/{row['id']}?done={action}", 303)


async def channels(console: Console, visitor: Visitor, request: Request) -> Response:
    """Every conversation that the bot knows: how it is treated, and whether messages there can be hidden."""
    rows = await console.store.read(lambda c: _channels(c))
    policy = console.policy()
    shown = [
        {
            **r,
            "preset_in_force": policy.preset_for(r["id"], r["preset"], r["shown_name"]),
            "chosen_by": _chosen_by(policy, r),
            "best": best(r["reach"]),
        }
        for r in rows
    ]
    return console.page(request, "channels.jinja", visitor, rows=shown, address=_address)


async def channel(console: Console, visitor: Visitor, request: Request) -> Response:
    """One conversation."""
    return await _channel_page(console, visitor, request)


async def change_channel(console: Console, visitor: Visitor, request: Request) -> Response:
    """Ask the bot to treat a conversation by another preset."""
    form = await request.form()
    row = await _channel(console, request)
    preset = field(form, "preset")
    if preset not in console.policy().presets:
        return await _channel_page(console, visitor, request, 422, problem="preset")
    await _ask(console, visitor, "console.preset", row, row["id"], {"preset": preset})
    return RedirectResponse(f"{_address(row)}&done=preset", 303)


def _chosen_by(policy: Policy, row: Mapping[str, Any]) -> str:
    """Where a conversation's preset comes from, unless it was set in the register."""
    if row["id"] in policy.channels:
        return "set in the policy file"
    if row["preset"] in policy.presets:
        return ""
    named = policy.preset_for(row["id"], "", row["shown_name"])
    return "the default" if named.key == policy.default_preset else "set in the policy file, by name"


def best(reach: list[Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    """The strongest reach that works here or might; None when nobody looked yet."""
    answers = reach or []
    return next((a for a in answers if a.get("available") is not False), answers[-1] if answers else None)


async def _member_page(
    console: Console, visitor: Visitor, request: Request, status: int = 200, **values: Any
) -> Response:
    row = await _member(console, request)
    others = await console.store.read(lambda c: rows_of(c, _also_in(row)))
    today = datetime.fromtimestamp(console.clock(), LONDON).date()
    return console.page(
        request,
        "member.jinja",
        visitor,
        status,
        row=row,
        others=others,
        done=request.query_params.get("done", ""),
        tomorrow=today + timedelta(days=1),
        latest=today + timedelta(days=_LONGEST_CONFIRMATION_DAYS),
        **values,
    )


async def _channel_page(
    console: Console, visitor: Visitor, request: Request, status: int = 200, **values: Any
) -> Response:
    row = await _channel(console, request)
    m = t.membership
    here = (m.c.platform == row["platform"]) & (m.c.tenant == row["tenant"]) & (m.c.conversation == row["id"])
    query = select(m.c.standing, func.count()).where(here, m.c.left_at.is_(None)).group_by(m.c.standing)
    members: dict[str, int] = dict(await console.store.read(lambda c: c.execute(query).all()))
    policy = console.policy()
    return console.page(
        request,
        "channel.jinja",
        visitor,
        status,
        row=row,
        address=_address(row),
        members=[(s, members[s]) for s in STANDINGS if members.get(s)],
        preset=policy.preset_for(row["id"], row["preset"], row["shown_name"]),
        pinned=row["id"] in policy.channels,
        presets=list(policy.presets.values()),
        done=request.query_params.get("done", ""),
        **values,
    )


async def _ask(
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


async def _member(console: Console, request: Request) -> Mapping[str, Any]:
    number = request.path_params["id"]
    query = _with_channel().where(t.membership.c.id == number)
    rows = await console.store.read(lambda c: rows_of(c, query))
    if not rows:
        raise HTTPException(404)
    return rows[0]


async def _channel(console: Console, request: Request) -> Mapping[str, Any]:
    asked, v = request.query_params, t.conversation
    query = select(v).where(
        v.c.platform == asked.get("platform", ""),
        v.c.tenant == asked.get("tenant", ""),
        v.c.id == asked.get("id", ""),
    )
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
    query = _with_channel().where(*here).order_by(order, m.c.name, m.c.id)
    return Slice(rows_of(c, query.limit(size).offset((number - 1) * size)), total, number, size)


def _standings(c: Connection) -> dict[str, int]:
    m = t.membership
    query = select(m.c.standing, func.count()).where(m.c.left_at.is_(None)).group_by(m.c.standing)
    return {standing: int(n) for standing, n in c.execute(query).all()}


def _channels(c: Connection) -> list[dict[str, Any]]:
    v, m = t.conversation, t.membership
    place = (m.c.platform, m.c.tenant, m.c.conversation, m.c.standing)
    query = select(*place, func.count()).where(m.c.left_at.is_(None)).group_by(*place)
    counted: dict[tuple[str, ...], Counter[str]] = {}
    for platform, tenant, conversation, standing, n in c.execute(query).all():
        counted.setdefault((platform, tenant, conversation), Counter())[standing] += n
    rows = c.execute(select(v).order_by(v.c.archived, v.c.shown_name, v.c.id)).mappings().all()
    return [{**r, "members": counted.get((r["platform"], r["tenant"], r["id"]), Counter())} for r in rows]


def _with_channel() -> Select[Any]:
    m, v = t.membership, t.conversation
    same = (v.c.platform == m.c.platform) & (v.c.tenant == m.c.tenant) & (v.c.id == m.c.conversation)
    return select(m, v.c.shown_name, v.c.kind).select_from(m.outerjoin(v, same))


def _also_in(row: Mapping[str, Any]) -> Select[Any]:
    m = t.membership
    same = (m.c.tenant == row["tenant"]) & (m.c.user == row["user"]) & (m.c.id != row["id"])
    return _with_channel().where(same, m.c.left_at.is_(None)).limit(50)


def _end_of_day(text: str, now: float) -> float | None:
    """The end of a day to come, London time; None when it is no date, past, or more than a year ahead."""
    try:
        on = date.fromisoformat(text) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    end = datetime(on.year, on.month, on.day, tzinfo=LONDON).timestamp()
    return end if now < end <= now + (_LONGEST_CONFIRMATION_DAYS + 2) * 86400 else None


def _address(row: Mapping[str, Any]) -> str:
    place = {"platform": row["platform"], "tenant": row["tenant"], "id": row["id"]}
    return f"/channels/one?{urlencode(place)}"
