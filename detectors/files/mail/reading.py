"""A parsed message -> its texts, its files, and a way to write it anew from what may stay of them."""

import mimetypes
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage, Message
from typing import Final

from detectors.files import file_names
from detectors.files.encoding import decode
from detectors.files.interface import (
    Cut,
    Desk,
    File,
    Outcome,
    OverLimit,
    Passage,
    Protected,
    Result,
    Unreadable,
)
from detectors.files.mail import compose
from detectors.files.mail.uuencoded import without_files
from detectors.files.slots import without

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
_ANY = "application/octet-stream"
_ENCODINGS = frozenset({"", "7bit", "8bit", "binary", "quoted-printable", "base64"})
_PGP = re.compile(r"(?m)^-----BEGIN PGP MESSAGE-----\s*$")


@dataclass(frozen=True)
class Kept:
    """What may stay: the cuts of each passage and the result for each file, as `Reading` counts them."""

    cuts: Sequence[Sequence[Cut]]
    results: Sequence[Result]


Copy = Callable[[Kept], Message | None]
"""Writes a part anew; None where nothing of it may stay."""


@dataclass
class Reading:
    """Everything in one message whose depth is `depth`.

    `odd`: its form is damaged, unusual or signed, so only a copy written anew may be handed on.
    """

    depth: int
    passages: list[Passage] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    headers: list[tuple[str, int]] = field(default_factory=list)
    """The headers that a copy keeps, each with the place of its passage."""
    texts: int = 0
    odd: bool = False

    def header_lines(self, kept: Kept) -> Iterator[tuple[str, str]]:
        for name, at in self.headers:
            yield name, without(self.passages[at].text, kept.cuts[at])

    def add(self, text: str, where: str, label: str = "") -> int:
        self.passages.append(Passage(text, where, label))
        return len(self.passages) - 1


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
    _look_at_headers(reading, part, {*_FORM, *read_already, "content-id"})
    type = part.get_content_type()
    if type in _ENCRYPTED or _is_secret(part):
        raise Protected("This e-mail")
    if type in _ELSEWHERE:
        raise Unreadable("A part of this e-mail is not in it.")
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        copy = _several(reading, part)
    elif type == "message/rfc822":
        copy = _message(reading, part)
    elif type == "text/plain" and not part.get_filename():
        copy = _text(reading, _contents(reading, part), part.get_content_charset(""))
    else:
        copy = _file(reading, part, type)
    reading.odd |= bool(part.defects) or type in _SIGNATURES
    return copy


def _is_secret(part: Message) -> bool:
    return part.get_content_type() == _ANY and bool(
        re.search(r"(?i)\.(?:p7m|pgp|gpg|rpmsg)$", part.get_filename() or "")
    )


def _look_at_headers(reading: Reading, part: Message, besides: set[str]) -> None:
    """A name in a header that no program shows is a name all the same."""
    reading.odd |= any(len(part.get_all(name, [])) > 1 for name in _FORM)
    for name, value in part.items():
        low = name.lower()
        if low not in besides:
            reading.add(_mark(value) if low in _MARKS else str(value), "a header", name)


def _mark(value: object) -> str:
    return str(value).replace("@", " ")


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


def _text(reading: Reading, data: bytes, charset: str) -> Copy:
    text, files = without_files(decode(data, "" if charset in ("us-ascii", "ascii") else charset).text)
    if _PGP.search(text):
        raise Protected("This e-mail")
    at = reading.add(text, "the message")
    reading.texts += bool(text.strip())
    reading.odd |= bool(files)
    more = [_attached(reading, data, _ANY, name) for name, data in files]

    def copy(kept: Kept) -> Message | None:
        body = compose.text(without(text, kept.cuts[at]), "plain")
        return compose.together("mixed", [body, *(m for each in more if (m := each(kept)) is not None)])

    return copy


def _message(reading: Reading, part: Message) -> Copy:
    inner = part.get_payload(0) if part.is_multipart() else None
    if not isinstance(inner, Message):
        raise Unreadable("A message in this e-mail cannot be read.")
    return _attached(reading, inner.as_bytes(), "message/rfc822", "message.eml")


def _file(reading: Reading, part: Message, type: str) -> Copy:
    """Anything else is a file of its own. An HTML body is one that has no name, and is UTF-8 from here on."""
    data = part.as_bytes() if part.is_multipart() else _contents(reading, part)
    name = part.get_filename() or ""
    if type in _SIGNATURES:
        return lambda kept: None
    if type == "text/html" and not name:
        return _html(reading, data, part.get_content_charset(""))
    if (other := part.get_param("name")) and other != name:
        reading.add(str(other), "the name of a file", file_names.LABEL)
    inline = part.get_content_disposition() == "inline"
    return _attached(reading, data, type, name, str(part.get("Content-ID", "")), inline)


def _html(reading: Reading, data: bytes, charset: str) -> Copy:
    text = decode(data, "" if charset in ("us-ascii", "ascii") else charset).text
    data = text.encode("utf-8-sig")
    reading.files.append(File("message.html", data, "text/html", reading.depth + 1))
    place = len(reading.files) - 1

    def copy(kept: Kept) -> Message | None:
        contents = _kept(kept.results[place], data)
        return None if contents is None else compose.text(contents.decode("utf-8-sig"), "html")

    return copy


def _attached(
    reading: Reading, data: bytes, type: str, name: str, content_id: str = "", inline: bool = False
) -> Copy:
    reading.files.append(File(name or _usual_name(type), data, type, reading.depth + 1))
    place, mark, at = (
        len(reading.files) - 1,
        reading.add(_mark(content_id), "a header"),
        len(reading.passages),
    )
    reading.passages += file_names.passages(name, "the name of a file")

    def copy(kept: Kept) -> Message | None:
        result = kept.results[place]
        contents = _kept(result, data)
        if contents is None:
            return None
        masked = file_names.masked(name, kept.cuts[at : at + name.count("/") + 1])
        named = masked + result.suffix if masked else ""
        as_type = mimetypes.guess_type(f"x{result.suffix}")[0] or _ANY if result.suffix else type
        return compose.attached(contents, as_type, named, "" if kept.cuts[mark] else content_id, inline)

    return copy


def _kept(result: Result, data: bytes) -> bytes | None:
    if result.outcome is Outcome.CLEAN:
        return data
    return result.data if result.outcome is Outcome.REDACTED else None


def _usual_name(type: str) -> str:
    return f"part{mimetypes.guess_extension(type) or ''}"


def _contents(reading: Reading, part: Message) -> bytes:
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    reading.odd |= encoding not in _ENCODINGS
    contents = part.get_payload(decode=True)
    return contents if isinstance(contents, bytes) else b""
