"""Graph's /users/delta: pages of people, then a link that tells what changed since."""

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.sandbox.microsoft.graph import failure, reads
from connectors.sandbox.microsoft.tenant import Tenant

_DEFAULT: Final = ("id", "displayName", "mail", "userPrincipalName", "givenName", "surname", "jobTitle")
_LARGEST: Final = 999


@reads("User.Read.All", "Directory.Read.All")
async def delta(request: Request, tenant: Tenant, roles: frozenset[str]) -> Response:
    """`$select` decides the fields; employeeLeaveDateTime needs User-LifeCycleInfo.Read.All besides."""
    base = str(request.url).split("?")[0]
    marked = request.query_params.get("$deltatoken") or request.query_params.get("$skiptoken")
    state: dict[str, Any] = json.loads(bytes.fromhex(marked)) if marked else {"since": 0, "at": 0}
    if "$deltatoken" in request.query_params and tenant.faults.forgets:
        tenant.faults.forgets = False
        return failure("syncStateNotFound", 410)
    fields = state.get("fields") or request.query_params.get("$select", ",".join(_DEFAULT)).split(",")
    if "employeeLeaveDateTime" in fields and "User-LifeCycleInfo.Read.All" not in roles:
        return failure("Authorization_RequestDenied", 403)
    found, mark = tenant.since(state["since"])
    size = min(tenant.faults.page or _wanted(request), _LARGEST)
    page, end = found[state["at"] : state["at"] + size], state["at"] + size
    body: dict[str, Any] = {"@odata.context": f"{base}#users", "value": [_shown(u, fields) for u in page]}
    if end < len(found):
        body["@odata.nextLink"] = f"{base}?$skiptoken={_token({**state, 'at': end, 'fields': fields})}"
    else:
        body["@odata.deltaLink"] = f"{base}?$deltatoken={_token({'since': mark, 'at': 0, 'fields': fields})}"
    return JSONResponse(body)


def _shown(user: Mapping[str, Any], fields: list[str]) -> Mapping[str, Any]:
    return {k: v for k, v in user.items() if k in fields or k in ("id", "@removed")}


def _wanted(request: Request) -> int:
    said = request.headers.get("Prefer", "").partition("odata.maxpagesize=")[2]
    return int(said) if said.isdigit() else 100


def _token(state: Mapping[str, Any]) -> str:
    return json.dumps(state).encode().hex()
