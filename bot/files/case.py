"""One file of one message on its way through the bot."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.vault import originals
from bot.vault.keys import Keys
from connectors.interface import Attachment, Channel, Delivery, Message, MessageRef
from detectors.placeholders import HIDDEN

_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}\Z")
INSPECT, HIDE = "file.inspect", "file.hide"


@dataclass(frozen=True)
class Case:
    """`message` has this file alone, and for its texts what members can read of the file beside its contents."""

    incident: str
    message: Message = field(repr=False)
    number: int = 1
    of: int = 1
    """Which of the message's files."""

    @property
    def file(self) -> Attachment:
        return self.message.attachments[0]

    @property
    def channel(self) -> Channel:
        return self.message.ref.channel

    @property
    def place(self) -> MessageRef:
        """Where a copy belongs: beside the message, in its thread; a thread's first message stands above it."""
        ref = self.message.ref
        return replace(ref, thread=None) if ref.thread == ref.ts else ref

    @property
    def posted_at(self) -> float:
        """Since when it can be read, in epoch seconds."""
        return (self.message.edited_at or self.message.posted_at).timestamp()

    def described(self, file: Attachment) -> "Case":
        """With what the platform says of a file of which only the id was known."""
        return replace(self, message=replace(self.message, attachments=(file,), parts=file.parts))

    def as_json(self) -> dict[str, Any]:
        about = {"incident": self.incident, "number": self.number, "of": self.of}
        return originals.as_json(self.message, "") | about

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Case":
        return cls(data["incident"], originals.from_json(data), data["number"], data["of"])


def cases(message: Message, keys: Keys) -> list[Case]:
    """The message's files, without those that are gone. The same file in the same state is the same case."""
    files = message.attachments
    return [
        Case(_incident(message.ref, file, keys), _alone(message, file), n, len(files))
        for n, file in enumerate(files, 1)
        if file.mode != "tombstone"
    ]


def delivery(source: str, case: Case) -> Delivery:
    """Work on a file, in a lane of its own: a message never waits for a file."""
    channel = case.channel
    lane = f"{channel.lane}:{case.file.id}"
    key = f"{source}:{case.incident}"
    return Delivery(source, channel.tenant, lane, (key,), json.dumps(case.as_json()).encode())


def safe_name(masked: str, original: str, suffix: str = "") -> str:
    """The masked name with an ending under which it opens: `suffix` where the format changed, else its own."""
    wanted = suffix or ending(original)
    name = masked.strip() or "file"
    if name.startswith(HIDDEN):
        name = f"file {name}"  # something that can be spoken of
    if name.casefold().endswith(wanted.casefold()):
        return name
    return (_ENDING.sub("", name) if suffix else name) + wanted


def ending(name: str) -> str:
    """ ".png" of a file's name; empty where what stands there may be more than an ending."""
    found = _ENDING.search(name)
    return found.group() if found else ""


def _alone(message: Message, file: Attachment) -> Message:
    return replace(message, attachments=(file,), parts=file.parts, mentions=(), raw={})


def _incident(ref: MessageRef, file: Attachment, keys: Keys) -> str:
    """Known again after a crash, guessed by nobody. What is shown of a file changes with its contents."""
    state = [file.size, *(p.text for p in file.parts), *([file.version] if file.version else [])]
    return keys.pseudonym("incident", json.dumps([ref.channel.id, ref.ts, file.id, state]))[:12]
