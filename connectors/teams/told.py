"""What Graph tells us, as deliveries: in which lane, and by which keys a repeat is known."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from connectors.interface import Delivery
from connectors.teams import places

Payload = Mapping[str, Any]

NOTIFICATION: Final = "teams.notification"
GAP: Final = "teams.gap"


def change(item: Payload, data: Payload | None, received: datetime) -> Delivery:
    """One item of a change notification (its keys in lower case) and its decrypted resource. Of members Graph
    does not say when, hence `received`.

    Raises ValueError when it names no conversation.
    """
    tenant, resource = str(item["tenantid"]), str(item.get("resource", ""))
    what = str(item.get("changetype", "")).lower()
    where = places.of_resource(tenant, resource)
    body = {"changeType": what, "resource": resource, "data": data, "at": received.isoformat()}
    keys = message_keys(tenant, resource, data) or (f"notification/{_one(item)}",)
    return Delivery(NOTIFICATION, tenant, where.lane, keys, _json(body))


def found(tenant: str, resource: str, data: Payload) -> Delivery:
    """A message found when catching up, as its notifications would have told it.

    One that nobody edited or contested is a repeat when it was seen as it was posted, whatever reactions it got.
    """
    now = datetime.now(UTC)
    item = {"tenantid": tenant, "resource": resource, "changetype": "updated"}
    contested = str((data.get("policyViolation") or {}).get("userAction") or "none").lower() != "none"
    if data.get("lastEditedDateTime") or data.get("deletedDateTime") or contested:
        return change(item, data, now)
    posted = change({**item, "changetype": "created"}, data, now)
    ref = places.ref_of(tenant, resource)
    return replace(posted, keys=(*posted.keys, f"message/{ref.channel.id}/{ref.ts}/{ref.ts}"))


def gap(tenant: str, since: datetime) -> Delivery:
    """From `since` on something may have been missed."""
    body = {"since": since.isoformat()}
    return Delivery(GAP, tenant, f"teams:{tenant}", (f"gap/{since.isoformat()}",), _json(body))


def message_keys(tenant: str, resource: str, data: Payload | None) -> tuple[str, ...]:
    """One version of a message, however it reaches us; () for what is none, or tells of none."""
    if "messages" not in places.steps(resource):
        return ()
    ref = places.ref_of(tenant, resource)
    if data is None:
        return ()
    if gone := data.get("deletedDateTime"):
        return (f"deleted/{ref.channel.id}/{ref.ts}/{gone}",)
    version = data.get("etag") or data.get("lastModifiedDateTime") or ref.ts
    return (f"message/{ref.channel.id}/{ref.ts}/{version}",)


def _one(item: Payload) -> str:
    """What makes a notification this one, sent again or not."""
    if item.get("id"):
        return str(item["id"])
    plain = json.dumps(item, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def _json(body: Payload) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
