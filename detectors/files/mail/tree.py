"""A parsed message, walked from the outside in: its headers, its parts, and a way to write each anew."""

import re
from email.message import EmailMessage, Message
from typing import Final

from detectors.files.interface import Desk, OverLimit, Protected, Unreadable
from detectors.files.mail import compose, leaves
from detectors.files.mail.reading import Copy, Kept, Reading

_KEPT: Final = ("from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "importance", "priority")
"""Headers that a person reads; the others are looked at, and left out of a copy."""

_MARKS = frozenset(
    {"message-id", "in-reply-to", "references", "content-id", "x-attachment-id", "thread-index"}
)
"""Headers that a program made up: they look like addresses and are none."""

_FORM = frozenset({"content-type", "content-disposition", "content-transfer-encoding", "mime-version"})
"""Headers that say how a part is written; a name in them is read with its file."""

_ENCRYPTED = frozenset(
    {
        "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted", "multipart/encrypted",
        "application/x-microsoft-rpmsg-message",
    }
)  # fmt: skip
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_ELSEWHERE = frozenset({"message/partial", "message/external-body"})


def read(message: EmailMessage, depth: int, desk: Desk) -> tuple[Reading, Copy]:
    """Raises Protected, Unreadable, OverLimit."""
    if sum(1 for _ in message.walk()) > desk.limits.files:
        raise OverLimit(f"There are more than {desk.limits.files:,} parts in this e-mail.")
    reading = Reading(depth)
    for name, value in message.items():
        if name.lower() in _KEPT:
            reading.headers.append((name, reading.add(value, f"the header {name}", name)))
    return reading, _part(reading, message, _KEPT)


def _part(reading: Reading, part: Message, read_already: tuple[str, ...] = ()) -> Copy:
    _look_at_headers(reading, part, {*_FORM, *read_already})
    type = part.get_content_type()
    if type in _ENCRYPTED or _is_secret(part):
        raise Protected("This e-mail")
    if type in _ELSEWHERE:
        raise Unreadable("A part of this e-mail is not in it.")
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        copy = _several(reading, part)
    elif type == "message/rfc822":
        copy = leaves.message(reading, part)
    elif type == "text/plain" and not part.get_filename():
        copy = leaves.text(reading, part)
    else:
        copy = _dropped if type in _SIGNATURES else leaves.file(reading, part)
    reading.odd |= bool(part.defects) or type in _SIGNATURES
    return copy


def _is_secret(part: Message) -> bool:
    return part.get_content_type() == leaves.ANY and bool(
        re.search(r"(?i)\.(?:p7m|pgp|gpg|rpmsg)$", part.get_filename() or "")
    )


def _look_at_headers(reading: Reading, part: Message, besides: set[str]) -> None:
    """A name in a header that no program shows is a name all the same."""
    reading.odd |= any(len(part.get_all(name, [])) > 1 for name in _FORM)
    for name, value in part.items():
        low = name.lower()
        if low not in besides:
            reading.add(leaves.mark(value) if low in _MARKS else str(value), "a header", name)


def _several(reading: Reading, part: Message) -> Copy:
    for text in (part.preamble, part.epilogue):
        if text and text.strip():
            reading.add(text, "text that no program shows")
    copies = [_part(reading, child) for child in part.get_payload() if isinstance(child, Message)]
    subtype = part.get_content_subtype()
    subtype = subtype if subtype in ("alternative", "related") else "mixed"

    def copy(kept: Kept) -> Message | None:
        parts = [made for each in copies if (made := each(kept)) is not None]
        return compose.together(subtype, parts) if parts else None

    return copy


def _dropped(kept: Kept) -> None:
    """A signature holds for the original alone."""
