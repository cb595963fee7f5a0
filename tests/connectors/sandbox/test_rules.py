"""Who may change what: the rules a redaction bot lives by, asked through Slack's own client."""

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from connectors.sandbox.tokens import Grants
from tests.connectors.sandbox.conftest import ADMIN, HOSPICE, NURSE, PARTNER, SISTER, SOCIAL, WARD, Stage

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "r"}]}],
}


async def refused(asked: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await asked
    return str(caught.value.response["error"])


async def test_a_bot_cannot_touch_what_a_person_wrote(stage: Stage) -> None:
    said = stage.workspace.post(WARD, NURSE, "mine")
    assert await refused(stage.bot.chat_update(channel=WARD, ts=said.ts, text="x")) == "cant_update_message"
    assert await refused(stage.bot.chat_delete(channel=WARD, ts=said.ts)) == "cant_delete_message"
    assert said.said["text"] == "mine"


async def test_an_author_edits_and_deletes_their_own_and_nobody_elses(stage: Stage) -> None:
    nurse = stage.person(NURSE)
    own, other = stage.workspace.post(WARD, NURSE, "mine"), stage.workspace.post(WARD, SISTER, "hers")
    await nurse.chat_update(channel=WARD, ts=own.ts, text="changed", blocks=[RICH])
    assert own.said["text"] == "changed"
    assert own.said["edited"]["user"] == NURSE
    assert await refused(nurse.chat_update(channel=WARD, ts=other.ts, text="x")) == "cant_update_message"
    assert await refused(nurse.chat_delete(channel=WARD, ts=other.ts)) == "cant_delete_message"
    await nurse.chat_delete(channel=WARD, ts=own.ts)
    assert await refused(nurse.chat_update(channel=WARD, ts=own.ts, text="x")) == "message_not_found"


async def test_rich_text_must_stay_rich_text(stage: Stage) -> None:
    own, nurse = stage.workspace.post(WARD, NURSE, "mine"), stage.person(NURSE)
    assert (
        await refused(nurse.chat_update(channel=WARD, ts=own.ts, text="x", blocks=[SECTION]))
        == "block_mismatch"
    )


async def test_a_closed_edit_window(stage: Stage) -> None:
    stage.served.faults.edit_window_closed = True
    own = stage.workspace.post(WARD, NURSE, "mine")
    asked = stage.person(NURSE).chat_update(channel=WARD, ts=own.ts, text="x")
    assert await refused(asked) == "edit_window_closed"


async def test_an_admin_deletes_but_never_edits(stage: Stage) -> None:
    said = stage.workspace.post(SOCIAL, NURSE, "mine")
    assert (
        await refused(stage.admin.chat_update(channel=SOCIAL, ts=said.ts, text="x")) == "cant_update_message"
    )
    await stage.admin.chat_delete(channel=SOCIAL, ts=said.ts)
    assert said.body is None


async def test_an_admin_does_not_reach_other_peoples_direct_messages_or_private_channels(
    stage: Stage,
) -> None:
    direct, _ = stage.workspace.open_direct([NURSE, SISTER])
    said, inside = stage.workspace.post(direct.id, NURSE, "x"), stage.workspace.post(WARD, NURSE, "x")
    assert await refused(stage.admin.chat_delete(channel=direct.id, ts=said.ts)) == "channel_not_found"
    assert await refused(stage.admin.chat_delete(channel=WARD, ts=inside.ts)) == "channel_not_found"
    stage.workspace.join(WARD, ADMIN)
    await stage.admin.chat_delete(channel=WARD, ts=inside.ts)


async def test_nobody_here_deletes_what_a_partner_wrote(stage: Stage) -> None:
    stage.workspace.join(HOSPICE, ADMIN)
    said = stage.workspace.post(HOSPICE, PARTNER, "from outside")
    assert await refused(stage.admin.chat_delete(channel=HOSPICE, ts=said.ts)) == "cant_delete_message"


async def test_update_drops_blocks_and_keeps_attachments_unless_emptied(stage: Stage) -> None:
    sent = await stage.bot.chat_postMessage(
        channel=WARD, text="t", blocks=[SECTION], attachments=[{"text": "a", "fallback": "a"}]
    )
    message = stage.workspace.message(WARD, sent["ts"])
    await stage.bot.chat_update(channel=WARD, ts=sent["ts"], text="new")
    assert [block["type"] for block in message.said["blocks"]] == ["rich_text"]
    assert message.said["attachments"][0]["text"] == "a"
    await stage.bot.chat_update(channel=WARD, ts=sent["ts"], text="new", attachments=[])
    assert "attachments" not in message.said


async def test_replies_stay_when_the_first_message_is_deleted(stage: Stage) -> None:
    parent = stage.workspace.post(WARD, NURSE, "parent")
    stage.workspace.post(WARD, SISTER, "child", thread_ts=parent.ts)
    await stage.person(NURSE).chat_delete(channel=WARD, ts=parent.ts)
    first, reply = (await stage.bot.conversations_replies(channel=WARD, ts=parent.ts))["messages"]
    assert (first["subtype"], first["user"], first["reply_count"]) == ("tombstone", "USLACKBOT", 1)
    assert reply["text"] == "child"
    assert await refused(stage.bot.chat_delete(channel=WARD, ts=parent.ts)) == "message_not_found"


async def test_no_update_and_broadcast_at_once(stage: Stage) -> None:
    parent = await stage.bot.chat_postMessage(channel=WARD, text="p")
    reply = await stage.bot.chat_postMessage(channel=WARD, text="r", thread_ts=parent["ts"])
    asked = stage.bot.chat_update(channel=WARD, ts=reply["ts"], text="x", reply_broadcast=True)
    assert await refused(asked) == "no_dual_broadcast_content_update"


async def test_a_post_under_another_name_needs_the_scope_and_has_no_user(stage: Stage) -> None:
    sent = await stage.bot.chat_postMessage(channel=WARD, text="copy", username="Elin Pritchard")
    message = stage.workspace.message(WARD, sent["ts"]).said
    assert (message["subtype"], message["username"], message.get("user")) == (
        "bot_message",
        "Elin Pritchard",
        None,
    )


async def test_private_notes_go_to_members_only_and_can_be_lost(stage: Stage) -> None:
    asked = stage.bot.chat_postEphemeral(channel=WARD, user=ADMIN, text="x")
    assert await refused(asked) == "user_not_in_channel"
    stage.served.faults.ephemeral_lost = True
    await stage.bot.chat_postEphemeral(channel=WARD, user=NURSE, text="x")
    stage.served.faults.ephemeral_lost = False
    note = await stage.bot.chat_postEphemeral(channel=WARD, user=NURSE, text="seen")
    shown = await stage.page(f"/client/messages?as={NURSE}&channel={WARD}")
    assert [m["text"] for m in shown["messages"] if m["ephemeral"]] == ["seen"]
    assert (await stage.page(f"/client/messages?as={SISTER}&channel={WARD}"))["messages"] == []
    asked = stage.bot.chat_update(channel=WARD, ts=note["message_ts"], text="x")
    assert await refused(asked) == "message_not_found"


async def test_what_conversations_refuse(stage: Stage) -> None:
    bot = stage.bot
    assert await refused(bot.conversations_kick(channel=WARD, user="U0CHAPER1")) == "cant_kick_self"
    assert await refused(bot.conversations_kick(channel=WARD, user=ADMIN)) == "not_in_channel"
    assert await refused(bot.conversations_kick(channel=SOCIAL, user=NURSE)) == "cant_kick_from_general"
    assert await refused(bot.conversations_join(channel=WARD)) == "method_not_supported_for_channel_type"
    assert await refused(bot.conversations_invite(channel=WARD, users=NURSE)) == "already_in_channel"
    hidden = stage.workspace.create_channel("hidden", private=True, creator=NURSE)
    assert await refused(bot.conversations_history(channel=hidden.id)) == "channel_not_found"
    open_channel = stage.workspace.create_channel("open", private=False, creator=NURSE)
    assert await refused(bot.conversations_history(channel=open_channel.id)) == "not_in_channel"
    stage.workspace.archive(WARD, SISTER)
    assert await refused(bot.chat_postMessage(channel=WARD, text="x")) == "is_archived"
    asked = stage.person(NURSE).conversations_leave(channel=hidden.id)
    assert await refused(asked) == "last_member"


async def test_tokens_and_scopes(stage: Stage) -> None:
    bot = stage.bot
    call = bot.api_call
    assert await refused(call("no.such.method", params={})) == "unknown_method"
    bot.token = "xoxb-nobody"
    assert await refused(bot.auth_test()) == "invalid_auth"
    bot.token = None
    assert await refused(bot.auth_test()) == "not_authed"
    nurse = stage.person(NURSE)
    await nurse.auth_revoke()
    assert await refused(nurse.auth_test()) == "token_revoked"
    with pytest.raises(SlackApiError) as caught:
        await stage.bot.api_call("discovery.chat.delete", params={"channel": WARD, "ts": "1.0"})
    answer = caught.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "discovery:write")
    assert "chat:write" in answer["provided"]
    stage.workspace.change_person(SISTER, deleted=True)
    assert await refused(stage.person(SISTER).auth_test()) == "account_inactive"


async def test_each_kind_of_conversation_has_its_own_scope(stage: Stage) -> None:
    workspace = stage.workspace
    workspace.tokens.revoke(workspace.tokens.held[stage.tokens["bot"]["access_token"]])
    scopes = frozenset({"channels:read", "channels:history"})
    client = stage.client(workspace.tokens.issue("bot", workspace.app.user, scopes).value)
    await client.conversations_info(channel=SOCIAL)
    await client.conversations_history(channel=SOCIAL)
    for asked in (
        client.conversations_info(channel=WARD),
        client.conversations_members(channel=WARD),
        client.conversations_history(channel=WARD),
        client.conversations_list(types="private_channel"),
        client.chat_postMessage(channel=SOCIAL, text="x"),
    ):
        assert await refused(asked) == "missing_scope"


async def test_grants_decide_which_tokens_there_are() -> None:
    from connectors.sandbox.oauth import granted
    from connectors.sandbox.seed import plant

    given = granted(plant(grants=Grants(author_tokens=False, admin_token=True)))
    assert (given["authors"], given["discovery"]) == ({}, None)
    assert given["admin"]["authed_user"]["id"] == ADMIN
    given = granted(plant(grants=Grants(author_tokens=True, admin_token=False)))
    assert given["admin"] is None
    assert PARTNER not in given["authors"]


async def test_tombstone_and_restore_give_back_the_exact_message(stage: Stage) -> None:
    said = stage.workspace.post(WARD, NURSE, "Exact *words*")
    before = said.said
    where = {"channel": WARD, "ts": said.ts}
    answer = await stage.discovery.api_call("discovery.chat.tombstone", params=where | {"content": "Hidden"})
    assert (answer["message"]["subtype"], answer["message"]["text"]) == ("dlp_tombstone", "Hidden")
    assert "words" not in str(said.said)
    asked = stage.discovery.api_call("discovery.chat.tombstone", params=where)
    assert await refused(asked) == "already_tombstoned"
    await stage.discovery.api_call("discovery.chat.restore", params=where)
    assert said.said == before


async def test_a_file_is_deleted_by_its_owner_or_an_admin(stage: Stage) -> None:
    file = stage.workspace.add_file(NURSE, "list.txt", b"beds", "text/plain")
    said = stage.workspace.post(SOCIAL, NURSE, "here", files=[file])
    assert await refused(stage.bot.files_delete(file=file.id)) == "cant_delete_file"
    assert await refused(stage.person(SISTER).files_delete(file=file.id)) == "cant_delete_file"
    await stage.admin.files_delete(file=file.id)
    assert said.said["files"] == [{"id": file.id, "mode": "tombstone"}]
    assert await refused(stage.bot.files_info(file=file.id)) == "file_deleted"
    other = stage.workspace.add_file(SISTER, "x.txt", b"x", "text/plain")
    assert await refused(stage.bot.files_info(file=other.id)) == "file_not_found"
