"""The queue, the story of an event, and what a reviewer does with it."""

import html
import json
import re

import httpx
import pytest
from sqlalchemy import delete, select, update

from bot.incidents.ledger import Ledger
from bot.store import tables as t
from tests.bot.console.conftest import House
from tests.bot.console.seed import MASKED, NOW, NUMBER, ORIGINAL, SENDER, a_file, hidden, joined, opening

ONE = "/events/aaaa00000001"
RAW = (NUMBER, "Zebedee", "Plumtree", SENDER)
"""What no page may show: the patient, and the sender's account id."""


async def token(client: httpx.AsyncClient) -> str:
    return (await client.get("/")).text.split('name="csrf" value="')[1].split('"')[0]


async def send(client: httpx.AsyncClient, path: str, **data: str) -> httpx.Response:
    return await client.post(path, data={"csrf": await token(client), **data})


def shown_ids(page: str) -> list[str]:
    return re.findall(r'<a href="/events/(\w+)"', page)


def text_of(page: str) -> str:
    """What a reader hears: without the headings that tables repeat for narrow screens."""
    page = re.sub(r'<span class="nhsuk-table-responsive__heading" aria-hidden="true">[^<]*</span>', "", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_queue_is_by_risk_then_age(house: House) -> None:
    await hidden(house.store, house.keys, house.clock, "aaaa00000005", NOW - 9000)
    async with house.as_("reviewer") as client:
        ids = shown_ids((await client.get("/")).text)
    assert ids == [f"aaaa0000000{n}" for n in (2, 5, 1, 3, 4)]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("state=failed", "2"), ("state=readable", "2"), ("state=hidden", "13"), ("state=all", "2134"),
        ("kind=DOB", "3"), ("kind=NHS_NUMBER", "21"), ("kind=%27%20OR%201=1", "2134"), ("channel=C-CLINIC", "3"),
        ("action=observe", "4"), ("label=weak", "3"), ("outsiders=yes", "21"),
        ("since=2026-03-14", "214"), ("until=2026-03-13", "3"), ("since=2026-03-14&until=2026-03-14", "214"),
        ("since=nonsense", "2134"), ("state=decided", ""), ("state=nonsense", "2134"), ("page=99", "2134"),
    ],
)  # fmt: skip
async def test_filters_are_in_the_url(house: House, query: str, ids: str) -> None:
    async with house.as_("reviewer") as client:
        page = await client.get(f"/?{query}")
    assert [i[-1] for i in shown_ids(page.text)] == list(ids)


async def test_pages_follow_each_other(house: House) -> None:
    for n in range(30):
        await hidden(house.store, house.keys, house.clock, f"bbbb{n:08}", NOW - n, risk=50)
    async with house.as_("reviewer") as client:
        first = await client.get("/?state=all")
        second = await client.get(
            re.search(r'href="(/\?[^"]*page=2[^"]*)"', first.text)[1].replace("&amp;", "&")
        )  # type: ignore[index]
    ids = shown_ids(first.text) + shown_ids(second.text)
    assert len(ids) == len(set(ids)) == 34


async def test_clinicians_see_their_own_events_and_no_others(house: House) -> None:
    async with house.as_("clinician") as client:
        assert "aaaa00000003" not in shown_ids((await client.get("/?state=all")).text)
        assert len(shown_ids((await client.get("/?state=all")).text)) == 3
        assert (await client.get("/events/aaaa00000003")).status_code == 404
        page = (await client.get(ONE)).text
        assert "Posted by you" in text_of(page)
        assert "Save the decision" not in page
    nobody = update(t.account).where(t.account.c.name == "clinician").values(platform_user="")
    await house.store.write(lambda c: c.execute(nobody))
    await Ledger(house.store, house.keys, house.clock).open(opening(NOW, sender=""), "aaaa00000009")
    async with house.as_("clinician") as client:
        assert shown_ids((await client.get("/?state=all")).text) == []
        assert (await client.get("/events/aaaa00000009")).status_code == 404


async def test_story_of_an_event(house: House) -> None:
    async with house.as_("reviewer") as client:
        page = (await client.get(ONE)).text
    text = text_of(page)
    assert html.escape(MASKED) in page, "masked, and escaped"
    for words in (
        "430 ms", "3 people", "1 of them not staff", "NHS number almost certain (99 in 100)", "its check digit is right, “NHS” before it",
        "+0 ms", "+250 ms", "+430 ms", "+500 ms", "+900 ms", "Edited as its author", "Rowan Tansley", "Ben Whitlock",
        "Push and email notifications", "Clinical team", "An NHS number with a name identifies somebody.",
        "14 March 2026 at 07:20", "Not in the staff directory: 1",
    ):  # fmt: skip
        assert words in text, words


async def test_a_failure_says_that_it_is_still_readable(house: House) -> None:
    async with house.as_("reviewer") as client:
        text = text_of((await client.get("/events/aaaa00000002")).text)
    assert "Still readable" in text
    assert "Could not be hidden" in text
    assert "the platform answered “cant_update_message”" in text


@pytest.mark.parametrize("role", ["reviewer", "admin", "auditor", "clinician"])
async def test_no_page_shows_the_patient_or_the_sender(house: House, role: str) -> None:
    """Follows every link from every page, as each role."""
    async with house.as_(role) as client:
        await send(client, f"{ONE}/decision", decision="near_miss", reason="a locum was still here")
        waiting, seen = ["/", "/?state=all", "/audit.csv"], set[str]()
        while waiting:
            path = html.unescape(waiting.pop())
            if path in seen or path.startswith("/assets"):
                continue
            seen.add(path)
            assert not any(raw in path for raw in RAW)
            answer = await client.get(path)
            # The sheet of who has access names every account, and nothing of any event.
            kept = [raw for raw in RAW if raw != SENDER] if path == "/membership/access.csv" else RAW
            assert not [raw for raw in kept if raw in answer.text], path
            waiting += re.findall(r'href="(/[^"]*)"', answer.text)
        assert len(seen) > 5


async def test_identity_opens_with_a_reason_for_one_reviewer(house: House) -> None:
    async with house.as_("reviewer") as client:
        assert "Amara Okafor" not in (await client.get(ONE)).text
        refused = await send(client, f"{ONE}/sender", why="")
        assert refused.status_code == 422
        assert "Choose why you need to know who sent it" in refused.text
        answer = await send(client, f"{ONE}/sender", why="safety", words="ward asked us to ring")
        assert answer.status_code == 303
        page = text_of((await client.get(answer.headers["location"])).text)
        assert "Sender Amara Okafor" in page
        assert (
            "Sender’s identity opened by a reviewer, Priya Lindqvist: to protect a patient’s safety" in page
        )
    async with house.as_("auditor") as other:
        assert "Amara Okafor" not in (await other.get(ONE)).text
        audit = (await other.get("/audit?what=identity")).text
        assert "reason: safety" in text_of(audit)
        assert "ward asked" not in audit


async def test_reveal_needs_a_reason_shows_once_and_is_on_record(house: House) -> None:
    async with house.as_("reviewer") as client:
        refused = await send(client, f"{ONE}/reveal", shown="0")
        assert refused.status_code == 422
        assert NUMBER not in refused.text
        form = {"csrf": await token(client), "why": "decide", "words": "is it the same person", "shown": "0"}
        answer = await client.post(f"{ONE}/reveal", data=form)
        assert answer.status_code == 200
        assert html.escape(ORIGINAL) in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["refresh"] == f"60; url={ONE}?done=masked"
        again = await client.post(f"{ONE}/reveal", data=form)
        assert (again.status_code, again.headers["location"]) == (303, f"{ONE}?done=masked")
        page = (await client.get(ONE)).text
        assert (
            "Original read by a reviewer, Priya Lindqvist: to decide on this event (“is it the same person”)"
            in text_of(page)
        )
        assert 'name="shown" value="1"' in page
    query = select(t.audit).where(t.audit.c.what == "reveal")
    rows = await house.store.read(lambda c: c.execute(query).mappings().all())
    assert [(r["actor"], r["subject"], r["detail"]["reason"]) for r in rows] == [
        ("reviewer", "aaaa00000001", "decide")
    ]
    assert "same person" not in json.dumps(rows[0]["detail"])


async def test_an_original_that_was_purged_cannot_be_revealed(house: House) -> None:
    await house.store.write(lambda c: c.execute(delete(t.quarantine)))
    async with house.as_("reviewer") as client:
        assert "it was deleted" in (await client.get(ONE)).text
        assert (await send(client, f"{ONE}/reveal", shown="0", why="decide")).status_code == 404
        assert (await send(client, "/events/none/reveal", shown="0", why="decide")).status_code == 404


async def test_a_decision_is_kept_with_its_reason_and_history(house: House) -> None:
    async with house.as_("reviewer") as client:
        for decision in ("breach_not_reportable", "breach_reportable"):
            refused = await send(client, f"{ONE}/decision", decision=decision, reason="  ")
            assert refused.status_code == 422
            assert f'value="{decision}" aria-describedby="hint-{decision}" checked' in refused.text
        assert (await send(client, f"{ONE}/decision", decision="nonsense")).status_code == 422
        assert (await send(client, "/events/none/decision", decision="near_miss")).status_code == 404
        await send(client, f"{ONE}/decision", decision="near_miss")
        answer = await send(
            client, f"{ONE}/decision", decision="breach_reportable", reason="seen by a <i>visitor</i>"
        )
        page = (await client.get(answer.headers["location"])).text
        assert "seen by a &lt;i&gt;visitor&lt;/i&gt;" in page
        assert "Report by 17 March 2026 at 09:20" in text_of(page)
        assert "Near miss (replaced by a later decision)" in text_of(page)
        assert shown_ids((await client.get("/?state=decided")).text) == ["aaaa00000001"]
    assert house.accepted == []


async def test_a_false_positive_that_is_hidden_is_handed_to_the_bot(house: House) -> None:
    async with house.as_("reviewer") as client:
        await send(client, "/events/aaaa00000002/decision", decision="false_positive")
        assert house.accepted == [], "it was never hidden"
        answer = await send(client, f"{ONE}/decision", decision="false_positive")
        assert answer.headers["location"] == f"{ONE}?done=restoring"
    (delivery,) = house.accepted
    assert (delivery.source, delivery.tenant, delivery.lane) == ("console.decision", "T1", "slack:T1:C-WARD")
    assert json.loads(delivery.body) == {
        "incident": "aaaa00000001",
        "decision": "false_positive",
        "by": "reviewer",
    }


async def test_an_event_about_somebody_who_joined(house: House) -> None:
    await joined(house.store, house.keys, house.clock, "aaaa00000007")
    async with house.as_("reviewer") as client:
        text = text_of((await client.get("/events/aaaa00000007")).text)
    for words in (
        "Who it is about Rowan Tansley",
        "Joined, Ben Whitlock",
        "Could not be removed",
        "the platform refused",
    ):
        assert words in text, words
    for words in ("Push and email", "Still readable", "Read the original", "somebody in chat"):
        assert words not in text, words


async def test_a_broken_page_says_sorry_and_gives_nothing_away(house: House) -> None:
    spoilt = update(t.incident).where(t.incident.c.id == "aaaa00000001").values(sealed_masked=b"spoilt")
    await house.store.write(lambda c: c.execute(spoilt))
    async with house.as_("reviewer") as client:
        answer = await client.get(ONE)
    assert answer.status_code == 500
    assert "this is our fault and not yours" in answer.text
    assert "SealBroken" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"


async def test_refusals_are_in_plain_words(house: House) -> None:
    async with house.as_("clinician") as client:
        assert "ask your administrator" in (await client.get("/audit")).text
        assert "Page not found" in (await client.get("/events/none")).text
        assert "Page not found" in (await client.get("/nowhere")).text
        assert (await client.post("/health")).status_code == 405


async def test_a_file_s_page_says_how_it_ended_what_was_found_where_and_how_far_it_is(house: House) -> None:
    await a_file(house.store, house.keys, house.clock, "ffff00000001", NOW - 60, "quarantined")
    await a_file(house.store, house.keys, house.clock, "ffff00000002", NOW - 5)
    async with house.as_("reviewer") as client:
        done = text_of((await client.get("/events/ffff00000001")).text)
        assert "Screenshot.png" in done
        assert "Quarantined Page 3 could not be read." in done
        assert "NHS number page 2" in done
        assert "Face page 3" in done
        assert "Taken away" in done
        under_way = text_of((await client.get("/events/ffff00000002")).text)
        assert "Page 12 of 80" in under_way
        assert shown_ids((await client.get("/?state=all&outcome=quarantined")).text) == ["ffff00000001"]
        assert shown_ids((await client.get("/?state=all&outcome=clean")).text) == []
