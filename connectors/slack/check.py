"""Is Slack set up: do the tokens work, what may they do, and how to grant what is missing."""

from collections.abc import Callable, Coroutine
from typing import Any

from connectors.interface import CheckRow, NotAuthorised, Refused, Unavailable
from connectors.slack.manifest import bot_scopes, user_scopes
from connectors.slack.tokens import Token, Tokens
from connectors.slack.web import Web


async def check(web: Web, tokens: Tokens, tenants: tuple[str, ...], public_url: str) -> list[CheckRow]:
    """Every workspace in turn."""
    if not tenants:
        return [CheckRow("slack", False, "not installed in any workspace", _install(public_url))]
    rows: list[CheckRow] = []
    for tenant in tenants:
        rows.append(await _token(web, tokens, tenant, "bot", frozenset(bot_scopes()), public_url))
        rows.append(await _token(web, tokens, tenant, "admin", frozenset(user_scopes()), public_url))
        rows.append(await _token(web, tokens, tenant, "discovery", frozenset(), public_url))
        rows.append(await _unseen(web, tokens, tenant))
    return rows


async def _token(
    web: Web, tokens: Tokens, tenant: str, kind: str, needed: frozenset[str], public_url: str
) -> CheckRow:
    about = f"slack {tenant} {kind} token"
    token = tokens.find(tenant, kind)
    if token is None:
        return CheckRow(about, False, f"missing; without it: {_WITHOUT[kind]}", _MEND[kind](public_url))
    return await _asked(about, lambda: _scopes(web, about, token, needed, public_url), public_url)


async def _scopes(web: Web, about: str, token: Token, needed: frozenset[str], public_url: str) -> CheckRow:
    answer, headers = await web.answer(token, "auth.test")
    given = headers.get("X-OAuth-Scopes") or headers.get("x-oauth-scopes")
    granted = frozenset(s.strip() for s in given.split(",")) if given else token.scopes
    if missing := sorted(needed - granted):
        return CheckRow(about, False, "lacks " + ", ".join(missing), _MEND[token.kind](public_url))
    return CheckRow(about, True, f"works, as {answer.get('user', 'unknown')}")


async def _unseen(web: Web, tokens: Tokens, tenant: str) -> CheckRow:
    about = f"slack {tenant} coverage"

    async def count() -> CheckRow:
        seen = unseen = 0
        async for page in web.pages(
            tokens.bot(tenant), "conversations.list", "channels", limit=1000,
            types="public_channel,private_channel", exclude_archived=True,
        ):  # fmt: skip
            joined = sum(bool(c.get("is_member")) for c in page)
            seen, unseen = seen + joined, unseen + len(page) - joined
        found = f"in {seen} channels, not in {unseen} that it can see; private ones must invite it"
        return CheckRow(
            about, unseen == 0, found, "" if unseen == 0 else "join them from the console, or /invite"
        )

    return await _asked(about, count, "")


async def _asked(about: str, ask: Callable[[], Coroutine[Any, Any, CheckRow]], public_url: str) -> CheckRow:
    try:
        return await ask()
    except Unavailable:
        return CheckRow(about, None, "Slack could not be reached", "look at the network and try again")
    except NotAuthorised as no:
        return CheckRow(about, False, f"Slack refused it ({no.code})", _install(public_url))
    except Refused as no:
        return CheckRow(about, False, f"Slack said {no.code}")


def _install(public_url: str) -> str:
    return f"an owner or admin opens {public_url.rstrip('/')}/slack/install"


_WITHOUT = {
    "bot": "nothing works",
    "admin": "messages of people who have not agreed to author edits can only be warned about",
    "discovery": "messages are hidden by author edit or by an admin's delete and a masked copy",
}
_MEND: dict[str, Callable[[str], str]] = {
    "bot": _install,
    "admin": _install,
    "discovery": lambda _: (
        "Enterprise only: the organisation's owner asks Slack for the Discovery API "
        "(discovery:read, discovery:write), then opens /slack/discovery"
    ),
}
