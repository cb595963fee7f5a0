"""The register of partners in the console."""

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select

from bot.membership.partners import Partners
from bot.store import tables as t
from tests.bot.console.conftest import House
from tests.bot.console.seed import NOW, people
from tests.bot.console.test_events import send, text_of

PAGE = "/membership/partners"
WARD = urlencode({"platform": "slack", "tenant": "T1", "id": "C-WARD"})
EVERYWHERE = urlencode({"platform": "slack", "tenant": "T1", "id": "*"})
GOOD = {
    "kind": "person", "key": "Visitor@Council.example", "name": "Ivo Marsh", "purpose": "Discharge planning",
    "sponsor": "Amara Okafor", "until": "2026-06-30", "where": WARD,
}  # fmt: skip


async def admit(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    return await send(client, PAGE, **{**GOOD, **changes})


async def audited(house: House, what: str) -> list[Any]:
    query = select(t.audit.c.actor, t.audit.c.detail).where(t.audit.c.what == what)
    return [tuple(row) for row in await house.store.read(lambda c: c.execute(query).all())]


async def test_a_partner_is_admitted_and_the_conversation_looked_at_again(house: House) -> None:
    async with house.as_("reviewer") as client:
        answer = await admit(client)
        assert answer.status_code == 303
        text = text_of((await client.get(answer.headers["location"])).text)
    assert "Ivo Marsh Person, visitor@council.example ward-7-team Discharge planning Amara Okafor" in text
    assert "until the end of 30 June 2026" in text
    (partner,) = await Partners(house.store).now(NOW + 60)
    assert (partner.added_by, partner.conversation) == ("reviewer", "C-WARD")
    (delivery,) = house.accepted
    assert (delivery.source, delivery.lane) == ("console.partner", "slack:T1:C-WARD")
    assert json.loads(delivery.body)["conversation"] == "C-WARD"
    ((actor, detail),) = await audited(house, "partner.admitted")
    assert actor == "reviewer"
    assert "council" not in str(detail) + str(await audited(house, "console.partner")), (
        "the audit is for ever"
    )


async def test_an_organisation_everywhere(house: House) -> None:
    async with house.as_("admin") as client:
        await admit(client, kind="organisation", key="@council.example", where=EVERYWHERE)
        assert "Every conversation Slack T1" in text_of((await client.get(PAGE)).text)
    (partner,) = await Partners(house.store).now(NOW + 60)
    assert (partner.key, partner.conversation) == ("council.example", "*")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": ""}, "Choose a person or an organisation"),
        ({"key": ""}, "Give an email address"),
        ({"key": "two words"}, "without spaces"),
        ({"key": "visitor@council"}, "Give the whole email address"),
        ({"kind": "organisation", "key": "visitor@council.example"}, "mail domain only"),
        ({"kind": "organisation", "key": "Gmail.com"}, "Anybody can have an address there"),
        ({"kind": "organisation", "key": "t1"}, "That is your own workspace"),
        ({"purpose": " "}, "Say what they need access for"),
        ({"purpose": "Care of patient with NHS number 943 476 5919"}, "This seems to name a patient"),
        ({"sponsor": ""}, "Say who here answers for them"),
        ({"until": ""}, "at most a year ahead"),
        ({"until": "2026-03-13"}, "at most a year ahead"),
        ({"until": "2027-12-01"}, "at most a year ahead"),
        ({"where": ""}, "Choose where they may be"),
        ({"where": urlencode({"platform": "slack", "tenant": "T1", "id": "C-NONE"})}, "Choose where they may be"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    house: House, changes: dict[str, str], words: str
) -> None:
    async with house.as_("reviewer") as client:
        answer = await admit(client, **changes)
    assert answer.status_code == 422
    (field,) = changes if len(changes) == 1 else ("key",)
    assert f'id="{field}-error"' in answer.text
    assert text_of(answer.text).count(words) == 2, "in the summary and at the field"
    kept = {k: v for k, v in {**GOOD, **changes}.items() if k in ("name", "sponsor")}
    assert all(f'value="{v}"' in answer.text for v in kept.values())
    assert house.accepted == []
    assert await Partners(house.store).everyone() == ()


async def test_an_admission_is_ended_once(house: House) -> None:
    async with house.as_("reviewer") as client:
        await admit(client)
        answer = await send(client, f"{PAGE}/1/end")
        assert answer.headers["location"] == f"{PAGE}?done=ended"
        assert "The admission has ended" in (await client.get(answer.headers["location"])).text
        assert (await send(client, f"{PAGE}/1/end")).status_code == 404
        assert "ended on 14 March 2026 by reviewer" in text_of((await client.get(f"{PAGE}?state=ended")).text)
    assert await Partners(house.store).now(NOW + 1) == ()
    assert [d.source for d in house.accepted] == ["console.partner"] * 2
    assert [actor for actor, _ in await audited(house, "partner.ended")] == ["reviewer"]


async def test_those_that_end_soon_and_those_that_ended(house: House) -> None:
    await people(house.store, house.keys, house.clock)
    async with house.as_("auditor") as client:
        text = text_of((await client.get(PAGE)).text)
        assert "In force: 2 Admitted: 1 Ends soon: 1 Ended: 1" in text
        assert "old@council.example" not in text
        assert "Admit a partner" not in text
        soon = text_of((await client.get(f"{PAGE}?state=expiring")).text)
        assert "Vera Quill" in soon
        assert "Hospice" not in soon
        assert (await send(client, f"{PAGE}/1/end")).status_code == 403


async def test_the_form_comes_with_the_conversation_that_it_was_opened_from(house: House) -> None:
    async with house.as_("admin") as client:
        page = (await client.get(f"{PAGE}?platform=slack&tenant=T1&id=C-CLINIC")).text
    chosen = urlencode({"platform": "slack", "tenant": "T1", "id": "C-CLINIC"}).replace("&", "&amp;")
    assert f'<option value="{chosen}" selected>clinic-letters' in page
