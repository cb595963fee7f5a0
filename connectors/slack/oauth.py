"""Installing Chaperone in a workspace, and one person's leave to edit their own messages.

The state that goes through Slack is signed, ends after ten minutes, is good once, and belongs to the
browser that asked (a cookie holds its other half).
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import urljoin

from slack_sdk.oauth import AuthorizeUrlGenerator
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors.interface import ConnectorError, Unavailable
from connectors.slack.manifest import bot_scopes, user_scopes
from connectors.slack.tokens import Token, Tokens
from connectors.slack.web import Web

COOKIE = "chaperone-slack-install"
GOOD_FOR = 600
DISCOVERY = ("discovery:read", "discovery:write")


class State:
    def __init__(self, secret: bytes, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._key = hmac.new(secret, b"slack oauth state", hashlib.sha256).digest()
        self._spent: dict[str, float] = {}

    def issue(self) -> tuple[str, str]:
        """A state for the address and its other half for the cookie."""
        nonce, cookie = secrets.token_urlsafe(18), secrets.token_urlsafe(24)
        plain = json.dumps([nonce, self._now() + GOOD_FOR]).encode()
        return f"{base64.urlsafe_b64encode(plain).decode()}.{self._mac(plain, cookie)}", cookie

    def spend(self, state: str, cookie: str) -> bool:
        """Whether the state is ours, this browser's, not ended and not used before."""
        encoded, _, mac = state.rpartition(".")
        try:
            plain = base64.urlsafe_b64decode(encoded)
        except ValueError:
            return False
        if not cookie or not hmac.compare_digest(mac.encode(), self._mac(plain, cookie).encode()):
            return False
        nonce, until = json.loads(plain)
        now = self._now()
        self._spent = {n: t for n, t in self._spent.items() if t > now}
        if until < now or nonce in self._spent:
            return False
        self._spent[nonce] = until
        return True

    def _mac(self, plain: bytes, cookie: str) -> str:
        return hmac.new(self._key, plain + b"\0" + cookie.encode(), hashlib.sha256).hexdigest()


class OAuth:
    def __init__(
        self,
        web: Web,
        tokens: Tokens,
        *,
        client: tuple[str, str],
        api_url: str,
        public_url: str,
        secret: bytes,
    ) -> None:
        self._web = web
        self._tokens = tokens
        self._client_id, self._client_secret = client
        self._authorize = urljoin(api_url, "/oauth/v2/authorize")
        self._redirect = public_url.rstrip("/") + "/slack/oauth_redirect"
        self._secure = public_url.startswith("https://")
        self._state = State(secret)

    def routes(self) -> list[Route]:
        return [
            Route("/slack/install", self.install, methods=["GET"]),
            Route("/slack/discovery", self.discovery, methods=["GET"]),
            Route("/slack/connect", self.connect, methods=["GET"]),
            Route("/slack/oauth_redirect", self.redirected, methods=["GET"]),
        ]

    async def install(self, request: Request) -> Response:
        """For an owner or admin: the bot, and (but for `?only=bot`) their leave to replace messages."""
        only_bot = request.query_params.get("only") == "bot"
        return self._ask(bot_scopes(), () if only_bot else user_scopes())

    async def discovery(self, request: Request) -> Response:
        """For an Enterprise organisation's owner, once Slack has enabled the Discovery API for the app."""
        return self._ask((), DISCOVERY)

    async def connect(self, request: Request) -> Response:
        """For anybody: let Chaperone edit my own messages."""
        return self._ask((), user_scopes())

    async def redirected(self, request: Request) -> Response:
        given = request.query_params
        if not self._state.spend(given.get("state", ""), request.cookies.get(COOKIE, "")):
            return self._page(
                400, "This page was opened twice, too late or from elsewhere. Please start again."
            )
        if given.get("error") or not given.get("code"):
            return self._page(200, "Nothing was changed. You can close this page.")
        try:
            answer = await self._web.call(
                None, "oauth.v2.access", code=given["code"], redirect_uri=self._redirect,
                client_id=self._client_id, client_secret=self._client_secret,
            )  # fmt: skip
            done = await self._keep(answer)
        except Unavailable:
            return self._page(503, "Slack could not be reached. Please start again in a moment.")
        except ConnectorError:
            return self._page(400, "Slack did not accept this. Please start again.")
        return self._page(200, done)

    def _ask(self, scopes: tuple[str, ...], own: tuple[str, ...]) -> Response:
        state, cookie = self._state.issue()
        generator = AuthorizeUrlGenerator(
            client_id=self._client_id, redirect_uri=self._redirect, scopes=list(scopes),
            user_scopes=list(own), authorization_url=self._authorize,
        )  # fmt: skip
        response = RedirectResponse(generator.generate(state), status_code=302)
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=GOOD_FOR,
            path="/slack",
            httponly=True,
            secure=self._secure,
            samesite="lax",
        )
        return response

    async def _keep(self, answer: Mapping[str, Any]) -> str:
        """Store what was granted; says in plain words what that is."""
        tenant = str((answer.get("team") or answer.get("enterprise") or {})["id"])
        said = []
        if answer.get("access_token"):
            await self._keep_bot(tenant, answer)
            said.append("Chaperone is installed in this workspace.")
        person = answer.get("authed_user") or {}
        if person.get("access_token"):
            said += await self._keep_person(tenant, answer, person)
        self._tokens.forget(tenant)
        return " ".join(said) or "Nothing was granted."

    async def _keep_person(
        self, tenant: str, answer: Mapping[str, Any], person: Mapping[str, Any]
    ) -> list[str]:
        user = str(person["id"])
        kept = {**_token(person), "user_id": user, "app_id": answer.get("app_id")}
        if "discovery:write" in kept["scopes"].split(","):
            self._tokens.put(tenant, "discovery", "", kept)
            return ["Chaperone can now hide identifiers in place, in everybody's messages."]
        self._tokens.put(tenant, "user", user, kept)
        said = ["Chaperone can now hide identifiers in your own messages, in their place."]
        if answer.get("access_token") and await self._is_admin(tenant, user):
            self._tokens.put(tenant, "admin", "", kept)
            said.append("As you are an admin, it can also replace messages of others.")
        return said

    async def _keep_bot(self, tenant: str, answer: Mapping[str, Any]) -> None:
        about = {
            **_token(answer), "user_id": answer.get("bot_user_id"), "app_id": answer.get("app_id"),
            "enterprise_id": (answer.get("enterprise") or {}).get("id"),
        }  # fmt: skip
        test = await self._web.call(Token(about["token"], tenant, "bot"), "auth.test")
        self._tokens.put(tenant, "bot", "", {**about, "bot_id": test.get("bot_id")})

    async def _is_admin(self, tenant: str, user: str) -> bool:
        about = (await self._web.call(self._tokens.bot(tenant), "users.info", user=user))["user"]
        return bool(about.get("is_admin") or about.get("is_owner"))

    def _page(self, status: int, words: str) -> Response:
        page = f"<!doctype html><html lang=en><title>Chaperone</title><p>{escape(words)}"
        response = HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
        response.delete_cookie(COOKIE, path="/slack")
        return response


def _token(granted: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"token": granted["access_token"], "scopes": str(granted.get("scope") or "")}
    if granted.get("refresh_token"):
        ends = int(time.time()) + int(granted.get("expires_in") or 0)
        kept |= {"refresh_token": granted["refresh_token"], "expires_at": ends}
    return kept
