"""Captured payloads of real workspaces as events, with no text left unread."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.interface import (
    AccountChanged,
    Channel,
    Commanded,
    ConversationChanged,
    Delivery,
    DeliveryGap,
    Event,
    FileChanged,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Pressed,
    Uninstalled,
)
from connectors.slack import deliveries
from connectors.slack.translate import translate
from tests.conftest import SHARED

REAL = SHARED / "reference/slack/real-captures"
BLANK = SHARED / "reference/slack/java-sdk-json-logs/events"
CAPTURED = sorted(
    [*REAL.glob("slack-web/SlackWebhookEvent/*.json"), *REAL.glob("slack-morphism/events/*.json")]
)
SECRET = b"a key for tests"


def load(path: Path) -> dict[str, Any]:
    """A capture; where one was anonymised so far that author and bot have the same id, they are told apart."""
    body: dict[str, Any] = json.loads(path.read_text().replace("UXXXXXXXXXX", "UAUTHOR"))
    for authorization in body.get("authorizations", ()):
        if authorization["user_id"] == "UAUTHOR":
            authorization["user_id"] = "UBOT"
    return body


def capture(name: str) -> dict[str, Any]:
    return load(next(p for p in CAPTURED if p.stem == name))


def events(body: dict[str, Any], own: frozenset[str] = frozenset()) -> tuple[Event, ...]:
    return translate(deliveries.event(body, SECRET), own)


def callback(event: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": "Ev1",
        "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}], "event": event, **more,
    }  # fmt: skip


def posted(event: dict[str, Any], **more: Any) -> MessagePosted:
    whole = {"type": "message", "user": "U1", "ts": "1.000001", "channel": "C1", "text": "hello", **event}
    (found,) = events(callback(whole, **more))
    assert isinstance(found, MessagePosted)
    return found


# --- nothing that members read is skipped ----------------------------------------------------------------

# Keys whose strings are ids, switches, times or addresses; everything else that a capture holds is text.
SILENT = set(
    "type subtype id ts thread_ts event_ts deleted_ts client_msg_id user user_team team source_team channel "
    "channel_type channel_id channel_team author_id parent_user_id bot_id app_id block_id action_id callback_id "
    "color mrkdwn_in external_type mimetype filetype pretty_type mode file_access permalink permalink_public "
    "edit_link url_private url_private_download author_icon footer_icon user_id style range unicode".split()
)
SILENT_TREES = {"bot_profile", "edited", "previous_message", "headers", "root", "user_profile", "icons"}


def strings(value: Any, key: str = "") -> Iterator[str]:
    """Every string leaf that is not silent; written apart from the code under test, and simpler."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, key)
    elif isinstance(value, dict):
        for name, item in value.items():
            control = name in ("value", "name") and value.get("type") == "button"
            if (
                name not in SILENT | SILENT_TREES
                and not control
                and not name.startswith(("image_", "thumb_"))
            ):
                yield from strings(item, name)


def messages(found: tuple[Event, ...]) -> Iterator[Any]:
    yield from (e.message for e in found if isinstance(e, MessagePosted | MessageEdited))


@pytest.mark.parametrize("path", CAPTURED, ids=lambda p: p.stem)
def test_no_text_of_a_captured_message_is_skipped(path: Path) -> None:
    body = load(path)
    event = body["event"]
    said = event.get("message", event)
    for message in messages(events(body)):
        seen = "\n".join(part.text for part in message.parts)
        missing = [s for s in strings(said) if s.strip() and s not in seen]
        assert not missing


@pytest.mark.parametrize("path", CAPTURED, ids=lambda p: p.stem)
def test_every_capture_is_understood_or_left_alone(path: Path) -> None:
    found = events(load(path))
    nothing = ("app_home_opened", "botMessage", "joinChannel", "message_changed_by_bot")
    assert bool(found) != path.stem.startswith(nothing)


@pytest.mark.parametrize("path", sorted(BLANK.glob("*.json")), ids=lambda p: p.stem)
def test_every_key_that_slack_documents_is_walked_without_failing(path: Path) -> None:
    body = json.loads(path.read_text())

    def filled(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: filled(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [filled(v, key) for v in value]
        if isinstance(value, str) and not value:
            return "1700000000.000100" if key.endswith("ts") else "X1"
        return value

    translate(deliveries.event(filled(body), SECRET))


def test_an_unknown_field_is_read_rather_than_missed() -> None:
    message = posted({"blocks": [{"type": "of_tomorrow", "body": {"said": "the patient in bed 3"}}]}).message
    assert ("blocks/0/body/said", "the patient in bed 3") in [(p.location, p.text) for p in message.parts]


# --- text ------------------------------------------------------------------------------------------------


def test_a_rich_text_block_is_one_part_however_it_is_styled() -> None:
    runs = [{"type": "text", "text": "943 476 "}, {"type": "text", "text": "5919", "style": {"bold": True}}]
    section = {"type": "rich_text_section", "elements": runs}
    message = posted({"blocks": [{"type": "rich_text", "elements": [section]}]}).message
    assert [p.text for p in message.parts if p.location == "blocks/0"] == ["943 476 5919"]


def test_mentions_links_and_emoji_stand_in_the_joined_text() -> None:
    (found,) = events(capture("message_rich_text"))
    assert isinstance(found, MessagePosted)
    part = next(p for p in found.message.parts if p.location == "blocks/0")
    assert part.text == "<#C043YJGBY49> :cat: <@U043H11ES4V> https://google.com text text text"
    assert part.markup == "plain"
    assert found.message.mentions == ("U043H11ES4V",)


def test_a_forward_without_text_is_read() -> None:
    (found,) = events(capture("forwarded_message"))
    assert isinstance(found, MessagePosted)
    locations = {p.location: p.text for p in found.message.parts}
    assert locations["attachments/0/message_blocks/0/message/blocks/0"] == "123"
    assert locations["attachments/0/text"] == "123"
    assert "text" not in locations


def test_file_names_and_previews_have_their_own_surface() -> None:
    (found,) = events(capture("message_file_share"))
    assert isinstance(found, MessagePosted)
    surfaces = {p.location: p.surface for p in found.message.parts}
    assert surfaces["files/0/name"] == surfaces["files/0/title"] == "file_name"
    assert surfaces["files/0/preview"] == "file_text"
    assert found.message.attachments[0].mode == "snippet"


def test_an_email_file_is_read_with_who_sent_it() -> None:
    (found,) = events(capture("email_message"))
    assert isinstance(found, MessagePosted)
    locations = {p.location for p in found.message.parts}
    assert {
        "files/0/subject",
        "files/0/plain_text",
        "files/0/from/0/address",
        "files/0/from/0/name",
    } <= locations


def test_slack_connect_gives_only_a_file_id() -> None:
    (found,) = events(capture("message_file_share_slack_connect"))
    assert isinstance(found, MessagePosted)
    assert [(a.id, a.mode) for a in found.message.attachments] == [("F12345678", "file_access")]


@pytest.mark.parametrize(
    "subtype", ["me_message", "thread_broadcast", "bot_message", "reminder_add", "brand_new"]
)
def test_every_subtype_with_words_is_a_message(subtype: str) -> None:
    assert posted({"subtype": subtype}).message.parts[0].text == "hello"


def test_a_topic_is_scanned_as_a_topic_and_as_a_line_of_the_channel() -> None:
    event = {"type": "message", "subtype": "channel_topic", "user": "U1", "channel": "C1", "ts": "1.2"}
    line, topic = events(callback({**event, "topic": "Mr Smith", "text": "set the topic: Mr Smith"}))
    assert isinstance(line, MessagePosted)
    assert isinstance(topic, ConversationChanged)
    assert (topic.what, topic.by, topic.parts[0].text, topic.parts[0].surface) == (
        "topic", "U1", "Mr Smith", "topic",
    )  # fmt: skip


# --- edits and deletions ---------------------------------------------------------------------------------


def test_a_real_edit_and_an_unfurl_are_told_apart() -> None:
    (edit,) = events(capture("message_changed"))
    (unfurl,) = events(capture("messageChange"))
    assert isinstance(edit, MessageEdited)
    assert isinstance(unfurl, MessageEdited)
    assert (edit.real, unfurl.real) == (True, False)
    assert any(p.location.startswith("attachments/0/message_blocks") for p in unfurl.message.parts)
    assert edit.message.ref.ts == "1701735043.989889"
    assert edit.message.edited_at is not None


def test_a_deleted_message_is_told_without_what_stood_there() -> None:
    body = capture("message_deleted")
    delivery = deliveries.event(body, SECRET)
    assert b"will be deleted" not in delivery.body
    (found,) = translate(delivery)
    assert isinstance(found, MessageDeleted)
    assert found.ref.ts == "1663966382.046509"


def test_the_message_keeps_no_earlier_version() -> None:
    (edit,) = events(capture("message_changed"))
    assert isinstance(edit, MessageEdited)
    assert "hey!" not in json.dumps(dict(edit.message.raw))


def test_a_message_does_not_show_its_words_in_its_repr() -> None:
    assert "943" not in repr(posted({"text": "943 476 5919"}))


# --- ours, and others' -----------------------------------------------------------------------------------


def test_our_own_messages_give_nothing() -> None:
    assert events(capture("botMessage")) == ()


def test_our_own_edits_give_nothing_in_either_shape() -> None:
    body = capture("message_changed_by_bot")
    assert body["event"]["message"].get("user") is None
    assert events(body) == ()  # by the app id
    del body["event"]["message"]["app_id"]
    assert events(body, frozenset(("BXXXXXXXXXX",))) == ()  # by the bot id alone
    assert events(body, frozenset(("BOTHER",))) != ()


def test_another_app_is_a_bot_and_is_read() -> None:
    (found,) = events(capture("circleci"))
    assert isinstance(found, MessagePosted)
    assert found.message.is_bot


def test_who_is_external_follows_from_the_team_never_from_an_id() -> None:
    assert not posted({"user_team": "T1"}).message.sender_is_external
    assert posted({"user_team": "T9", "source_team": "T9"}).message.sender_is_external
    grid = {"team_id": "T1", "user_id": "UBOT", "is_bot": True, "enterprise_id": "E1"}
    assert not posted({"user_team": "E1"}, authorizations=[grid]).message.sender_is_external


# --- everything else -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"type": "member_joined_channel", "user": "U2", "channel": "C1", "inviter": "U1", "event_ts": "1.0"}, MemberJoined),
        ({"type": "member_left_channel", "user": "U2", "channel": "C1", "event_ts": "1.0"}, MemberLeft),
        ({"type": "team_join", "user": {"id": "U3", "team_id": "T1", "profile": {}}}, AccountChanged),
        ({"type": "user_change", "user": {"id": "U3", "team_id": "T1", "deleted": True}}, AccountChanged),
        ({"type": "file_shared", "file_id": "F1", "channel_id": "C1", "user_id": "U1"}, FileChanged),
        ({"type": "file_deleted", "file_id": "F1"}, FileChanged),
        ({"type": "app_uninstalled"}, Uninstalled),
    ],
)  # fmt: skip
def test_other_events(event: dict[str, Any], expected: type) -> None:
    (found,) = events(callback(event))
    assert type(found) is expected


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ({"type": "channel_created", "channel": {"id": "C1", "name": "ward", "creator": "U1"}}, "created"),
        ({"type": "channel_rename", "channel": {"id": "C1", "name": "ward"}}, "renamed"),
        ({"type": "channel_archive", "channel": "C1", "user": "U1"}, "archived"),
        ({"type": "channel_unarchive", "channel": "C1"}, "unarchived"),
        ({"type": "group_rename", "channel": {"id": "C1", "name": "ward"}}, "renamed"),
        ({"type": "group_deleted", "channel": "C1"}, "deleted"),
        ({"type": "channel_shared", "channel": "C1", "event_ts": "1.0"}, "shared"),
        ({"type": "channel_unshared", "channel": "C1"}, "unshared"),
        ({"type": "shared_channel_invite_accepted", "channel": {"id": "C1", "name": "ward"}}, "shared"),
        ({"type": "channel_left", "channel": "C1"}, "bot_removed"),
        ({"type": "member_joined_channel", "user": "UBOT", "channel": "C1", "event_ts": "1.0"}, "bot_added"),
        ({"type": "message", "subtype": "channel_convert_to_private", "channel": "C1", "ts": "1.0"}, "privacy"),
    ],
)  # fmt: skip
def test_conversation_events(event: dict[str, Any], what: str) -> None:
    (found,) = events(callback(event))
    assert isinstance(found, ConversationChanged)
    assert (found.what, found.channel) == (what, Channel("slack", "T1", "C1"))


def test_a_moved_channel_is_followed() -> None:
    (found,) = events(
        callback({"type": "channel_id_changed", "old_channel_id": "G1", "new_channel_id": "C2"})
    )
    assert isinstance(found, ConversationChanged)
    assert found.new_channel == Channel("slack", "T1", "C2")


def test_revoked_tokens_name_the_people() -> None:
    (found,) = events(callback({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}))
    assert found == Uninstalled("T1", ("U1",), everything=False)


def test_a_gap_is_told() -> None:
    (found,) = events({"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1_700_000_000})
    assert isinstance(found, DeliveryGap)
    assert found.since.timestamp() == 1_700_000_000


def test_a_pressed_button_of_ours() -> None:
    body = {
        "type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"},
        "channel": {"id": "C1"}, "response_url": "https://hooks.slack.com/actions/x", "trigger_id": "1.2.x",
        "actions": [{"action_id": "chaperone:restore", "value": "42", "action_ts": "1700000000.1"}],
    }  # fmt: skip
    (found,) = translate(deliveries.action(body, 5.0, SECRET))
    assert isinstance(found, Pressed)
    assert (found.action, found.value, found.user, found.user_is_external) == ("restore", "42", "U1", False)
    assert "hooks" not in repr(found)


def test_a_button_of_another_app_gives_nothing() -> None:
    body = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "actions": [{"action_id": "x"}],
    }
    assert translate(deliveries.action(body, 5.0, SECRET)) == ()


def test_a_submitted_form() -> None:
    view = {
        "callback_id": "chaperone:not_identifying", "private_metadata": '{"value":"42","channel":"C1"}',
        "state": {"values": {"reason": {"value": {"type": "plain_text_input", "value": "a colleague"}}}},
    }  # fmt: skip
    body = {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": view}
    delivery = deliveries.action(body, 5.0, SECRET)
    assert delivery.lane == "slack:T1:C1"
    (found,) = translate(delivery)
    assert isinstance(found, Pressed)
    assert (found.action, found.value, dict(found.inputs)) == (
        "not_identifying",
        "42",
        {"reason": "a colleague"},
    )


def test_a_command() -> None:
    form = {"team_id": "T1", "user_id": "U1", "channel_id": "C1", "text": "help", "trigger_id": "1"}
    (found,) = translate(deliveries.command(form, 5.0, SECRET))
    assert isinstance(found, Commanded)
    assert (found.text, found.at.timestamp()) == ("help", 5.0)


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"type":"event_callback","event":{"type":"message","ts":"x"}}']
)
def test_a_broken_payload_raises_without_its_words(body: bytes) -> None:
    with pytest.raises(ValueError, match="could not be read") as raised:
        translate(Delivery("slack.event", "T1", "slack:T1", (), body))
    assert raised.value.__cause__ is None


# --- keys ------------------------------------------------------------------------------------------------


def test_the_same_message_under_another_event_id_shares_a_key() -> None:
    body = capture("message_rich_text")
    one, other = (deliveries.event({**body, "event_id": e}, SECRET) for e in ("Ev1", "Ev2"))
    assert set(one.keys) & set(other.keys)


def test_an_edit_back_to_the_first_words_is_new() -> None:
    first = deliveries.event(callback({"type": "message", "ts": "1.0", "channel": "C1", "text": "a"}), SECRET)
    now = {"ts": "1.0", "text": "a", "edited": {"user": "U1", "ts": "2.0"}}
    changed = {"type": "message", "subtype": "message_changed", "channel": "C1", "ts": "2.0", "message": now}
    again = deliveries.event({**callback(changed), "event_id": "Ev2"}, SECRET)
    assert not set(first.keys) & set(again.keys)


def test_an_unfurl_after_an_edit_is_new() -> None:
    def changed(**more: Any) -> Delivery:
        now = {"ts": "1.0", "text": "a", "edited": {"user": "U1", "ts": "2.0"}, **more}
        event = {
            "type": "message",
            "subtype": "message_changed",
            "channel": "C1",
            "ts": "2.0",
            "message": now,
        }
        return deliveries.event({**callback(event), "event_id": str(more)}, SECRET)

    assert not set(changed().keys) & set(changed(attachments=[{"text": "b"}]).keys)


def test_keys_hold_no_words_and_depend_on_the_secret() -> None:
    body = callback({"type": "message", "ts": "1.0", "channel": "C1", "text": "943 476 5919"})
    one, other = deliveries.event(body, b"one").keys, deliveries.event(body, b"two").keys
    assert "943" not in str(one)
    assert one[-1] != other[-1]
