"""Tokens, their scopes, and which kinds this workspace is willing to give."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Literal

BOT_SCOPES = frozenset(
    "app_mentions:read canvases:write channels:history channels:join channels:manage channels:read channels:write.topic "
    "channels:write.invites chat:write chat:write.customize chat:write.public commands files:read files:write "
    "groups:history groups:read groups:write groups:write.topic groups:write.invites im:history im:read im:write "
    "mpim:history mpim:read mpim:write reactions:read reactions:write team:read users:read users:read.email "
    "users.profile:read".split()
)
USER_SCOPES = frozenset(
    "canvases:write chat:write files:read files:write channels:history groups:history im:history mpim:history channels:read "
    "groups:read im:read mpim:read channels:write groups:write im:write users:read".split()
)
DISCOVERY_SCOPES = frozenset(("discovery:read", "discovery:write"))


@dataclass(frozen=True, slots=True)
class Grants:
    """What the customer has given: tokens of authors, of an admin, the Discovery API (Enterprise)."""

    author_tokens: bool = True
    admin_token: bool = True
    discovery: bool = False


Kind = Literal["bot", "user", "org"]


@dataclass(frozen=True, slots=True)
class Token:
    """`org` is the separate token of an Enterprise's owner that carries the Discovery API."""

    value: str = field(repr=False)
    kind: Kind
    user: str
    scopes: frozenset[str]
    revoked: bool = False


@dataclass(slots=True)
class Tokens:
    """Every token ever given; a revoked one stays known, so that it answers `token_revoked`."""

    held: dict[str, Token] = field(default_factory=dict, repr=False)

    def issue(self, kind: Kind, user: str, scopes: frozenset[str]) -> Token:
        """The live token of this kind and person, with the scopes added; a new one if there is none."""
        held = self.live(kind, user)
        value = (
            held.value if held else f"{'xoxb' if kind == 'bot' else 'xoxp'}-sandbox-{secrets.token_hex(12)}"
        )
        token = Token(value, kind, user, scopes | (held.scopes if held else frozenset()))
        self.held[value] = token
        return token

    def live(self, kind: str, user: str) -> Token | None:
        held = (t for t in self.held.values() if t.kind == kind and t.user == user and not t.revoked)
        return next(held, None)

    def revoke(self, token: Token) -> None:
        self.held[token.value] = replace(token, revoked=True)

    def all_live(self) -> tuple[Token, ...]:
        return tuple(token for token in self.held.values() if not token.revoked)
