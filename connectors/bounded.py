"""What comes over the net piece by piece, never held beyond a limit."""

import io
from collections.abc import AsyncIterator

from connectors.interface import Refused


async def within(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    """All of them. Raises Refused("too_large") once they are more than `limit` bytes."""
    held = io.BytesIO()
    async for chunk in chunks:
        held.write(chunk)
        if held.tell() > limit:
            raise too_large()
    return held.getvalue()


def too_large() -> Refused:
    return Refused("this file is too large to look at", "too_large")
