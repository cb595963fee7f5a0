"""The main job on Microsoft Teams, end to end: the bot in a process of its own, Microsoft's side over TLS."""

import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.__main__ import main
from connectors.sandbox.people import Person
from connectors.sandbox.teams.hiding import BLOCKED
from connectors.teams import reach
from tests.bot.end_to_end.stage import (
    HOSPICE,
    IG,
    NHS,
    NURSE,
    NURSE2,
    OUTSIDER,
    PARTNER,
    SISTER,
    THEATRE,
    WARD,
)
from tests.bot.end_to_end.teams_stage import TeamsScene, teams_scene

SETTINGS = """\
[chaperone]
public_url = "https://chaperone.example"
data = "data"
key_file = "key"
[teams]
client_id = "11111111-2222-4333-8444-55555555abcd"
tenants = ["aaaaaaaa-0000-4000-8000-000000000001"]
mode = "rsc"
secret = "invented"
"""
SAID = f"Can someone chase bloods for NHS {NHS}? K was 5.9"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tenant(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TeamsScene]:
    async with teams_scene(tmp_path_factory.mktemp("tenant"), installed=(WARD, HOSPICE)) as ready:
        yield ready


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rsc(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TeamsScene]:
    async with teams_scene(tmp_path_factory.mktemp("rsc"), "rsc") as ready:
        yield ready


async def test_a_message_is_blocked_and_its_masked_copy_stands_in_the_same_thread(tenant: TeamsScene) -> None:
    root = await tenant.says(SISTER, "Bloods here please")
    ts = await tenant.says(NURSE, SAID, thread_ts=root)
    assert tenant.text(ts) == BLOCKED
    assert NHS not in tenant.readable()
    (copy,) = tenant.copies(root)
    assert "K was 5.9" in copy.said["text"]
    event = tenant.event(ts)
    assert (event["state"], event["reach"], event["platform"]) == ("hidden", "policy_hide", "teams")
    assert 0 < event["exposure_ms"] < 60_000
    assert event["sender"] == tenant.account(NURSE)


async def test_only_the_sender_is_told_and_only_they_can_press(tenant: TeamsScene) -> None:
    ts = await tenant.says(NURSE, SAID)
    event = tenant.event(ts)
    (note,) = tenant.notes(NURSE, event["id"])
    assert NHS not in json.dumps(note.versions[0].body)
    assert not tenant.notes(NURSE2, event["id"])
    await tenant.answers(NURSE2, note, "urgent")
    assert tenant.text(ts) == BLOCKED
    answer = await tenant.answers(NURSE, note, "urgent")
    assert answer["statusCode"] == 200
    assert tenant.text(ts) == SAID
    assert tenant.event(ts)["state"] == "restored"
    assert not tenant.copies(ts)


async def test_an_edit_that_adds_an_identifier_is_hidden_too(tenant: TeamsScene) -> None:
    shown = tenant.readable().count(NHS)
    ts = await tenant.says(NURSE, "Can someone chase bloods?")
    tenant.workspace.edit(WARD, ts, NURSE, SAID)
    await tenant.settled()
    assert tenant.text(ts) == BLOCKED
    assert tenant.readable().count(NHS) == shown


async def test_what_teams_hides_is_hidden_once(tenant: TeamsScene) -> None:
    """Bot and Graph tell of the same message, and Graph of our own hiding."""
    noted = len(tenant.notes(NURSE))
    ts = await tenant.says(NURSE, SAID)
    assert len(tenant.incidents(tenant.id_of(ts))) == 1
    assert len(tenant.copies(ts)) == 1
    assert len(tenant.notes(NURSE)) == noted + 1


async def test_a_guest_who_joins_is_told_to_ig_and_the_owner(tenant: TeamsScene) -> None:
    guest = tenant.workspace.add_person(
        Person("U0GUEST01", "Wes Penhale", email="wes@elsewhere.example", is_guest=True)
    )
    tenant.workspace.join(WARD, guest.id)
    await tenant.settled()
    (event,) = tenant.incidents(kind="membership", sender=tenant.account(guest.id))
    assert event["conversation"] == tenant.teams.estate.places.team_id(WARD)
    assert tenant.told(IG).count("Wes") == tenant.told(tenant.workspace.channels[WARD].creator).count("Wes")
    assert "Wes" in tenant.told(IG)
    assert "Wes" in tenant.told(tenant.workspace.channels[WARD].creator)
    tenant.workspace.leave(WARD, guest.id)
    await tenant.settled()


async def test_what_only_another_organisation_can_hide_is_told_to_ig(tenant: TeamsScene) -> None:
    chat, _ = tenant.workspace.open_direct([NURSE, PARTNER, SISTER], tenant.teams.estate.tenant.id)
    await tenant.stage.install(chat.id)
    await tenant.settled()
    ts = await tenant.says(PARTNER, SAID, chat.id)
    assert tenant.text(ts, chat.id) == SAID
    event = tenant.event(ts, chat.id)
    assert (event["state"], event["exposure_ms"]) == ("failed", None)
    assert tenant.timeline(event["id"]).count("told_ig") == 1
    assert "which alone can hide it" in tenant.told(IG)
    own = await tenant.says(NURSE, SAID, chat.id)
    assert tenant.text(own, chat.id) == BLOCKED


async def test_without_consent_nothing_is_said_to_be_hidden(rsc: TeamsScene) -> None:
    ts = await rsc.says(NURSE, SAID)
    assert rsc.text(ts) == SAID
    event = rsc.event(ts)
    assert event["state"] != "hidden"
    assert event["exposure_ms"] is None
    (note,) = rsc.notes(NURSE, event["id"])
    assert "could not" in json.dumps(note.versions[0].body).casefold()
    assert not rsc.notes(OUTSIDER)


async def test_without_consent_the_sender_can_have_a_masked_copy_posted(rsc: TeamsScene) -> None:
    ts = await rsc.says(NURSE, SAID)
    (note,) = rsc.notes(NURSE, rsc.event(ts)["id"])
    await rsc.answers(NURSE2, note, "post_copy")
    assert not rsc.copies(ts)
    await rsc.answers(NURSE, note, "post_copy")
    (copy,) = rsc.copies(ts)
    assert NHS not in json.dumps(copy.said)
    assert "K was 5.9" in json.dumps(copy.said)
    assert "copy_posted" in rsc.timeline(rsc.event(ts)["id"])
    assert rsc.text(ts) == SAID


async def test_commands_are_answered(rsc: TeamsScene) -> None:
    rsc.teams.people.say(WARD, NURSE, f"<at>{rsc.workspace.app.user}</at> status")
    await rsc.settled()
    shown = json.dumps([n.versions[0].body for n in rsc.notes(NURSE)])
    assert "tell the author" in shown


async def test_a_sender_who_shows_it_again_is_seen_by_ig(tenant: TeamsScene) -> None:
    ts = await tenant.says(NURSE, SAID)
    tenant.teams.people.override(WARD, ts, justification="It is a training number.")
    await tenant.settled()
    event = tenant.event(ts)
    assert tenant.text(ts) == SAID
    assert event["state"] == "restored"
    assert "shown_by_sender" in tenant.timeline(event["id"])


async def test_what_the_sender_shows_while_outsiders_read_is_hidden_again(tenant: TeamsScene) -> None:
    ts = await tenant.says(SISTER, SAID, HOSPICE)
    assert tenant.text(ts, HOSPICE) == BLOCKED
    tenant.teams.people.override(HOSPICE, ts, justification="Needed.")
    await tenant.settled()
    assert tenant.text(ts, HOSPICE) == BLOCKED
    assert tenant.event(ts, HOSPICE)["state"] == "hidden"


async def test_where_the_app_was_not_added_the_message_is_blocked_and_its_sender_told_directly(
    tenant: TeamsScene,
) -> None:
    ts = await tenant.says(SISTER, SAID, THEATRE)
    assert tenant.text(ts, THEATRE) == BLOCKED
    assert not tenant.copies(ts, THEATRE)
    assert tenant.event(ts, THEATRE)["state"] == "hidden"
    assert "hidden from your message" in tenant.told(SISTER)


async def test_one_webhook_refuses_what_nobody_signed(tenant: TeamsScene) -> None:
    async with aiohttp.ClientSession() as http:
        for path, status in (("/api/messages", 401), ("/teams/notifications", 403)):
            body = {"type": "message", "value": [{"tenantId": tenant.teams.estate.tenant.id}]}
            async with http.post(tenant.stage.bot_url + path, json=body) as answer:
                assert answer.status == status
    assert (await tenant.stage.health())["unfinished"] == 0


async def test_the_package_is_written_and_readme_holds_the_table_of_reach(tmp_path: Path) -> None:
    settings = tmp_path / "chaperone.toml"
    settings.write_text(SETTINGS, "utf-8")
    zipped = tmp_path / "app.zip"
    assert main(["teams", "package", "--settings", str(settings), "--to", str(zipped)]) == 0
    with zipfile.ZipFile(zipped) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["id"] == manifest["bots"][0]["botId"] == "11111111-2222-4333-8444-55555555abcd"
    assert reach.as_markdown() in (Path(__file__).parents[3] / "README.md").read_text("utf-8")
