"""Telling one person: in the channel, in the thread, directly; and what they answer."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.interface import Button, Commanded, Field, Note, Pressed, Refused
from tests.connectors.slack.bench import ADMIN, NURSE, WARD, Bench
from tests.connectors.slack.test_hiding import Counting

NOTE = Note("Hidden for <@U0NURSE01> in <#C0SOCIAL1> & <b>", (Button("ok", "OK", "i1", "primary"),), "Help")


def ephemeral(slack: Bench) -> Any:
    return slack.workspace.ephemerals[-1]


async def pressed(slack: Bench) -> Pressed:
    """The nurse presses the button of her note."""
    note = ephemeral(slack)
    block = next(b for b in note.body["blocks"] if b["type"] == "actions")
    await slack.does(
        "press", **{"as": note.user}, channel=note.channel, message_ts=note.ts, block_id=block["block_id"],
        action_id="chaperone:ok", value="i1",
    )  # fmt: skip
    return next(e for e in await slack.events() if isinstance(e, Pressed))


async def test_a_note_in_block_kit(slack: Bench) -> None:
    parent = await slack.say("first")
    await slack.platform.note(slack.channel, NURSE, parent.ts, NOTE)
    note = ephemeral(slack)
    section, actions, context = note.body["blocks"]
    assert section["text"]["text"] == "Hidden for <@U0NURSE01> in <#C0SOCIAL1> &amp; &lt;b&gt;"
    assert actions["elements"][0] | {"block_id": ""} == {
        "type": "button", "action_id": "chaperone:ok", "value": "i1", "style": "primary",
        "text": {"type": "plain_text", "text": "OK"} | actions["elements"][0]["text"], "block_id": "",
    }  # fmt: skip
    assert context["elements"][0]["text"] == "Help"
    assert note.thread_ts == parent.ts


async def test_a_button_that_leads_somewhere(slack: Bench) -> None:
    note = Note(
        "Connect", (Button("connect", "Connect my account", "i", url="https://bot.example/slack/connect"),)
    )
    await slack.platform.note(slack.channel, NURSE, None, note)
    assert ephemeral(slack).body["blocks"][1]["elements"][0]["url"] == "https://bot.example/slack/connect"


async def test_somebody_who_is_not_there_is_told_directly(slack: Bench) -> None:
    slack.place = WARD
    place = await slack.platform.note(slack.channel, ADMIN, None, NOTE)
    assert place.kind == "direct"
    assert "Hidden for" in str(slack.workspace.message(place.channel.id, place.ts).said)


async def test_another_refusal_is_not_swallowed(slack: Bench) -> None:
    slack.calls_fail["chat.postEphemeral"] = [{"times": 1, "error": "invalid_auth"}]
    with pytest.raises(Refused, match="invalid_auth"):
        await slack.platform.note(slack.channel, NURSE, None, NOTE)


async def test_an_answer_replaces_the_note(slack: Bench) -> None:
    await slack.platform.note(slack.channel, NURSE, None, NOTE)
    press = await pressed(slack)
    assert (press.action, press.value, press.user, press.channel) == ("ok", "i1", NURSE, slack.channel)
    await slack.platform.answer(press, Note("Thank you."))
    assert "Thank you." in str(ephemeral(slack).body)
    assert "Hidden for" not in str(ephemeral(slack).body)


async def test_an_answer_still_arrives_when_slack_takes_no_more(slack: Bench) -> None:
    await slack.platform.note(slack.channel, NURSE, None, NOTE)
    press = await pressed(slack)
    for n in range(7):
        await slack.platform.answer(press, Note(f"Answer {n}."))
    assert "Answer 4." in str(slack.workspace.ephemerals[0].body)
    assert "Answer 6." in str(ephemeral(slack).body)


async def test_an_answer_goes_to_nobody_but_slack(slack: Bench) -> None:
    now = datetime.now(UTC)
    stranger = Pressed(
        slack.workspace.team, NURSE, slack.channel, "ok", "i1", now, respond="http://127.0.0.1:9/x"
    )
    await slack.platform.answer(stranger, Note("Thank you."))
    assert "Thank you." in slack.whispered(NURSE)


async def test_a_form_comes_back_as_a_press_with_inputs(slack: Bench) -> None:
    await slack.platform.note(slack.channel, NURSE, None, NOTE)
    press = await pressed(slack)
    fields = (
        Field("why", "Why?", multiline=True),
        Field("kind", "What?", options=(("staff", "A colleague"),)),
    )
    await slack.platform.ask(press, "Not a patient", fields, "i1")
    (view,) = (await slack.state(NURSE))["views"]
    values = {"why": {"value": "my name"}, "kind": {"value": "staff"}}
    assert await slack.does("submit", **{"as": NURSE}, view_id=view["id"], values=values) == {}
    (sent,) = [e for e in await slack.events() if isinstance(e, Pressed)]
    assert (sent.action, sent.value, sent.channel) == ("ok", "i1", slack.channel)
    assert dict(sent.inputs) == {"why": "my name", "kind": "staff"}
    await slack.platform.answer(sent, Note("Noted."))
    assert "Noted." in slack.whispered(NURSE)


async def test_a_command_is_answered_privately(slack: Bench) -> None:
    await slack.does("command", **{"as": NURSE}, channel=slack.place, command="/chaperone", text="help")
    (command,) = [e for e in await slack.events() if isinstance(e, Commanded)]
    assert command.text == "help"
    await slack.platform.answer(command, Note("Here is what I do."))
    assert "Here is what I do." in slack.whispered(NURSE)


async def test_a_direct_note_without_a_key_carries_no_mark(slack: Bench) -> None:
    place = await slack.platform.tell(slack.workspace.team, NURSE, Note("Hello."))
    assert "metadata" not in slack.workspace.message(place.channel.id, place.ts).said
    assert await slack.platform.noted(place, "") in (True, False)


async def test_members_of_a_large_channel_cost_few_calls(slack: Bench) -> None:
    slack.served.faults.slow_ms = counting = Counting()
    members = await slack.platform.members(slack.channel)
    assert len(members) == 13
    assert counting.calls == ["conversations.members", "users.list"]
    await slack.platform.members(slack.channel)
    assert len(counting.calls) == 2
    slack.place = WARD
    await slack.platform.members(slack.channel)
    assert counting.calls[2:] == ["conversations.members"]


async def test_a_changed_account_is_asked_for_again(slack: Bench) -> None:
    team = slack.workspace.team
    assert not (await slack.platform.account(team, NURSE)).deleted
    slack.workspace.change_person(NURSE, deleted=True)
    await slack.events()
    assert (await slack.platform.account(team, NURSE)).deleted


async def test_removing_and_joining(slack: Bench) -> None:
    slack.place = WARD
    await slack.platform.remove(slack.channel, NURSE)
    assert NURSE not in [m.user for m in await slack.platform.members(slack.channel)]
    with pytest.raises(Refused):
        await slack.platform.join(slack.channel)


@pytest.mark.parametrize(("what", "text"), [("topic", "[Patient A]"), ("purpose", "About [Patient A]")])
async def test_a_topic_is_put_right_and_that_is_no_news(slack: Bench, what: Any, text: str) -> None:
    slack.workspace.set_line(slack.place, what, "Mr Smith", NURSE)
    await slack.events()
    await slack.platform.set_about(slack.channel, what, text)
    now = await slack.platform.conversation(slack.channel)
    assert text in (now.topic, now.purpose)
    assert await slack.events() == []
