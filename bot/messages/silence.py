"""Whether each platform still tells us what is said. Silence alone proves nothing, since wards sleep: what is told of
is a message that stands there and was never told us, or what the platform itself says is in the way."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from bot.conversations.register import Conversations
from bot.engine.interface import Engine
from bot.incidents import audit
from bot.store import tables as t
from bot.store.database import Store
from bot.wording import to_owner
from connectors.interface import (
    Accept,
    Channel,
    ChatPlatform,
    ConnectorError,
    Delivery,
    MessagePosted,
    Note,
)

log = logging.getLogger(__name__)

QUIET: Final = 900.0
"""Seconds without a word after which a conversation is looked at."""
GRACE: Final = 300.0
"""Seconds that a message may be under way to us: Graph takes up to a minute, and tries again after trouble."""
_AGAIN: Final = 3600.0
_DAY: Final = 86400.0
_AT_A_TIME: Final = 8
_UNTOLD: Final = "Messages were found there that it had not told of."
_LOST: Final = "listening.lost"
_BACK: Final = "listening.restored"

Place = tuple[str, str]
"""A platform and a tenant of it."""


@dataclass
class _Ear:
    """What is known of one place since the start."""

    heard: float
    since: float | None = None
    """Since when it is known to be deaf."""
    why: str = ""
    untold: frozenset[str] = frozenset()
    """The lanes of what was found, when that is why."""
    untold_at: float = 0.0
    lanes: dict[str, float] = field(default_factory=dict)
    looked: dict[Channel, float] = field(default_factory=dict)


class Silence:
    """IG is told once when a platform stops telling us, and once when it tells us again."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], tenants: Callable[[str], Iterable[str]],
        conversations: Conversations, accept: Accept, engine: Engine, store: Store,
        ig_users: Callable[[str], Sequence[str]], clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._tenants = tenants
        self._conversations = conversations
        self._accept = accept
        self._engine = engine
        self._store = store
        self._ig_users = ig_users
        self._clock = clock
        self._began = clock()
        self._ears: dict[Place, _Ear] = {}

    async def hear(self, delivery: Delivery) -> bool:
        """Accept what a platform tells us; for its webhook alone."""
        new = await self._accept(delivery)
        place = (delivery.lane.partition(":")[0], delivery.tenant)
        if place in self._ears:
            ear = self._ears[place]
            ear.heard = ear.lanes[delivery.lane] = self._clock()
        return new

    async def look(self, _at: datetime) -> None:
        """On a schedule: every tenant of every platform."""
        for name, platform in self._platforms.items():
            for tenant in self._tenants(name):
                place = (name, tenant)
                if place not in self._ears:
                    self._ears[place] = await self._remembered(place)
                await self._judge(place, self._ears[place], platform)

    def words(self) -> dict[str, str]:
        """For the health page, by platform and tenant."""
        return {" ".join(place): _words(ear, self._clock()) for place, ear in self._ears.items()}

    async def _judge(self, place: Place, ear: _Ear, platform: ChatPlatform) -> None:
        trouble = platform.trouble(place[1])
        untold = [c.lane for c in self._to_look_at(place, ear) if await self._is_untold(platform, ear, c)]
        if untold:
            ear.untold, ear.untold_at = ear.untold | frozenset(untold), self._clock()
        if ear.since is None and (trouble or untold):
            ear.since, ear.why = self._clock(), trouble or _UNTOLD
            await self._record(place, _LOST, ear)
        if ear.since is None:
            return
        await self._tell(place, _LOST, ear)
        if not trouble and self._is_heard_again(ear):
            await self._record(place, _BACK, ear)
            await self._tell(place, _BACK, ear)
            ear.since, ear.why, ear.untold = None, "", frozenset()

    def _is_heard_again(self, ear: _Ear) -> bool:
        """Where something had been missing; or anywhere, once nothing has been missing for a day."""
        if not ear.untold:
            return ear.heard > (ear.since or 0.0)
        if any(ear.lanes.get(lane, 0.0) > ear.untold_at for lane in ear.untold):
            return True
        return ear.heard > ear.untold_at and self._clock() - ear.untold_at > _DAY

    def _to_look_at(self, place: Place, ear: _Ear) -> list[Channel]:
        """Conversations that have been quiet for a while, those first in which somebody spoke last."""
        now = self._clock()
        quiet = [
            c for c in self._conversations.known()
            if (c.platform, c.tenant) == place and now - ear.looked.get(c, 0.0) >= _AGAIN
            and now - ear.lanes.get(c.lane, self._began) >= QUIET
        ]  # fmt: skip
        return sorted(quiet, key=self._conversations.watermark, reverse=True)[:_AT_A_TIME]

    async def _is_untold(self, platform: ChatPlatform, ear: _Ear, channel: Channel) -> bool:
        """Whether something stands there that nobody told us; it is worked on from here."""
        found, mark = False, self._conversations.watermark(channel)
        ear.looked[channel] = self._clock()
        try:
            if mark:
                async for delivery in platform.missed(channel, mark):
                    found = (await self._accept(delivery) and self._was_due(platform, delivery)) or found
        except (ConnectorError, ValueError) as error:
            log.info("a quiet conversation could not be looked at: %s", type(error).__name__)
        return found

    def _was_due(self, platform: ChatPlatform, delivery: Delivery) -> bool:
        """Posted by a person since we listen, and not just now."""
        posted = [e.message for e in platform.translate(delivery) if isinstance(e, MessagePosted)]
        latest = self._clock() - GRACE
        return any(not m.is_bot and self._began <= m.posted_at.timestamp() <= latest for m in posted)

    # --- on record ---------------------------------------------------------------------------------------

    async def _remembered(self, place: Place) -> _Ear:
        """What the audit says: a restart neither tells IG again nor forgets to tell the end."""
        a = t.audit.c
        query = select(a.what, a.at, a.detail).where(a.subject == ":".join(place), a.what.in_((_LOST, _BACK)))
        row = await self._store.read(lambda c: c.execute(query.order_by(a.seq.desc()).limit(1)).first())
        if row is None or row.what == _BACK:
            return _Ear(self._began)
        lanes = frozenset(map(str, row.detail.get("lanes", ())))
        since = float(row.at)
        return _Ear(self._began, since, str(row.detail.get("why", "")), lanes, since)

    async def _record(self, place: Place, what: str, ear: _Ear) -> None:
        detail = {"why": ear.why, "since": ear.since, "heard": ear.heard, "lanes": sorted(ear.untold)}
        at = ear.since if what == _LOST and ear.since is not None else self._clock()

        def write(c: Connection) -> None:
            audit.append(c, actor="chaperone", what=what, subject=":".join(place), detail=detail, at=at)

        await self._store.write(write)

    async def _tell(self, place: Place, what: str, ear: _Ear) -> None:
        """Each of IG once; whoever cannot be reached now is told by the next look."""
        name, tenant = place
        minutes = max(1, round((self._clock() - (ear.since or 0.0)) / 60))
        on: to_owner.Platform = "teams" if name == "teams" else "slack"
        note = to_owner.not_told(on) if what == _LOST else to_owner.told_again(on, minutes)
        for reader in self._ig_users(tenant):
            try:
                await self._one(place, reader, f"{what}:{':'.join(place)}:{ear.since}:{reader}", note)
            except ConnectorError as error:
                log.warning("IG could not be told of a silence: %s", type(error).__name__)

    async def _one(self, place: Place, reader: str, key: str, note: Note) -> None:
        name, tenant = place

        async def call() -> Mapping[str, Any]:
            told = await self._platforms[name].tell(tenant, reader, replace(note, key=key))
            return {"kind": told.kind, "ts": told.ts}

        await self._engine.effect(key, call)


def _words(ear: _Ear, now: float) -> str:
    if ear.since is not None:
        return f"Not heard for {_age(now - ear.since)}. {ear.why}"
    return f"Listening; the last word came {_age(now - ear.heard)} ago."


def _age(seconds: float) -> str:
    minutes = max(0, round(seconds / 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
