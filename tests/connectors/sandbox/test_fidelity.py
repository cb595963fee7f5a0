"""Every method and every kind of event once, each judged by Slack's own references (see conftest's teardown)."""

import copy

from connectors.sandbox.api.catalogue import METHODS
from tests.connectors.sandbox.conftest import (
    ADMIN,
    HOSPICE,
    NURSE,
    OUTSIDER,
    PARTNER,
    SISTER,
    SOCIAL,
    THEATRE,
    WARD,
    Json,
    Stage,
)
from tests.connectors.sandbox.fidelity import answer_problems, event_problems

MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Why?"}, "blocks": []}
BUTTON: Json = {
    "type": "actions",
    "elements": [
        {"type": "button", "action_id": "go", "value": "1", "text": {"type": "plain_text", "text": "Go"}}
    ],
}
TYPED = "Typed *bold* _it_ ~no~ `code` <@U0SISTER1> <#C0SOCIAL1> https://x.example/a :wave:\n• a\n• b\n> q\n```pre```"


async def test_every_method_answers_as_slack_does(stage: Stage) -> None:
    await _reading(stage)
    await _chat(stage)
    await _conversations(stage)
    await _files(stage)
    await _views(stage)
    await _discovery(stage)
    await _ends(stage)
    assert set(METHODS) - stage.called == set()


async def _reading(stage: Stage) -> None:
    bot = stage.bot
    await bot.auth_test()
    await bot.team_info()
    await bot.bots_info(bot="B0CHAPER1")
    await bot.users_list(limit=5)
    for user in (NURSE, PARTNER, OUTSIDER, "U0CHAPER1"):
        await bot.users_info(user=user)
        await bot.users_profile_get(user=user)
    await bot.users_lookupByEmail(email="elin.pritchard@calderbrook.nhs.example")
    direct = (await bot.conversations_open(users=NURSE, return_im=True))["channel"]["id"]
    await bot.conversations_info(channel=direct)
    await bot.users_conversations(types="public_channel,private_channel,im")
    await bot.conversations_list(types="public_channel,private_channel,im,mpim")
    await bot.conversations_info(channel=WARD, include_num_members=True)
    await bot.conversations_members(channel=WARD)


async def _chat(stage: Stage) -> None:
    bot, nurse = stage.bot, stage.person(NURSE)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
    ts = (await bot.chat_postMessage(channel=WARD, text="hello", blocks=[section, BUTTON]))["ts"]
    await bot.chat_update(channel=WARD, ts=ts, text="bye")
    reply = await bot.chat_postMessage(channel=WARD, text="re", thread_ts=ts, reply_broadcast=True)
    await bot.chat_getPermalink(channel=WARD, message_ts=reply["ts"])
    await bot.chat_postMessage(channel=WARD, text="as", username="Elin", icon_emoji=":nurse:")
    await bot.chat_postEphemeral(channel=WARD, user=NURSE, text="psst")
    await bot.reactions_add(channel=WARD, timestamp=ts, name="eyes")
    typed = stage.workspace.post(WARD, NURSE, TYPED)
    await nurse.chat_update(channel=WARD, ts=typed.ts, text="new")
    await nurse.chat_postMessage(channel=WARD, text="by token")
    await bot.conversations_history(channel=WARD, limit=2)
    await bot.chat_delete(channel=WARD, ts=ts)
    await bot.conversations_history(channel=WARD)
    await bot.conversations_replies(channel=WARD, ts=ts)


async def _conversations(stage: Stage) -> None:
    bot, nurse = stage.bot, stage.person(NURSE)
    made = (await bot.conversations_create(name="new-one"))["channel"]["id"]
    await bot.conversations_invite(channel=made, users=f"{NURSE},{ADMIN}")
    await bot.conversations_setTopic(channel=made, topic="T")
    await bot.conversations_setTopic(channel=WARD, topic="")
    await bot.conversations_setPurpose(channel=made, purpose="P")
    await bot.conversations_rename(channel=made, name="newer")
    await bot.conversations_kick(channel=made, user=NURSE)
    await nurse.conversations_join(channel=made)
    await nurse.conversations_join(channel=made)
    await nurse.conversations_leave(channel=made)
    await nurse.conversations_leave(channel=made)
    await bot.conversations_archive(channel=made)
    await stage.admin.conversations_unarchive(channel=made)


async def _files(stage: Stage) -> None:
    bot = stage.bot
    await bot.files_upload_v2(
        channel=WARD, content="hello", filename="a.txt", title="A", initial_comment="see"
    )
    files = (await bot.files_list())["files"]
    await bot.files_info(file=files[0]["id"])
    await bot.files_delete(file=files[0]["id"])
    tab = stage.workspace.add_canvas(NURSE, "Jobs", b"<p id='temp:C:1'>bloods</p>", tab=WARD)
    words = {"type": "markdown", "markdown": "CT"}
    change = {"operation": "replace", "section_id": "temp:C:1", "document_content": words}
    await bot.canvases_edit(canvas_id=tab.id, changes=[change])


async def _views(stage: Stage) -> None:
    bot, forms = stage.bot, stage.served.sandbox.interactivity.forms
    view = await bot.views_open(trigger_id=forms.trigger(NURSE), view=MODAL)
    await bot.views_update(view_id=view["view"]["id"], view=MODAL)
    await bot.views_push(trigger_id=forms.trigger(NURSE), view=MODAL)
    await bot.views_publish(user_id=NURSE, view={"type": "home", "blocks": []})


async def _discovery(stage: Stage) -> None:
    call, workspace = stage.discovery.api_call, stage.workspace
    said = workspace.post(WARD, NURSE, "Bed 4 is free")
    where = {"channel": WARD, "ts": said.ts, "team": workspace.team}
    for name in ("enterprise.info", "users.list", "conversations.list"):
        await call(f"discovery.{name}", params={})
    for name in ("conversations.info", "conversations.members", "conversations.history"):
        await call(f"discovery.{name}", params={"channel": WARD})
    await call("discovery.chat.info", params=where)
    await call("discovery.chat.tombstone", params=where | {"content": "Hidden"})
    await call("discovery.chat.restore", params=where)
    await call("discovery.chat.update", params=where | {"text": "new"})
    await call("discovery.chat.delete", params=where)
    file = workspace.add_file(NURSE, "n.pdf", b"%PDF", "application/pdf")
    workspace.post(WARD, NURSE, "", files=[file])
    for name in ("info", "tombstone", "restore", "delete"):
        await call(f"discovery.file.{name}", params={"file": file.id})


async def _ends(stage: Stage) -> None:
    await stage.bot.auth_revoke(test=True)
    await stage.person(NURSE).auth_revoke()
    app = stage.workspace.app
    secrets = {"client_id": app.client_id, "client_secret": app.client_secret}
    await stage.bot.apps_uninstall(**secrets)


async def test_every_kind_of_message_event(stage: Stage) -> None:
    workspace = stage.workspace
    said = workspace.post(WARD, NURSE, TYPED)
    workspace.edit(WARD, said.ts, NURSE, "Edited")
    workspace.unfurl(
        WARD, said.ts, [{"id": 1, "from_url": "https://x.example/a", "fallback": "x", "text": "t"}]
    )
    parent = workspace.post(WARD, NURSE, "parent")
    workspace.post(WARD, SISTER, "child", thread_ts=parent.ts)
    workspace.post(WARD, SISTER, "broadcast", thread_ts=parent.ts, broadcast=True)
    workspace.delete(WARD, parent.ts, NURSE)
    workspace.delete(WARD, said.ts, NURSE)
    workspace.say_me(WARD, NURSE, "waves")
    file = workspace.add_file(NURSE, "n.pdf", b"%PDF", "application/pdf")
    workspace.post(WARD, NURSE, "look", files=[file])
    for what in ("topic", "purpose"):
        workspace.set_line(WARD, what, "new", SISTER)
        workspace.set_line(SOCIAL, what, "new", ADMIN)
    workspace.rename(WARD, "ward-8", SISTER)
    workspace.rename(SOCIAL, "fun", ADMIN)
    workspace.join(WARD, OUTSIDER, SISTER)
    workspace.leave(WARD, OUTSIDER, SISTER)
    heard = await stage.heard()
    subtypes = {body["event"].get("subtype") for body in heard.events if body["event"]["type"] == "message"}
    assert subtypes == {
        None, "message_changed", "thread_broadcast", "message_deleted", "me_message", "file_share", "channel_topic",
        "group_topic", "channel_purpose", "channel_name", "channel_join", "channel_leave",
    }  # fmt: skip


async def test_every_other_kind_of_event(stage: Stage) -> None:
    workspace = stage.workspace
    workspace.join(WARD, OUTSIDER)
    workspace.leave(WARD, OUTSIDER)
    workspace.invite("New Body", "new.body@x.example")
    workspace.change_person(NURSE, deleted=True)
    channel = workspace.create_channel("abc", private=False, creator=SISTER)
    workspace.rename(channel.id, "abd", SISTER)
    workspace.rename(WARD, "ward-8", SISTER)
    for place in (SOCIAL, WARD):
        workspace.archive(place, ADMIN)
        workspace.archive(place, ADMIN, undo=True)
    workspace.share(WARD, "T0OTHER")
    workspace.unshare(WARD, "T0OTHER")
    workspace.move(HOSPICE)
    file = workspace.add_file(SISTER, "n.pdf", b"%PDF", "application/pdf")
    workspace.post(SOCIAL, SISTER, "look", files=[file])
    workspace.retitle_file(file.id, "better")
    workspace.unshare_file(file.id, SOCIAL, SISTER)
    workspace.delete_file(file.id, SISTER)
    workspace.leave(THEATRE, "U0CHAPER1", SISTER)
    workspace.remove_channel(WARD, ADMIN)
    workspace.remove_channel(SOCIAL, ADMIN)
    heard = await stage.heard()
    kinds = {body["event"]["type"] for body in heard.events}
    assert kinds - {"message"} == {
        "member_joined_channel", "member_left_channel", "team_join", "user_change", "channel_created",
        "channel_rename", "group_rename", "channel_archive", "group_archive", "channel_unarchive",
        "group_unarchive", "channel_shared", "channel_unshared", "channel_id_changed", "file_created",
        "file_shared", "file_public", "file_change", "file_unshared", "file_deleted", "group_left",
        "channel_deleted", "group_deleted",
    }  # fmt: skip


async def test_the_judge_can_say_no(stage: Stage) -> None:
    stage.workspace.post(WARD, NURSE, "hello")
    good = (await stage.heard()).events[0]
    assert event_problems(good) == []
    for path, value in (("surprise", 1), ("ts", 12.5), ("blocks", "none")):
        bad = copy.deepcopy(good)
        bad["event"][path] = value
        assert event_problems(bad) != []
    for key in ("channel", "channel_type", "event_ts", "user"):
        bad = copy.deepcopy(good)
        del bad["event"][key]
        assert any(key in problem for problem in event_problems(bad))
    assert answer_problems("chat.delete", {"ok": False, "error": "cant_touch_this"}) != []
    assert answer_problems("chat.delete", {"ok": True, "channel": 7, "ts": "1.0"}) != []
