"""Identifiers in files' names and in what a conversation says of itself; and the tombstones of Discovery."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.bot.stage import NHS, NURSE, SISTER, SOCIAL, Scene, scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("files")) as ready:
        yield ready


async def test_a_file_with_an_identifier_in_its_name_comes_back_under_a_safe_name(s: Scene) -> None:
    file = s.workspace.add_file(NURSE, f"{NHS} wound chart.pdf", b"%PDF-1.4 x", "application/pdf")
    ts = await s.says(NURSE, "Chart for the round", files=[file])
    assert NHS not in s.readable()
    assert s.text(ts) == "Chart for the round"
    again = s.latest()
    (back,) = again.said["files"]
    assert again.said["user"] == s.workspace.app.user
    assert back["name"].endswith(".pdf")
    assert s.workspace.files[back["id"]].data == b"%PDF-1.4 x"
    incident = s.incident(ts, kind="message")
    assert (incident["state"], incident["kinds"]) != ("failed", {})
    assert s.timeline(incident["id"])[:5] == ["posted", "detected", "file_hidden", "file_renamed", "verified"]
    assert incident["exposure_ms"] > 0
    assert len(s.notes(NURSE, incident["id"])) == 1
    assert s.incident(ts, kind="file")["action"] == "observe"


async def test_a_file_that_cannot_be_taken_away_is_said_honestly(s: Scene) -> None:
    refusals = [{"times": 5, "error": "cant_delete_file"}]
    s.faults.set({"fail": {"files.delete": refusals}})
    file = s.workspace.add_file(NURSE, f"NHS {NHS}.pdf", b"%PDF-1.4 y", "application/pdf")
    ts = await s.says(NURSE, "Chart", files=[file])
    s.faults.set({"fail": {}})
    incident = s.incident(ts, kind="message")
    assert incident["state"] == "failed"
    assert "file_not_hidden" in s.timeline(incident["id"])
    (note,) = s.notes(NURSE, incident["id"])
    assert "could not be hidden here" in json.dumps(note.body)
    s.workspace.delete_file(file.id, NURSE)
    await s.settled()


async def test_a_clean_file_is_recorded_as_uninspected(s: Scene) -> None:
    file = s.workspace.add_file(NURSE, "rota.pdf", b"%PDF-1.4 z", "application/pdf")
    ts = await s.says(NURSE, "Rota for next week", files=[file])
    assert s.incident(ts)["kind"] == "file"
    assert len(s.message(ts).versions) == 1


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
