"""What was said while nobody listened."""

from connectors.interface import DeliveryGap, Event, MemberJoined, MessageEdited, MessagePosted
from connectors.sandbox.tokens import Grants
from connectors.slack import catchup
from connectors.slack.catchup import CatchUp, Pace
from tests.connectors.slack.bench import NURSE, PARTNER, WARD, Bench, bench


async def missed(slack: Bench, since: str) -> list[Event]:
    found = [d async for d in slack.platform.missed(slack.channel, since)]
    fresh = [d for d in found if await slack.inbox.accept(d)]
    return [e for d in fresh for e in slack.platform.translate(d)]


def texts(events: list[Event]) -> list[str]:
    return [e.message.parts[0].text for e in events if isinstance(e, MessagePosted | MessageEdited)]


async def test_what_arrived_is_not_found_again(slack: Bench) -> None:
    """The rebuilt deliveries carry the keys of the live ones."""
    first = await slack.say("first")
    reply = await slack.say("reply", thread=first.ts)
    slack.workspace.edit(slack.place, reply.ts, NURSE, "edited reply")
    file = slack.workspace.add_file(NURSE, "a.txt", b"x", "text/plain")
    await slack.say("with a file", files=[file])
    slack.workspace.join(slack.place, "U0OUTSIDE", NURSE)
    assert len(await slack.events()) >= 5
    assert await missed(slack, "0") == []


async def test_what_never_arrived_is_found(slack: Bench) -> None:
    before = await slack.say("before")
    resting = await slack.say("a reply", thread=before.ts)
    last_seen = await slack.say("last seen")
    await slack.events()
    slack.served.faults.events_lost = 100
    slack.workspace.edit(slack.place, resting.ts, NURSE, "a reply, edited meanwhile")
    await slack.say("lost")
    await slack.say("lost reply", thread=before.ts)
    slack.workspace.edit(slack.place, before.ts, NURSE, "edited meanwhile")
    slack.workspace.join(slack.place, "U0OUTSIDE", NURSE)
    last = await slack.say("edited twice")
    slack.workspace.edit(slack.place, last.ts, NURSE, "edited since")
    found = await missed(slack, last_seen.ts)
    lost = {"lost", "lost reply", "edited meanwhile", "edited since", "a reply, edited meanwhile"}
    assert set(texts(found)) == lost
    assert [e.user for e in found if isinstance(e, MemberJoined)] == ["U0OUTSIDE"]


async def test_an_unfurl_in_the_gap_is_found(slack: Bench) -> None:
    ref = await slack.say("look <https://ward.example/1>")
    await slack.events()
    slack.served.faults.events_lost = 1
    slack.workspace.unfurl(
        slack.place, ref.ts, [{"id": 1, "text": "a preview", "from_url": "https://ward.example/1"}]
    )
    found = await missed(slack, "")
    assert "a preview" in [p.text for e in found if isinstance(e, MessagePosted) for p in e.message.parts]


async def test_pages_are_walked_to_their_end(slack: Bench) -> None:
    for n in range(7):
        await slack.say(f"message {n}")
    await slack.served.settled()
    platform = slack.platform
    short = CatchUp(platform._web, platform._tokens, platform._people, Pace(3, 0.0, 60.0, 60.0), b"k" * 32)
    found = [d async for d in short.missed(slack.channel, "")]
    assert len({d.keys for d in found}) == len(found) == 7


async def test_the_slow_mode_keeps_to_slacks_limit() -> None:
    assert (catchup.SLOW.page, catchup.SLOW.seconds) == (15, 60.0)
    async with bench(Grants(), history_mode="slow") as slack:
        for n in range(20):
            await slack.say(f"message {n}")
        await slack.served.settled()
        slack.served.faults.history_limited = True
        walk = slack.platform.missed(slack.channel, "")
        first = [await anext(walk) for _ in range(15)]  # one call's worth; the next would wait a minute
        await walk.aclose()  # type: ignore[attr-defined]
        assert [texts(list(slack.platform.translate(d))) for d in first][0] == ["message 5"]


async def test_slack_says_itself_that_it_dropped_events(slack: Bench) -> None:
    slack.served.sandbox.delivery.announce_rate_limit()
    (gap,) = await slack.events()
    assert isinstance(gap, DeliveryGap)


async def test_the_same_event_under_many_ids_is_kept_once(slack: Bench) -> None:
    slack.served.faults.events_repeated = 10
    await slack.say("eleven times")
    assert texts(await slack.events()) == ["eleven times"]


async def test_recent_messages_of_a_conversation_and_of_a_thread(slack: Bench) -> None:
    slack.place = WARD
    refs = [await slack.say(f"message {n}") for n in range(5)]
    replies = [await slack.say(f"reply {n}", thread=refs[0].ts) for n in range(4)]
    recent = await slack.platform.recent(refs[4], 2)
    assert [m.parts[0].text for m in recent] == ["message 2", "message 3"]
    thread = await slack.platform.recent(replies[3], 3)
    assert [m.parts[0].text for m in thread] == ["reply 0", "reply 1", "reply 2"]


async def test_an_outsider_in_history_is_still_an_outsider(slack: Bench) -> None:
    slack.place, slack.author = "C0HOSPICE", PARTNER
    slack.served.faults.events_lost = 1
    await slack.say("from the hospice")
    (found,) = await missed(slack, "")
    assert isinstance(found, MessagePosted)
    assert found.message.sender_is_external
