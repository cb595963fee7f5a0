"""What becomes of a message that was dealt with: restored, edited, deleted, added to by the platform."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.conversations.memory import Memory
from bot.engine.interface import Work
from bot.hiding.enforcement import Enforcement, texts_of
from bot.hiding.inspection import Inspection, main_text
from bot.incidents.ledger import Ledger
from bot.policy.verdict import Action
from bot.vault import originals
from connectors.interface import ChatPlatform, Message, MessageRef, Reach


class Edits:
    """Tells our own changes from people's, and keeps the incidents of a message true to what stands there."""

    def __init__(
        self,
        *,
        platforms: Mapping[str, ChatPlatform],
        ledger: Ledger,
        enforcement: Enforcement,
        memory: Memory,
    ) -> None:
        self._platforms = platforms
        self._ledger = ledger
        self._enforcement = enforcement
        self._memory = memory

    async def deleted(self, ref: MessageRef, at: datetime) -> None:
        """Somebody deleted a message: its author, or we, to put a masked copy in its place."""
        rows = await self._ledger.of_message(ref.channel.tenant, ref.channel.id, ref.ts)
        if any(row["message"] == ref.ts and row["place"] not in (None, ref.ts) for row in rows):
            return
        self._memory.forget(ref.channel, ref.ts)
        for row in rows:
            await self._closed(row, "deleted", at)

    async def restored(self, message: Message) -> bool:
        """Whether this is our own bringing back of an original: its text is the one in the vault."""
        ref = message.ref
        rows = await self._ledger.of_message(ref.channel.tenant, ref.channel.id, ref.ts)
        for row in rows:
            if row["state"] == "restored" or row["decision"] == "false_positive":
                kept = await self._ledger.original(row["id"])
                if kept and texts_of(originals.from_json(kept[0])) == texts_of(message):
                    return True
        return False

    async def told_before(self, message: Message, inspection: Inspection, real: bool, incident: str) -> bool:
        """Whether the sender knows: the platform only added to a message that we told of, or they edited it
        before our hiding could be seen, and there is nothing new in it."""
        if not message.edited_at and real:
            return False
        ref = message.ref
        kinds = {str(k) for k in inspection.kinds()}
        for row in await self._ledger.of_message(ref.channel.tenant, ref.channel.id, ref.ts):
            same_moment = message.edited_at and (row["hidden_at"] or 0.0) >= message.edited_at.timestamp()
            new = row["id"] != incident  # work that is tried again finds its own
            if new and (not real or (same_moment and kinds <= set(row["kinds"]))):
                return True
        return False

    async def clean(self, message: Message, work: Work) -> None:
        """An edit without anything to hide. Our own is known by its words; the author's own mends what we
        could not hide, or was written over by us because it came at the same moment."""
        ref = message.ref
        rows = await self._ledger.of_message(ref.channel.tenant, ref.channel.id, ref.ts)
        if main_text(message) in [self._ledger.masked(row) for row in rows if row["state"] == "hidden"]:
            return
        for row in rows:
            if row["state"] in ("open", "failed") and row["action"] != Action.OBSERVE.word:
                await self._closed(row, "mended", message.edited_at or message.posted_at)
            elif row["state"] == "hidden" and row["reach"] in (Reach.AUTHOR_EDIT, Reach.TOMBSTONE):
                await self._keep_edit(message, row, work)
                return

    async def _keep_edit(self, message: Message, row: Mapping[str, Any], work: Work) -> None:
        ours, platform = self._ledger.masked(row), self._platforms[message.ref.channel.platform]
        if row["action"] != Action.REDACT.word or not ours:
            return
        now = await platform.read(message.ref)
        if now is not None and main_text(now) == ours:
            reach = Reach(row["reach"])
            await self._enforcement.put_back(platform, message, reach, row["id"], str(work.id))

    async def _closed(self, row: Mapping[str, Any], what: str, at: datetime) -> None:
        """The sender saw to it: what we could not hide can no longer be read."""
        if row["state"] not in ("open", "failed") or row["action"] not in ("redact", "hide", "warn"):
            await self._ledger.add(row["id"], what)
            return
        posted = row["posted_at"] or at.timestamp()
        await self._ledger.add(
            row["id"], what, state="hidden", hidden_at=at.timestamp(),
            exposure_ms=max(0.0, (at.timestamp() - posted) * 1000.0),
        )  # fmt: skip
