"""What Slack tells of an e-mail shared as a file: who wrote to whom, about what, and the text."""

from email import message_from_bytes, policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from typing import Any

Json = dict[str, Any]
PREVIEW_CHARACTERS = 300


def mail_parts(data: bytes) -> Json:
    """The keys that an e-mail's file object has beyond other files'."""
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - what policy.default makes
    body = mail.get_body(("plain",))
    text = body.get_content().strip() if body else ""
    return {
        "mode": "email", "subject": str(mail["subject"] or ""),
        "to": _addresses(mail, "to"), "from": _addresses(mail, "from"), "cc": _addresses(mail, "cc"),
        "attachments": [], "original_attachment_count": sum(1 for _ in mail.iter_attachments()),
        "plain_text": text, "preview": text[:PREVIEW_CHARACTERS], "preview_plain_text": text[:PREVIEW_CHARACTERS],
        "headers": {
            "date": str(mail["date"] or ""), "in_reply_to": None, "reply_to": None,
            "message_id": str(mail["message-id"] or ""),
        },
        "has_more": False, "sent_to_self": False,
    }  # fmt: skip


def _addresses(mail: EmailMessage, name: str) -> list[Json]:
    header = mail[name]
    if not isinstance(header, AddressHeader):
        return []
    return [{"address": a.addr_spec, "name": a.display_name, "original": str(a)} for a in header.addresses]
