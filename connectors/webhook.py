"""What every platform's webhook does before it believes anything: a body of bounded length, JSON that is an object."""

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request


async def capped(request: Request, limit: int) -> bytes:
    """The body, of at most `limit` bytes. Raises HTTPException 413 before more than that was read."""
    announced = request.headers.get("content-length", "0")
    # Digits alone, and few: int() takes other alphabets too, and long ones slowly.
    if announced.isdigit() and int(announced[:12]) > limit:
        raise HTTPException(413, "too large")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise HTTPException(413, "too large")
    return bytes(body)


def json_object(raw: bytes) -> dict[str, Any]:
    """Raises HTTPException 400 for what is no JSON object."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise HTTPException(400, "malformed") from None
    if not isinstance(body, dict):
        raise HTTPException(400, "malformed")
    return body
