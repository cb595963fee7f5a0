"""How a file ends: what is done about an outcome, what goes on record, and what its sender reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bot.files.case import Case, safe_name
from bot.files.taking import Copy, Taken, Taking
from bot.hiding.enforcement import Enforcement
from bot.incidents.ledger import Ledger
from bot.policy.presets import FileRules, Preset
from bot.policy.verdict import Audience
from bot.wording import in_channel, to_sender
from connectors.interface import Note
from detectors.files.interface import Found, Outcome, Result

Act = Literal["stay", "back", "copy", "away", "edit"]
"""What is done: nothing; taken away and posted again unchanged; a redacted copy in its place; taken away; what it
shows edited out of it."""

_RISK: Final = {
    Outcome.CLEAN: 0, Outcome.REDACTED: 45, Outcome.QUARANTINED: 40, Outcome.UNINSPECTED: 15
}  # fmt: skip
_KEPT: Final = 400
"""Findings of one file that are kept, by kind and place."""


@dataclass(frozen=True)
class Said:
    """What members can read of a file beside its contents, masked; `kinds` are those hidden in it."""

    name: str = field(repr=False)
    instead: str = field(repr=False)
    """What is read out in place of a picture."""
    kinds: tuple[str, ...] = ()
    only_name: bool = True


@dataclass(frozen=True)
class Seen:
    """A file that was looked into, or could not be. `data` is None where there are no bytes of it; `taken`
    when it was taken away before it was looked at."""

    case: Case
    said: Said
    result: Result
    data: bytes | None = field(default=None, repr=False)
    taken: Taken | None = None

    @property
    def kinds(self) -> list[str]:
        return list(dict.fromkeys((*self.said.kinds, *(f.kind for f in self.result.found))))

    @property
    def is_quiet(self) -> bool:
        """Nothing was found that is hidden from anybody."""
        return self.result.outcome in (Outcome.CLEAN, Outcome.UNINSPECTED) and not self.said.kinds


class Endings:
    """Carries out what the policy says of an outcome. Safe to call again after a crash."""

    def __init__(self, *, taking: Taking, ledger: Ledger, enforcement: Enforcement) -> None:
        self._taking = taking
        self._ledger = ledger
        self._enforcement = enforcement

    async def end(self, seen: Seen, rules: FileRules, preset: Preset, audience: Audience) -> None:
        """Record how it ended, then do what follows from it."""
        act = act_for(seen, rules)
        await self._record(seen, act, audience)
        if seen.case.file.living:
            await self._edited(seen, act, preset)
        elif act == "stay":
            if seen.result.outcome is Outcome.QUARANTINED:
                await self._tell(seen, preset, to_sender.file_left(seen.case.incident, **_which(seen.case)))
        elif taken := seen.taken or await self.away(seen.case, seen.data):
            await self._replaced(seen, act, taken, preset)
        else:
            note = to_sender.file_not_hidden(seen.kinds, seen.case.incident, **_which(seen.case))
            await self._tell(seen, preset, note)

    async def _edited(self, seen: Seen, act: Act, preset: Preset) -> None:
        """A document that people write in stays where it is: it is edited, or its writer is asked to."""
        case, which = seen.case, _which(seen.case)
        done = None
        if act == "edit" and seen.data is not None and seen.result.data is not None:
            done = await self._taking.rewrite(case, seen.data, seen.result.data)
        if done and not seen.said.kinds:
            await self.proven(case, done)
            await self._tell(seen, preset, to_sender.file_edited(seen.kinds, case.incident, **which))
        elif seen.kinds:
            await self._enforcement.failed(case.incident, "a document could not be edited")
            await self._tell(seen, preset, to_sender.file_not_edited(seen.kinds, case.incident, **which))
        elif seen.result.outcome is Outcome.QUARANTINED:
            await self._tell(seen, preset, to_sender.file_left(case.incident, **which))

    async def away(self, case: Case, data: bytes | None) -> Taken | None:
        """Taken away and gone; None when that failed, which the incident then says. What cannot be kept (too
        large to fetch) is not deleted either."""
        can = data is not None or case.file.is_external
        taken = await self._taking.away(case, data) if can else None
        if taken is None:
            await self._enforcement.failed(case.incident, "a file could not be taken away")
        return taken

    async def proven(self, case: Case, taken: Taken, **columns: Any) -> None:
        """It is hidden, on record once."""
        row = await self._ledger.read(case.incident)
        if row is not None and row["hidden_at"] is None:
            await self._enforcement.settle(case.incident, taken.verified, taken.at, columns)

    async def deleted(self, row: Mapping[str, Any], at: float) -> None:
        """Its sender deleted what we could not hide, at epoch seconds `at`."""
        await self._enforcement.settle(row["id"], True, at, {})

    async def _replaced(self, seen: Seen, act: Act, taken: Taken, preset: Preset) -> None:
        """It is gone: the proof on record, what stands in its place, and its sender told."""
        if act == "back" and seen.is_quiet:
            await self._put_back(seen)
            return
        await self.proven(seen.case, taken)
        words = to_sender.file_hidden
        if act == "copy" and seen.result.data is not None:
            words = to_sender.file_redacted
            await self._copied(
                seen, "file_copied", in_channel.copy_context, seen.result.data, seen.result.suffix
            )
        elif act == "back" and seen.data is not None:
            words = to_sender.file_renamed
            await self._copied(seen, "file_renamed", in_channel.renamed_context, seen.data)
        else:
            await self._taking.say(seen.case, in_channel.file_notice(seen.case.message.sender))
        await self._tell(seen, preset, _note(words, seen, preset))

    async def _copied(
        self, seen: Seen, what: str, words: Callable[[str], str], data: bytes, suffix: str = ""
    ) -> str | None:
        """Post a copy under its safe name; a restore finds it again."""
        case, said = seen.case, seen.said
        name = safe_name(said.name, case.file.name, suffix)
        copy = Copy(name, data, words(case.message.sender), said.instead)
        file = await self._taking.post(case, what, copy)
        if file:
            await self._ledger.keep_hidden(case.incident, {"copy": file})
        return file

    async def _put_back(self, seen: Seen) -> None:
        """It was held back and stays as it was; when it is clean the vault forgets it."""
        assert seen.data is not None  # noqa: S101  (only what was fetched is held back)
        file = await self._copied(seen, "file_returned", in_channel.back_context, seen.data)
        if file and seen.result.outcome is Outcome.CLEAN:
            await self._taking.forget(seen.case)

    async def _tell(self, seen: Seen, preset: Preset, note: Note) -> None:
        if preset.warn_sender and seen.case.message.sender and not seen.case.message.is_bot:
            await self._taking.tell(seen.case, note)

    async def _record(self, seen: Seen, act: Act, audience: Audience) -> None:
        """How it ended, before anything more is done about it."""
        row = await self._ledger.read(seen.case.incident)
        if row is None or row["outcome"]:
            return  # an attempt that a crash cut off wrote it
        result, kinds = seen.result, seen.kinds
        linked = result.outcome is Outcome.UNINSPECTED and seen.case.file.mode == "linked"
        nothing = (result.outcome is Outcome.CLEAN or linked) and not kinds
        await self._ledger.add(
            seen.case.incident, "inspected", detail={"outcome": str(result.outcome), "type": result.type},
            outcome=str(result.outcome), action=_action(seen, act), label="identifying" if kinds else "clean",
            risk=0 if nothing else _risk(result.outcome, len(kinds), audience),
            kinds={k: sum(f.kind == k for f in result.found) or 1 for k in kinds}, findings=_rows(seen),
            reasons=[result.reason] if result.reason else [], state="closed" if nothing else "open",
        )  # fmt: skip


def act_for(seen: Seen, rules: FileRules) -> Act:
    """What is done about an outcome."""
    named = bool(seen.said.kinds)
    if seen.case.file.living:
        return "edit" if seen.result.outcome is Outcome.REDACTED else "stay"
    match seen.result.outcome:
        case Outcome.REDACTED:
            return "copy" if rules.redacted == "replace" else "away"
        case Outcome.QUARANTINED if rules.quarantined == "take_away" or named:
            return "away"
        case Outcome.UNINSPECTED if named:
            return "away"
    return "back" if seen.taken or named else "stay"


def _action(seen: Seen, act: Act) -> str:
    """The same in the words of incidents."""
    if act == "back":
        return "redact" if seen.said.kinds else "observe"
    return {"stay": "observe", "copy": "redact", "edit": "redact", "away": "hide"}[act]


def _risk(outcome: Outcome, kinds: int, audience: Audience) -> int:
    unclear = audience.could_not_tell or audience.shared_outside
    return min(
        100, _RISK[outcome] + min(20, 4 * kinds) + (25 if audience.outsiders else 12 if unclear else 0)
    )


def _rows(seen: Seen) -> list[dict[str, str]]:
    where = "its name" if seen.said.only_name else "its name or preview"
    found = dict.fromkeys((*(Found(kind, where) for kind in seen.said.kinds), *seen.result.found))
    return [{"kind": f.kind, "where": f.where} for f in found][:_KEPT]


def _note(words: Callable[..., Note], seen: Seen, preset: Preset) -> Note:
    about: Any = seen.kinds
    if not about:
        words, about = to_sender.file_quarantined, seen.result.reason
    return words(about, seen.case.incident, urgent_minutes=preset.urgent_minutes, **_which(seen.case))


def _which(case: Case) -> dict[str, int]:
    return {"number": case.number, "of": case.of}
