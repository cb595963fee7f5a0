"""A bench with everything granted."""

from collections.abc import AsyncIterator

import pytest

from connectors.sandbox.tokens import Grants
from tests.connectors.slack.bench import Bench, bench

ALL = Grants(author_tokens=True, admin_token=True, discovery=True)


@pytest.fixture
async def slack() -> AsyncIterator[Bench]:
    async with bench(ALL) as ready:
        yield ready
