"""What is done by the clock: every tenant's subscriptions looked at, made again, and what was missed filled in."""

import asyncio
import logging
import math
import time
from collections.abc import Mapping
from datetime import datetime

from connectors.interface import Accept, Channel
from connectors.teams import places, told
from connectors.teams.backfill import Backfill
from connectors.teams.conversations import Conversations
from connectors.teams.covered import Covered
from connectors.teams.members import Members
from connectors.teams.planning import TENANT_WIDE, Want, of_channel, of_chat, of_team, own_members
from connectors.teams.reach import Mode
from connectors.teams.subscriptions import Subscriptions

log = logging.getLogger(__name__)

_LONG = 1800.0
"""Seconds for which looking at subscriptions may fail: Microsoft's passing troubles are nobody's news."""


class Watch:
    """Looks every `seconds`, and at once when Graph says that a subscription is in danger."""

    def __init__(
        self, subscriptions: Subscriptions, conversations: Conversations, members: Members, covered: Covered,
        backfill: Backfill, modes: Mapping[str, Mode], seconds: float,
    ) -> None:  # fmt: skip
        self._subscriptions = subscriptions
        self._conversations = conversations
        self._members = members
        self._covered = covered
        self._backfill = backfill
        self._modes = modes
        self._seconds = seconds
        self._stirred = asyncio.Event()
        self._refused: dict[str, tuple[Want, ...]] = {}
        self._stood: set[tuple[str, str]] = set()
        self._failing: dict[str, float] = {}

    def hear(self, tenant: str, subscription: str, event: str) -> None:
        """A lifecycle notification; kept for good when this returns."""
        self._subscriptions.heard(tenant, subscription, event)
        self.stir()

    def stir(self) -> None:
        """Look again at once."""
        self._stirred.set()

    def hears(self, where: Channel) -> bool:
        """Whether Graph tells of messages there."""
        return self._subscriptions.hears(where)

    def trouble(self, tenant: str) -> str:
        """What is known to keep Graph from telling us, in plain words; "" for nothing. A team or chat that never
        granted its subscription is no trouble, but uncovered."""
        refused = self._refused.get(tenant, ())
        if self._modes[tenant] == "rsc":
            refused = tuple(w for w in refused if (tenant, w.resource) in self._stood)
        if refused:
            return f"Graph refuses {len(refused)} of its subscriptions."
        if time.monotonic() - self._failing.get(tenant, math.inf) > _LONG:
            return "Its subscriptions could not be looked at for a while."
        return ""

    async def keep(self, accept: Accept) -> None:
        """Until it is cancelled. A tenant that cannot be looked at now is looked at the next time."""
        while True:
            self._stirred.clear()
            for tenant in self._modes:
                try:
                    await self.tend(tenant, accept)
                    self._failing.pop(tenant, None)
                except Exception as error:  # noqa: BLE001 - watching must go on, whatever one look came to
                    self._failing.setdefault(tenant, time.monotonic())
                    # Only its kind: an error's words may hold what was to be stored.
                    log.warning("subscriptions of a Teams tenant are put off: %s", type(error).__name__)
            try:
                async with asyncio.timeout(self._seconds):
                    await self._stirred.wait()
            except TimeoutError:
                continue

    async def tend(self, tenant: str, accept: Accept) -> tuple[Want, ...]:
        """One look; gives what Graph refuses to be subscribed to. Raises Unavailable."""

        async def fill(tenant: str, since: datetime) -> None:
            await accept(told.gap(tenant, since))
            if self._modes[tenant] == "tenant":
                await self._fill(tenant, since, accept)

        wanted = await self._wanted(tenant)
        refused = self._refused[tenant] = await self._subscriptions.tend(tenant, wanted, fill)
        self._stood |= {(tenant, w.resource) for w in wanted if w not in refused}
        return refused

    async def _fill(self, tenant: str, since: datetime, accept: Accept) -> None:
        """Everything said in the tenant since, also where nobody had spoken before."""
        for team in await self._conversations.teams(tenant):
            async for delivery in self._backfill.team(tenant, team, since):
                await accept(delivery)
        for user in await self._members.users(tenant):
            async for delivery in self._backfill.person(tenant, user, since):
                await accept(delivery)

    async def _wanted(self, tenant: str) -> list[Want]:
        if self._modes[tenant] == "tenant":
            teams = await self._conversations.teams(tenant)
            own = [own_members(t) for t in teams if await self._conversations.with_own_members(tenant, t)]
            return [*TENANT_WIDE, *own]
        wanted: list[Want] = []
        for where in self._covered.installed(tenant):
            if places.is_chat(where):
                wanted.append(of_chat(places.thread_of(where)))
                continue
            team = places.team_of(where)
            threads = [places.thread_of(c) for c in await self._conversations.channels(tenant, team)]
            wanted += [of_team(team), *(of_channel(team, t) for t in threads)]
        return wanted
