"""Signing in and out."""

import secrets
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console import accounts, sessions
from bot.console.gate import cookie_name, field, own_form, signed_in
from bot.console.pages import Console
from bot.console.sessions import Visitor
from bot.incidents import audit


async def form(console: Console, request: Request) -> Response:
    """The sign-in page; somebody who is signed in goes on to the queue."""
    if await signed_in(console, request):
        return RedirectResponse(_next(request.query_params.get("next", "")), 303)
    return _page(console, request, 200, next=request.query_params.get("next", ""))


async def sign_in(console: Console, request: Request) -> Response:
    """Check name and password, slowly and not too often."""
    token = request.cookies.get(_form_cookie(console), "")
    if not token:
        raise HTTPException(403, "form")
    posted = await own_form(request, token)
    name, onward = field(posted, "name").strip().lower()[:200], field(posted, "next")
    address = request.client.host if request.client else ""
    pair, now = f"{name}\n{address}", console.clock()
    if console.account_brake.holds(pair, now) or console.address_brake.holds(address, now):
        return _page(console, request, 429, problem="held", name=name, next=onward)
    # Counted before the slow check, so that a burst of parallel tries is held too.
    console.account_brake.failed(pair, now)
    console.address_brake.failed(address, now)
    account = await accounts.check(console.store, name, field(posted, "password")[:1000])
    if account is None:
        return _page(console, request, 401, problem="wrong", name=name, next=onward)
    console.account_brake.cleared(pair)
    console.address_brake.forgiven(address)  # a hospital may share one address
    cookie = await console.store.write(lambda c: _started(c, account, now))
    answer = RedirectResponse(_next(onward), 303)
    _set(console, answer, cookie_name(console.secure_cookies), cookie)
    return answer


async def sign_out(console: Console, visitor: Visitor, request: Request) -> Response:
    """End the session on the server; the cookie alone is worth nothing afterwards."""
    await console.store.write(lambda c: sessions.end(c, visitor.session))
    answer = RedirectResponse("/sign-in?out=1", 303)
    answer.delete_cookie(cookie_name(console.secure_cookies), secure=console.secure_cookies, httponly=True)
    return answer


def _started(c: Connection, account: str, now: float) -> str:
    audit.append(c, actor=account, what="console.signed_in", subject=account, detail={}, at=now)
    return sessions.start(c, account, now)


def _page(console: Console, request: Request, status: int, **values: Any) -> Response:
    """The form with a token that its cookie repeats: there is no session yet to keep one in."""
    token = request.cookies.get(_form_cookie(console)) or secrets.token_urlsafe(32)
    out = "out" in request.query_params
    page = console.page(request, "sign_in.jinja", None, status, csrf=token, signed_out=out, **values)
    _set(console, page, _form_cookie(console), token)
    return page


def _form_cookie(console: Console) -> str:
    return f"{cookie_name(console.secure_cookies)}-form"


def _set(console: Console, answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, path="/", secure=console.secure_cookies, httponly=True, samesite="lax")


def _next(path: str) -> str:
    """Where to go on to: a path of ours, never another site."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"
