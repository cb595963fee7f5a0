"""Slack's OAuth v2: the consent page and oauth.v2.access."""

import base64
import html
import secrets
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from connectors.sandbox.api.call import Sandbox, SlackError
from connectors.sandbox.people import Person
from connectors.sandbox.tokens import BOT_SCOPES, DISCOVERY_SCOPES, USER_SCOPES, Kind, Token
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]


async def authorize(request: Request) -> Response:
    """GET /oauth/v2/authorize: with `as` consents at once for that person, else asks who you are."""
    sandbox: Sandbox = request.app.state.sandbox
    workspace, query = sandbox.workspace, request.query_params
    if query.get("client_id") != workspace.app.client_id:
        return HTMLResponse("<h1>Something went wrong</h1><p>invalid_client_id</p>", 400)
    redirect = query.get("redirect_uri", "")
    if urlsplit(redirect).hostname not in ("127.0.0.1", "localhost", "::1"):
        return HTMLResponse("<h1>Something went wrong</h1><p>bad_redirect_uri</p>", 400)
    person = workspace.people.get(query.get("as", ""))
    if person is None:
        return HTMLResponse(_chooser(workspace, str(request.url.query)))
    return RedirectResponse(redirect + _outcome(workspace, person, dict(query)), 302)


def _outcome(workspace: Workspace, person: Person, query: dict[str, str]) -> str:
    state = {"state": query["state"]} if "state" in query else {}
    if not _may_consent(workspace, person, query):
        return "?" + urlencode({"error": "access_denied"} | state)
    code = secrets.token_hex(16)
    workspace.oauth_codes[code] = {
        "user": person.id,
        "bot": frozenset(filter(None, query.get("scope", "").split(","))),
        "own": frozenset(filter(None, query.get("user_scope", "").split(","))),
        "redirect_uri": query.get("redirect_uri", ""),
    }
    return "?" + urlencode({"code": code} | state)


def _may_consent(workspace: Workspace, person: Person, query: dict[str, str]) -> bool:
    """Installing takes an admin; a person's own token takes what the customer granted."""
    if person.is_external or person.deleted:
        return False
    if query.get("scope") and not (person.is_admin or person.is_owner):
        return False
    if not query.get("user_scope"):
        return True
    grants = workspace.grants
    if DISCOVERY_SCOPES.intersection(query["user_scope"].split(",")):
        return grants.discovery and person.is_admin
    return grants.author_tokens or (grants.admin_token and person.is_admin)


def _chooser(workspace: Workspace, query: str) -> str:
    links = "".join(
        f'<li><a href="?{html.escape(query)}&amp;as={quote(person.id)}">{html.escape(person.name)}</a>'
        f" {html.escape(person.role)}{' (admin)' if person.is_admin else ''}</li>"
        for person in workspace.people.values()
        if not (person.is_bot or person.is_external or person.deleted)
    )
    return (
        '<!doctype html><html lang="en"><title>Who are you?</title>'
        f"<h1>{html.escape(workspace.app.name)} asks for access to {html.escape(workspace.name)}</h1>"
        f"<p>Allow as:</p><ul>{links}</ul></html>"
    )


def exchange(workspace: Workspace, args: Json, authorization: str) -> Json:
    """oauth.v2.access: a code, once, for tokens."""
    client_id, secret = _credentials(args, authorization)
    if client_id != workspace.app.client_id:
        raise SlackError("invalid_client_id")
    if secret != workspace.app.client_secret:
        raise SlackError("bad_client_secret")
    consent = workspace.oauth_codes.pop(str(args.get("code", "")), None)
    if consent is None:
        raise SlackError("invalid_code")
    if args.get("redirect_uri") and args["redirect_uri"] != consent["redirect_uri"]:
        raise SlackError("bad_redirect_uri")
    return install(workspace, consent["user"], consent["bot"], consent["own"])


def _credentials(args: Json, authorization: str) -> tuple[str, str]:
    if authorization.startswith("Basic "):
        try:
            name, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        except ValueError:
            return "", ""
        return name, secret
    return str(args.get("client_id", "")), str(args.get("client_secret", ""))


def install(workspace: Workspace, user: str, bot: frozenset[str], own: frozenset[str]) -> Json:
    """The answer of oauth.v2.access for this person's consent, with its tokens now live."""
    app = workspace.app
    if not bot and not own:
        raise SlackError("no_scopes")
    answer: Json = {
        "app_id": app.id,
        "authed_user": {"id": user},
        "team": {"id": workspace.team, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if bot:
        token = workspace.tokens.issue("bot", app.user, bot)
        answer |= _shown(token) | {"bot_user_id": app.user}
    if own:
        kind: Kind = "org" if own & DISCOVERY_SCOPES else "user"
        answer["authed_user"] |= _shown(workspace.tokens.issue(kind, user, own))
    return answer


def _shown(token: Token) -> Json:
    scope = ",".join(sorted(token.scopes))
    return {
        "scope": scope,
        "token_type": "bot" if token.kind == "bot" else "user",
        "access_token": token.value,
    }


def granted(workspace: Workspace) -> Json:
    """Install without a browser: every answer of oauth.v2.access that the grants allow, as Slack gives them.

    `bot` always; `admin` and `discovery` or None; `authors` by person.
    """
    people = [p for p in workspace.people.values() if not (p.is_bot or p.is_external or p.deleted)]
    admin = next((person for person in people if person.is_admin), None)
    installer = admin.id if admin else (people[0].id if people else workspace.app.user)
    grants, nobody = workspace.grants, frozenset[str]()
    own = [person for person in people if grants.author_tokens]
    return {
        "bot": install(workspace, installer, BOT_SCOPES, nobody),
        "admin": install(workspace, installer, nobody, USER_SCOPES) if admin and grants.admin_token else None,
        "authors": {person.id: install(workspace, person.id, nobody, USER_SCOPES) for person in own},
        "discovery": install(workspace, installer, nobody, DISCOVERY_SCOPES) if grants.discovery else None,
    }
