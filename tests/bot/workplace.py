"""A workplace in memory: a chat platform small enough to read, for tests of journeys."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.interface import (
    Channel,
    Commanded,
    Conversation,
    Field,
    Member,
    Note,
    NotePlace,
    Pressed,
    Reach,
    ReachAnswer,
    Refused,
    Unavailable,
)


@dataclass
class Clock:
    """A clock that stands until a test turns it."""

    now: float = field(default_factory=lambda: float(int(time.time())))

    def __call__(self) -> float:
        return self.now


@dataclass
class Workplace:
    """Accounts, rooms and what was told to whom. `down` and `refuses` make its calls fail."""

    tenant: str = "T1"
    name: str = "slack"
    accounts: dict[str, Member] = field(default_factory=dict)
    rooms: dict[str, list[str]] = field(default_factory=dict)
    creators: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    rosters: dict[str, str] = field(default_factory=dict)
    """Rooms that have another's list of members."""
    told: list[tuple[str, Note]] = field(default_factory=list)
    down: set[str] = field(default_factory=set)
    refuses: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    answers: list[tuple[str, Note]] = field(default_factory=list)
    forms: list[tuple[str, str, tuple[Field, ...]]] = field(default_factory=list)
    """Who was shown a form, of which action, with which fields."""

    def account_of(self, user: str, email: str = "", **about: bool) -> Member:
        self.accounts[user] = Member(user, self.tenant, name=f"Account {user}", email=email, **about)
        return self.accounts[user]

    def channel(self, id: str) -> Channel:
        return Channel(self.name, self.tenant, id)

    def _call(self, what: str) -> None:
        self.calls.append(what)
        if what in self.down:
            raise Unavailable(what)
        if what in self.refuses:
            raise Refused(what, self.refuses[what])

    async def conversation(self, channel: Channel) -> Conversation:
        self._call("conversation")
        kind = self.kinds.get(channel.id, "private")
        roster = self.channel(self.rosters[channel.id]) if channel.id in self.rosters else None
        return Conversation(channel, kind, creator=self.creators.get(channel.id, ""), roster=roster)  # type: ignore[arg-type]

    async def members(self, channel: Channel) -> tuple[Member, ...]:
        self._call("members")
        return tuple(self.accounts[u] for u in self.rooms[channel.id])

    async def account(self, tenant: str, user: str) -> Member:
        self._call("account")
        return self.accounts[user]

    async def reaches(self, channel: Channel, author: str) -> tuple[ReachAnswer, ...]:
        return (ReachAnswer(Reach.WARN_ONLY, True, "only warnings here"),)

    async def tell(self, tenant: str, user: str, note: Note) -> NotePlace:
        self._call(f"tell:{user}")
        self.told.append((user, note))
        return NotePlace("direct", Channel(self.name, tenant, f"D{user}"), user, str(len(self.told)))

    async def answer(self, pressed: Pressed | Commanded, note: Note) -> None:
        self._call("answer")
        self.answers.append((pressed.user, note))

    async def ask(self, pressed: Pressed, title: str, fields: Sequence[Field], value: str) -> None:
        self._call("ask")
        self.forms.append((pressed.user, pressed.action, tuple(fields)))

    async def noted(self, place: NotePlace, key: str) -> bool | None:
        return any(user == place.user and note.key == key for user, note in self.told)

    async def remove(self, channel: Channel, user: str) -> None:
        self._call("remove")
        if user not in self.rooms[channel.id]:
            raise Refused("remove", "not_in_channel")
        self.rooms[channel.id].remove(user)
