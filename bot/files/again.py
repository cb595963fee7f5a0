"""Show a file again that was taken away, and take it away once more."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from bot.files.case import Case, safe_name
from bot.files.taking import Copy, Taking
from bot.hiding.enforcement import Enforcement
from bot.incidents.ledger import Ledger
from bot.vault.quarantine import Quarantine
from bot.wording import in_channel


class Again:
    """The original comes back from the vault as a post of ours: what a platform deleted, it cannot bring back."""

    def __init__(
        self, *, taking: Taking, ledger: Ledger, enforcement: Enforcement, quarantine: Quarantine,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._taking = taking
        self._ledger = ledger
        self._enforcement = enforcement
        self._quarantine = quarantine
        self._clock = clock

    async def restore(self, row: Mapping[str, Any], round: str, notice: str) -> str | None:
        """Post the original; its new id, or None when it is purged or the platform refused. Without `notice`
        it was not about a patient, so the copy that stood in its place goes."""
        kept = await self._ledger.original(row["id"])
        if kept is None:
            return None
        case, hidden = Case.from_json(kept[0]), kept[1] or {}
        try:
            data = await self._quarantine.get(case.incident, case.file.id)
        except FileNotFoundError:
            return None
        comment = notice or in_channel.back_context(case.message.sender)
        copy = Copy(safe_name(case.file.name, case.file.name), data, comment)
        file = await self._taking.post(case, f"file_shown:{round}", copy)
        if file and not notice and "copy" in hidden:
            await self._taking.remove(case, "copy", hidden["copy"])
        return file

    async def hide(self, row: Mapping[str, Any], round: str) -> bool:
        """The time for urgent care has passed. False when it is not shown, or was decided."""
        kept = await self._ledger.original(row["id"])
        if kept is None or row["state"] not in ("restored", "decided") or row["decision"] == "false_positive":
            return False
        if not await self._taking.remove(Case.from_json(kept[0]), f"again:{round}", row["place"]):
            await self._enforcement.failed(row["id"], "a file could not be taken away")
            return False
        await self._enforcement.settle(row["id"], True, self._clock(), {})
        return True
