"""The bot's address: what is good is committed as it came, then answered; and keys come and go."""

import asyncio
import json
import logging
import time
from typing import Any

import httpx
import pytest

from connectors.interface import Delivery, Unavailable
from connectors.teams import cards
from connectors.teams.actions import Waiting
from connectors.teams.bot import Inbound
from connectors.teams.keys import Keys
from tests.connectors.teams.service import (
    CHANNEL,
    GENERAL,
    OTHER,
    TEAM,
    TENANT,
    Service,
    Store,
    activity,
    published,
    serving,
)
from tests.connectors.teams.test_forged import Recorder, client_of, post, press, stage

SECRETS = "Obs for 943 476 5919"


async def send(inbound: Inbound, service: Service, body: dict[str, Any], **token: Any) -> httpx.Response:
    async with client_of(inbound) as client:
        return await post(client, f"Bearer {service.token(**token)}", json.dumps(body).encode())


async def test_a_message_is_committed_before_it_is_answered() -> None:
    accept = Recorder()
    async with serving() as service:
        answer = await send(stage(service, accept), service, activity(service.service_url))
    (delivery,) = accept.kept
    assert (answer.status_code, answer.content) == (200, b"")
    assert (delivery.source, delivery.tenant) == ("teams.activity", TENANT)
    assert delivery.lane == f"teams:{TENANT}:{TEAM}/{CHANNEL}"
    assert delivery.keys == (f"message/{TEAM}/{CHANNEL}/1764000000000/1764000000000",)


async def test_what_was_not_committed_is_asked_for_again_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def full(delivery: Delivery) -> bool:
        raise OSError(SECRETS)

    caplog.set_level(logging.DEBUG)
    async with serving() as service:
        inbound = stage(service, full)
        for body in (activity(service.service_url, text=SECRETS), press(service.service_url)):
            assert (await send(inbound, service, body)).status_code == 503
    assert SECRETS not in caplog.text
    assert "OSError" in caplog.text


async def test_two_tenants_on_one_address_are_kept_apart() -> None:
    accept, store = Recorder(), Store()
    async with serving() as service:
        inbound = stage(service, accept, store, tenants=(TENANT, OTHER))
        here = activity(service.service_url)
        there = activity(service.service_url, conversation={"id": "19:x@thread.v2", "tenantId": OTHER})
        there["channelData"] = {"tenant": {"id": OTHER}}
        for body in (here, there):
            assert (await send(inbound, service, body)).status_code == 200
        mixed = {**here, "channelData": {**here["channelData"], "tenant": {"id": OTHER}}}
        assert (await send(inbound, service, mixed)).status_code == 403
    assert [(d.tenant, d.lane.split(":")[1]) for d in accept.kept] == [(TENANT, TENANT), (OTHER, OTHER)]
    assert store.get("teams", OTHER, "group", GENERAL) is None


async def test_a_repeat_is_answered_as_the_first_was() -> None:
    async def seen(delivery: Delivery) -> bool:
        return False

    async with serving() as service:
        answer = await send(stage(service, seen), service, activity(service.service_url))
    assert answer.status_code == 200


@pytest.mark.parametrize("text", [{"not": "text"}, 5, ["a"]])
async def test_what_the_library_cannot_read_is_committed_all_the_same(text: Any) -> None:
    accept = Recorder()
    async with serving() as service:
        body = activity(
            service.service_url, text=text, entities="none", attachments={"0": 1}, localTimestamp="x"
        )
        assert (await send(stage(service, accept), service, body)).status_code == 200
    assert [json.loads(d.body)["text"] for d in accept.kept] == [text]


# --- pressing buttons ------------------------------------------------------------------------------------


async def test_the_presser_sees_the_answer_in_the_place_of_the_card() -> None:
    waiting, card = Waiting(), {"type": "AdaptiveCard", "version": "1.5", "body": []}

    async def at_once(delivery: Delivery) -> bool:
        asyncio.get_running_loop().call_later(0.01, waiting.settle, json.loads(delivery.body)["id"], card)
        return True

    async with serving() as service:
        inbound = stage(service, at_once, waiting=waiting, patience=10)
        began = time.monotonic()
        answer = await send(inbound, service, press(service.service_url))
    assert answer.status_code == 200
    assert answer.json() == {"statusCode": 200, "type": cards.CARD, "value": card}
    assert time.monotonic() - began < 8


async def test_an_answer_that_takes_long_is_announced() -> None:
    accept = Recorder()
    async with serving() as service:
        answer = await send(stage(service, accept), service, press(service.service_url))
    assert (answer.status_code, answer.json()["type"]) == (200, cards.CARD)
    assert "One moment" in answer.text
    assert len(accept.kept) == 1


async def test_other_invokes_are_not_for_us() -> None:
    accept = Recorder()
    async with serving() as service:
        for name in ("task/fetch", "composeExtension/query", None):
            body = activity(service.service_url, "invoke", name=name, value={})
            assert (await send(stage(service, accept), service, body)).status_code == 501
    assert accept.kept == []


# --- teams ---------------------------------------------------------------------------------------------


async def test_a_team_that_an_activity_names_by_its_thread_alone_is_asked_for_once() -> None:
    accept, store = Recorder(), Store()
    async with serving() as service:
        body = activity(service.service_url)
        del body["channelData"]["team"]["aadGroupId"]
        for id in ("1764000000001", "1764000000002"):
            await send(stage(service, accept, store), service, {**body, "id": id})
        assert [a.path for a in service.asked] == ["/uk/v3/teams/19%3Ageneral%40thread.tacv2"]
    assert {d.lane for d in accept.kept} == {f"teams:{TENANT}:{TEAM}/{CHANNEL}"}


@pytest.mark.parametrize(("status", "expected"), [(404, 400), (502, 503), (429, 503), (401, 503)])
async def test_without_the_team_nothing_is_committed_nor_said_to_be(status: int, expected: int) -> None:
    accept = Recorder()
    async with serving() as service:
        service.refuse("/v3/teams/", status, times=5, **{"Retry-After": "60"})
        body = activity(service.service_url)
        del body["channelData"]["team"]["aadGroupId"]
        assert (await send(stage(service, accept), service, body)).status_code == expected
    assert accept.kept == []


# --- keys ----------------------------------------------------------------------------------------------


async def test_a_new_key_is_found_when_it_is_first_used() -> None:
    accept, moment = Recorder(), [1000.0]
    async with serving() as service:
        inbound = stage(service, accept, keys=Keys(service.metadata_url, service.ca_file, lambda: moment[0]))
        assert (await send(inbound, service, activity(service.service_url))).status_code == 200
        service.keys = [published("two", endorsements=["msteams"])]
        assert (await send(inbound, service, activity(service.service_url), kid="two")).status_code == 200
        assert (await send(inbound, service, activity(service.service_url), kid="one")).status_code == 401


async def test_made_up_keys_are_asked_about_a_few_times_a_minute() -> None:
    moment = [1000.0]
    async with serving() as service:
        keys = Keys(service.metadata_url, service.ca_file, lambda: moment[0])
        assert await keys.find("one")
        for number in range(20):
            assert await keys.find(f"made up {number}") is None
        assert service.key_reads == 4
        moment[0] += 61
        assert await keys.find("made up") is None
        assert service.key_reads == 5


async def test_keys_that_cannot_be_read_are_no_answer_and_those_at_hand_are_used_on() -> None:
    accept, moment = Recorder(), [1000.0]
    async with serving() as service:
        inbound = stage(service, accept, keys=Keys(service.metadata_url, service.ca_file, lambda: moment[0]))
        service.keys_down = True
        assert (await send(inbound, service, activity(service.service_url))).status_code == 503
        service.keys_down = False
        moment[0] += 5
        assert (await send(inbound, service, activity(service.service_url))).status_code == 200
        service.keys_down = True
        moment[0] += 90_000
        assert (await send(inbound, service, activity(service.service_url))).status_code == 200


async def test_keys_are_read_from_their_publisher_alone() -> None:
    async with serving() as service:
        with pytest.raises(Unavailable):
            await Keys(service.metadata_url).find("one")  # a certificate that nobody vouches for
        with pytest.raises(Unavailable):
            await Keys(service.metadata_url.replace("https", "http"), service.ca_file).find("one")
        assert service.key_reads == 0
