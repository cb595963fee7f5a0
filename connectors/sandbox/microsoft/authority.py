"""Entra's endpoints that MSAL and those who check tokens use (OpenID Connect Discovery 1.0, RFC 6749 4.4)."""

import time
from typing import Any, Final

import jwt
from cryptography import x509
from jwt.algorithms import RSAAlgorithm
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.sandbox.microsoft.tenant import Application, Cloud, Tenant

LIFETIME: Final = 3599
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY_ID: Final = "sandbox-1"


def issuer(cloud: Cloud, tenant: Tenant) -> str:
    return f"{cloud.base_url}/{tenant.id}/v2.0"


async def configuration(request: Request) -> Response:
    cloud, tenant = _where(request)
    if tenant is None:
        return _error("invalid_tenant", 400)
    base = f"{cloud.base_url}/{tenant.id}"
    return JSONResponse(
        {
            "issuer": issuer(cloud, tenant),
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


async def keys(request: Request) -> Response:
    _, tenant = _where(request)
    if tenant is None:
        return _error("invalid_tenant", 400)
    public: dict[str, Any] = RSAAlgorithm.to_jwk(tenant.signing.public_key(), as_dict=True)
    return JSONResponse({"keys": [{**public, "kid": KEY_ID, "use": "sig"}]})


async def token(request: Request) -> Response:
    """Client credentials by secret or by a signed assertion."""
    cloud, tenant = _where(request)
    if tenant is None:
        return _error("invalid_tenant", 400)
    form = await request.form()
    given = {k: str(v) for k, v in form.items()}
    if given.get("grant_type") != "client_credentials":
        return _error("unsupported_grant_type", 400)
    app = tenant.apps.get(given.get("client_id", ""))
    if app is None or not (_by_secret(app, given) or _by_assertion(app, given, str(request.url))):
        return _error("invalid_client", 401)
    scope = given.get("scope", "")
    if not scope.endswith("/.default"):
        return _error("invalid_scope", 400)
    access = mint(cloud, tenant, app, scope.removesuffix("/.default"))
    return JSONResponse({"token_type": "Bearer", "expires_in": LIFETIME, "access_token": access})


def mint(cloud: Cloud, tenant: Tenant, app: Application, audience: str) -> str:
    """An application's token for an audience, as Entra's tokens of version 1 look."""
    now = int(time.time())
    claims = {
        "aud": audience, "iss": f"https://sts.windows.net/{tenant.id}/", "tid": tenant.id, "appid": app.client_id,
        "roles": sorted(app.roles), "iat": now, "nbf": now, "exp": now + LIFETIME, "idtyp": "app", "ver": "1.0",
    }  # fmt: skip
    return jwt.encode(claims, tenant.signing, "RS256", headers={"kid": KEY_ID})


def read(cloud: Cloud, bearer: str, audience: str) -> tuple[Tenant, frozenset[str]]:
    """Whose token it is and what it may do. Raises jwt.InvalidTokenError."""
    claimed = jwt.decode(bearer, options={"verify_signature": False})
    tenant = cloud.tenants.get(str(claimed.get("tid", "")))
    if tenant is None:
        raise jwt.InvalidTokenError("no such tenant")
    options: Any = {"require": ["exp", "aud", "iss"]}
    claims = jwt.decode(bearer, tenant.signing.public_key(), ["RS256"], audience=audience, options=options)
    return tenant, frozenset(claims.get("roles", ()))


def _by_secret(app: Application, given: dict[str, str]) -> bool:
    return bool(app.secret) and given.get("client_secret") == app.secret


def _by_assertion(app: Application, given: dict[str, str], url: str) -> bool:
    """RFC 7523, signed with the registered certificate; MSAL names it by its SHA-256 (x5t#S256)."""
    if not app.certificate or given.get("client_assertion_type") != _ASSERTION:
        return False
    public: Any = x509.load_pem_x509_certificate(app.certificate).public_key()
    try:
        claims = jwt.decode(given.get("client_assertion", ""), public, ["PS256"], audience=url)
    except jwt.InvalidTokenError:
        return False
    return claims.get("iss") == claims.get("sub") == app.client_id


def _where(request: Request) -> tuple[Cloud, Tenant | None]:
    cloud: Cloud = request.app.state.cloud
    return cloud, cloud.tenants.get(request.path_params["tenant"])


def _error(code: str, status: int) -> Response:
    return JSONResponse({"error": code, "error_description": f"AADSTS: {code}"}, status)
