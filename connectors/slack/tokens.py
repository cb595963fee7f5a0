"""Slack's tokens: kept sealed in the store, in memory for a short while, rotated where Slack rotates them.

A stored token is `{"token", "scopes", "user_id", "bot_id", "app_id", "refresh_token", "expires_at"}`;
only "token" must be there. Kinds: "bot", "admin" and "discovery" (one a tenant), "user" (subject: user id).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from connectors.interface import NotAuthorised, TokenStore, Unavailable

PLATFORM = "slack"
FRESH = 30.0
"""Seconds for which memory is believed: another process may have stored or dropped a token."""


@dataclass(frozen=True, slots=True)
class Token:
    value: str = field(repr=False)
    tenant: str
    kind: str
    subject: str = ""
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def scopes(self) -> frozenset[str]:
        scopes = self.about.get("scopes") or ()
        return frozenset(scopes.split(",") if isinstance(scopes, str) else scopes)

    @property
    def rotates(self) -> bool:
        return bool(self.about.get("refresh_token") and self.about.get("expires_at"))


class Tokens:
    def __init__(self, store: TokenStore, client_id: str, client_secret: str) -> None:
        self._store = store
        self._client = (client_id, client_secret)
        self._recent: dict[tuple[str, str, str], tuple[float, Token | None]] = {}

    def find(self, tenant: str, kind: str, subject: str = "") -> Token | None:
        key = (tenant, kind, subject)
        until, token = self._recent.get(key, (0.0, None))
        if until < time.monotonic():
            token = self._load(*key)
            self._recent[key] = (time.monotonic() + FRESH, token)
        return token

    def bot(self, tenant: str) -> Token:
        """Raises NotAuthorised when Chaperone is not installed there."""
        token = self.find(tenant, "bot")
        if token is None:
            raise NotAuthorised("Chaperone is not installed in this workspace", "not_installed")
        return token

    def own(self, tenant: str) -> frozenset[str]:
        """The ids by which messages of ours are known in a workspace."""
        token = self.find(tenant, "bot") if tenant else None
        about = token.about if token else {}
        return frozenset(str(about[k]) for k in ("bot_id", "user_id") if about.get(k))

    def put(self, tenant: str, kind: str, subject: str, about: Mapping[str, Any]) -> None:
        self._store.put(PLATFORM, tenant, kind, subject, about)
        self._recent.pop((tenant, kind, subject), None)

    def forget(self, tenant: str, users: tuple[str, ...] = ()) -> None:
        """Drop what memory holds of a workspace, or of some of its people."""
        self._recent = {
            k: v for k, v in self._recent.items() if k[0] != tenant or (users and k[2] not in users)
        }

    def revoked(self, token: Token) -> None:
        """Slack says that the token is gone for good."""
        if token.kind == "user":
            self._store.drop(PLATFORM, token.tenant, "user", token.subject)
        self.forget(token.tenant)

    async def fresh(self, token: Token, client: Callable[[], AsyncWebClient]) -> Token:
        """The token, or its successor where Slack rotates tokens and it is about to end."""
        if not token.rotates or float(token.about["expires_at"]) > time.time() + 600:
            return token
        rotator = AsyncTokenRotator(client_id=self._client[0], client_secret=self._client[1], client=client())
        try:
            new = await _rotated(rotator, token)
        except SlackTokenRotationError:
            raise Unavailable("slack oauth.v2.access: the token could not be rotated") from None
        if new:
            self.put(token.tenant, token.kind, token.subject, {**token.about, **new})
        return self._load(token.tenant, token.kind, token.subject) or token

    def _load(self, tenant: str, kind: str, subject: str) -> Token | None:
        about = self._store.get(PLATFORM, tenant, kind, subject)
        return Token(str(about["token"]), tenant, kind, subject, about) if about else None


async def _rotated(rotator: AsyncTokenRotator, token: Token) -> dict[str, Any] | None:
    about = token.about
    if token.kind == "bot":
        bot = await rotator.perform_bot_token_rotation(
            bot=Bot(
                bot_token=token.value, bot_id=about.get("bot_id", ""), bot_user_id=about.get("user_id", ""),
                bot_refresh_token=about["refresh_token"], bot_token_expires_at=int(about["expires_at"]),
                installed_at=0.0,
            ),
            minutes_before_expiration=10,
        )  # fmt: skip
        return None if bot is None else {
            "token": bot.bot_token, "refresh_token": bot.bot_refresh_token, "expires_at": bot.bot_token_expires_at,
        }  # fmt: skip
    user = await rotator.perform_user_token_rotation(
        installation=Installation(
            user_id=token.subject or about.get("user_id", ""), user_token=token.value,
            user_refresh_token=about["refresh_token"], user_token_expires_at=int(about["expires_at"]),
        ),
        minutes_before_expiration=10,
    )  # fmt: skip
    return None if user is None else {
        "token": user.user_token, "refresh_token": user.user_refresh_token,
        "expires_at": user.user_token_expires_at,
    }  # fmt: skip
