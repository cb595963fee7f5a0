"""Who may speak to our Slack addresses: only Slack, freshly, and not at length.

Stands before everything else, so that a body is parsed only when Slack signed it, and is never logged.
"""

from slack_sdk.signature import SignatureVerifier
from starlette.exceptions import HTTPException
from starlette.requests import Request

from connectors.webhook import capped

MAX_BYTES = 1_000_000


class Gate:
    def __init__(self, signing_secret: str) -> None:
        self._verifier = SignatureVerifier(signing_secret)

    async def body(self, request: Request, content_type: str) -> tuple[bytes, float]:
        """The body and when Slack signed it (seconds since 1970).

        Raises HTTPException: 413 too large, 401 not Slack's or stale, 400 not `content_type`.
        """
        body = await capped(request, MAX_BYTES)
        signed_at = self._verified(request, body)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != content_type:
            raise HTTPException(400, "unexpected content type")
        return body, signed_at

    def _verified(self, request: Request, body: bytes) -> float:
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        given = request.headers.get("x-slack-signature", "")
        # Digits alone: int() would take "١٢" or "1_0" too, and the SDK answers a word with an exception.
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16 and given.isascii()):
            raise HTTPException(401, "not signed")
        if not self._is_signed(timestamp, given, body):
            raise HTTPException(401, "not signed")
        return float(timestamp)

    def _is_signed(self, timestamp: str, given: str, body: bytes) -> bool:
        """With our secret, and within Slack's five minutes."""
        try:
            return self._verifier.is_valid(body, timestamp, given)
        except UnicodeDecodeError:  # the SDK reads the body as text
            return False
