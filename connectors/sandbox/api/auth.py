"""auth.*, apps.uninstall, team.info, bots.info."""

from typing import Any

from connectors.sandbox import revocation
from connectors.sandbox.api.call import Call, SlackError, method
from connectors.sandbox.composed import bot_profile

Json = dict[str, Any]


@method("auth.test", 5)
def auth_test(call: Call) -> Json:
    workspace = call.workspace
    answer: Json = {
        "url": f"{workspace.base_url}/",
        "team": workspace.name,
        "user": call.person.handle,
        "team_id": workspace.team,
        "user_id": call.token.user,
    }
    if call.is_bot:
        answer["bot_id"] = workspace.app.bot
    return answer | {"is_enterprise_install": False}


@method("auth.revoke", 3)
def auth_revoke(call: Call) -> Json:
    if not call.flag("test"):
        revocation.revoke(call.workspace, call.token)
    return {"revoked": not call.flag("test")}


@method("apps.uninstall", 1)
def apps_uninstall(call: Call) -> Json:
    app = call.workspace.app
    if call.text("client_id") != app.client_id:
        raise SlackError("invalid_client_id")
    if call.text("client_secret") != app.client_secret:
        raise SlackError("bad_client_secret")
    revocation.uninstall(call.workspace)
    return {}


@method("team.info", 3, "team:read")
def team_info(call: Call) -> Json:
    workspace = call.workspace
    team = {
        "id": workspace.team,
        "name": workspace.name,
        "url": f"{workspace.base_url}/",
        "domain": workspace.domain,
        "email_domain": "",
        "icon": {"image_default": True},
        "avatar_base_url": "https://ca.slack-edge.com/",
        "is_verified": False,
    }
    return {"team": team}


@method("bots.info", 3, "users:read")
def bots_info(call: Call) -> Json:
    app = call.workspace.app
    if call.text("bot", app.bot) != app.bot:
        raise SlackError("bot_not_found")
    profile = bot_profile(call.workspace)
    keys = ("id", "deleted", "name", "updated", "app_id", "icons")
    return {"bot": {key: profile[key] for key in keys} | {"user_id": app.user}}


METHODS = (auth_test, auth_revoke, apps_uninstall, team_info, bots_info)
