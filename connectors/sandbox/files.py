"""Files of the sandbox workspace, and how Slack describes them."""

import mimetypes
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.mail import mail_parts

Json = dict[str, Any]

FILETYPES = {
    "text/plain": ("text", "Plain Text"), "application/pdf": ("pdf", "PDF"), "image/png": ("png", "PNG"),
    "image/jpeg": ("jpg", "JPEG"), "text/csv": ("csv", "CSV"), "application/zip": ("zip", "Zip"),
    "message/rfc822": ("email", "Email"), "application/msword": ("doc", "Word Document"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx", "Word Document"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx", "Excel Spreadsheet"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx", "PowerPoint Presentation"),
}  # fmt: skip
PREVIEW_CHARACTERS = 1000
CANVAS = "application/vnd.slack-docs"


@dataclass(slots=True)
class StoredFile:
    """An uploaded file. `channels` maps a conversation to the ts of the message that shares it there."""

    id: str
    user: str
    team: str
    name: str
    title: str
    mimetype: str
    created: float
    data: bytes = field(repr=False)
    channels: dict[str, str] = field(default_factory=dict)
    deleted_at: float | None = None
    is_tombstoned: bool = False
    tombstone_from: float | None = None
    is_snippet: bool = False
    public_url: bool = False
    alt: str = field(default="", repr=False)
    """What is read out in place of a picture."""
    link: str = ""
    """Where it lies when another service keeps it."""
    canvas: bool = False
    """A document of Slack's own; `data` is what its address gives: HTML with the sections' ids."""
    edited: float = 0.0
    editor: str = ""
    tab: str = ""
    """The conversation whose own canvas it is, beside its messages."""

    def as_record(self) -> Json:
        """For measuring: `until` is when members could no longer open it (a tombstone counts)."""
        ends = [at for at in (self.deleted_at, self.tombstone_from) if at is not None]
        return {
            "id": self.id, "user": self.user, "name": self.name, "title": self.title,
            "mimetype": self.mimetype, "size": len(self.data), "channel": next(iter(self.channels), ""),
            "channels": list(self.channels), "from": self.created, "until": min(ends) if ends else None,
        }  # fmt: skip


def guess_mimetype(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def file_object(file: StoredFile, base_url: str, private: set[str]) -> Json:
    """The Slack file object; `private` holds the ids of conversations that are not public."""
    if file.deleted_at is not None or file.is_tombstoned:
        return tombstone_object(file)
    filetype, pretty = FILETYPES.get(file.mimetype, (file.name.rpartition(".")[2] or "binary", "Binary"))
    at = f"{base_url}/files-pri/{file.team}-{file.id}"
    stamp = int(file.created)
    shown: Json = {
        "id": file.id, "created": stamp, "timestamp": stamp, "name": file.name, "title": file.title,
        "mimetype": file.mimetype, "filetype": filetype, "pretty_type": pretty, "user": file.user,
        "user_team": file.team, "editable": file.is_snippet, "size": len(file.data),
        "mode": "snippet" if file.is_snippet else "hosted", "is_external": False, "external_type": "",
        "is_public": any(channel not in private for channel in file.channels),
        "public_url_shared": file.public_url, "display_as_bot": False, "username": "",
        "url_private": f"{at}/{file.name}", "url_private_download": f"{at}/download/{file.name}",
        "permalink": f"{base_url}/files/{file.user}/{file.id}/{file.name}",
        "permalink_public": f"{base_url}/files-public/{file.team}-{file.id}",
        "has_rich_preview": False, "file_access": "visible",
    }  # fmt: skip
    if file.link:
        shown |= {"mode": "external", "is_external": True, "external_type": "gdrive", "size": 0}
        shown |= {"url_private": file.link, "external_url": file.link, "editable": True}
        del shown["url_private_download"]
    if file.alt:
        shown["alt_txt"] = file.alt
    if file.canvas:
        shown |= {"mode": "quip", "filetype": "quip", "pretty_type": "Canvas", "editable": True}
        shown |= {"edit_timestamp": int(file.edited), "updated": int(file.edited), "last_editor": file.editor}
        shown |= {"editors": [file.user], "linked_channel_id": file.tab}
    if file.mimetype == "message/rfc822":
        return shown | mail_parts(file.data)
    return shown | (_preview(file) if file.is_snippet else {})


def _preview(file: StoredFile) -> Json:
    text = file.data.decode("utf-8", "replace")
    return {
        "edit_link": "",
        "preview": text[:PREVIEW_CHARACTERS],
        "preview_highlight": "",
        "lines": text.count("\n") + 1,
        "lines_more": 0,
        "preview_is_truncated": len(text) > PREVIEW_CHARACTERS,
    }


def tombstone_object(file: StoredFile) -> Json:
    """What stands in a message once its file is deleted, or hidden through the Discovery API."""
    if file.is_tombstoned and file.deleted_at is None:
        return {"id": file.id, "mode": "hidden_by_limit", "is_tombstoned": True, "title": "", "name": ""}
    return {"id": file.id, "mode": "tombstone"}


def unresolved_object(file: StoredFile) -> Json:
    """A file from another organisation: the event names it and `files.info` must be asked."""
    return {
        "id": file.id, "mode": "file_access", "file_access": "check_file_info", "created": 0, "timestamp": 0,
        "user": "",
    }  # fmt: skip
