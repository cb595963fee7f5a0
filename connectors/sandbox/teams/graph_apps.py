"""Graph: where the app is installed, installing it for a person, and what installations granted."""

from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.microsoft.graph import failure
from connectors.sandbox.teams.addresses import moment
from connectors.sandbox.teams.call import Call, listed, serves
from connectors.sandbox.teams.estate import Estate

Json = dict[str, Any]
_FOR_USER: Final = (
    "TeamsAppInstallation.ReadWriteSelfForUser.All", "TeamsAppInstallation.ReadWriteForUser.All",
)  # fmt: skip
_READS_USER: Final = (*_FOR_USER, "TeamsAppInstallation.ReadForUser.All")
_READS_TEAM: Final = ("TeamsAppInstallation.ReadForTeam.All", "TeamsAppInstallation.Read.Group")
_READS_CHAT: Final = (
    "TeamsAppInstallation.ReadForChat.All", "TeamsAppInstallation.Read.Chat", "Chat.Manage.Chat",
)  # fmt: skip


def catalogue_id(estate: Estate) -> str:
    """The app's id in the tenant's catalogue, which is not the one of its manifest."""
    return str(uuid5(NAMESPACE_URL, f"catalogue/{estate.tenant.id}/{estate.places.bot}"))


def _app(estate: Estate) -> Json:
    return {
        "id": catalogue_id(estate), "externalId": estate.places.bot, "displayName": estate.workspace.app.name,
        "distributionMethod": "organization",
    }  # fmt: skip


def _installation(estate: Estate, where: str) -> Json:
    return {"id": uuid5(NAMESPACE_URL, f"install/{where}/{estate.places.bot}").hex, "teamsApp": _app(estate)}


@serves("AppCatalog.Read.All", "AppCatalog.ReadWrite.All")
async def catalogue(call: Call) -> Response:
    """`$filter=externalId eq '…'` finds the app by its manifest's id."""
    wanted = call.request.query_params.get("$filter", "").partition("externalId eq ")[2].strip("'")
    found = [_app(call.estate)]
    return listed(call, "teamsApp", [a for a in found if wanted in ("", a["externalId"])])


@serves(*_READS_USER)
async def of_user(call: Call) -> Response:
    person = call.estate.places.person(call.id("user"))
    there = person.id in call.estate.personal
    return listed(
        call, "userScopeTeamsAppInstallation", [_installation(call.estate, person.id)] if there else []
    )


@serves(*_FOR_USER)
async def install(call: Call) -> Response:
    """Install the personal app for somebody of this tenant; the bot then hears of their conversation."""
    person = call.estate.places.person(call.id("user"))
    bound = str((await call.json()).get("teamsApp@odata.bind", ""))
    if catalogue_id(call.estate) not in bound:
        raise KeyError(bound)
    if person.id in call.estate.personal:
        return failure("Conflict", 409)
    if call.estate.places.home(person) != call.estate.tenant.id:
        return failure("Forbidden", 403)
    call.room.feed.personal(person.id)
    return Response(status_code=201)


@serves(*_READS_USER)
async def chat(call: Call) -> Response:
    """The chat between a person and the bot, once installed."""
    person = call.estate.places.person(call.id("user"))
    if person.id not in call.estate.personal or call.id("id") != _installation(call.estate, person.id)["id"]:
        raise KeyError(person.id)
    workspace, tenant = call.estate.workspace, call.estate.tenant.id
    place, _ = workspace.open_direct([workspace.app.user, person.id], tenant)
    return JSONResponse({
        "id": call.estate.places.thread_id(place.id), "chatType": "oneOnOne", "topic": None,
        "createdDateTime": moment(place.created), "tenantId": call.estate.tenant.id,
    })  # fmt: skip


async def _installed(call: Call) -> Response:
    there = call.estate.stands_in(call.where)
    found = [_installation(call.estate, call.where.id)] if there else []
    return listed(call, "teamsAppInstallation", found)


async def _grants(call: Call) -> Response:
    """Resource-specific permissions that hold here."""
    client = call.estate.places.bot
    found = [
        {"id": uuid5(NAMESPACE_URL, f"{call.where.id}/{name}").hex, "clientAppId": client, "clientId": client,
         "resourceAppId": "00000003-0000-0000-c000-000000000000", "permissionType": "Application",
         "permission": name, "deletedDateTime": None}
        for name in sorted(call.estate.granted(call.where))
    ]  # fmt: skip
    return listed(call, "resourceSpecificPermissionGrant", found, top=50)


def routes() -> list[Route]:
    at = "/graph/v1.0"
    user = f"{at}/users/{{user}}/teamwork/installedApps"
    found = [
        Route(f"{at}/appCatalogs/teamsApps", catalogue), Route(user, of_user),
        Route(user, install, methods=["POST"]), Route(f"{user}/{{id}}/chat", chat),
    ]  # fmt: skip
    for base, reads in ((f"{at}/teams/{{team}}", _READS_TEAM), (f"{at}/chats/{{chat}}", _READS_CHAT)):
        found.append(Route(f"{base}/installedApps", serves(*reads)(_installed)))
        found.append(Route(f"{base}/permissionGrants", serves(*reads)(_grants)))
    return found
