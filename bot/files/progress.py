"""How far large files are: for the sender's note and the console."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar

from bot.engine.interface import Engine
from bot.files.case import Case
from bot.wording import to_sender
from connectors.interface import Channel, ChatPlatform, ConnectorError, Note, NotePlace

T = TypeVar("T")

SLOW: Final = 3.0
"""Seconds after which the sender is told that their file is being checked."""
EVERY: Final = 4.0
"""Seconds between two changes of that note."""


class Progress:
    """What each inspection under way last said of itself. In this process only: after a restart it starts anew."""

    def __init__(
        self, platforms: Mapping[str, ChatPlatform], engine: Engine, slow: float = SLOW, every: float = EVERY
    ) -> None:
        self._platforms = platforms
        self._engine = engine
        self._slow = slow
        self._every = every
        self._said: dict[str, str] = {}

    def of(self, incident: str) -> str | None:
        """Such as "page 12 of 80", empty when nothing is known yet; None when nothing is under way."""
        return self._said.get(incident)

    def note(self, case: Case, said: str) -> None:
        """`said` is the inspection's own, such as "page 12 of 80"."""
        self._said[case.incident] = said

    async def while_(self, case: Case, work: Awaitable[T], *, hidden: bool) -> T:
        """What `work` gives; where it takes long, the sender is kept informed meanwhile."""
        self._said[case.incident] = ""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task}, timeout=self._slow)
            if not task.done():
                await self._inform(case, task, hidden)
            return await task
        finally:
            task.cancel()
            del self._said[case.incident]

    async def _inform(self, case: Case, task: "asyncio.Future[Any]", hidden: bool) -> None:
        """Tells, and changes what was told, until the work is done. A note that fails holds nothing up."""
        told = None
        while not task.done():
            said = self._said[case.incident]
            if said != told:
                told = said
                await self._tell(case, to_sender.file_checking(said, hidden=hidden))
            await asyncio.wait({task}, timeout=self._every)
        await self._tell(case, to_sender.file_checked())

    async def _tell(self, case: Case, note: Note) -> None:
        """The first time a new note, afterwards other words in it."""
        platform, user = self._platforms[case.channel.platform], case.message.sender
        if case.message.is_bot or not user:
            return

        async def call() -> Mapping[str, Any]:
            told = await platform.tell(case.channel.tenant, user, note)
            return {"channel": told.channel.id, "ts": told.ts}

        try:
            outcome = await self._engine.effect(f"{case.incident}:progress", call)
            if outcome.state == "done" and outcome.repeated:
                where = Channel(case.channel.platform, case.channel.tenant, outcome.result["channel"])
                await platform.retell(NotePlace("direct", where, user, outcome.result["ts"]), note)
        except ConnectorError:
            return
