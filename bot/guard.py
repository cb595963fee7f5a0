"""The journey of one message: inspected, recorded, hidden, proved, and its sender told."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot import wording
from bot.conversations import Conversations
from bot.enforcement import Enforced, Enforcement, texts_of
from bot.engine.interface import Engine, Work
from bot.files import Files
from bot.incidents.incident import Opening
from bot.incidents.ledger import Ledger
from bot.inspection import Inspection, Inspector, as_rows, main_part, main_text, worth_recording
from bot.masking import Masked, mask
from bot.membership import Membership
from bot.memory import Memory, Remembered
from bot.policy.rules import decide, risk
from bot.policy.verdict import Action, Audience
from bot.vault import originals
from bot.vault.keys import Keys
from bot.vault.labels import Labels
from connectors.interface import ChatPlatform, Message, MessageRef, Note, TextPart
from detectors.interface import Finding, Span


class Guard:
    """Handles messages and edits. Safe to call again for the same work after a crash."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], inspector: Inspector, membership: Membership,
        enforcement: Enforcement, files: Files, ledger: Ledger, engine: Engine, labels: Labels, memory: Memory,
        conversations: Conversations, keys: Keys, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
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

    async def message(self, message: Message, work: Work) -> None:
        """A message was posted, or its author edited it."""
        audience = await self._membership.audience(message.ref.channel)
        inspection = await self._inspector.inspect(message, audience)
        self._memory.add(Remembered(message, inspection.text, inspection.here))
        if worth_recording(inspection) and not await self._restored(message):
            await self._deal(message, inspection, self.incident_id(work, message.ref), work)
        for ts in dict.fromkeys(f.message for f in inspection.earlier if f.message):
            await self._complete(
                message, ts, [f for f in inspection.earlier if f.message == ts], audience, work
            )
        await self._files.arrived(message, work)
        self._conversations.saw(message.ref)

    async def recall(self, message: Message) -> None:
        """Look at a message only to remember it (the lane's last messages, after a restart)."""
        found = await self._inspector.find(message)
        self._memory.add(
            Remembered(message, main_text(message), tuple(f for f in found.get("", ()) if not f.message))
        )

    async def hide_again(self, incident: str, work: Work) -> bool:
        """A restore ran out: hide the message as it stands now. False when it is gone or was decided."""
        row = await self._ledger.read(incident)
        kept = await self._ledger.original(incident)
        if row is None or kept is None or row["state"] != "restored":
            return False
        original = originals.from_json(kept[0])
        platform = self._platforms[row["platform"]]
        now = await platform.read(
            MessageRef(original.ref.channel, row["place"] or row["message"], row["thread"])
        )
        if now is None:
            return False
        audience = await self._membership.audience(original.ref.channel)
        inspection = await self._inspector.inspect(now, audience)
        if inspection.verdict.action < Action.REDACT:
            return False
        masked = await mask(now, inspection.hidden(), self._labels)
        await self._enforce(now, masked, inspection.verdict.action, incident, round=f"again{work.id}")
        return True

    def incident_id(self, work: Work, ref: MessageRef) -> str:
        """The same for the same work after a crash, and nobody can guess it."""
        return self._keys.pseudonym("incident", f"{work.id}/{ref.channel.id}/{ref.ts}")[:12]

    async def _deal(self, message: Message, inspection: Inspection, incident: str, work: Work) -> None:
        verdict = inspection.verdict
        masked = await mask(message, inspection.hidden(), self._labels)
        await self._ledger.open(await self._opening(message, inspection, masked, work), incident)
        enforced = None
        if verdict.action >= Action.REDACT:
            enforced = await self._enforce(message, masked, verdict.action, incident)
        if verdict.warn_sender and not message.is_bot and message.sender:
            note = self._note(inspection, incident, enforced)
            await self._warn(message, incident, note)

    async def _enforce(
        self, message: Message, masked: Masked, action: Action, incident: str, round: str = "1"
    ) -> Enforced:
        platform = self._platforms[message.ref.channel.platform]
        in_files = {p.location for p in message.parts if p.surface != "message"}
        in_text = replace(masked, edits=tuple(e for e in masked.edits if e.location not in in_files))
        enforced = Enforced(None, None)
        if in_text.edits or action is Action.HIDE:
            notice = wording.hidden_notice()
            enforced = await self._enforcement.carry_out(
                platform, message, in_text, action, incident, notice, round
            )
        if any(e.location in in_files for e in masked.edits):
            await self._files.hide_names(message, masked, incident)
        return enforced

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
        if now is None or now.hidden:
            return
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

    async def _restored(self, message: Message) -> bool:
        """Whether this is our own bringing back of an original: its text is the one in the vault."""
        ref = message.ref
        rows = await self._ledger.of_message(ref.channel.tenant, ref.channel.id, ref.ts)
        for row in rows:
            if row["state"] == "restored" or row["decision"] == "false_positive":
                kept = await self._ledger.original(row["id"])
                if kept and [p["text"] for p in kept[0]["parts"]] == texts_of(message):
                    return True
        return False

    async def _opening(self, message: Message, inspection: Inspection, masked: Masked, work: Work) -> Opening:
        ref, verdict = message.ref, inspection.verdict
        return Opening(
            kind="message", channel=ref.channel, action=verdict.action.word, thread=ref.thread, message=ref.ts,
            sender=message.sender, label=verdict.label, risk=inspection.risk, findings=as_rows(inspection),
            kinds={str(k): n for k, n in inspection.kinds().items()}, reasons=verdict.reasons,
            policy=verdict.policy, masked=masked.texts.get(_main_location(message), ""),
            original=originals.as_json(message, inspection.text),
            audience=await self._membership.readers(ref.channel), outsiders=inspection.audience.outsiders,
            posted_at=(message.edited_at or message.posted_at).timestamp(),
            accepted_at=work.accepted_at.timestamp(),
        )  # fmt: skip

    def _note(self, inspection: Inspection, incident: str, enforced: Enforced | None) -> Note:
        kinds, minutes = inspection.told(), inspection.preset.urgent_minutes
        if enforced is None:
            return wording.please_check(kinds, incident)
        if enforced.hidden is None and enforced.verified is False:
            return wording.could_not_hide(kinds, incident)
        if inspection.verdict.action is Action.HIDE:
            return wording.hidden_whole(kinds, incident, urgent_minutes=minutes)
        return wording.redacted(
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
    """Where the values stand in a part, each as a finding like the one that told of it."""
    found = []
    for value, finding in values.items():
        at = part.text.find(value) if value else -1
        if at >= 0:
            found.append(replace(finding, span=Span(at, at + len(value)), message=None))
    return tuple(sorted(found, key=lambda f: f.span))


def replace_findings(remembered: Remembered, more: Sequence[Finding]) -> Remembered:
    new = tuple(replace(f, message=None) for f in more)
    return Remembered(remembered.message, remembered.text, (*remembered.findings, *new))


def _main_location(message: Message) -> str:
    part = main_part(message)
    return part.location if part else ""
