"""A joiner's journey: on the real store, ledger and engine, with a staff list on disk."""

from datetime import timedelta

import pytest

from bot.policy.verdict import Audience
from bot.store import tables as t
from connectors.interface import AccountChanged, Channel, Member, MemberJoined, MemberLeft, Unavailable
from tests.bot.membership.world import STAFF, World
from tests.bot.workplace import Workplace


async def test_staff_join_silently(world: World) -> None:
    await world.join("UGR")
    assert await world.membership.presence.audience(world.ward) == Audience(staff=2)
    assert world.place.told == []
    assert await world.incidents() == []
    assert [r.standing for r in await world.membership.presence.readers(world.ward)] == ["staff", "staff"]
    assert [r.name for r in await world.membership.presence.readers(world.ward)] == [
        "Moira Devlin",
        "Grace Adeyemi",
    ]


async def test_bots_are_nobody(world: World) -> None:
    world.place.account_of("UBOT2", is_bot=True)
    await world.join("UBOT2")
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1)


@pytest.mark.parametrize(
    ("user", "standing", "words"),
    [
        ("USTR", "unknown", "is not in the staff directory"),
        ("UGST", "guest", "is a guest"),
        ("UEXT", "partner", "belongs to another organisation"),
    ],
)
async def test_an_outsider_is_told_about_once(world: World, user: str, standing: str, words: str) -> None:
    await world.join(user)
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, outsiders=1)
    assert [reader for reader, _ in world.place.told] == ["UMO", "UIG"]
    note = world.place.told[0][1]
    assert f"<@{user}> joined <#C1> and {words}" in note.text
    assert [b.action for b in note.buttons] == ["confirm_partner", "remove_member", "ask_inviter"]
    (incident,) = await world.incidents()
    assert (incident["sender"], incident["outsiders"], incident["label"]) == (user, 1, "clean")
    assert {b.value for b in note.buttons} == {incident["id"]}
    assert "joined" in await world.story()

    await world.membership.joined(MemberJoined(world.ward, user, "UMO", world.at()))
    await world.membership.sweeps.sweep(world.ward)
    assert len(world.place.told) == 2
    assert len(await world.incidents()) == 1
    assert {r["standing"] for r in await world.rows(t.audience)} == {"staff", standing}


async def test_they_leave_and_the_stricter_posture_ends(world: World) -> None:
    await world.join("USTR")
    await world.turn(5)
    await world.leave("USTR")
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1)
    assert (await world.story())[-1] == "left"


async def test_coming_back_is_a_new_event(world: World) -> None:
    await world.join("USTR")
    await world.turn(5)
    await world.leave("USTR")
    await world.turn(5)
    await world.join("USTR")
    assert len(await world.incidents()) == 2
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1


async def test_a_join_that_arrives_after_the_leaving_is_no_news(world: World) -> None:
    await world.join("USTR")
    await world.turn(60)
    await world.leave("USTR")
    await world.membership.joined(MemberJoined(world.ward, "USTR", None, world.at(-30)))
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1)


async def test_a_leaving_that_arrives_after_the_next_join_is_no_news(world: World) -> None:
    await world.join("USTR")
    await world.membership.left(MemberLeft(world.ward, "USTR", world.at(-30)))
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1


async def test_an_owner_from_outside_is_not_the_one_to_tell(world: World) -> None:
    world.place.rooms["C3"] = ["UGR", "USTR"]
    world.place.creators["C3"] = "USTR"
    await world.join("UGST", channel=world.place.channel("C3"))
    await world.membership.sweeps.sweep(world.place.channel("C3"))
    assert {reader for reader, _ in world.place.told} == {"UIG"}


async def test_nobody_is_told_about_themselves(world: World) -> None:
    await world.join("UIG")
    assert [reader for reader, _ in world.place.told] == ["UMO"]


async def test_a_leaver_is_removed_and_the_removal_is_proved(world: World) -> None:
    await world.join("UHUGH")
    assert "UHUGH" not in world.place.rooms["C1"]
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1)
    assert ["was removed" in note.text for _, note in world.place.told] == [True, True]
    assert {"removed", "told_removed"} <= set(await world.story())


async def test_a_removal_is_told_to_whoever_was_not_reached_at_first(world: World) -> None:
    world.place.down.add("tell:UIG")
    with pytest.raises(Unavailable):
        await world.join("UHUGH")
    world.place.down.clear()
    await world.membership.joined(MemberJoined(world.ward, "UHUGH", None, world.at()))
    assert [reader for reader, _ in world.place.told] == ["UMO", "UIG"]
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1)


async def test_of_many_found_at_once_one_note_tells(world: World) -> None:
    for n in range(12):
        world.place.account_of(f"U{n}", f"u{n}@elsewhere.example")
        world.place.rooms["C1"].append(f"U{n}")
    await world.membership.sweeps.sweep(world.ward)
    assert [reader for reader, _ in world.place.told] == ["UMO", "UIG"]
    assert world.place.told[0][1].text.startswith("12 people in <#C1> are not in the staff directory.")
    assert len(await world.incidents()) == 12
    await world.membership.sweeps.sweep(world.ward)
    assert len(world.place.told) == 2
    world.place.rooms["C1"].append("USTR")
    await world.membership.sweeps.sweep(world.ward)
    assert [reader for reader, _ in world.place.told[2:]] == ["UMO", "UIG"]
    assert "<@USTR> is in <#C1>" in world.place.told[2][1].text


async def test_where_removal_is_refused_ig_is_told(world: World) -> None:
    world.place.refuses["remove"] = "cant_kick_from_general"
    await world.join("UHUGH")
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1
    assert "could not be removed" in dict(world.place.told)["UIG"].text
    await world.membership.sweeps.sweep(world.ward)
    assert (await world.story()).count("not_removed") == 1
    assert len(world.place.told) == 2
    world.place.refuses.clear()
    await world.membership.sweeps.sweep(world.ward)
    assert "UHUGH" not in world.place.rooms["C1"]


async def test_a_removal_that_changed_nothing_is_not_believed(world: World) -> None:
    class Polite(Workplace):
        async def remove(self, channel: Channel, user: str) -> None:
            self._call("remove")

    world.place.__class__ = Polite
    await world.join("UHUGH")
    assert "could not be removed" in dict(world.place.told)["UIG"].text
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1


async def test_the_owner_is_never_removed(world: World) -> None:
    world.staff.write_text(
        STAFF.replace("Cardiology,Trust,active", "Cardiology,Trust,left"), encoding="utf-8"
    )
    await world.membership.sweeps.sweep(world.ward)
    assert world.place.rooms["C1"] == ["UMO", "UBOT"]
    assert "only owner" in dict(world.place.told)["UIG"].text
    assert not await world.membership.remove(world.ward, "UMO", "UIG")


async def test_a_leaver_is_flagged_within_one_sync(world: World) -> None:
    await world.join("UGR")
    world.staff.write_text(
        STAFF.replace("Staff nurse,Cardiology,Trust,active", "Staff nurse,,Trust,left"), "utf-8"
    )
    await world.membership.sweeps.sweep_all()
    (incident,) = await world.incidents()
    assert incident["sender"] == "UGR"
    assert "UGR" not in world.place.rooms["C1"]


async def test_a_directory_outage_is_never_called_outsider(world: World) -> None:
    world.staff.rename(world.staff.with_suffix(".away"))
    await world.join("USTR")
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, could_not_tell=1)
    assert world.place.told == []
    await world.turn(61)
    assert await world.membership.presence.audience(world.ward) == Audience(could_not_tell=2)
    world.staff.with_suffix(".away").rename(world.staff)
    await world.turn(60)
    assert (await world.membership.presence.audience(world.ward)).could_not_tell == 2
    await world.turn(61)
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, outsiders=1)
    assert [reader for reader, _ in world.place.told] == ["UMO", "UIG"]


async def test_a_withheld_address_could_not_be_told(world: World) -> None:
    await world.join("UNOMAIL")
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, could_not_tell=1)
    assert await world.incidents() == []


async def test_an_account_that_cannot_be_read_could_not_be_told(world: World) -> None:
    world.place.down.add("account")
    await world.join("UGR")
    assert (await world.membership.presence.audience(world.ward)).could_not_tell == 1
    world.place.down.clear()
    await world.turn(61)
    assert await world.membership.presence.audience(world.ward) == Audience(staff=2)


async def test_ig_unreached_is_tried_again_and_nobody_is_told_twice(world: World) -> None:
    world.place.down.add("tell:UMO")
    with pytest.raises(Unavailable):
        await world.join("USTR")
    assert [reader for reader, _ in world.place.told] == ["UIG"]
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1
    world.place.down.clear()
    await world.membership.joined(MemberJoined(world.ward, "USTR", None, world.at()))
    assert [reader for reader, _ in world.place.told] == ["UIG", "UMO"]


async def test_a_confirmation_counts_until_its_day(world: World) -> None:
    await world.join("UGST")
    until = world.at(30 * 86400)
    assert await world.membership.confirm(world.ward, "UGST", "UMO", until)
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, confirmed=1)
    await world.membership.sweeps.sweep(world.ward)
    assert len(world.place.told) == 2
    assert (await world.membership.presence.audience(world.ward)).confirmed == 1
    world.clock.now += 30 * 86400 + 1
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1
    await world.turn(0)
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, outsiders=1)
    assert len(await world.incidents()) == 2
    assert "<@UGST> is in <#C1>" in world.place.told[-1][1].text


async def test_a_confirmation_ends_with_the_stay(world: World) -> None:
    await world.join("UGST")
    await world.membership.confirm(world.ward, "UGST", "UMO", world.at(86400))
    await world.turn(5)
    await world.leave("UGST")
    await world.turn(5)
    await world.join("UGST")
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1


async def test_who_may_not_be_confirmed(world: World) -> None:
    await world.join("UGST")
    assert not await world.membership.confirm(world.ward, "UGST", "UGST", world.at(60))
    assert not await world.membership.confirm(world.ward, "UGST", "UMO", world.at(-60))
    assert not await world.membership.confirm(world.ward, "UEXT", "UMO", world.at(60))
    await world.membership.confirm(world.ward, "UGST", "UMO", world.at(3600))
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, confirmed=1)
    await world.conversations.set_preset(world.ward, "clinical-care")
    assert not await world.membership.confirm(world.ward, "UGST", "UMO", world.at(60))
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, outsiders=1)


async def test_a_strict_channel_offers_no_confirmation_and_removes_guests(world: World) -> None:
    await world.conversations.set_preset(world.ward, "clinical-care")
    await world.join("USTR")
    assert [b.action for b in world.place.told[0][1].buttons] == ["remove_member"]
    await world.join("UGST")
    assert "UGST" not in world.place.rooms["C1"]


async def test_an_account_that_became_a_guest_is_seen_everywhere(world: World) -> None:
    await world.join("UGR")
    await world.join("UGR", channel=world.place.channel("C2"))
    world.place.account_of("UGR", "grace@trust.example", is_guest=True)
    await world.membership.account_changed(AccountChanged(world.place.accounts["UGR"]))
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1
    assert (await world.membership.presence.audience(world.place.channel("C2"))).outsiders == 1
    assert len(await world.incidents()) == 2


async def test_a_deactivated_account_reads_nothing(world: World) -> None:
    await world.join("UGST")
    await world.turn(1)
    await world.membership.account_changed(AccountChanged(Member("UGST", "T1", deleted=True)))
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1)


async def test_the_first_message_of_an_unknown_channel_lists_it_first(world: World) -> None:
    world.place.rooms["C2"].append("USTR")
    c2 = world.place.channel("C2")
    assert await world.membership.presence.audience(c2) == Audience(staff=1, outsiders=1)
    assert world.place.told == []
    await world.turn(0)
    assert {reader for reader, _ in world.place.told} == {"UMO", "UIG"}


async def test_a_channel_that_cannot_be_listed_is_unclear_and_asked_again(world: World) -> None:
    c2 = world.place.channel("C2")
    world.place.down.add("members")
    assert await world.membership.presence.audience(c2) == Audience(could_not_tell=1)
    world.place.down.clear()
    assert await world.membership.presence.audience(c2) == Audience(could_not_tell=1)
    world.clock.now += 61
    assert await world.membership.presence.audience(c2) == Audience(staff=1)


async def test_a_joiner_in_a_channel_never_listed_does_not_hide_the_others(world: World) -> None:
    world.place.rooms["C2"].append("USTR")
    c2 = world.place.channel("C2")
    await world.join("UGR", channel=c2)
    assert await world.membership.presence.audience(c2) == Audience(staff=2, outsiders=1)


async def test_the_audience_comes_from_memory(world: World) -> None:
    await world.membership.presence.audience(world.ward)
    world.place.calls.clear()
    world.store.close()
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1)
    assert world.place.calls == []


async def test_a_guest_who_writes_to_us_directly_joined_nothing(world: World) -> None:
    world.place.rooms["D9"], world.place.kinds["D9"] = ["UGST", "UBOT"], "dm"
    await world.membership.sweeps.sweep(world.place.channel("D9"))
    assert await world.incidents() == []


async def test_a_sweep_finds_who_left_unseen(world: World) -> None:
    await world.join("USTR")
    world.place.rooms["C1"].remove("USTR")
    await world.turn(60)
    await world.membership.sweeps.sweep(world.ward)
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1)


async def test_where_members_may_not_be_listed_nothing_changes(world: World) -> None:
    await world.join("USTR")
    world.place.refuses["members"] = "not_in_channel"
    await world.membership.sweeps.sweep(world.ward)
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1


async def test_a_day_in_the_past_is_no_confirmation(world: World) -> None:
    await world.join("UGST")
    assert not await world.membership.confirm(world.ward, "UGST", "UIG", world.at() - timedelta(days=1))
