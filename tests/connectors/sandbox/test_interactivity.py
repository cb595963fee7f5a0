"""Buttons, forms, commands and response URLs, through the page's API and the listener's answers."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.connectors.sandbox.conftest import NURSE, PARTNER, SISTER, WARD, Json, Stage

BUTTONS: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Hidden."}},
    {"type": "actions", "block_id": "acts", "elements": [
        {"type": "button", "action_id": "undo", "value": "7", "text": {"type": "plain_text", "text": "Not a patient"}},
    ]},
]  # fmt: skip
FORM: Json = {
    "type": "modal", "callback_id": "why", "title": {"type": "plain_text", "text": "Why?"}, "notify_on_close": True,
    "submit": {"type": "plain_text", "text": "Send"}, "private_metadata": "7",
    "blocks": [
        {"type": "input", "block_id": "reason", "label": {"type": "plain_text", "text": "Reason"},
         "element": {"type": "plain_text_input", "action_id": "text"}},
        {"type": "input", "block_id": "kind", "label": {"type": "plain_text", "text": "Kind"},
         "element": {"type": "static_select", "action_id": "pick", "options": [
             {"text": {"type": "plain_text", "text": "Staff"}, "value": "staff"}]}},
    ],
}  # fmt: skip
PRESS = {"block_id": "acts", "action_id": "undo"}


async def press_note(stage: Stage) -> Json:
    note = await stage.bot.chat_postEphemeral(channel=WARD, user=NURSE, text="Hidden.", blocks=BUTTONS)
    given = {"as": NURSE, "channel": WARD, "message_ts": note["message_ts"], **PRESS}
    await stage.page("/client/press", given)
    return stage.listener.interactions[-1]


async def respond(stage: Stage, url: str, body: Json) -> int:
    async with stage.http.post(url, json=body) as response:
        return response.status


def seen_by(stage: Stage, user: str) -> Any:
    return stage.page(f"/client/messages?as={user}&channel={WARD}")


async def test_a_press_on_a_private_note(stage: Stage) -> None:
    payload = await press_note(stage)
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == NURSE
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    action = payload["actions"][0]
    assert (action["action_id"], action["value"], action["text"]["text"]) == ("undo", "7", "Not a patient")


async def test_a_press_on_a_message_carries_it(stage: Stage) -> None:
    sent = await stage.bot.chat_postMessage(channel=WARD, text="x", blocks=BUTTONS)
    await stage.page("/client/press", {"as": SISTER, "channel": WARD, "message_ts": sent["ts"], **PRESS})
    assert stage.listener.interactions[-1]["message"]["ts"] == sent["ts"]


async def test_a_button_that_is_not_there(stage: Stage) -> None:
    sent = await stage.bot.chat_postMessage(channel=WARD, text="x", blocks=BUTTONS)
    given = {
        "as": SISTER,
        "channel": WARD,
        "message_ts": sent["ts"],
        "block_id": "acts",
        "action_id": "other",
    }
    await stage.page("/client/press", given, expect=404)


async def test_a_response_url_replaces_deletes_and_adds(stage: Stage) -> None:
    url = (await press_note(stage))["response_url"]
    assert await respond(stage, url, {"replace_original": True, "text": "Put back."}) == 200
    assert [m["text"] for m in (await seen_by(stage, NURSE))["messages"]] == ["Put back."]
    assert await respond(stage, url, {"text": "For you."}) == 200
    assert await respond(stage, url, {"text": "For all.", "response_type": "in_channel"}) == 200
    assert [m["text"] for m in (await seen_by(stage, SISTER))["messages"]] == ["For all."]
    assert await respond(stage, url, {"delete_original": True}) == 200
    assert [m["text"] for m in (await seen_by(stage, NURSE))["messages"]] == ["For you.", "For all."]
    history = await stage.page("/sandbox/history")
    first = history["ephemerals"][0]
    assert [version["text"] for version in first["versions"]] == ["Hidden.", "Put back."]
    assert first["until"] is not None


async def test_a_response_url_is_good_five_times(stage: Stage) -> None:
    url = (await press_note(stage))["response_url"]
    said = [await respond(stage, url, {"text": f"{n}"}) for n in range(6)]
    assert said == [200] * 5 + [404]
    assert await respond(stage, url + "x", {"text": "x"}) == 404


async def test_a_trigger_is_good_once(stage: Stage) -> None:
    trigger = (await press_note(stage))["trigger_id"]
    await stage.bot.views_open(trigger_id=trigger, view=FORM)
    for wrong in (trigger, "made-up"):
        with pytest.raises(SlackApiError, match=r"trigger_id"):
            await stage.bot.views_open(trigger_id=wrong, view=FORM)


async def open_form(stage: Stage) -> str:
    trigger = (await press_note(stage))["trigger_id"]
    await stage.bot.views_open(trigger_id=trigger, view=FORM)
    state = await stage.page(f"/client/state?as={NURSE}")
    return str(state["views"][0]["id"])


async def test_a_form_is_submitted_with_what_was_entered(stage: Stage) -> None:
    view = await open_form(stage)
    values = {"reason": {"text": "A nurse, not a patient"}, "kind": {"pick": "staff"}}
    assert await stage.page("/client/submit", {"as": NURSE, "view_id": view, "values": values}) == {}
    sent = stage.listener.interactions[-1]
    entered = sent["view"]["state"]["values"]
    assert entered["reason"]["text"] == {"type": "plain_text_input", "value": "A nurse, not a patient"}
    assert entered["kind"]["pick"]["selected_option"]["value"] == "staff"
    assert sent["view"]["private_metadata"] == "7"
    assert (await stage.page(f"/client/state?as={NURSE}"))["views"] == []


async def test_errors_keep_the_form_open(stage: Stage) -> None:
    view = await open_form(stage)
    stage.listener.answer = {"response_action": "errors", "errors": {"reason": "Say why."}}
    answer = await stage.page("/client/submit", {"as": NURSE, "view_id": view, "values": {}})
    assert answer == {"errors": {"reason": "Say why."}}
    assert len((await stage.page(f"/client/state?as={NURSE}"))["views"]) == 1


async def test_closing_a_form_is_told_when_asked(stage: Stage) -> None:
    view = await open_form(stage)
    await stage.page("/client/close", {"as": NURSE, "view_id": view})
    assert stage.listener.interactions[-1]["type"] == "view_closed"


async def test_a_stack_holds_three_views(stage: Stage) -> None:
    forms = stage.served.sandbox.interactivity.forms
    await stage.bot.views_open(trigger_id=forms.trigger(NURSE), view=FORM)
    for _ in range(2):
        await stage.bot.views_push(trigger_id=forms.trigger(NURSE), view=FORM)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await stage.bot.views_push(trigger_id=forms.trigger(NURSE), view=FORM)


async def test_a_slash_command_and_its_answer(stage: Stage) -> None:
    stage.listener.answer = {"text": "All well.", "response_type": "ephemeral"}
    await stage.page(
        "/client/command", {"as": NURSE, "channel": WARD, "command": "/chaperone", "text": "status"}
    )
    fields = stage.listener.commands[0]
    assert (fields["command"], fields["text"], fields["user_id"], fields["channel_name"]) == (
        "/chaperone", "status", NURSE, "privategroup",
    )  # fmt: skip
    assert [m["text"] for m in (await seen_by(stage, NURSE))["messages"]] == ["All well."]
    assert (await seen_by(stage, SISTER))["messages"] == []
    refused = {"as": PARTNER, "channel": "C0HOSPICE", "command": "/chaperone", "text": ""}
    assert (await stage.page("/client/command", refused, expect=400))["error"] == "not_available"
