"""The journey of a conversation's own words: an identifier in its topic, purpose or name."""

import time
from collections.abc import Callable, Mapping
from typing import Literal

from bot.engine.interface import Engine, Work
from bot.hiding.inspection import Inspector, as_rows, worth_recording
from bot.hiding.masking import mask
from bot.incidents.incident import Opening
from bot.incidents.ledger import Ledger
from bot.membership.journey import Membership
from bot.policy.verdict import Action
from bot.vault import originals
from bot.vault.keys import Keys
from bot.vault.labels import Labels
from connectors.interface import ChatPlatform, ConversationChanged, Message, MessageRef

_What = Literal["topic", "purpose", "renamed"]
_SET: Mapping[str, _What] = {
    "topic": "topic",
    "purpose": "purpose",
    "renamed": "renamed",
    "created": "renamed",
}
"""What to set anew where an identifier came with a change; a new channel's name is its own."""


class About:
    """Inspects what a conversation says of itself, and takes identifiers out of it."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], inspector: Inspector, membership: Membership, ledger: Ledger,
        engine: Engine, labels: Labels, keys: Keys, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._clock = clock
        self._platforms = platforms
        self._inspector = inspector
        self._membership = membership
        self._ledger = ledger
        self._engine = engine
        self._labels = labels
        self._keys = keys

    async def changed(self, event: ConversationChanged, work: Work) -> None:
        """A topic, purpose or name was set. What members see now is set again, masked."""
        at = event.at or work.accepted_at
        as_message = Message(MessageRef(event.channel, ""), event.by, at, event.parts)
        audience = await self._membership.presence.audience(event.channel)
        inspection = await self._inspector.inspect(as_message, audience)
        if not worth_recording(inspection):
            return
        incident = self._keys.pseudonym("incident", f"{work.id}/about")[:12]
        masked = await mask(as_message, inspection.hidden(), self._labels)
        verdict = inspection.verdict
        await self._ledger.open(
            Opening(
                kind="topic", channel=event.channel, action=verdict.action.word, sender=event.by, label=verdict.label,
                risk=inspection.risk, kinds={str(k): n for k, n in inspection.kinds().items()},
                findings=as_rows(inspection), reasons=verdict.reasons, policy=verdict.policy,
                masked=" ".join(masked.texts.values()), original=originals.as_json(as_message, inspection.text),
                audience=await self._membership.presence.readers(event.channel), outsiders=audience.outsiders,
                posted_at=at.timestamp(), accepted_at=work.accepted_at.timestamp(),
            ),
            incident,
        )  # fmt: skip
        if verdict.action >= Action.REDACT and event.what in _SET:
            text = next(iter(masked.texts.values()), "") if masked.edits else ""
            await self._set(event, _SET[event.what], text, incident, at.timestamp())

    async def _set(
        self, event: ConversationChanged, what: _What, text: str, incident: str, posted: float
    ) -> None:
        platform = self._platforms[event.channel.platform]

        async def call() -> Mapping[str, str]:
            await platform.set_about(event.channel, what, text)
            return {}

        async def probe() -> None:
            return None  # setting the same words twice does no harm

        outcome = await self._engine.effect(f"{incident}:about", call, probe)
        if outcome.state != "done":
            code = str(outcome.result.get("code", ""))
            await self._ledger.add(incident, "failed", detail={"code": code}, state="failed")
        elif await self._still_stands(event, what):
            await self._ledger.add(incident, "not_verified", state="failed")
        else:
            at = self._clock()
            exposure = max(0.0, (at - posted) * 1000.0)
            await self._ledger.add(
                incident, "verified", state="hidden", hidden_at=at, verified_at=at, exposure_ms=exposure
            )

    async def _still_stands(self, event: ConversationChanged, what: _What) -> bool:
        """Read back: whether the words as they were set are there yet."""
        now = await self._platforms[event.channel.platform].conversation(event.channel)
        stands = {"topic": now.topic, "purpose": now.purpose, "renamed": now.name}[what]
        return any(stands == part.text for part in event.parts)
