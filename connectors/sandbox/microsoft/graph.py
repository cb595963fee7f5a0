"""How Graph answers: who may call what, faults, and errors in Graph's form."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.sandbox.microsoft import authority
from connectors.sandbox.microsoft.tenant import Tenant

AUDIENCE: Final = "https://graph.microsoft.com"

Serves = Callable[[Request, Tenant, frozenset[str]], Awaitable[Response]]


def reads(*roles: str) -> Callable[[Serves], Callable[[Request], Awaitable[Response]]]:
    """Guard an endpoint: a valid token of a tenant with one of `roles`, and the faults laid over it."""

    def guard(serve: Serves) -> Callable[[Request], Awaitable[Response]]:
        @wraps(serve)
        async def guarded(request: Request) -> Response:
            bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
            try:
                tenant, held = authority.read(request.app.state.cloud, bearer, AUDIENCE)
            except jwt.InvalidTokenError:
                return failure("InvalidAuthenticationToken", 401)
            if refused := _fault(tenant):
                return refused
            if roles and not held & set(roles):
                return failure("Authorization_RequestDenied", 403)
            return await serve(request, tenant, held)

        return guarded

    return guard


def failure(code: str, status: int, **headers: str) -> Response:
    """An error in Graph's form (OData v4 JSON, 21.1)."""
    return JSONResponse({"error": {"code": code, "message": code}}, status, headers=headers)


def _fault(tenant: Tenant) -> Response | None:
    if tenant.faults.down:
        return failure("serviceNotAvailable", 503, **{"Retry-After": str(tenant.faults.retry_after)})
    if tenant.faults.throttle:
        tenant.faults.throttle -= 1
        return failure("TooManyRequests", 429, **{"Retry-After": str(tenant.faults.retry_after)})
    return None
