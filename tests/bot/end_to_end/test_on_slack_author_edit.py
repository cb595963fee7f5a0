"""What members read, senders are told and IG sees, on Slack where authors let the bot edit."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.bot.end_to_end.stage import (
    BEDS,
    F2,
    HOSPICE,
    NHS,
    NURSE,
    NURSE2,
    PARTNER,
    SISTER,
    SOCIAL,
    THEATRE,
    WARD,
    Scene,
    scene,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("ward")) as ready:
        yield ready


# --- hiding ----------------------------------------------------------------------------------------------


async def test_a_message_is_hidden_in_place_and_every_other_character_stays(s: Scene) -> None:
    ts = await s.says(NURSE, f"Bed 4 NHS {NHS}: give *500 mg* paracetamol &amp; re-check obs  :pray:")
    assert s.text(ts) == "Bed 4 NHS [hidden]: give *500 mg* paracetamol &amp; re-check obs  :pray:"
    assert NHS not in s.readable()
    incident = s.incident(ts)
    assert (incident["state"], incident["reach"], incident["kinds"]) == (
        "hidden",
        "author_edit",
        {"NHS_NUMBER": 1},
    )
    assert s.timeline(incident["id"]) == ["posted", "detected", "verified", "warned"]
    assert incident["verified_at"] >= incident["hidden_at"] > incident["posted_at"] == float(ts)
    (note,) = s.notes(NURSE, incident["id"])
    assert (note.channel, note.thread_ts) == (WARD, None)
    assert NHS not in json.dumps(note.body)


async def test_a_clean_message_is_left_alone(s: Scene) -> None:
    ts = await s.says(NURSE, "Bed 6 needs 5 mg ramipril at 14:00, BP 128/84. Thanks Ravi")
    assert len(s.message(ts).versions) == 1
    assert s.incidents(ts) == []


async def test_a_patient_keeps_a_label_through_the_conversation(s: Scene) -> None:
    first = await s.says(
        NURSE, "Mrs Oonagh Blackadder in bed 2 spiked a temp, can you review please", BEDS_OF(s)
    )
    again = await s.says(F2, "Reviewed Mrs Blackadder, started antibiotics", BEDS)
    assert "[Patient A]" in s.text(first, BEDS)
    assert "[Patient A]" in s.text(again, BEDS)
    assert "Blackadder" not in s.readable(BEDS)


def BEDS_OF(s: Scene) -> str:  # noqa: N802
    s.workspace.join(BEDS, NURSE, SISTER)
    return BEDS


@pytest.mark.parametrize("broadcast", [False, True])
async def test_a_reply_is_hidden_and_its_sender_told_in_that_thread(s: Scene, broadcast: bool) -> None:
    parent = await s.says(NURSE2, "Anyone have the details for the new admission?")
    ts = await s.says(NURSE, f"NHS number {NHS}", thread_ts=parent, broadcast=broadcast)
    assert NHS not in s.readable()
    (note,) = s.notes(NURSE, s.incident(ts)["id"])
    assert note.thread_ts == parent


async def test_a_forwarded_message_is_hidden_where_its_text_is(s: Scene) -> None:
    forwarded = {
        "is_msg_unfurl": True, "is_share": True, "author_name": "Ravi Menon", "fallback": f"NHS {NHS} for scan",
        "text": f"NHS {NHS} for scan",
        "message_blocks": [{
            "team": s.workspace.team, "channel": SOCIAL, "ts": "1700000000.000100",
            "message": {"blocks": [{
                "type": "rich_text", "block_id": "b1",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": f"NHS {NHS} for scan"}]}],
            }]},
        }],
    }  # fmt: skip
    only_blocks = {k: v for k, v in forwarded.items() if k not in ("text", "fallback")}
    for attachment in (forwarded, only_blocks):
        ts = await s.says(NURSE, "", extra={"attachments": [attachment]})
        assert NHS not in s.readable()
        assert "for scan" in s.readable()
        assert s.incident(ts)["state"] == "hidden"


async def test_an_action_message_is_hidden(s: Scene) -> None:
    message = s.workspace.say_me(WARD, NURSE, f"is chasing bloods for NHS {NHS}")
    await s.settled()
    assert s.text(message.ts) == "is chasing bloods for NHS [hidden]"


async def test_the_first_half_of_a_split_number_is_hidden_once_the_second_tells(s: Scene) -> None:
    first = await s.says(NURSE, "NHS number is 943 476")
    second = await s.says(NURSE, "5919")
    assert "943" not in s.text(first)
    assert "5919" not in s.text(second)
    assert s.incident(first)["state"] == s.incident(second)["state"] == "hidden"


async def test_an_approved_channel_keeps_its_words_and_ig_sees_them(s: Scene) -> None:
    ts = await s.says(NURSE, f"NHS {NHS} first on the list", THEATRE)
    assert NHS in s.text(ts, THEATRE)
    incident = s.incident(ts)
    assert (incident["action"], incident["state"]) == ("observe", "open")
    assert s.notes(NURSE, incident["id"]) == []


async def test_with_partners_a_message_that_identifies_is_hidden_whole(s: Scene) -> None:
    ts = await s.says(NURSE, f"Mrs Oonagh Blackadder NHS {NHS} comes on Friday", HOSPICE)
    assert s.text(ts, HOSPICE).startswith("Message hidden to protect a patient")
    assert NHS not in s.readable(HOSPICE)
    assert "Friday" not in s.readable(HOSPICE)


# --- edits, deletions, repeats -----------------------------------------------------------------------------


async def test_an_edit_that_adds_an_identifier_is_hidden_and_timed_from_the_edit(s: Scene) -> None:
    ts = await s.says(NURSE, "Bed 9 is ready to go home")
    s.workspace.edit(WARD, ts, NURSE, f"Bed 9 (NHS {NHS}) is ready to go home")
    edited_at = s.message(ts).versions[-1].since
    await s.settled()
    assert s.text(ts) == "Bed 9 (NHS [hidden]) is ready to go home"
    incident = s.incident(ts)
    assert incident["posted_at"] == pytest.approx(edited_at, abs=1e-3)
    assert len(s.notes(NURSE, incident["id"])) == 1


async def test_an_edit_at_the_same_moment_is_not_written_over(s: Scene) -> None:
    message = s.workspace.post(WARD, NURSE, f"NHS {NHS} to CT at 10")
    s.workspace.edit(WARD, message.ts, NURSE, "Bed 3 to CT at 11")
    await s.settled()
    assert s.text(message.ts) == "Bed 3 to CT at 11"
    assert NHS not in s.readable()


async def test_two_states_of_one_moment_are_told_of_once(s: Scene) -> None:
    message = s.workspace.post(WARD, NURSE, f"NHS {NHS} to CT at 10")
    s.workspace.edit(WARD, message.ts, NURSE, f"NHS {NHS} to CT at 11")
    await s.settled()
    assert s.text(message.ts) == "NHS [hidden] to CT at 11"
    told = [n for i in s.incidents(message.ts) for n in s.notes(NURSE, i["id"])]
    assert len(told) == 1


async def test_a_preview_that_slack_adds_is_hidden_and_not_told_of_again(s: Scene) -> None:
    ts = await s.says(NURSE, f"NHS {NHS} results at https://results.example/1")
    s.workspace.unfurl(
        WARD, ts, [{"title": "Results", "text": f"NHS {NHS}", "from_url": "https://results.example/1"}]
    )
    await s.settled()
    assert NHS not in s.readable()
    told = [n for i in s.incidents(ts) for n in s.notes(NURSE, i["id"])]
    assert len(told) == 1


async def test_a_plain_preview_changes_nothing(s: Scene) -> None:
    ts = await s.says(NURSE, "The guideline: https://guidelines.example/sepsis")
    s.workspace.unfurl(
        WARD, ts, [{"title": "Sepsis", "text": "Act fast", "from_url": "https://guidelines.example"}]
    )
    await s.settled()
    assert s.incidents(ts) == []
    assert "Act fast" in s.readable()


async def test_a_repeated_delivery_changes_and_tells_nothing_again(s: Scene) -> None:
    s.faults.events_repeated = 3
    try:
        ts = await s.says(NURSE, f"NHS {NHS} for discharge")
    finally:
        s.faults.events_repeated = 0
    incident = s.incident(ts)
    assert len(s.notes(NURSE, incident["id"])) == 1
    assert s.timeline(incident["id"]).count("verified") == 1


async def test_a_message_that_its_author_took_back_first_is_not_called_failed(s: Scene) -> None:
    message = s.workspace.post(WARD, NURSE, f"NHS {NHS} oops")
    s.workspace.delete(WARD, message.ts, NURSE)
    await s.settled()
    incident = s.incident(message.ts)
    assert incident["state"] == "hidden"
    assert "gone" in s.timeline(incident["id"])
    assert s.notes(NURSE, incident["id"]) == []


async def test_a_deletion_is_part_of_the_story(s: Scene) -> None:
    ts = await s.says(NURSE, f"NHS {NHS} for discharge")
    s.workspace.delete(WARD, ts, NURSE)
    await s.settled()
    assert s.timeline(s.incident(ts)["id"])[-1] == "deleted"


# --- buttons -----------------------------------------------------------------------------------------------


async def test_ok_is_noted_and_closes_the_note(s: Scene) -> None:
    ts = await s.says(NURSE, f"NHS {NHS} for discharge")
    incident = s.incident(ts)
    (note,) = s.notes(NURSE, incident["id"])
    assert await s.presses(NURSE, note, "ok") == 200
    assert s.timeline(incident["id"])[-1] == "acknowledged"
    assert "Noted, thank you." in json.dumps(note.body)


async def test_urgent_care_brings_the_exact_original_back_until_the_timer_hides_it_again(s: Scene) -> None:
    words = f"Crash call bed 4: NHS {NHS}, *allergic* to penicillin &amp; latex"
    ts = await s.says(NURSE, words)
    before = s.message(ts).versions[0].body
    incident = s.incident(ts)
    (note,) = s.notes(NURSE, incident["id"])
    await s.presses(NURSE, note, "urgent")
    assert s.text(ts) == words
    assert s.message(ts).said["blocks"] == before["blocks"]
    assert s.incident(ts)["state"] == "restored"
    assert "for 30 minutes" in json.dumps(note.body)
    assert "restored_urgent" in s.timeline(incident["id"])
    await s.stage.kill_bot()
    await s.restarts_after_every_timer()
    assert NHS not in s.readable()
    assert s.text(ts) == words.replace(NHS, "[hidden]")
    assert s.incident(ts)["state"] == "hidden"
    assert "hidden again" in s.told(NURSE)


async def test_not_a_patient_brings_the_exact_original_back_for_good(s: Scene) -> None:
    words = f"The printer's asset tag reads NHS {NHS}"
    ts = await s.says(NURSE, words)
    (note,) = s.notes(NURSE, s.incident(ts)["id"])
    await s.presses(NURSE, note, "not_patient")
    assert s.text(ts) == words
    assert (s.incident(ts)["state"], s.incident(ts)["decision"]) == ("restored", None)
    s.workspace.edit(WARD, ts, NURSE, words + f" and {NHS}")
    await s.settled()
    assert NHS not in s.text(ts)


@pytest.mark.parametrize("action", ["urgent", "not_patient", "ok", "confirm_partner", "remove_member"])
async def test_only_the_sender_may_press(s: Scene, action: str) -> None:
    ts = await s.says(NURSE, f"NHS {NHS} for discharge {action}")
    incident = s.incident(ts)["id"]
    before = s.timeline(incident)
    assert await s.forges(NURSE2, action, incident) == 200
    assert NHS not in s.text(ts)
    assert s.incident(ts)["state"] == "hidden"
    assert s.timeline(incident) == before


async def test_people_of_other_organisations_are_refused(s: Scene) -> None:
    ts = await s.says(NURSE, f"NHS {NHS} comes on Friday", HOSPICE)
    assert await s.forges(PARTNER, "not_patient", s.incident(ts)["id"], HOSPICE) == 403
    assert s.incident(ts)["state"] == "hidden"


async def test_an_unknown_incident_changes_nothing(s: Scene) -> None:
    assert await s.forges(NURSE, "urgent", "no-such-incident") == 200
    assert "settled already" in json.dumps(s.notes(NURSE)[-1].body)


async def test_a_second_press_changes_nothing(s: Scene) -> None:
    ts = await s.says(NURSE, f"NHS {NHS} for discharge")
    incident = s.incident(ts)["id"]
    await s.forges(NURSE, "urgent", incident)
    for again in ("urgent", "not_patient"):
        await s.forges(NURSE, again, incident)
    assert s.timeline(incident).count("restoring") == 1


# --- review ------------------------------------------------------------------------------------------------


async def test_a_reviewer_s_decisions_bring_back_or_keep_hidden(s: Scene) -> None:
    wrong = await s.says(NURSE, f"Asset tag NHS {NHS}")
    urgent = await s.says(NURSE, f"Crash call NHS {NHS}")
    await s.forges(NURSE, "urgent", s.incident(urgent)["id"])
    async with s.console("reviewer") as http:
        await s.decides(http, s.incident(wrong)["id"], "false_positive")
        await s.decides(http, s.incident(urgent)["id"], "legitimate_care")
    assert s.text(wrong) == f"Asset tag NHS {NHS}"
    assert "restored_decision" in s.timeline(s.incident(wrong)["id"])
    assert len(s.incidents(wrong)) == 1
    # Decided while it was shown for urgent care: the time runs out all the same.
    await s.stage.stop_bot()
    await s.restarts_after_every_timer()
    assert s.text(urgent) == "Crash call NHS [hidden]"
    assert s.incident(urgent)["state"] == "decided"
    assert NHS in s.text(wrong)


# --- an outsider joins ---------------------------------------------------------------------------------


async def test_an_outsider_is_told_of_at_once_and_makes_hiding_stricter(s: Scene) -> None:
    before = await s.says(SISTER, "New starter joins Thursday")
    outsider = s.workspace.invite("Una Farr", "una.farr@elsewhere.example")
    s.workspace.join(WARD, outsider.id, SISTER)
    await s.settled()
    (incident,) = s.incidents(sender=outsider.id)
    for reader in (SISTER, "U0IGOFFCR"):
        assert incident["id"] in s.told(reader)
        assert "remove_member" in s.told(reader)
    ts = await s.says(NURSE, f"NHS {NHS} to theatre")
    hidden = s.incident(ts)
    assert hidden["outsiders"] == 1
    (note,) = s.notes(NURSE, hidden["id"])
    assert "1 person here is not in the staff directory" in json.dumps(note.body)
    await s.presses(NURSE, note, "not_patient")
    assert NHS not in s.text(ts)
    assert "Not shown again" in json.dumps(note.body)
    assert "disputed" in s.timeline(hidden["id"])
    s.workspace.leave(WARD, outsider.id)
    await s.settled()
    assert s.text(before)


# --- the workspace makes trouble -------------------------------------------------------------------------


async def test_throttled_calls_are_made_again_and_nothing_is_lost(s: Scene) -> None:
    s.faults.set(
        {
            "rate_limit": {
                "chat.update": [2, 0.2],
                "chat.postEphemeral": [1, 0.2],
                "conversations.history": [1, 3.2],
            }
        }
    )
    ts = await s.says(NURSE, f"NHS {NHS} for discharge")
    assert NHS not in s.text(ts)
    incident = s.incident(ts)
    assert incident["state"] == "hidden"
    assert len(s.notes(NURSE, incident["id"])) == 1


async def test_a_closed_edit_window_without_another_way_is_said_honestly(s: Scene) -> None:
    s.faults.edit_window_closed = True
    try:
        ts = await s.says(NURSE, f"NHS {NHS} for discharge")
    finally:
        s.faults.edit_window_closed = False
    assert NHS in s.text(ts)
    incident = s.incident(ts)
    assert incident["state"] == "failed"
    assert s.timeline(incident["id"])[:4] == ["posted", "detected", "fallback", "failed"]
    (note,) = s.notes(NURSE, incident["id"])
    assert "could not be hidden here" in json.dumps(note.body)
    s.workspace.edit(WARD, ts, NURSE, "Bed 2 for discharge")
    await s.settled()
    assert s.incident(ts)["state"] == "hidden"
    assert s.timeline(incident["id"])[-1] == "mended"


async def test_what_was_said_while_the_bot_was_dead_is_hidden_soon_after_it_starts(s: Scene) -> None:
    await s.says(NURSE, "Morning all")
    await asyncio.sleep(1.0)
    await s.stage.kill_bot()
    message = s.workspace.post(WARD, NURSE, f"NHS {NHS} while nobody listens")
    s.faults.events_lost = 1
    lost = s.workspace.post(WARD, NURSE, f"NHS {NHS} and nobody ever will")
    await asyncio.sleep(0.3)
    await s.stage.start_bot()
    started = time.time()
    for _ in range(400):
        if NHS not in s.text(lost.ts) + s.text(message.ts):
            break
        await asyncio.sleep(0.05)
    assert "[hidden]" in s.text(message.ts)
    assert "[hidden]" in s.text(lost.ts)
    # Slack would have come again after a minute, and never with the second.
    assert s.message(lost.ts).versions[-1].since - started < 10


async def test_what_slack_says_that_it_dropped_is_read_from_then_on(s: Scene) -> None:
    s.faults.events_lost = 1
    lost = s.workspace.post(WARD, NURSE, f"NHS {NHS} dropped by Slack")
    await s.says(NURSE, "A later message, which moves the watermark on")
    assert NHS in s.text(lost.ts)
    s.stage.sandbox.delivery.announce_rate_limit()
    await s.settled()
    assert s.text(lost.ts) == "NHS [hidden] dropped by Slack"


async def test_commands_answer_only_who_asked(s: Scene) -> None:
    desk = s.stage.sandbox.interactivity
    for asked, said in (
        ("who", "staff here"),
        ("status", "Chaperone is working here"),
        ("", "/chaperone who"),
    ):
        assert await desk.command(NURSE2, s.workspace.channels[WARD], "/chaperone", asked) == 200
        await s.settled()
        assert said in json.dumps([n.body for n in s.notes(NURSE2)])
    assert "staff here" not in json.dumps([n.body for n in s.notes(SISTER)])


async def test_who_names_people_to_the_owner_alone(s: Scene) -> None:
    desk, owner = s.stage.sandbox.interactivity, s.workspace.channels[WARD].creator
    for asks in (owner, next(m for m in s.workspace.channels[WARD].members if m != owner)):
        assert await desk.command(asks, s.workspace.channels[WARD], "/chaperone", "who") == 200
        await s.settled()
        said = json.dumps([n.body for n in s.notes(asks)])
        assert "Who belongs: Staff, partners in the register" in said
        assert (f"<@{owner}>" in said) is (asks == owner)


async def test_a_tombstone_of_a_thread_s_first_message_is_no_message(s: Scene) -> None:
    parent = await s.says(NURSE, f"NHS {NHS} opens a thread")
    await s.says(NURSE2, "and a reply", thread_ts=parent)
    s.workspace.delete(WARD, parent, NURSE)
    await s.settled()
    assert len(s.incidents(parent)) == 1
