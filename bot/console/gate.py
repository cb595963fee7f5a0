"""Who gets through: signed in, in the right role, and from our own form."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console import sessions
from bot.console.accounts import Role
from bot.console.pages import Console, nonce
from bot.console.sessions import Visitor

Handler = Callable[[Console, Visitor, Request], Awaitable[Response]]

_LARGEST_FORM = 64 * 1024


def cookie_name(secure: bool) -> str:
    """`__Host-` ties a cookie to this host and to HTTPS; plain HTTP on 127.0.0.1 cannot have it."""
    return "__Host-chaperone" if secure else "chaperone"


@dataclass(frozen=True)
class Gate:
    """Lets a visitor through to one page. GET without a session goes to sign-in, POST is refused."""

    console: Console
    roles: frozenset[Role]
    handler: Handler

    async def __call__(self, request: Request) -> Response:
        visitor = await signed_in(self.console, request)
        if visitor is None:
            if request.method == "POST":
                raise HTTPException(403, "signed_out")
            return RedirectResponse(f"/sign-in?next={quote(_path_of(request), safe='')}", 303)
        request.state.visitor = visitor
        if visitor.role not in self.roles:
            raise HTTPException(403, "role")
        if request.method == "POST":
            await own_form(request, visitor.csrf)
        return await self.handler(self.console, visitor, request)


async def signed_in(console: Console, request: Request) -> Visitor | None:
    """The visitor behind the session cookie; notes that the session was used."""
    cookie = request.cookies.get(cookie_name(console.secure_cookies))
    if not cookie:
        return None
    now = console.clock()
    row = await console.store.read(lambda c: sessions.find(c, cookie, now))
    if row is None:
        return None
    token = row["token"]
    if sessions.is_stale(row, now):
        await console.store.write(lambda c: sessions.used(c, token, now))
    return sessions.visitor(row)


async def own_form(request: Request, token: str) -> FormData:
    """The posted form, when it came from a page of ours. Raises HTTPException 403, 413 or 415."""
    if not same_origin(request):
        raise HTTPException(403, "origin")
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise HTTPException(415)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _LARGEST_FORM:
        raise HTTPException(413)
    form = await request.form()
    if not hmac.compare_digest(field(form, "csrf").encode(), token.encode()):
        raise HTTPException(403, "form")
    return form


def same_origin(request: Request) -> bool:
    """What the browser itself says of where a request came from; a request that does not say is refused."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host", "")


def field(form: FormData, name: str) -> str:
    """A text field's value; empty when it is missing or a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _path_of(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


class Headers:
    """Adds the security headers to every answer, and a fresh nonce to every request."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        mark = nonce()
        scope.setdefault("state", {})["nonce"] = mark
        added = [(k.encode(), v.encode()) for k, v in security_headers(mark, self._secure).items()]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in added if h[0] not in given)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def security_headers(mark: str, secure: bool) -> dict[str, str]:
    """What every answer carries; `mark` is the nonce of scripts in this page."""
    policy: Mapping[str, str] = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{mark}'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    fixed = {
        "content-security-policy": "; ".join(f"{k} {v}" for k, v in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # Not "no-referrer": browsers then send "Origin: null" with our own forms.
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cache-control": "no-store",
    }
    if secure:
        fixed["strict-transport-security"] = "max-age=31536000"
    return fixed
