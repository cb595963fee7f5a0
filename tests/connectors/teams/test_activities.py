"""Activities as events: recorded ones of Microsoft's documents and of the playground, and each kind in detail."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.interface import (
    Channel,
    Commanded,
    ConversationChanged,
    Delivery,
    Event,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Pressed,
    Uninstalled,
)
from connectors.teams import deliveries
from connectors.teams.actions import Respond
from connectors.teams.activities import translate
from tests.conftest import SHARED
from tests.connectors.teams.service import APP, CHANNEL, GENERAL, NURSE, OTHER, TEAM, TENANT, activity
from tests.connectors.teams.test_forged import press

URL = "https://smba.trafficmanager.net/uk/"
SAMPLES = SHARED / "reference" / "teams" / "samples"
WARD = Channel("teams", TENANT, f"{TEAM}/{CHANNEL}")
POSTED = datetime(2025, 11, 24, 16, tzinfo=UTC)


def delivered(body: dict[str, Any], group: str = TEAM, *, graph: bool = False) -> Delivery:
    return deliveries.delivery(json.dumps(body).encode(), body, TENANT, group, lambda where: graph)


def events(body: dict[str, Any], group: str = TEAM) -> list[Event]:
    return list(translate(delivered(body, group)))


def chat(kind: str = "groupChat", id: str = "19:talk@thread.v2", **more: Any) -> dict[str, Any]:
    where = {"conversationType": kind, "id": id, "tenantId": TENANT}
    return activity(URL, conversation=where, channelData={"tenant": {"id": TENANT}}, **more)


# --- messages ------------------------------------------------------------------------------------------


def test_a_message_in_a_channel() -> None:
    (posted,) = events(activity(URL))
    assert isinstance(posted, MessagePosted)
    message = posted.message
    assert (message.ref.channel, message.ref.ts, message.ref.thread) == (
        WARD,
        "1764000000000",
        "1764000000000",
    )
    assert (message.sender, message.posted_at, message.is_bot) == (NURSE, POSTED, False)
    assert [p.text for p in message.parts] == ["BP 90/60"]
    assert "BP" not in repr(message)


def test_a_reply_names_its_thread() -> None:
    (posted,) = events(activity(URL, id="1764000000999", replyToId="1764000000000"))
    assert isinstance(posted, MessagePosted)
    assert (posted.message.ref.ts, posted.message.ref.thread) == ("1764000000999", "1764000000000")


def test_a_message_in_a_chat_has_no_thread() -> None:
    (posted,) = events(chat(), group="")
    assert isinstance(posted, MessagePosted)
    assert (posted.message.ref.channel.id, posted.message.ref.thread) == ("19:talk@thread.v2", None)


def test_an_edit_and_what_was_undeleted_are_read_again() -> None:
    for event in ("editMessage", "undeleteMessage"):
        body = activity(URL, "messageUpdate", timestamp="2025-11-24T16:05:00.250Z")
        body["channelData"]["eventType"] = event
        (edited,) = events(body)
        assert isinstance(edited, MessageEdited)
        assert (edited.message.posted_at, edited.message.edited_at) == (
            POSTED,
            POSTED.replace(minute=5, microsecond=250_000),
        )


def test_a_deletion() -> None:
    (gone,) = events(activity(URL, "messageDelete", text="", timestamp="2025-11-24T16:09:00Z"))
    assert isinstance(gone, MessageDeleted)
    assert (gone.ref.ts, gone.ref.channel, gone.deleted_at.minute) == ("1764000000000", WARD, 9)


def test_our_own_words_are_no_news() -> None:
    assert events(activity(URL, **{"from": {"id": f"28:{APP}"}})) == []


def test_another_bot_is_a_bot_and_no_stranger() -> None:
    (posted,) = events(activity(URL, **{"from": {"id": "28:another"}}))
    assert isinstance(posted, MessagePosted)
    assert (posted.message.is_bot, posted.message.sender_is_external) == (True, False)


@pytest.mark.parametrize(
    "who", [{"id": "29:x", "aadObjectId": NURSE, "tenantId": OTHER}, {"id": "29:anonymous"}]
)
def test_whoever_is_not_of_the_tenant_is_external(who: dict[str, str]) -> None:
    (posted,) = events(activity(URL, **{"from": who}))
    assert isinstance(posted, MessagePosted)
    assert posted.message.sender_is_external


def test_files_and_pictures_that_a_bot_is_given() -> None:
    body = chat(attachments=[
        {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "letter.pdf",
         "contentUrl": "https://x.example/letter.pdf", "content": {"downloadUrl": "https://d.example/1", "uniqueId": "U1"}},
        {"contentType": "image/*", "contentUrl": f"{URL}v3/attachments/0-eu/views/original"},
        {"contentType": "text/html", "content": "<p>see</p>"},
    ])  # fmt: skip
    (posted,) = events(body, "")
    assert isinstance(posted, MessagePosted)
    file, picture = posted.message.attachments
    assert (file.id, file.name, file.url) == ("bot/U1", "letter.pdf", "https://d.example/1")
    assert (picture.id, picture.mode) == ("bot/1764000000000/0-eu", "bot_picture")
    assert ("attachments/0/name", "file_name") in [(p.location, p.surface) for p in posted.message.parts]


# --- repeats -------------------------------------------------------------------------------------------


def test_one_version_of_a_message_has_the_key_of_its_copy_from_graph() -> None:
    assert delivered(activity(URL)).keys == (f"message/{WARD.id}/1764000000000/1764000000000",)
    edited = activity(URL, "messageUpdate", timestamp="2025-11-24T16:05:00.250Z")
    assert delivered(edited).keys == (f"message/{WARD.id}/1764000000000/1764000300250",)


@pytest.mark.parametrize(
    "html", ['<p>x</p><attachment id="1"></attachment>', '<img src="https://graph.microsoft.com/x">']
)
def test_graphs_copy_of_a_message_with_files_is_no_repeat(html: str) -> None:
    body = activity(URL, attachments=[{"contentType": "text/html", "content": html}])
    assert not delivered(body, graph=True).keys[0].startswith("message/")
    assert translate(delivered(body, graph=True)) == ()
    assert len(translate(delivered(activity(URL), graph=True))) == 1
    # Where Graph tells of nothing, what is read there later is a repeat.
    assert delivered(body).keys == delivered(activity(URL)).keys
    (posted,) = translate(delivered(body))
    assert isinstance(posted, MessagePosted)
    assert posted.message.partial


def test_a_deletion_is_no_repeat_of_the_message() -> None:
    said, gone = activity(URL), activity(URL, "messageDelete")
    assert not set(delivered(said).keys) & set(delivered(gone).keys)


# --- commands and buttons ------------------------------------------------------------------------------


def test_what_is_said_to_us_in_a_channel_is_a_command_and_a_message() -> None:
    mention = {
        "type": "mention",
        "text": "<at>Chaperone</at>",
        "mentioned": {"id": f"28:{APP}", "name": "Chaperone"},
    }
    posted, command = events(activity(URL, text="<at>Chaperone</at>&nbsp;who \n", entities=[mention]))
    assert isinstance(posted, MessagePosted)
    assert isinstance(command, Commanded)
    assert (command.text, command.user, command.channel) == ("who", NURSE, WARD)
    assert Respond.of(command.respond) == Respond(f"{CHANNEL};messageid=1764000000000")


def test_what_is_said_to_us_alone_is_a_command_alone() -> None:
    (command,) = events(chat("personal", "a:1abc", text="stored"), "")
    assert isinstance(command, Commanded)
    assert (command.text, command.channel.id) == ("stored", "a:1abc")


def test_a_mention_of_somebody_else_is_no_command() -> None:
    mention = {
        "type": "mention",
        "text": "<at>Chaperone</at>",
        "mentioned": {"id": "29:person", "name": "Chaperone"},
    }
    (posted,) = events(activity(URL, text="<at>Chaperone</at> who", entities=[mention]))
    assert isinstance(posted, MessagePosted)
    assert posted.message.mentions == ("29:person",)


def test_a_pressed_button() -> None:
    body = press(URL) | {"id": "f:1", "replyToId": "1764000000777"}
    body["value"]["action"]["data"] |= {"why": "she is on call", "need": "cover", "odd": 5}
    (pressed,) = events(body)
    assert isinstance(pressed, Pressed)
    assert (pressed.user, pressed.action, pressed.value, pressed.channel) == (NURSE, "ok", "incident-1", WARD)
    assert pressed.inputs == {"why": "she is on call", "need": "cover"}
    assert Respond.of(pressed.respond) == Respond(
        f"{CHANNEL};messageid=1764000000000", "1764000000777", "f:1"
    )


# --- members and conversations -------------------------------------------------------------------------


def update(event: str = "", **more: Any) -> dict[str, Any]:
    body = activity(URL, "conversationUpdate", **more)
    body["conversation"] = {"isGroup": True, "conversationType": "channel", "id": GENERAL, "tenantId": TENANT}
    body["channelData"]["eventType"] = event
    return body


def test_who_joins_and_leaves_a_team() -> None:
    who, ours = {"id": "29:x", "aadObjectId": OTHER}, {"id": f"28:{APP}"}
    team = Channel("teams", TENANT, TEAM)
    (joined,) = events(update("teamMemberAdded", membersAdded=[who, ours]))
    assert joined == MemberJoined(team, OTHER, NURSE, POSTED)
    (left,) = events(update("teamMemberRemoved", membersRemoved=[ours, who]))
    assert left == MemberLeft(team, OTHER, POSTED)
    (here,) = events(update("channelMemberAdded", membersAdded=[who]))
    assert isinstance(here, MemberJoined)
    assert here.channel == WARD


def test_who_comes_of_their_own_accord_was_invited_by_nobody() -> None:
    (joined,) = events(update("teamMemberAdded", membersAdded=[{"id": "29:nurse", "aadObjectId": NURSE}]))
    assert isinstance(joined, MemberJoined)
    assert joined.inviter is None


@pytest.mark.parametrize(
    ("event", "what"),
    [("channelCreated", "created"), ("channelRenamed", "renamed"), ("channelDeleted", "deleted"),
     ("channelShared", "shared"), ("teamArchived", "archived"), ("teamRenamed", "renamed")],
)  # fmt: skip
def test_what_happens_to_conversations(event: str, what: str) -> None:
    body = update(event)
    body["channelData"]["channel"]["name"] = body["channelData"]["team"]["name"] = "Ward 4"
    (changed,) = events(body)
    assert isinstance(changed, ConversationChanged)
    assert (changed.what, changed.by, [p.text for p in changed.parts]) == (what, NURSE, ["Ward 4"])
    assert changed.channel.id == (TEAM if event.startswith("team") else WARD.id)


def test_a_chats_new_topic_is_text() -> None:
    (changed,) = events(chat(type="conversationUpdate", topicName="Mary's discharge"), "")
    assert isinstance(changed, ConversationChanged)
    assert (changed.what, changed.parts[0].surface) == ("renamed", "topic")


def test_where_we_are_installed() -> None:
    for action, what in (("add", "bot_added"), ("add-upgrade", "bot_added"), ("remove", "bot_removed")):
        (changed,) = events(activity(URL, "installationUpdate", action=action))
        assert isinstance(changed, ConversationChanged)
        assert (changed.what, changed.channel.id) == (what, TEAM)
    personal = chat("personal", "a:1", type="installationUpdate", action="remove")
    assert events(personal, "") == [Uninstalled(TENANT, (NURSE,), everything=False)]


# --- whatever else -------------------------------------------------------------------------------------


def recorded() -> Iterator[tuple[str, dict[str, Any]]]:
    for one in json.loads((SAMPLES / "playground-activities.json").read_text())["activities"]:
        yield "/".join(str(k) for k in one["key"] if k), one["body"]
    for one in json.loads((SAMPLES / "bot-activities-and-manifest.json").read_text()):
        if "channelId" in one["data"]:
            yield one["name"], one["data"]


EXPECTED = {
    "installationUpdate/personal/add": [], "conversationUpdate/personal": [],
    "installationUpdate/channel/add": [ConversationChanged], "conversationUpdate/channel/teamMemberAdded": [],
    "conversationUpdate/channel/teamMemberRemoved": [MemberLeft],
    "conversationUpdate/channel/channelRenamed": [ConversationChanged],
    "conversationUpdate/channel/channelCreated": [ConversationChanged],
    "conversationUpdate/channel/channelDeleted": [ConversationChanged],
    "conversationUpdate/channel/teamRenamed": [ConversationChanged],
    "installationUpdate/channel/remove": [ConversationChanged], "message/channel": [MessagePosted, Commanded],
    "conversationUpdate channelCreated": [ConversationChanged],
}  # fmt: skip


@pytest.mark.parametrize(("name", "body"), list(recorded()), ids=lambda v: v if isinstance(v, str) else "")
def test_recorded_activities(name: str, body: dict[str, Any]) -> None:
    thread, group = deliveries.team(body)
    found = events(body, group or (TEAM if thread else ""))
    assert [type(e) for e in found] == EXPECTED[name]


def test_unknown_kinds_give_nothing() -> None:
    for kind in ("typing", "messageReaction", "event", "endOfConversation", "", "somethingNew"):
        assert events(activity(URL, kind)) == []
    assert events(activity(URL, "invoke", name="task/fetch", value={})) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'"x"', b"\xff", b'{"type": "message", "text": "x"}', b'{"type": "message", "text": "x", "id": "1", "timestamp": "never"}',
     b'{"type": "messageDelete", "conversation": {"id": "x"}}', b'{"type": "message", "from": 5, "text": "x", "id": "5"}'],
)  # fmt: skip
def test_broken_ones_are_errors_that_quote_nothing(body: bytes) -> None:
    with pytest.raises(ValueError, match="could not be read") as caught:
        translate(Delivery("teams.activity", TENANT, f"teams:{TENANT}:19:x@thread.v2", (), body))
    assert "never" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "content", "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(
    st.sampled_from(sorted(activity(URL))),
    JSON,
    st.sampled_from(
        ["message", "messageUpdate", "messageDelete", "conversationUpdate", "installationUpdate", "invoke"]
    ),
)
def test_no_field_can_break_it_otherwise_than_by_value_error(key: str, value: Any, kind: str) -> None:
    body = activity(URL, kind) | {"membersAdded": [{"id": "x"}]} | {key: value}
    one = Delivery("teams.activity", TENANT, f"teams:{TENANT}:{WARD.id}", (), json.dumps(body).encode())
    try:
        assert isinstance(translate(one), tuple)
    except ValueError:
        pass
