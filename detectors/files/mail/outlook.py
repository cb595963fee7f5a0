"""Outlook items (MS-OXMSG). They cannot be written, so a redacted one comes back as an internet message."""

import email
from dataclasses import replace
from email import policy
from email.message import Message
from typing import Final

from detectors.files.interface import Desk, Family, File, Outcome, Passage, Protected, Result, Unreadable
from detectors.files.mail import compose, eml
from detectors.files.mail.properties import Item, item_of

_CLASS, _SUBJECT, _HEADERS = 0x001A, 0x0037, 0x007D
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_TO, _CC = 0x0E04, 0x0E03
_BODY, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_DATA, _NAME, _SHORT_NAME, _MEDIA_TYPE, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712
_SHOWN = frozenset({_SENDER, _TO, _CC, _SUBJECT, _BODY, _HTML, _RTF, _DATA, _NAME})
"""Properties (MS-OXPROPS) that are read with the message; the others are looked at beside it."""


def inspect(file: File, type: str, desk: Desk) -> Result:
    item = item_of(file.data)
    data = _message(item)
    rtf = item.rich_text(_RTF)
    files = [File("message.rtf", rtf, "application/rtf", file.depth + 1)] if rtf else []
    message = email.message_from_bytes(data, policy=policy.default)
    result = replace(eml.examine(message, file.depth, desk, _beside(item), files), type=type)
    if result.outcome is not Outcome.REDACTED:
        return result
    reason = f"It comes back as an e-mail file (.eml). {result.reason}".strip()
    return replace(result, reason=reason, suffix=".eml")


def _message(item: Item) -> bytes:
    """The item as an internet message. Raises Protected, Unreadable."""
    kind = item.text(_CLASS).upper()
    if kind.startswith("IPM.NOTE.SMIME") and not kind.endswith("MULTIPARTSIGNED"):
        raise Protected("This e-mail")
    bodies = [compose.text(item.text(_BODY), "plain")]
    if html := item.text(_HTML):
        bodies.append(compose.text(html, "html"))
    parts = [compose.together("alternative", bodies), *(_attachment(each) for each in item.attachments)]
    return compose.written(compose.together("mixed", parts), _headers(item))


def _headers(item: Item) -> list[tuple[str, str]]:
    sent = email.message_from_string(item.text(_HEADERS), policy=policy.default)
    address = item.text(_SENDER_SMTP) or item.text(_SENDER_ADDRESS)
    own = [
        ("From", f"{item.text(_SENDER)} <{address}>" if address else item.text(_SENDER)),
        ("To", item.text(_TO)),
        ("Cc", item.text(_CC)),
        ("Subject", item.text(_SUBJECT)),
        ("Date", str(sent.get("Date", ""))),
    ]
    return [(name, value) for name, value in own if value.strip()]


def _attachment(item: Item) -> Message:
    name = item.text(_NAME) or item.text(_SHORT_NAME)
    if item.message is not None:
        return compose.attached(_message(item.message), "message/rfc822", name)
    data = item.binary(_DATA)
    if data is None:
        raise Unreadable("An object in this e-mail cannot be read.")
    kind = item.text(_MEDIA_TYPE)
    kind = kind if kind.count("/") == 1 and not kind.startswith(("message/", "multipart/")) else ""
    return compose.attached(data, kind or "application/octet-stream", name, item.text(_CONTENT_ID))


def _beside(item: Item) -> list[Passage]:
    """All other texts, of which programs show some and keep some to themselves."""
    texts = dict.fromkeys(item.other_texts(_SHOWN))
    return [Passage(text, "a property of the e-mail") for text in texts]


FAMILY: Final = Family("Outlook items", frozenset({"application/vnd.ms-outlook"}), inspect)
