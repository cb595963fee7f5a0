"""Sweeps of a large trust with a platform that answers at once: what our own share of the time is."""

import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bot.conversations.register import Conversations
from bot.engine.local import LocalEngine
from bot.incidents.ledger import Ledger
from bot.membership.journey import Membership
from bot.policy import load as policies
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.directories.synced import SyncedDirectory
from connectors.interface import (
    Channel,
    Conversation,
    Member,
    Note,
    NotePlace,
    Reach,
    ReachAnswer,
    Staff,
)

STAFF: Final = 20_000
CONVERSATIONS: Final = 2_000
LEAVERS: Final = 20
TENANT: Final = "T1"

Row = tuple[str, float, str, str]
"""What was measured, the figure, its unit, what is wanted."""


@dataclass
class _Platform:
    """Answers at once. One conversation holds everyone, ten a thousand each, the rest five to sixty."""

    rooms: dict[str, list[Member]]
    name: str = "slack"
    told: int = 0

    async def conversation(self, channel: Channel) -> Conversation:
        return Conversation(channel, "private", channel.id.lower(), creator=self.rooms[channel.id][0].user)

    async def members(self, channel: Channel) -> Sequence[Member]:
        return self.rooms[channel.id]

    async def reaches(self, channel: Channel, author: str) -> tuple[ReachAnswer, ...]:
        return (ReachAnswer(Reach.WARN_ONLY, True, ""),)

    async def remove(self, channel: Channel, user: str) -> None:
        self.rooms[channel.id] = [m for m in self.rooms[channel.id] if m.user != user]

    async def tell(self, tenant: str, user: str, note: Note) -> NotePlace:
        self.told += 1
        return NotePlace("direct", Channel(self.name, tenant, f"D{user}"), user, str(self.told))


async def sweeping(_seconds: float) -> list[Row]:
    """The first sweep of everything, one that finds nothing new, and a directory's sync with leavers."""
    staff = [_person(n) for n in range(STAFF)]

    async def fetch() -> Sequence[Staff]:
        return staff

    platform = _Platform(_rooms())
    directory = SyncedDirectory("staff list", fetch)
    with tempfile.TemporaryDirectory() as folder:
        keys = Keys(bytes(32))
        store = Store.open(Path(folder) / "bench.db", keys.database_key)
        membership, engine = await _membership(store, keys, platform, directory)
        synced = await _took(directory.sync)
        first = await _took(membership.sweeps.sweep_all)
        again = await _took(membership.sweeps.sweep_all)
        unchanged = await _took(membership.sweeps.directory_changed)
        for n in range(0, STAFF, STAFF // LEAVERS):
            staff[n] = replace(staff[n], status="left")
        await directory.sync()
        leavers = await _took(membership.sweeps.directory_changed)
        await engine.stop()
        store.close()
    stays = sum(len(room) for room in platform.rooms.values())
    return [
        ("stays in 2,000 conversations", stays, "", ""),
        ("20,000 staff indexed", synced, "s", ""),
        ("first sweep of all", first, "s", "<60"),
        ("sweep that finds nothing new", again, "s", "<60"),
        ("  of which a stay", 1e6 * again / stays, "µs", ""),
        ("all checked after a sync, no change", unchanged, "s", ""),
        (f"the same, {LEAVERS} left: found, taken out, told", leavers, "s", ""),
    ]


def _person(n: int) -> Staff:
    return Staff(f"Person{n} Staffmember", email=f"p{n}@trust.example", department=f"Ward {n % 40}")


def _rooms() -> dict[str, list[Member]]:
    everyone = [Member(f"U{n}", TENANT, f"Person{n}", email=f"p{n}@trust.example") for n in range(STAFF)]
    sizes = [STAFF, *[1000] * 10, *(5 + n * 37 % 56 for n in range(CONVERSATIONS - 11))]
    return {f"C{c}": [everyone[(c * 7919 + n) % STAFF] for n in range(size)] for c, size in enumerate(sizes)}


async def _membership(
    store: Store, keys: Keys, platform: _Platform, directory: SyncedDirectory
) -> tuple[Membership, LocalEngine]:
    platforms: Any = {"slack": platform}
    engine = LocalEngine(store, keys)
    conversations = Conversations(store=store, keys=keys, platforms=platforms, policy=policies.default)
    for id in platform.rooms:
        await conversations.learn(Channel("slack", TENANT, id))
    membership = Membership(
        platforms=platforms, directories=[directory], store=store, ledger=Ledger(store, keys), engine=engine,
        keys=keys, conversations=conversations, ig_users=lambda _: ("UIG",),
    )  # fmt: skip

    async def nothing(*_: object) -> None:
        return None

    await engine.start(nothing, nothing)
    return membership, engine


async def _took(do: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await do()
    return time.perf_counter() - began
