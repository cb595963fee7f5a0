"""Accounts that a reviewer matched to a person, where the directory could not tell or knew another address."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.membership.identities import Identities, Identity, key_of
from bot.store import tables as t
from connectors.interface import Staff, Unavailable
from tests.bot.membership.world import World

TIE = """name,email,role,status,id
Moira Devlin,moira@trust.example,Ward sister,active,E1
Sam Oduya,shared@trust.example,Staff nurse,active,E4
Samuel Oduya,shared@trust.example,Porter,left,E5
Ann Ash,twice@trust.example,Nurse,active,
Bea Ash,twice@trust.example,Nurse,left,
"""


def picked(w: World, person: str, user: str = "USAM") -> Identity:
    return Identity("slack", "T1", user, "staff list", person, "reviewer", w.clock.now)


async def standing(w: World, user: str = "USAM") -> tuple[str, str]:
    await w.membership.look_again("slack", "T1", user)
    row = next(r for r in await w.rows(t.membership) if r["user"] == user)
    return row["standing"], row["why"]


@pytest.fixture
async def tied(world: World) -> World:
    world.staff.write_text(TIE, "utf-8")
    world.place.account_of("USAM", "shared@trust.example")
    world.place.account_of("UANN", "twice@trust.example")
    await world.join("USAM")
    return world


async def test_a_tie_is_settled_by_the_person_who_was_picked(tied: World) -> None:
    register = Identities(tied.store)
    assert await standing(tied) == ("could_not_tell", "2 people of the staff list share this email")
    await register.put(picked(tied, "E4"))
    assert (await standing(tied))[0] == "staff"
    await register.undo(picked(tied, ""), "reviewer", tied.clock.now)
    assert (await standing(tied))[0] == "could_not_tell"
    await register.put(picked(tied, "E5"))
    assert (await standing(tied))[0] == "leaver"
    assert "USAM" not in tied.place.rooms["C1"]  # as the rule here says of leavers
    kinds = select(t.audit.c.what, t.audit.c.actor).where(t.audit.c.what.startswith("identity"))
    found = await tied.store.read(lambda c: c.execute(kinds).all())
    assert [tuple(row) for row in found] == [
        ("identity.set", "reviewer"), ("identity.undone", "reviewer"), ("identity.set", "reviewer"),
    ]  # fmt: skip


async def test_people_without_an_id_are_told_apart_by_address_and_name(tied: World) -> None:
    await tied.join("UANN")
    people = {
        s.name: s
        for s in [
            Staff("Ann Ash", email="twice@trust.example"),
            Staff("Bea Ash", email="twice@trust.example"),
        ]
    }
    for name, expected in (("Ann Ash", "staff"), ("Bea Ash", "leaver")):
        await Identities(tied.store).put(picked(tied, key_of(people[name]), "UANN"))
        assert (await standing(tied, "UANN"))[0] == expected


async def test_the_whole_conversation_is_swept_with_it_too(tied: World) -> None:
    await Identities(tied.store).put(picked(tied, "E4"))
    await tied.membership.sweeps.sweep(tied.ward)
    assert (await tied.membership.presence.audience(tied.ward)).could_not_tell == 0


async def test_a_guest_stays_a_guest_whoever_is_picked(tied: World) -> None:
    await tied.join("UGST")
    await Identities(tied.store).put(picked(tied, "E1", "UGST"))
    assert (await standing(tied, "UGST"))[0] == "guest"


async def test_somebody_who_is_gone_from_the_directory_is_no_longer_staff(tied: World) -> None:
    await Identities(tied.store).put(picked(tied, "E4"))
    tied.staff.write_text(TIE.replace("Sam Oduya,shared@trust.example,Staff nurse,active,E4\n", ""), "utf-8")
    assert await standing(tied) == (
        "unknown", "the person whom a reviewer picked is not in the staff list now",
    )  # fmt: skip
    tied.staff.unlink()
    assert (await standing(tied))[0] == "could_not_tell"


async def test_a_directory_that_is_gone_or_silent_cannot_tell(world: World) -> None:
    class Silent:
        name = "staff list"

        async def health(self) -> None:
            raise Unavailable("down")

    register = Identities(world.store)
    silent = await register.answer(picked(world, "E4"), [Silent()])  # type: ignore[list-item]
    assert (silent.standing, silent.why) == ("could_not_tell", "the staff list could not be asked")
    gone = await register.answer(replace(picked(world, "E4"), directory="LDAP"), [])
    assert gone.standing == "could_not_tell"


async def test_nobody_else_is_touched_by_a_match(world: World) -> None:
    await Identities(world.store).put(picked(world, "nobody", "USTR"))
    await world.join("UGR")
    assert (await standing(world, "UGR"))[0] == "staff"
