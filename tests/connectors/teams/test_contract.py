"""Teams keeps the contract, in both modes."""

from collections.abc import AsyncIterator

import pytest

from connectors.interface import ChatPlatform, Note, Reach
from connectors.teams.reach import Mode
from tests.connectors.contract import Contract, Stage
from tests.connectors.teams.bench import Bench, bench


class TestTeams(Contract):
    @pytest.fixture(params=["tenant", "rsc"])
    async def stage(self, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
        mode: Mode = request.param
        async with bench(mode) as stage:
            platform: ChatPlatform = stage.platform
            assert platform.name == "teams"
            yield stage

    async def test_a_direct_note_can_be_found_again_by_its_key(self, stage: Stage) -> None:
        """Installed only, nobody lets us read there: "could not tell"."""
        if stage.reach is Reach.POLICY_HIDE:
            await super().test_a_direct_note_can_be_found_again_by_its_key(stage)
            return
        place = await stage.platform.tell(stage.channel.tenant, stage.author, Note("Please look.", key="one"))
        assert await stage.platform.noted(place, "one") is None
