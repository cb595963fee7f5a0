"""Hiding on Slack: in which way, in which order, and what happens when Slack refuses."""

import copy
import json
import logging
from typing import Any

import pytest

from connectors.interface import (
    Channel,
    Message,
    MessageEdited,
    Note,
    Reach,
    ReachFailed,
    Refused,
    Unavailable,
)
from connectors.sandbox.tokens import Grants
from tests.connectors.contract import IDENTIFIER, SAID, edits, found
from tests.connectors.slack.bench import ADMIN, HOSPICE, NURSE, ONLY, PARTNER, WARD, Bench, bench

MASKED = SAID.replace(IDENTIFIER, "[NHS number hidden]")
IN_PLACE = [Reach.TOMBSTONE, Reach.AUTHOR_EDIT]


async def said(slack: Bench, text: str = SAID, **more: Any) -> Message:
    await slack.say(text, **more)
    return found(await slack.events())


def record(slack: Bench, ts: str) -> dict[str, Any]:
    return next(m for m in slack.workspace.history()["messages"] if m["ts"] == ts)


# --- author edit -----------------------------------------------------------------------------------------


async def test_an_author_edit_changes_text_blocks_and_attachments_together(slack: Bench) -> None:
    forwarded = [
        {"id": 1, "fallback": SAID, "text": SAID, "from_url": "https://x.example/1", "is_share": True}
    ]
    message = await said(slack, extra={"attachments": forwarded})
    await slack.platform.redact(message, edits(message), Reach.AUTHOR_EDIT)
    now = slack.workspace.message(slack.place, message.ref.ts).said
    assert now["text"] == MASKED
    assert now["blocks"][0]["type"] == "rich_text"
    assert now["attachments"][0]["text"] == now["attachments"][0]["fallback"] == MASKED
    assert IDENTIFIER not in json.dumps(now)


async def test_an_author_edit_is_undone_to_the_byte(slack: Bench) -> None:
    message = await said(slack, f"*bold* _{SAID}_ <https://ward.example/a|link> &amp; more")
    before = copy.deepcopy(slack.workspace.message(slack.place, message.ref.ts).said)
    hidden = await slack.platform.redact(message, edits(message), Reach.AUTHOR_EDIT)
    await slack.platform.restore(message, hidden, "Restored")
    now = slack.workspace.message(slack.place, message.ref.ts).said
    assert {k: now.get(k) for k in ("text", "blocks", "attachments")} == {
        k: before.get(k) for k in ("text", "blocks", "attachments")
    }


@pytest.mark.parametrize(
    "code",
    ["cant_update_message", "edit_window_closed", "block_mismatch", "no_dual_broadcast_content_update",
     "message_not_found", "token_revoked", "missing_scope", "some_new_word"],
)  # fmt: skip
async def test_every_refusal_lets_a_weaker_way_be_tried(slack: Bench, code: str) -> None:
    message = await said(slack)
    slack.calls_fail["chat.update"] = [{"times": 1, "error": code}]
    with pytest.raises(ReachFailed) as raised:
        await slack.platform.redact(message, edits(message), Reach.AUTHOR_EDIT)
    assert raised.value.code == code
    assert IDENTIFIER not in str(raised.value)
    assert SAID in slack.readable(message.ref)


async def test_a_revoked_token_of_a_person_is_dropped(slack: Bench) -> None:
    message = await said(slack)
    slack.calls_fail["chat.update"] = [{"times": 1, "error": "token_revoked"}]
    with pytest.raises(ReachFailed):
        await slack.platform.redact(message, edits(message), Reach.AUTHOR_EDIT)
    assert slack.store.get("slack", slack.workspace.team, "user", NURSE) is None
    answers = {a.reach: a.available for a in await slack.platform.reaches(slack.channel, NURSE)}
    assert answers[Reach.AUTHOR_EDIT] is False


@pytest.mark.parametrize("reach", [Reach.TOMBSTONE, Reach.AUTHOR_EDIT, Reach.ADMIN_REPLACE])
async def test_an_outage_is_not_a_refusal(slack: Bench, reach: Reach) -> None:
    message = await said(slack)
    slack.unreachable(True)
    with pytest.raises(Unavailable):
        await slack.platform.redact(message, edits(message), reach)
    slack.unreachable(False)
    assert SAID in slack.readable(message.ref)


async def test_a_message_that_is_gone_cannot_be_hidden(slack: Bench) -> None:
    message = await said(slack)
    slack.workspace.delete(slack.place, message.ref.ts, NURSE)
    for reach in (*IN_PLACE, Reach.ADMIN_REPLACE):
        with pytest.raises(ReachFailed, match="message_not_found"):
            await slack.platform.redact(message, edits(message), reach)


# --- admin replace ---------------------------------------------------------------------------------------


async def test_the_copy_stands_under_the_senders_name_in_the_same_thread(slack: Bench) -> None:
    parent = await slack.say("How is bed 3?")
    await slack.events()
    message = await said(slack, thread=parent.ts)
    hidden = await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)
    assert hidden.place.thread == parent.ts
    copied = slack.workspace.message(slack.place, hidden.place.ts).said
    assert copied["username"] == "Elin Pritchard"
    assert copied["thread_ts"] == parent.ts
    assert "shared by Elin Pritchard, identifiers hidden by Chaperone" in slack.readable(hidden.place)
    assert slack.readable(message.ref) == ""


async def test_what_ends_the_exposure_comes_first(slack: Bench) -> None:
    message = await said(slack)
    hidden = await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)
    gone = record(slack, message.ref.ts)["versions"][0]["until"]
    assert gone < record(slack, hidden.place.ts)["versions"][0]["from"]


async def test_a_copy_that_could_not_be_posted_is_posted_by_the_next_attempt_and_once(slack: Bench) -> None:
    message = await said(slack)
    slack.calls_fail["chat.postMessage"] = [{"times": 1, "status": 503}]
    with pytest.raises(Unavailable):
        await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)
    assert slack.readable(message.ref) == ""
    hidden = await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)
    assert MASKED in slack.readable(hidden.place)
    copies = [
        m
        for m in slack.workspace.channels[slack.place].messages.values()
        if MASKED in json.dumps(m.body, ensure_ascii=False)
    ]
    assert len(copies) == 1


async def test_a_copy_that_slack_refuses_is_posted_plainer(slack: Bench) -> None:
    message = await said(slack)
    slack.calls_fail["chat.postMessage"] = [{"times": 1, "error": "invalid_blocks"}]
    hidden = await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)
    assert MASKED in slack.readable(hidden.place)


async def test_another_apps_message_is_replaced_under_its_name(slack: Bench) -> None:
    body = {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": "B0OTHER01",
        "username": "Lab alerts",
        "text": SAID,
    }
    posted = slack.workspace.post_as_app(slack.place, body, thread_ts=None, broadcast=False)
    message = found(await slack.events())
    assert (message.ref.ts, message.is_bot) == (posted.ts, True)
    answers = {a.reach: a for a in await slack.platform.reaches(slack.channel, message.sender)}
    assert (answers[Reach.AUTHOR_EDIT].available, answers[Reach.ADMIN_REPLACE].available) == (False, True)
    hidden = await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)
    assert slack.workspace.message(slack.place, hidden.place.ts).said["username"] == "Lab alerts"


async def test_a_long_message_is_copied_whole(slack: Bench) -> None:
    body = {"type": "message", "bot_id": "B0OTHER01", "text": SAID + " x" * 4000 + " end"}
    slack.workspace.post_as_app(slack.place, body, thread_ts=None, broadcast=False)
    message = found(await slack.events())
    hidden = await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)
    blocks = slack.workspace.message(slack.place, hidden.place.ts).said["blocks"]
    assert "".join(b["text"]["text"] for b in blocks if b["type"] == "section").endswith(" end")


async def test_attachments_that_no_edit_touches_are_left_to_slack(slack: Bench) -> None:
    unfurl = {"id": 1, "fallback": "g", "text": "a guideline", "from_url": "https://x.example/1"}
    message = await said(slack, extra={"attachments": [unfurl]})
    await slack.platform.redact(message, edits(message), Reach.AUTHOR_EDIT)
    assert slack.workspace.message(slack.place, message.ref.ts).said["attachments"] == [unfurl]
    hidden = await slack.platform.hide(message, "Hidden", Reach.AUTHOR_EDIT)
    assert "attachments" not in slack.workspace.message(slack.place, message.ref.ts).said
    await slack.platform.restore(message, hidden, "Restored")
    assert slack.workspace.message(slack.place, message.ref.ts).said["attachments"] == [unfurl]


@pytest.mark.parametrize("notice", ["", "Hidden"])
async def test_a_replacement_that_a_crash_cut_off_is_finished_once(slack: Bench, notice: str) -> None:
    message = await said(slack)
    platform = slack.platform
    cut = edits(message)
    assert await platform.finish(message, cut, notice, Reach.ADMIN_REPLACE) is None  # nothing was begun
    slack.workspace.delete(slack.place, message.ref.ts, ADMIN)  # what stands after a crash between the two
    first = await platform.finish(message, cut, notice, Reach.ADMIN_REPLACE)
    again = await platform.finish(message, cut, notice, Reach.ADMIN_REPLACE)
    assert first is not None
    assert again is not None
    assert first.place.ts == again.place.ts
    assert (notice or MASKED) in slack.readable(first.place)
    assert IDENTIFIER not in slack.readable(first.place)


async def test_an_edit_in_place_that_was_cut_off_is_made_again(slack: Bench) -> None:
    message = await said(slack)
    assert await slack.platform.finish(message, edits(message), "", Reach.AUTHOR_EDIT) is None
    await slack.platform.hide(message, "Hidden", Reach.TOMBSTONE)
    done = await slack.platform.finish(message, [], "Hidden", Reach.TOMBSTONE)
    assert done is not None
    assert done.raw["how"] == "tombstone"


async def test_a_message_hidden_without_a_copy_can_still_be_restored(slack: Bench) -> None:
    message = await said(slack)
    slack.calls_fail["chat.postMessage"] = [{"times": 5, "error": "restricted_action"}]
    hidden = await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)
    slack.calls_fail.clear()
    assert (hidden.place, hidden.raw["copied"]) == (message.ref, False)
    back = await slack.platform.restore(message, hidden, "Restored by IG")
    assert SAID in slack.readable(back)
    assert "Restored by IG" in slack.readable(back)


async def test_a_replaced_parent_leaves_its_replies_and_the_copy_joins_them(slack: Bench) -> None:
    parent = await slack.say(SAID)
    reply = await slack.say("on my way", thread=parent.ts)
    now = await slack.platform.read(parent)
    assert now is not None
    hidden = await slack.platform.redact(now, edits(now), Reach.ADMIN_REPLACE)
    assert slack.readable(reply)
    assert hidden.place.thread == parent.ts
    tombstone = await slack.platform.read(parent)
    assert tombstone is None or tombstone.hidden


async def test_a_copy_names_no_file(slack: Bench) -> None:
    file = slack.workspace.add_file(NURSE, "943 476 5919.txt", b"x", "text/plain")
    message = await said(slack, files=[file])
    hidden = await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)
    copied = json.dumps(slack.workspace.message(slack.place, hidden.place.ts).said)
    assert "file 1" in copied
    assert "943 476" not in copied


async def test_an_admin_outside_a_private_channel_is_could_not_tell(slack: Bench) -> None:
    slack.place = WARD
    answers = {a.reach: a for a in await slack.platform.reaches(slack.channel, NURSE)}
    assert answers[Reach.ADMIN_REPLACE].available is None
    message = await said(slack)
    with pytest.raises(ReachFailed):
        await slack.platform.redact(message, edits(message), Reach.ADMIN_REPLACE)


# --- discovery -------------------------------------------------------------------------------------------


async def test_a_tombstone_reads_as_hidden(slack: Bench) -> None:
    message = await said(slack)
    await slack.platform.hide(message, "Hidden", Reach.TOMBSTONE)
    now = await slack.platform.read(message.ref)
    assert now is not None
    assert now.hidden
    (event,) = await slack.events()
    assert isinstance(event, MessageEdited)
    assert event.message.hidden


# --- who can be helped -----------------------------------------------------------------------------------


async def test_nobody_here_can_change_what_an_outsider_wrote(slack: Bench) -> None:
    slack.place, slack.author = HOSPICE, PARTNER
    await slack.say(SAID)
    message = found(await slack.events())
    assert message.sender_is_external
    answers = await slack.platform.reaches(slack.channel, PARTNER)
    assert [a.reach for a in answers if a.available] == [Reach.WARN_ONLY]
    assert all("another organisation" in a.why for a in answers if a.reach is not Reach.WARN_ONLY)


async def test_a_direct_conversation_can_be_changed_by_its_author_only() -> None:
    async with bench(Grants(author_tokens=True, admin_token=True)) as slack:
        direct, _ = slack.workspace.open_direct([NURSE, ADMIN])
        slack.place = direct.id
        answers = {a.reach: a for a in await slack.platform.reaches(slack.channel, NURSE)}
        assert answers[Reach.AUTHOR_EDIT].available
        assert answers[Reach.ADMIN_REPLACE].available is False
        assert "direct messages" in answers[Reach.ADMIN_REPLACE].why
        ref = await slack.say(SAID)
        message = await slack.platform.read(ref)
        assert message is not None
        await slack.platform.redact(message, edits(message), Reach.AUTHOR_EDIT)
        assert MASKED in slack.readable(ref)


async def test_the_conversation_as_a_whole(slack: Bench) -> None:
    answers = {a.reach: a.available for a in await slack.platform.reaches(slack.channel, "")}
    assert answers[Reach.AUTHOR_EDIT] is None
    assert answers[Reach.TOMBSTONE] is True


async def test_what_is_missing_is_said_in_plain_words() -> None:
    async with bench(ONLY[Reach.WARN_ONLY]) as slack:
        answers = {a.reach: a.why for a in await slack.platform.reaches(slack.channel, NURSE)}
    assert "/slack/connect" in answers[Reach.AUTHOR_EDIT]
    assert "/slack/install" in answers[Reach.ADMIN_REPLACE]
    assert "Enterprise" in answers[Reach.TOMBSTONE]


# --- the hot path ----------------------------------------------------------------------------------------


class Counting(dict[str, float]):
    """Asked by the sandbox once per call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def get(self, method: str, default: Any = None) -> Any:
        self.calls.append(method)
        return default


async def test_one_message_costs_no_more_than_its_hiding_reading_and_note(slack: Bench) -> None:
    first = await said(slack)
    await slack.platform.reaches(slack.channel, first.sender)
    message = await said(slack)
    slack.served.faults.slow_ms = counting = Counting()
    await slack.platform.reaches(slack.channel, message.sender)
    await slack.platform.redact(message, edits(message), Reach.AUTHOR_EDIT)
    await slack.platform.read(message.ref)
    await slack.platform.note(slack.channel, message.sender, None, Note("Please look."))
    assert counting.calls == ["chat.update", "conversations.history", "chat.postEphemeral"]


async def test_no_log_holds_what_was_said(slack: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("slack_sdk", "slack_sdk.web.async_client", "aiohttp", "connectors"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    message = await said(slack)
    slack.calls_fail["chat.update"] = [{"times": 1, "status": 500}, {"times": 1, "error": "msg_too_long"}]
    for error in (Unavailable, ReachFailed):
        with pytest.raises(error):
            await slack.platform.redact(message, edits(message), Reach.AUTHOR_EDIT)
    hidden = await slack.platform.redact(message, edits(message), Reach.AUTHOR_EDIT)
    await slack.platform.restore(message, hidden, "Restored")
    assert IDENTIFIER not in caplog.text
    assert "BP 90/60" not in caplog.text
    assert "xoxb" not in caplog.text + repr(slack.store) + repr(slack.platform)


async def test_another_channel_is_not_confused(slack: Bench) -> None:
    with pytest.raises(Refused, match="channel_not_found"):
        await slack.platform.conversation(Channel("slack", slack.workspace.team, "CNONE"))
