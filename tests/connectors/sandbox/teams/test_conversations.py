"""Teams, channels, chats and members; owners' rules; files in their libraries; permissions as Microsoft has them."""

import base64
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.routing import Route

from connectors.sandbox.seed import plant
from connectors.sandbox.teams import sandbox
from connectors.sandbox.teams.bot_keys import BotKeys
from connectors.sandbox.teams.libraries import QUARANTINE, item_id
from tests.connectors.sandbox.teams.conftest import (
    HOSPICE,
    NURSE,
    OUTSIDER,
    PARTNER,
    SISTER,
    SOCIAL,
    WARD,
    Ward,
)
from tests.connectors.sandbox.teams.reference import permissions


def team_of(ward: Ward, channel: str = WARD) -> str:
    return f"teams/{ward.places.team_id(channel)}"


def channel_of(ward: Ward, channel: str = WARD) -> str:
    return f"{team_of(ward, channel)}/channels/{quote(ward.places.thread_id(channel), safe='')}"


async def member_of(ward: Ward, base: str, user: str) -> str:
    _, found = await ward.graph("GET", f"{base}/members")
    return next(str(m["id"]) for m in found["value"] if m["userId"] == ward.places.user_id(user))


async def test_what_there_is(ward: Ward) -> None:
    _, teams = await ward.graph("GET", "teams")
    assert ward.places.team_id(WARD) in [t["id"] for t in teams["value"]]
    assert (await ward.graph("GET", team_of(ward)))[1]["internalId"] == ward.places.thread_id(WARD)
    _, shown = await ward.graph("GET", channel_of(ward))
    assert (shown["displayName"], shown["membershipType"]) == (ward.channel.name, "standard")
    _, primary = await ward.graph("GET", f"{team_of(ward)}/primaryChannel")
    assert primary["id"] == shown["id"]
    assert (await ward.graph("GET", channel_of(ward, HOSPICE)))[1]["membershipType"] == "shared"
    chat, _ = ward.workspace.open_direct([NURSE, SISTER])
    _, mine = await ward.graph("GET", f"users/{ward.places.user_id(NURSE)}/chats")
    assert [c["id"] for c in mine["value"]] == [ward.places.thread_id(chat.id)]
    _, nurse = await ward.graph("GET", f"users/{ward.places.user_id(NURSE)}")
    assert (nurse["displayName"], nurse["userType"]) == (ward.workspace.people[NURSE].name, "Member")
    assert (await ward.graph("GET", "teams/0e5e6a60-0000-4000-8000-000000000000"))[0] == 404
    assert not ward.unjudged or all("primaryChannel" in path for path in ward.unjudged)


async def test_two_channels_of_one_team_share_its_members(ward: Ward) -> None:
    team = ward.places.gather("Ward 7", WARD, SOCIAL)
    _, found = await ward.graph("GET", f"teams/{team}/channels")
    assert len(found["value"]) == 2
    _, members = await ward.graph("GET", f"teams/{team}/members")
    everyone = {*ward.workspace.channels[WARD].members, *ward.workspace.channels[SOCIAL].members}
    assert len(members["value"]) == len(everyone - {ward.workspace.app.user})


async def test_removing_members_and_the_rules_about_owners(ward: Ward) -> None:
    base = team_of(ward)
    nurse = await member_of(ward, base, NURSE)
    assert (await ward.graph("DELETE", f"{base}/members/{nurse}"))[0] == 204
    assert NURSE not in ward.channel.members
    assert (await ward.graph("DELETE", f"{base}/members/{nurse}"))[0] == 404
    owner = await member_of(ward, base, ward.channel.creator)
    assert (await ward.graph("DELETE", f"{base}/members/{owner}"))[0] == 400
    ward.places.owners[WARD] = set(ward.channel.members) - {ward.channel.creator, ward.workspace.app.user}
    assert (await ward.graph("DELETE", f"{base}/members/{owner}"))[0] == 403
    bind = {"user@odata.bind": f"{ward.teams.graph_url}users('{ward.places.user_id(NURSE)}')", "roles": []}
    body = {"@odata.type": "#microsoft.graph.aadUserConversationMember"} | bind
    assert (await ward.graph("POST", f"{base}/members", body))[0] == 201
    assert NURSE in ward.channel.members
    chat, _ = ward.workspace.open_direct([NURSE, SISTER, OUTSIDER])
    at = f"chats/{quote(ward.places.thread_id(chat.id), safe='')}"
    gone = await member_of(ward, at, OUTSIDER)
    assert (await ward.graph("DELETE", f"{at}/members/{gone}"))[0] == 204
    assert OUTSIDER not in chat.members


async def test_indirect_members_show_in_all_members_and_lose_access(ward: Ward) -> None:
    ward.teams.people.share_with(WARD, "T0PARTNER", [PARTNER])
    base, oid = channel_of(ward), ward.places.user_id(PARTNER)
    _, direct = await ward.graph("GET", f"{base}/members")
    _, every = await ward.graph("GET", f"{base}/allMembers")
    assert [m["userId"] for m in every["value"] if m not in direct["value"]] == [oid]
    partner = next(m for m in every["value"] if m["userId"] == oid)
    assert partner["tenantId"] != ward.teams.estate.tenant.id
    asked = f"{base}/doesUserHaveAccess(userId='{oid}',tenantId='{partner['tenantId']}')"
    assert (await ward.graph("GET", asked))[1] == {"value": True}
    by_alias = f"{base}/doesUserHaveAccess(userId='@userid')?@userid='{oid}'"
    assert (await ward.graph("GET", by_alias))[1] == {"value": True}
    ward.workspace.leave(WARD, PARTNER)
    assert (await ward.graph("GET", asked))[1] == {"value": False}


async def test_a_file_is_followed_downloaded_and_recycled(ward: Ward) -> None:
    said = ward.teams.people.say(WARD, NURSE, "<p>list</p>", files=[("list.csv", b"a,b")])
    _, message = await ward.graph("GET", ward.place(said))
    url = message["attachments"][0]["contentUrl"]
    share = "u!" + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    _, item = await ward.graph("GET", f"shares/{share}/driveItem")
    _, folder = await ward.graph("GET", f"{channel_of(ward)}/filesFolder")
    assert folder["parentReference"]["driveId"] == item["parentReference"]["driveId"]
    at = f"drives/{item['parentReference']['driveId']}/items/{item['id']}"
    assert (await ward.graph("GET", at))[1] == item
    assert (await ward.graph("GET", f"{at}/content"))[0] == 302
    assert (await ward._send("GET", item["@microsoft.graph.downloadUrl"], "", None, {}))[1] == b"a,b"
    _, held = await ward.graph("GET", f"{at}/permissions")
    assert held["value"][0]["inheritedFrom"]
    assert (await ward.graph("DELETE", f"{at}/permissions/{held['value'][0]['id']}"))[0] == 400
    assert (await ward.graph("DELETE", at))[0] == 204
    assert (await ward.graph("GET", at))[0] == 404
    assert ward.workspace.history()["files"][0]["until"] is not None
    assert (await ward.graph("GET", ward.place(said)))[1]["attachments"] == []


@pytest.mark.parametrize("across", [False, True])
async def test_a_file_goes_to_the_quarantine_library_by_copy_or_move(ward: Ward, across: bool) -> None:
    ward.teams.faults.moves_across_drives = across
    ward.teams.people.say(WARD, NURSE, "<p>list</p>", files=[("list.csv", b"a,b")])
    _, folder = await ward.graph("GET", f"{channel_of(ward)}/filesFolder")
    _, drives = await ward.graph("GET", f"sites/{folder['parentReference']['siteId']}/drives")
    safe = next(d["id"] for d in drives["value"] if d["name"] == QUARANTINE)
    file = next(iter(ward.workspace.files.values()))
    at = f"drives/{folder['parentReference']['driveId']}/items/{item_id(file.id)}"
    _, root = await ward.graph("GET", f"drives/{safe}/root")
    to = {"parentReference": {"driveId": safe, "id": root["id"]}}
    status, _ = await ward.graph("PATCH", at, to)
    assert status == (200 if across else 400)
    if not across:
        assert (await ward.graph("POST", f"{at}/copy", to))[0] == 202
        assert (await ward.graph("DELETE", at))[0] == 204
    assert (await ward.graph("GET", at))[0] == 404
    kept = [f for f in ward.workspace.files.values() if f.deleted_at is None]
    assert [f.data for f in kept] == [b"a,b"]
    assert (await ward.graph("GET", f"drives/{safe}/items/{item_id(kept[0].id)}"))[0] == 200
    assert all(f["until"] for f in ward.workspace.history()["files"])


async def test_installations_and_grants_are_shown(ward: Ward) -> None:
    _, here = await ward.graph("GET", f"{team_of(ward)}/installedApps")
    assert len(here["value"]) == 1
    assert not (await ward.graph("GET", f"{team_of(ward, SOCIAL)}/installedApps"))[1]["value"]
    _, grants = await ward.graph("GET", f"{team_of(ward)}/permissionGrants")
    assert "ChannelMessage.Read.Group" in [g["permission"] for g in grants["value"]]


async def test_two_tenants_on_one_server_do_not_see_each_other(ward: Ward) -> None:
    other = ward.teams.host(plant(), "7e1b2f30-0000-4000-8000-000000000002")
    await ward.teams.install(WARD, estate=other)
    said = other.workspace.post(WARD, NURSE, "theirs")
    await ward.teams.settled()
    told = ward.bot.of("message")[-1]
    assert told["channelData"]["tenant"]["id"] == other.tenant.id
    assert told["serviceUrl"] == other.service_url != ward.teams.service_url
    assert (await ward.graph("GET", f"teams/{other.places.team_id(WARD)}"))[0] == 404
    token = await ward.tokens.get(other.tenant.id)
    _, found = await ward._send("GET", f"{ward.teams.graph_url}teams", token, None, {})
    assert other.places.team_id(said.channel) in [t["id"] for t in found["value"]]


def test_every_endpoint_asks_for_permissions_that_microsoft_lists() -> None:
    judged = 0
    for route in sandbox._routes():
        asked = getattr(route.endpoint, "permissions", ())
        if not asked:
            continue
        for method in (route.methods or set()) - {"HEAD"}:
            if listed := _listed(route, method):
                judged += 1
                path = route.path.removeprefix("/graph/v1.0")
                assert set(asked) - listed <= _DOCUMENTED.get(path, set()), path
                assert set(asked) & listed, path
    assert judged > 40


_DOCUMENTED = {
    "/chats/{chat}/messages/{message}": {"Chat.ReadWrite.All"},
    "/chats/{chat}/messages/{message}/hostedContents/{hosted}/$value": {
        "Chat.Read.All",
        "Chat.ReadWrite.All",
    },
    "/teams/{team}": {"TeamSettings.Read.All", "TeamSettings.Read.Group"},
    "/chats/{chat}": {"Chat.ReadWrite.All", "ChatSettings.Read.Chat"},
    "/users/{user}/chats": {"Chat.Read.All"},
}
"""What Microsoft's page of the method names and its list leaves out (the list is not complete)."""


def _listed(route: Route, method: str) -> set[str]:
    path = re.sub(r"\{[^}]*\}", "{id}", route.path.removeprefix("/graph/v1.0").removesuffix("()")).lower()
    found = permissions().get(path, {}).get(method, {}).get("Application") or []
    return {name.removesuffix(" (least)") for name in found}


def test_keys_roll_and_forge() -> None:
    keys = BotKeys("https://issuer.example")
    first = keys.token("app", "https://service.example/")
    assert keys.token("app", "https://service.example/") == first
    keys.roll()
    assert len(keys.jwks()["keys"]) == 2
    keys.claims = {"exp": None}
    assert keys.token("app", "https://service.example/") != first


def test_ids_are_stable_and_found_again() -> None:
    places = sandbox.TeamsSandbox(plant(), None, Path()).estate.places
    again = sandbox.TeamsSandbox(plant(), None, Path()).estate.places
    assert places.user_id(NURSE) == again.user_id(NURSE)
    assert places.full_id(WARD) == again.full_id(WARD)
    for id in (places.full_id(WARD), places.thread_id(WARD), f"{places.thread_id(WARD)};messageid=1"):
        assert places.channel(id).id == WARD
    for id in (places.user_id(NURSE), places.account_id(NURSE)):
        assert places.person(id).id == NURSE
    with pytest.raises(KeyError):
        places.person("29:nobody")
