"""The journey of a file: fetched, looked into, redacted or taken away, recorded, and its sender told."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, Literal, Protocol

from bot import wording
from bot.conversations import Conversations
from bot.enforcement import Enforcement
from bot.engine.interface import Engine, Work
from bot.files.case import HIDE, INSPECT, Case, cases, delivery, safe_name
from bot.files.look import Looking
from bot.files.pool import AsyncLook
from bot.files.pool import Progress as Telling
from bot.files.progress import Progress
from bot.files.taking import Copy, Taken, Taking
from bot.incidents.incident import Opening
from bot.incidents.ledger import Ledger
from bot.inspection import Inspector
from bot.masking import mask, scope_of
from bot.membership import Membership
from bot.policy.presets import FileRules, Preset
from bot.policy.verdict import Audience
from bot.vault.keys import Keys
from bot.vault.labels import Labels
from connectors.interface import ChatPlatform, Delivery, FileChanged, Message, Note, Refused, Unavailable
from detectors.files.interface import File, Found, Outcome, Result, Taste

log = logging.getLogger(__name__)

CHANGED: Final = "file.changed"

_MB: Final = 2**20
_ELSEWHERE: Final = "This file lies on another service, so nobody could look into it."
_NOT_A_FILE: Final = "The platform gives no file here that could be looked into (a canvas, a list or a post)."
_NOT_GIVEN: Final = "The platform did not hand this file over, so nobody could look into it."
_GONE: Final = "It was taken away before anybody could look into it."
_LET_THROUGH: Final = "The policy lets files of this type stay although nobody could look into them."
_NAME_ONLY: Final = "Nothing inside is to be hidden; its name told something."
_PREVIEW: Final = "What the platform shows of this file beside its contents identifies somebody."
_WITH_MESSAGE: Final = "The message that it came with is hidden as a whole."
_FAILED: Final = "Reading this file failed, so nobody could look inside."
_TRIES: Final = 3
_RISK: Final = {
    Outcome.CLEAN: 0, Outcome.REDACTED: 45, Outcome.QUARANTINED: 40, Outcome.UNINSPECTED: 15
}  # fmt: skip
_SHOWN: Final = 400
"""Findings of one file that are kept, by kind and place."""

Act = Literal["stay", "back", "copy", "away"]
"""What is done: nothing; taken away and posted again unchanged; a redacted copy in its place; taken away."""


class Pool(Protocol):
    """What looks into files."""

    async def inspect(self, file: File, look: AsyncLook, taste: Taste, progress: Telling) -> Result: ...


@dataclass(frozen=True)
class Said:
    """What members can read of a file beside its contents, masked; `kinds` are those hidden in it."""

    name: str = field(repr=False)
    instead: str = field(repr=False)
    """What is read out in place of a picture."""
    kinds: tuple[str, ...] = ()
    only_name: bool = True


class Files:
    """Handles each file in a lane of its own. Safe to call again for the same work after a crash."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], engine: Engine, ledger: Ledger, keys: Keys, labels: Labels,
        inspector: Inspector, membership: Membership, conversations: Conversations, enforcement: Enforcement,
        taking: Taking, progress: Progress, pool: Pool,
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._engine = engine
        self._ledger = ledger
        self._keys = keys
        self._labels = labels
        self._inspector = inspector
        self._membership = membership
        self._conversations = conversations
        self._enforcement = enforcement
        self._taking = taking
        self._progress = progress
        self._pool = pool

    # --- what happens ------------------------------------------------------------------------------------

    async def arrived(self, message: Message) -> None:
        """Accept work on each of a message's files that is not under way already."""
        for case in cases(message, self._keys):
            await self._engine.accept(delivery(INSPECT, case))

    async def hide_with(self, message: Message) -> None:
        """A whole message was hidden: its files go with it."""
        for case in cases(message, self._keys):
            await self._engine.accept(delivery(HIDE, case))

    async def changed(self, event: FileChanged, platform: str, work: Work) -> None:
        """A file event, which carries an id only: accept it in the file's own lane."""
        where = event.channel.id if event.channel else ""
        body = {
            "platform": platform,
            "tenant": event.tenant,
            "file": event.file,
            "what": event.what,
            "at": work.accepted_at.timestamp(),
        }
        lane = f"{platform}:{event.tenant}:{where}:{event.file}"
        key = f"{CHANGED}:{work.id}"
        await self._engine.accept(Delivery(CHANGED, event.tenant, lane, (key,), json.dumps(body).encode()))

    async def handle(self, work: Work) -> None:
        """Do one piece of work on a file. Raises Unavailable when it is to be tried again."""
        body = json.loads(work.delivery.body)
        if work.delivery.source == CHANGED:
            await self._change(body)
        elif work.delivery.source == HIDE:
            await self._hide(Case.from_json(body))
        elif work.delivery.source == INSPECT:
            await self._inspect(Case.from_json(body), work)

    async def dead(self, work: Work, error: str) -> bool:
        """Work that failed every time: the file stays as it is, and IG sees that nobody looked into it.
        False when the work is not about a file."""
        if work.delivery.source not in (INSPECT, HIDE):
            return False
        case = Case.from_json(json.loads(work.delivery.body))
        await self._open(case, Audience(), "", work)
        reasons = ["Chaperone could not work on this file. It stays as it was.", f"Error: {error}."]
        await self._ledger.add(
            case.incident, "failed", state="failed", outcome="uninspected", reasons=reasons, risk=60
        )
        return True

    # --- one file ----------------------------------------------------------------------------------------

    async def _inspect(self, case: Case, work: Work) -> None:
        audience = await self._membership.audience(case.channel)
        preset = self._conversations.preset_of(case.channel)
        rules = preset.files(audience)
        case = await self._described(case)
        said = await self._read(case, audience)
        policy = f"{preset.key}@{self._conversations.policy_version()}"
        await self._open(case, audience, policy, work, said.name)
        result, data, taken = await self._looked(case, said, rules, preset, audience, work)
        act = _act(result, said, rules, taken is not None)
        await self._record(case, result, said, act, audience)
        if act == "stay":
            await self._stays(case, result, preset)
        elif taken := taken or await self._away(case, data):
            await self._done(case, result, said, act, taken, data, preset)
        else:
            note = wording.file_not_hidden(_kinds(result, said), case.incident, **_which(case))
            await self._tell(case, preset, note)

    async def _looked(
        self, case: Case, said: Said, rules: FileRules, preset: Preset, audience: Audience, work: Work
    ) -> tuple[Result, bytes | None, Taken | None]:
        """What the inspection says, the bytes where there are any, and whether it was taken away meanwhile."""
        if case.file.is_external:
            return _uninspected(_ELSEWHERE), None, None
        try:
            data = await self._taking.fetch(case, rules.largest_mb * _MB)
        except Refused as refused:
            return _uninspected(await self._why_not(case, refused.code, rules)), None, None
        taken = await self._taking.away(case, data) if said.kinds or rules.hold else None
        look = Looking(
            context=await self._inspector.context(case.message), preset=preset, audience=audience,
            label=partial(self._labels.of, scope_of(case.channel)), version=self._conversations.policy_version(),
        )  # fmt: skip
        file = File(case.file.name, data, case.file.mimetype)

        async def tell(progress: str) -> None:
            await self._progress.note(case, progress)

        looking = self._pool.inspect(file, look, Taste(rules.photographs == "allow"), tell)
        try:
            result = await self._progress.while_(case, looking, hidden=taken is not None)
        except Unavailable:
            raise
        except Exception as error:  # whatever it was costs this file alone
            if work.attempt < _TRIES:
                raise
            log.error("a file could not be looked into: %s", type(error).__name__)
            result = Result(Outcome.QUARANTINED, "", _FAILED)
        if result.outcome is Outcome.QUARANTINED and not result.found and rules.lets_through(result.type):
            result = replace(result, outcome=Outcome.UNINSPECTED, reason=_LET_THROUGH)
        if result.outcome is Outcome.CLEAN and said.kinds:
            outcome = Outcome.CLEAN if said.only_name else Outcome.QUARANTINED
            result = replace(result, outcome=outcome, reason=_NAME_ONLY if said.only_name else _PREVIEW)
        return result, data, taken

    async def _away(self, case: Case, data: bytes | None) -> Taken | None:
        """Taken away and gone; None when that failed, which the incident then says. What cannot be kept (too
        large to fetch) is not deleted either."""
        can = data is not None or case.file.is_external
        taken = await self._taking.away(case, data) if can else None
        if taken is None:
            await self._enforcement.failed(case.incident, "a file could not be taken away")
        return taken

    async def _why_not(self, case: Case, code: str, rules: FileRules) -> str:
        if await self._platforms[case.channel.platform].gone(case.channel.tenant, case.file.id):
            return _GONE
        if code == "too_large":
            return f"This file is larger than {rules.largest_mb} MB, so nobody looked into it."
        return _NOT_A_FILE if case.file.mode not in ("hosted", "snippet", "email") else _NOT_GIVEN

    async def _described(self, case: Case) -> Case:
        """With what the platform says of it where the message names only its id (Slack Connect)."""
        if case.file.mode != "file_access":
            return case
        try:
            platform = self._platforms[case.channel.platform]
            return case.described(await platform.file(case.channel.tenant, case.file.id))
        except Refused:
            return case

    async def _read(self, case: Case, audience: Audience) -> Said:
        """Its name, title, preview and the words in place of a picture, through the same eyes as a message."""
        inspection = await self._inspector.inspect(case.message, audience)
        hidden = inspection.hidden()
        masked = await mask(case.message, hidden, self._labels)
        texts = {location.rpartition("/")[2]: text for location, text in masked.texts.items()}
        surfaces = {p.location: p.surface for p in case.message.parts}
        return Said(
            texts.get("name", case.file.name), texts.get("alt_txt", ""),
            tuple(dict.fromkeys(str(f.kind) for fs in hidden.values() for f in fs)),
            all(surfaces[location] == "file_name" for location in hidden),
        )  # fmt: skip

    async def _done(
        self, case: Case, result: Result, said: Said, act: Act, taken: Taken, data: bytes | None, preset: Preset
    ) -> None:  # fmt: skip
        """It is gone: the copy in its place, the proof on record, the sender told."""
        user, quiet = case.message.sender, act == "back" and not said.kinds
        if not quiet:
            await self._proven(case, taken)
        if act == "copy" and result.data is not None:
            name = safe_name(said.name, case.file.name, result.suffix)
            copy = Copy(name, result.data, wording.copy_context(user), said.instead)
            if file := await self._taking.post(case, "file_copied", copy):
                await self._ledger.keep_hidden(case.incident, {"copy": file})
            words = wording.file_redacted
        elif act == "back" and data is not None:
            await self._back(case, result, said, data, quiet)
            words = wording.file_renamed
        else:
            await self._taking.say(case, wording.file_notice(user))
            words = wording.file_hidden
        if not quiet:
            await self._tell(case, preset, self._note(words, case, result, said, preset))

    async def _back(self, case: Case, result: Result, said: Said, data: bytes, quiet: bool) -> None:
        """Unchanged inside, under its masked name; when all is well the vault forgets it."""
        words = (wording.back_context if quiet else wording.renamed_context)(case.message.sender)
        copy = Copy(safe_name(said.name, case.file.name), data, words, said.instead)
        file = await self._taking.post(case, "file_returned" if quiet else "file_renamed", copy)
        if file and not quiet:
            await self._ledger.keep_hidden(case.incident, {"copy": file})
        elif file and result.outcome is Outcome.CLEAN:
            await self._taking.forget(case)

    async def _proven(self, case: Case, taken: Taken, **columns: Any) -> None:
        row = await self._ledger.read(case.incident)
        if row is not None and row["hidden_at"] is None:
            await self._enforcement.settle(case.incident, taken.verified, taken.at, columns)

    @staticmethod
    def _note(words: Callable[..., Note], case: Case, result: Result, said: Said, preset: Preset) -> Note:
        about: Any = _kinds(result, said)
        if not about:
            words, about = wording.file_quarantined, result.reason
        return words(about, case.incident, urgent_minutes=preset.urgent_minutes, **_which(case))

    async def _stays(self, case: Case, result: Result, preset: Preset) -> None:
        if result.outcome is Outcome.QUARANTINED:
            await self._tell(case, preset, wording.file_left(case.incident, **_which(case)))

    async def _tell(self, case: Case, preset: Preset, note: Note) -> None:
        if preset.warn_sender and case.message.sender and not case.message.is_bot:
            await self._taking.tell(case, note)

    # --- what is on record -------------------------------------------------------------------------------

    async def _open(self, case: Case, audience: Audience, policy: str, work: Work, name: str = "") -> None:
        ref = case.message.ref
        opening = Opening(
            kind="file", channel=ref.channel, action="observe", thread=ref.thread, message=ref.ts, place=case.file.id,
            sender=case.message.sender, masked=name, policy=policy, outsiders=audience.outsiders,
            audience=await self._membership.readers(ref.channel), posted_at=case.posted_at,
            accepted_at=work.accepted_at.timestamp(),
        )  # fmt: skip
        await self._ledger.open(opening, case.incident)

    async def _record(self, case: Case, result: Result, said: Said, act: Act, audience: Audience) -> None:
        """How it ended, before anything more is done about it."""
        row = await self._ledger.read(case.incident)
        if row is None or row["outcome"]:
            return  # an attempt that a crash cut off wrote it
        kinds = {k: sum(f.kind == k for f in result.found) or 1 for k in _kinds(result, said)}
        rows = [{"kind": f.kind, "where": f.where} for f in dict.fromkeys((*_named(said), *result.found))]
        done = {
            "stay": "observe",
            "back": "redact" if said.kinds else "observe",
            "copy": "redact",
            "away": "hide",
        }
        readers = (
            25 if audience.outsiders else 12 if audience.could_not_tell or audience.shared_outside else 0
        )
        risk = _RISK[result.outcome] + min(20, 4 * len(kinds))
        settled = result.outcome is Outcome.CLEAN and not said.kinds
        await self._ledger.add(
            case.incident, "inspected", detail={"outcome": str(result.outcome), "type": result.type},
            outcome=str(result.outcome), kinds=kinds, findings=rows[:_SHOWN], reasons=[result.reason] if result.reason else [],
            action=done[act], risk=min(100, risk + readers) if risk else 0, label="identifying" if kinds else "clean",
            **({"state": "closed"} if settled or result.reason == _GONE else {}),
        )  # fmt: skip

    # --- what happens to it later ------------------------------------------------------------------------

    async def _hide(self, case: Case) -> None:
        """Together with its whole message. Where it was dealt with already, only what stands of it goes."""
        row = await self._ledger.read(case.incident)
        if row is None or row["state"] not in ("open", "closed"):
            return
        case = await self._described(case)
        try:
            data = await self._taking.fetch(case, 100 * _MB)
        except Refused:
            return
        if taken := await self._away(case, data):
            await self._proven(case, taken, outcome="quarantined", action="hide", reasons=[_WITH_MESSAGE])

    async def _change(self, body: Mapping[str, Any]) -> None:
        """Shared somewhere else, other contents, another name: whatever stands now is looked at. Deleted: what
        we could not hide is hidden."""
        tenant, file, platform = body["tenant"], body["file"], self._platforms[body["platform"]]
        rows = await self._ledger.of_file(tenant, file)
        if body["what"] == "deleted":
            for row in rows:
                if row["state"] == "failed":
                    await self._enforcement.settle(row["id"], True, body["at"], {})
        elif body["what"] == "changed" or (body["what"] == "shared" and not rows):
            await self._look_again(platform, tenant, file)

    async def _look_again(self, platform: ChatPlatform, tenant: str, file: str) -> None:
        try:
            for ref in await platform.shares(tenant, file):
                message = await platform.read(ref)
                if message is not None and not message.hidden:
                    await self.arrived(
                        replace(message, attachments=tuple(a for a in message.attachments if a.id == file))
                    )
        except Refused:
            return  # gone, or not ours to see: the message that shares it says so too


def _act(result: Result, said: Said, rules: FileRules, taken: bool) -> Act:
    """What is done about an outcome. `taken`: it was taken away before it was looked at."""
    match result.outcome:
        case Outcome.REDACTED:
            return "copy" if rules.redacted == "replace" else "away"
        case Outcome.QUARANTINED if rules.quarantined == "take_away" or said.kinds:
            return "away"
        case Outcome.UNINSPECTED if said.kinds:
            return "away"
    return "back" if taken or said.kinds else "stay"


def _kinds(result: Result, said: Said) -> list[str]:
    return list(dict.fromkeys((*said.kinds, *(f.kind for f in result.found))))


def _named(said: Said) -> tuple[Found, ...]:
    where = "its name" if said.only_name else "its name or preview"
    return tuple(Found(kind, where) for kind in said.kinds)


def _which(case: Case) -> dict[str, int]:
    return {"number": case.number, "of": case.of}


def _uninspected(reason: str) -> Result:
    return Result(Outcome.UNINSPECTED, "", reason)
