"""A sender answers a hiding by the platform's own means (a Teams policy tip), which may show the message again."""

from collections.abc import Mapping

from bot.engine.interface import Work
from bot.incidents.ledger import Ledger
from bot.incidents.review import sealed_words
from bot.membership.journey import Membership
from bot.messages.guard import Guard
from bot.vault.keys import Keys
from connectors.interface import ChatPlatform, HidingContested


class Contests:
    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], ledger: Ledger, guard: Guard, membership: Membership, keys: Keys
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._ledger = ledger
        self._guard = guard
        self._membership = membership
        self._keys = keys

    async def contested(self, event: HidingContested, work: Work) -> None:
        """IG sees it with the sender's reason. What the platform showed to everyone again is hidden again while
        somebody from outside can read it."""
        ref = event.ref
        rows = await self._ledger.of_message(ref.channel.tenant, ref.channel.id, ref.ts)
        row = next((r for r in rows if r["message"] == ref.ts and r["sender"] == event.user), None)
        if row is None or not (row["state"] == "hidden" or (row["state"] == "restored" and work.attempt > 1)):
            return
        now = await self._platforms[ref.channel.platform].read(ref)
        audience = await self._membership.presence.audience(ref.channel)
        detail = {"outsiders": audience.outsiders, **sealed_words(self._keys, row["id"], event.reason)}
        if now is None or now.hidden:
            await self._ledger.add(row["id"], "disputed", by=event.user, detail=detail)
            return
        await self._ledger.add(
            row["id"], "shown_by_sender", by=event.user, detail=detail, state="restored", place=ref.ts
        )
        if audience.outsiders:
            await self._guard.hide_again(row["id"], work)
