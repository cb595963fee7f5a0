"""The words of the connectors' room: what happened on a platform, what can be done there, who is staff.

Errors:

    ConnectorError
    ├── Unavailable        could not tell: network, 5xx, throttled (retry_after in seconds)
    └── Refused            the platform said no (code is its own error word); retrying does not help
        ├── ReachFailed    this way of hiding does not work here; try the next weaker one
        └── NotAuthorised  token missing, revoked or lacking a scope
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, Protocol


class ConnectorError(Exception):
    """Something between us and a platform or directory failed."""


class Unavailable(ConnectorError):
    """Could not tell: network fault, 5xx or throttling. `retry_after` is in seconds.

    `maybe_done`: the request had been sent and may have been carried out (no answer, or a 5xx after it);
    an effect that cannot be read back is then not repeated. A 429 or a failed connection leaves it False.
    """

    def __init__(self, what: str, retry_after: float = 0.0, *, maybe_done: bool = False) -> None:
        super().__init__(what)
        self.retry_after = retry_after
        self.maybe_done = maybe_done


class Refused(ConnectorError):
    """The platform said no. `code` is the platform's own error word."""

    def __init__(self, what: str, code: str = "") -> None:
        super().__init__(f"{what}: {code}" if code else what)
        self.code = code


class ReachFailed(Refused):
    """This way of hiding cannot be used on this message; a weaker one may."""


class NotAuthorised(Refused):
    """A token is missing, revoked or lacks a scope."""


# --- what arrives ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be worked on, as it arrived; committed to the inbox before anyone answers 200.

    `lane` orders work: one lane per conversation. `keys` deduplicate: when any of them was seen
    before for this tenant, the delivery is a repeat. `body` is the raw payload (UTF-8 JSON);
    `source` says who understands it ("slack.event", "slack.action", "timer.…").
    """

    source: str
    tenant: str
    lane: str
    keys: tuple[str, ...]
    body: bytes = field(repr=False)


Accept = Callable[[Delivery], Awaitable[bool]]
"""Commit a delivery; True when it is new, False when seen before. Raises when it could not be committed."""


# --- where things are ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation: `tenant` is the Slack team id or the Entra tenant id."""

    platform: str
    tenant: str
    id: str

    @property
    def lane(self) -> str:
        """Of the deliveries that are about it."""
        return f"{self.platform}:{self.tenant}:{self.id}"


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message's place. `ts` is the platform's own id; `thread` the id of its thread's first message."""

    channel: Channel
    ts: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the platform says of a conversation. `name`, `topic`, `purpose` may hold identifiers."""

    channel: Channel
    kind: Literal["public", "private", "group_dm", "dm"]
    name: str = field(default="", repr=False)
    topic: str = field(default="", repr=False)
    purpose: str = field(default="", repr=False)
    creator: str = ""
    shared_outside: bool = False
    """Shared with another organisation (Slack Connect, Teams shared channel)."""
    bot_is_member: bool = True
    archived: bool = False
    roster: Channel | None = None
    """Whose list of members it has, where that is not its own: a team's, for each of its standard channels."""


Standing = Literal["staff", "guest", "partner", "leaver", "unknown", "could_not_tell"]


@dataclass(frozen=True, slots=True)
class Member:
    """An account on the platform, as the platform describes it."""

    user: str
    tenant: str
    name: str = ""
    display_name: str = ""
    email: str = ""
    is_guest: bool = False
    is_external: bool = False
    """Belongs to another workspace or tenant."""
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False


# --- events ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextPart:
    """One piece of text that members can read. `location` is the connector's own path to it.

    Equal text may appear at several locations (Slack repeats `text` in `blocks`). A rich-text
    block is one part: its runs joined, so that an identifier split over bold and plain is seen.
    """

    location: str
    text: str = field(repr=False)
    markup: Literal["plain", "slack", "teams"] = "plain"
    surface: Literal["message", "file_name", "file_text", "topic"] = "message"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `url` needs the platform's own authorisation."""

    id: str
    name: str = field(repr=False)
    mimetype: str = ""
    size: int = 0
    url: str = field(default="", repr=False)
    mode: str = ""
    is_external: bool = False
    user: str = ""
    """Who brought it to the platform or wrote in it last, who need not be who shared it here."""
    living: bool = False
    """A document that people go on writing in (a canvas): what it shows is edited out, and it is never deleted."""
    version: str = ""
    """Another one when its contents change, where the platform says so."""
    parts: tuple[TextPart, ...] = ()
    """What members can read of it beside its contents: name, title, preview, text in place of a picture."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as members can read it at one moment. `raw` is the platform's payload, opaque to the bot."""

    ref: MessageRef
    sender: str
    posted_at: datetime
    parts: tuple[TextPart, ...]
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[str, ...] = ()
    sender_is_external: bool = False
    is_bot: bool = False
    edited_at: datetime | None = None
    hidden: bool = False
    """The platform shows a tombstone in its place."""
    partial: bool = False
    """More of it stands there than arrived (Teams gives a bot no files): to be read before it is looked at."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def without_files(self) -> "Message":
        """Its own words: without what is read of its files, which are inspected by themselves."""
        own = tuple(p for p in self.parts if p.surface not in ("file_name", "file_text"))
        return replace(self, parts=own)


@dataclass(frozen=True, slots=True)
class MessagePosted:
    message: Message


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """`real` is False when only an unfurl or attachment was added by the platform."""

    message: Message
    real: bool = True


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    ref: MessageRef
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class MemberJoined:
    channel: Channel
    user: str
    inviter: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberLeft:
    channel: Channel
    user: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """An account was made, deactivated or became a guest; its channels are to be checked again."""

    member: Member


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """Created, renamed, new topic or purpose, shared, unshared, archived, id changed, bot added.

    `parts` are texts to scan (name, topic, purpose). `by` is who changed it.
    """

    channel: Channel
    what: Literal[
        "created", "renamed", "topic", "purpose", "shared", "unshared", "archived", "unarchived",
        "privacy", "moved", "deleted", "bot_added", "bot_removed",
    ]  # fmt: skip
    by: str = ""
    at: datetime | None = None
    parts: tuple[TextPart, ...] = ()
    new_channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class FileChanged:
    """A file event that carries an id only."""

    channel: Channel | None
    tenant: str
    file: str
    what: Literal["shared", "changed", "public", "unshared", "deleted"]
    user: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button on a note of ours. `value` is what `Button.value` held. `respond` opaque, for `update_note`."""

    tenant: str
    user: str
    channel: Channel | None
    action: str
    value: str
    at: datetime
    user_is_external: bool = False
    respond: str = field(default="", repr=False)
    trigger: str = field(default="", repr=False)
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Values of a submitted form, by field id."""


@dataclass(frozen=True, slots=True)
class Commanded:
    """A slash command: `/chaperone <text>`."""

    tenant: str
    user: str
    channel: Channel
    text: str
    at: datetime
    respond: str = field(default="", repr=False)
    trigger: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HidingContested:
    """The sender answered a hiding by the platform's own means (a Teams policy tip): "shown" to everyone again,
    or "reported" as wrong, which may also have shown it again. `reason` is what they wrote."""

    ref: MessageRef
    user: str
    what: Literal["shown", "reported"]
    at: datetime
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The app, or one person's authorisation (`users`), was taken away."""

    tenant: str
    users: tuple[str, ...] = ()
    everything: bool = True


@dataclass(frozen=True, slots=True)
class DeliveryGap:
    """The platform says that it dropped events (rate limited, disabled): catch up from the watermark."""

    tenant: str
    since: datetime


Event = (
    MessagePosted | MessageEdited | MessageDeleted | MemberJoined | MemberLeft | AccountChanged
    | ConversationChanged | FileChanged | Pressed | Commanded | HidingContested | Uninstalled | DeliveryGap
)  # fmt: skip


# --- what can be done ------------------------------------------------------------------------------------


class Reach(StrEnum):
    """Ways of hiding, strongest first."""

    TOMBSTONE = "tombstone"
    AUTHOR_EDIT = "author_edit"
    ADMIN_REPLACE = "admin_replace"
    POLICY_HIDE = "policy_hide"
    WARN_ONLY = "warn_only"


@dataclass(frozen=True, slots=True)
class ReachAnswer:
    """Whether a reach works here: yes, no, or None for could not tell; and why, in plain words."""

    reach: Reach
    available: bool | None
    why: str
    theirs: bool = False
    """It fails here by who wrote the message alone: whose organisation it is has to act."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `by` in the place of `text[start:end]` (code points) of the part at `location`."""

    location: str
    start: int
    end: int
    by: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a platform did: by which reach, and where the message stands now.

    `place` differs from the original's ref when a masked copy was posted (admin_replace);
    `raw` is what is needed to undo, opaque, safe to store (no message text).
    """

    reach: Reach
    place: MessageRef
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Button:
    action: str
    label: str
    value: str
    style: Literal["default", "primary", "danger"] = "default"
    url: str = ""
    """Where the button leads; it then sends no `Pressed`."""


@dataclass(frozen=True, slots=True)
class Note:
    """Words for one person; never an identifier. The connector renders it for its platform.

    `<@id>` and `<#id>` in the text stand for an account and a conversation, shown as mentions or names.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    footer: str = ""
    key: str = ""
    """What `noted` looks for; set it where a note must not be sent twice."""


@dataclass(frozen=True, slots=True)
class NotePlace:
    """Where a note went. `kind` "private" only its reader sees it in the channel; "direct" a DM."""

    kind: Literal["private", "direct"]
    channel: Channel
    user: str
    ts: str


class ChatPlatform(Protocol):
    """A chat platform. Every call raises `Unavailable` or `Refused`; none returns a guess."""

    @property
    def name(self) -> str: ...

    def translate(self, delivery: Delivery) -> tuple[Event, ...]:
        """Read a raw delivery of ours. Pure; unknown payloads give an empty tuple, broken ones ValueError."""

    async def conversation(self, channel: Channel) -> Conversation: ...

    async def conversations(self, tenant: str) -> tuple[Conversation, ...]:
        """Every conversation that we can list, joined or not (for coverage)."""

    async def members(self, channel: Channel) -> tuple[Member, ...]: ...

    async def account(self, tenant: str, user: str) -> Member: ...

    async def reaches(self, channel: Channel, author: str) -> tuple[ReachAnswer, ...]:
        """Strongest first; for `author` empty, what holds for the conversation as a whole."""

    async def read(self, ref: MessageRef) -> Message | None:
        """The message as members can read it now; None when it is gone."""

    async def recent(self, before: MessageRef, limit: int) -> tuple[Message, ...]:
        """The last messages before this one, oldest first, as members can read them now."""

    async def redact(self, message: Message, edits: Sequence[Edit], reach: Reach) -> Hidden:
        """Replace the edits' ranges in every place of the message, in the way `reach` says."""

    async def hide(self, message: Message, notice: str, reach: Reach) -> Hidden:
        """Take the whole message away and leave `notice` in its place."""

    async def finish(
        self, message: Message, edits: Sequence[Edit], notice: str, reach: Reach
    ) -> Hidden | None:
        """What a hiding that was cut off (a crash, no answer) came to, its second half done where only the
        first was. `notice` is empty for `redact`. None: nothing that stands tells of it, so call it again."""

    async def restore(self, original: Message, hidden: Hidden, notice: str) -> MessageRef:
        """Bring the exact original back; returns where it stands. `notice` says so where a copy is posted."""

    async def download(self, tenant: str, attachment: Attachment, limit: int) -> bytes:
        """The file's bytes. Raises Refused("too_large"), Refused("not_a_file") for HTML or redirects."""

    async def file(self, tenant: str, file: str) -> Attachment:
        """A file of which only the id is known."""

    async def shares(self, tenant: str, file: str) -> tuple[MessageRef, ...]:
        """The messages that share a file; none for a file that we brought ourselves."""

    async def rewrite_file(self, tenant: str, attachment: Attachment, data: bytes) -> None:
        """Make a living document read as `data`, which is what `download` gave with parts replaced, and read it
        back. Raises ReachFailed where that cannot be, or was not."""

    async def delete_file(self, message: Message, attachment: Attachment) -> None:
        """Take a file away for everyone, by the strongest means that works. One already gone is done."""

    async def gone(self, tenant: str, file: str) -> bool | None:
        """Whether nobody can open a file any more; None when the platform does not say."""

    async def upload(self, tenant: str, name: str, data: bytes, instead: str = "") -> str:
        """Bring a file to the platform, where nobody sees it yet; returns its id. `instead` is read out in
        place of a picture."""

    async def share(self, ref: MessageRef, file: str, name: str, comment: str) -> None:
        """Post an uploaded file in the same thread, under `comment`."""

    async def shared(self, ref: MessageRef, file: str) -> bool | None:
        """Whether an uploaded file stands in the conversation; None when the platform does not say."""

    async def say(self, ref: MessageRef, note: Note) -> MessageRef:
        """Tell everyone in the conversation, in the same thread; the note's buttons are left out."""

    async def said(self, ref: MessageRef, key: str) -> bool:
        """Whether a note with this key was said to everyone there since the message `ref`."""

    async def note(self, channel: Channel, user: str, thread: str | None, note: Note) -> NotePlace:
        """Tell one person privately, in the channel where possible, else directly."""

    async def tell(self, tenant: str, user: str, note: Note) -> NotePlace:
        """Tell one person directly."""

    async def retell(self, place: NotePlace, note: Note) -> None:
        """Put another note in the place of one that was told directly."""

    async def answer(self, pressed: Pressed | Commanded, note: Note) -> None:
        """Replace the note whose button was pressed, or answer a command, privately."""

    async def noted(self, place: NotePlace, key: str) -> bool | None:
        """Whether a note with this key already stands there; None when that cannot be read (an ephemeral)."""

    async def ask(self, pressed: Pressed, title: str, fields: Sequence["Field"], value: str) -> None:
        """Open a form; its submission arrives as `Pressed` with `inputs`."""

    async def remove(self, channel: Channel, user: str) -> None: ...

    async def set_about(
        self, channel: Channel, what: Literal["topic", "purpose", "renamed"], text: str
    ) -> None:
        """Replace a conversation's topic, purpose or name (an identifier was in it)."""

    async def join(self, channel: Channel) -> None: ...

    def trouble(self, tenant: str) -> str:
        """What is known to keep the platform from telling us of messages, in plain words; "" for nothing."""

    def missed(self, channel: Channel, since: str) -> AsyncIterator[Delivery]:
        """Deliveries rebuilt from history after the watermark `since` (a message id), threads included."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    id: str
    label: str
    optional: bool = True
    multiline: bool = False
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One thing that `chaperone check` looked at on a platform. `ok` is None for "could not tell"; `mend` says how to
    grant what is missing."""

    about: str
    ok: bool | None
    found: str
    mend: str = ""


# --- tokens ----------------------------------------------------------------------------------------------


class TokenStore(Protocol):
    """Where a connector keeps its tokens; the store seals them. `kind` e.g. "bot", "user", "admin"."""

    def get(self, platform: str, tenant: str, kind: str, subject: str = "") -> Mapping[str, Any] | None: ...

    def put(self, platform: str, tenant: str, kind: str, subject: str, token: Mapping[str, Any]) -> None: ...

    def drop(self, platform: str, tenant: str, kind: str | None = None, subject: str | None = None) -> int:
        """Forget tokens that match; returns how many."""

    def tenants(self, platform: str) -> tuple[str, ...]: ...


# --- staff directories -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Staff:
    """One person of a staff directory."""

    name: str
    known_as: str = ""
    email: str = ""
    role: str = ""
    department: str = ""
    employer: str = ""
    status: Literal["active", "left", "guest"] = "active"
    id: str = ""
    """The directory's own id of the person, which never changes; a chat account that carries it is theirs."""
    aliases: tuple[str, ...] = ()
    """Further e-mail addresses that the directory vouches for."""
    leaves_on: date | None = None
    """The last day of employment, where it is known beforehand."""


@dataclass(frozen=True, slots=True)
class DirectoryAnswer:
    """What a directory says of an account; `by` is what matched ("id", "email", "alias"), never a display name."""

    standing: Standing
    person: Staff | None = None
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryHealth:
    """`asked` and `matched`: how many accounts were looked up since the last sync, and how many of them found."""

    name: str
    people: int
    synced_at: datetime | None
    stale: bool
    problem: str = ""
    asked: int = 0
    matched: int = 0


class StaffDirectory(Protocol):
    """A staff directory. A directory that cannot be read or is stale answers "could_not_tell"."""

    @property
    def name(self) -> str: ...

    async def standing(self, member: Member) -> DirectoryAnswer: ...

    async def people(self) -> tuple[Staff, ...]:
        """Everyone, for recognising staff names in text."""

    async def health(self) -> DirectoryHealth: ...

    async def sync(self) -> DirectoryHealth: ...
