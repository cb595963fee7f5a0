"""Where only an admin's token can take messages away: a masked copy in its place, even across kills."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.store import tables as t
from connectors.sandbox.messages import Message
from tests.bot.end_to_end.stage import NHS, NURSE, NURSE2, SOCIAL, Scene, scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("admin"), "admin_replace") as ready:
        yield ready


def copies(s: Scene, of: str) -> list[Message]:
    """The copies of a message that stand."""
    found = s.workspace.channels[SOCIAL].messages.values()
    return [m for m in found if m.body and (m.body.get("metadata") or {}).get("event_payload") == {"of": of}]


async def test_a_masked_copy_takes_the_message_s_place(s: Scene) -> None:
    ts = await s.says(NURSE, f"Bed 4 NHS {NHS}: give 500 mg", SOCIAL)
    assert s.message(ts, SOCIAL).body is None
    (copy,) = copies(s, ts)
    assert copy.said["text"] == "Bed 4 NHS [hidden]: give 500 mg"
    assert copy.said["username"] == "Elin Pritchard"
    incident = s.incident(ts)
    assert (incident["state"], incident["reach"], incident["place"]) == ("hidden", "admin_replace", copy.ts)
    assert len(s.notes(NURSE, incident["id"])) == 1
    assert "deleted" not in s.timeline(incident["id"])


async def test_urgent_care_puts_the_original_in_the_copy_and_the_timer_masks_it_again(s: Scene) -> None:
    ts = await s.says(NURSE, f"Crash call NHS {NHS}, allergic to latex", SOCIAL)
    (copy,) = copies(s, ts)
    await s.forges(NURSE, "urgent", s.incident(ts)["id"], SOCIAL)
    assert s.text(copy.ts, SOCIAL) == f"Crash call NHS {NHS}, allergic to latex"
    await s.stage.stop_bot()
    await s.restarts_after_every_timer()
    (again,) = copies(s, ts)
    assert again.ts == copy.ts
    assert again.said["text"] == "Crash call NHS [hidden], allergic to latex"
    assert NHS not in s.readable(SOCIAL)
    assert s.incident(ts)["state"] == "hidden"


async def test_not_a_patient_puts_the_original_in_the_copy(s: Scene) -> None:
    ts = await s.says(NURSE, f"Asset tag NHS {NHS}", SOCIAL)
    await s.forges(NURSE, "not_patient", s.incident(ts)["id"], SOCIAL)
    (copy,) = copies(s, ts)
    assert copy.said["text"] == f"Asset tag NHS {NHS}"
    s.workspace.delete(SOCIAL, copy.ts, s.workspace.app.user)


async def test_half_a_number_in_a_copy_is_hidden_there(s: Scene) -> None:
    first = await s.says(NURSE2, "Mrs Oonagh Blackadder, NHS number is 943 476", SOCIAL)
    assert len(copies(s, first)) == 1
    await s.says(NURSE2, "5919", SOCIAL)
    (copy,) = copies(s, first)
    assert "943" not in json.dumps(copy.said["text"])
    assert "943 476" not in s.readable(SOCIAL)


@pytest.mark.parametrize("thread", [False, True])
async def test_a_kill_between_deletion_and_copy_loses_no_sentence(s: Scene, thread: bool) -> None:
    parent = await s.says(NURSE, "Plan for today", SOCIAL) if thread else None
    s.faults.set({"slow_ms": {"chat.postMessage": 30_000}})
    message = s.workspace.post(SOCIAL, NURSE, f"Bed 9 NHS {NHS} nil by mouth", thread_ts=parent)
    for _ in range(100):
        await asyncio.sleep(0.05)
        if s.message(message.ts, SOCIAL).body is None:
            break
    await s.stage.kill_bot()
    s.faults.set({"slow_ms": {}})
    await s.stage.start_bot()
    await s.settled()
    (copy,) = copies(s, message.ts)
    assert copy.said["text"] == "Bed 9 NHS [hidden] nil by mouth"
    assert copy.said.get("thread_ts") == parent
    incident = s.incident(message.ts)
    assert (incident["state"], incident["place"]) == ("hidden", copy.ts)
    assert len(s.notes(NURSE, incident["id"])) == 1


async def test_a_copy_that_was_posted_before_a_kill_is_found_and_not_posted_again(s: Scene) -> None:
    s.faults.set({"slow_ms": {"conversations.history": 1_500}})
    message = s.workspace.post(SOCIAL, NURSE, f"Bed 9 NHS {NHS} may eat", typed=True)
    for _ in range(100):
        await asyncio.sleep(0.02)
        if copies(s, message.ts):
            break
    await s.stage.kill_bot()
    with s.store() as (_, store):
        # As if the kill had come before the outcome was written.
        store.write_now(
            lambda c: c.execute(
                update(t.effect)
                .where(t.effect.c.key.like("%:admin_replace:1"))
                .values(state="intent", result=None)
            )
        )
    s.faults.set({"slow_ms": {}})
    await s.stage.start_bot()
    await s.settled()
    assert len(copies(s, message.ts)) == 1
    assert s.incident(message.ts)["state"] == "hidden"


async def test_a_refused_deletion_is_said_honestly_and_ig_sees_the_way_down(s: Scene) -> None:
    s.faults.set({"fail": {"chat.delete": [{"times": 1, "error": "cant_delete_message"}]}})
    ts = await s.says(NURSE, f"NHS {NHS} for discharge", SOCIAL)
    incident = s.incident(ts)
    assert incident["state"] == "failed"
    assert s.timeline(incident["id"]) == ["posted", "detected", "fallback", "failed", "warned"]
    (note,) = s.notes(NURSE, incident["id"])
    assert "could not be hidden here" in json.dumps(note.body)
    s.workspace.delete(SOCIAL, ts, NURSE)
    await s.settled()
    assert s.incident(ts)["state"] == "hidden"
    assert s.timeline(incident["id"])[-1] == "deleted"
