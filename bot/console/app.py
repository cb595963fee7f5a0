"""The console as one web application: every page, and who may open it."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.console import (
    access,
    assets,
    channels,
    entrance,
    events,
    people,
    person,
    present,
    register,
    resolve,
    upkeep,
)
from bot.console import directories as directory_pages
from bot.console.accounts import Role
from bot.console.gate import Gate, Handler, Headers, security_headers
from bot.console.pages import Console
from bot.policy.load import Policy
from bot.store.database import Store
from bot.vault.keys import Keys
from bot.vault.quarantine import Quarantine
from connectors.interface import Accept, DirectoryHealth, StaffDirectory

EVERYONE: frozenset[Role] = frozenset({"clinician", "admin", "reviewer", "auditor"})
OVERSIGHT: frozenset[Role] = frozenset({"admin", "reviewer", "auditor"})
REVIEWERS: frozenset[Role] = frozenset({"reviewer"})
ADMINS: frozenset[Role] = frozenset({"admin"})
STEWARDS: frozenset[Role] = frozenset({"admin", "reviewer"})
AUDITORS: frozenset[Role] = frozenset({"auditor", "reviewer"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One page or form, and the roles that get through to it. Clinicians see only their own events."""

    method: str
    path: str
    roles: frozenset[Role]
    handler: Handler


ENTRIES = (
    Entry("GET", "/", EVERYONE, events.queue),
    Entry("GET", "/events/{id:str}", EVERYONE, events.event),
    Entry("POST", "/events/{id:str}/decision", REVIEWERS, events.decide),
    Entry("POST", "/events/{id:str}/sender", REVIEWERS, events.open_sender),
    Entry("POST", "/events/{id:str}/reveal", REVIEWERS, events.reveal),
    Entry("GET", "/membership", OVERSIGHT, people.membership),
    Entry("GET", "/membership/{id:int}", OVERSIGHT, people.member),
    Entry("POST", "/membership/{id:int}", STEWARDS, people.change_member),
    Entry("GET", "/membership/{id:int}/person", OVERSIGHT, person.person),
    Entry("GET", "/membership/partners", OVERSIGHT, register.partners),
    Entry("POST", "/membership/partners", STEWARDS, register.admit),
    Entry("POST", "/membership/partners/{id:int}/end", STEWARDS, register.end),
    Entry("GET", "/membership/unknown", OVERSIGHT, resolve.accounts),
    Entry("GET", "/membership/{id:int}/identity", OVERSIGHT, resolve.account),
    Entry("POST", "/membership/{id:int}/identity", REVIEWERS, resolve.match),
    Entry("POST", "/membership/{id:int}/identity/undo", REVIEWERS, resolve.undo),
    Entry("GET", "/membership/directories", OVERSIGHT, directory_pages.directories),
    Entry("POST", "/membership/directories", ADMINS, directory_pages.sync),
    Entry("GET", "/membership/access.csv", OVERSIGHT, access.access_csv),
    Entry("GET", "/channels", OVERSIGHT, channels.channels),
    Entry("GET", "/channels/one", OVERSIGHT, channels.channel),
    Entry("POST", "/channels/one", ADMINS, channels.change_channel),
    Entry("GET", "/channels/people", OVERSIGHT, present.people),
    Entry("GET", "/health", OVERSIGHT, upkeep.health),
    Entry("GET", "/audit", AUDITORS, upkeep.audit),
    Entry("GET", "/audit.csv", AUDITORS, upkeep.audit_csv),
    Entry("POST", "/sign-out", EVERYONE, entrance.sign_out),
)


def build(
    *,
    store: Store,
    keys: Keys,
    accept: Accept,
    policy: Callable[[], Policy],
    health: Callable[[], Awaitable[Sequence[DirectoryHealth]]] | None = None,
    secure_cookies: bool = True,
    clock: Callable[[], float] = time.time,
    files: Quarantine | None = None,
    under_way: Callable[[str], str | None] = lambda incident: None,
    directories: Sequence[StaffDirectory] = (),
) -> Starlette:
    """The console. `accept` takes what people ask of the bot; `health` tells how the directories are; `files`
    keeps original files, `directories` are searched for whose an account is, and `under_way` says how far the inspection of an incident's file is.

    With `secure_cookies` it must be reached over HTTPS; without, only 127.0.0.1 is safe.
    """
    console = Console(
        store, keys, accept, policy, health, secure_cookies, clock, files, under_way, directories
    )
    return Starlette(
        routes=[*(_route(console, entry) for entry in ENTRIES), *_open_routes(console)],
        middleware=[Middleware(Headers, secure=secure_cookies)],
        exception_handlers={
            HTTPException: partial(_refused, console),
            Exception: partial(_refused, console),
        },
    )


def _route(console: Console, entry: Entry) -> Route:
    gate = Gate(console, entry.roles, entry.handler)

    async def endpoint(request: Request) -> Response:
        return await gate(request)

    return Route(entry.path, endpoint, methods=[entry.method])


def _open_routes(console: Console) -> list[Route]:
    """What needs no sign-in."""

    async def form(request: Request) -> Response:
        return await entrance.form(console, request)

    async def sign_in(request: Request) -> Response:
        return await entrance.sign_in(console, request)

    return [
        Route("/sign-in", form, methods=["GET"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/assets/{name:str}", assets.asset, methods=["GET"]),
        Route("/healthz", _alive, methods=["GET"]),
    ]


async def _alive(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _refused(console: Console, request: Request, problem: Exception) -> Response:
    """Every refusal as a page that says what to do next."""
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    why = problem.detail if isinstance(problem, HTTPException) else ""
    # A broken page is answered outside the middleware that adds these.
    headers = security_headers(request.state.nonce, console.secure_cookies)
    return console.page(
        request,
        "problem.jinja",
        getattr(request.state, "visitor", None),
        status,
        {**headers, **(getattr(problem, "headers", None) or {})},
        code=status,
        why=why,
    )
