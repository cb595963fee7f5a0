"""What can be made to go wrong on Microsoft's side, so that a bot's recovery can be tried."""

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Final

BOT_A_SECOND: Final = 7
"""What a bot may say in one conversation (Teams: rate limiting for bots)."""
GRAPH_A_SECOND: Final = 4
"""How often an application may ask about one team, channel or chat (Graph: throttling limits, Teams)."""


@dataclass
class TeamsFaults:
    """All off by default. Lists and counts are used up call by call; the others stay until unset."""

    connector: list[int] = field(default_factory=list)
    """Statuses of the Bot Connector's next answers: 429 (with Retry-After), 412, 502, 504, 403…"""
    graph: list[int] = field(default_factory=list)
    """Statuses of Graph's next answers to Teams calls."""
    retry_after: float = 0.05
    """Seconds that a throttled caller is told to wait."""
    unreachable: bool = False
    """Graph and the Bot Connector answer 503."""
    targeted_off: bool = False
    """Targeted messages are refused (400), as in tenants without them."""
    activities_lost: int = 0
    """How many of the next activities never reach the bot."""
    activities_repeated: int = 0
    """How often each activity is sent again."""
    activity_skew_ms: int = 0
    """How much the timestamps of activities differ from Graph's."""
    notifications_lost: int = 0
    """How many of the next change notifications are never sent."""
    notifications_repeated: int = 0
    notification_delay: float = 0.0
    """Seconds between a change and its notification."""
    member_delay: float = 0.0
    """Seconds between a change of members and its notification (in Teams up to an hour)."""
    blanked: bool = False
    """Graph shows the body of a blocked message as empty (to applications too)."""
    moves_across_drives: bool = False
    """PATCH parentReference may lead to another drive, which Graph v1.0's documentation rules out."""
    clock_factor: float = 1.0
    """How much faster retries come: 60 makes a minute a second."""
    limits: bool = False
    """Teams' own limits hold, besides those asked for above."""
    _calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque), repr=False)

    def over(self, what: str, a_second: int) -> bool:
        """Whether one call more is over a limit; one that is not counts."""
        if not self.limits:
            return False
        calls, now = self._calls[what], time.monotonic()
        while calls and calls[0] <= now - 1:
            calls.popleft()
        if len(calls) >= a_second:
            return True
        calls.append(now)
        return False
