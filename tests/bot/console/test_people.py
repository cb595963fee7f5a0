"""Who is in which conversation, and how each conversation is treated."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from bot.policy import load
from bot.policy.presets import Assigned
from bot.store import tables as t
from tests.bot.console.conftest import House, open_house
from tests.bot.console.test_events import send, text_of

WARD = "/channels/one?platform=slack&tenant=T1&id=C-WARD"


async def test_people_who_are_not_staff_come_first(house: House) -> None:
    async with house.as_("reviewer") as client:
        text = text_of((await client.get("/membership")).text)
        assert text.index("Rowan Tansley") < text.index("Amara Okafor")
        only = text_of((await client.get("/membership?standing=unknown")).text)
        assert "Amara Okafor" not in only
        there = text_of((await client.get("/membership?channel=C-CLINIC")).text)
        assert "Rowan Tansley" not in there
        assert "Ben Whitlock" in there


async def _confirm(client: httpx.AsyncClient, until: str) -> httpx.Response:
    return await send(client, "/membership/3", action="confirm", until=until)


async def test_confirming_somebody_is_asked_of_the_bot_and_on_record(house: House) -> None:
    async with house.as_("reviewer") as client:
        answer = await _confirm(client, "2026-04-30")
        assert answer.headers["location"] == "/membership/3?done=confirm"
        assert "is confirming them now" in (await client.get(answer.headers["location"])).text
    (delivery,) = house.accepted
    assert (delivery.source, delivery.tenant, delivery.lane) == (
        "console.membership",
        "T1",
        "slack:T1:C-WARD",
    )
    assert json.loads(delivery.body) == {
        "platform": "slack", "tenant": "T1", "conversation": "C-WARD", "user": "U-LOCUM", "action": "confirm",
        "until": "2026-04-30T23:00:00+00:00",  # midnight in London, summer time
        "by": "reviewer",
    }  # fmt: skip
    query = select(t.audit.c.actor).where(t.audit.c.what == "console.membership")
    assert await house.store.read(lambda c: c.execute(query).scalars().all()) == ["reviewer"]


@pytest.mark.parametrize("until", ["", "soon", "2026-03-13", "2030-01-01", "9999-12-31"])
async def test_a_confirmation_needs_a_day_to_come(house: House, until: str) -> None:
    async with house.as_("admin") as client:
        answer = await _confirm(client, until)
        assert answer.status_code == 422
        assert "at most a year ahead" in answer.text
    assert house.accepted == []


async def test_removing_somebody(house: House) -> None:
    async with house.as_("admin") as client:
        await send(client, "/membership/3", action="remove")
        await send(client, "/membership/3", action="remove")
        assert (await send(client, "/membership/3", action="promote")).status_code == 400
        assert (await send(client, "/membership/999", action="remove")).status_code == 404
    bodies = [json.loads(d.body) for d in house.accepted]
    assert [(b["action"], b["user"], b["until"]) for b in bodies] == [("remove", "U-LOCUM", None)] * 2
    assert len({d.keys for d in house.accepted}) == 2, "asking twice is two wishes"


async def test_staff_have_no_form(house: House) -> None:
    async with house.as_("admin") as client:
        assert "Do they belong here?" not in (await client.get("/membership/1")).text


async def test_channels_say_what_is_covered(house: House) -> None:
    async with house.as_("auditor") as client:
        text = text_of((await client.get("/channels")).text)
        assert "Not covered" in text
        assert "Can hide" in text
        assert "1 not staff or not known" in text
        one = text_of((await client.get(WARD)).text)
        assert "the app is not a customer of the Discovery API" in one
        assert "Treat it by" not in one, "auditors look"
        assert (await client.get("/channels/one?id=C-WARD")).status_code == 404


@pytest.mark.parametrize(
    ("channels", "stored", "words"),
    [
        ({}, "", "Clinical team the default"), ({}, "clinical-care", "Clinical care, approved for identifiers"),
        ({"C-WARD": Assigned("admin-social")}, "clinical-care", "Admin and social set in the policy file"),
        ({"#ward-7-team": Assigned("admin-social")}, "", "Admin and social set in the policy file, by name"),
    ],
)  # fmt: skip
async def test_a_channel_says_where_its_preset_comes_from(
    tmp_path: Path, channels: dict[str, Assigned], stored: str, words: str
) -> None:
    policy = replace(load.default(), channels=channels)
    async with open_house(tmp_path, policy) as house, house.as_("admin") as client:
        chosen = update(t.conversation).where(t.conversation.c.id == "C-WARD").values(preset=stored)
        await house.store.write(lambda c: c.execute(chosen))
        text = text_of((await client.get("/channels")).text)
        assert f"Slack, private {words} Can hide" in text
        assert ("cannot be changed here" in (await client.get(WARD)).text) is ("C-WARD" in channels)


async def test_changing_a_preset_is_asked_of_the_bot(house: House) -> None:
    async with house.as_("admin") as client:
        assert (await send(client, WARD, preset="nonsense")).status_code == 422
        answer = await send(client, WARD, preset="clinical-care")
        assert answer.status_code == 303
        assert "is changing this channel now" in (await client.get(answer.headers["location"])).text
    (delivery,) = house.accepted
    assert delivery.source == "console.preset"
    assert json.loads(delivery.body) == {
        "platform": "slack", "tenant": "T1", "conversation": "C-WARD", "preset": "clinical-care", "by": "admin",
    }  # fmt: skip
