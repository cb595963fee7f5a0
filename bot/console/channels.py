"""Every conversation: how it is treated, and whether messages there can be hidden."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, func, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.asking import ask
from bot.console.gate import field
from bot.console.pages import Console
from bot.console.people import STANDINGS
from bot.console.sessions import Visitor
from bot.incidents.queries import rows_of
from bot.policy.load import Policy
from bot.policy.presets import Assigned
from bot.store import tables as t


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
    return console.page(request, "channels.jinja", visitor, rows=shown, address=address)


async def channel(console: Console, visitor: Visitor, request: Request) -> Response:
    """One conversation."""
    return await _channel_page(console, visitor, request)


async def change_channel(console: Console, visitor: Visitor, request: Request) -> Response:
    """Ask the bot to treat a conversation by another preset."""
    form = await request.form()
    row = await find(console, request)
    preset = field(form, "preset")
    if preset not in console.policy().presets:
        return await _channel_page(console, visitor, request, 422, problem="preset")
    await ask(console, visitor, "console.preset", row, row["id"], {"preset": preset})
    return RedirectResponse(f"{address(row)}&done=preset", 303)


def _chosen_by(policy: Policy, row: Mapping[str, Any]) -> str:
    """Where a conversation's preset comes from, unless it was set in the register."""
    if _pinned(policy, row):
        return "set in the policy file"
    if row["preset"] in policy.presets:
        return ""
    named = policy.preset_for(row["id"], "", row["shown_name"])
    return "the default" if named.key == policy.default_preset else "set in the policy file, by name"


def _pinned(policy: Policy, row: Mapping[str, Any]) -> bool:
    return bool(policy.channels.get(row["id"], Assigned()).preset)


def best(reach: list[Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    """The strongest reach that works here or might; None when nobody looked yet."""
    answers = reach or []
    return next((a for a in answers if a.get("available") is not False), answers[-1] if answers else None)


async def _channel_page(
    console: Console, visitor: Visitor, request: Request, status: int = 200, **values: Any
) -> Response:
    row = await find(console, request)
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
        address=address(row),
        members=[(s, members[s]) for s in STANDINGS if members.get(s)],
        preset=policy.preset_for(row["id"], row["preset"], row["shown_name"]),
        pinned=_pinned(policy, row),
        presets=list(policy.presets.values()),
        done=request.query_params.get("done", ""),
        **values,
    )


async def find(console: Console, request: Request) -> Mapping[str, Any]:
    """The conversation that the URL names. Raises HTTPException 404."""
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


def _channels(c: Connection) -> list[dict[str, Any]]:
    v, m = t.conversation, t.membership
    place = (m.c.platform, m.c.tenant, m.c.conversation, m.c.standing)
    query = select(*place, func.count()).where(m.c.left_at.is_(None)).group_by(*place)
    counted: dict[tuple[str, ...], Counter[str]] = {}
    for platform, tenant, conversation, standing, n in c.execute(query).all():
        counted.setdefault((platform, tenant, conversation), Counter())[standing] += n
    rows = c.execute(select(v).order_by(v.c.archived, v.c.shown_name, v.c.id)).mappings().all()
    return [{**r, "members": counted.get((r["platform"], r["tenant"], r["id"]), Counter())} for r in rows]


def address(row: Mapping[str, Any], page: str = "one") -> str:
    """Where a page about a conversation is."""
    place = {"platform": row["platform"], "tenant": row["tenant"], "id": row["id"]}
    return f"/channels/{page}?{urlencode(place)}"
