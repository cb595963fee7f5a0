"""What every chat platform must do, whichever it is; run over a real one on loopback.

A platform's tests subclass `Contract` and give a `stage` fixture.
"""

from typing import Protocol

import pytest

from connectors.interface import (
    Button,
    Channel,
    ChatPlatform,
    Edit,
    Event,
    Message,
    MessageEdited,
    MessagePosted,
    MessageRef,
    Note,
    NotePlace,
    Reach,
    ReachFailed,
    Refused,
    Unavailable,
)

SAID = "Obs for 943 476 5919: BP 90/60 😀, please review"
IDENTIFIER = "943 476 5919"


class Stage(Protocol):
    """A workspace with the platform under test standing in it. `reach` is what was granted there."""

    platform: ChatPlatform
    channel: Channel
    author: str
    reach: Reach

    async def say(self, text: str, thread: str | None = None) -> MessageRef: ...

    async def events(self) -> list[Event]:
        """What has arrived at the platform since the last call, translated."""

    def readable(self, ref: MessageRef) -> str:
        """All that members can read at this place now; "" when nothing stands there."""

    def whispered(self, user: str) -> str:
        """All that this person was shown privately."""

    def unreachable(self, on: bool) -> None: ...


def found(events: list[Event]) -> Message:
    return next(e.message for e in events if isinstance(e, MessagePosted))


def edits(message: Message, by: str = "[NHS number hidden]") -> list[Edit]:
    cuts = []
    for part in message.parts:
        at = part.text.find(IDENTIFIER)
        if at >= 0:
            cuts.append(Edit(part.location, at, at + len(IDENTIFIER), by))
    return cuts


class Contract:
    async def test_a_message_arrives_as_it_was_said(self, stage: Stage) -> None:
        ref = await stage.say(SAID)
        message = found(await stage.events())
        assert (message.ref, message.sender) == (ref, stage.author)
        assert all(part.text == SAID for part in message.parts)
        assert not message.sender_is_external
        assert IDENTIFIER not in repr(message)

    async def test_reading_gives_what_stands_there(self, stage: Stage) -> None:
        ref = await stage.say(SAID)
        message = await stage.platform.read(ref)
        assert message is not None
        assert (message.ref.ts, message.sender) == (ref.ts, stage.author)
        assert {p.text for p in message.parts} == {SAID}

    async def test_a_reply_is_read_in_its_thread(self, stage: Stage) -> None:
        parent = await stage.say("first")
        reply = await stage.say(SAID, thread=parent.ts)
        assert reply.thread == parent.ts
        message = await stage.platform.read(reply)
        assert message is not None
        assert {p.text for p in message.parts} == {SAID}

    async def test_a_message_that_never_was_reads_as_gone(self, stage: Stage) -> None:
        assert await stage.platform.read(MessageRef(stage.channel, "1000000000.000100")) is None

    async def test_the_granted_reach_is_said_to_work_and_every_answer_says_why(self, stage: Stage) -> None:
        answers = await stage.platform.reaches(stage.channel, stage.author)
        assert next(a for a in answers if a.available).reach is stage.reach
        assert [a.reach for a in answers] == sorted((a.reach for a in answers), key=list(Reach).index)
        assert all(a.why for a in answers)

    async def test_redacting_hides_the_identifier_and_keeps_the_sentence(self, stage: Stage) -> None:
        if stage.reach is Reach.WARN_ONLY:
            pytest.skip("nothing can be hidden here")
        ref = await stage.say(SAID)
        message = found(await stage.events())
        hidden = await stage.platform.redact(message, edits(message), stage.reach)
        assert hidden.reach is stage.reach
        assert IDENTIFIER not in stage.readable(ref) + stage.readable(hidden.place)
        assert SAID.replace(IDENTIFIER, "[NHS number hidden]") in stage.readable(hidden.place)
        again = await stage.platform.read(hidden.place)
        assert again is not None
        assert not [p for p in again.parts if IDENTIFIER in p.text]
        assert IDENTIFIER not in str(hidden.raw)

    async def test_what_we_did_ourselves_is_not_news(self, stage: Stage) -> None:
        if stage.reach is Reach.WARN_ONLY:
            pytest.skip("nothing can be hidden here")
        await stage.say(SAID)
        message = found(await stage.events())
        await stage.platform.redact(message, edits(message), stage.reach)
        later = await stage.events()
        assert not [e for e in later if isinstance(e, MessagePosted)]
        assert not [e for e in later if isinstance(e, MessageEdited) and IDENTIFIER in str(e.message.raw)]

    async def test_hiding_leaves_only_the_notice(self, stage: Stage) -> None:
        if stage.reach is Reach.WARN_ONLY:
            pytest.skip("nothing can be hidden here")
        ref = await stage.say(SAID)
        message = found(await stage.events())
        hidden = await stage.platform.hide(message, "Hidden & kept by IG", stage.reach)
        assert "BP 90/60" not in stage.readable(ref) + stage.readable(hidden.place)
        assert "kept by IG" in stage.readable(hidden.place)

    @pytest.mark.parametrize("whole", [False, True])
    async def test_restoring_brings_the_exact_original_back(self, stage: Stage, whole: bool) -> None:
        if stage.reach is Reach.WARN_ONLY:
            pytest.skip("nothing can be hidden here")
        await stage.say(SAID)
        message = found(await stage.events())
        platform = stage.platform
        hidden = (
            await platform.hide(message, "Hidden", stage.reach)
            if whole
            else await platform.redact(message, edits(message), stage.reach)
        )
        back = await platform.restore(message, hidden, "Restored by IG")
        assert SAID in stage.readable(back)

    async def test_a_reach_that_was_not_granted_fails_and_changes_nothing(self, stage: Stage) -> None:
        ref = await stage.say(SAID)
        message = found(await stage.events())
        for answer in await stage.platform.reaches(stage.channel, stage.author):
            if answer.available is False:
                with pytest.raises(ReachFailed):
                    await stage.platform.redact(message, edits(message), answer.reach)
        with pytest.raises(ReachFailed):
            await stage.platform.redact(message, edits(message), Reach.WARN_ONLY)
        assert SAID in stage.readable(ref)

    async def test_a_note_is_private_and_in_the_right_thread(self, stage: Stage) -> None:
        parent = await stage.say("first")
        note = Note("Please take the number out.", (Button("restore", "Not a patient", "42"),), "Chaperone")
        place = await stage.platform.note(stage.channel, stage.author, parent.ts, note)
        assert (place.kind, place.user) == ("private", stage.author)
        assert "take the number out" in stage.whispered(stage.author)
        assert "take the number out" not in stage.readable(parent)
        assert await stage.platform.noted(place, "n1") is None

    async def test_a_direct_note_can_be_found_again_by_its_key(self, stage: Stage) -> None:
        tenant = stage.channel.tenant
        place = await stage.platform.tell(tenant, stage.author, Note("Please look.", key="incident-7"))
        assert place.kind == "direct"
        assert await stage.platform.noted(place, "incident-7") is True
        assert await stage.platform.noted(place, "incident-8") is False
        lost = NotePlace("direct", Channel(place.channel.platform, tenant, ""), stage.author, "")
        assert await stage.platform.noted(lost, "incident-7") is True

    async def test_who_is_there(self, stage: Stage) -> None:
        members = await stage.platform.members(stage.channel)
        author = next(m for m in members if m.user == stage.author)
        assert author == await stage.platform.account(stage.channel.tenant, stage.author)
        assert author.name
        assert "@" in author.email
        where = await stage.platform.conversation(stage.channel)
        assert where.channel == stage.channel
        assert where.channel in [c.channel for c in await stage.platform.conversations(stage.channel.tenant)]

    async def test_an_unknown_account_is_refused_and_an_outage_is_not(self, stage: Stage) -> None:
        with pytest.raises(Refused):
            await stage.platform.account(stage.channel.tenant, "UNOBODY")
        stage.unreachable(True)
        with pytest.raises(Unavailable):
            await stage.platform.account(stage.channel.tenant, "USOMEBODY")
        stage.unreachable(False)

    async def test_what_was_missed_is_found_in_order_with_its_threads(self, stage: Stage) -> None:
        before = await stage.say("before")
        parent = await stage.say("parent")
        reply = await stage.say("reply", thread=before.ts)
        last = await stage.say("last")
        rebuilt = [d async for d in stage.platform.missed(stage.channel, before.ts)]
        refs = [
            e.message.ref.ts
            for d in rebuilt
            for e in stage.platform.translate(d)
            if isinstance(e, MessagePosted)
        ]
        assert set(refs) == {parent.ts, reply.ts, last.ts}
        assert refs.index(parent.ts) < refs.index(last.ts)
        lane = {d.lane for d in rebuilt}
        assert len(lane) == 1
        assert stage.channel.id in lane.pop()
