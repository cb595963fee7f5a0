"""Buttons over the wire: the card in the sandbox's Teams, who presses it, and what stands there afterwards."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from connectors.interface import Button, Commanded, Field, Note, Pressed
from tests.connectors.teams.bench import NURSE, SISTER, Bench, bench

NOTE = Note("NHS number hidden.", (Button("ok", "OK", "i-1"), Button("say_why", "Say why", "i-1")))


@pytest.fixture
async def ward() -> AsyncIterator[Bench]:
    async with bench("rsc") as ready:
        yield ready


async def pressed(ward: Bench) -> Pressed:
    """The press as it arrives; its client is still waiting."""
    while True:
        new, ward.taken = ward.inbox.kept[ward.taken :], len(ward.inbox.kept)
        for event in (e for d in new for e in ward.platform.translate(d)):
            if isinstance(event, Pressed):
                return event
        await asyncio.sleep(0.01)


async def test_a_press_is_answered_at_once_in_the_place_of_the_card(ward: Bench) -> None:
    await ward.platform.note(ward.channel, ward.author, None, NOTE)
    card = ward.workspace.ephemerals[-1]
    pressing = asyncio.create_task(ward.teams.people.press(NURSE, card, "ok"))
    event = await pressed(ward)
    assert (event.user, event.action, event.value, event.channel) == (ward.author, "ok", "i-1", ward.channel)
    await ward.platform.answer(event, Note("Thanks."))
    status, answer = await pressing
    assert (status, answer["statusCode"]) == (200, 200)
    assert "Thanks." in str(answer["value"])
    assert "Thanks." in str(card.body)
    assert "NHS number" not in str(card.body)


async def test_nobody_else_can_press_it(ward: Bench) -> None:
    await ward.platform.note(ward.channel, ward.author, None, NOTE)
    card = ward.workspace.ephemerals[-1]
    _, answer = await ward.teams.people.press(SISTER, card, "ok")
    assert answer["statusCode"] == 403
    assert "NHS number" in str(card.body)
    assert not [e for e in await ward.events() if isinstance(e, Pressed)]


async def test_a_form_is_filled_in_on_the_card(ward: Bench) -> None:
    await ward.platform.tell(ward.channel.tenant, ward.author, NOTE)
    direct = ward.workspace.open_direct([ward.workspace.app.user, NURSE], ward.channel.tenant)[0]
    message = list(direct.messages.values())[-1]
    pressing = asyncio.create_task(ward.teams.people.press(NURSE, message, "say_why"))
    await ward.platform.ask(await pressed(ward), "Say why", [Field("why", "Why?")], "i-1")
    await pressing
    sending = asyncio.create_task(ward.teams.people.press(NURSE, message, "say_why", {"why": "on call"}))
    sent = await pressed(ward)
    assert (sent.value, sent.inputs) == ("i-1", {"why": "on call"})
    await ward.platform.answer(sent, Note("Noted."))
    await sending
    assert "Noted." in str(message.body)


async def test_a_command_in_the_channel_is_answered_to_its_giver_alone(ward: Bench) -> None:
    bot = ward.workspace.app.user
    ward.teams.people.say(ward.place, NURSE, f"<at>{bot}</at> who")
    (command,) = [e for e in await ward.events() if isinstance(e, Commanded)]
    assert (command.text, command.user) == ("who", ward.author)
    await ward.platform.answer(command, Note("3 people"))
    assert "3 people" in ward.whispered(ward.author)
    assert not [e for e in await ward.events() if isinstance(e, Pressed | Commanded)]


async def test_a_changed_signing_key_is_no_trouble(ward: Bench) -> None:
    ward.teams.keys.roll()
    ref = await ward.say("BP 90/60")
    assert [e.message.ref for e in await ward.events() if hasattr(e, "message")] == [ref]
