"""What the chat page and the replay use: people, messages, files, streams, history, the shift."""

import asyncio
import base64
import json
from pathlib import Path

import pytest

from connectors.sandbox.seed import plant
from connectors.sandbox.shift import SCRIPT, Shift
from connectors.sandbox.workspace import Workspace
from tests.conftest import SHARED
from tests.connectors.sandbox.conftest import ADMIN, NURSE, OUTSIDER, SISTER, WARD, Json, Stage
from tests.waiting import until


async def test_people_and_state(stage: Stage) -> None:
    people = {person["id"]: person for person in await stage.page("/client/people")}
    assert people[NURSE]["in_directory"] is True
    assert people[OUTSIDER]["in_directory"] is False
    assert people["U0CHAPER1"]["is_bot"] is True
    stage.workspace.post(WARD, NURSE, "one")
    state = await stage.page(f"/client/state?as={SISTER}")
    assert {c["name"]: c["unread"] for c in state["channels"]}["ward-7-team"] == 1
    await stage.page(f"/client/messages?as={SISTER}&channel={WARD}")
    state = await stage.page(f"/client/state?as={SISTER}")
    assert {c["name"]: c["unread"] for c in state["channels"]}["ward-7-team"] == 0
    assert "ward-7-team" not in {
        c["name"] for c in (await stage.page(f"/client/state?as={ADMIN}"))["channels"]
    }


async def test_post_edit_delete_by_the_page(stage: Stage) -> None:
    given = {"as": NURSE, "channel": WARD, "text": "K < 3 & rising"}
    ts = (await stage.page("/client/post", given))["ts"]
    assert stage.workspace.message(WARD, ts).said["text"] == "K &lt; 3 &amp; rising"
    await stage.page("/client/edit", {"as": NURSE, "channel": WARD, "ts": ts, "text": "K 5"})
    refused = await stage.page(
        "/client/edit", {"as": SISTER, "channel": WARD, "ts": ts, "text": "x"}, expect=400
    )
    assert refused["error"] == "not_yours"
    await stage.page("/client/delete", {"as": NURSE, "channel": WARD, "ts": ts})
    record = (await stage.page("/sandbox/history"))["messages"][0]
    assert [version["text"] for version in record["versions"]] == ["K &lt; 3 &amp; rising", "K 5", ""]
    assert [version["deleted"] for version in record["versions"]] == [False, False, True]
    first, second = record["versions"][:2]
    assert first["from"] == float(ts)
    assert first["until"] == second["from"]


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("post", {"as": ADMIN, "channel": WARD, "text": "x"}, 400),
        ("post", {"as": NURSE, "channel": WARD, "text": ""}, 400),
        ("post", {"as": NURSE, "channel": "C0NOWHERE", "text": "x"}, 404),
        ("post", {"as": NURSE, "channel": WARD, "text": "x", "thread_ts": "1.0"}, 404),
        ("edit", {"as": NURSE, "channel": WARD, "ts": "1.0", "text": "x"}, 404),
        ("shift", {"action": "dance"}, 400),
        ("channel", {"as": NURSE, "name": "social"}, 400),
    ],
)
async def test_refusals_are_words(stage: Stage, path: str, given: Json, status: int) -> None:
    answer = await stage.page(f"/client/{path}", given, expect=status)
    assert set(answer) == {"error", "message"}


async def test_a_new_account_is_added_to_a_channel(stage: Stage) -> None:
    given = {
        "name": "Ines Varga",
        "email": "ines@agency.example",
        "kind": "guest",
        "channel": WARD,
        "inviter": SISTER,
    }
    user = (await stage.page("/client/invite", given))["user"]
    listener = await stage.heard()
    assert listener.of("team_join")[0]["user"]["is_restricted"] is True
    joined = listener.of("member_joined_channel")[0]
    assert (joined["user"], joined["inviter"], joined["channel_type"]) == (user, SISTER, "G")
    given |= {"kind": "external", "email": "io@other.example", "name": "Io Marsh"}
    await stage.page("/client/invite", given)
    assert (await stage.heard()).of("channel_shared")[0]["channel"] == WARD


async def test_files_are_seen_by_those_who_may(stage: Stage) -> None:
    data = base64.b64encode(b"Bed 4").decode()
    sent = {
        "as": NURSE,
        "channel": WARD,
        "text": "",
        "files": [{"name": "a.txt", "mimetype": "text/plain", "data_base64": data}],
    }
    await stage.page("/client/post", sent)
    event = (await stage.heard()).of("message", "file_share")[0]
    file, url = event["files"][0], event["files"][0]["url_private"]
    assert file["mode"] == "snippet"
    assert file["preview"] == "Bed 4"
    bot = {"authorization": f"Bearer {stage.tokens['bot']['access_token']}"}
    async with stage.http.get(url, headers=bot) as response:
        assert await response.read() == b"Bed 4"
    sister = stage.workspace.tokens.live("user", SISTER)
    assert sister is not None
    stage.workspace.tokens.revoke(sister)
    poor = stage.workspace.tokens.issue("user", SISTER, frozenset({"chat:write"}))
    for headers in ({}, *({"authorization": f"Bearer {token}"} for token in ("xoxb-nobody", poor.value))):
        async with stage.http.get(url, headers=headers) as response:
            assert response.status == 200
            assert response.content_type == "text/html"
    base = f"{stage.served.base_url}/client/file?id={file['id']}"
    async with stage.http.get(f"{base}&as={SISTER}") as response:
        assert await response.read() == b"Bed 4"
    async with stage.http.get(f"{base}&as={ADMIN}") as response:
        assert response.status == 404


async def test_the_page_hears_of_changes_that_it_may_see(stage: Stage) -> None:
    url = f"{stage.served.base_url}/client/events?as={SISTER}"
    async with stage.http.get(url) as stream:
        assert (await stream.content.readline()).startswith(b":")
        direct, _ = stage.workspace.open_direct([NURSE, ADMIN])
        stage.workspace.post(direct.id, NURSE, "not for the sister")
        stage.workspace.whisper(WARD, NURSE, {"text": "not for the sister either"})
        ts = stage.workspace.post(WARD, NURSE, "for the ward").ts
        async with asyncio.timeout(5):
            async for line in stream.content:
                if line.startswith(b"data: "):
                    break
    update = json.loads(line[6:])
    assert (update["type"], update["channel"], update["ts"]) == ("message", WARD, ts)


async def test_faults_by_http(stage: Stage) -> None:
    refused = await stage.page("/sandbox/faults", {"no_such": 1}, expect=400)
    assert "no_such" in refused["message"]
    await stage.page("/sandbox/faults", {"unreachable": True})
    assert stage.served.faults.unreachable


async def test_the_shift_runs_to_its_end(stage: Stage, tmp_path: Path) -> None:
    steps = json.loads(SCRIPT.read_text(encoding="utf-8"))
    # Nothing answers with buttons here, and a press waits for some.
    script = [step for step in steps if step["do"] != "press"]
    shift = Shift(stage.served.sandbox, _written(script, tmp_path))
    progress = await shift.do("start", 0.0)
    assert progress["running"] is True
    await until(lambda: not shift.progress()["running"])
    assert shift.progress()["step"] == len(script)
    said = [m for m in stage.workspace.history()["messages"] if m["user"] != "U0CHAPER1"]
    assert len(said) >= sum(step["do"] in ("post", "reply", "file") for step in script)
    assert (await shift.do("reset"))["step"] == 0


def _written(steps: list[Json], folder: Path) -> Path:
    path = folder / "shift.json"
    path.write_text(json.dumps(steps), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "path", sorted((SHARED / "eval" / "chat").glob("0*.json")), ids=lambda path: path.stem
)
def test_conversations_of_the_corpus_load(path: Path) -> None:
    conversation = json.loads(path.read_text(encoding="utf-8"))
    workspace = Workspace(name="Replay")
    channel = workspace.load_conversation(conversation)
    people = [member["id"] for member in conversation["members"]]
    assert list(channel.members) == [*people, "U0CHAPER1"]
    for message in conversation["messages"]:
        assert workspace.post(channel.id, message["sender"], message["text"]).said["text"]
    history = workspace.history()
    assert len({m["ts"] for m in history["messages"]}) == len(conversation["messages"])
    assert workspace.people[people[0]].is_admin


def test_every_moment_has_its_own_ts() -> None:
    workspace = Workspace()
    given = [workspace.next_ts() for _ in range(20_000)]
    assert given == sorted(set(given))


def test_the_seed_is_consistent() -> None:
    workspace = plant()
    for channel in workspace.channels.values():
        assert set(channel.members) <= set(workspace.people)
    outsider = workspace.person_called("outsider")
    assert outsider.email not in workspace.directory_emails
    staff = [p for p in workspace.people.values() if not (p.is_bot or p.is_external or p.id == outsider.id)]
    assert all(person.email in workspace.directory_emails for person in staff)
    assert len(staff) == 12
