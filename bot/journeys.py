"""Which journey each piece of accepted work takes; everything a lane does starts here."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from bot.conversations.memory import Memory
from bot.conversations.register import Conversations
from bot.conversations.rosters import Rosters
from bot.engine.interface import Work
from bot.files import Files
from bot.membership.journey import Membership
from bot.membership.rechecks import RECHECK
from bot.messages.about import About
from bot.messages.choices import REHIDE, Choices
from bot.messages.contests import Contests
from bot.messages.guard import Guard
from connectors.interface import (
    AccountChanged,
    Channel,
    ChatPlatform,
    Commanded,
    ConnectorError,
    ConversationChanged,
    DeliveryGap,
    Event,
    FileChanged,
    HidingContested,
    MemberJoined,
    MemberLeft,
    Message,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Pressed,
    Uninstalled,
)

SURVEY = "console.survey"
"""An app was installed: look at its conversations and their members."""


class Journeys:
    """The engine's handler. Work that nothing here knows is finished without a trace."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], guard: Guard, about: About, choices: Choices, contests: Contests,
        membership: Membership, conversations: Conversations, rosters: Rosters, memory: Memory, files: Files,
        catch_up: Callable[[str, str, datetime | None], Awaitable[None]], forget: Callable[[str, Uninstalled], None],
        sync: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._guard = guard
        self._about = about
        self._choices = choices
        self._contests = contests
        self._membership = membership
        self._conversations = conversations
        self._rosters = rosters
        self._memory = memory
        self._files = files
        self._catch_up = catch_up
        self._forget = forget
        self._sync = sync

    async def handle(self, work: Work) -> None:
        """Do one piece of work. Raises Unavailable when it is to be tried again."""
        source, _, what = work.delivery.source.partition(".")
        if source in self._platforms:
            platform = self._platforms[source]
            for event in platform.translate(work.delivery):
                await self._event(event, platform, work)
        elif source == "file":
            await self._files.handle(work)
        elif source in ("timer", "console"):
            await self._own(work.delivery.source, json.loads(work.delivery.body), work)

    async def _event(self, event: Event, platform: ChatPlatform, work: Work) -> None:
        match event:
            case MessagePosted(message):
                await self._message(message, platform, work)
            case MessageEdited(message, real):
                await self._message(message, platform, work, real=real)
            case MessageDeleted(ref, at):
                await self._guard.deleted(ref, at)
            case Pressed():
                await self._choices.pressed(event, platform, work)
            case Commanded():
                await self._choices.commanded(event, platform)
            case HidingContested():
                await self._contests.contested(event, work)
            case _:
                await self._people_and_places(event, platform, work)

    async def _people_and_places(self, event: Event, platform: ChatPlatform, work: Work) -> None:
        match event:
            case MemberJoined(channel):
                self._rosters.forget(channel)
                await self._membership.joined(event)
            case MemberLeft(channel):
                self._rosters.forget(channel)
                await self._membership.left(event)
            case AccountChanged():
                self._rosters.forget()
                await self._membership.account_changed(event)
            case ConversationChanged():
                await self._conversation(event, work)
            case Uninstalled(tenant):
                self._forget(platform.name, event)
                if event.everything:
                    await self._conversations.uncovered(platform.name, tenant)
            case DeliveryGap(tenant, since):
                await self._catch_up(platform.name, tenant, since)
            case FileChanged():
                await self._files.changed(event, platform.name, work)
            case _:
                return

    async def _message(self, message: Message, platform: ChatPlatform, work: Work, real: bool = True) -> None:
        if not self._memory.knows(message.ref.channel):
            await self._remember(message, platform)
        await self._guard.message(message, work, real=real)

    async def _remember(self, message: Message, platform: ChatPlatform) -> None:
        """After a start: what was said just before, as members can read it now."""
        self._memory.begin(message.ref.channel)
        try:
            before = await platform.recent(message.ref, 30)
        except ConnectorError:
            return  # context helps; a message does not wait for it
        for each in before:
            await self._guard.recall(each)

    async def _conversation(self, event: ConversationChanged, work: Work) -> None:
        if event.what == "moved" and event.new_channel:
            await self._conversations.moved(event.channel, event.new_channel)
            self._membership.presence.forget(event.channel)
            return
        if event.what == "created":
            await self._conversations.meet(event.channel)
        elif event.what not in ("deleted", "bot_removed"):
            await self._conversations.learn(event.channel)
        if event.what in ("bot_added", "shared", "unshared", "created"):
            await self._membership.sweeps.sweep(event.channel)
        if event.parts:
            await self._about.changed(event, work)

    async def _own(self, source: str, body: dict[str, Any], work: Work) -> None:
        match source:
            case _ if source == REHIDE:
                await self._choices.expired(body["incident"], work)
            case _ if source == SURVEY:
                await self._catch_up(body["platform"], body["tenant"], None)
            case "console.decision":
                await self._choices.decided(body["incident"], body["decision"], body["by"], work)
            case "console.preset":
                await self._conversations.set_preset(_channel(body), body["preset"])
            case "console.membership":
                await self._admit(body)
            case _ if source == RECHECK:
                await self._membership.sweeps.recheck(body)
            case _:
                await self._looked_at(source, body)

    async def _looked_at(self, source: str, body: dict[str, Any]) -> None:
        """What people decided in the console of who somebody is, and of the directories."""
        match source:
            case "console.partner":
                await self._membership.sweeps.register_changed(
                    body["platform"], body["tenant"], body["conversation"]
                )
            case "console.identity":
                await self._membership.look_again(body["platform"], body["tenant"], body["user"])
            case "console.sync":
                await self._sync()

    async def _admit(self, body: dict[str, Any]) -> None:
        channel, user, by = _channel(body), body["user"], body["by"]
        if body["action"] == "remove":
            await self._membership.remove(channel, user, by)
        else:
            await self._membership.confirm(channel, user, by, datetime.fromisoformat(body["until"]))


def _channel(body: Mapping[str, Any]) -> Channel:
    return Channel(body["platform"], body["tenant"], body["conversation"])
