"""The words of the engine: accepted work, lanes, effects, timers, schedules."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from connectors.interface import Delivery


@dataclass(frozen=True, slots=True)
class Work:
    """A delivery from the inbox on its way through its lane. `attempt` counts from 1."""

    id: int
    delivery: Delivery
    accepted_at: datetime
    attempt: int


Handler = Callable[[Work], Awaitable[None]]
"""Does one piece of work. Raise `connectors.interface.Unavailable` to be called again later; any other
exception is retried too, and after the last try the work is dead-lettered and `on_dead` is told."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an effect. `result` is JSON and never holds an identifier.

    done       it happened, now or in an earlier attempt
    uncertain  it may have happened before a crash and cannot be read back: not repeated
    refused    the platform said no; `result["code"]` is its word
    """

    state: Literal["done", "uncertain", "refused"]
    result: Mapping[str, Any] = field(default_factory=dict)
    repeated: bool = False
    """True when this attempt did not call: the outcome was there already."""


Call = Callable[[], Awaitable[Mapping[str, Any]]]
Probe = Callable[[], Awaitable[Mapping[str, Any] | None]]
"""Looks whether an effect already happened: its result, or None for "no". Raises `Uncertain` when that
cannot be read."""


class Uncertain(Exception):
    """An effect may or may not have happened, and nothing can be read that would tell."""


class Engine(Protocol):
    async def accept(self, delivery: Delivery) -> bool:
        """Commit to the inbox and wake the lane. False when any key was seen. Raises when not committed."""

    async def effect(self, key: str, call: Call, probe: Probe | None = None) -> Outcome:
        """Do something to the outside world at most once per key, across crashes.

        Commits an intent, calls, commits the outcome. Where an intent was left over from a crash, asks
        `probe` first: its result is taken as the outcome; None means call again; `Uncertain`, or no
        probe, means do not repeat. `Refused` from the call gives state "refused"; `Unavailable` passes
        through (the intent is withdrawn first, so that a retry calls again; with `maybe_done` it stays,
        so that a retry looks first). `Uncertain` from the call gives state "uncertain".
        """

    async def later(self, key: str, due: datetime, delivery: Delivery) -> None:
        """Accept `delivery` when `due` has come; replaces a timer of the same key that has not fired."""

    async def cancel(self, key: str) -> bool: ...

    def every(self, name: str, seconds: float, run: Callable[[datetime], Awaitable[None]]) -> None:
        """Run on a schedule, each slot once across restarts; missed slots catch up once."""

    async def start(self, handle: Handler, on_dead: Callable[[Work, str], Awaitable[None]]) -> None: ...

    async def stop(self) -> None: ...

    async def idle(self) -> None:
        """Return when no accepted work is unfinished (for replay and tests)."""
