"""Who and what is in a workspace, asked of Slack and remembered for a short while."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Any, Literal, TypeVar, cast

from connectors.interface import Channel, ConnectorError, Conversation, Member, Refused, Unavailable
from connectors.slack import accounts
from connectors.slack.tokens import Token, Tokens
from connectors.slack.web import Web

T = TypeVar("T")
Payload = Mapping[str, Any]

ACCOUNT_S = 60.0
CONVERSATION_S = 30.0
LISTED_S = 300.0
MANY = 8
"""From so many unknown accounts on, the list of users is cheaper than asking one by one ..."""
PAGES = 3
"""... as far as these pages of a thousand: users.list allows 20 calls a minute, users.info 100."""
SWEEP = 100
"""After so many unknown accounts, as a sweep of all conversations meets them, everybody is listed meanwhile."""
EVERYBODY_S = 3000.0
"""How long that list counts; events tell of what changes in between, and each hourly sweep has its own."""
PACE_S = 3.5
"""Seconds between its pages, within users.list's 20 a minute."""
_UNSEEN = ("channel_not_found", "not_in_channel")


class People:
    def __init__(self, web: Web, tokens: Tokens, *, pace: float = PACE_S) -> None:
        self._web = web
        self._tokens = tokens
        self._pace = pace
        self._met: dict[str, int] = {}
        self._listing: dict[str, asyncio.Task[None]] = {}
        self._recent = Recent()
        self._readers: dict[Channel, str] = {}

    def reader(self, channel: Channel) -> Token:
        """The token that can read there: the bot's, or the one of a person who let us see it."""
        user = self._readers.get(channel)
        return (user and self._tokens.find(channel.tenant, "user", user)) or self._tokens.bot(channel.tenant)

    async def close(self) -> None:
        for task in self._listing.values():
            task.cancel()
        await asyncio.gather(*self._listing.values(), return_exceptions=True)

    def forget_account(self, tenant: str, user: str) -> None:
        self._recent.forget(("user", tenant, user))
        self._recent.forget(("member", tenant, user))

    def forget_channel(self, channel: Channel) -> None:
        self._recent.forget(("channel", channel))
        self._recent.forget(("members", channel))

    async def conversation(self, channel: Channel, seen_by: str = "") -> Conversation:
        """`seen_by` is a person in it, whose own token is used for what the bot cannot see (a DM)."""
        try:
            return accounts.conversation(await self._info(channel), channel.tenant)
        except Refused as refused:
            theirs = seen_by and self._tokens.find(channel.tenant, "user", seen_by)
            if refused.code not in _UNSEEN or not theirs or channel in self._readers:
                raise
        self._readers[channel] = seen_by
        return await self.conversation(channel)

    async def conversations(self, tenant: str) -> tuple[Conversation, ...]:
        found: list[Conversation] = []
        kinds = "public_channel,private_channel,mpim,im"
        async for page in self._web.pages(
            self._tokens.bot(tenant), "conversations.list", "channels", types=kinds, limit=1000
        ):
            found += [accounts.conversation(info, tenant) for info in page]
        return tuple(found)

    async def members(self, channel: Channel) -> tuple[Member, ...]:
        users = await self.member_ids(channel)
        unknown = {u for u in users if not self.knows(channel.tenant, u)}
        if len(unknown) >= MANY and not self._recent.has(("listed", channel.tenant)):
            await self._list(channel.tenant, unknown)
        left = sum(not self.knows(channel.tenant, u) for u in users)
        self._list_everybody_meanwhile(channel.tenant, left)
        return tuple(await asyncio.gather(*(self.account(channel.tenant, user) for user in users)))

    async def member_ids(self, channel: Channel) -> tuple[str, ...]:
        async def load() -> tuple[str, ...]:
            users: list[str] = []
            token = self.reader(channel)
            async for page in self._web.pages(
                token, "conversations.members", "members", channel=channel.id, limit=1000
            ):
                users += page
            return tuple(users)

        return await self._recent.get(("members", channel), CONVERSATION_S, load)

    async def account(self, tenant: str, user: str) -> Member:
        listed = self._recent.find(("member", tenant, user))
        if listed is not None:
            return cast(Member, listed)
        return accounts.member(await self.user(tenant, user), tenant, self.home(tenant))

    async def user(self, tenant: str, user: str) -> Payload:
        """Slack's own record of an account, picture included."""

        async def load() -> Payload:
            answer = await self._web.call(self._tokens.bot(tenant), "users.info", user=user)
            return cast(Payload, answer["user"])

        return await self._recent.get(("user", tenant, user), ACCOUNT_S, load)

    async def set_about(
        self, channel: Channel, what: Literal["topic", "purpose", "renamed"], text: str
    ) -> None:
        """By the bot; where Slack lets only an admin (a rename), by the admin's token."""
        method, argument = _ABOUT[what]
        words = {argument: _as_name(text) if what == "renamed" else text[:250]}
        admin = self._tokens.find(channel.tenant, "admin")
        try:
            await self._web.call(self._tokens.bot(channel.tenant), method, channel=channel.id, **words)
        except Refused:
            if admin is None:
                raise
            await self._web.call(admin, method, channel=channel.id, **words)
        self.forget_channel(channel)

    async def remove(self, channel: Channel, user: str) -> None:
        """Raises Refused where the bot may not: general channel, an owner, a lacking scope."""
        await self._web.call(
            self._tokens.bot(channel.tenant), "conversations.kick", channel=channel.id, user=user
        )
        self.forget_channel(channel)

    async def join(self, channel: Channel) -> None:
        """Public channels only; a private one must invite."""
        await self._web.call(self._tokens.bot(channel.tenant), "conversations.join", channel=channel.id)
        self.forget_channel(channel)

    async def _list(self, tenant: str, wanted: set[str]) -> None:
        read = 0
        try:
            async for page in self._web.pages(self._tokens.bot(tenant), "users.list", "members", limit=1000):
                for user in page:
                    self._recent.put(("user", tenant, user["id"]), LISTED_S, user)
                read, wanted = read + 1, wanted - {user["id"] for user in page}
                if read == PAGES or not wanted:
                    break
        except Unavailable:
            return  # they are asked one by one
        self._recent.put(("listed", tenant), LISTED_S, True)

    def knows(self, tenant: str, user: str) -> bool:
        """Whether an account can be described now without asking Slack."""
        return self._recent.has(("user", tenant, user)) or self._recent.has(("member", tenant, user))

    def _list_everybody_meanwhile(self, tenant: str, unknown: int) -> None:
        """Beside everything else: nobody waits for it, since somebody may be reading a message."""
        self._met[tenant] = self._met.get(tenant, 0) + unknown
        running = self._listing.get(tenant)
        if self._met[tenant] < SWEEP or (running and not running.done()):
            return
        self._met[tenant] = 0
        self._listing[tenant] = asyncio.create_task(self._list_everybody(tenant))

    async def _list_everybody(self, tenant: str) -> None:
        cursor = ""
        while True:
            try:
                page = await self._web.call(
                    self._tokens.bot(tenant), "users.list", limit=1000, cursor=cursor or None
                )
            except Unavailable as fault:
                if not fault.retry_after:
                    return  # asked one by one meanwhile; the next that are met begin it anew
                await asyncio.sleep(fault.retry_after)
                continue
            except ConnectorError:
                return
            for user in page.get("members") or ():
                # Without what only a copy of a message needs, so that tens of thousands fit.
                found = accounts.member(user, tenant, self.home(tenant))
                self._recent.put(("member", tenant, found.user), EVERYBODY_S, found)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
            await asyncio.sleep(self._pace)

    async def _info(self, channel: Channel) -> Payload:
        async def load() -> Payload:
            answer = await self._web.call(self.reader(channel), "conversations.info", channel=channel.id)
            return cast(Payload, answer["channel"])

        return await self._recent.get(("channel", channel), CONVERSATION_S, load)

    def home(self, tenant: str) -> frozenset[str]:
        """The workspace and its organisation: who belongs to neither is external."""
        token = self._tokens.find(tenant, "bot")
        organisation = str(token.about.get("enterprise_id") or "") if token else ""
        return frozenset(filter(None, (tenant, organisation)))


_ABOUT = {
    "topic": ("conversations.setTopic", "topic"),
    "purpose": ("conversations.setPurpose", "purpose"),
    "renamed": ("conversations.rename", "name"),
}


def _as_name(text: str) -> str:
    """Slack's channel names: lower case letters, digits, hyphens and underscores, at most 80."""
    return re.sub(r"[^\w-]+", "-", text.lower(), flags=re.ASCII).strip("-")[:80] or "renamed"


class Recent:
    """Answers remembered for some seconds; two who ask at once share one call."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._full = 20_000
        self._asking: dict[Hashable, asyncio.Lock] = {}

    def has(self, key: Hashable) -> bool:
        return self._kept.get(key, (0.0, None))[0] > time.monotonic()

    def find(self, key: Hashable) -> Any:
        """What is remembered, or None."""
        return self._kept[key][1] if self.has(key) else None

    def put(self, key: Hashable, seconds: float, value: object) -> None:
        if len(self._kept) > self._full:
            self._kept = {k: v for k, v in self._kept.items() if self.has(k)}
            self._full = max(20_000, 2 * len(self._kept))
        self._kept[key] = (time.monotonic() + seconds, value)

    def forget(self, key: Hashable) -> None:
        self._kept.pop(key, None)

    async def get(self, key: Hashable, seconds: float, load: Callable[[], Awaitable[T]]) -> T:
        async with self._asking.setdefault(key, asyncio.Lock()):
            try:
                if not self.has(key):
                    self.put(key, seconds, await load())
            finally:
                self._asking.pop(key, None)
            return cast(T, self._kept[key][1])
