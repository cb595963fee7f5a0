"""What comes with a Teams message: files in SharePoint, and pictures that Teams hosts itself.

An `Attachment.id` says where its bytes are, since Graph has no path for a file that is known by its id alone:
"hosted/…" is a hosted content of a message, "shared/…" an address in SharePoint or OneDrive, "bot/…" what a bot was
given with an activity, or was only told of.
"""

import base64
import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

from connectors.interface import Attachment, Channel, MessageRef, TextPart
from connectors.teams import places

Payload = Mapping[str, Any]

HOSTED: Final = "hosted/"
SHARED: Final = "shared/"
BOT_FILE: Final = "bot/"
_HOSTED_URL = re.compile(r"/hostedContents/([^/\"']+)/\$value", re.IGNORECASE)
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ATTACHED = re.compile(r"<attachment\b[^>]*\bid\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=\s*\"([^\"]*)\"", re.IGNORECASE)


def attachments(raw: Payload, where: Channel) -> tuple[Attachment, ...]:
    """The files and hosted pictures of a chatMessage."""
    root = None if places.is_chat(where) else str(raw.get("replyToId") or raw["id"])
    ref = MessageRef(where, str(raw["id"]), root)
    sender = str(((raw.get("from") or {}).get("user") or {}).get("id") or "")
    return (*_files(raw, sender), *pasted(str((raw.get("body") or {}).get("content") or ""), ref, sender))


def share_token(address: str) -> str:
    """How Graph's /shares names an address: "u!" and its base64url."""
    return "u!" + base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")


def named(name: str, where: str = "name") -> tuple[TextPart, ...]:
    """What members read of a file beside its contents: its name, or the words in place of a picture ("alt_txt")."""
    return (TextPart(where, name, "plain", "file_name"),) if name.strip() else ()


def _files(raw: Payload, sender: str) -> Iterator[Attachment]:
    for file in raw.get("attachments") or ():
        address = str(file.get("contentUrl") or "")
        if str(file.get("contentType")) == "reference" and address:
            name = str(file.get("name") or unquote(address.rpartition("/")[2]))
            yield Attachment(
                SHARED + share_token(address),
                name,
                url=address,
                mode="reference",
                user=sender,
                parts=named(name),
            )


def pasted(source: str, ref: MessageRef, sender: str) -> Iterator[Attachment]:
    """Pasted pictures are named in the HTML alone; a message of them may hold no word."""
    for tag in _IMG.findall(source):
        if found := _HOSTED_URL.search(tag):
            alt = _ALT.search(tag)
            path = f"{places.message_path(ref)}/hostedContents/{quote(unquote(found[1]), safe='')}"
            name = html.unescape(alt[1]) if alt else ""
            told = named(name, "alt_txt")
            yield Attachment(HOSTED + path, name, "image/png", mode="hosted", user=sender, parts=told)


def untold(source: str, ref: MessageRef, sender: str) -> Iterator[Attachment]:
    """Where an activity's HTML tells that something hangs on the message, which a bot is not given."""
    for id in _ATTACHED.findall(source):
        yield Attachment(f"{BOT_FILE}{ref.ts}/{id}", "", mode="untold", user=sender)
