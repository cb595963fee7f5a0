"""What can be made to go wrong, so that a bot's recovery can be tried."""

import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
"""Slack's tiers, in calls a minute per method and token."""


@dataclass(slots=True)
class Faults:
    """All off by default. `rate_limit` and `fail` are used up call by call; the others stay until unset."""

    rate_limit: dict[str, list[float]] = field(default_factory=dict)
    """method -> [how many of the next calls answer 429, Retry-After in seconds]"""
    fail: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """method -> [{times, error | status}], the first entry first"""
    slow_ms: dict[str, float] = field(default_factory=dict)
    slowed: set[str] = field(default_factory=set)
    """Of these methods a call has come and was made to wait: the moment at which a bot can be killed."""
    ephemeral_lost: bool = False
    edit_window_closed: bool = False
    deletion_barred: bool = False
    unreachable: bool = False
    """Every Web API call answers 503."""
    tiers: bool = False
    """Slack's own limits per minute."""
    history_limited: bool = False
    """conversations.history/replies as for commercial apps outside the Marketplace: 1 a minute, 15 objects."""
    events_lost: int = 0
    """How many of the next deliveries never happen (a gap that only catching up can find)."""
    events_repeated: int = 0
    """How often each event is sent again under another event_id."""
    message_replied: bool = False
    clock_factor: float = 1.0
    """How much faster the retries after 1 and 5 minutes come: 60 makes a minute a second."""
    _calls: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Lay named faults over the present ones. Raises ValueError for a name that is unknown."""
        for name, value in wanted.items():
            if name.startswith("_") or name not in self.__slots__:
                raise ValueError(f"there is no fault called {name}")
            setattr(self, name, value)

    def retry_after(self, method: str, token: str, tier: int) -> float | None:
        """Seconds to wait when this call is over a limit, else None."""
        if left := self.rate_limit.get(method):
            if left[0] >= 1:
                left[0] -= 1
                return float(left[1])
            del self.rate_limit[method]
        if self.history_limited and method in ("conversations.history", "conversations.replies"):
            return self._over(method, token, 1)
        return self._over(method, token, PER_MINUTE[tier]) if self.tiers and tier in PER_MINUTE else None

    def _over(self, method: str, token: str, allowed: int) -> float | None:
        calls, now = self._calls[method, token], time.monotonic()
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= allowed:
            return max(1.0, 60 - (now - calls[0]))
        calls.append(now)
        return None

    def failure(self, method: str) -> dict[str, Any] | None:
        """The next failure laid down for this method: {"error": …} or {"status": …}."""
        waiting = self.fail.get(method)
        if not waiting:
            return None
        first = waiting[0]
        first["times"] = int(first.get("times", 1)) - 1
        if first["times"] <= 0:
            waiting.pop(0)
        return first
