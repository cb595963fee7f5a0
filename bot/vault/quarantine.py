"""Original files, sealed, in a local folder: written, synced and renamed, so that none is half there."""

import asyncio
import os
import shutil
from pathlib import Path

from bot.vault.keys import Keys


class Quarantine:
    """One folder per incident; names are keyed pseudonyms, since a file's own name may tell who it is about."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder = folder
        self._keys = keys

    async def put(self, incident: str, file: str, data: bytes) -> None:
        """Keep a file; returns once it is on the disk. Keeping it again writes it again."""
        await asyncio.to_thread(self._put, incident, file, data)

    async def get(self, incident: str, file: str) -> bytes:
        """The file's bytes. Raises FileNotFoundError once purged."""
        sealed = await asyncio.to_thread(self._path(incident, file).read_bytes)
        return self._keys.open("file", f"{incident}/{file}", sealed)

    async def purge(self, incident: str) -> None:
        """Remove everything of an incident."""
        await asyncio.to_thread(shutil.rmtree, self._folder / incident, True)

    def _put(self, incident: str, file: str, data: bytes) -> None:
        path = self._path(incident, file)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(".part")
        with partial.open("wb") as out:
            out.write(self._keys.seal("file", f"{incident}/{file}", data))
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)

    def _path(self, incident: str, file: str) -> Path:
        return self._folder / incident / self._keys.pseudonym("file", file)[:24]
