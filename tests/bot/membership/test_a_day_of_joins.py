"""A day of 500 joins and leaves while directories fail, age and change: nobody is ever called what they are not."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from bot.membership.identities import Identities, Identity, key_of
from bot.membership.members import Members
from bot.membership.partners import EVERYWHERE, Partner
from bot.membership.stays import Stay
from connectors.directories.synced import SyncedDirectory
from connectors.interface import AccountChanged, Staff, Unavailable
from tests.bot.membership.world import World, open_world
from tests.bot.workplace import Clock

EVENTS: Final = 500
HOUR: Final = 3600.0
STEP: Final = 173.0
"""Seconds from one to the next: about a day for all."""
SYNC: Final = 300.0
PARTNER_UNTIL: Final = 9 * HOUR
STALE: Final = 6.0
"""Hours after which the copy of the second directory counts no more."""

STAY: Final = ("UMO", "UBOT", "UTIE", "UX1")
"""Are where they are all day."""

MAY_BE: Final = {
    "staff": {"staff"}, "outsider": {"unknown"}, "guest": {"guest"}, "external": {"partner"}, "tie": set(),
    "leaver": {"staff", "leaver"},
}  # fmt: skip
"""What an account may be called besides "could_not_tell", by what it is. A leaver is staff until the directory
says otherwise and was read."""


@dataclass
class Register:
    """A directory's own side: whom it lists, and whether it can be read now."""

    people: dict[str, Staff] = field(default_factory=dict)
    down: bool = False

    async def fetch(self) -> Sequence[Staff]:
        if self.down:
            raise Unavailable("the network is down")
        return tuple(self.people.values())


@dataclass
class Day:
    """The world, the truth about each account, and what was seen on the way."""

    world: World
    choose: Random
    csv: Register
    synced: Register
    directory: SyncedDirectory
    truth: dict[str, str]
    rooms: tuple[str, ...]
    seen: list[tuple[float, dict[str, tuple[Stay, ...]]]] = field(default_factory=list)
    joins: int = 0
    leaves: int = 0

    # --- what happens in the place -----------------------------------------------------------------------

    async def someone_moves(self) -> None:
        """Somebody joins or leaves one conversation."""
        room = self.choose.choice(self.rooms)
        here = [u for u in self.world.place.rooms[room] if u not in STAY]
        away = [u for u in self.truth if u not in here and u not in STAY]
        if away and (len(here) < 8 or self.choose.random() < 0.5):
            self.joins += 1
            await self.world.join(self.choose.choice(away), channel=self.world.place.channel(room))
        else:
            self.leaves += 1
            await self.world.leave(self.choose.choice(here), channel=self.world.place.channel(room))

    async def renamed(self) -> None:
        """An account takes the name of a colleague: names prove nothing."""
        user, other = self.choose.sample(sorted(self.truth), 2)
        await self._account(user, name=self.world.place.accounts[other].name)

    async def new_address(self) -> None:
        """A member of staff gets another address; the directory knows it as an alias."""
        user = self.choose.choice([u for u, p in self.synced.people.items() if p.aliases and u in self.truth])
        await self._account(user, email=self.synced.people[user].aliases[0].upper())

    async def left_the_trust(self) -> None:
        user = self.choose.choice([u for u, kind in self.truth.items() if kind == "staff"])
        self.truth[user] = "leaver"
        register = self.csv if user in self.csv.people else self.synced
        register.people[user] = replace(register.people[user], status="left")
        self.write_csv()

    async def a_starter(self) -> None:
        """Listed before their account is made, but not always read by then."""
        n = len(self.world.place.accounts)
        register = self.choose.choice((self.csv, self.synced))
        register.people[f"U{n}"] = _staff(n)
        self.write_csv()
        if not self.synced.down:
            await self.sync()
        self.world.place.account_of(f"U{n}", _staff(n).email)
        self.truth[f"U{n}"] = "staff"

    async def _account(self, user: str, **changes: Any) -> None:
        account = replace(self.world.place.accounts[user], **changes)
        self.world.place.accounts[user] = account
        await self.world.membership.account_changed(AccountChanged(account))

    # --- the directories ---------------------------------------------------------------------------------

    async def outage_of_the_file(self) -> None:
        """The share with the file is away, or back."""
        self.csv.down = not self.csv.down
        self.write_csv()

    async def a_broken_file(self) -> None:
        """An export cut short: the last good copy stays in use."""
        if not self.csv.down:
            self.world.staff.write_text("name,colour\nMoira Devlin,red\n", "utf-8")

    async def outage_of_the_network(self) -> None:
        self.synced.down = not self.synced.down

    def write_csv(self) -> None:
        """The file as it is exported now; none while its share is away."""
        if self.csv.down:
            self.world.staff.unlink(missing_ok=True)
            return
        rows = (f"{p.name},{p.email},{p.status},{p.id}" for p in self.csv.people.values())
        self.world.staff.write_text("\n".join(["name,email,status,id", *rows]) + "\n", "utf-8")

    async def sync(self) -> None:
        """As the bot's own clock does it."""
        await self.directory.sync()
        await self.world.membership.sweeps.directory_changed()

    def due(self, every: float) -> bool:
        """Whether a schedule of so many seconds came round since the last event."""
        return self.world.clock.now % every < STEP

    # --- what must always hold ---------------------------------------------------------------------------

    async def look(self) -> dict[str, tuple[Stay, ...]]:
        """Everybody who is anywhere, each called nothing that they are not."""
        members = Members(self.world.store)
        found = {room: await members.present(self.world.place.channel(room)) for room in self.rooms}
        for room, stays in found.items():
            assert {s.user for s in stays} == {u for u in self.world.place.rooms[room] if u != "UBOT"}
            for stay in stays:
                may_be = {"could_not_tell"} | MAY_BE[self.truth.get(stay.user, "staff")]
                assert stay.standing in may_be, (stay.user, self.truth.get(stay.user), stay.why)
        return found

    async def could_not_tell(self) -> set[str]:
        found = await self.look()
        return {s.user for stays in found.values() for s in stays if s.standing == "could_not_tell"}


def _staff(n: int, **more: object) -> Staff:
    """Every third has the name of another; every fourth an alias."""
    aliases = (f"person.{n}@hospital.example",) if n % 4 == 0 else ()
    person = Staff(f"Person{n // 3} Staffmember", email=f"p{n}@trust.example", id=f"E{n}", aliases=aliases)
    return replace(person, **more)  # type: ignore[arg-type]


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    clock, synced, csv = Clock(), Register(), Register()
    directory = SyncedDirectory("LDAP directory", synced.fetch, STALE, clock=clock)
    async with open_world(tmp_path, clock, [directory]) as world:
        rooms = ("C1", *(f"R{n}" for n in range(7)))
        it = Day(world, Random(6), csv, synced, directory, {}, rooms)
        csv.people["UMO"] = Staff("Moira Devlin", email="moira@trust.example")
        _people(it)
        it.write_csv()
        await it.sync()
        for room in rooms:
            world.place.rooms.setdefault(room, ["UMO", "UBOT"])
            world.place.creators[room] = "UMO"
            await world.conversations.learn(world.place.channel(room))
            await world.membership.sweeps.sweep(world.place.channel(room))
        yield it


def _people(day: Day) -> None:
    """60 in the file, 60 in the other directory, two behind one address, and people from outside, one with the
    name of a nurse."""
    place = day.world.place
    for n in range(120):
        register = day.csv if n < 60 else day.synced
        register.people[f"U{n}"] = _staff(n)
        place.account_of(f"U{n}", f"P{n}@Trust.example")
        day.truth[f"U{n}"] = "staff"
    for n in (200, 201):
        # A mailbox that two of the staff share, and a chat account that was made for it.
        day.synced.people[f"U{n}"] = _staff(n, aliases=("ward7@trust.example",), name=f"Sharer {n}")
    place.account_of("UTIE", "ward7@trust.example")
    day.truth["UTIE"] = "tie"
    for n in range(12):
        place.account_of(f"UX{n}", f"x{n}@elsewhere.example")
        place.account_of(f"UG{n}", f"g{n}@elsewhere.example", is_guest=True)
        place.account_of(f"UE{n}", f"e{n}@partner.example", is_external=True)
        day.truth |= {f"UX{n}": "outsider", f"UG{n}": "guest", f"UE{n}": "external"}
    place.accounts["UX0"] = replace(place.accounts["UX0"], name="Person1 Staffmember")
    # A guest's account with an address of the staff's is no staff account.
    place.account_of("UG1", "p5@trust.example", is_guest=True)


async def test_nobody_is_called_what_they_are_not(day: Day) -> None:
    began, at = day.world.clock.now, _plan(day)
    await _partner(day, "x1@elsewhere.example", PARTNER_UNTIL)
    for user in ("UX1", "UTIE"):
        await day.world.join(user)
    for n in range(EVENTS):
        await day.world.turn(STEP)
        if day.due(SYNC):
            await day.sync()
        if day.due(HOUR):
            await day.world.membership.sweeps.sweep_all()
        for happening in at.get(n, ()):
            await happening()
        await day.someone_moves()
        found = await day.look()
        if n % 23 == 0:
            day.seen.append((day.world.clock.now, found))
    assert min(day.joins, day.leaves) > EVENTS // 3

    assert len(await day.could_not_tell()) > 20
    await _recovered(day)
    await _the_past_is_known(day)
    await _the_partner_was_one_until_the_day(day, began)


async def _recovered(day: Day) -> None:
    """Everything can be read again: whoever could not be told is told, but for the shared address."""
    day.csv.down = day.synced.down = False
    day.write_csv()
    await day.sync()
    found = await day.look()
    for stays in found.values():
        for stay in stays:
            assert stay.standing != "could_not_tell" or stay.user == "UTIE", stay.why
            assert stay.standing != "staff" or day.truth.get(stay.user, "staff") == "staff"
    match = Identity(
        "slack", "T1", "UTIE", "LDAP directory", key_of(day.synced.people["U200"]), "reviewer", day.world.clock.now
    )  # fmt: skip
    await Identities(day.world.store).put(match)
    await day.world.membership.look_again("slack", "T1", "UTIE")
    day.truth["UTIE"] = "staff"
    assert await day.could_not_tell() == set()


async def _the_past_is_known(day: Day) -> None:
    """What was seen at a moment is what the register says of that moment afterwards."""
    members = Members(day.world.store)
    assert len(day.seen) > 20
    for moment, rooms in day.seen:
        for room, then in rooms.items():
            now = await members.at(day.world.place.channel(room), moment)
            assert [_said(s) for s in now] == [_said(s) for s in then]


async def _the_partner_was_one_until_the_day(day: Day, began: float) -> None:
    """An admission ends by itself, within a sweep."""
    belonged = {
        moment - began: stay.belongs for moment, rooms in day.seen for stay in rooms["C1"] if stay.user == "UX1"
    }  # fmt: skip
    assert all(said in (True, None) for after, said in belonged.items() if after < PARTNER_UNTIL)
    assert all(said in (False, None) for after, said in belonged.items() if after > PARTNER_UNTIL + HOUR)
    assert {True, False} <= set(belonged.values())


def _said(stay: Stay) -> tuple[str, str, bool | None, str, float]:
    return stay.user, stay.standing, stay.belongs, stay.admitted, stay.joined_at


async def _partner(day: Day, key: str, lasts: float) -> None:
    now = day.world.clock.now
    partner = Partner(
        "slack", "T1", EVERYWHERE, "person", key, "Audit of the ward", "Moira Devlin", now + lasts, "UIG"
    )
    await day.world.membership.partners.add(partner, now)


def _plan(day: Day) -> dict[int, list[Callable[[], Awaitable[None]]]]:
    """What goes wrong and what changes, spread over the day; the last outages last until its end."""
    plan: dict[int, list[Callable[[], Awaitable[None]]]] = {}
    for n in (60, 90, 320, 350, 470):
        plan.setdefault(n, []).append(day.outage_of_the_file)
    for n in (75, 85, 150, 350, 440):  # the third outage outlasts the copy's age
        plan.setdefault(n, []).append(day.outage_of_the_network)
    for n, happening in (
        (120, day.a_broken_file), *((n, day.renamed) for n in range(10, EVENTS, 40)),
        *((n, day.new_address) for n in range(25, EVENTS, 50)), *((n, day.left_the_trust) for n in range(33, EVENTS, 60)),
        *((n, day.a_starter) for n in range(15, EVENTS, 35)),
    ):  # fmt: skip
        plan.setdefault(n, []).append(happening)
    return plan
