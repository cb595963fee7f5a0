"""The Bot Connector: saying, changing and taking back; targeted messages; who may be talked to; pressing."""

import asyncio
import json
from typing import Any
from urllib.parse import quote

import jwt
import pytest

from connectors.sandbox.teams.sandbox import RSC_CHAT
from tests.connectors.sandbox.teams.conftest import ADMIN, NURSE, OUTSIDER, SISTER, SOCIAL, WARD, Ward
from tests.connectors.sandbox.teams.reference import captured, connector_problems

CARD: dict[str, Any] = {
    "contentType": "application/vnd.microsoft.card.adaptive",
    "content": {
        "type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Please take it out."}],
        "actions": [{"type": "Action.Execute", "title": "Not a patient", "verb": "restore", "data": {"value": "7"}}],
    },
}  # fmt: skip
NEXT = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Thank you."}]}


def at(ward: Ward, suffix: str = "", root: str = "") -> str:
    thread = f";messageid={root}" if root else ""
    return f"conversations/{quote(ward.places.conversation_id(WARD) + thread, safe='')}/activities{suffix}"


def whispered(ward: Ward, user: str) -> list[str]:
    notes = [note for note in ward.workspace.ephemerals if note.user == user and note.until is None]
    return [json.dumps(note.versions[-1].as_json()["attachments"]) for note in notes]


async def test_a_copy_in_the_thread_is_said_changed_and_taken_back(ward: Ward) -> None:
    said = ward.workspace.post(WARD, NURSE, "Obs for 999 123 4567")
    id = ward.places.message_id(said)
    copy = {
        "type": "message",
        "textFormat": "xml",
        "text": "<p>Obs for <b>[NHS number hidden]</b> &amp; BP</p>",
    }
    status, made = await ward.connector("POST", at(ward, root=id), copy)
    assert (status, connector_problems("ResourceResponse", made)) == (201, [])
    posted = ward.places.message(ward.channel, made["id"])
    assert posted.thread_ts == said.ts
    assert posted.said["text"] == "Obs for [NHS number hidden] &amp; BP"
    _, shown = await ward.graph("GET", ward.place(posted))
    assert shown["from"]["application"]["id"] == ward.teams.app.client_id
    assert (shown["replyToId"], shown["body"]["content"]) == (id, copy["text"])
    assert (await ward.connector("PUT", at(ward, f"/{made['id']}"), copy | {"text": "<p>gone</p>"}))[0] == 200
    assert "[NHS number hidden]" not in ward.readable(posted)
    assert [v["text"] for v in posted.as_record()["versions"]][-1] == "gone"
    assert (await ward.connector("DELETE", at(ward, f"/{made['id']}")))[0] == 200
    assert (await ward.connector("PUT", at(ward, f"/{made['id']}"), copy))[0] == 404
    assert (await ward.connector("DELETE", at(ward, f"/{id}")))[0] == 403
    await ward.teams.settled()
    assert [a["id"] for a in ward.bot.of("message")] == [id]


async def test_a_targeted_card_is_seen_by_one_and_its_button_answers(ward: Ward) -> None:
    said = ward.workspace.post(WARD, NURSE, "Obs for 999 123 4567")
    to = {"id": ward.places.account_id(NURSE), "isTargeted": True}
    where = at(ward, "?isTargetedActivity=true", ward.places.message_id(said))
    status, made = await ward.connector(
        "POST", where, {"type": "message", "recipient": to, "attachments": [CARD]}
    )
    assert status == 201
    assert "take it out" in whispered(ward, NURSE)[0]
    assert not whispered(ward, SISTER)
    note = ward.workspace.ephemerals[-1]
    assert note.thread_ts == said.ts
    ward.bot.answer = {"statusCode": 200, "type": CARD["contentType"], "value": NEXT}
    assert await ward.teams.people.press(NURSE, note, "restore", {"why": "x"}) == (200, ward.bot.answer)
    invoke = ward.bot.of("invoke")[0]
    assert invoke["value"]["action"]["data"] == {"value": "7", "why": "x"}
    assert (invoke["name"], invoke["replyToId"]) == ("adaptiveCard/action", made["id"])
    assert invoke["from"]["aadObjectId"] == ward.places.user_id(NURSE)
    assert "Thank you" in whispered(ward, NURSE)[0]
    with pytest.raises(KeyError):
        await ward.teams.people.press(NURSE, note, "restore")
    one = at(ward, f"/{made['id']}?isTargetedActivity=true")
    assert (await ward.connector("PUT", one, {"type": "message", "recipient": to}))[0] == 400
    assert (await ward.connector("PUT", one, {"type": "message", "attachments": [CARD]}))[0] == 200
    assert (await ward.connector("DELETE", one))[0] == 200
    assert not whispered(ward, NURSE)
    status, gone = await ward.connector("PUT", one, {"type": "message", "attachments": [CARD]})
    assert (status, gone["error"]["code"]) == (404, "ActivityNotFoundInConversation")


async def test_targeted_messages_that_are_refused(ward: Ward) -> None:
    async def status(recipient: dict[str, Any]) -> int:
        sent = {"type": "message", "text": "x", "recipient": recipient}
        return (await ward.connector("POST", at(ward, "?isTargetedActivity=true"), sent))[0]

    nurse = ward.places.account_id(NURSE)
    assert await status({"id": nurse}) == 400
    assert await status({"id": ward.places.account_id(OUTSIDER), "isTargeted": True}) == 404
    assert await status({"id": nurse, "isTargeted": True}) == 201
    ward.teams.faults.targeted_off = True
    assert await status({"id": nurse, "isTargeted": True}) == 400


async def test_one_to_one_needs_an_installation(ward: Ward) -> None:
    def wanted(user: str) -> dict[str, Any]:
        return {
            "bot": {"id": f"28:{ward.teams.app.client_id}"}, "members": [{"id": ward.places.account_id(user)}],
            "channelData": {"tenant": {"id": ward.teams.estate.tenant.id}}, "isGroup": False,
        }  # fmt: skip

    status, refused = await ward.connector("POST", "conversations", wanted(ADMIN))
    assert (status, connector_problems("ErrorResponse", refused)) == (403, [])
    _, found = await ward.graph(
        "GET", f"appCatalogs/teamsApps?$filter=externalId%20eq%20'{ward.teams.app.client_id}'"
    )
    bind = f"{ward.teams.graph_url}appCatalogs/teamsApps/{found['value'][0]['id']}"
    apps = f"users/{ward.places.user_id(ADMIN)}/teamwork/installedApps"
    assert (await ward.graph("POST", apps, {"teamsApp@odata.bind": bind}))[0] == 201
    assert (await ward.graph("POST", apps, {"teamsApp@odata.bind": bind}))[0] == 409
    status, opened = await ward.connector("POST", "conversations", wanted(ADMIN))
    assert (status, connector_problems("ConversationResourceResponse", opened)) == (201, [])
    _, installed = await ward.graph("GET", apps)
    _, chat = await ward.graph("GET", f"{apps}/{installed['value'][0]['id']}/chat")
    where = quote(opened["id"], safe="")
    assert (
        await ward.connector("POST", f"conversations/{where}/activities", {"type": "message", "text": "hi"})
    )[0] == 201
    _, messages = await ward.graph("GET", f"chats/{quote(chat['id'], safe='')}/messages")
    assert [m["body"]["content"] for m in messages["value"]] == ["hi"]
    await ward.teams.settled()
    told = ward.bot.of("installationUpdate")[-1]
    assert (told["conversation"]["conversationType"], told["conversation"]["id"]) == (
        "personal",
        opened["id"],
    )


async def test_where_the_app_is_not_it_may_not_speak(ward: Ward) -> None:
    where = quote(ward.places.conversation_id(SOCIAL), safe="")
    status, refused = await ward.connector(
        "POST", f"conversations/{where}/activities", {"type": "message", "text": "x"}
    )
    assert (status, refused["error"]["code"]) == (403, "BotNotInConversationRoster")
    new = {"isGroup": True, "channelData": {"channel": {"id": ward.places.thread_id(WARD)}}}
    status, made = await ward.connector(
        "POST", "conversations", new | {"activity": {"type": "message", "text": "x"}}
    )
    assert (status, made["id"].endswith(f";messageid={made['activityId']}")) == (201, True)


async def test_members_and_teams_as_bots_see_them(ward: Ward) -> None:
    room = quote(ward.places.conversation_id(WARD), safe="")
    _, page = await ward.connector("GET", f"conversations/{room}/pagedmembers?pageSize=50")
    nurse = next(m for m in page["members"] if m["aadObjectId"] == ward.places.user_id(NURSE))
    assert (await ward.connector("GET", f"conversations/{room}/members/{quote(nurse['id'], safe='')}"))[
        1
    ] == nurse
    assert (await ward.connector("GET", f"conversations/{room}/members"))[1] == page["members"]
    absent = quote(ward.places.account_id(OUTSIDER), safe="")
    assert (await ward.connector("GET", f"conversations/{room}/members/{absent}"))[0] == 404
    _, team = await ward.connector("GET", f"teams/{room}")
    assert team["aadGroupId"] == ward.places.team_id(WARD)


async def test_group_chats_are_installed_by_themselves(ward: Ward) -> None:
    chat, _ = ward.workspace.open_direct([NURSE, SISTER, ADMIN])
    ward.workspace.post(chat.id, NURSE, "before")
    await ward.teams.install(chat.id, RSC_CHAT)
    ward.workspace.post(chat.id, NURSE, "after")
    await ward.teams.settled()
    told = ward.bot.of("message")
    assert [(a["text"], a["conversation"]["conversationType"]) for a in told] == [("after", "groupChat")]


@pytest.mark.parametrize("token", ["", "graph", "forged"])
async def test_only_the_bots_own_token_opens_it(ward: Ward, token: str) -> None:
    bearer = {"graph": await ward.tokens.get(ward.teams.estate.tenant.id), "": ""}.get(token) or jwt.encode(
        {"aud": "https://api.botframework.com", "tid": ward.teams.estate.tenant.id}, "k" * 32, "HS256"
    )
    url = f"{ward.teams.service_url}v3/{at(ward)}"
    status, refused = await ward._send(
        "POST", url, bearer if token else "", {"type": "message", "text": "x"}, {}
    )
    assert (status, connector_problems("ErrorResponse", refused)) == (401, [])


async def test_throttles_and_outages_on_request(ward: Ward) -> None:
    ward.teams.faults.connector = [429, 412, 502]
    sent = {"type": "message", "text": "x"}
    statuses = [(await ward.connector("POST", at(ward), sent))[0] for _ in range(4)]
    assert statuses == [429, 412, 502, 201]
    ward.teams.faults.limits = True
    burst = await asyncio.gather(*(ward.connector("POST", at(ward), sent) for _ in range(9)))
    assert sorted(status for status, _ in burst)[-1] == 429
    ward.teams.faults.unreachable = True
    assert (await ward.connector("POST", at(ward), sent))[0] == 503
    assert (await ward.graph("GET", "teams"))[0] == 503


async def test_activities_are_retried_lost_and_repeated(ward: Ward) -> None:
    ward.bot.statuses = [500, 502]
    ward.workspace.post(WARD, NURSE, "one")
    await ward.teams.settled()
    record = ward.workspace.deliveries[-1]
    assert (record["tries"], record["status"], record["ts"] in ward.channel.messages) == (3, 200, True)
    ward.teams.faults.activities_lost, ward.teams.faults.activities_repeated = 1, 1
    for text in ("two", "three"):
        ward.workspace.post(WARD, NURSE, text)
    await ward.teams.settled()
    assert [a["text"] for a in ward.bot.of("message")] == ["one", "three", "three"]
    kid = ward.teams.keys.roll(keep=False)
    ward.workspace.post(WARD, NURSE, "four")
    await ward.teams.settled()
    assert jwt.get_unverified_header(ward.bot.bearers[-1])["kid"] == kid
    assert [key["kid"] for key in ward.teams.keys.jwks()["keys"]] == [kid]


async def test_activities_have_all_that_captured_ones_have(ward: Ward) -> None:
    ward.workspace.join(WARD, OUTSIDER, SISTER)
    ward.workspace.leave(WARD, OUTSIDER)
    ward.workspace.rename(WARD, "ward-seven", SISTER)
    await ward.teams.settled()
    judged = 0
    for sample in captured():
        event = sample["channelData"].get("eventType")
        for ours in (
            ward.bot.of(sample["type"], event) if event or sample["type"] == "installationUpdate" else []
        ):
            if ours["conversation"]["conversationType"] == sample["conversation"].get("conversationType"):
                judged += 1
                assert not set(sample) - set(ours)
                for part in ("conversation", "from", "channelData"):
                    assert not set(sample[part]) - set(ours[part]) - {"source", "settings", "name"}, event
    assert judged > 3
