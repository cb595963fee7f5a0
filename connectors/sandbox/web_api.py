"""The door of the Web API: reads a request, checks its token and scopes, and answers as Slack does."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from connectors.sandbox.api.call import Call, Method, Sandbox, SlackError
from connectors.sandbox.api.catalogue import METHODS
from connectors.sandbox.oauth import exchange
from connectors.sandbox.tokens import Token

Json = dict[str, Any]
NEEDS_NO_TOKEN = {"oauth.v2.access": exchange}


async def web_api(request: Request) -> Response:
    """POST or GET /api/<method>."""
    sandbox: Sandbox = request.app.state.sandbox
    name = request.path_params["method"]
    args = await _arguments(request)
    if wait := sandbox.faults.slow_ms.get(name):
        sandbox.faults.slowed.add(name)
        await asyncio.sleep(wait / 1000)
    if sandbox.faults.unreachable:
        return Response(status_code=503)
    if failure := sandbox.faults.failure(name):
        return _failed(failure)
    if given := NEEDS_NO_TOKEN.get(name):
        return _answered(lambda: given(sandbox.workspace, args, request.headers.get("authorization", "")))
    return _dispatch(sandbox, name, args, _bearer(request, args))


def _failed(failure: Json) -> Response:
    if status := failure.get("status"):
        return Response(status_code=int(status))
    return _json({"ok": False, "error": failure.get("error", "internal_error")})


def _dispatch(sandbox: Sandbox, name: str, args: Json, bearer: str) -> Response:
    wanted = METHODS.get(name)
    if wanted is None:
        return _json({"ok": False, "error": "unknown_method", "req_method": name})
    retry_after = sandbox.faults.retry_after(name, bearer, wanted.tier)
    if retry_after is not None:
        headers = {"retry-after": str(round(retry_after))}
        return _json({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    return _answered(lambda: wanted.answer(_call(sandbox, wanted, args, bearer)))


def _call(sandbox: Sandbox, wanted: Method, args: Json, bearer: str) -> Call:
    token = _token(sandbox, bearer)
    accepted = wanted.bot if token.kind == "bot" else wanted.user
    if accepted and not token.scopes.intersection(accepted):
        raise SlackError("missing_scope", needed=",".join(accepted), provided=",".join(sorted(token.scopes)))
    return Call(sandbox, token, args)


def _token(sandbox: Sandbox, bearer: str) -> Token:
    if not bearer:
        raise SlackError("not_authed")
    token = sandbox.workspace.tokens.held.get(bearer)
    if token is None:
        raise SlackError("invalid_auth")
    if token.revoked:
        raise SlackError("token_revoked")
    if sandbox.workspace.people[token.user].deleted:
        raise SlackError("account_inactive")
    return token


def _answered(answer: Any) -> Response:
    try:
        return _json({"ok": True} | answer())
    except SlackError as refused:
        return _json({"ok": False, "error": refused.code} | refused.extra)


def _json(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    encoded = json.dumps(body).encode()
    return Response(encoded, status, headers, media_type="application/json; charset=utf-8")


async def _arguments(request: Request) -> Json:
    """Arguments from the query, and a form or JSON body over them."""
    args: Json = dict(request.query_params)
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        form = await request.form()
        return args | {key: value for key, value in form.items() if isinstance(value, str)}
    body = await request.body()
    if content_type.startswith("application/json"):
        try:
            parsed = json.loads(body or b"{}")
        except ValueError:
            return args
        return args | (parsed if isinstance(parsed, dict) else {})
    return args | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _bearer(request: Request, args: Json) -> str:
    header = request.headers.get("authorization", "")
    return (
        header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else str(args.get("token", ""))
    )


def bearer_of(request: Request) -> Token | None:
    """The live token of a download, if any."""
    sandbox: Sandbox = request.app.state.sandbox
    try:
        return _token(sandbox, _bearer(request, {}))
    except SlackError:
        return None
