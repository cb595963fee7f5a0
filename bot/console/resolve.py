"""Accounts that only a person can match: two people share their key, or somebody listed has their name."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import Connection, func, or_, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console import people as stays
from bot.console.asking import ask
from bot.console.gate import field
from bot.console.pages import Console, one_page, page_number
from bot.console.sessions import Visitor
from bot.incidents.queries import Row, rows_of
from bot.membership.identities import Identities, Identity, key_of
from bot.store import tables as t
from connectors.interface import ConnectorError, Staff

_M = t.membership.c

CONFLICT: Final = "people of the "
"""In the words of a directory when two people share a key; a test holds the two together."""
_NO_ADDRESS: Final = "e-mail address"
_MOST: Final = 20
SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of a directory who may be behind an account."""

    directory: str
    key: str
    person: Staff


async def accounts(console: Console, visitor: Visitor, request: Request) -> Response:
    """Every account that somebody should look at, and those that somebody has matched."""
    found = await console.store.read(_unresolved)
    by_name = await asyncio.to_thread(_by_name, await _everyone(console))
    rows = [
        {**r, "likely": likely}
        for r in found
        if (likely := by_name.get(_name(r["name"]), [])) or CONFLICT in r["why"]
    ]
    matched = await console.store.read(_matched)
    return console.page(
        request, "unresolved.jinja", visitor, rows=one_page(rows, page_number(request)), matched=matched,
        address=address, done=request.query_params.get("done", ""),
    )  # fmt: skip


async def account(console: Console, visitor: Visitor, request: Request) -> Response:
    """One account: who may be behind it, and a search for somebody else."""
    return await _page(console, visitor, request)


async def match(console: Console, visitor: Visitor, request: Request) -> Response:
    """A reviewer says whose account it is; it is looked up again at once, wherever it is."""
    form, row = await request.form(), await stays.find(console, request)
    if visitor.platform_user == row["user"]:
        return await _page(
            console, visitor, request, 422, problems={"person": "Somebody else must say who you are"}
        )
    chosen = field(form, "person")
    picked = next((c for c in await _everyone(console) if _value(c) == chosen), None) if chosen else None
    if picked is None:
        return await _page(
            console, visitor, request, 422, problems={"person": "Choose whose account this is"}
        )
    place = (row["platform"], row["tenant"], row["user"])
    await Identities(console.store).put(
        Identity(*place, picked.directory, picked.key, visitor.name, console.clock())
    )
    return await _done(console, visitor, row, "matched")


async def undo(console: Console, visitor: Visitor, request: Request) -> Response:
    """Take a match back."""
    row = await stays.find(console, request)
    identities = Identities(console.store)
    identity = (await identities.of(row["platform"], row["tenant"])).get(row["user"])
    if identity is None:
        raise HTTPException(404)
    await identities.undo(identity, visitor.name, console.clock())
    return await _done(console, visitor, row, "undone")


def address(row: Mapping[str, Any], page: str = "identity") -> str:
    """Where a page about an account is, by one of its stays."""
    return f"/membership/{row['id']}/{page}"


async def _done(console: Console, visitor: Visitor, row: Row, what: str) -> Response:
    await ask(console, visitor, "console.identity", row, "", {"user": row["user"]})
    return RedirectResponse(f"/membership/unknown?done={what}", 303)


async def _page(
    console: Console, visitor: Visitor, request: Request, status: int = 200, **values: Any
) -> Response:
    row = await stays.find(console, request)
    asked = request.query_params.get("q", "").strip()
    problems = {**values.pop("problems", {})}
    if asked and len(asked) < SHORTEST:
        problems["q"], status = f"Type at least {SHORTEST} letters", 422
    people = await _everyone(console)
    found: list[Candidate] = []
    if len(asked) >= SHORTEST:
        found = await asyncio.to_thread(_search, people, asked)
    elif not asked:
        found = (await asyncio.to_thread(_by_name, people)).get(_name(row["name"]), [])
    identity = (await Identities(console.store).of(row["platform"], row["tenant"])).get(row["user"])
    mine = next(
        (c for c in people if identity and (c.directory, c.key) == (identity.directory, identity.person)),
        None,
    )
    return console.page(
        request, "identity.jinja", visitor, status, row=row, q=asked, problems=problems, identity=identity, mine=mine,
        candidates=found[:_MOST], more=len(found) > _MOST,
        value=_value, address=address, **values,
    )  # fmt: skip


async def _everyone(console: Console) -> list[Candidate]:
    """All directories' people, in their order; a directory that cannot be read has nobody to offer."""
    lists: list[tuple[str, Sequence[Staff]]] = []
    for directory in console.directories:
        try:
            lists.append((directory.name, await directory.people()))
        except ConnectorError:
            continue
    # In a thread, as all that walks over a whole directory: messages do not wait for a page.
    return await asyncio.to_thread(
        lambda: [Candidate(d, key_of(p), p) for d, people in lists for p in people]
    )


def _by_name(people: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    index: dict[str, list[Candidate]] = {}
    for candidate in people:
        index.setdefault(_name(candidate.person.name), []).append(candidate)
    index.pop("", None)
    return index


def _search(people: Iterable[Candidate], asked: str) -> list[Candidate]:
    words = asked.casefold().split()
    found = []
    for c in people:
        p = c.person
        text = " ".join((p.name, p.known_as, p.email, *p.aliases, p.id)).casefold()
        if all(w in text for w in words):
            found.append(c)
            if len(found) > _MOST:
                break
    return found


def _unresolved(c: Connection) -> Sequence[Row]:
    """Accounts by the latest word on them, those of two people first."""
    conflict = _M.why.contains(CONFLICT)
    resolvable = (_M.standing == "unknown") | (
        (_M.standing == "could_not_tell") & or_(conflict, _M.why.contains(_NO_ADDRESS))
    )
    query = (
        select(
            _M.platform, _M.tenant, _M.user, func.max(_M.id).label("id"), func.max(_M.name).label("name"), func.max(_M.why).label("why"),
            func.max(_M.standing).label("standing"), func.count().label("conversations"),
        )
        .where(_M.left_at.is_(None), resolvable)
        .group_by(_M.platform, _M.tenant, _M.user)
        .order_by(func.max(conflict).desc(), func.max(_M.name), _M.user)
    )  # fmt: skip
    return rows_of(c, query)


def _matched(c: Connection) -> Sequence[Row]:
    i = t.identity.c
    same = (_M.platform == i.platform) & (_M.tenant == i.tenant) & (_M.user == i.user)
    latest = select(func.max(_M.id)).where(same).correlate(t.identity).scalar_subquery()
    query = select(t.identity, _M.id, _M.name).join(t.membership, _M.id == latest)
    return rows_of(c, query.order_by(i.at.desc()).limit(500))


def _value(candidate: Candidate) -> str:
    return urlencode({"directory": candidate.directory, "person": candidate.key})


def _name(name: str) -> str:
    return " ".join(name.casefold().split())
