"""Waiting for what happens beside a test."""

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    """Return as soon as a condition holds. Raises AssertionError when it does not within `seconds`."""
    for _ in range(int(seconds * 100)):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")
