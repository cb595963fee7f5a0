"""How pages are made: the templates, their filters, and what every page stands on."""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.console.sessions import Brake, Visitor
from bot.incidents.queries import Slice
from bot.policy.load import Policy
from bot.store.database import Store
from bot.vault.keys import Keys
from bot.vault.quarantine import Quarantine
from connectors.interface import Accept, DirectoryHealth, StaffDirectory

LONDON = ZoneInfo("Europe/London")


@cache
def environment() -> Environment:
    """Our templates over the NHS.UK design system's, everything escaped; each is compiled once a process."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("bot.console"), PackageLoader("nhsuk_frontend_jinja")]),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "when": when,
        "day": day,
        "clock": clock,
        "offset": offset,
        "ms": milliseconds,
        "age": age,
        "query": query,
    }
    made.globals["words_for"] = words_for
    return made


@dataclass(frozen=True)
class Console:
    """What every page stands on."""

    store: Store
    keys: Keys
    accept: Accept
    policy: Callable[[], Policy]
    health: Callable[[], Awaitable[Sequence[DirectoryHealth]]] | None
    secure_cookies: bool
    clock: Callable[[], float]
    files: Quarantine | None = None
    """Where original files are kept."""
    under_way: Callable[[str], str | None] = lambda incident: None
    """How far the inspection of an incident's file is; None when it is not being looked at."""
    directories: Sequence[StaffDirectory] = ()
    """In the order in which their word counts."""
    templates: Environment = field(default_factory=environment)
    account_brake: Brake = field(default_factory=lambda: Brake(tries=5))
    address_brake: Brake = field(default_factory=lambda: Brake(tries=50))

    def page(
        self,
        request: Request,
        template: str,
        visitor: Visitor | None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Render a template. `request.state.nonce` is in the page's content security policy."""
        html = self.templates.get_template(template).render(
            visitor=visitor,
            cspNonce=request.state.nonce,
            path=request.url.path,
            now=self.clock(),
            **values,
        )
        return HTMLResponse(html, status, headers)


def nonce() -> str:
    return secrets.token_urlsafe(16)


def when(at: float) -> str:
    """`14 March 2025 at 09:05`, London time."""
    return f"{day(at)} at {_local(at):%H:%M}"


def day(at: float) -> str:
    return f"{_local(at).day} {_local(at):%B %Y}"


def clock(at: float) -> str:
    """`09:05:07.123`, London time."""
    return f"{_local(at):%H:%M:%S}.{int(at * 1000) % 1000:03d}"


def offset(at: float, start: float) -> str:
    """`+1,834 ms` after `start`; minutes and more in words."""
    after = at - start
    return f"+{max(0, round(after * 1000)):,} ms" if after < 100 else f"+{age(after)}"


def milliseconds(ms: float) -> str:
    """`430 ms`; from ten seconds on with the plain duration behind it."""
    exact = f"{round(ms):,} ms"
    return exact if ms < 10_000 else f"{exact} ({age(ms / 1000)})"


def age(seconds: float) -> str:
    """A duration in one plain unit: `12 seconds`, `3 minutes`, `5 hours`, `2 days`."""
    whole = max(0, round(seconds))
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if whole >= 2 * unit or (unit > 60 and whole >= unit * 1.5):
            return _count(round(whole / unit), name)
    return _count(whole, "second")


def query(values: Mapping[str, Any], **changes: Any) -> str:
    """A URL's query from the values that are set."""
    return urlencode({k: v for k, v in {**values, **changes}.items() if v not in ("", None, False)})


def page_number(request: Request) -> int:
    """Which page of a list was asked for; 1 for what means nothing."""
    page = request.query_params.get("page", "1")
    return int(page) if page.isdecimal() and len(page) < 7 else 1


def one_page(rows: Sequence[Any], number: int, size: int = 50) -> Slice:
    """A page of a list that is in memory."""
    number = max(1, min(number, max(1, -(-len(rows) // size))))
    return Slice(tuple(rows[(number - 1) * size : number * size]), len(rows), number, size)


def words_for(codes: Iterable[str], words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Options for a select: each code with its words, the first letter large."""
    return [(code, words[code][:1].upper() + words[code][1:]) for code in codes]


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at, LONDON)
