"""Telling people: targeted, else directly, else by the policy tip; and answering what they press."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.interface import (
    Button,
    Channel,
    Commanded,
    Field,
    MessageRef,
    Note,
    NotePlace,
    Pressed,
    Refused,
    Unavailable,
)
from connectors.teams import cards
from connectors.teams.actions import Respond, Waiting
from connectors.teams.notes import TIP, Notes
from tests.connectors.teams.service import CHANNEL, NURSE, OTHER, SECRET, TEAM, TENANT, Service, serving

WARD = Channel("teams", TENANT, f"{TEAM}/{CHANNEL}")
CHAT = Channel("teams", TENANT, "19:talk@thread.v2")
NOTE = Note(f"Hidden for <@{OTHER}>", (Button("ok", "OK", "i-1"),), key="k")
AT = datetime(2026, 1, 1, tzinfo=UTC)


class Around:
    """Graph's part, played."""

    def __init__(self, *, installs: bool = False, tips: bool = False) -> None:
        self.installs, self.tips = installs, tips
        self.installed: list[str] = []
        self.tipped: list[Note] = []
        self.said: list[dict[str, Any]] = []

    async def names(self, tenant: str, wanted: Sequence[str]) -> Mapping[str, str]:
        return {f"@{OTHER}": "Sam Example"}

    async def install(self, tenant: str, user: str) -> bool:
        self.installed.append(user)
        return self.installs

    async def tip(self, channel: Channel, user: str, thread: str | None, note: Note) -> bool:
        self.tipped.append(note)
        return self.tips

    async def told(self, tenant: str, user: str, mark: str) -> bool | None:
        return mark == cards.mark("k")

    async def since(self, ref: MessageRef) -> AsyncIterator[Mapping[str, Any]]:
        for message in self.said:
            yield message


def notes(service: Service, around: Around | None = None, waiting: Waiting | None = None) -> Notes:
    return Notes(service.api(), around or Around(), cards.Signer(SECRET), waiting or Waiting())


def card(body: Mapping[str, Any]) -> Any:
    return body["attachments"][0]["content"]


async def test_one_person_is_told_in_the_thread_and_nobody_else_sees_it() -> None:
    async with serving() as service:
        place = await notes(service).note(WARD, NURSE, "17", NOTE)
        (sent,) = service.sent()
    assert place == NotePlace("private", WARD, NURSE, place.ts)
    assert sent.query == "isTargetedActivity=true"
    assert sent.path.endswith("%3Bmessageid%3D17/activities")
    assert sent.body["recipient"] == {"id": f"29:{NURSE}", "isTargeted": True}
    assert sent.body["summary"] == "Hidden for Sam Example"


async def test_whom_the_service_told_us_of_is_not_asked_about_again() -> None:
    async with serving() as service:
        telling = notes(service)
        for _ in range(2):
            await telling.note(WARD, NURSE, "17", NOTE)
        assert len([a for a in service.asked if "/members/" in a.path]) == 1


async def test_where_that_is_refused_they_are_told_directly() -> None:
    async with serving() as service:
        service.refuse("isTargetedActivity", 404, "BotNotInConversationRoster")
        place = await notes(service).note(CHAT, NURSE, None, NOTE)
    assert (place.kind, place.channel.id) == ("direct", f"a:{NURSE}")


async def test_somebody_who_has_left_is_told_directly() -> None:
    async with serving() as service:
        service.refuse("/members/", 404, "MemberNotFoundInConversation")
        assert (await notes(service).note(WARD, NURSE, "17", NOTE)).kind == "direct"


async def test_a_person_without_the_app_gets_it_first() -> None:
    async with serving() as service:
        around = Around(installs=True)
        service.refuse("POST /uk/v3/conversations?", 403, "ForbiddenOperationException")
        place = await notes(service, around).tell(TENANT, NURSE, NOTE)
    assert place.kind == "direct"
    assert around.installed == [NURSE]


async def test_an_app_that_was_just_installed_may_need_a_moment() -> None:
    async with serving() as service:
        service.refuse("POST /uk/v3/conversations?", 403, "ForbiddenOperationException", times=2)
        with pytest.raises(Unavailable):
            await notes(service, Around(installs=True)).tell(TENANT, NURSE, NOTE)


async def test_the_policy_tip_is_the_last_resort() -> None:
    async with serving() as service:
        for around in (Around(tips=True), Around()):
            service.refuse("isTargetedActivity", 403, "x")
            service.refuse("POST /uk/v3/conversations?", 403, "x")
            telling = notes(service, around)
            if around.tips:
                assert await telling.note(WARD, NURSE, "17", NOTE) == NotePlace("private", WARD, NURSE, TIP)
                assert [n.text for n in around.tipped] == ["Hidden for Sam Example"]
            else:
                with pytest.raises(Refused):
                    await telling.note(WARD, NURSE, "17", NOTE)


async def test_no_answer_is_not_a_refusal() -> None:
    async with serving() as service:
        service.refuse("isTargetedActivity", 502)
        with pytest.raises(Unavailable):
            await notes(service).note(WARD, NURSE, "17", NOTE)
        assert len(service.sent()) == 1


async def test_what_was_told_can_be_replaced() -> None:
    async with serving() as service:
        telling = notes(service)
        direct = await telling.tell(TENANT, NURSE, NOTE)
        await telling.retell(direct, Note("done"))
        (put,) = service.sent("PUT")
    assert put.path.endswith(f"/a%3A{NURSE}/activities/{direct.ts}")
    assert card(put.body)["body"][0]["text"] == "done"


async def test_everyone_is_told_in_the_thread_without_buttons() -> None:
    async with serving() as service:
        around = Around()
        telling = notes(service, around)
        ref = await telling.say(MessageRef(WARD, "18", "17"), NOTE)
        (sent,) = service.sent()
        assert (ref.channel, ref.thread) == (WARD, "17")
        assert "actions" not in card(sent.body)
        assert "recipient" not in sent.body
        assert not await telling.said(MessageRef(WARD, "18", "17"), "k")
        around.said = [{"attachments": [{"content": json.dumps(card(sent.body))}]}]
        assert await telling.said(MessageRef(WARD, "18", "17"), "k")
        assert not await telling.said(MessageRef(WARD, "18", "17"), "another")


async def test_whether_a_note_stands_there_only_graph_can_say() -> None:
    async with serving() as service:
        telling = notes(service)
        assert await telling.noted(NotePlace("private", WARD, NURSE, "1"), "k") is None
        assert await telling.noted(NotePlace("direct", Channel("teams", TENANT, ""), NURSE, ""), "k") is True
        assert await telling.noted(NotePlace("direct", Channel("teams", TENANT, ""), NURSE, ""), "x") is False


# --- answers -------------------------------------------------------------------------------------------


def pressed(
    conversation: str = f"a:{NURSE}", activity: str = "55", invoke: str = "f:1", action: str = "ok"
) -> Pressed:
    where = Channel("teams", TENANT, conversation) if conversation.startswith("a:") else WARD
    respond = Respond(conversation, activity, invoke).text()
    return Pressed(TENANT, NURSE, where, action, "i-1", AT, respond=respond)


async def test_an_answer_goes_to_whoever_waits_and_stays_in_the_cards_place() -> None:
    waiting = Waiting()
    waiting.begin("f:1")
    async with serving() as service:
        await notes(service, waiting=waiting).answer(pressed(), Note("Thanks."))
        shown = await waiting.card("f:1")
        (put,) = service.asked
    assert shown is not None
    assert shown["body"][0]["text"] == "Thanks."
    assert (put.method, put.query, card(put.body)) == ("PUT", "", shown)


async def test_a_press_that_was_sent_twice_is_answered_twice() -> None:
    waiting = Waiting()
    waiting.begin("f:1")
    first = asyncio.create_task(waiting.card("f:1", 10))
    await asyncio.sleep(0)
    waiting.begin("f:1")
    second = asyncio.create_task(waiting.card("f:1", 10))
    await asyncio.sleep(0)
    assert waiting.settle("f:1", {"type": "AdaptiveCard"})
    assert await first == await second == {"type": "AdaptiveCard"}
    assert not waiting.settle("f:1", {})
    assert await waiting.card("f:1", 10) is None


async def test_a_targeted_card_is_replaced_as_one() -> None:
    async with serving() as service:
        await notes(service).answer(pressed(f"{CHANNEL};messageid=17"), Note("Thanks."))
        (put,) = service.asked
    assert put.query == "isTargetedActivity=true"
    assert put.path.endswith("/activities/55")


async def test_a_card_that_has_vanished_is_answered_by_a_new_note() -> None:
    async with serving() as service:
        service.refuse("PUT", 404, "ActivityNotFoundInConversation", times=2)
        await notes(service).answer(pressed(f"{CHANNEL};messageid=17"), Note("Thanks."))
        (sent,) = service.sent()
    assert "messageid%3D17" in sent.path


async def test_whoever_has_seen_the_answer_is_not_told_again() -> None:
    waiting = Waiting()
    waiting.begin("f:1")
    async with serving() as service:
        service.refuse("PUT", 502, times=9, **{"Retry-After": "0.01"})
        await notes(service, waiting=waiting).answer(pressed(), Note("Thanks."))
        assert service.sent() == []
        with pytest.raises(Unavailable):
            await notes(service).answer(pressed(), Note("Thanks."))


async def test_a_command_is_answered_to_its_giver_alone() -> None:
    async with serving() as service:
        telling = notes(service)
        respond = Respond(f"{CHANNEL};messageid=17").text()
        await telling.answer(Commanded(TENANT, NURSE, WARD, "who", AT, respond=respond), Note("3 people"))
        own = Channel("teams", TENANT, f"a:{NURSE}")
        await telling.answer(
            Commanded(TENANT, NURSE, own, "who", AT, respond=Respond(own.id).text()), Note("x")
        )
        targeted, direct = service.sent()
    assert (targeted.query, "messageid%3D17" in targeted.path) == ("isTargetedActivity=true", True)
    assert (direct.query, f"a%3A{NURSE}" in direct.path) == ("", True)


async def test_a_form_stands_in_the_place_of_the_card() -> None:
    waiting = Waiting()
    waiting.begin("f:1")
    async with serving() as service:
        asked = pressed(action="say_why")
        await notes(service, waiting=waiting).ask(asked, "Say why", [Field("why", "Why?")], "i-9")
    form = await waiting.card("f:1")
    assert form is not None
    (send,) = form["actions"]
    assert (send["verb"], send["data"]["chaperone"]["value"], send["data"]["chaperone"]["for"]) == (
        "say_why",
        "i-9",
        NURSE,
    )
