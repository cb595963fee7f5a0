"""Identifiers in canvases, in files' names and in what a conversation says of itself; and the tombstones of Discovery."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from connectors.sandbox.files import StoredFile
from tests.bot.end_to_end.stage import NHS, NURSE, NURSE2, SISTER, SOCIAL, WARD, Scene, scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("files")) as ready:
        yield ready


async def test_a_file_with_an_identifier_in_its_name_comes_back_under_a_safe_name(s: Scene) -> None:
    file = s.workspace.add_file(NURSE, f"{NHS} wound chart.csv", b"Bed,Dressing\n3,dry\n", "text/csv")
    ts = await s.says(NURSE, "Chart for the round", files=[file])
    assert NHS not in s.readable()
    assert s.text(ts) == "Chart for the round"
    again = s.latest()
    (back,) = again.said["files"]
    assert again.said["user"] == s.workspace.app.user
    assert back["name"] == "file [hidden] wound chart.csv"
    assert again.said["text"] == f"From <@{NURSE}>, under a name without patient identifiers"
    assert s.workspace.files[back["id"]].data == b"Bed,Dressing\n3,dry\n"
    (incident,) = s.incidents(kind="file", place=file.id)
    assert (incident["state"], incident["outcome"], incident["kinds"]) == (
        "hidden",
        "clean",
        {"FILENAME_ID": 1},
    )
    assert incident["reasons"] == ["Nothing inside is to be hidden; its name told something."]
    assert s.timeline(incident["id"]) == [
        "posted", "detected", "file_hidden", "inspected", "verified", "file_renamed", "warned"
    ]  # fmt: skip
    assert incident["exposure_ms"] > 0
    assert len(s.notes(NURSE, incident["id"])) == 1
    assert s.incidents(ts, kind="message") == []


async def test_a_file_that_cannot_be_taken_away_is_said_honestly(s: Scene) -> None:
    refusals = [{"times": 5, "error": "cant_delete_file"}]
    s.faults.set({"fail": {"files.delete": refusals}})
    file = s.workspace.add_file(NURSE, f"NHS {NHS}.csv", b"Bed,Dressing\n4,wet\n", "text/csv")
    await s.says(NURSE, "Chart", files=[file])
    s.faults.set({"fail": {}})
    (incident,) = s.incidents(kind="file", place=file.id)
    assert (incident["state"], incident["exposure_ms"]) == ("failed", None)
    assert "file_not_hidden" in s.timeline(incident["id"])
    (note,) = s.notes(NURSE, incident["id"])
    assert "could not be hidden here" in json.dumps(note.body)
    s.workspace.delete_file(file.id, NURSE)
    await s.settled()
    (incident,) = s.incidents(kind="file", place=file.id)
    assert (incident["state"], incident["exposure_ms"] > 0) == ("hidden", True)


@pytest.mark.parametrize("what", ["topic", "purpose"])
async def test_an_identifier_in_a_line_of_the_channel_is_taken_out_and_read_back(s: Scene, what: str) -> None:
    s.workspace.set_line(SOCIAL, what, f"Waiting for NHS {NHS}", SISTER)
    await s.settled()
    line = s.workspace.channels[SOCIAL].topic if what == "topic" else s.workspace.channels[SOCIAL].purpose
    assert line.value == "Waiting for NHS [hidden]"
    incident = s.incidents(kind="topic")[-1]
    assert incident["state"] == "hidden"
    assert s.timeline(incident["id"]) == ["posted", "detected", "verified"]


async def test_a_new_channel_is_covered_and_an_identifier_in_its_name_is_seen(s: Scene) -> None:
    channel = s.workspace.create_channel(f"nhs-{NHS.replace(' ', '')}-review", private=False, creator=SISTER)
    await s.settled()
    assert s.workspace.app.user in channel.members
    (incident,) = s.incidents(conversation=channel.id)
    # Slack lets only the maker or an admin who is inside rename it: IG sees that it stands.
    assert (incident["kind"], incident["state"]) == ("topic", "failed")
    ts = await s.says(SISTER, f"NHS {NHS} for review", channel.id)
    assert s.text(ts, channel.id) == "NHS [hidden] for review"


# --- canvases: edited where they stand, read again when somebody writes in them ---------------------------

PLAIN = (
    "<h1 id='temp:C:a1'>Handover</h1><p id='temp:C:a2' class='line'>Bed 4: await CT</p>"
    "<ul id='temp:C:a3'><li id='temp:C:a4'><span id='temp:C:a4'>bloods at six</span></li></ul>"
)
TELLING = PLAIN.replace("await CT", f"await CT, NHS number {NHS}").replace(
    "bloods", "Patient Margaret Okafor: bloods"
)


def incident_of(s: Scene, file: StoredFile, outcome: str) -> dict[str, Any]:
    (one,) = [i for i in s.incidents(kind="file", place=file.id) if i["outcome"] == outcome]
    return one


async def test_an_identifier_is_edited_out_of_a_shared_canvas(s: Scene) -> None:
    file = s.workspace.add_canvas(NURSE, "Ward round", TELLING.encode())
    ts = await s.says(NURSE, "The list for today", files=[file])
    told = file.data.decode()
    assert NHS not in told
    assert "Okafor" not in told
    assert "await CT, NHS number [hidden]" in told.replace("[NHS number hidden]", "[hidden]")
    assert "bloods at six" in told
    assert file.deleted_at is None
    assert s.text(ts) == "The list for today"
    incident = incident_of(s, file, "redacted")
    assert (incident["state"], incident["action"]) == ("hidden", "redact")
    assert incident["exposure_ms"] > 0
    assert {"file_edited", "verified", "warned"} <= {*s.timeline(incident["id"])}
    (note,) = s.notes(NURSE, incident["id"])
    assert "The rest of it stays as it was written" in json.dumps(note.body)


async def test_a_canvas_s_tab_is_read_again_when_somebody_writes_in_it(s: Scene) -> None:
    file = s.workspace.add_canvas(NURSE, "Jobs", PLAIN.encode(), tab=WARD)
    await s.settled()
    assert incident_of(s, file, "clean")["state"] == "closed"
    s.workspace.edit_canvas(file.id, TELLING.encode(), NURSE2)
    await s.settled()
    assert NHS not in file.data.decode()
    incident = incident_of(s, file, "redacted")
    assert (incident["state"], incident["sender"]) == ("hidden", NURSE2)


async def test_a_canvas_that_cannot_be_edited_is_said_honestly(s: Scene) -> None:
    refusals = [{"times": 5, "error": "restricted_action"}]
    s.faults.set({"fail": {"canvases.edit": refusals}})
    file = s.workspace.add_canvas(NURSE, "Theatre list", TELLING.encode())
    await s.says(NURSE, "", files=[file])
    s.faults.set({"fail": {}})
    assert (file.deleted_at, NHS in file.data.decode()) == (None, True)
    incident = incident_of(s, file, "redacted")
    assert (incident["state"], incident["exposure_ms"]) == ("failed", None)
    (note,) = s.notes(NURSE, incident["id"])
    assert "could not be hidden here. Please take it out." in json.dumps(note.body)


async def test_a_linked_page_s_picture_is_on_record_as_not_inspected(s: Scene) -> None:
    ts = await s.says(NURSE, "See https://guidelines.example/sepsis")
    page = {"id": 1, "from_url": "https://guidelines.example/sepsis", "title": "Sepsis", "fallback": "Sepsis"}
    s.workspace.unfurl(WARD, ts, [{**page, "image_url": "http://169.254.169.254/latest/meta-data"}])
    await s.settled()
    (incident,) = s.incidents(ts, kind="file")
    assert (incident["outcome"], incident["state"], incident["risk"]) == ("uninspected", "closed", 0)
    assert "page that the message links to" in incident["reasons"][0]
    assert s.notes(NURSE, incident["id"]) == []
