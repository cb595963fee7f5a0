"""The journey of a message's files: names are inspected and masked; contents are said to be uninspected."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from bot.engine.interface import Engine, Work
from bot.incidents.incident import Opening
from bot.incidents.ledger import Ledger
from bot.masking import Masked
from bot.vault.keys import Keys
from bot.vault.quarantine import Quarantine
from connectors.interface import Attachment, ChatPlatform, Message, Refused

_LIMIT = 100 * 1024 * 1024
UNINSPECTED = "The file's contents were not inspected: this version reads file names and previews only."


class Files:
    """Keeps the original in the vault before anything is deleted, so that nothing is lost."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], ledger: Ledger, engine: Engine, keys: Keys,
        quarantine: Quarantine,
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._ledger = ledger
        self._engine = engine
        self._keys = keys
        self._quarantine = quarantine

    async def arrived(self, message: Message, work: Work) -> None:
        """Record each file of a new message as uninspected, so that IG sees what nobody has looked into."""
        if not message.attachments or message.edited_at:
            return
        incident = self._keys.pseudonym("incident", f"{work.id}/files")[:12]
        await self._ledger.open(
            Opening(
                kind="file", channel=message.ref.channel, action="observe", thread=message.ref.thread,
                message=message.ref.ts, sender=message.sender, risk=10,
                reasons=(UNINSPECTED, f"{len(message.attachments)} file(s)."),
                posted_at=message.posted_at.timestamp(), accepted_at=work.accepted_at.timestamp(),
            ),
            incident,
        )  # fmt: skip

    async def hide_names(self, message: Message, masked: Masked, incident: str) -> bool:
        """Take away each file with an identifier in its name or preview; put it back under a masked name
        when only the name told something. False when one could not be taken away."""
        platform, taken = self._platforms[message.ref.channel.platform], True
        for index, attachment in enumerate(message.attachments):
            locations = {e.location for e in masked.edits if e.location.startswith(f"files/{index}/")}
            if not locations:
                continue
            only_name = all(loc.rsplit("/", 1)[-1] in ("name", "title") for loc in locations)
            new_name = masked_name(attachment, masked.texts.get(f"files/{index}/name", ""))
            keep_as = new_name if only_name else None
            taken = await self._replace(platform, message, attachment, keep_as, incident) and taken
        return taken

    async def _replace(
        self,
        platform: ChatPlatform,
        message: Message,
        attachment: Attachment,
        new_name: str | None,
        incident: str,
    ) -> bool:
        digest = hashlib.sha256(attachment.id.encode()).hexdigest()[:12]
        try:
            data = await self._original(platform, message, attachment, incident)
        except Refused as refused:
            await self._ledger.add(incident, "file_not_hidden", detail={"code": refused.code})
            return False

        async def delete() -> Mapping[str, Any]:
            await platform.delete_file(message, attachment)
            return {"file": attachment.id}

        async def upload() -> Mapping[str, Any]:
            return {"file": await platform.upload(message.ref, new_name or "", data, "")}

        async def probe() -> None:
            return None  # taking a file away twice does no harm

        outcome = await self._engine.effect(f"{incident}:file:{digest}:delete", delete, probe)
        if outcome.state == "refused":
            code = str(outcome.result.get("code", ""))
            await self._ledger.add(incident, "file_not_hidden", detail={"code": code})
            return False
        await self._ledger.add(incident, "file_hidden")
        if new_name:
            outcome = await self._engine.effect(f"{incident}:file:{digest}:upload", upload)
            await self._ledger.add(
                incident, "file_renamed" if outcome.state == "done" else "file_not_returned"
            )
        return True

    async def _original(
        self, platform: ChatPlatform, message: Message, attachment: Attachment, incident: str
    ) -> bytes:
        """The file's bytes, in the vault before this returns; from the vault when an earlier attempt (that a
        crash cut off) put them there and took the file away."""
        try:
            return await self._quarantine.get(incident, attachment.id)
        except FileNotFoundError:
            data = await platform.download(message.ref.channel.tenant, attachment, _LIMIT)
        await self._quarantine.put(incident, attachment.id, data)
        return data


def masked_name(attachment: Attachment, masked: str) -> str:
    """The masked name with the file's own ending, so that it still opens."""
    suffix = PurePosixPath(attachment.name).suffix[:10]
    name = masked or "[file name hidden]"
    return name if not suffix or name.endswith(suffix) else name + suffix
