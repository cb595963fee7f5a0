"""Who is in teams, channels and chats; taking somebody out, and making sure; conversations as they are called."""

from collections.abc import AsyncIterator

import pytest

from connectors.interface import Channel, ConversationChanged, MemberJoined, Refused
from connectors.sandbox.teams.sandbox import TENANT
from connectors.teams import places
from tests.connectors.teams.bench import ADMIN, HOSPICE, NURSE, PARTNER, SISTER, SOCIAL, WARD, Bench, bench


@pytest.fixture
async def teams() -> AsyncIterator[Bench]:
    async with bench() as ready:
        yield ready


async def users(teams: Bench, place: str) -> set[str]:
    return {m.user for m in await teams.platform.members(teams.at(place))}


async def test_a_standard_channel_has_the_members_of_its_team(teams: Bench) -> None:
    whole = places.channel(TENANT, places.team_of(teams.at(SOCIAL)))
    assert {m.user for m in await teams.platform.members(whole)} == await users(teams, SOCIAL)
    assert teams.oid(NURSE) in await users(teams, SOCIAL)


async def test_who_comes_from_another_organisation_is_external(teams: Bench) -> None:
    partner = next(m for m in await teams.platform.members(teams.at(HOSPICE)) if m.user == teams.oid(PARTNER))
    assert partner.is_external
    assert partner.tenant != TENANT
    assert not next(
        m for m in await teams.platform.members(teams.at(HOSPICE)) if m.user == teams.oid(SISTER)
    ).is_external
    where = await teams.platform.conversation(teams.at(HOSPICE))
    assert where.shared_outside
    assert where.kind == "private"
    assert where.roster is None
    team = teams.at(WARD).id.partition("/")[0]
    assert (await teams.platform.conversation(teams.at(WARD))).roster == Channel("teams", TENANT, team)


async def test_who_comes_through_another_team_is_a_member_and_cannot_be_taken_out_here(teams: Bench) -> None:
    teams.teams.people.share_with(HOSPICE, "another team", [ADMIN])
    await teams.teams.settled()
    teams.platform._members.forget(teams.at(HOSPICE))
    assert teams.oid(ADMIN) in await users(teams, HOSPICE)
    with pytest.raises(Refused) as refused:
        await teams.platform.remove(teams.at(HOSPICE), teams.oid(ADMIN))
    assert refused.value.code == "indirect"
    assert teams.oid(ADMIN) in await users(teams, HOSPICE)


async def test_taking_somebody_out_of_a_channel_takes_them_out_of_its_team(teams: Bench) -> None:
    await teams.platform.remove(teams.at(WARD), teams.oid(NURSE))
    assert teams.oid(NURSE) not in await users(teams, WARD)
    assert NURSE not in teams.workspace.channels[WARD].members
    await teams.platform.remove(teams.at(WARD), teams.oid(NURSE))  # already out: done


async def test_the_last_owner_stays(teams: Bench) -> None:
    owner = teams.workspace.channels[WARD].creator
    with pytest.raises(Refused) as refused:
        await teams.platform.remove(teams.at(WARD), teams.oid(owner))
    assert refused.value.code == "last_owner"
    assert owner in teams.workspace.channels[WARD].members


async def test_taking_somebody_out_of_a_chat(teams: Bench) -> None:
    chat, _ = teams.workspace.open_direct([NURSE, SISTER, ADMIN])
    await teams.platform.remove(teams.at(chat.id), teams.oid(NURSE))
    assert NURSE not in teams.workspace.channels[chat.id].members


async def test_a_tenants_conversations_are_listed_with_their_teams(teams: Bench) -> None:
    chat, _ = teams.workspace.open_direct([NURSE, SISTER, ADMIN])
    listed = {c.channel.id: c for c in await teams.platform.conversations(TENANT)}
    assert listed[teams.at(SOCIAL).id].name.endswith("› social")
    assert listed[teams.at(chat.id).id].kind == "group_dm"
    assert places.team_of(teams.at(SOCIAL)) in listed
    assert "social" not in repr(listed)


async def test_installed_only_what_is_installed_is_listed() -> None:
    async with bench("rsc") as teams:
        ids = {c.channel.id for c in await teams.platform.conversations(TENANT)}
        assert teams.at(SOCIAL).id in ids
        assert teams.at(WARD).id not in ids
        await teams.teams.uninstall(SOCIAL)
        events = await teams.events()
        assert [e.what for e in events if isinstance(e, ConversationChanged)] == ["bot_removed"]
        assert await teams.platform.conversations(TENANT) == ()


async def test_a_name_that_held_an_identifier_is_changed(teams: Bench) -> None:
    with pytest.raises(Refused):
        # The tenant did not consent to changing channels: refused, not pretended.
        await teams.platform.set_about(teams.at(SOCIAL), "renamed", "social")


async def test_nobody_joins_by_themselves(teams: Bench) -> None:
    with pytest.raises(Refused, match="adds the app"):
        await teams.platform.join(teams.at(WARD))


async def test_a_meetings_chat_and_whoever_comes_without_an_account(teams: Bench) -> None:
    chat, _ = teams.workspace.open_direct([NURSE, SISTER, ADMIN], TENANT)
    teams.teams.estate.meetings.add(chat.id)
    teams.teams.estate.anonymous.add(PARTNER)
    await teams.events()
    teams.workspace.join(chat.id, PARTNER)
    joined = [e for e in await teams.events() if isinstance(e, MemberJoined)]
    assert {e.user for e in joined} == {teams.oid(PARTNER)}
    assert {e.channel for e in joined} == {teams.at(chat.id)}
    there = {m.user: m for m in await teams.platform.members(teams.at(chat.id))}
    assert there[teams.oid(PARTNER)].is_external
    assert there[teams.oid(PARTNER)].is_guest
    assert there[teams.oid(PARTNER)].email == ""
    about = await teams.platform.conversation(teams.at(chat.id))
    assert (about.kind, about.creator, about.shared_outside) == ("group_dm", "", True)


async def test_who_comes_through_another_team_is_told_of(teams: Bench) -> None:
    teams.teams.people.share_with(HOSPICE, "another team", [ADMIN])
    joined = [e for e in await teams.events() if isinstance(e, MemberJoined)]
    assert (teams.at(HOSPICE), teams.oid(ADMIN)) in {(e.channel, e.user) for e in joined}
