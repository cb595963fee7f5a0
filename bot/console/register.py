"""The register of partners: who from outside may be here, why, by whose word and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, cast
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.asking import LONGEST_DAYS, ask, end_of_day, today
from bot.console.gate import field
from bot.console.pages import Console, one_page, page_number
from bot.console.sessions import Visitor
from bot.incidents.queries import Row, rows_of
from bot.membership.expiring import PARTNERS_WITHIN
from bot.membership.partners import EVERYWHERE, Partner, Partners
from bot.policy.kinds import in_words
from bot.store import tables as t
from detectors.interface import Context, Kind
from detectors.scan import scan

STATES: Final = ("current", "expiring", "ended")

_PUBLIC_MAIL: Final = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com live.co.uk msn.com yahoo.com "
    "yahoo.co.uk icloud.com me.com aol.com btinternet.com sky.com virginmedia.com talktalk.net proton.me "
    "protonmail.com gmx.com gmx.co.uk mail.com zoho.com fastmail.com".split()
)
"""Where anybody has an address: no organisation."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The form as it was sent, to be shown again with what is to be put right."""

    values: Mapping[str, str]
    problems: Mapping[str, str]
    partner: Partner | None = None


_FIELDS: Final = ("kind", "key", "name", "purpose", "sponsor", "until", "where")


async def partners(console: Console, visitor: Visitor, request: Request) -> Response:
    """The register, and the form for whoever may admit."""
    place = {k: request.query_params.get(k, "") for k in ("platform", "tenant", "id")}
    return await _page(console, visitor, request, _Wanted({"where": urlencode(place)}, {}))


async def admit(console: Console, visitor: Visitor, request: Request) -> Response:
    """Admit a person or an organisation, then look again where they may be."""
    wanted = await _read(console, visitor, await request.form())
    if wanted.partner is None:
        return await _page(console, visitor, request, wanted, 422)
    id = await Partners(console.store).add(wanted.partner, console.clock())
    await _look_again(console, visitor, wanted.partner, id)
    return RedirectResponse("/membership/partners?done=admitted", 303)


async def end(console: Console, visitor: Visitor, request: Request) -> Response:
    """End an admission now, then look again where they may be."""
    id = request.path_params["id"]
    ended = await Partners(console.store).end(id, visitor.name, console.clock())
    if ended is None:
        raise HTTPException(404)
    await _look_again(console, visitor, ended, id)
    return RedirectResponse("/membership/partners?done=ended", 303)


async def _look_again(console: Console, visitor: Visitor, partner: Partner, id: int) -> None:
    place = {"platform": partner.platform, "tenant": partner.tenant}
    await ask(console, visitor, "console.partner", place, partner.conversation, {"partner": id})


async def _page(
    console: Console, visitor: Visitor, request: Request, wanted: _Wanted, status: int = 200
) -> Response:
    now, shown = console.clock(), request.query_params.get("state", "")
    rows = [(state_of(p, now), p) for p in await Partners(console.store).everyone()]
    counts = {s: sum(state == s for state, _ in rows) for s in STATES}
    state = shown if shown in STATES else ""
    rows = [r for r in rows if r[0] == state] if state else [r for r in rows if r[0] != "ended"]
    places = await _places(console)
    return console.page(
        request, "partners.jinja", visitor, status, rows=one_page(rows, page_number(request)), counts=counts,
        state=state, states=STATES, values=wanted.values, problems=wanted.problems, options=_options(places),
        names={(r["platform"], r["tenant"], r["id"]): r["shown_name"] or "Unnamed conversation" for r in places},
        done=request.query_params.get("done", ""), asked={"state": state}, everywhere=EVERYWHERE,
        tomorrow=today(console) + timedelta(days=1), latest=today(console) + timedelta(days=LONGEST_DAYS),
    )  # fmt: skip


def state_of(partner: Partner, now: float) -> str:
    """ "current", "expiring" (within the week in which people are told) or "ended"."""
    if partner.ended_at is not None or partner.until <= now:
        return "ended"
    return "expiring" if partner.until <= now + PARTNERS_WITHIN else "current"


async def _read(console: Console, visitor: Visitor, form: FormData) -> _Wanted:
    values = {name: field(form, name).strip()[:300] for name in _FIELDS}
    places = await _places(console)
    where = next((v for v, _ in _options(places) if v == values["where"]), "")
    until = end_of_day(values["until"], console.clock())
    workspaces = {r["tenant"].casefold() for r in places}
    found = {
        "kind": "" if values["kind"] in ("person", "organisation") else "Choose a person or an organisation",
        "key": _wrong_key(values["kind"], values["key"].casefold(), workspaces),
        "purpose": _wrong_purpose(values["purpose"]),
        "sponsor": "" if values["sponsor"] else "Say who here answers for them",
        "until": "" if until else "Give a day from today on, at most a year ahead",
        "where": "" if where else "Choose where they may be",
    }
    problems = {name: words for name, words in found.items() if words}
    if problems or until is None:
        return _Wanted(values, problems)
    place = dict(parse_qsl(where))
    kind = cast("Literal['person', 'organisation']", values["kind"])
    key = values["key"].removeprefix("@")
    partner = Partner(
        place["platform"], place["tenant"], place["id"], kind, key, values["purpose"], values["sponsor"], until,
        visitor.name, values["name"],
    )  # fmt: skip
    return _Wanted(values, {}, partner)


def _wrong_key(kind: str, key: str, workspaces: set[str]) -> str:
    """What is wrong with the key of a partner, in plain words; empty when nothing is."""
    domain = key.removeprefix("@")
    if not key or any(c.isspace() for c in key):
        return "Give an email address, a mail domain or an account id, without spaces"
    if kind == "person":
        return "" if "@" not in key or "." in domain.rpartition("@")[2] else "Give the whole email address"
    if "@" in domain:
        return "Give the organisation’s mail domain only, such as council.example"
    if domain in _PUBLIC_MAIL:
        return "Anybody can have an address there. Admit the person instead"
    return "That is your own workspace: everyone in it would be let in" if domain in workspaces else ""


def _wrong_purpose(purpose: str) -> str:
    if not purpose:
        return "Say what they need access for"
    found = scan(purpose, Context(surface="topic"))
    named = [f.kind for f in found if f.kind is not Kind.STAFF_NAME and f.confidence >= 0.5]
    return f"This seems to name a patient ({in_words(named)}). Say it without" if named else ""


async def _places(console: Console) -> tuple[Row, ...]:
    v = t.conversation.c
    query = select(v.platform, v.tenant, v.id, v.shown_name).where(v.archived.is_(False), v.kind != "dm")
    return await console.store.read(
        lambda c: rows_of(c, query.order_by(v.platform, v.tenant, v.shown_name, v.id))
    )


def _options(places: tuple[Row, ...]) -> list[tuple[str, str]]:
    """Every workspace as a whole, then each conversation."""
    whole = dict.fromkeys((r["platform"], r["tenant"]) for r in places)
    return [
        *((_value(p, tenant, EVERYWHERE), f"Every conversation of {p.capitalize()} {tenant}") for p, tenant in whole),
        *((_value(r["platform"], r["tenant"], r["id"]), r["shown_name"] or f"Unnamed ({r['id']})") for r in places),
    ]  # fmt: skip


def _value(platform: str, tenant: str, id: str) -> str:
    return urlencode({"platform": platform, "tenant": tenant, "id": id})
