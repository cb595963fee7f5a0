"""What was said while nobody listened is found: in order, once, whatever became of it, and where nobody spoke before."""

from datetime import UTC, datetime, timedelta

from connectors.interface import Delivery, DeliveryGap, Event, MessageDeleted, MessageEdited, MessagePosted
from connectors.sandbox.teams.sandbox import TENANT
from connectors.teams.backfill import Backfill, moment
from tests.connectors.teams.bench import NURSE, SISTER, SOCIAL, Bench, bench


async def missed(teams: Bench, since: str, place: str = SOCIAL) -> list[Delivery]:
    return [d async for d in teams.platform.missed(teams.at(place), since)]


def read(teams: Bench, deliveries: list[Delivery]) -> list[Event]:
    return [e for d in deliveries for e in teams.platform.translate(d)]


def test_a_watermark_is_a_messages_id_or_a_moment_in_seconds() -> None:
    at = datetime(2026, 11, 22, 8, 0, 0, 123000, tzinfo=UTC)
    assert moment("1795334400123") == at
    assert moment("1795334400.123456") == at - timedelta(milliseconds=1)


async def test_what_was_heard_live_is_a_repeat() -> None:
    async with bench() as teams:
        before = await teams.say("before")
        parent = await teams.say("heard")
        await teams.say("a reply", thread=parent.ts)
        await teams.events()
        kept = len(teams.inbox.kept)
        found = await missed(teams, before.ts)
        assert len(found) == 2
        assert [await teams.inbox.accept(d) for d in found] == [False, False]
        assert len(teams.inbox.kept) == kept


async def test_edits_deletions_and_replies_of_old_threads_are_found_in_order() -> None:
    async with bench() as teams:
        old = await teams.say("an old thread")
        edited, deleted = await teams.say("to be edited"), await teams.say("to be deleted")
        await teams.events()
        since = f"{datetime.now(UTC).timestamp():.6f}"
        reply = await teams.say("late reply", thread=old.ts)
        ts = {m.versions[0].body["text"]: m.ts for m in teams.workspace.channels[SOCIAL].messages.values()}
        teams.workspace.edit(SOCIAL, ts["to be edited"], NURSE, "edited: 943 476 5919")
        teams.workspace.delete(SOCIAL, ts["to be deleted"], NURSE)
        events = read(teams, await missed(teams, since))
        by = {type(e): e for e in events}
        assert set(by) == {MessageEdited, MessageDeleted, MessagePosted}
        posted, changed, gone = by[MessagePosted], by[MessageEdited], by[MessageDeleted]
        assert isinstance(posted, MessagePosted)
        assert posted.message.ref == reply
        assert isinstance(changed, MessageEdited)
        assert (changed.message.ref, changed.real) == (edited, True)
        assert isinstance(gone, MessageDeleted)
        assert gone.ref.ts == deleted.ts
        assert [e for e in events if isinstance(e, MessagePosted)][-1] is events[-1]


async def test_a_chats_history_is_read_by_the_page() -> None:
    async with bench() as teams:
        chat, _ = teams.workspace.open_direct([NURSE, SISTER, "U0ADMIN01"])
        teams.place = chat.id
        first = await teams.say("before")
        said = [(await teams.say(f"message {n}")).ts for n in range(120)]
        events = read(teams, await missed(teams, first.ts, chat.id))
        assert [e.message.ref.ts for e in events if isinstance(e, MessagePosted)] == said


async def test_a_gap_is_told_and_filled_also_where_nobody_had_spoken() -> None:
    async with bench() as teams:
        teams.teams.faults.notifications_lost = 1
        chat, _ = teams.workspace.open_direct([NURSE, SISTER, "U0ADMIN01"])
        teams.place = chat.id
        lost = await teams.say("nobody heard this")
        assert not [e for e in await teams.events() if isinstance(e, MessagePosted)]
        held = next(iter(teams.teams.notifier.subscriptions))
        assert await teams.teams.notifier.lifecycle(held, "subscriptionRemoved")
        await teams.tend()
        events = await teams.events()
        assert [e.tenant for e in events if isinstance(e, DeliveryGap)] == [TENANT]
        assert [e.message.ref for e in events if isinstance(e, MessagePosted)] == [lost]
        await teams.tend()
        assert await teams.events() == []


async def test_installed_only_each_channel_is_subscribed_to_and_read() -> None:
    async with bench("rsc") as teams:
        refused = await teams.tend()
        resources = {s.given["resource"] for s in teams.teams.notifier.live()}
        team, thread = teams.at(SOCIAL).id.split("/")
        assert resources == {f"/teams/{team}/members", f"/teams/{team}/channels/{thread}/messages"}
        assert refused == ()
        before = await teams.say("before")
        await teams.say("after")
        assert len(await missed(teams, before.ts)) == 1


async def test_an_export_is_asked_for_with_the_model_that_is_set() -> None:
    async with bench() as teams:
        await teams.say("said")
        since = datetime.now(UTC) - timedelta(hours=1)
        backfill = Backfill(teams.platform._graph, model="B")
        team = teams.at(SOCIAL).id.partition("/")[0]
        assert [d async for d in backfill.team(TENANT, team, since)]
