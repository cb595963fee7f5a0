"""The journey of one message: inspected, recorded, hidden, proved, and its sender told."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.conversations.memory import Memory, Remembered
from bot.conversations.register import Conversations
from bot.engine.interface import Engine, Work
from bot.files import Files
from bot.hiding.enforcement import Enforced, Enforcement, texts_of
from bot.hiding.inspection import (
    Inspection,
    Inspector,
    as_rows,
    main_part,
    main_text,
    worth_recording,
)
from bot.hiding.masking import Masked, mask
from bot.incidents.incident import Opening
from bot.incidents.ledger import Ledger
from bot.membership.journey import Membership
from bot.messages.edits import Edits
from bot.policy.rules import decide, risk
from bot.policy.verdict import Action, Audience
from bot.vault import originals
from bot.vault.keys import Keys
from bot.vault.labels import Labels
from bot.wording import in_channel, to_owner, to_sender
from connectors.interface import ChatPlatform, Message, MessageRef, Note, Refused, TextPart
from detectors.interface import Finding, Span


class Guard:
    """Handles messages and edits. Safe to call again for the same work after a crash."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], inspector: Inspector, membership: Membership,
        enforcement: Enforcement, files: Files, ledger: Ledger, engine: Engine, labels: Labels, memory: Memory,
        conversations: Conversations, keys: Keys, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._edits = Edits(platforms=platforms, ledger=ledger, enforcement=enforcement, memory=memory)
        self._platforms = platforms
        self._inspector = inspector
        self._membership = membership
        self._enforcement = enforcement
        self._files = files
        self._ledger = ledger
        self._engine = engine
        self._labels = labels
        self._memory = memory
        self._conversations = conversations
        self._keys = keys
        self._clock = clock

    async def message(self, message: Message, work: Work, real: bool = True) -> None:
        """A message was posted, or edited by its author; `real` False when only the platform added to it."""
        if message.partial:
            message = await self._whole(message)
        before = self._memory.get(message.ref.channel, message.ref.ts)
        if message.hidden or (before and tuple(texts_of(message)) in before.left):
            return  # a tombstone, or the echo of our own hiding
        if before and _is_older(message, before.message):
            # Deliveries came in another order than things happened: only what stands now matters.
            now = await self._platforms[message.ref.channel.platform].read(message.ref)
            if now is None or now.hidden:
                return
            message = now
        await self._files.arrived(message)
        await self._look(message.without_files(), work, real, before.left if before else frozenset())
        self._conversations.saw(message.ref)

    async def _whole(self, message: Message) -> Message:
        """As its platform shows it; as it arrived where we may not ask."""
        try:
            now = await self._platforms[message.ref.channel.platform].read(message.ref)
        except Refused:
            return message
        return now or message

    async def deleted(self, ref: MessageRef, at: datetime) -> None:
        """Somebody deleted a message: its author, or we, to put a masked copy in its place."""
        await self._edits.deleted(ref, at)

    async def _look(self, message: Message, work: Work, real: bool, left: frozenset[tuple[str, ...]]) -> None:
        audience = await self._membership.presence.audience(message.ref.channel)
        inspection = await self._inspector.inspect(message, audience)
        self._memory.add(Remembered(message, inspection.text, inspection.here, left))
        if not worth_recording(inspection):
            if message.edited_at and real:
                await self._edits.clean(message, work)
        elif not await self._edits.restored(message):
            incident = self.incident_id(work, message.ref)
            quiet = await self._edits.told_before(message, inspection, real, incident)
            await self._deal(message, inspection, incident, work, quiet)
        for ts in dict.fromkeys(f.message for f in inspection.earlier if f.message):
            await self._complete(
                message, ts, [f for f in inspection.earlier if f.message == ts], audience, work
            )

    async def recall(self, message: Message) -> None:
        """Look at a message only to remember it (the lane's last messages, after a restart). What we hid is
        remembered as it was written: a first name or half a number refers to that."""
        ref, left = message.ref, tuple(texts_of(message))
        kept = None
        for row in await self._ledger.of_message(ref.channel.tenant, ref.channel.id, ref.ts):
            if row["message"] == ref.ts and row["state"] in ("hidden", "decided"):
                kept = await self._ledger.original(row["id"])
        said = (originals.from_json(kept[0]) if kept else message).without_files()
        found = await self._inspector.find(said)
        here = tuple(f for f in found.get("", ()) if not f.message)
        self._memory.add(Remembered(said, main_text(said), here, frozenset({left} if kept else ())))

    async def hide_again(self, incident: str, work: Work) -> bool:
        """A restore ran out: hide the message as it stands now. False when it is gone or was decided."""
        row = await self._ledger.read(incident)
        kept = await self._ledger.original(incident)
        if row is None or kept is None or row["state"] not in ("restored", "decided"):
            return False
        if row["decision"] == "false_positive":
            return False
        original = originals.from_json(kept[0])
        platform = self._platforms[row["platform"]]
        now = await platform.read(
            MessageRef(original.ref.channel, row["place"] or row["message"], row["thread"])
        )
        if now is None or now.hidden:
            return False
        now = replace(now, sender=original.sender).without_files()
        audience = await self._membership.presence.audience(original.ref.channel)
        inspection = await self._inspector.inspect(now, audience)
        if inspection.verdict.action < Action.REDACT:
            return False
        masked = await mask(now, inspection.hidden(), self._labels)
        await self._enforce(now, masked, inspection.verdict.action, incident, round=f"again{work.id}")
        return True

    def incident_id(self, work: Work, ref: MessageRef) -> str:
        """The same for the same work after a crash, and nobody can guess it."""
        return self._keys.pseudonym("incident", f"{work.id}/{ref.channel.id}/{ref.ts}")[:12]

    async def _deal(
        self, message: Message, inspection: Inspection, incident: str, work: Work, quiet: bool = False
    ) -> None:
        verdict = inspection.verdict
        masked = await mask(message, inspection.hidden(), self._labels)
        await self._ledger.open(await self._opening(message, inspection, masked, work), incident)
        enforced = None
        if verdict.action >= Action.REDACT:
            enforced = await self._enforce(message, masked, verdict.action, incident)
            if enforced.hidden and verdict.action is Action.REDACT:
                self._memory.leave(message, tuple(masked.texts[p.location] for p in message.parts))
        gone = enforced is not None and enforced.gone
        if verdict.warn_sender and not (quiet or gone or message.is_bot) and message.sender:
            note = self._note(inspection, incident, enforced)
            await self._warn(message, incident, note)
        if enforced is not None and enforced.hidden is None and enforced.theirs and not gone:
            note = to_owner.only_they_can_hide(message.ref.channel, incident)
            await self._membership.telling.tell_ig(incident, message.ref.channel, "told_ig", note)

    async def _enforce(
        self, message: Message, masked: Masked, action: Action, incident: str, round: str = "1"
    ) -> Enforced:
        platform, notice = self._platforms[message.ref.channel.platform], in_channel.hidden_notice()
        done = await self._enforcement.carry_out(platform, message, masked, action, incident, notice, round)
        if action is Action.HIDE and done.hidden is not None:
            await self._files.hide_with(message)
        return done

    async def _complete(
        self, message: Message, ts: str, findings: Sequence[Finding], audience: Audience, work: Work
    ) -> None:
        """A later message showed that an earlier one holds an identifier too (half a number): hide it."""
        before = self._memory.get(message.ref.channel, ts)
        if before is None:
            return
        values = {before.text[f.span.start : f.span.end]: f for f in findings}
        self._memory.add(replace_findings(before, findings))
        place = await self._place_of(before.message)
        now = await self._platforms[place.channel.platform].read(place)
        if now is None or now.hidden or await self._edits.restored(now):
            return
        now = replace(now, sender=before.message.sender).without_files()
        found = {p.location: occurrences(p, values) for p in now.parts}
        if not any(found.values()):
            return
        inspection = self._as_if_found(now, found, audience)
        if worth_recording(inspection):
            await self._deal(now, inspection, self.incident_id(work, place), work)

    def _as_if_found(
        self, now: Message, found: Mapping[str, tuple[Finding, ...]], audience: Audience
    ) -> Inspection:
        everything = [f for fs in found.values() for f in fs]
        preset, version = self._conversations.preset_of(now.ref.channel), self._conversations.policy_version()
        verdict = decide(everything, "identifying", audience, preset, version=version)
        return Inspection(found, (), verdict, audience, preset, risk(verdict, audience), main_text(now))

    async def _place_of(self, message: Message) -> MessageRef:
        rows = await self._ledger.of_message(
            message.ref.channel.tenant, message.ref.channel.id, message.ref.ts
        )
        place = next((r["place"] for r in rows if r["place"]), None)
        return replace(message.ref, ts=place) if place else message.ref

    async def _opening(self, message: Message, inspection: Inspection, masked: Masked, work: Work) -> Opening:
        ref, verdict = message.ref, inspection.verdict
        return Opening(
            kind="message", channel=ref.channel, action=verdict.action.word, thread=ref.thread, message=ref.ts,
            sender=message.sender, label=verdict.label, risk=inspection.risk, findings=as_rows(inspection),
            kinds={str(k): n for k, n in inspection.kinds().items()}, reasons=verdict.reasons,
            policy=verdict.policy, masked=masked.texts.get(_main_location(message), ""),
            original=originals.as_json(message, inspection.text),
            audience=await self._membership.presence.readers(ref.channel), outsiders=inspection.audience.outsiders,
            posted_at=(message.edited_at or message.posted_at).timestamp(),
            accepted_at=work.accepted_at.timestamp(),
        )  # fmt: skip

    def _note(self, inspection: Inspection, incident: str, enforced: Enforced | None) -> Note:
        kinds, minutes = inspection.told(), inspection.preset.urgent_minutes
        if enforced is None:
            return to_sender.please_check(kinds, incident)
        if enforced.hidden is None and enforced.verified is False:
            can_be_masked = inspection.verdict.action is Action.REDACT
            return to_sender.could_not_hide(kinds, incident, copy=can_be_masked)
        if inspection.verdict.action is Action.HIDE:
            return to_sender.hidden_whole(kinds, incident, urgent_minutes=minutes)
        return to_sender.redacted(
            kinds, incident, urgent_minutes=minutes, outsiders=inspection.audience.outsiders
        )

    async def _warn(self, message: Message, incident: str, note: Note) -> None:
        platform = self._platforms[message.ref.channel.platform]
        ref = message.ref

        async def call() -> Mapping[str, str]:
            place = await platform.note(ref.channel, message.sender, ref.thread, note)
            return {"kind": place.kind, "ts": place.ts}

        outcome = await self._engine.effect(f"{incident}:warn", call)
        if not outcome.repeated or outcome.state == "uncertain":
            what = {"done": "warned", "refused": "warning_refused"}.get(outcome.state, "warning_uncertain")
            await self._ledger.add(incident, what, detail={"kind": str(outcome.result.get("kind", ""))})


def occurrences(part: TextPart, values: Mapping[str, Finding]) -> tuple[Finding, ...]:
    """Wherever the values stand in a part, each as a finding like the one that told of it."""
    found = [
        replace(finding, span=Span(at.start(), at.end()), message=None)
        for value, finding in values.items() if value
        for at in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", part.text)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda f: f.span))


def _is_older(message: Message, than: Message) -> bool:
    """Whether it was read before `than` was; `edited` is in whole seconds in some deliveries."""
    if than.edited_at is None:
        return False
    return message.edited_at is None or int(message.edited_at.timestamp()) < int(than.edited_at.timestamp())


def replace_findings(remembered: Remembered, more: Sequence[Finding]) -> Remembered:
    new = tuple(replace(f, message=None) for f in more)
    return replace(remembered, findings=(*remembered.findings, *new))


def _main_location(message: Message) -> str:
    part = main_part(message)
    return part.location if part else ""
