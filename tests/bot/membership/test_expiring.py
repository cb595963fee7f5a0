"""Access that soon ends is told of once, to whoever can do something about it."""

from datetime import timedelta
from typing import Any

from bot.membership.expiring import Expiring
from bot.membership.partners import EVERYWHERE
from bot.store import tables as t
from connectors.interface import MemberJoined
from tests.bot.membership.test_partners import DAY, partner
from tests.bot.membership.world import World


def expiring(w: World) -> Expiring:
    platforms: Any = {"slack": w.place}
    return Expiring(
        store=w.store, platforms=platforms, conversations=w.conversations, engine=w.engine,
        ig_users=lambda _: ("UIG",),
    )  # fmt: skip


async def told(w: World) -> list[tuple[str, str]]:
    """What a daily run tells, and nothing from before."""
    w.place.told.clear()
    await expiring(w).run(w.at())
    return [(reader, note.text) for reader, note in w.place.told]


async def test_owner_sponsor_and_ig_are_told_a_week_before_and_once(world: World) -> None:
    world.place.rooms["C1"].append("UGR")
    await world.membership.joined(MemberJoined(world.ward, "UGR", "UMO", world.at()))
    await world.membership.partners.add(partner(world, sponsor="grace adeyemi"), world.clock.now)
    await world.join("UGST")
    assert await told(world) == []
    await world.turn(23 * DAY)
    first = await told(world)
    assert sorted(reader for reader, _ in first) == ["UGR", "UIG", "UMO"]
    assert {text.partition(". ")[0] for _, text in first} == {"In 7 days the access of <@UGST> to <#C1> ends"}
    assert await told(world) == []
    assert [r["warned_at"] for r in await world.rows(t.partner)] == [world.clock.now]


async def test_a_sponsor_is_told_only_where_their_account_is_certain(world: World) -> None:
    await world.membership.partners.add(
        partner(world, sponsor="Somebody Else", until=world.clock.now + 5 * DAY), world.clock.now
    )
    assert sorted(reader for reader, _ in await told(world)) == ["UIG", "UMO"]


async def test_an_organisation_everywhere_concerns_its_sponsor_and_ig(world: World) -> None:
    await world.membership.partners.add(
        partner(world, kind="organisation", key="elsewhere.example", conversation=EVERYWHERE, sponsor="moira@trust.example",
                until=world.clock.now + DAY),
        world.clock.now,
    )  # fmt: skip
    found = await told(world)
    assert sorted(reader for reader, _ in found) == ["UIG", "UMO"]
    assert found[0][1].startswith("In 1 day the access of a partner organisation to every conversation ends.")


async def test_a_confirmation_three_days_before_its_end_and_again_after_it_was_renewed(world: World) -> None:
    await world.join("UGST")
    assert await world.membership.confirm(world.ward, "UGST", "UMO", world.at() + timedelta(days=30))
    await world.turn(26 * DAY)
    assert await told(world) == []
    await world.turn(DAY)
    first = await told(world)
    assert sorted(reader for reader, _ in first) == ["UIG", "UMO"]
    assert first[0][1] == (
        "In 3 days the access of <@UGST> to <#C1> ends. If they are still needed, please confirm them again, "
        "or ask IG to admit them for longer."
    )
    assert await told(world) == []
    assert await world.membership.confirm(world.ward, "UGST", "UMO", world.at() + timedelta(days=30))
    assert await told(world) == []
    await world.turn(28 * DAY)
    assert len(await told(world)) == 2


async def test_several_make_one_note(world: World) -> None:
    for n in range(25):
        await world.membership.partners.add(
            partner(world, key=f"v{n}@elsewhere.example", until=world.clock.now + DAY), world.clock.now
        )
    found = dict(await told(world))
    assert set(found) == {"UIG", "UMO"}
    lines = found["UIG"].splitlines()
    assert lines[0].startswith("Access ends soon for 25 partners.")
    assert (len(lines), lines[-1]) == (22, "And 5 more.")


async def test_whoever_cannot_be_reached_is_told_by_the_next_run_and_nobody_twice(world: World) -> None:
    await world.membership.partners.add(partner(world, until=world.clock.now + DAY), world.clock.now)
    world.place.down = {"tell:UIG"}
    assert [reader for reader, _ in await told(world)] == ["UMO"]
    world.place.down = set()
    assert [reader for reader, _ in await told(world)] == ["UIG"]
    assert await told(world) == []


async def test_what_the_register_or_the_directory_settled_is_not_told(world: World) -> None:
    id = await world.membership.partners.add(partner(world, until=world.clock.now + DAY), world.clock.now)
    await world.join("UGST")
    await world.membership.partners.end(id, "UIG", world.clock.now)
    assert await told(world) == []
