"""Slack keeps the contract, with each grant of reach."""

from collections.abc import AsyncIterator

import pytest

from connectors.interface import ChatPlatform, Reach
from tests.connectors.contract import Contract
from tests.connectors.slack.bench import ONLY, Bench, bench


class TestSlack(Contract):
    @pytest.fixture(params=list(ONLY), ids=lambda reach: reach.value)
    async def stage(self, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
        reach: Reach = request.param
        async with bench(ONLY[reach]) as stage:
            stage.reach = reach
            platform: ChatPlatform = stage.platform
            assert platform.name == "slack"
            yield stage
