"""A subscription to change notifications, as Graph keeps it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from cryptography import x509

from connectors.sandbox.teams.sealing import certificate
from connectors.sandbox.teams.topics import Topic, topic

Json = dict[str, Any]
LONGEST: Final = 4320 * 60
WITHOUT_LIFECYCLE: Final = 60 * 60


class Unacceptable(ValueError):
    """Graph would not take this; the words say why."""


@dataclass
class Subscription:
    """`given` is what the application sent; `expires` in epoch seconds of the estate's clock."""

    app: str
    given: Json = field(repr=False)
    topic: Topic
    expires: float
    certificate: x509.Certificate | None
    id: str = field(default_factory=lambda: str(uuid4()))
    paused: bool = False
    """Asked to be authorised again; until then nothing is sent."""

    @property
    def expiry(self) -> str:
        return stamp(self.expires)

    def as_json(self, *, created: bool = False) -> Json:
        """`clientState` is told only in the answer that creates it."""
        keys = (
            "resource", "changeType", "notificationUrl", "lifecycleNotificationUrl", "encryptionCertificateId",
            "includeResourceData", "notificationQueryOptions",
        )  # fmt: skip
        shown: Json = {key: self.given.get(key) for key in keys}
        return shown | {
            "id": self.id, "applicationId": self.app, "expirationDateTime": self.expiry, "creatorId": self.app,
            "clientState": self.given.get("clientState") if created else None, "latestSupportedTlsVersion": "v1_2",
            "encryptionCertificate": None, "notificationUrlAppId": None,
        }  # fmt: skip

    def renew(self, given: Json, now: float) -> None:
        """PATCH: a new end, and a new certificate or URL if given. Raises Unacceptable."""
        merged = self.given | given
        self.expires, self.certificate = _checked(merged, now)
        self.given, self.paused = merged, False


def subscribe(given: Json, app: str, now: float) -> Subscription:
    """Read what an application asks for. Raises Unacceptable."""
    try:
        about = topic(str(given.get("resource", "")))
    except ValueError as wrong:
        raise Unacceptable(str(wrong)) from None
    kinds = set(str(given.get("changeType", "")).replace(" ", "").split(","))
    if not kinds or not kinds <= {"created", "updated", "deleted"}:
        raise Unacceptable("changeType")
    expires, cert = _checked(given, now)
    return Subscription(app, given, about, expires, cert)


def _checked(given: Json, now: float) -> tuple[float, x509.Certificate | None]:
    try:
        expires = datetime.fromisoformat(str(given["expirationDateTime"])).timestamp()
    except (KeyError, ValueError):
        raise Unacceptable("expirationDateTime") from None
    if not now < expires <= now + LONGEST + 60:
        raise Unacceptable("Subscription expiration can only be 4320 minutes in the future.")
    if expires > now + WITHOUT_LIFECYCLE + 60 and not given.get("lifecycleNotificationUrl"):
        raise Unacceptable("lifecycleNotificationUrl is a required property for subscriptions over an hour.")
    for key in ("notificationUrl", "lifecycleNotificationUrl"):
        if given.get(key) and not str(given[key]).startswith(("https://", "http://127.0.0.1:")):
            raise Unacceptable(f"{key} must be https")
    return expires, _certificate(given)


def _certificate(given: Json) -> x509.Certificate | None:
    if not given.get("includeResourceData"):
        return None
    if not given.get("encryptionCertificateId"):
        raise Unacceptable("encryptionCertificateId")
    try:
        return certificate(str(given.get("encryptionCertificate", "")))
    except ValueError as wrong:
        raise Unacceptable(f"encryptionCertificate: {wrong}") from None


def stamp(seconds: float) -> str:
    """An end, with Graph's seven decimals."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}0Z"
