"""Files over Slack's own wire: redacted, quarantined, clean, uninspected; shown again; on record for IG."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from bot.store import tables as t
from connectors.sandbox.drawing import patient_list
from connectors.sandbox.files import StoredFile
from tests.bot.end_to_end.stage import (
    HOSPICE,
    NHS,
    NURSE,
    NURSE2,
    PARTNER,
    PRESETS,
    WARD,
    Scene,
    scene,
    with_presets,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIST = f"Bed,Patient,NHS Number,Plan\n4,Margaret Okafor,{NHS},bloods\n5,Desmond Pike,999 813 6784,home\n".encode()
ROTA = b"Day,Early,Late\nMonday,4,3\n"
POLICY = with_presets(PRESETS).replace("largest_mb: 100", "largest_mb: 1")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("files"), policy=POLICY) as ready:
        yield ready


async def posts(
    s: Scene, name: str, data: bytes, mimetype: str, text: str = "", channel: str = WARD, **how: Any
) -> StoredFile:
    file = s.workspace.add_file(NURSE, name, data, mimetype)
    await s.says(NURSE, text, channel, files=[file], **how)
    return file


def incident_of(s: Scene, file: StoredFile) -> dict[str, Any]:
    found = s.incidents(kind="file", sender=NURSE)
    ts = set(file.channels.values())
    (one,) = [i for i in found if i["message"] in ts]
    return one


def shown(s: Scene, channel: str = WARD) -> StoredFile:
    """The file of the newest message."""
    (one,) = s.latest(channel).said["files"]
    return s.workspace.files[one["id"]]


def locked() -> bytes:
    """A ZIP whose only member says that it is encrypted."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(zipfile.ZipInfo("list.csv"), LIST)
    data = bytearray(out.getvalue())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + flags] |= 1
    return bytes(data)


# --- how each ends ---------------------------------------------------------------------------------------


async def test_a_list_of_patients_comes_back_redacted(s: Scene) -> None:
    file = await posts(s, "list.csv", LIST, "text/csv", "Handover list")
    assert (file.deleted_at is not None, file.data) == (True, b"")
    incident = incident_of(s, file)
    assert (incident["outcome"], incident["state"], incident["action"]) == ("redacted", "hidden", "redact")
    copy = shown(s)
    assert not {NHS, "Okafor", "Pike", "999 813 6784"} & set(copy.data.decode().replace("\n", ",").split(","))
    assert "bloods" in copy.data.decode()
    assert copy.name == "list.csv"
    assert s.latest().said["text"] == f"From <@{NURSE}>, with patient identifiers hidden"
    assert s.timeline(incident["id"]) == [
        "posted", "detected", "inspected", "file_hidden", "verified", "file_copied", "warned"
    ]  # fmt: skip
    assert 0 < incident["exposure_ms"] < 60_000
    assert (
        {f["kind"] for f in incident["findings"]} == set(incident["kinds"]) >= {"PATIENT_NAME", "NHS_NUMBER"}
    )
    (note,) = s.notes(NURSE, incident["id"])
    assert "hidden in your file" in json.dumps(note.body)
    assert [e["text"]["text"] for b in note.body["blocks"] for e in b.get("elements", ()) if "action_id" in e] == [
        "OK", "Needed for urgent care", "Not a patient"
    ]  # fmt: skip


async def test_a_screenshot_comes_back_with_its_identifiers_black_in_the_same_thread(s: Scene) -> None:
    parent = await s.says(NURSE2, "Who is going home?")
    picture = patient_list(3)
    file = await posts(s, "Screenshot 2026-03-14.png", picture, "image/png", thread_ts=parent)
    incident = incident_of(s, file)
    assert (incident["outcome"], incident["state"]) == ("redacted", "hidden"), incident["reasons"]
    copy = shown(s)
    assert s.latest().said["thread_ts"] == parent
    assert (copy.name, copy.mimetype) == ("Screenshot 2026-03-14.png", "image/png")
    before, after = (
        Image.open(io.BytesIO(picture)).convert("RGB"),
        Image.open(io.BytesIO(copy.data)).convert("RGB"),
    )
    assert before.size == after.size
    black = after.convert("L").histogram()[0] / (after.width * after.height)
    assert 0.03 < black < 0.4
    assert before.crop((0, 0, 900, 70)).tobytes() == after.crop((0, 0, 900, 70)).tobytes()
    assert incident["exposure_ms"] < 30_000


async def test_what_cannot_be_shown_to_be_safe_is_taken_away_and_everyone_sees_why_it_is_gone(
    s: Scene,
) -> None:
    file = await posts(s, "notes.zip", locked(), "application/zip", "The notes")
    incident = incident_of(s, file)
    assert (incident["outcome"], incident["action"], incident["state"]) == ("quarantined", "hide", "hidden")
    assert "password" in incident["reasons"][0]
    assert file.data == b""
    assert s.latest().said["text"] == (
        f"File hidden to protect a patient. Please ask <@{NURSE}>, or see the patient record."
    )
    (note,) = s.notes(NURSE, incident["id"])
    assert "protected by a password" in json.dumps(note.body)


async def test_a_clean_file_stays_and_nobody_is_bothered(s: Scene) -> None:
    file = await posts(s, "rota.csv", ROTA, "text/csv", "Rota for next week")
    incident = incident_of(s, file)
    assert (incident["outcome"], incident["state"], incident["risk"]) == ("clean", "closed", 0)
    assert file.data == ROTA
    assert s.latest().said["files"][0]["id"] == file.id
    assert s.notes(NURSE, incident["id"]) == []
    with s.store() as (_, store):
        assert (
            store.read_now(
                lambda c: c.execute(
                    t.quarantine.select().where(t.quarantine.c.incident == incident["id"])
                ).all()
            )
            == []
        )


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            {"link": "https://drive.example/d/1"},
            "This file lies on another service, so nobody could look into it.",
        ),
        ({"data": b"a,b\n" * 300_000}, "This file is larger than 1 MB, so nobody looked into it."),
    ],
)
async def test_what_nobody_can_look_into_stays_and_is_listed_as_uninspected(
    s: Scene, make: dict[str, Any], reason: str
) -> None:
    file = s.workspace.add_file(NURSE, "plan.csv", make.pop("data", ROTA), "text/csv")
    file.link = make.get("link", "")
    await s.says(NURSE, "Plan", files=[file])
    incident = incident_of(s, file)
    assert (incident["outcome"], incident["state"], incident["reasons"]) == ("uninspected", "open", [reason])
    assert (file.deleted_at, incident["action"]) == (None, "observe")


async def test_each_of_several_files_ends_by_itself(s: Scene) -> None:
    given = [("a.csv", LIST, "text/csv"), ("b.csv", ROTA, "text/csv"), ("c.zip", locked(), "application/zip")]
    files = [s.workspace.add_file(NURSE, *each) for each in given]
    ts = await s.says(NURSE, "Three files", files=files)
    ends = {i["place"]: (i["outcome"], i["state"]) for i in s.incidents(ts, kind="file")}
    assert ends == {
        files[0].id: ("redacted", "hidden"), files[1].id: ("clean", "closed"), files[2].id: ("quarantined", "hidden")
    }  # fmt: skip
    notes = json.dumps([n.body for i in s.incidents(ts, kind="file") for n in s.notes(NURSE, i["id"])])
    assert "hidden in file 1 of 3" in notes
    assert "File 3 of 3 is hidden, to be safe" in notes


async def test_the_words_beside_a_file_are_hidden_at_once_and_the_file_for_itself(s: Scene) -> None:
    file = await posts(s, "list.csv", LIST, "text/csv", f"List with NHS {NHS}")
    (ts,) = file.channels.values()
    assert NHS not in s.text(ts)
    assert {i["kind"]: i["state"] for i in s.incidents(ts)} == {"message": "hidden", "file": "hidden"}


async def test_a_file_goes_with_a_message_that_is_hidden_whole(s: Scene) -> None:
    file = s.workspace.add_file(NURSE, "rota.csv", ROTA, "text/csv")
    ts = await s.says(
        NURSE, f"Margaret Okafor, DOB 12/04/1951, NHS {NHS}, comes to you today", HOSPICE, files=[file]
    )
    by_kind = {i["kind"]: i for i in s.incidents(ts)}
    assert (by_kind["message"]["action"], by_kind["message"]["state"]) == ("hide", "hidden")
    assert (by_kind["file"]["outcome"], by_kind["file"]["state"]) == ("quarantined", "hidden")
    assert by_kind["file"]["reasons"] == ["The message that it came with is hidden as a whole."]
    assert file.data == b""


async def test_a_partner_s_file_of_which_only_the_id_comes_is_looked_into(s: Scene) -> None:
    file = s.workspace.add_file(PARTNER, "list.csv", LIST, "text/csv")
    ts = await s.says(PARTNER, "Our list", HOSPICE, files=[file])
    (incident,) = s.incidents(ts, kind="file")
    assert incident["outcome"] == "redacted"
    assert (incident["state"], file.deleted_at) == ("failed", None)  # Slack lets nobody here delete it


async def test_another_name_is_looked_at_as_well(s: Scene) -> None:
    file = await posts(s, "rota.csv", ROTA, "text/csv", "Rota")
    s.workspace.retitle_file(file.id, f"NHS {NHS}")
    await s.settled()
    assert file.data == b""
    states = {(i["outcome"], i["state"]) for i in s.incidents(kind="file", place=file.id)}
    assert states == {("clean", "closed"), ("clean", "hidden")}
    assert NHS not in s.readable()
    assert shown(s).data == ROTA


# --- shown again -----------------------------------------------------------------------------------------


async def test_not_a_patient_brings_the_exact_original_back_in_the_copy_s_place(s: Scene) -> None:
    file = await posts(s, "list.csv", LIST, "text/csv", "Training list")
    incident, copy = incident_of(s, file), shown(s)
    (note,) = s.notes(NURSE, incident["id"])
    await s.presses(NURSE, note, "not_patient")
    back = shown(s)
    assert (back.data, back.name, back.id == copy.id) == (LIST, "list.csv", False)
    assert s.latest().said["text"] == f"From <@{NURSE}>, checked and put back"
    assert copy.deleted_at is not None
    (again,) = s.incidents(kind="file", id=incident["id"])
    assert (again["state"], again["place"]) == ("restored", back.id)
    assert s.timeline(incident["id"])[-3:] == ["restoring", "file_shown", "restored_not_patient"]


async def test_urgent_care_shows_the_original_until_the_timer_takes_it_away_again(s: Scene) -> None:
    file = await posts(s, "list.csv", LIST, "text/csv", "Crash call")
    incident, copy = incident_of(s, file), shown(s)
    (note,) = s.notes(NURSE, incident["id"])
    await s.presses(NURSE, note, "urgent")
    back = shown(s)
    assert back.data == LIST
    assert s.latest().said["text"] == "Shown again for urgent care, for 30 minutes"
    await s.stage.kill_bot()
    await s.restarts_after_every_timer()
    assert (back.data, copy.deleted_at) == (b"", None)
    assert s.incidents(id=incident["id"])[0]["state"] == "hidden"
    assert "hidden again" in s.told(NURSE)


async def test_a_reviewer_reads_the_story_opens_the_original_and_gives_it_back(s: Scene) -> None:
    file = await posts(s, "notes.zip", locked(), "application/zip", "Teaching material")
    incident = incident_of(s, file)["id"]
    async with s.console("reviewer") as http:
        async with http.get(f"{s.stage.bot_url}/events/{incident}") as page:
            story = await page.text()
        assert "Quarantined" in story
        assert "protected by a password" in story
        form = {
            "csrf": story.partition('name="csrf" value="')[2].partition('"')[0],
            "why": "decide",
            "shown": "0",
        }
        async with http.post(f"{s.stage.bot_url}/events/{incident}/reveal", data=form) as answer:
            assert await answer.read() == locked()
            assert answer.headers["content-disposition"] == f'attachment; filename="original-{incident}.zip"'
            assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert "revealed" in s.timeline(incident)
        async with http.post(f"{s.stage.bot_url}/events/{incident}/reveal", data=form) as answer:
            assert "attachment" not in answer.headers.get("content-disposition", "")
        await s.decides(http, incident, "false_positive")
    assert shown(s).data == locked()
    assert s.incidents(id=incident)[0]["state"] == "decided"
    assert "restored_decision" in s.timeline(incident)


async def test_only_the_sender_may_bring_a_file_back(s: Scene) -> None:
    file = await posts(s, "list.csv", LIST, "text/csv", "List")
    incident, copy = incident_of(s, file), shown(s)
    await s.forges(NURSE2, "not_patient", incident["id"])
    assert shown(s).id == copy.id
    assert s.incidents(id=incident["id"])[0]["state"] == "hidden"


async def test_the_vital_signs_say_how_files_are_read(s: Scene) -> None:
    assert "Files are read in a process" in (await s.stage.health())["files"]
