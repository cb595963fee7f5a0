"""With the Discovery API: words changed by the platform itself, whole messages under a tombstone."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.bot.end_to_end.stage import HOSPICE, NHS, NURSE, WARD, Scene, scene, with_presets

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    policy = with_presets({HOSPICE: "external-partners"}).replace(
        "identifying: hide\n    urgent_minutes: 0", "identifying: hide\n    urgent_minutes: 30"
    )
    async with scene(tmp_path_factory.mktemp("grid"), "tombstone", policy=policy) as ready:
        yield ready


async def test_words_are_hidden_without_anybody_s_leave(s: Scene) -> None:
    ts = await s.says(NURSE, f"Bed 4 NHS {NHS}: give 500 mg")
    assert s.text(ts) == "Bed 4 NHS [hidden]: give 500 mg"
    assert NHS not in s.readable()
    assert s.incident(ts)["reach"] == "tombstone"


async def test_a_restore_of_words_is_exact_and_is_hidden_again(s: Scene) -> None:
    ts = await s.says(NURSE, f"Crash call NHS {NHS}")
    await s.forges(NURSE, "urgent", s.incident(ts)["id"])
    assert s.text(ts) == f"Crash call NHS {NHS}"
    await s.stage.stop_bot()
    await s.restarts_after_every_timer()
    assert s.text(ts) == "Crash call NHS [hidden]"


async def test_a_whole_message_is_hidden_restored_and_hidden_again(s: Scene) -> None:
    words = f"Mrs Oonagh Blackadder NHS {NHS} comes on Friday"
    ts = await s.says(NURSE, words, HOSPICE)
    assert s.message(ts, HOSPICE).said["subtype"] == "dlp_tombstone"
    assert NHS not in s.readable(HOSPICE)
    await s.forges(NURSE, "urgent", s.incident(ts)["id"], HOSPICE)
    assert s.text(ts, HOSPICE) == words
    await s.stage.stop_bot()
    await s.restarts_after_every_timer()
    assert NHS not in s.readable(HOSPICE)
    assert s.incident(ts)["state"] == "hidden"


async def test_an_edit_of_the_same_moment_is_kept(s: Scene) -> None:
    message = s.workspace.post(WARD, NURSE, f"NHS {NHS} to CT at 10")
    s.workspace.edit(WARD, message.ts, NURSE, "Bed 3 to CT at 11")
    await s.settled()
    assert s.text(message.ts) == "Bed 3 to CT at 11"
