"""A team's channels share its list of members: told of once, and in force in each; and whom a chat without owner has."""

from datetime import timedelta

import pytest

from bot.policy.verdict import Audience
from connectors.interface import MemberJoined, MemberLeft
from tests.bot.membership.world import World

TEAM, CHANNELS = "T", ("T/1", "T/2")
ALL = (TEAM, *CHANNELS)


@pytest.fixture
async def team(world: World) -> World:
    """A team with two standard channels, as the survey lists them."""
    for id in ALL:
        world.place.rooms[id] = ["UMO", "UGR"]
        world.place.creators[id] = "UMO"
    world.place.rosters = dict.fromkeys(CHANNELS, TEAM)
    for id in ALL:
        await world.conversations.learn(world.place.channel(id))
    for id in reversed(ALL):
        await world.membership.sweeps.sweep(world.place.channel(id))
    return world


async def joins(w: World, user: str, where: str, inviter: str | None = "UGR") -> None:
    for id in ALL if where in ALL else (where,):
        w.place.rooms[id].append(user)
    await w.membership.joined(MemberJoined(w.place.channel(where), user, inviter, w.at()))


async def audiences(w: World) -> list[Audience]:
    return [await w.membership.presence.audience(w.place.channel(id)) for id in ALL]


@pytest.mark.parametrize("where", ALL)
async def test_a_joiner_of_a_team_is_told_of_once_and_heeded_in_every_channel(
    team: World, where: str
) -> None:
    await joins(team, "USTR", where)
    (incident,) = await team.incidents()
    assert incident["conversation"] == TEAM
    assert [user for user, _ in team.place.told] == ["UMO", "UIG"]
    assert {a.outsiders for a in await audiences(team)} == {1}
    for id in CHANNELS:  # Teams tells of a joiner in more than one way
        await team.membership.joined(MemberJoined(team.place.channel(id), "USTR", "UGR", team.at()))
        await team.membership.sweeps.sweep(team.place.channel(id))
    assert (len(await team.incidents()), len(team.place.told)) == (1, 2)


@pytest.mark.parametrize("order", [ALL, tuple(reversed(ALL))])
async def test_a_sweep_tells_once_whichever_channel_it_begins_with(
    team: World, order: tuple[str, ...]
) -> None:
    for id in ALL:
        team.place.rooms[id].append("USTR")
    for id in order:
        await team.membership.sweeps.sweep(team.place.channel(id))
    assert [i["conversation"] for i in await team.incidents()] == [TEAM]


async def test_a_team_never_listed_is_listed_before_its_channel(world: World) -> None:
    for id in ALL:
        world.place.rooms[id] = ["UMO", "USTR"]
    world.place.rosters = dict.fromkeys(CHANNELS, TEAM)
    for id in reversed(ALL):
        await world.membership.sweeps.sweep(world.place.channel(id))
    assert [i["conversation"] for i in await world.incidents()] == [TEAM]


async def test_whoever_is_confirmed_in_the_team_is_so_in_its_channels(team: World) -> None:
    await joins(team, "USTR", TEAM)
    until = team.at() + timedelta(days=1)
    assert await team.membership.confirm(team.place.channel(TEAM), "USTR", "UMO", until)
    assert {a.outsiders for a in await audiences(team)} == {0}


@pytest.mark.parametrize("where", ALL)
async def test_whoever_left_or_was_taken_out_is_gone_from_all(team: World, where: str) -> None:
    await joins(team, "USTR", TEAM)
    await team.membership.left(MemberLeft(team.place.channel(where), "USTR", team.at(1)))
    assert {a.outsiders for a in await audiences(team)} == {0}
    team.clock.now += 5
    for id in ALL:
        team.place.rooms[id].remove("USTR")
    await joins(team, "USTR", TEAM)
    assert await team.membership.remove(team.place.channel(TEAM), "USTR", "UIG")
    assert {a.outsiders for a in await audiences(team)} == {0}


async def test_a_channel_with_a_rule_of_its_own_tells_of_itself(team: World) -> None:
    await team.conversations.set_preset(team.place.channel("T/2"), "clinical-care")
    same = [team.conversations.preset_of(team.place.channel(id)).membership for id in ALL]
    assert same[0] != same[2]
    await joins(team, "USTR", TEAM)
    assert sorted(i["conversation"] for i in await team.incidents()) == [TEAM, "T/2"]


async def test_a_chat_has_no_owner_so_ig_and_whoever_added_them_are_told(world: World) -> None:
    world.place.rooms["19:chat"] = ["UMO", "UGR", "UGST"]
    world.place.kinds["19:chat"] = "group_dm"
    await world.conversations.learn(world.place.channel("19:chat"))
    await world.membership.sweeps.sweep(world.place.channel("19:chat"))
    world.place.told.clear()
    await joins(world, "USTR", "19:chat", inviter="UGR")
    told = dict(world.place.told)
    assert list(told) == ["UIG", "UGR"]
    assert "joined" in told["UIG"].text
    assert "by your invitation" in told["UGR"].text
    assert [b.action for b in told["UGR"].buttons] == ["say_why"]
    assert "asked_inviter" in await world.story()


async def test_an_outsider_who_added_another_is_not_asked(world: World) -> None:
    world.place.rooms["19:chat"] = ["UMO", "UGST"]
    world.place.kinds["19:chat"] = "group_dm"
    await world.conversations.learn(world.place.channel("19:chat"))
    await world.membership.sweeps.sweep(world.place.channel("19:chat"))
    world.place.told.clear()
    await joins(world, "USTR", "19:chat", inviter="UGST")
    assert [user for user, _ in world.place.told] == ["UIG"]
