"""Subscriptions and their notifications: handshake, encryption that opens, validation tokens, lifecycle, ends."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from connectors.sandbox.microsoft.tls import certificate
from connectors.sandbox.teams.sandbox import TENANT
from tests.connectors.sandbox.teams.conftest import NURSE, OUTSIDER, PARTNER, SISTER, WARD, Ward
from tests.connectors.sandbox.teams.reference import graph, problems

Json = dict[str, Any]
MESSAGE = {"$ref": "#/components/schemas/microsoft.graph.chatMessage"}


class Subscriber:
    """Asks for notifications and opens them with the private key of its certificate."""

    def __init__(self, ward: Ward, folder: Path) -> None:
        self.ward = ward
        pem, key = certificate(folder, "subscriber")
        self.cert = base64.b64encode(pem.read_bytes()).decode()
        self.key: Any = serialization.load_pem_private_key(key.read_bytes(), None)

    def wanted(self, resource: str, minutes: float = 4000, **more: Any) -> Json:
        ends = datetime.fromtimestamp(self.ward.teams.estate.clock(), UTC) + timedelta(minutes=minutes)
        return {
            "changeType": "created,updated,deleted", "resource": resource, "includeResourceData": True,
            "notificationUrl": f"{self.ward.bot.url}/notify", "expirationDateTime": ends.isoformat(),
            "lifecycleNotificationUrl": f"{self.ward.bot.url}/lifecycle", "clientState": "state-1",
            "encryptionCertificate": self.cert, "encryptionCertificateId": "cert-1", **more,
        }  # fmt: skip

    async def ask(self, resource: str, minutes: float = 4000, **more: Any) -> tuple[int, Json]:
        return await self.ward.graph("POST", "subscriptions", self.wanted(resource, minutes, **more))

    async def opened(self) -> list[tuple[str, str, Json]]:
        """(changeType, resource, data) of all that came, oldest first."""
        await self.ward.teams.settled()
        items = [item for body in self.ward.bot.notifications for item in body["value"]]
        return [(i["changeType"], i["resource"], self.open(i["encryptedContent"])) for i in items]

    def open(self, sealed: Json) -> Json:
        data, sha1 = base64.b64decode(sealed["data"]), hashes.SHA1()
        key = self.key.decrypt(
            base64.b64decode(sealed["dataKey"]), padding.OAEP(padding.MGF1(sha1), sha1, None)
        )
        signed = base64.b64encode(hmac.digest(key, data, hashlib.sha256)).decode()
        assert signed == sealed["dataSignature"]
        cipher, unpad = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor(), PKCS7(128).unpadder()
        plain = unpad.update(cipher.update(data) + cipher.finalize()) + unpad.finalize()
        found: Json = json.loads(plain)
        return found


@pytest.fixture
def subscriber(ward: Ward, tmp_path: Path) -> Subscriber:
    folder = tmp_path / "subscriber"
    folder.mkdir()
    return Subscriber(ward, folder)


async def test_every_change_of_a_message_is_told_sealed_and_proven(subscriber: Subscriber) -> None:
    ward = subscriber.ward
    status, made = await subscriber.ask("/teams/getAllMessages")
    assert (status, made["clientState"]) == (201, "state-1")
    root = ward.workspace.post(WARD, SISTER, "handover")
    said = ward.workspace.post(WARD, NURSE, "Obs for 999 123 4567", thread_ts=root.ts)
    await ward.teams.settled()
    ward.workspace.edit(WARD, said.ts, NURSE, "Obs")
    await ward.teams.settled()
    ward.workspace.delete(WARD, said.ts, NURSE)
    told = await subscriber.opened()
    assert [change for change, _, _ in told] == ["created", "created", "updated", "deleted"]
    _, resource, data = told[1]
    assert resource.endswith(f"/messages('{ward.places.message_id(root)}')/replies('{data['id']}')")
    assert data["body"] == {"contentType": "text", "content": "Obs for 999 123 4567"}
    assert not list(problems(graph(), MESSAGE, data))
    assert told[-1][2]["deletedDateTime"]
    body = ward.bot.notifications[0]
    assert {i["clientState"] for i in body["value"]} == {"state-1"}
    assert "999 123 4567" not in json.dumps(ward.bot.notifications)
    claims = jwt.decode(
        body["validationTokens"][0], ward.teams.estate.tenant.signing.public_key(), ["RS256"],
        audience=ward.teams.app.client_id, issuer=f"https://sts.windows.net/{TENANT}/",
    )  # fmt: skip
    assert claims["appid"] == "0bf30f3b-4a52-48df-9a82-234910c4a086"
    record = [d for d in ward.workspace.deliveries if d["type"] == "notification.messages"]
    assert [d["ts"] for d in record[:2]] == [root.ts, said.ts]


async def test_our_own_patch_comes_back_as_an_update(subscriber: Subscriber) -> None:
    ward = subscriber.ward
    await subscriber.ask("/teams/getAllMessages")
    said = ward.workspace.post(WARD, NURSE, "Obs for 999 123 4567")
    await ward.teams.settled()
    await ward.graph("PATCH", ward.place(said), {"policyViolation": {"dlpAction": "BlockAccess"}})
    await ward.teams.settled()
    ward.teams.people.override(WARD, said.ts, justification="test data")
    told = await subscriber.opened()
    assert [(c, (d["policyViolation"] or {}).get("userAction")) for c, _, d in told] == [
        ("created", None), ("updated", "none"), ("updated", "override"),
    ]  # fmt: skip
    assert told[-1][2]["policyViolation"]["justificationText"] == "test data"
    assert "999 123 4567" in ward.readable(said)


async def test_one_channel_or_chat_hears_of_itself_alone(subscriber: Subscriber) -> None:
    ward = subscriber.ward
    team, thread = ward.places.team_id(WARD), ward.places.thread_id(WARD)
    assert (await subscriber.ask(f"/teams/{team}/channels/{thread}/messages"))[0] == 201
    assert (await subscriber.ask(f"/teams/{team}/channels/{thread}/messages"))[0] == 409
    other = ward.workspace.create_channel("other", private=True, creator=SISTER)
    chat, _ = ward.workspace.open_direct([NURSE, SISTER])
    for channel in (WARD, other.id, chat.id):
        ward.workspace.post(channel, SISTER, "x")
    assert [r for _, r, _ in await subscriber.opened()] == [
        f"teams('{team}')/channels('{thread}')/messages('{d['id']}')" for _, _, d in await subscriber.opened()
    ]
    assert len(ward.bot.notifications) == 1


async def test_members_are_told_directly_and_indirectly(subscriber: Subscriber) -> None:
    ward = subscriber.ward
    assert (await subscriber.ask("/teams/getAllMembers"))[0] == 201
    team = ward.places.team_id(WARD)
    query = "notifyOnIndirectMembershipUpdate=true&suppressNotificationWhenSharedUnsharedWithTeam=true"
    ward.workspace.join(WARD, OUTSIDER, SISTER)
    ward.workspace.leave(WARD, OUTSIDER)
    told = await subscriber.opened()
    assert [(c, d["userId"]) for c, _, d in told] == [
        ("created", ward.places.user_id(OUTSIDER)), ("deleted", ward.places.user_id(OUTSIDER)),
    ]  # fmt: skip
    assert all(r.startswith(f"teams('{team}')/members('") for _, r, _ in told)
    assert [a["channelData"]["eventType"] for a in ward.bot.of("conversationUpdate")][-2:] == [
        "teamMemberAdded", "teamMemberRemoved",
    ]  # fmt: skip
    ward.bot.notifications.clear()
    await subscriber.ask(f"/teams/{team}/channels/getAllMembers?{query}")
    before = len(ward.bot.activities)
    ward.teams.people.share_with(WARD, "T0PARTNER", [PARTNER])
    assert [d["tenantId"] != TENANT for _, _, d in await subscriber.opened()] == [True]
    assert not [a for a in ward.bot.activities[before:] if "membersAdded" in a]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"resource": "/me/messages"}, 400), ({"changeType": "sometimes"}, 400), ({"minutes": 5000}, 400),
        ({"encryptionCertificate": ""}, 400), ({"encryptionCertificateId": ""}, 400),
        ({"lifecycleNotificationUrl": ""}, 400), ({"notificationUrl": "http://elsewhere.example/"}, 400),
        ({"resource": "/teams/getAllChannels/getAllMembers"}, 201),
    ],
)  # fmt: skip
async def test_what_graph_would_not_take(subscriber: Subscriber, changes: Json, status: int) -> None:
    asked: Json = {"resource": "/teams/getAllMessages"} | changes
    assert (await subscriber.ask(**asked))[0] == status


async def test_an_endpoint_that_does_not_echo_gets_nothing(subscriber: Subscriber) -> None:
    subscriber.ward.bot.greets = False
    status, refused = await subscriber.ask("/teams/getAllMessages")
    assert (status, refused["error"]["code"]) == (400, "ValidationError")
    assert (await subscriber.ward.graph("GET", "subscriptions"))[1]["value"] == []


async def test_permission_is_needed_by_role_or_where_installed(rsc: Ward, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    subscriber = Subscriber(rsc, folder)
    assert (await subscriber.ask("/teams/getAllMessages"))[0] == 403
    team, thread = rsc.places.team_id(WARD), rsc.places.thread_id(WARD)
    assert (await subscriber.ask(f"/teams/{team}/channels/{thread}/messages"))[0] == 201


async def test_ends_renewal_rotation_and_lifecycle(subscriber: Subscriber) -> None:
    ward = subscriber.ward
    now = [ward.teams.estate.clock()]
    ward.teams.estate.clock = lambda: now[0]
    _, made = await subscriber.ask("/teams/getAllMessages", 60)
    one = f"subscriptions/{made['id']}"
    now[0] += 50 * 60
    later = {
        "expirationDateTime": subscriber.wanted("x")["expirationDateTime"],
        "encryptionCertificateId": "cert-2",
    }
    status, renewed = await ward.graph("PATCH", one, later | {"encryptionCertificate": subscriber.cert})
    assert (status, renewed["clientState"], renewed["encryptionCertificateId"]) == (200, None, "cert-2")
    assert await ward.teams.notifier.lifecycle(made["id"], "reauthorizationRequired")
    assert ward.bot.lifecycle[-1]["value"][0]["lifecycleEvent"] == "reauthorizationRequired"
    ward.workspace.post(WARD, NURSE, "unheard")
    assert (await ward.graph("POST", f"{one}/reauthorize"))[0] == 204
    ward.workspace.post(WARD, NURSE, "heard")
    assert [d["body"]["content"] for _, _, d in await subscriber.opened()] == ["heard"]
    assert ward.bot.notifications[0]["value"][0]["encryptedContent"]["encryptionCertificateId"] == "cert-2"
    now[0] += 4001 * 60
    assert (await ward.graph("GET", one))[0] == 404
    _, again = await subscriber.ask("/teams/getAllMessages")
    assert await ward.teams.notifier.lifecycle(again["id"], "subscriptionRemoved")
    assert (await ward.graph("DELETE", f"subscriptions/{again['id']}"))[0] == 404


async def test_notifications_are_retried_lost_repeated_and_forged(subscriber: Subscriber) -> None:
    ward = subscriber.ward
    await subscriber.ask("/teams/getAllMessages")
    ward.teams.estate.installed.clear()
    ward.bot.statuses = [500, 503]
    ward.workspace.post(WARD, NURSE, "one")
    await ward.teams.settled()
    ward.teams.faults.notifications_lost, ward.teams.faults.notifications_repeated = 1, 1
    for text in ("two", "three"):
        ward.workspace.post(WARD, NURSE, text)
    told = [d["body"]["content"] for _, _, d in await subscriber.opened()]
    assert told == ["one", "three", "three"]
    ward.teams.notifier.claims = {"appid": "someone-else", "exp": None}
    ward.workspace.post(WARD, NURSE, "four")
    await ward.teams.settled()
    token = ward.bot.notifications[-1]["validationTokens"][0]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["appid"], "exp" in claims) == ("someone-else", False)
