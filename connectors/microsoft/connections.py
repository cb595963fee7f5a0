"""The connections of one client to Microsoft's services: opened when first needed, given back on closing."""

import ssl
from pathlib import Path
from typing import Final

import aiohttp

_CONNECT: Final = 10.0


def trusted(ca_file: Path | None) -> ssl.SSLContext | bool:
    """Whose certificates count: `ca_file`'s authority, a local stand-in's; None for those of the system."""
    return ssl.create_default_context(cafile=str(ca_file)) if ca_file else True


class Connections:
    """`ca_file` as for `trusted`; `seconds` is the time that one call may take."""

    def __init__(self, ca_file: Path | None, seconds: float) -> None:
        self._ca = ca_file
        self._timeout = aiohttp.ClientTimeout(total=seconds, connect=_CONNECT)
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> aiohttp.ClientSession:
        """The session in use, or a new one."""
        if self._session is None:
            connector = aiohttp.TCPConnector(ssl=trusted(self._ca), limit=16)
            self._session = aiohttp.ClientSession(timeout=self._timeout, connector=connector)
        return self._session

    async def close(self) -> None:
        """Give the connections back; a later call opens new ones."""
        if self._session:
            await self._session.close()
            self._session = None
