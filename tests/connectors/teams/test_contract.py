"""Teams keeps the contract, in both modes."""

from collections.abc import AsyncIterator

import pytest

from connectors.interface import ChatPlatform
from connectors.teams.reach import Mode
from tests.connectors.contract import Contract
from tests.connectors.teams.bench import Bench, bench


class TestTeams(Contract):
    @pytest.fixture(params=["tenant", "rsc"])
    async def stage(self, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
        mode: Mode = request.param
        async with bench(mode) as stage:
            platform: ChatPlatform = stage.platform
            assert platform.name == "teams"
            yield stage
