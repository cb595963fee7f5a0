"""Files while things go wrong: kills between steps, throttling, refusals; and nothing of them in clear."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from bot.store import tables as t
from connectors.sandbox.drawing import patient_list
from connectors.sandbox.files import StoredFile
from connectors.sandbox.messages import Message
from tests.bot.end_to_end.stage import NURSE, SISTER, SOCIAL, WARD, Scene, scene, with_presets
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY, NAME = "943 476 5919", "Zephyrina"
LIST = f"Bed,Patient,NHS Number\n4,{NAME} Blackadder,{CANARY}\n".encode()
HELD = with_presets({}).replace("hold: false", "hold: true", 1)
assert "hold: true" in HELD


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("faults"), policy=HELD) as ready:
        yield ready


def brought(s: Scene, data: bytes = LIST, name: str = "list.csv", user: str = NURSE) -> StoredFile:
    return s.workspace.add_file(user, name, data, "text/csv")


def ours(s: Scene, since: str, channel: str) -> list[Message]:
    """What the app posted after a message and stands still."""
    said = s.workspace.channels[channel].messages.values()
    return [m for m in said if m.body and m.ts > since and m.user == s.workspace.app.user]


def the_incident(s: Scene, ts: str) -> dict[str, Any]:
    (one,) = s.incidents(kind="file", message=ts)
    return one


@pytest.mark.parametrize(
    "slow", ["files.info", "files.getUploadURLExternal", "files.completeUploadExternal", "chat.postEphemeral"]
)
async def test_a_kill_between_any_two_steps_loses_nothing_and_does_nothing_twice(s: Scene, slow: str) -> None:
    file = brought(s)
    s.faults.set({"slow_ms": {slow: 30_000}, "slowed": set()})
    ts = s.workspace.post(SOCIAL, NURSE, "The list", files=[file]).ts
    await until(lambda: file.deleted_at and slow in s.faults.slowed)
    await s.stage.kill_bot()
    s.faults.set({"slow_ms": {}})
    await s.stage.start_bot()
    await s.settled()
    (copy,) = ours(s, ts, SOCIAL)
    assert CANARY not in s.workspace.files[copy.said["files"][0]["id"]].data.decode()
    incident = the_incident(s, ts)
    assert (incident["outcome"], incident["state"]) == ("redacted", "hidden")
    # An ephemeral note cannot be read back: one that may have arrived is not sent again.
    told = len(s.notes(NURSE, incident["id"]))
    assert told == 1 or (slow == "chat.postEphemeral" and "warning_uncertain" in s.timeline(incident["id"]))


async def test_a_copy_that_was_posted_before_a_kill_is_found_and_not_posted_again(s: Scene) -> None:
    s.faults.set({"slow_ms": {"chat.postEphemeral": 30_000}, "slowed": set()})
    ts = s.workspace.post(SOCIAL, NURSE, "The list", files=[brought(s)]).ts
    await until(lambda: ours(s, ts, SOCIAL) and s.faults.slowed)
    await s.stage.kill_bot()
    with s.store() as (_, store):
        # As if the kill had come before the outcome was written.
        mine = t.effect.c.key == f"{the_incident(s, ts)['id']}:file_copied:share"
        cut_off = update(t.effect).where(mine, t.effect.c.state == "done").values(state="intent", result=None)
        assert store.write_now(lambda c: c.execute(cut_off).rowcount) == 1
    s.faults.set({"slow_ms": {}})
    await s.stage.start_bot()
    await s.settled()
    assert len(ours(s, ts, SOCIAL)) == 1
    assert the_incident(s, ts)["state"] == "hidden"


async def test_throttled_and_failing_calls_are_made_again(s: Scene) -> None:
    s.faults.set({
        "rate_limit": {"files.delete": [1, 1], "files.getUploadURLExternal": [1, 1]},
        "fail": {"files.completeUploadExternal": [{"times": 1, "error": "ratelimited"}]},
    })  # fmt: skip
    ts = await s.says(NURSE, "The list", SOCIAL, files=[brought(s)])
    assert len(ours(s, ts, SOCIAL)) == 1
    assert the_incident(s, ts)["state"] == "hidden"


async def test_where_a_copy_is_refused_the_original_is_in_the_vault_and_ig_sees_it(s: Scene) -> None:
    s.faults.set({"fail": {"files.completeUploadExternal": [{"times": 1, "error": "restricted_action"}]}})
    ts = await s.says(NURSE, "The list", SOCIAL, files=[brought(s)])
    incident = the_incident(s, ts)
    assert ours(s, ts, SOCIAL) == []
    assert "file_not_returned" in s.timeline(incident["id"])
    async with s.console("reviewer") as http:
        await s.decides(http, incident["id"], "false_positive")
    (back,) = ours(s, ts, SOCIAL)
    assert s.workspace.files[back.said["files"][0]["id"]].data == LIST


async def test_a_file_that_is_held_back_is_put_back_when_clean_and_the_vault_forgets_it(s: Scene) -> None:
    rota = b"Day,Early\nMonday,4\n"
    file = brought(s, rota, "rota.csv")
    ts = await s.says(NURSE, "The rota", files=[file])
    assert file.data == b""
    (back,) = ours(s, ts, WARD)
    assert s.workspace.files[back.said["files"][0]["id"]].data == rota
    assert back.said["text"] == f"From <@{NURSE}>, checked and put back"
    incident = the_incident(s, ts)
    assert (incident["outcome"], incident["state"], incident["exposure_ms"]) == ("clean", "closed", None)
    assert s.notes(NURSE, incident["id"]) == []
    assert not list((s.stage.folder / "data" / "files" / incident["id"]).glob("*"))


async def test_text_does_not_wait_for_files(s: Scene) -> None:
    s.faults.set({"slow_ms": {"files.info": 5_000, "files.delete": 5_000}})
    files = [brought(s) for _ in range(3)]
    ts = s.workspace.post(WARD, NURSE, f"NHS {CANARY} and three lists", files=files).ts
    await until(lambda: CANARY not in s.text(ts))
    assert [f.deleted_at for f in files] == [None] * 3
    after = s.workspace.post(WARD, SISTER, f"NHS {CANARY} too").ts
    await until(lambda: CANARY not in s.text(after))
    assert [f.deleted_at for f in files] == [None] * 3
    s.faults.set({"slow_ms": {}})
    await s.settled()
    assert all(f.deleted_at for f in files)


# --- nothing in clear ------------------------------------------------------------------------------------


async def test_what_stood_in_files_is_found_nowhere_but_in_the_vault(s: Scene) -> None:
    picture = s.workspace.add_file(
        NURSE, f"{NAME}.png", patient_list(5), "image/png", f"{NAME} Blackadder {CANARY}"
    )
    picture.alt = f"The list of {NAME} Blackadder, NHS {CANARY}"
    await s.says(NURSE, "Lists", files=[picture, brought(s, name=f"{NAME} {CANARY}.csv")])
    words = [NAME, CANARY, CANARY.replace(" ", "")]
    kept = [p for p in s.stage.folder.rglob("*") if p.is_file()]
    assert [p for p in kept if "files" in p.parts]
    for path in kept:
        content = path.read_bytes()
        assert not [w for w in words if w.encode() in content or w.encode("utf-16-le") in content], path.name
        assert not [w for w in words if w in str(path)]
    with s.store() as (_, store):
        rows = store.read_now(
            lambda c: [repr(tuple(r)) for at in t.metadata.sorted_tables for r in c.execute(select(at))]
        )
    assert not [r for r in rows for w in words if w in r]
    ids = [i["id"] for i in s.incidents(kind="file")]
    async with s.console("auditor") as http:
        for path in ("/", "/?state=all", "/audit", "/health", *(f"/events/{i}" for i in ids)):
            async with http.get(s.stage.bot_url + path) as page:
                shown = await page.text()
                assert page.status == 200
            assert not [w for w in words if w in shown], path
    said = s.readable() + json.dumps([n.body for n in s.workspace.ephemerals])
    assert not [w for w in words if w in said]
