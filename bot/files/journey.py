"""The journey of a file: fetched, looked into, redacted or taken away, recorded, and its sender told."""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Protocol

from bot.conversations.register import Conversations
from bot.engine.interface import Engine, Work
from bot.files.case import HIDE, INSPECT, Case, cases, delivery
from bot.files.ending import Endings, Said, Seen
from bot.files.look import Looking
from bot.files.pool import AsyncLook
from bot.files.pool import Progress as Telling
from bot.files.progress import Progress
from bot.files.taking import Taking
from bot.hiding.inspection import Inspector
from bot.hiding.masking import mask, scope_of
from bot.incidents.incident import Opening
from bot.incidents.ledger import Ledger
from bot.membership.journey import Membership
from bot.policy.presets import LARGEST_MB, FileRules, Preset
from bot.policy.verdict import Audience
from bot.vault.keys import Keys
from bot.vault.labels import Labels
from connectors.interface import (
    Attachment,
    ChatPlatform,
    Delivery,
    FileChanged,
    Message,
    MessageRef,
    NotAuthorised,
    Refused,
    Unavailable,
)
from detectors.files.interface import File, Found, Outcome, Result, Taste
from detectors.interface import Kind

log = logging.getLogger(__name__)

CHANGED: Final = "file.changed"

_MB: Final = 2**20
_TRIES: Final = 3
_ELSEWHERE: Final = "This file lies on another service, so nobody could look into it."
_LINKED: Final = "This picture lies on the page that the message links to, so nobody could look into it."
_NOT_A_FILE: Final = "The platform gives no file here that could be looked into (a list or a post)."
_NOT_GIVEN: Final = "The platform did not hand this file over, so nobody could look into it."
_NOT_ALLOWED: Final = "Chaperone has no permission to read this file, so nobody could look into it."
_GONE: Final = "It was taken away before anybody could look into it."
_FAILED: Final = "Reading this file failed, so nobody could look inside."
_LET_THROUGH: Final = "The policy lets files of this type stay although nobody could look into them."
_LEFT: Final = "The policy leaves identifiers readable here."
_NAME_ONLY: Final = "Nothing inside is to be hidden; its name told something."
_PREVIEW: Final = "What the platform shows of this file beside its contents identifies somebody."
_WITH_MESSAGE: Final = "The message that it came with is hidden as a whole."
_QUIET: Final = frozenset({Kind.STAFF_NAME, Kind.AGE, Kind.INITIALS})


class Pool(Protocol):
    """What looks into files."""

    async def inspect(self, file: File, look: AsyncLook, taste: Taste, progress: Telling) -> Result: ...


class Files:
    """Handles each file in a lane of its own. Safe to call again for the same work after a crash."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], engine: Engine, ledger: Ledger, keys: Keys, labels: Labels,
        inspector: Inspector, membership: Membership, conversations: Conversations, endings: Endings,
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
        self._endings = endings
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
        body = {
            "platform": platform, "tenant": event.tenant, "file": event.file, "what": event.what,
            "at": work.accepted_at.timestamp(),
        }  # fmt: skip
        lane = f"{platform}:{event.tenant}:{event.channel.id if event.channel else ''}:{event.file}"
        keys = (f"{CHANGED}:{work.id}",)
        await self._engine.accept(Delivery(CHANGED, event.tenant, lane, keys, json.dumps(body).encode()))

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
        False when the work is not about a file of a message."""
        if work.delivery.source not in (INSPECT, HIDE):
            return False
        case = Case.from_json(json.loads(work.delivery.body))
        await self._open(case, Audience(), "", work)
        reasons = ["Chaperone could not work on this file. It stays as it was.", f"Error: {error}."]
        columns: dict[str, Any] = {"outcome": str(Outcome.UNINSPECTED), "reasons": reasons, "risk": 60}
        await self._ledger.add(case.incident, "failed", state="failed", **columns)
        return True

    # --- one file ----------------------------------------------------------------------------------------

    async def _inspect(self, case: Case, work: Work) -> None:
        audience = await self._membership.presence.audience(case.channel)
        preset = self._conversations.preset_of(case.channel)
        rules = preset.files(audience)
        case = await self._described(case)
        said = await self._read(case, audience)
        policy = f"{preset.key}@{self._conversations.policy_version()}"
        await self._open(case, audience, policy, work, said.name)
        if case.file.is_external:
            seen = Seen(case, said, _uninspected(_LINKED if case.file.mode == "linked" else _ELSEWHERE))
        else:
            seen = await self._fetched(case, said, rules, preset, audience, work)
        await self._endings.end(seen, rules, preset, audience)

    async def _fetched(
        self, case: Case, said: Said, rules: FileRules, preset: Preset, audience: Audience, work: Work
    ) -> Seen:
        try:
            data = await self._taking.fetch(case, rules.largest_mb * _MB)
        except Refused as refused:
            return Seen(case, said, _uninspected(await self._why_not(case, refused, rules)))
        hold = (said.kinds or rules.hold) and not case.file.living
        taken = await self._taking.away(case, data) if hold else None
        look = Looking(
            context=await self._inspector.context(case.message), preset=preset, audience=audience,
            label=partial(self._labels.of, scope_of(case.channel)), version=self._conversations.policy_version(),
        )  # fmt: skip
        try:
            result = await self._looked(case, data, look, rules, hidden=taken is not None)
        except Unavailable:
            raise
        except Exception as error:  # whatever it was costs this file alone
            if work.attempt < _TRIES:
                raise
            log.error("a file could not be looked into: %s", type(error).__name__)
            result = Result(Outcome.QUARANTINED, "", _FAILED)
        return Seen(case, said, _judged(result, said, look, rules), data, taken)

    async def _looked(
        self, case: Case, data: bytes, look: Looking, rules: FileRules, *, hidden: bool
    ) -> Result:
        async def tell(progress: str) -> None:
            self._progress.note(case, progress)

        file = File(case.file.name, data, case.file.mimetype)
        looking = self._pool.inspect(file, look, Taste(rules.photographs == "allow"), tell)
        return await self._progress.while_(case, looking, hidden=hidden)

    async def _why_not(self, case: Case, refused: Refused, rules: FileRules) -> str:
        if isinstance(refused, NotAuthorised):
            return _NOT_ALLOWED
        if await self._platforms[case.channel.platform].gone(case.channel.tenant, case.file.id):
            return _GONE
        if refused.code == "too_large":
            return f"This file is larger than {rules.largest_mb} MB, so nobody looked into it."
        is_none = refused.code == "not_a_file" and case.file.mode not in (
            "hosted",
            "snippet",
            "email",
            "quip",
        )
        return _NOT_A_FILE if is_none else _NOT_GIVEN

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

    async def _open(self, case: Case, audience: Audience, policy: str, work: Work, name: str = "") -> None:
        ref = case.message.ref
        opening = Opening(
            kind="file", channel=ref.channel, action="observe", thread=ref.thread, message=ref.ts, place=case.file.id,
            sender=case.message.sender, masked=name, policy=policy, outsiders=audience.outsiders,
            audience=await self._membership.presence.readers(ref.channel), posted_at=case.posted_at,
            accepted_at=work.accepted_at.timestamp(),
        )  # fmt: skip
        await self._ledger.open(opening, case.incident)

    # --- what happens to it later ------------------------------------------------------------------------

    async def _hide(self, case: Case) -> None:
        """Together with its whole message. Where it was dealt with already, only what stands of it goes."""
        row = await self._ledger.read(case.incident)
        if row is None or row["state"] not in ("open", "closed") or case.file.living:
            return  # a document that people write in outlives the message that showed it
        case = await self._described(case)
        try:
            data = None if case.file.is_external else await self._taking.fetch(case, LARGEST_MB * _MB)
        except Refused:
            return
        if taken := await self._endings.away(case, data):
            columns: dict[str, Any] = {"outcome": str(Outcome.QUARANTINED), "action": "hide"}
            await self._endings.proven(case, taken, reasons=[_WITH_MESSAGE], **columns)

    async def _change(self, body: Mapping[str, Any]) -> None:
        """Shared somewhere else, other contents, another name: whatever stands now is looked at. Deleted: what
        we could not hide is hidden."""
        tenant, file, platform = body["tenant"], body["file"], self._platforms[body["platform"]]
        rows = await self._ledger.of_file(tenant, file)
        if body["what"] == "deleted":
            for row in rows:
                if row["state"] == "failed":
                    await self._endings.deleted(row, body["at"])
        elif body["what"] == "changed" or (body["what"] == "shared" and not rows):
            await self._look_again(platform, tenant, file, body["at"])

    async def _look_again(self, platform: ChatPlatform, tenant: str, file: str, at: float) -> None:
        try:
            now = await platform.file(tenant, file)
            for ref in await platform.shares(tenant, file):
                message = await platform.read(ref)
                if now.living:
                    await self.arrived(_written(message, ref, now, at))
                    return  # it is one document, wherever it is shown
                if message is not None and not message.hidden:
                    this = tuple(a for a in message.attachments if a.id == file)
                    await self.arrived(replace(message, attachments=this))
        except Refused:
            return  # gone, or not ours to see: the message that shares it says so too


def _written(message: Message | None, ref: MessageRef, file: Attachment, at: float) -> Message:
    """A living document as its last writer's post of just now: in its message, or on its channel without one."""
    now = datetime.fromtimestamp(at, UTC)
    held = message or Message(ref, file.user, now, ())
    return replace(held, sender=file.user or held.sender, edited_at=now, attachments=(file,))


def _judged(result: Result, said: Said, look: Looking, rules: FileRules) -> Result:
    """The inspection's result in the light of the policy and of what stands beside the file."""
    if result.outcome is Outcome.QUARANTINED and not result.found and rules.lets_through(result.type):
        return replace(result, outcome=Outcome.UNINSPECTED, reason=_LET_THROUGH)
    if result.outcome is not Outcome.CLEAN:
        return result
    if said.kinds and not said.only_name:
        return replace(result, outcome=Outcome.QUARANTINED, reason=_PREVIEW)
    if said.kinds:
        return replace(result, reason=_NAME_ONLY)
    left = tuple(Found(str(kind), "the file") for kind in _left(look))
    return replace(result, found=left, reason=_LEFT) if left else result


def _left(look: Looking) -> list[Kind]:
    """Kinds that were found for certain enough and that the policy leaves, for IG to see."""
    ruled = [r.finding for verdict in look.verdicts for r in verdict.ruled]
    return list(dict.fromkeys(f.kind for f in ruled if f.kind not in _QUIET and f.confidence >= 0.5))


def _uninspected(reason: str) -> Result:
    return Result(Outcome.UNINSPECTED, "", reason)
