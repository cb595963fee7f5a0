"""Is Teams set up: does each tenant let us in, what may we do there, and how to grant what is missing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import jwt

from connectors.interface import CheckRow, NotAuthorised, Refused, Unavailable
from connectors.microsoft.graph import Graph
from connectors.microsoft.tokens import Tokens
from connectors.teams import permissions
from connectors.teams.encryption import Certificate
from connectors.teams.reach import Mode

_SOON: Final = timedelta(days=30)
_CONSENT: Final = "https://login.microsoftonline.com/{tenant}/adminconsent?client_id={app}"


async def check(
    tokens: Tokens, graph: Graph, app_id: str, tenants: Mapping[str, Mode], certificate: Certificate | None
) -> list[CheckRow]:
    """Every tenant in turn, then what they share."""
    if not tenants:
        return [
            CheckRow("teams", False, "no tenant is listed", "set [teams] tenants to the ids that may use it")
        ]
    rows = [
        row for tenant, mode in tenants.items() for row in await _tenant(tokens, graph, app_id, tenant, mode)
    ]
    return rows + ([_certificate(certificate)] if certificate else [])


async def _tenant(tokens: Tokens, graph: Graph, app_id: str, tenant: str, mode: Mode) -> list[CheckRow]:
    about = f"teams {tenant}"
    try:
        roles = _roles(await tokens.get(tenant))
        if mode == "rsc":
            found = (
                "the app may sign in; what it may do is granted in each team and chat where it is installed"
            )
            return [CheckRow(about, True, found)]
        rows = [_granted(about, app_id, tenant, roles)]
        return [*rows, await _subscriptions(about, graph, tenant)]
    except Unavailable:
        return [CheckRow(about, None, "Microsoft could not be reached", "look at the network and try again")]
    except NotAuthorised as no:
        return [
            CheckRow(about, False, f"Microsoft refused the application ({no.code})", _mend(app_id, tenant))
        ]
    except Refused as no:
        return [CheckRow(about, False, f"Microsoft said {no.code}")]


def _roles(token: str) -> frozenset[str]:
    """What the tenant's administrator consented to. The token is ours, from Entra itself: read, not proved."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return frozenset()
    return frozenset(str(r) for r in claims.get("roles") or ())


def _granted(about: str, app_id: str, tenant: str, roles: frozenset[str]) -> CheckRow:
    missing = [p for p in permissions.TENANT if p not in roles]
    if not missing:
        return CheckRow(about, True, "every permission of the tenant-wide mode is granted")
    lacks = "; ".join(f"{p} ({permissions.without(p)})" for p in missing)
    return CheckRow(about, False, f"lacks {lacks}", _mend(app_id, tenant))


async def _subscriptions(about: str, graph: Graph, tenant: str) -> CheckRow:
    page = await graph.get(tenant, "subscriptions")
    count = len(page.get("value") or ())
    mend = "" if count else "they are made when Chaperone runs and Microsoft can reach its public address"
    return CheckRow(f"{about} notifications", count > 0, f"{count} subscriptions stand", mend)


def _certificate(certificate: Certificate) -> CheckRow:
    left = certificate.ends - datetime.now(UTC)
    mend = (
        ""
        if left > _SOON
        else "put a new one before the old one in [teams] certificates; keep both for a week"
    )
    ends = f"ends on {certificate.ends:%d %B %Y}"
    return CheckRow("teams notification certificate", left > _SOON, ends, mend)


def _mend(app_id: str, tenant: str) -> str:
    link = _CONSENT.format(tenant=tenant, app=app_id)
    return f"add the permissions to the app registration in Entra, then an administrator opens {link}"
