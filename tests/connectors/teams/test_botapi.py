"""What our bot says over the Bot Connector: to whom, how often, and what it makes of refusals."""

import pytest

from connectors.interface import NotAuthorised, Refused, Unavailable
from connectors.teams.known import Known
from tests.connectors.teams.service import CHANNEL, NURSE, TEAM, TENANT, Store, activity, serving

HELLO = {"type": "message", "text": "hello"}


async def test_a_thread_and_a_person_are_spoken_to() -> None:
    async with serving() as service:
        api = service.api()
        await api.send(TENANT, f"{CHANNEL};messageid=17", HELLO)
        await api.send(
            TENANT, CHANNEL, {**HELLO, "recipient": {"id": "29:x", "isTargeted": True}}, targeted=True
        )
        thread, targeted = service.asked
    assert thread.path == "/uk/v3/conversations/19%3Award%40thread.tacv2%3Bmessageid%3D17/activities"
    assert (thread.query, thread.body) == ("", HELLO)
    assert targeted.query == "isTargetedActivity=true"
    assert targeted.body["recipient"] == {"id": "29:x", "isTargeted": True}


async def test_what_stands_is_changed_and_taken_back() -> None:
    async with serving() as service:
        api = service.api()
        id = await api.send(TENANT, CHANNEL, HELLO)
        await api.update(TENANT, CHANNEL, id, {**HELLO, "text": "new"}, targeted=True)
        await api.delete(TENANT, CHANNEL, id)
        service.refuse("DELETE", 404, "ActivityNotFoundInConversation")
        await api.delete(TENANT, CHANNEL, id)
        put, *deleted = service.asked[1:]
    assert (put.method, put.query, put.body["text"]) == ("PUT", "isTargetedActivity=true", "new")
    assert [d.method for d in deleted] == ["DELETE", "DELETE"]
    assert put.path.endswith(f"/activities/{id}")


async def test_a_persons_conversation_is_opened_once() -> None:
    async with serving() as service:
        api = service.api()
        assert await api.personal(TENANT, NURSE) == await api.personal(TENANT, NURSE) == f"a:{NURSE}"
        (opened,) = service.asked
    assert opened.body["members"] == [{"id": NURSE}]
    assert opened.body["channelData"] == {"tenant": {"id": TENANT}}


@pytest.mark.parametrize("status", [429, 412])
async def test_a_throttle_is_waited_out(status: int) -> None:
    async with serving() as service:
        service.refuse("POST", status, **{"Retry-After": "0.05"})
        assert await service.api().send(TENANT, CHANNEL, HELLO)
        assert len(service.asked) == 2


async def test_a_long_throttle_is_the_callers_business() -> None:
    async with serving() as service:
        service.refuse("POST", 429, **{"Retry-After": "600"})
        with pytest.raises(Unavailable) as caught:
            await service.api().send(TENANT, CHANNEL, HELLO)
        assert len(service.asked) == 1
    assert (caught.value.retry_after, caught.value.maybe_done) == (600.0, False)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_what_may_have_been_said_is_not_said_again(status: int) -> None:
    async with serving() as service:
        api = service.api()
        service.refuse("POST", status)
        with pytest.raises(Unavailable) as caught:
            await api.send(TENANT, CHANNEL, HELLO)
        assert caught.value.maybe_done
        assert len(service.asked) == 1
        service.refuse("PUT", status, **{"Retry-After": "0.01"})
        await api.update(TENANT, CHANNEL, "1", HELLO)
        assert [a.method for a in service.asked] == ["POST", "PUT", "PUT"]


async def test_refusals_carry_the_services_word_and_nobodys_text() -> None:
    async with serving() as service:
        for status, code, kind in (
            (403, "BotNotInConversationRoster", Refused),
            (404, "", Refused),
            (400, "BadArgument", Refused),
        ):
            service.refuse("POST", status, code)
            with pytest.raises(kind) as caught:
                await service.api().send(TENANT, CHANNEL, {**HELLO, "text": "943 476 5919"})
            assert caught.value.code == (code or str(status))
            assert not isinstance(caught.value, NotAuthorised)
            assert "943" not in str(caught.value)


async def test_a_refused_token_is_renewed_once() -> None:
    async with serving() as service:
        service.refuse("POST", 401)
        assert await service.api().send(TENANT, CHANNEL, HELLO)
        service.refuse("POST", 401, times=9)
        with pytest.raises(NotAuthorised):
            await service.api().send(TENANT, CHANNEL, HELLO)


async def test_nobody_there_is_no_answer() -> None:
    async with serving() as service:
        store = Store()
        api = service.api(store)
        await api.send(TENANT, CHANNEL, HELLO)
        store.put("teams", TENANT, "service", "", {"url": "https://127.0.0.1:9/uk/"})
        with pytest.raises(Unavailable) as caught:
            await api.send(TENANT, CHANNEL, HELLO)
    assert not caught.value.maybe_done


async def test_the_service_and_the_group_of_a_team_are_remembered() -> None:
    store, asked = Store(), []

    async def ask(tenant: str, url: str, team: str) -> str:
        asked.append(team)
        return TEAM

    body = activity("https://smba.trafficmanager.net/uk/")
    del body["channelData"]["team"]["aadGroupId"]
    known = Known(store)
    assert known.service_url(TENANT) == "https://smba.trafficmanager.net/teams/"
    assert await known.learn(body, TENANT, body["serviceUrl"], ask) == TEAM
    again = Known(store)
    assert await again.learn(body, TENANT, body["serviceUrl"], ask) == TEAM
    assert len(asked) == 1
    assert again.service_url(TENANT) == "https://smba.trafficmanager.net/uk/"
    assert again.account(TENANT, NURSE) == "29:nurse"
