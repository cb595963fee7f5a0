"""The register of conversations: name, preset, coverage, reach, and how far each was worked through."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.policy.presets import Policy, Preset
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import Channel, ChatPlatform, ConnectorError, Conversation, MessageRef
from detectors.interface import Context, Kind
from detectors.redaction import Replacement, redact
from detectors.scan import scan

log = logging.getLogger(__name__)

_SOON = 0.5
"""Seconds after which watermarks are written: what a kill forgets is read once more at the start."""


class Conversations:
    """Kept in memory for the hot path, in the store for the console and the next start."""

    def __init__(
        self, *, store: Store, keys: Keys, platforms: Mapping[str, ChatPlatform], policy: Callable[[], Policy],
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._store = store
        self._keys = keys
        self._platforms = platforms
        self._policy = policy
        self._clock = clock
        self._preset: dict[Channel, tuple[str, str]] = {}
        self._watermark: dict[Channel, str] = {}
        self._behind: dict[Channel, str] = {}
        """Conversations still to be caught up with, and how far later work has got there meanwhile."""
        self._unwritten: set[Channel] = set()
        self._writing: asyncio.Task[None] | None = None
        self._owner: dict[Channel, str] = {}
        self._roster: dict[Channel, Channel] = {}
        """Whose list of members each has, as its platform said since the start."""
        self._sharing: dict[Channel, dict[Channel, None]] = {}
        """The other way round, in order."""

    async def load(self) -> None:
        """Read the register at start."""
        for row in await self._store.read(lambda c: c.execute(select(t.conversation)).mappings().all()):
            channel = Channel(row["platform"], row["tenant"], row["id"])
            self._preset[channel] = (row["preset"], self._name(dict(row)))
            self._watermark[channel] = row["watermark"]
            self._behind[channel] = ""
            self._owner[channel] = row["owner"]

    def known(self) -> tuple[Channel, ...]:
        return tuple(self._preset)

    def policy_version(self) -> str:
        return str(self._policy().version)

    def preset_of(self, channel: Channel) -> Preset:
        """The preset in force; the policy's default for a conversation that was never seen."""
        stored, name = self._preset.get(channel, ("", ""))
        return self._policy().preset_for(channel.id, stored, name)

    def owner_of(self, channel: Channel) -> str:
        """Who made the conversation; empty when nobody is known."""
        return self._owner.get(channel, "")

    def roster_of(self, channel: Channel) -> Channel:
        """Whose list of members it has; its own where nobody has said otherwise."""
        return self._roster.get(channel, channel)

    async def sharing(self, channel: Channel) -> tuple[Channel, ...]:
        """Every conversation that has this one's list of members, first the one whose list it is."""
        if channel not in self._roster:
            try:
                self._remember(await self._platforms[channel.platform].conversation(channel))
            except ConnectorError:
                pass
        roster = self.roster_of(channel)
        return tuple(dict.fromkeys((roster, channel, *self._sharing.get(roster, ()))))

    async def set_preset(self, channel: Channel, preset: str) -> None:
        """An admin chose a preset; takes effect with the next message."""
        self._preset[channel] = (preset, self._preset.get(channel, ("", ""))[1])
        await self._store.write(
            lambda c: c.execute(update(t.conversation).where(_is(channel)).values(preset=preset))
        )

    def saw(self, ref: MessageRef) -> None:
        """This message was worked on. The watermark follows at once, and soon in the store; but not past
        what was missed before this start, until `caught_up`."""
        if ref.channel in self._behind:
            self._behind[ref.channel] = max(self._behind[ref.channel], ref.ts)
        elif ref.ts > self._watermark.get(ref.channel, ""):
            self._mark(ref.channel, ref.ts)

    def caught_up(self, channel: Channel) -> None:
        """What was missed before this start was accepted: the watermark may move on."""
        ahead = self._behind.pop(channel, "")
        if ahead > self._watermark.get(channel, ""):
            self._mark(channel, ahead)

    def watermark(self, channel: Channel) -> str:
        return self._watermark.get(channel, "")

    async def flush(self, _at: object = None) -> None:
        """Write the watermarks that moved; a crash loses none, since catching up again finds only repeats."""
        marks = {channel: self._watermark[channel] for channel in self._unwritten}

        def write(c: Connection) -> None:
            for channel, ts in marks.items():
                c.execute(
                    update(t.conversation)
                    .where(_is(channel), t.conversation.c.watermark < ts)
                    .values(watermark=ts)
                )

        if marks:
            await self._store.write(write)
            self._unwritten -= {ch for ch, ts in marks.items() if self._watermark[ch] == ts}

    async def learn(self, channel: Channel) -> Conversation:
        """Ask the platform about one conversation and write what it says."""
        conversation = await self._platforms[channel.platform].conversation(channel)
        await self._write(conversation)
        return conversation

    async def meet(self, channel: Channel) -> Conversation:
        """A conversation was made: go in where that needs no invitation."""
        platform = self._platforms[channel.platform]
        conversation = await self._cover(platform, await platform.conversation(channel))
        await self._write(conversation)
        return conversation

    async def survey(self, platform: ChatPlatform, tenant: str) -> tuple[Conversation, ...]:
        """List every conversation, join the public ones, record what cannot be seen as a coverage gap."""
        conversations = await platform.conversations(tenant)
        for conversation in conversations:
            await self._write(await self._cover(platform, conversation))
        return conversations

    async def moved(self, old: Channel, new: Channel) -> None:
        """The platform gave a conversation another id."""
        self._preset[new] = self._preset.pop(old, ("", ""))
        self._watermark[new] = self._watermark.pop(old, "")
        self._unwritten.discard(old)
        if old in self._behind:
            self._behind[new] = self._behind.pop(old)
        await self._store.write(lambda c: c.execute(update(t.conversation).where(_is(old)).values(id=new.id)))

    async def uncovered(self, platform: str, tenant: str) -> None:
        """The app was taken away: nothing there is covered from now on, and the pages say so."""
        c = t.conversation.c
        gone = (c.platform == platform) & (c.tenant == tenant)
        none = [{"reach": "warn_only", "available": False, "why": "Chaperone was uninstalled here"}]
        await self._store.write(
            lambda w: w.execute(update(t.conversation).where(gone).values(bot_is_member=False, reach=none))
        )

    def _mark(self, channel: Channel, ts: str) -> None:
        self._watermark[channel] = ts
        self._unwritten.add(channel)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon())

    async def _write_soon(self) -> None:
        while self._unwritten:
            await asyncio.sleep(_SOON)
            try:
                await self.flush()
            except Exception as error:  # noqa: BLE001 - a schedule writes them again; work goes on meanwhile
                log.error("watermarks could not be written: %s", type(error).__name__)
                return

    @staticmethod
    async def _cover(platform: ChatPlatform, conversation: Conversation) -> Conversation:
        """Join a public conversation; one that cannot be joined stays listed as not covered."""
        if conversation.kind != "public" or conversation.bot_is_member or conversation.archived:
            return conversation
        try:
            await platform.join(conversation.channel)
            return await platform.conversation(conversation.channel)
        except ConnectorError:
            return conversation

    async def _write(self, conversation: Conversation) -> None:
        channel = conversation.channel
        reach = [
            {"reach": str(a.reach), "available": a.available, "why": a.why}
            for a in await self._platforms[channel.platform].reaches(channel, "")
        ]
        row: dict[str, Any] = {
            "kind": conversation.kind, "sealed_name": self._seal(channel, conversation.name),
            "shown_name": shown(conversation.name), "owner": conversation.creator,
            "shared_outside": conversation.shared_outside, "bot_is_member": conversation.bot_is_member,
            "archived": conversation.archived, "reach": reach, "seen_at": self._clock(),
        }  # fmt: skip
        key = {"platform": channel.platform, "tenant": channel.tenant, "id": channel.id}
        self._preset[channel] = (self._preset.get(channel, ("", ""))[0], conversation.name)
        self._owner[channel] = conversation.creator
        self._remember(conversation)
        mark = self._watermark.get(channel, "")
        if conversation.bot_is_member and not mark:
            # Covered from this moment on, though nothing was said yet: a kill before the first message loses none.
            mark = self._watermark[channel] = f"{self._clock():.6f}"
        fresh = insert(t.conversation).values({**key, **row, "preset": "", "watermark": mark})
        kept = case((t.conversation.c.watermark < mark, mark), else_=t.conversation.c.watermark)
        again = fresh.on_conflict_do_update(index_elements=list(key), set_={**row, "watermark": kept})
        await self._store.write(lambda c: c.execute(again))

    def _remember(self, conversation: Conversation) -> None:
        channel, roster = conversation.channel, conversation.roster or conversation.channel
        self._sharing.get(self._roster.get(channel, roster), {}).pop(channel, None)
        self._roster[channel] = roster
        self._sharing.setdefault(roster, {})[channel] = None

    def _seal(self, channel: Channel, name: str) -> bytes:
        return self._keys.seal("conversation", channel.id, json.dumps(name).encode())

    def _name(self, row: Mapping[str, Any]) -> str:
        if row["sealed_name"] is None:
            return ""
        return str(json.loads(self._keys.open("conversation", row["id"], row["sealed_name"])))


def shown(name: str) -> str:
    """A conversation's name as pages may show it: identifiers in it masked."""
    findings = [
        f for f in scan(name.replace("-", " "), Context(surface="topic")) if f.kind is not Kind.STAFF_NAME
    ]
    certain = [f for f in findings if f.confidence >= 0.5 and f.message is None]
    return redact(name, [Replacement(f.span, "[hidden]") for f in certain]).text


def _is(channel: Channel) -> Any:
    c = t.conversation.c
    return (c.platform == channel.platform) & (c.tenant == channel.tenant) & (c.id == channel.id)
