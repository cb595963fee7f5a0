"""Hiding on Teams, over the wire: blocked for readers, a copy in the thread, undone, finished, contested."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.interface import (
    Edit,
    HidingContested,
    Message,
    MessageEdited,
    MessagePosted,
    Reach,
    ReachFailed,
    Unavailable,
)
from connectors.sandbox.teams.sandbox import TENANT, TENANT_WIDE
from tests.connectors.contract import IDENTIFIER, SAID, edits, found
from tests.connectors.teams.bench import HOSPICE, NURSE, PARTNER, SISTER, SOCIAL, WARD, Bench, bench

HIDE = Reach.POLICY_HIDE


@pytest.fixture
async def teams() -> AsyncIterator[Bench]:
    async with bench() as ready:
        yield ready


async def said(teams: Bench, text: str = SAID, **more: Any) -> Message:
    await teams.say(text, **more)
    return found(await teams.events())


def copies(teams: Bench) -> list[str]:
    """What the bot says in the channel now."""
    every = teams.workspace.channels[teams.place].messages.values()
    return [str(m.body) for m in every if m.user == teams.workspace.app.user and m.body]


@pytest.mark.parametrize("reply", [False, True])
async def test_in_a_channel_the_copy_stands_in_the_same_thread(teams: Bench, reply: bool) -> None:
    parent = await teams.say("first")
    await teams.events()
    message = await said(teams, thread=parent.ts if reply else None)
    hidden = await teams.platform.redact(message, edits(message), HIDE)
    assert hidden.place.thread == (parent.ts if reply else message.ref.ts)
    now = await teams.platform.read(message.ref)
    assert now is not None
    assert now.hidden
    copy = await teams.platform.read(hidden.place)
    assert copy is not None
    assert copy.is_bot
    assert not copy.hidden
    assert "[NHS number hidden]" in copy.parts[0].text
    assert "Elin Pritchard" in copy.parts[0].text
    assert hidden.raw == {"how": "block", "copied": True}


async def test_a_chat_message_is_hidden_in_its_chat() -> None:
    async with bench() as teams:
        chat, _ = teams.workspace.open_direct([NURSE, SISTER, "U0ADMIN01"])
        await teams.teams.install(chat.id)
        teams.place = chat.id
        await teams.events()
        message = await said(teams)
        assert message.ref.thread is None
        assert message.ref.channel.id.startswith("19:")
        hidden = await teams.platform.redact(message, edits(message), HIDE)
        assert IDENTIFIER not in teams.readable(message.ref) + teams.readable(hidden.place)


async def test_where_the_bot_does_not_stand_the_message_is_hidden_all_the_same(teams: Bench) -> None:
    teams.place = WARD
    message = await said(teams)
    hidden = await teams.platform.redact(message, edits(message), HIDE)
    assert hidden.raw["copied"] is False
    assert hidden.place == message.ref
    assert IDENTIFIER not in teams.readable(message.ref)


async def test_our_own_echoes_are_no_news(teams: Bench) -> None:
    message = await said(teams)
    hidden = await teams.platform.redact(message, edits(message), HIDE)
    await teams.platform.restore(message, hidden, "")
    await teams.platform.redact(message, edits(message), HIDE)
    later = await teams.events()
    assert not [e for e in later if isinstance(e, MessagePosted)]
    # Graph tells of the restoring as of any change; it is no edit of anybody's.
    assert not [e for e in later if isinstance(e, MessageEdited) and e.real]


async def test_restoring_shows_the_original_and_takes_the_copy_away(teams: Bench) -> None:
    message = await said(teams)
    hidden = await teams.platform.redact(message, edits(message), HIDE)
    assert len(copies(teams)) == 1
    back = await teams.platform.restore(message, hidden, "Restored by IG")
    assert back == message.ref
    assert SAID in teams.readable(message.ref)
    assert copies(teams) == []


async def test_a_hiding_that_was_cut_off_is_finished_once(teams: Bench) -> None:
    message = await said(teams)
    assert await teams.platform.finish(message, edits(message), "", HIDE) is None
    teams.teams.faults.connector = [503] * 3
    with pytest.raises(Unavailable):
        await teams.platform.redact(message, edits(message), HIDE)
    teams.teams.faults.connector = []
    assert IDENTIFIER not in teams.readable(message.ref)
    first = await teams.platform.finish(message, edits(message), "", HIDE)
    again = await teams.platform.finish(message, edits(message), "", HIDE)
    assert first is not None
    assert first == again
    assert len(copies(teams)) == 1


async def test_another_organisations_sender_in_a_chat_cannot_be_reached(teams: Bench) -> None:
    teams.place, teams.user = HOSPICE, PARTNER
    chat, _ = teams.workspace.open_direct([NURSE, PARTNER, SISTER])
    await teams.teams.install(chat.id)
    teams.place = chat.id
    await teams.events()
    message = await said(teams)
    answer = next(
        a for a in await teams.platform.reaches(message.ref.channel, message.sender) if a.reach is HIDE
    )
    assert answer.available is False
    assert "another organisation" in answer.why
    assert answer.theirs
    with pytest.raises(ReachFailed):
        await teams.platform.redact(message, edits(message), HIDE)
    known = await teams.platform.read(message.ref)
    assert known is not None
    assert known.sender_is_external
    with pytest.raises(ReachFailed, match="another organisation"):
        await teams.platform.redact(known, edits(known), HIDE)
    assert SAID in teams.readable(message.ref)


async def test_what_somebody_anonymous_says_in_a_meeting_is_left_to_graph_to_refuse(teams: Bench) -> None:
    chat, _ = teams.workspace.open_direct([NURSE, SISTER, "U0ADMIN01"], TENANT)
    teams.teams.estate.anonymous.add(SISTER)
    teams.teams.estate.meetings.add(chat.id)
    await teams.teams.install(chat.id)
    teams.place, teams.user = chat.id, SISTER
    await teams.events()
    message = await said(teams)
    known = await teams.platform.read(message.ref)
    assert known is not None
    assert known.sender_is_external
    await teams.platform.redact(known, edits(known), HIDE)
    assert IDENTIFIER not in teams.readable(message.ref)


async def test_a_sender_who_shows_it_again_is_told_of(teams: Bench) -> None:
    message = await said(teams)
    await teams.platform.redact(message, edits(message), HIDE)
    await teams.events()
    every = teams.workspace.channels[SOCIAL].messages.values()
    ts = next(m.ts for m in every if SAID in str(m.versions[0].body))
    teams.teams.people.override(SOCIAL, ts, justification="bed manager needs it")
    (event,) = await teams.events()
    assert isinstance(event, HidingContested)
    assert (event.user, event.what, event.reason) == (message.sender, "shown", "bed manager needs it")
    now = await teams.platform.read(message.ref)
    assert now is not None
    assert not now.hidden


async def test_a_copy_in_which_more_was_found_is_changed_in_place(teams: Bench) -> None:
    message = await said(teams)
    hidden = await teams.platform.redact(message, edits(message), HIDE)
    copy = await teams.platform.read(hidden.place)
    assert copy is not None
    (part,) = [p for p in copy.parts if "BP 90/60" in p.text]
    at = part.text.index("BP")
    twice = await teams.platform.redact(copy, [Edit(part.location, at, at + 8, "[hidden]")], HIDE)
    assert twice.place == hidden.place
    now = await teams.platform.read(hidden.place)
    assert now is not None
    assert "BP 90/60" not in now.parts[0].text
    assert now.parts[0].text.count("identifiers hidden by Chaperone") == 1


async def test_nothing_is_tried_where_only_the_app_is_installed() -> None:
    async with bench("rsc") as teams:
        message = await said(teams)
        with pytest.raises(ReachFailed, match="consent"):
            await teams.platform.hide(message, "Hidden", HIDE)
        assert SAID in teams.readable(message.ref)
        answers = await teams.platform.reaches(teams.channel, "")
        assert [a.reach for a in answers if a.available] == [Reach.WARN_ONLY]


async def test_a_refusal_of_graphs_is_a_reach_that_failed() -> None:
    """Consent was taken back, or never given for hiding."""
    async with bench(roles=TENANT_WIDE - {"ChannelMessage.UpdatePolicyViolation.All"}) as teams:
        message = await said(teams)
        with pytest.raises(ReachFailed, match="does not let"):
            await teams.platform.redact(message, edits(message), HIDE)
        assert SAID in teams.readable(message.ref)
        assert copies(teams) == []
