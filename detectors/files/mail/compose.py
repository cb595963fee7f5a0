"""Messages written from nothing but what was read: no header, boundary or encoding of the original is kept."""

from collections.abc import Iterable, Sequence
from email import encoders, policy
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart

_UTF_8 = Charset("utf-8")
_UTF_8.body_encoding = QP
_AS_SENT = policy.compat32.clone(linesep="\r\n")


def text(content: str, subtype: str) -> Message:
    """A body: "plain" or "html"."""
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part.set_payload(content.replace("\r\n", "\n").replace("\r", "\n"), _UTF_8)
    return part


def attached(data: bytes, type: str, name: str = "", content_id: str = "", inline: bool = False) -> Message:
    """A file. `type` is a media type; `content_id` is what an HTML body calls an inline picture."""
    part = MIMEBase(*(type.partition("/")[::2]))
    if part.get_content_maintype() == "message":
        part.set_payload(data.decode("ascii", "surrogateescape"))
    else:
        part.set_payload(data)
        encoders.encode_base64(part)
    named = {"filename": _one_line(name)} if name else {}
    part.add_header("Content-Disposition", "inline" if inline else "attachment", **named)
    if content_id:
        part["Content-ID"] = _one_line(content_id)
    return part


def together(subtype: str, parts: Sequence[Message]) -> Message:
    """A multipart; one part alone needs none."""
    return parts[0] if len(parts) == 1 else MIMEMultipart(subtype, _subparts=parts)


def written(message: Message, headers: Iterable[tuple[str, str]]) -> bytes:
    """A whole message; of a header that comes twice, the first counts."""
    for name, value in headers:
        if name not in message:
            message[name] = Header(_one_line(value), None if value.isascii() else "utf-8", 76, name).encode()
    return message.as_bytes(policy=_AS_SENT)


def _one_line(value: str) -> str:
    return " ".join(value.split())
