"""Who has access to what and why, as a spreadsheet: one line for each person in each conversation."""

from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.console import sheet
from bot.console.pages import LONDON, Console
from bot.console.people import with_channel
from bot.console.sessions import Visitor
from bot.incidents import audit
from bot.incidents.queries import Row, rows_of
from bot.membership.partners import EVERYWHERE, Partner, Partners
from bot.membership.stays import REGISTER
from bot.store import tables as t

_M = t.membership.c
_AT_ONCE: Final = 2000
"""Lines that are read together; the whole is never in memory."""

HEADINGS: Final = (
    "conversation", "person", "account", "standing", "matched by", "department", "employer", "belongs",
    "admitted under", "confirmed or partner until", "purpose", "sponsor", "joined", "checked", "platform", "workspace",
    "conversation id",
)  # fmt: skip
_STANDING: Final = {
    "staff": "staff", "guest": "guest", "partner": "other organisation", "leaver": "has left",
    "unknown": "not in the directory", "could_not_tell": "could not tell",
}  # fmt: skip
_BELONGS: Final = {True: "yes", False: "no", None: "could not tell"}


async def access_csv(console: Console, visitor: Visitor, request: Request) -> Response:
    """Everyone who can read anything at this moment, conversation by conversation."""
    at = console.clock()
    await console.store.write(
        lambda c: audit.append(
            c, actor=visitor.name, what="access.exported", subject="access", detail={}, at=at
        )
    )
    day = datetime.fromtimestamp(at, LONDON).date()
    headers = {"Content-Disposition": f'attachment; filename="chaperone-access-{day}.csv"'}
    return StreamingResponse(_lines(console, at), media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(console: Console, at: float) -> AsyncIterator[bytes]:
    partners = await Partners(console.store).now(at)
    places = deque(await console.store.read(_places))
    yield ("\ufeff" + sheet.line(HEADINGS)).encode()
    while places:
        yield await console.store.read(lambda c: _text(c, places, partners))


def _text(c: Connection, places: deque[tuple[str, ...]], partners: Sequence[Partner]) -> bytes:
    """The next lines, made in the reader's thread: messages do not wait for a sheet."""
    return "".join(sheet.line(_cells(row, partners)) for row in _take(c, places)).encode()


def _places(c: Connection) -> Sequence[tuple[str, ...]]:
    """Every conversation with somebody in it, by its name."""
    v = t.conversation.c
    same = (v.platform == _M.platform) & (v.tenant == _M.tenant) & (v.id == _M.conversation)
    place = (_M.platform, _M.tenant, _M.conversation)
    query = (
        select(*place).select_from(t.membership.outerjoin(t.conversation, same)).where(_M.left_at.is_(None))
    )
    return [tuple(row) for row in c.execute(query.group_by(*place).order_by(func.max(v.shown_name), *place))]


def _take(c: Connection, places: deque[tuple[str, ...]]) -> list[Row]:
    """The people of the next conversations, of at least one."""
    rows: list[Row] = []
    while places and len(rows) < _AT_ONCE:
        platform, tenant, id = places.popleft()
        here = (_M.platform == platform) & (_M.tenant == tenant) & (_M.conversation == id)
        rows += rows_of(c, with_channel().where(here, _M.left_at.is_(None)).order_by(_M.name, _M.id))
    return rows


def _cells(row: Mapping[str, Any], partners: Sequence[Partner]) -> tuple[object, ...]:
    partner = _partner(row, partners)
    return (
        row["shown_name"] or "", row["name"], row["user"], _STANDING.get(row["standing"], row["standing"]),
        row["matched_by"], row["department"], row["employer"], _BELONGS[row["belongs"]], row["admitted"],
        _moment(row["confirmed_until"]), partner.purpose if partner else "", partner.sponsor if partner else "",
        _moment(row["joined_at"]), _moment(row["checked_at"]), row["platform"], row["tenant"], row["conversation"],
    )  # fmt: skip


def _partner(row: Mapping[str, Any], partners: Sequence[Partner]) -> Partner | None:
    """The entry of the register that lets somebody in: their stay carries its words and its end."""
    if row["confirmed_by"] != REGISTER:
        return None
    return next(
        (
            p
            for p in partners
            if p.until == row["confirmed_until"]
            and (p.platform, p.tenant) == (row["platform"], row["tenant"])
            and p.conversation in (EVERYWHERE, row["conversation"])
            and row["admitted"].startswith(p.voucher.words)
        ),
        None,
    )


def _moment(at: float | None) -> str:
    """London time, as spreadsheets read it."""
    return f"{datetime.fromtimestamp(at, LONDON):%Y-%m-%d %H:%M}" if at is not None else ""
