"""Carry out a verdict: the strongest reach first, proved by reading back, falling back in a fixed order."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.engine.interface import Engine
from bot.hiding.masking import Masked
from bot.incidents.ledger import Ledger
from bot.policy.verdict import Action
from connectors.interface import (
    ChatPlatform,
    Hidden,
    Message,
    MessageRef,
    Reach,
    Refused,
)


@dataclass(frozen=True, slots=True)
class Enforced:
    """What became of a message. `hidden` is None when nothing could hide it (`why` says so in plain words)."""

    hidden: Hidden | None
    verified: bool | None = None
    """Read back and found hidden; None when it could not be read back."""
    why: str = ""
    theirs: bool = False
    """It failed by who wrote the message alone: only their organisation can act."""
    gone: bool = False
    """The message was taken away by somebody else before it could be hidden."""


class Enforcement:
    """The only code that changes what members can read."""

    def __init__(self, engine: Engine, ledger: Ledger, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._ledger = ledger
        self._clock = clock

    async def carry_out(
        self, platform: ChatPlatform, message: Message, masked: Masked, action: Action, incident: str, notice: str,
        round: str = "1",
    ) -> Enforced:  # fmt: skip
        """Redact or hide by the strongest reach that works, and record every step on the incident.

        `round` tells a second hiding of the same incident (an urgent restore that ran out) from the first.
        Raises Unavailable when the platform cannot be reached: the caller's work is then tried again.
        """
        why = "no way of hiding is available here"
        theirs = message.sender_is_external
        for answer in await platform.reaches(message.ref.channel, message.sender):
            theirs = theirs or answer.theirs
            if answer.reach is Reach.WARN_ONLY:
                continue
            if answer.available is False:
                why = answer.why or why
                continue
            hidden = await self._attempt(
                platform, message, masked, action, incident, notice, answer.reach, round
            )
            if hidden is None:
                why = f"{answer.reach}: the platform refused"
                if await self._is_gone(platform, message):
                    await self._ledger.add(incident, "gone", state="hidden")
                    return Enforced(None, True, gone=True)
                continue
            verified = await self._verify(platform, message, masked, hidden, action)
            if verified is not False:
                await self._record(incident, hidden, verified)
                return Enforced(hidden, verified)
            await self._ledger.add(incident, "not_verified", detail={"reach": hidden.reach})
            why = f"{answer.reach}: still readable after hiding"
        return replace(await self.failed(incident, why), theirs=theirs)

    async def put_back(
        self, platform: ChatPlatform, message: Message, reach: Reach, incident: str, round: str
    ) -> None:
        """The author's own edit, which our hiding wrote over because it was made at the same time."""

        async def call() -> Mapping[str, Any]:
            await platform.redact(message, (), reach)
            return {}

        outcome = await self._engine.effect(f"{incident}:edit:{round}", call)
        await self._ledger.add(incident, "edit_kept" if outcome.state == "done" else "edit_lost")

    async def restore(
        self,
        platform: ChatPlatform,
        original: Message,
        hidden: Hidden,
        incident: str,
        notice: str,
        round: str,
    ) -> MessageRef | None:
        """Bring the exact original back; None when the platform refused. Recorded by the caller."""

        async def call() -> Mapping[str, Any]:
            ref = await platform.restore(original, hidden, notice)
            return {"ts": ref.ts, "thread": ref.thread}

        async def probe() -> Mapping[str, Any] | None:
            now = await platform.read(hidden.place)
            same = now is not None and texts_of(now) == texts_of(original)
            return {"ts": hidden.place.ts, "thread": hidden.place.thread} if same else None

        outcome = await self._engine.effect(f"{incident}:restore:{round}", call, probe)
        if outcome.state == "refused":
            return None
        result = outcome.result
        return MessageRef(original.ref.channel, result.get("ts", hidden.place.ts), result.get("thread"))

    async def _attempt(
        self, platform: ChatPlatform, message: Message, masked: Masked, action: Action, incident: str, notice: str,
        reach: Reach, round: str,
    ) -> Hidden | None:  # fmt: skip
        async def call() -> Mapping[str, Any]:
            if action is Action.HIDE:
                hidden = await platform.hide(message, notice, reach)
            else:
                hidden = await platform.redact(message, masked.edits, reach)
            return {**hidden_as_json(hidden), "at": self._clock()}

        async def probe() -> Mapping[str, Any] | None:
            try:
                hidden = await platform.finish(
                    message, masked.edits, notice if action is Action.HIDE else "", reach
                )
            except Refused:
                return None  # the call itself will be refused too, and that is then recorded
            return None if hidden is None else {**hidden_as_json(hidden), "at": self._clock()}

        outcome = await self._engine.effect(f"{incident}:{reach}:{round}", call, probe)
        if outcome.state == "refused":
            await self._ledger.add(
                incident, "fallback", detail={"reach": reach, "code": outcome.result.get("code", "")}
            )
            return None
        return hidden_from_json(outcome.result, message)

    async def _verify(
        self, platform: ChatPlatform, message: Message, masked: Masked, hidden: Hidden, action: Action
    ) -> bool | None:
        """Whether nothing hidden can be read, at the message's own place and at its copy's; None when we may
        not read there. Raises Unavailable: the work is tried again, and what was hidden is not hidden twice."""
        places = {hidden.place.ts: hidden.place, message.ref.ts: message.ref}.values()
        whole = action is Action.HIDE
        shows = [await self._shows(platform, place, message, masked, whole=whole) for place in places]
        return False if any(shows) else None if None in shows else True

    async def _record(self, incident: str, hidden: Hidden, verified: bool | None) -> None:
        at = float(hidden.raw.get("at", 0.0)) or self._clock()
        await self._ledger.keep_hidden(incident, hidden_as_json(hidden))
        columns = {"reach": str(hidden.reach), "place": hidden.place.ts}
        await self.settle(incident, verified, at, columns)

    async def settle(
        self, incident: str, verified: bool | None, at: float, columns: Mapping[str, Any]
    ) -> None:
        """What was to be hidden is gone since `at`. "hidden" is written only where the workspace was read again and agrees."""
        detail = {k: v for k, v in columns.items() if k == "reach"}
        if not verified:
            await self._ledger.add(incident, "hidden_unverified", detail=detail, **columns)
            return
        row = await self._ledger.read(incident) or {}
        posted, first = row.get("posted_at"), row.get("exposure_ms") is None
        # Hidden again after a restore: for how long it could be read at first stays as it was.
        exposure = {"exposure_ms": max(0.0, (at - posted) * 1000.0)} if posted and first else {}
        state = "decided" if row.get("state") == "decided" else "hidden"
        await self._ledger.add(
            incident, "verified", detail=detail, state=state, hidden_at=at, verified_at=self._clock(),
            **columns, **exposure,
        )  # fmt: skip

    async def failed(self, incident: str, why: str) -> Enforced:
        """Nothing could hide it; `why` in plain words."""
        await self._ledger.add(incident, "failed", detail={"why": why}, state="failed")
        return Enforced(None, False, why)

    async def _is_gone(self, platform: ChatPlatform, message: Message) -> bool:
        try:
            return await platform.read(message.ref) is None
        except Refused:
            return False

    @staticmethod
    async def _shows(
        platform: ChatPlatform, ref: MessageRef, message: Message, masked: Masked, *, whole: bool
    ) -> bool | None:
        """Whether what was to be hidden can be read at `ref`; None when we may not read there."""
        try:
            now = await platform.read(ref)
        except Refused:
            return None
        return now is not None and readable_still(now, message, masked, whole=whole)


def readable_still(now: Message, original: Message, masked: Masked, *, whole: bool) -> bool:
    """Whether `now` still shows what was to be hidden: the whole text, or any edited range's text."""
    if now.hidden:
        return False
    shown = texts_of(now)
    before = {p.location: p.text for p in original.parts}
    if whole:
        return any(text and text in shown for text in before.values())
    allowed = set(masked.texts.values())
    secrets = {before[e.location][e.start : e.end] for e in masked.edits if e.location in before}
    return any(s in text for text in shown if text not in allowed for s in secrets)


def texts_of(message: Message) -> list[str]:
    """Its own words; what is read of its files changes when they are taken away."""
    return [p.text for p in message.without_files().parts]


def hidden_as_json(hidden: Hidden) -> dict[str, Any]:
    """For effect outcomes and the quarantine; holds no text."""
    return {
        "reach": str(hidden.reach), "ts": hidden.place.ts, "thread": hidden.place.thread, "raw": dict(hidden.raw)
    }  # fmt: skip


def hidden_from_json(data: Mapping[str, Any], message: Message) -> Hidden:
    """The reverse of `hidden_as_json`; `at` is carried along in `raw`."""
    place = MessageRef(message.ref.channel, str(data["ts"]), data.get("thread"))
    raw = {**data.get("raw", {}), **({"at": data["at"]} if "at" in data else {})}
    return Hidden(Reach(data["reach"]), place, raw)
