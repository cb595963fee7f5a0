"""The parts of a message that hold no others: texts, messages within it, and files."""

import mimetypes
import re
from email.message import Message

from detectors.files import file_names
from detectors.files.encoding import decode
from detectors.files.interface import File, Outcome, Protected, Result, Unreadable
from detectors.files.mail import compose
from detectors.files.mail.reading import Copy, Kept, Reading
from detectors.files.mail.uuencoded import without_files
from detectors.files.slots import without

ANY = "application/octet-stream"
_ENCODINGS = frozenset({"", "7bit", "8bit", "binary", "quoted-printable", "base64"})
_PGP = re.compile(r"(?m)^-----BEGIN PGP MESSAGE-----\s*$")


def text(reading: Reading, part: Message) -> Copy:
    """A body in plain text. Raises Protected, Unreadable."""
    body, files = without_files(_text(reading, part))
    if _PGP.search(body):
        raise Protected("This e-mail")
    at = reading.add(body, "the message")
    reading.texts += bool(body.strip())
    reading.odd |= bool(files)
    more = [_attached(reading, data, ANY, name) for name, data in files]

    def copy(kept: Kept) -> Message | None:
        redacted = compose.text(without(body, kept.cuts[at]), "plain")
        return compose.together("mixed", [redacted, *(m for each in more if (m := each(kept)) is not None)])

    return copy


def message(reading: Reading, part: Message) -> Copy:
    """A message within the message. Raises Unreadable."""
    inner = part.get_payload(0) if part.is_multipart() else None
    if not isinstance(inner, Message):
        raise Unreadable("A message in this e-mail cannot be read.")
    return _attached(reading, inner.as_bytes(), "message/rfc822", "message.eml")


def file(reading: Reading, part: Message) -> Copy:
    """Anything else is a file of its own, also a body in HTML."""
    type, name = part.get_content_type(), part.get_filename() or ""
    if type == "text/html" and not name:
        return _html(reading, part)
    if (other := part.get_param("name")) and other != name:
        reading.add(str(other), "the name of a file", file_names.LABEL)
    if part.get_content_maintype() in ("multipart", "message"):
        type = "text/plain"  # a form that holds no parts after all, or a report of a delivery
    data = part.as_bytes() if part.is_multipart() else _contents(reading, part)
    inline = part.get_content_disposition() == "inline"
    return _attached(reading, data, type, name, str(part.get("Content-ID", "")), inline)


def mark(value: object) -> str:
    """A program's mark as text to be looked at: it has the form of an address and is none."""
    return str(value).replace("@", " ")


def _html(reading: Reading, part: Message) -> Copy:
    """With a mark of its encoding, which then counts for more than what the text says of itself."""
    data = _text(reading, part).encode("utf-8-sig")
    reading.files.append(File("message.html", data, "text/html", reading.depth + 1))
    place = len(reading.files) - 1

    def copy(kept: Kept) -> Message | None:
        contents = _left(kept.results[place], data)
        return None if contents is None else compose.text(contents.decode("utf-8-sig"), "html")

    return copy


def _attached(
    reading: Reading, data: bytes, type: str, name: str, content_id: str = "", inline: bool = False
) -> Copy:
    usual = f"part{mimetypes.guess_extension(type) or ''}"
    reading.files.append(File(name or usual, data, type, reading.depth + 1))
    place = len(reading.files) - 1
    marked = reading.add(mark(content_id), "a header")
    at = [reading.add(p.text, p.where, p.label) for p in file_names.passages(name, "the name of a file")]

    def copy(kept: Kept) -> Message | None:
        result = kept.results[place]
        contents = _left(result, data)
        if contents is None:
            return None
        named = file_names.masked(name, [kept.cuts[n] for n in at]) + result.suffix if name else ""
        as_type = mimetypes.guess_type(f"x{result.suffix}")[0] or ANY if result.suffix else type
        return compose.attached(contents, as_type, named, "" if kept.cuts[marked] else content_id, inline)

    return copy


def _left(result: Result, data: bytes) -> bytes | None:
    """What of a file may stay."""
    if result.outcome is Outcome.CLEAN:
        return data
    return result.data if result.outcome is Outcome.REDACTED else None


def _text(reading: Reading, part: Message) -> str:
    """Many programs say ASCII, which is the default, and write something else."""
    charset = part.get_content_charset("")
    return decode(_contents(reading, part), "" if charset in ("us-ascii", "ascii") else charset).text


def _contents(reading: Reading, part: Message) -> bytes:
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    reading.odd |= encoding not in _ENCODINGS
    contents = part.get_payload(decode=True)
    return contents if isinstance(contents, bytes) else b""
