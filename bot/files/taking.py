"""Take a file away, put a copy in its place, and say so: each at most once, across crashes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.engine.interface import Engine, Outcome, Uncertain
from bot.files.case import Case
from bot.incidents.ledger import Ledger
from bot.vault.quarantine import Quarantine
from connectors.interface import Attachment, ChatPlatform, Note


@dataclass(frozen=True, slots=True)
class Taken:
    """A file was taken away. `verified`: the platform was asked again and has it no more; None when it did
    not say. `at` is in epoch seconds."""

    at: float
    verified: bool | None


@dataclass(frozen=True, slots=True)
class Copy:
    """What is posted in a file's place. `comment` stands above it, `instead` is read out in place of a picture."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)
    comment: str
    instead: str = field(default="", repr=False)


class Taking:
    """Keeps the original in the vault before anything is deleted, so that nothing is lost."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], ledger: Ledger, engine: Engine, quarantine: Quarantine,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._ledger = ledger
        self._engine = engine
        self._quarantine = quarantine
        self._clock = clock

    async def fetch(self, case: Case, limit: int) -> bytes:
        """The original, from the vault when it was taken away before a crash. `limit` in bytes. Raises Refused
        when the platform does not give it, Unavailable when it cannot now."""
        try:
            return await self._quarantine.get(case.incident, case.file.id)
        except FileNotFoundError:
            return await self._platforms[case.channel.platform].download(
                case.channel.tenant, case.file, limit
            )

    async def away(self, case: Case, data: bytes | None) -> Taken | None:
        """Delete it for everyone and ask the platform whether it is gone; None when it could not be, which is
        then on record. `data` is None where there are no bytes of it to lose (a link)."""
        platform = self._platforms[case.channel.platform]
        await self._ledger.keep(case.incident, case.as_json())
        if data is not None:
            await self._quarantine.put(case.incident, case.file.id, data)

        async def call() -> Mapping[str, Any]:
            await platform.delete_file(case.message, case.file)
            return {"at": self._clock()}

        outcome = await self._engine.effect(f"{case.incident}:away", call, _again)
        if outcome.state != "done":
            await self._once(outcome, case, "file_not_hidden", {"code": outcome.result.get("code", "")})
            return None
        gone = await platform.gone(case.channel.tenant, case.file.id)
        if gone is False:
            await self._ledger.add(case.incident, "not_verified")
            return None
        await self._once(outcome, case, "file_hidden")
        return Taken(float(outcome.result["at"]), gone)

    async def rewrite(self, case: Case, data: bytes, redacted: bytes) -> Taken | None:
        """Edit what `redacted` lacks out of a living document, which was read as `data`; None when that could not
        be done, or was not, which is then on record."""
        platform = self._platforms[case.channel.platform]
        await self._ledger.keep(case.incident, case.as_json())
        await self._quarantine.put(case.incident, case.file.id, data)

        async def call() -> Mapping[str, Any]:
            await platform.rewrite_file(case.channel.tenant, case.file, redacted)
            return {"at": self._clock()}

        outcome = await self._engine.effect(f"{case.incident}:rewrite", call, _again)
        if outcome.state != "done":
            await self._once(outcome, case, "file_not_hidden", {"code": outcome.result.get("code", "")})
            return None
        await self._once(outcome, case, "file_edited")
        return Taken(float(outcome.result["at"]), True)

    async def post(self, case: Case, what: str, copy: Copy) -> str | None:
        """Post a file beside the message; its id, or None when the platform refused. `what` is written on the
        incident, and tells one posting for a case from another."""
        platform, place = self._platforms[case.channel.platform], case.place

        async def upload() -> Mapping[str, Any]:
            return {"file": await platform.upload(case.channel.tenant, copy.name, copy.data, copy.instead)}

        brought = await self._engine.effect(f"{case.incident}:{what}:upload", upload, _again)
        if brought.state != "done":
            await self._once(brought, case, "file_not_returned")
            return None
        file = str(brought.result["file"])

        async def share() -> Mapping[str, Any]:
            await platform.share(place, file, copy.name, copy.comment)
            return {"file": file}

        async def probe() -> Mapping[str, Any] | None:
            there = await platform.shared(place, file)
            if there is None:
                raise Uncertain
            return {"file": file} if there else None

        shared = await self._engine.effect(f"{case.incident}:{what}:share", share, probe)
        await self._once(
            shared, case, "file_not_returned" if shared.state == "refused" else what.partition(":")[0]
        )
        return None if shared.state == "refused" else file

    async def remove(self, case: Case, what: str, file: str) -> bool:
        """Take away a file of ours. False when the platform refused."""
        platform = self._platforms[case.channel.platform]

        async def call() -> Mapping[str, Any]:
            await platform.delete_file(case.message, Attachment(file, ""))
            return {}

        return (await self._engine.effect(f"{case.incident}:{what}:remove", call, _again)).state == "done"

    async def say(self, case: Case, words: str) -> None:
        """Tell everyone in the conversation why the file is gone."""
        platform, key = self._platforms[case.channel.platform], f"{case.incident}:notice"

        async def call() -> Mapping[str, Any]:
            said = await platform.say(case.place, Note(words, key=key))
            return {"ts": said.ts}

        async def probe() -> Mapping[str, Any] | None:
            return {} if await platform.said(case.place, key) else None

        await self._engine.effect(key, call, probe)

    async def tell(self, case: Case, note: Note) -> None:
        """Tell the sender, as after a message."""
        platform, ref = self._platforms[case.channel.platform], case.message.ref

        async def call() -> Mapping[str, Any]:
            place = await platform.note(case.channel, case.message.sender, ref.thread, note)
            return {"kind": place.kind, "ts": place.ts}

        outcome = await self._engine.effect(f"{case.incident}:warn", call)
        if not outcome.repeated or outcome.state == "uncertain":
            what = {"done": "warned", "refused": "warning_refused"}.get(outcome.state, "warning_uncertain")
            await self._ledger.add(case.incident, what, detail={"kind": str(outcome.result.get("kind", ""))})

    async def _once(
        self, outcome: Outcome, case: Case, what: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        if not outcome.repeated:
            await self._ledger.add(case.incident, what, detail=detail)

    async def forget(self, case: Case) -> None:
        """The vault's copy is not needed: the file stands where it was, unchanged."""
        await self._quarantine.purge(case.incident)
        await self._ledger.purge(case.incident)


async def _again() -> None:
    """For what does no harm when it is done twice."""
