"""Graph's change notifications: handshake, rich and encrypted data, validation tokens, lifecycle, retries."""

import asyncio
import json
import time
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import jwt

from connectors.sandbox.channels import Channel
from connectors.sandbox.microsoft.authority import KEY_ID
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.outbox import Manner, Outbox, entry
from connectors.sandbox.teams.sealing import sealed
from connectors.sandbox.teams.subscription import Subscription

Json = dict[str, Any]
NOTIFIER: Final = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""The application that Graph's validation tokens name."""
_MANNER: Final = Manner(within=3.0, waits=(5.0, 30.0, 120.0, 600.0), always=True)
_TOKEN_SECONDS: Final = 3600 * 8


class Notifier:
    """The subscriptions of one tenant, and what is sent for them."""

    def __init__(self, estate: Estate, outbox: Outbox) -> None:
        self.estate = estate
        self.subscriptions: dict[str, Subscription] = {}
        self.claims: Json = {}
        """Laid over the claims of validation tokens (None leaves one out)."""
        self._outbox = outbox
        self._tokens: dict[str, tuple[float, str]] = {}

    def live(self) -> list[Subscription]:
        """Those that have not ended by the estate's clock; ended ones are forgotten."""
        now = self.estate.clock()
        self.subscriptions = {id: held for id, held in self.subscriptions.items() if held.expires > now}
        return list(self.subscriptions.values())

    def tell(
        self, change: str, kind: str, channel: Channel, resource: str, data: Json, *, ts: str | None = None,
        indirect: bool = False,
    ) -> None:  # fmt: skip
        """Something of `kind` changed: notify every subscription that covers it. `resource` in keyed form."""
        for held in self.live():
            wanted = str(held.given["changeType"]).replace(" ", "").split(",")
            if held.paused or change not in wanted or (indirect and not held.topic.indirect):
                continue
            if held.topic.covers(self.estate, kind, channel):
                self._send(held, change, kind, resource, data, ts)

    def _send(
        self, held: Subscription, change: str, kind: str, resource: str, data: Json, ts: str | None
    ) -> None:
        faults = self.estate.faults
        if faults.notifications_lost > 0:
            faults.notifications_lost -= 1
            return
        wait = faults.member_delay if kind == "members" else faults.notification_delay
        for _ in range(1 + faults.notifications_repeated):
            record = entry(str(uuid4()), f"notification.{kind}", change, ts)
            self.estate.workspace.deliveries.append(record)
            self._outbox.spawn(self._later(held, self._item(held, change, resource, data), record, wait))

    async def _later(self, held: Subscription, item: Json, record: Json, wait: float) -> None:
        if wait:
            await asyncio.sleep(wait)
        body: Json = {"value": [item]}
        if "encryptedContent" in item:
            body["validationTokens"] = [self._token(held.app)]
        await self._outbox.deliver(held.given["notificationUrl"], _bytes(body), _headers, _MANNER, record)

    def _item(self, held: Subscription, change: str, resource: str, data: Json) -> Json:
        type = data.get("@odata.type", "#microsoft.graph.chatMessage").replace(
            "microsoft.graph", "Microsoft.Graph"
        )
        item: Json = {
            "subscriptionId": held.id, "changeType": change, "clientState": held.given.get("clientState"),
            "subscriptionExpirationDateTime": held.expiry, "resource": resource, "tenantId": self.estate.tenant.id,
            "resourceData": {"id": data["id"], "@odata.type": type, "@odata.id": resource},
        }  # fmt: skip
        if held.certificate is not None:
            id = str(held.given["encryptionCertificateId"])
            item["encryptedContent"] = sealed(_bytes(data), held.certificate, id)
        return item

    async def lifecycle(self, id: str, event: str) -> bool:
        """`reauthorizationRequired` (nothing is sent until that is done) or `subscriptionRemoved`.

        Says whether the bot took it. Raises KeyError for an unknown subscription.
        """
        held = self.subscriptions[id]
        held.paused = event == "reauthorizationRequired"
        if event == "subscriptionRemoved":
            del self.subscriptions[id]
        item = {
            "subscriptionId": id, "subscriptionExpirationDateTime": held.expiry, "lifecycleEvent": event,
            "tenantId": self.estate.tenant.id, "clientState": held.given.get("clientState"),
        }  # fmt: skip
        url = held.given.get("lifecycleNotificationUrl")
        if not url:
            return False
        record = entry(str(uuid4()), "notification.lifecycle", event, None)
        self.estate.workspace.deliveries.append(record)
        await self._outbox.deliver(url, _bytes({"value": [item]}), _headers, _MANNER, record)
        return record["answered_at"] is not None

    async def greets(self, url: str) -> bool:
        """The handshake: the endpoint must echo the token as text/plain with status 200."""
        token = f"Validation: Testing client application reachability {uuid4()} ü+&="
        joint = "&" if "?" in url else "?"
        to = f"{url}{joint}validationToken={quote(token, safe='')}"
        status, body, kind = await self._outbox.send(to, b"", {"Content-Type": "text/plain; charset=utf-8"})
        return status == 200 and kind == "text/plain" and body.decode("utf-8", "replace") == token

    def _token(self, app: str) -> str:
        """A validation token: proof that Graph sent it."""
        now = time.time()
        ends, held = self._tokens.get(app, (0.0, ""))
        if held and ends > now + 600 and not self.claims:
            return held
        tenant = self.estate.tenant
        issuer = f"https://sts.windows.net/{tenant.id}/"
        claims = {
            "aud": app, "iss": issuer, "iat": int(now) - 5, "nbf": int(now) - 5, "exp": int(now) + _TOKEN_SECONDS,
            "aio": "sandbox", "appid": NOTIFIER, "appidacr": "2", "idp": issuer, "tid": tenant.id, "uti": "sandbox",
            "ver": "1.0", **self.claims,
        }  # fmt: skip
        kept = {key: value for key, value in claims.items() if value is not None}
        signed = jwt.encode(kept, tenant.signing, "RS256", {"kid": KEY_ID})
        self._tokens[app] = (now + _TOKEN_SECONDS, signed)
        return signed


def _bytes(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _headers() -> Json:
    return {"Content-Type": "application/json; charset=utf-8"}
