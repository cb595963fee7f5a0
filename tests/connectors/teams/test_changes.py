"""Graph's change notifications as events, without a network."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.interface import (
    Channel,
    ConversationChanged,
    DeliveryGap,
    Event,
    HidingContested,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
)
from connectors.teams import changes, told

APP, TENANT, TEAM = "our-app", "our-tenant", "5b1f3a52-0000-4000-8000-000000000001"
THREAD, CHAT = "19:ward@thread.tacv2", "19:a_b@unq.gbl.spaces"
WARD, TALK = Channel("teams", TENANT, f"{TEAM}/{THREAD}"), Channel("teams", TENANT, CHAT)
ID = "1790000000123"
ROOT = f"teams('{TEAM}')/channels('{THREAD}')/messages('{ID}')"
REPLY = f"{ROOT}/replies('1790000000999')"
IN_CHAT = f"chats('{CHAT}')/messages('{ID}')"
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def said(**more: Any) -> dict[str, Any]:
    return {
        "id": ID, "etag": ID, "messageType": "message", "createdDateTime": "2026-11-22T07:59:00.123Z",
        "lastModifiedDateTime": "2026-11-22T07:59:30Z", "lastEditedDateTime": None, "deletedDateTime": None,
        "from": {"user": {"id": "nurse", "displayName": "Elin", "userIdentityType": "aadUser", "tenantId": TENANT}},
        "body": {"contentType": "html", "content": "<p>Obs for 943 476 5919</p>"}, "attachments": [], "mentions": [],
        "policyViolation": None, "eventDetail": None, **more,
    }  # fmt: skip


def read(what: str, resource: str, data: Any) -> tuple[Event, ...]:
    item = {"tenantid": TENANT, "changetype": what, "resource": resource}
    return changes.translate(told.change(item, data, NOW), APP)


@pytest.mark.parametrize(
    ("resource", "ref"),
    [
        (ROOT, MessageRef(WARD, ID, ID)),
        (f"/teams/{TEAM}/channels/{THREAD}/messages/{ID}", MessageRef(WARD, ID, ID)),
        (IN_CHAT, MessageRef(TALK, ID, None)),
    ],
)
def test_a_message_is_posted_where_its_resource_says(resource: str, ref: MessageRef) -> None:
    (event,) = read("created", resource, said())
    assert isinstance(event, MessagePosted)
    assert event.message.ref == ref
    assert event.message.sender == "nurse"
    assert [p.text for p in event.message.parts] == ["Obs for 943 476 5919"]
    assert "943" not in repr(event)


def test_a_reply_stands_below_its_first_message() -> None:
    (event,) = read("created", REPLY, said(id="1790000000999", replyToId=ID))
    assert isinstance(event, MessagePosted)
    assert event.message.ref == MessageRef(WARD, "1790000000999", ID)


@pytest.mark.parametrize(
    ("what", "more", "expected"),
    [
        ("updated", {"lastEditedDateTime": "2026-11-22T07:59:30Z"}, (MessageEdited, True)),
        ("updated", {}, (MessageEdited, False)),
        ("updated", {"deletedDateTime": "2026-11-22T07:59:30Z"}, (MessageDeleted, None)),
        ("deleted", {}, (MessageDeleted, None)),
        ("created", {"from": {"application": {"id": "another-app"}}}, (MessagePosted, None)),
        ("created", {"from": {"application": {"id": APP}}}, None),
        ("deleted", {"from": {"application": {"id": APP}}}, None),
        ("updated", {"policyViolation": {"dlpAction": "blockAccess"}}, None),
        (
            "updated",
            {"policyViolation": {"dlpAction": "NotifySender,BlockAccess", "userAction": "None"}},
            None,
        ),
        ("updated", {"policyViolation": {"dlpAction": "none"}}, (MessageEdited, False)),
    ],
)
def test_what_becomes_of_a_message(what: str, more: dict[str, Any], expected: Any) -> None:
    events = read(what, ROOT, said(**more))
    if expected is None:
        assert events == ()
        return
    kind, real = expected
    (event,) = events
    assert isinstance(event, kind)
    if isinstance(event, MessageEdited):
        assert event.real is real


def test_a_deletion_without_data_says_when_it_can() -> None:
    (event,) = read("deleted", IN_CHAT, None)
    assert isinstance(event, MessageDeleted)
    assert event.ref == MessageRef(TALK, ID)


@pytest.mark.parametrize(
    ("action", "what"),
    [("override", "shown"), ("Override,ReportFalsePositive", "shown"), ("reportFalsePositive", "reported")],
)
def test_a_sender_contests_a_hiding(action: str, what: str) -> None:
    violation = {
        "dlpAction": "blockAccess",
        "userAction": action,
        "justificationText": "needed at the bedside",
    }
    (event,) = read("updated", ROOT, said(policyViolation=violation))
    assert isinstance(event, HidingContested)
    assert (event.ref.ts, event.user, event.what, event.reason) == (
        ID,
        "nurse",
        what,
        "needed at the bedside",
    )
    assert "bedside" not in repr(event)


@pytest.mark.parametrize(
    ("who", "external"),
    [
        ({"tenantId": TENANT}, False),
        ({}, False),
        ({"tenantId": "another"}, True),
        ({"userIdentityType": "anonymousGuest"}, True),
        ({"userIdentityType": "federatedUser"}, True),
    ],
)
def test_who_belongs_to_another_organisation(who: dict[str, str], external: bool) -> None:
    (event,) = read("created", IN_CHAT, said(**{"from": {"user": {"id": "x", **who}}}))
    assert isinstance(event, MessagePosted)
    assert event.message.sender_is_external is external


def happened(kind: str, **more: Any) -> dict[str, Any]:
    about = {
        "@odata.type": f"#microsoft.graph.{kind}EventMessageDetail",
        "initiator": {"user": {"id": "sister"}},
        **more,
    }
    return said(messageType="systemEventMessage", eventDetail=about, **{"from": None})


def test_a_conversations_own_messages_tell_who_came_and_who_brought_them() -> None:
    (event,) = read("created", IN_CHAT, happened("membersAdded", members=[{"id": "locum"}]))
    assert isinstance(event, MemberJoined)
    assert (event.channel, event.user, event.inviter) == (TALK, "locum", "sister")


def test_a_new_name_is_to_be_looked_into() -> None:
    (event,) = read("created", ROOT, happened("channelRenamed", channelDisplayName="Bed 4 Mrs Sandringham"))
    assert isinstance(event, ConversationChanged)
    assert (event.what, event.by, event.parts[0].text) == ("renamed", "sister", "Bed 4 Mrs Sandringham")


@pytest.mark.parametrize(
    ("what", "resource", "kind", "where"),
    [
        ("created", f"teams('{TEAM}')/members('m')", MemberJoined, TEAM),
        ("deleted", f"teams('{TEAM}')/members('m')", MemberLeft, TEAM),
        ("created", f"chats('{CHAT}')/members('m')", MemberJoined, CHAT),
        (
            "created",
            f"teams('{TEAM}')/channels('{THREAD}')/allMembers('m')",
            MemberJoined,
            f"{TEAM}/{THREAD}",
        ),
        ("deleted", f"teams('{TEAM}')/channels('{THREAD}')/allMembers('m')", None, ""),
        ("updated", f"teams('{TEAM}')/members('m')", None, ""),
    ],
)
def test_members(what: str, resource: str, kind: Any, where: str) -> None:
    events = read(what, resource, {"userId": "locum", "roles": ["Owner"]})
    if kind is None:
        assert events == ()
        return
    (event,) = events
    assert isinstance(event, kind)
    assert (event.channel.id, event.user, event.at) == (where, "locum", NOW)


def test_a_gap() -> None:
    assert changes.translate(told.gap(TENANT, NOW), APP) == (DeliveryGap(TENANT, NOW),)


@pytest.mark.parametrize("data", [{"id": ID}, {"id": ID, "body": 1, "createdDateTime": "yesterday"}, [], "x"])
def test_what_is_broken_says_nothing_of_what_it_held(data: Any) -> None:
    item = {"tenantid": TENANT, "changetype": "created", "resource": ROOT}
    delivery = told.change(item, {"id": ID}, NOW)
    body = json.loads(delivery.body) | {"data": data}
    broken = type(delivery)(delivery.source, TENANT, delivery.lane, delivery.keys, json.dumps(body).encode())
    with pytest.raises(ValueError, match="could not be read"):
        changes.translate(broken, APP)


def test_one_version_of_a_message_has_one_key_however_it_came() -> None:
    live = told.change({"tenantid": TENANT, "changetype": "created", "resource": ROOT}, said(), NOW)
    reacted = told.found(TENANT, f"teams/{TEAM}/channels/{THREAD}/messages/{ID}", said(etag="1790000009999"))
    edited = told.found(TENANT, ROOT, said(etag="1790000009999", lastEditedDateTime="2026-11-22T07:59:30Z"))
    assert set(live.keys) & set(reacted.keys)
    assert not set(live.keys) & set(edited.keys)
    assert live.lane == reacted.lane == f"teams:{TENANT}:{WARD.id}"
