"""Asking whoever brought somebody in, and what becomes of the answer."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from bot.engine.interface import Work
from bot.incidents.ledger import Ledger
from bot.incidents.review import words_of
from bot.messages.choices import Choices
from bot.store import tables as t
from bot.vault.keys import Keys
from connectors.interface import Delivery, MemberJoined, Note, Pressed, Unavailable
from tests.bot.membership.world import World

KEYS = Keys(bytes(range(32)))
WHY: Mapping[str, str] = {"need": "care", "why": "Discharge of Zebedee Plumtree"}


class Desk:
    """Presses buttons on the notes about one joiner."""

    def __init__(self, w: World) -> None:
        self.w = w
        platforms: Any = {"slack": w.place}
        unused = cast("Any", None)
        self.choices = Choices(
            platforms=platforms, guard=unused, enforcement=unused, ledger=Ledger(w.store, KEYS, w.clock), engine=w.engine,
            membership=w.membership, conversations=w.conversations, again=unused, connect_urls={},
            ig_users=lambda _: ("UIG",), clock=w.clock,
        )  # fmt: skip
        self.incident = ""

    async def press(self, user: str, action: str, inputs: Mapping[str, str] | None = None) -> str:
        """The words of the answer; empty when there is none."""
        before = len(self.w.place.answers)
        event = Pressed("T1", user, self.w.ward, action, self.incident, self.w.at(), inputs=inputs or {})
        work = Work(1, Delivery("slack.action", "T1", "slack:T1:C1", ("k",), b""), self.w.at(), 1)
        await self.choices.pressed(event, cast("Any", self.w.place), work)
        new = self.w.place.answers[before:]
        return new[0][1].text if new else ""

    def note(self, user: str) -> Note:
        return next(note for reader, note in reversed(self.w.place.told) if reader == user)


async def brought_in(w: World, inviter: str | None = "UGR") -> Desk:
    """A stranger whom a nurse of the ward invited."""
    await w.join("UGR")
    w.place.rooms["C1"].append("USTR")
    await w.membership.joined(MemberJoined(w.ward, "USTR", inviter, w.at()))
    desk = Desk(w)
    (incident,) = await w.incidents()
    desk.incident = incident["id"]
    return desk


async def test_the_inviter_is_asked_once_and_their_answer_is_offered_for_confirmation(world: World) -> None:
    desk = await brought_in(world)
    assert [b.action for b in desk.note("UIG").buttons] == ["confirm_partner", "remove_member", "ask_inviter"]
    assert await desk.press("UMO", "ask_inviter") == (
        "<@UGR> was asked why they need to be here. You will be told the answer."
    )
    await desk.press("UIG", "ask_inviter")
    assert [reader for reader, _ in world.place.told].count("UGR") == 1
    assert [b.action for b in desk.note("UGR").buttons] == ["say_why"]
    assert await desk.press("UGR", "say_why") == ""
    assert [(user, action) for user, action, _ in world.place.forms] == [("UGR", "say_why")]
    told = len(world.place.told)
    assert (await desk.press("UGR", "say_why", WHY)).startswith("Thank you.")
    new = world.place.told[told:]
    assert sorted(reader for reader, _ in new) == ["UIG", "UMO"]
    assert "<@UGR> says why <@USTR> needs <#C1>: shared care of patients." in new[0][1].text
    assert [b.action for b in new[0][1].buttons] == ["confirm_partner", "remove_member"]
    assert (await desk.press("UMO", "confirm_partner")).startswith("<@USTR> is confirmed")


async def test_the_words_are_sealed_and_stand_in_the_story_alone(world: World) -> None:
    desk = await brought_in(world)
    await desk.press("UGR", "say_why", WHY)
    (row,) = [r for r in await world.rows(t.timeline) if r["what"] == "reason_given"]
    assert (row["by"], row["detail"]["need"]) == ("UGR", "care")
    assert words_of(KEYS, desk.incident, row["detail"]) == WHY["why"]
    assert "Plumtree" not in str(await world.rows(t.timeline)) + str(await world.rows(t.audit))
    assert "Plumtree" not in str(world.place.told)


async def test_only_owner_and_ig_may_ask_and_only_the_inviter_may_answer(world: World) -> None:
    desk = await brought_in(world)
    for user in ("UGR", "USTR", "UGST"):
        assert "only the channel's owner, or IG" in await desk.press(user, "ask_inviter")
    for user in ("UMO", "USTR", "UIG"):
        assert "only the person who invited them" in await desk.press(user, "say_why", WHY)
    assert "reason_given" not in await world.story()


async def test_the_owner_who_invited_them_gets_the_form_at_once(world: World) -> None:
    desk = await brought_in(world, "UMO")
    assert await desk.press("UMO", "ask_inviter") == ""
    assert [(user, action) for user, action, _ in world.place.forms] == [("UMO", "say_why")]
    await desk.press("UMO", "say_why", WHY)
    assert [r for r, note in world.place.told if "says why" in note.text] == ["UIG"]


async def test_nobody_is_asked_where_nobody_is_known_or_they_are_gone(world: World) -> None:
    desk = await brought_in(world)
    await world.leave("UGR")
    assert (await desk.press("UMO", "ask_inviter")).startswith("Nobody was asked")
    assert "UGR" not in [reader for reader, _ in world.place.told]


async def test_without_an_inviter_the_button_is_not_offered(world: World) -> None:
    desk = await brought_in(world, None)
    assert [b.action for b in desk.note("UIG").buttons] == ["confirm_partner", "remove_member"]


async def test_an_answer_comes_once_and_not_after_they_left(world: World) -> None:
    desk = await brought_in(world)
    await desk.press("UGR", "say_why", {"need": "nonsense"})
    assert "settled already" in await desk.press("UGR", "say_why", WHY)
    (row,) = [r for r in await world.rows(t.timeline) if r["what"] == "reason_given"]
    assert row["detail"] == {"user": "USTR", "need": "other"}


async def test_a_reader_who_cannot_be_told_does_not_lose_the_answer(world: World) -> None:
    desk = await brought_in(world)
    world.place.down = {"tell:UIG"}
    with pytest.raises(Unavailable):  # the lane takes it up again
        await desk.press("UGR", "say_why", WHY)
    world.place.down = set()
    await desk.press("UGR", "say_why", WHY)
    assert [r for r, note in world.place.told if "says why" in note.text] == ["UMO", "UIG"]
    assert (await world.story()).count("reason_given") == 1


async def test_a_form_that_came_too_late_is_offered_again(world: World) -> None:
    desk = await brought_in(world)
    world.place.refuses = {"ask": "expired_trigger_id"}
    assert "Please say why" in await desk.press("UGR", "say_why")
    assert [b.action for b in world.place.answers[-1][1].buttons] == ["say_why"]


async def test_whoever_asked_keeps_the_other_choices(world: World) -> None:
    desk = await brought_in(world)
    await desk.press("UMO", "ask_inviter")
    assert [b.action for b in world.place.answers[-1][1].buttons] == ["confirm_partner", "remove_member"]
