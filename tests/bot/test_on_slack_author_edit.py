"""What members read, senders are told and IG sees, on Slack where authors let the bot edit."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.bot.stage import NHS, NURSE, WARD, Scene, scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("ward")) as ready:
        yield ready


async def test_a_message_is_hidden_in_place_and_the_rest_stays(s: Scene) -> None:
    ts = await s.says(NURSE, f"Bed 4 NHS {NHS}: give *500 mg* paracetamol & re-check obs")
    assert s.text(ts) == "Bed 4 NHS [hidden]: give *500 mg* paracetamol & re-check obs"
    assert NHS not in s.readable()
    incident = s.incident(ts)
    print(incident, s.timeline(incident["id"]))
    assert incident["state"] == "hidden"
    (note,) = s.notes(NURSE, incident["id"])
    assert note.channel == WARD

