"""Messages: one conversation state, read through Graph and told to the bot; hiding by policy violation."""

import asyncio
import json
from urllib.parse import quote

import jwt
import pytest

from tests.connectors.sandbox.teams.conftest import HOSPICE, NURSE, PARTNER, SISTER, SOCIAL, WARD, Ward

SAID = "Obs for 999 123 4567: BP 90/60, please review"
BLOCK = {
    "policyViolation": {
        "policyTip": {"generalText": "Take the number out.", "matchedConditionDescriptions": ["NHS number"]},
        "verdictDetails": "AllowOverrideWithoutJustification,AllowFalsePositiveOverride",
        "dlpAction": "NotifySender,BlockAccess",
    }
}


async def test_a_message_reaches_the_bot_signed_and_is_the_same_in_graph(ward: Ward) -> None:
    said = ward.workspace.post(WARD, NURSE, f"<@{SISTER}> *Obs* for 999 123 4567\nplease review")
    await ward.teams.settled()
    told = ward.bot.of("message")[0]
    assert told["text"] == "<at>Ngozi Bramwell</at> Obs for 999 123 4567\nplease review"
    assert told["conversation"]["id"].endswith(f";messageid={told['id']}")
    assert told["from"]["aadObjectId"] == ward.places.user_id(NURSE)
    status, found = await ward.graph("GET", ward.place(said))
    assert (status, found["id"], found["from"]["user"]["id"]) == (
        200,
        told["id"],
        told["from"]["aadObjectId"],
    )
    assert found["body"]["content"] == told["attachments"][0]["content"]
    assert found["createdDateTime"] == told["timestamp"] == found["lastModifiedDateTime"]
    assert found["mentions"][0]["mentioned"]["user"]["id"] == ward.places.user_id(SISTER)
    metadata = (await ward._send("GET", ward.teams.openid_url, "", None, {}))[1]
    keys = jwt.PyJWKSet.from_dict((await ward._send("GET", metadata["jwks_uri"], "", None, {}))[1])
    bearer = ward.bot.bearers[-1]
    key = keys[jwt.get_unverified_header(bearer)["kid"]].key
    claims = jwt.decode(bearer, key, ["RS256"], audience=ward.teams.app.client_id, issuer=metadata["issuer"])
    assert claims["serviceurl"] == told["serviceUrl"] == ward.teams.service_url


async def test_edit_delete_and_undelete_are_told_and_shown(ward: Ward) -> None:
    said = ward.workspace.post(WARD, NURSE, SAID)
    ward.workspace.edit(WARD, said.ts, NURSE, "Obs: BP 90/60")
    await ward.teams.settled()
    assert ward.bot.of("messageUpdate", "editMessage")[0]["text"] == "Obs: BP 90/60"
    _, edited = await ward.graph("GET", ward.place(said))
    assert edited["lastEditedDateTime"]
    assert edited["etag"] > edited["id"]
    ward.workspace.delete(WARD, said.ts, NURSE)
    await ward.teams.settled()
    gone = ward.bot.of("messageDelete", "softDeleteMessage")[0]
    assert (gone["id"], gone["text"]) == (edited["id"], "")
    _, deleted = await ward.graph("GET", ward.place(said))
    assert deleted["deletedDateTime"]
    assert deleted["body"]["content"] == ""
    ward.teams.people.undelete(WARD, said.ts)
    await ward.teams.settled()
    assert ward.bot.of("messageUpdate", "undeleteMessage")[0]["text"] == "Obs: BP 90/60"
    assert (await ward.graph("GET", ward.place(said)))[1]["deletedDateTime"] is None


@pytest.mark.parametrize("thread", [False, True])
async def test_blocking_keeps_members_from_reading_and_a_second_patch_lets_them(
    ward: Ward, thread: bool
) -> None:
    root = ward.workspace.post(WARD, SISTER, "handover")
    said = ward.workspace.post(WARD, NURSE, SAID, thread_ts=root.ts if thread else None)
    await ward.teams.settled()
    before = len(ward.bot.activities)
    assert (await ward.graph("PATCH", ward.place(said), BLOCK))[0] == 204
    assert "999 123 4567" not in ward.readable(said)
    _, found = await ward.graph("GET", ward.place(said))
    assert found["policyViolation"]["dlpAction"] == "notifySender,blockAccess"
    assert "999 123 4567" in found["body"]["content"]
    ward.teams.faults.blanked = True
    assert (await ward.graph("GET", ward.place(said)))[1]["body"]["content"] == ""
    await ward.teams.settled()
    assert len(ward.bot.activities) == before
    assert (await ward.graph("PATCH", ward.place(said), {"policyViolation": {"dlpAction": "None"}}))[0] == 204
    assert SAID in ward.readable(said)
    versions = said.as_record()["versions"]
    assert [SAID in v["text"] for v in versions] == [True, False, True]
    assert all(v["until"] == after["from"] for v, after in zip(versions, versions[1:], strict=False))


async def test_what_may_not_be_patched(ward: Ward, rsc: Ward) -> None:
    said = ward.workspace.post(WARD, NURSE, SAID)
    assert (await ward.graph("PATCH", ward.place(said), {"body": {"content": "x"}}))[0] == 403
    assert (await ward.graph("PATCH", ward.place(said), {"policyViolation": {"dlpAction": "Burn"}}))[0] == 400
    foreign = ward.workspace.post(HOSPICE, PARTNER, SAID)
    assert (await ward.graph("PATCH", ward.place(foreign), BLOCK))[0] == 403
    assert SAID in ward.readable(foreign)
    ward.workspace.delete(WARD, said.ts, NURSE)
    assert (await ward.graph("PATCH", ward.place(said), BLOCK))[0] == 404
    mine = rsc.workspace.post(WARD, NURSE, SAID)
    assert (await rsc.graph("PATCH", rsc.place(mine), BLOCK))[0] == 403


async def test_resource_specific_consent_reads_where_installed_and_nowhere_else(rsc: Ward) -> None:
    here, there = (rsc.workspace.post(c, SISTER, SAID) for c in (WARD, SOCIAL))
    await rsc.teams.settled()
    assert [a["id"] for a in rsc.bot.of("message")] == [rsc.places.message_id(here)]
    assert (await rsc.graph("GET", rsc.place(here)))[0] == 200
    assert (await rsc.graph("GET", rsc.place(there)))[0] == 403
    await rsc.teams.uninstall(WARD)
    assert (await rsc.graph("GET", rsc.place(here)))[0] == 403
    await rsc.teams.settled()
    assert rsc.bot.of("installationUpdate")[-1]["action"] == "remove"


async def test_without_reading_rights_only_mentions_reach_the_bot(rsc: Ward) -> None:
    rsc.teams.estate.installed[WARD] = frozenset()
    rsc.workspace.post(WARD, NURSE, SAID)
    rsc.workspace.post(WARD, NURSE, f"<@{rsc.workspace.app.user}> hello")
    await rsc.teams.settled()
    assert [a["text"] for a in rsc.bot.of("message")] == ["<at>Chaperone</at> hello"]


async def test_lists_deltas_and_exports_find_everything_once(ward: Ward) -> None:
    first = ward.workspace.post(WARD, SISTER, "one")
    await asyncio.sleep(0.002)
    rest = [ward.workspace.post(WARD, SISTER, text) for text in ("two", "three")]
    base = ward.place(first).rpartition("/")[0]
    _, page = await ward.graph("GET", f"{base}?$top=2")
    assert [m["body"]["content"] for m in page["value"]] == ["three", "two"]
    onward = page["@odata.nextLink"].removeprefix(ward.teams.graph_url)
    assert [m["body"]["content"] for m in (await ward.graph("GET", onward))[1]["value"]] == ["one"]
    _, found = await ward.graph("GET", f"{base}/delta")
    assert [m["body"]["content"] for m in found["value"]] == ["one", "two", "three"]
    delta = found["@odata.deltaLink"].removeprefix(ward.teams.graph_url)
    assert (await ward.graph("GET", delta))[1]["value"] == []
    reply = ward.workspace.post(WARD, NURSE, "reply", thread_ts=rest[0].ts)
    _, changed = await ward.graph("GET", f"{delta}&$expand=replies")
    assert [m["id"] for m in changed["value"]] == [ward.places.message_id(rest[0])]
    assert [r["id"] for r in changed["value"][0]["replies"]] == [ward.places.message_id(reply)]
    since = quote(found["value"][0]["lastModifiedDateTime"])
    team = base.partition("/channels")[0]
    _, every = await ward.graph(
        "GET", f"{team}/channels/getAllMessages?$filter=lastModifiedDateTime%20gt%20{since}"
    )
    assert [m["body"]["content"] for m in every["value"]] == ["two", "three", "reply"]
    _, replies = await ward.graph("GET", f"{ward.place(rest[0])}/replies")
    assert [m["replyToId"] for m in replies["value"]] == [ward.places.message_id(rest[0])]
    assert (await ward.graph("GET", f"{base}/1795000000000"))[0] == 404


async def test_chats_have_their_own_addresses(ward: Ward) -> None:
    chat, _ = ward.workspace.open_direct([NURSE, SISTER])
    said = ward.workspace.post(chat.id, NURSE, SAID)
    assert ward.place(said).startswith("chats/19%3A")
    _, found = await ward.graph("GET", ward.place(said))
    assert found["chatId"].endswith("@unq.gbl.spaces")
    assert (await ward.graph("PATCH", ward.place(said), BLOCK))[0] == 204
    assert "999 123 4567" not in ward.readable(said)
    _, mine = await ward.graph("GET", f"users/{ward.places.user_id(SISTER)}/chats/getAllMessages")
    assert [m["id"] for m in mine["value"]] == [found["id"]]


async def test_subject_mentions_images_and_files_stand_in_the_message(ward: Ward) -> None:
    said = ward.teams.people.say(
        WARD, NURSE, f"<p>see <at>{SISTER}</at></p>", subject="Bed 4", images=[("scan.png", b"\x89PNG")],
        files=[("list.csv", b"a,b")],
    )  # fmt: skip
    await ward.teams.settled()
    _, found = await ward.graph("GET", ward.place(said))
    assert found["subject"] == ward.bot.of("message")[0]["channelData"]["subject"] == "Bed 4"
    assert [a["contentType"] for a in found["attachments"]] == ["reference"]
    assert f'<attachment id="{found["attachments"][0]["id"]}">' in found["body"]["content"]
    _, hosted = await ward.graph("GET", f"{ward.place(said)}/hostedContents")
    value = f"hostedContents/{hosted['value'][0]['id']}/$value"
    assert value in found["body"]["content"]
    assert (await ward.graph("GET", f"{ward.place(said)}/{value}"))[1] == b"\x89PNG"
    await ward.graph("PATCH", ward.place(said), BLOCK)
    image = next(f for f in ward.workspace.history()["files"] if f["name"] == "scan.png")
    assert image["until"] is not None
    assert (await ward.graph("GET", f"{ward.place(said)}/{value}"))[1] == b"\x89PNG"
    ward.workspace.edit(WARD, said.ts, NURSE, "corrected")
    assert "corrected" in json.dumps((await ward.graph("GET", ward.place(said)))[1]["body"])


async def test_what_teams_has_no_form_for_is_still_read(ward: Ward) -> None:
    text = f"<@UGONE> see <#{WARD}> <!here> :tada: <https://example.com|link> ~old~ `code`"
    said = ward.workspace.post(WARD, NURSE, text)
    ward.workspace.post(WARD, NURSE, "> quoted\n• one\n• two")
    await ward.teams.settled()
    _, found = await ward.graph("GET", ward.place(said))
    body = found["body"]["content"]
    assert "UGONE see #ward-7-team here \N{PARTY POPPER}" in body
    assert '<a href="https://example.com">link</a> <s>old</s> <code>code</code>' in body
    assert ward.bot.of("message")[1]["text"] == "quoted\none\ntwo"


async def test_two_files_of_one_name_have_addresses_of_their_own(ward: Ward) -> None:
    for data in (b"a", b"b"):
        ward.teams.people.say(WARD, NURSE, "<p>list</p>", files=[("list.csv", data)])
    base = f"{ward.place(next(iter(ward.channel.messages.values()))).rpartition('/')[0]}"
    _, found = await ward.graph("GET", base)
    assert len({m["attachments"][0]["contentUrl"] for m in found["value"]}) == 2


async def test_a_forwarded_message_is_read_where_it_was_forwarded_to(ward: Ward) -> None:
    said = ward.workspace.post(SOCIAL, SISTER, SAID)
    shared = ward.workspace.forward(SOCIAL, said.ts, WARD, SISTER)
    _, found = await ward.graph("GET", ward.place(shared))
    assert found["attachments"][0]["contentType"] == "forwardedMessageReference"
    assert SAID in json.loads(found["attachments"][0]["content"])["originalMessageContent"]


async def test_an_edited_message_is_blocked_and_shown_again_without_another_edit(ward: Ward) -> None:
    said = ward.workspace.post(WARD, NURSE, "Obs")
    ward.workspace.edit(WARD, said.ts, NURSE, SAID)
    for action, readable in (("BlockAccess", False), ("BlockAccess", False), ("None", True)):
        await ward.graph("PATCH", ward.place(said), {"policyViolation": {"dlpAction": action}})
        assert (SAID in ward.readable(said)) is readable
    await ward.graph("PATCH", ward.place(said), BLOCK)
    ward.workspace.edit(WARD, said.ts, NURSE, "Obs again")
    await ward.teams.settled()
    assert [a["text"] for a in ward.bot.of("messageUpdate")] == [SAID, "Obs again"]
    assert (await ward.graph("GET", ward.place(said)))[1]["policyViolation"] is None
