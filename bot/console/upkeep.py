"""Whether everything works, and the audit: who did what, and proof that nobody rewrote it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Select, func, select
from starlette.requests import Request
from starlette.responses import Response

from bot.console import sheet
from bot.console.pages import Console, page_number, when
from bot.console.sessions import Visitor
from bot.incidents import audit as chain
from bot.incidents.queries import Slice, rows_of
from bot.store import tables as t

_FILTERS = ("what", "actor", "subject")


async def health(console: Console, visitor: Visitor, request: Request) -> Response:
    """Backlog, dead letters, gauges, directories, schedules, the audit's last checkpoint."""
    state = await console.store.read(_state)
    directories = await console.health() if console.health else ()
    return console.page(request, "health.jinja", visitor, state=state, directories=directories)


async def audit(console: Console, visitor: Visitor, request: Request) -> Response:
    """The audit's rows, newest first, and whether the chain is whole."""
    asked = _asked(request)
    number = page_number(request)
    rows = await console.store.read(lambda c: _page(c, asked, number))
    verified = await console.store.read(lambda c: chain.verify(c, console.keys.verifier))
    kinds = await console.store.read(lambda c: c.execute(_kinds()).scalars().all())
    options = [(k, k.replace(".", ", ").replace("_", " ")) for k in kinds]
    shown = Slice(tuple(_veiled(r) for r in rows.rows), rows.total, rows.number, rows.size)
    return console.page(
        request, "audit.jinja", visitor, rows=shown, verified=verified, kinds=options, asked=asked
    )


async def audit_csv(console: Console, visitor: Visitor, request: Request) -> Response:
    """The same rows as a spreadsheet, without anything that is sealed."""
    asked = _asked(request)
    rows = await console.store.read(lambda c: rows_of(c, _rows(asked)))
    at = console.clock()
    await console.store.write(
        lambda c: chain.append(
            c, actor=visitor.name, what="audit.exported", subject="audit", detail={"rows": len(rows)}, at=at
        )
    )
    headers = {"Content-Disposition": 'attachment; filename="chaperone-audit.csv"'}
    return Response(_csv(_veiled(r) for r in rows), media_type="text/csv", headers=headers)


def _asked(request: Request) -> dict[str, str]:
    return {k: v for k, v in request.query_params.items() if k in _FILTERS and v}


def _state(c: Connection) -> dict[str, Any]:
    box = t.inbox
    by_state = select(box.c.state, func.count()).group_by(box.c.state)
    dead = select(box.c.id, box.c.source, box.c.error, box.c.attempts, box.c.accepted_at)
    oldest = select(func.min(box.c.accepted_at)).where(box.c.state == "new")
    point = select(t.checkpoint).order_by(t.checkpoint.c.seq.desc()).limit(1)
    return {
        "inbox": dict(c.execute(by_state).all()),
        "dead": c.execute(dead.where(box.c.state == "dead").order_by(box.c.id.desc()).limit(50)).mappings().all(),
        "oldest": c.execute(oldest).scalar(),
        "gauges": c.execute(select(t.gauge).order_by(t.gauge.c.name, t.gauge.c.subject)).mappings().all(),
        "slots": c.execute(select(t.slot).order_by(t.slot.c.schedule)).mappings().all(),
        "checkpoint": c.execute(point).mappings().first(),
        "unchecked": chain.head(c)[0],
    }  # fmt: skip


def _kinds() -> Select[Any]:
    return select(t.audit.c.what).distinct().order_by(t.audit.c.what)


def _rows(asked: Mapping[str, str]) -> Select[Any]:
    """Audit rows with the sender of the incident that each is about, to be veiled."""
    a, i = t.audit, t.incident
    query = select(a, i.c.sender, i.c.sender_alias).select_from(a.outerjoin(i, i.c.id == a.c.subject))
    for name, value in asked.items():
        query = query.where(a.c[name] == value)
    return query.order_by(a.c.seq.desc())


def _page(c: Connection, asked: Mapping[str, str], number: int, size: int = 50) -> Slice:
    total = c.execute(select(func.count()).select_from(_rows(asked).subquery())).scalar_one()
    number = max(1, min(number, max(1, -(-total // size))))
    return Slice(rows_of(c, _rows(asked).limit(size).offset((number - 1) * size)), total, number, size)


def _veiled(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the sender's alias in the place of the account id, and sealed words left out."""
    sender = row["sender"]
    detail = {k: v for k, v in row["detail"].items() if not k.startswith("sealed")}
    alias = f"sender {row['sender_alias']}"
    return {
        "seq": row["seq"],
        "at": row["at"],
        "actor": alias if sender and row["actor"] == sender else row["actor"],
        "what": row["what"],
        "subject": row["subject"],
        "detail": {k: alias if sender and v == sender else v for k, v in detail.items()},
        "hash": row["hash"],
        "about_event": sender is not None,
    }


def _csv(rows: Iterator[dict[str, Any]]) -> str:
    lines = [sheet.line(("number", "when", "who", "what", "about", "detail", "hash"))]
    for r in rows:
        detail = json.dumps(r["detail"], sort_keys=True) if r["detail"] else ""
        lines.append(
            sheet.line((r["seq"], when(r["at"]), r["actor"], r["what"], r["subject"], detail, r["hash"]))
        )
    return "".join(lines)
