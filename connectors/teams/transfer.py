"""A file's bytes over addresses that carry their own leave: fetched within a limit, sent in pieces.

Our token goes to none of them. A file is held in memory once: `BytesIO` gives what it holds without a copy, and a
piece that is sent is a view of the whole.
"""

import io
import json
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from connectors.bounded import within
from connectors.interface import Refused, Unavailable
from connectors.microsoft.connections import Connections

PIECE: Final = 16 * 320 * 1024
"""Five MiB: Graph wants pieces of a multiple of 320 KiB (createUploadSession)."""
_CHUNK: Final = 64 * 1024
_TIMEOUT: Final = 120.0
_TRIES: Final = 3


class Transfer:
    def __init__(self, ca_file: Path | None) -> None:
        self._connections = Connections(ca_file, _TIMEOUT)

    async def fetch(self, url: str, limit: int) -> bytes:
        """At most `limit` bytes. Raises Refused ("too_large", "not_a_file") or Unavailable."""
        if not url.startswith("https://"):
            raise Refused("this file has no contents to read", "not_a_file")
        try:
            async with self._connections.open().get(_exact(url), allow_redirects=False) as response:
                if response.status >= 500 or response.status == 429:
                    raise Unavailable(f"a file's site answered {response.status}")
                if response.status != 200:
                    raise Refused("a file's site sent something else", "not_a_file")
                return await within(response.content.iter_chunked(_CHUNK), limit)
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise Unavailable(f"a file could not be fetched ({type(fault).__name__})") from None

    async def send(self, url: str, data: bytes) -> dict[str, Any]:
        """Fill an upload session; gives the driveItem that came of it. Raises Refused or Unavailable."""
        if not url.startswith("https://"):
            raise Refused("this is no address to send a file to", "not_a_session")
        whole, answer = memoryview(data), None
        for start in range(0, len(data), PIECE):
            answer = await self._piece(url, whole[start : start + PIECE], start, len(data))
        if not isinstance(answer, dict) or "id" not in answer:
            raise Unavailable("a file's site did not say what it had kept")
        return answer

    async def close(self) -> None:
        """Give the connections back; a later call opens new ones."""
        await self._connections.close()

    async def _piece(self, url: str, piece: memoryview, start: int, of: int) -> Any:
        """A piece that was sent twice is kept once."""
        span = {"Content-Range": f"bytes {start}-{start + len(piece) - 1}/{of}"}
        for tried in range(1, _TRIES + 1):
            try:
                async with self._connections.open().put(
                    _exact(url), data=io.BytesIO(piece), headers=span, allow_redirects=False
                ) as response:
                    if response.status < 300:
                        return _json(await response.read())
                    if response.status < 500 and response.status != 429:
                        raise Refused("a file's site refused a piece of it", str(response.status))
            except (aiohttp.ClientError, TimeoutError, OSError) as fault:
                if tried == _TRIES:
                    raise Unavailable(f"a file could not be sent ({type(fault).__name__})") from None
        raise Unavailable("a file's site did not take a piece of it")


def _exact(url: str) -> URL:
    """As it was given: a signature in it is over the very letters."""
    return URL(url, encoded=True)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
