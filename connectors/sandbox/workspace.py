"""The state of the sandbox workspace: who is in it, what was said, and a record of every version."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from connectors.sandbox import happenings
from connectors.sandbox.channels import Channel, Kind, Line
from connectors.sandbox.files import StoredFile, file_object, unresolved_object
from connectors.sandbox.messages import Ephemeral, Message, Version, with_thread
from connectors.sandbox.people import Person
from connectors.sandbox.rich_text import linkify, rich_text
from connectors.sandbox.tokens import Grants, Tokens

__all__ = ["App", "Grants", "Person", "Workspace"]

Json = dict[str, Any]
OnEvent = Callable[[Json, Channel | None], None]
OnView = Callable[[Json, Iterable[str] | None], None]


@dataclass(frozen=True, slots=True)
class App:
    """The app under test, as its configuration page at Slack would show it."""

    id: str = "A0CHAPER1"
    user: str = "U0CHAPER1"
    bot: str = "B0CHAPER1"
    name: str = "Chaperone"
    client_id: str = "sandbox-client-id"
    client_secret: str = field(default="sandbox-client-secret", repr=False)
    signing_secret: str = field(default="sandbox-signing-secret", repr=False)
    verification_token: str = field(default="sandbox-verification", repr=False)


class Workspace:
    """Everything that members can see, changed only through these methods, each at one moment.

    Listeners hear of a change in the same call: `on_event` gets Slack's event object and the
    conversation; `on_view` gets what the chat page needs, and for whom (None: everyone).
    """

    def __init__(
        self, team: str = "T0CHAPER1", name: str = "Sandbox", *, grants: Grants | None = None
    ) -> None:
        self.team = team
        self.name = name
        self.domain = "calderbrook-sandbox"
        self.grants = grants or Grants()
        self.app = App()
        self.base_url = "http://127.0.0.1:8801"
        self.tokens = Tokens()
        self.oauth_codes: dict[str, Json] = {}
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, StoredFile] = {}
        self.ephemerals: list[Ephemeral] = []
        self.topics: list[Json] = []
        self.memberships: list[Json] = []
        self.directory_emails: frozenset[str] = frozenset()
        self.on_event: list[OnEvent] = []
        self.on_view: list[OnView] = []
        self.sends_message_replied = False
        self._last_ts = 0
        self._last_id = 0
        self.add_person(Person(self.app.user, self.app.name, team=team, is_bot=True, key="app"))

    # --- time and names --------------------------------------------------------------------------------

    def next_ts(self) -> str:
        """A message id: epoch seconds with microseconds, never given twice."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """An id in Slack's manner: a letter, then capitals and digits."""
        self._last_id += 1
        digits, left = "", self._last_id
        while left:
            left, digit = divmod(left, 36)
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
        return f"{prefix}0SBX{digits:0>6}"

    # --- people ----------------------------------------------------------------------------------------

    def add_person(self, person: Person) -> Person:
        """Take in an account without an event (the workspace as it was before the app came)."""
        person = person if person.team else replace(person, team=self.team)
        self.people[person.id] = person
        return person

    def invite(
        self, name: str, email: str, *, guest: bool = False, external: bool = False, role: str = ""
    ) -> Person:
        """Make a new account; `team_join` follows, unless the person comes from another organisation."""
        team = "T0PARTNER" if external else self.team
        person = self.add_person(
            Person(
                self.next_id("U"),
                name,
                email=email,
                role=role,
                team=team,
                is_guest=guest,
                is_external=external,
            )
        )
        if not external:
            self.tell(happenings.account("team_join", person, self.next_ts(), self.team))
        return person

    def change_person(self, user: str, **changes: Any) -> Person:
        """Alter an account (`deleted`, `is_guest`, `name`, …); `user_change` follows."""
        person = replace(self.people[user], updated=int(time.time()), **changes)
        self.people[user] = person
        self.tell(happenings.account("user_change", person, self.next_ts(), self.team))
        return person

    def person_called(self, key: str) -> Person:
        """The person with this id or script key. Raises KeyError."""
        if key in self.people:
            return self.people[key]
        return next((p for p in self.people.values() if p.key == key), None) or self.people[key]

    def channel_called(self, key: str) -> Channel:
        """The conversation with this id or name (with or without `#`). Raises KeyError."""
        if key in self.channels:
            return self.channels[key]
        name = key.removeprefix("#")
        return next((c for c in self.channels.values() if c.name == name), None) or self.channels[key]

    # --- conversations ---------------------------------------------------------------------------------

    def add_channel(
        self,
        name: str,
        kind: Kind = "public",
        *,
        creator: str = "",
        members: Iterable[str] = (),
        id: str = "",
    ) -> Channel:
        """Take in a conversation without an event."""
        prefix = {"im": "D"}.get(kind, "C")
        now = time.time()
        channel = Channel(id or self.next_id(prefix), name, kind, creator, int(now), self.team)
        self.channels[channel.id] = channel
        for member in members:
            self._seat(channel, member, now)
        return channel

    def create_channel(self, name: str, *, private: bool, creator: str) -> Channel:
        channel = self.add_channel(
            name, "private" if private else "public", creator=creator, members=[creator]
        )
        if not private:
            self.tell(happenings.channel_created(channel, self.next_ts()), channel)
        self._show("channel", channel)
        return channel

    def open_direct(self, users: Sequence[str]) -> tuple[Channel, bool]:
        """The direct conversation of these people, and whether it was there already."""
        wanted = set(users)
        for channel in self.channels.values():
            if channel.is_direct and set(channel.members) == wanted:
                return channel, True
        kind: Kind = "im" if len(wanted) <= 2 else "mpim"
        names = sorted(self.people[user].handle for user in wanted)
        name = "" if kind == "im" else f"mpdm-{'--'.join(names)}-1"
        return self.add_channel(name, kind, creator=users[0], members=dict.fromkeys(users)), False

    def join(self, channel_id: str, user: str, inviter: str | None = None) -> None:
        """Add a member; `member_joined_channel` and the channel's own line follow."""
        channel, person = self.channels[channel_id], self.people[user]
        if user in channel.members:
            return
        ts = self.next_ts()
        self._seat(channel, user, float(ts))
        if person.is_external and person.team not in channel.connected_teams:
            self.share(channel_id, person.team)
        self._say(channel, happenings.join_body(user, inviter, ts), user)
        self.tell(happenings.member_joined(channel, person, inviter, self.next_ts()), channel)
        self._show("member_joined", channel, user=user)

    def leave(self, channel_id: str, user: str, by: str = "") -> None:
        """Take a member out (`by` someone else: removed)."""
        channel, person = self.channels[channel_id], self.people[user]
        if user not in channel.members:
            return
        ts = self.next_ts()
        if user == self.app.user:
            self.tell(happenings.app_left(channel, by or user, ts))
        else:
            self.tell(happenings.member_left(channel, person, ts), channel)
        del channel.members[user]
        for seat in self.memberships:
            if seat["channel"] == channel_id and seat["user"] == user and seat["until"] is None:
                seat["until"] = float(ts)
        self._say(channel, happenings.leave_body(user, ts), user)
        self._show("member_left", channel, user=user, also=(user,))

    def set_line(self, channel_id: str, what: str, value: str, by: str) -> None:
        """Set the topic or purpose (`what`)."""
        channel, ts = self.channels[channel_id], self.next_ts()
        line = Line(value, by, int(float(ts)))
        if what == "topic":
            channel.topic = line
        else:
            channel.purpose = line
        self._note_line(channel, what, value, float(ts))
        self._say(channel, happenings.line_body(channel, what, line, by, ts), by)
        self._show("channel", channel)

    def rename(self, channel_id: str, name: str, by: str) -> None:
        channel, ts = self.channels[channel_id], self.next_ts()
        old, channel.name = channel.name, name
        channel.previous_names = [old, *channel.previous_names]
        self._note_line(channel, "name", name, float(ts))
        self._say(channel, happenings.name_body(channel, old, by, ts), by)
        self.tell(happenings.renamed(channel, self.next_ts()), channel)
        self._show("channel", channel)

    def archive(self, channel_id: str, by: str, *, undo: bool = False) -> None:
        channel = self.channels[channel_id]
        channel.is_archived = not undo
        self.tell(happenings.archived(channel, by, self.next_ts(), undone=undo), channel)
        self._show("channel", channel)

    def share(self, channel_id: str, team: str) -> None:
        """Connect another organisation (Slack Connect)."""
        channel = self.channels[channel_id]
        channel.connected_teams.append(team)
        self.tell(happenings.shared(channel, team, self.next_ts()), channel)
        self._show("channel", channel)

    def unshare(self, channel_id: str, team: str) -> None:
        channel = self.channels[channel_id]
        channel.connected_teams.remove(team)
        self.tell(happenings.unshared(channel, team, self.next_ts()), channel)
        self._show("channel", channel)

    def move(self, channel_id: str) -> Channel:
        """Give a conversation a new id, as Slack does when it becomes shared; `channel_id_changed`."""
        channel = self.channels.pop(channel_id)
        channel.id = self.next_id("C")
        self.channels[channel.id] = channel
        self.tell(happenings.moved(channel_id, channel.id, self.next_ts()), channel)
        return channel

    def remove_channel(self, channel_id: str, by: str) -> None:
        channel = self.channels[channel_id]
        self.tell(happenings.removed(channel, by, self.next_ts()), channel)
        for message in channel.messages.values():
            if message.body is not None:
                message.become(None, time.time(), by)
        channel.is_archived = True
        channel.members.clear()
        self._show("channel", channel)

    # --- messages --------------------------------------------------------------------------------------

    def post(
        self,
        channel_id: str,
        user: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: Sequence[StoredFile] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> Message:
        """Say something as a person; `text` is Slack mrkdwn with its entities escaped.

        `extra` is laid over the message (attachments, another subtype). Returns the message that now stands.
        """
        channel, ts, person = self.channels[channel_id], self.next_ts(), self.people[user]
        text = linkify(text)
        body: Json = {"client_msg_id": str(uuid4()), "type": "message", "text": text, "user": user, "ts": ts}
        if text:
            body["blocks"] = [rich_text(text, self.next_id("b")[-5:])]
        if files:
            body |= {
                "files": self._file_objects(files, channel, person, ts),
                "upload": False,
                "display_as_bot": False,
            }
        else:
            body["team"] = person.team
        body |= self._thread_keys(channel, thread_ts, broadcast) | dict(extra or {})
        message = self._say(channel, body, user)
        for file in files:
            kind = "file_shared"
            self.tell(happenings.file_event(kind, file.id, user, self.next_ts(), channel.id), channel)
        return message

    def say_me(self, channel_id: str, user: str, text: str) -> Message:
        """`/me …`"""
        channel = self.channels[channel_id]
        body = {"type": "message", "subtype": "me_message", "text": text, "user": user, "ts": self.next_ts()}
        return self._say(channel, body, user)

    def post_as_app(self, channel_id: str, body: Json, *, thread_ts: str | None, broadcast: bool) -> Message:
        """Post what the app composed; `body` has text, blocks and the sender's keys."""
        channel = self.channels[channel_id]
        body = body | {"ts": self.next_ts()} | self._thread_keys(channel, thread_ts, broadcast)
        return self._say(channel, body, str(body.get("user", body.get("bot_id", ""))))

    def edit(self, channel_id: str, ts: str, by: str, text: str, **parts: Any) -> Message:
        """Change a message; `parts` may give `blocks` and `attachments`, else blocks follow from the text."""
        message = self.message(channel_id, ts)
        at = self.next_ts()
        text = linkify(text)
        body = message.said | {"text": text, "edited": {"user": by, "ts": f"{at.partition('.')[0]}.000000"}}
        body["blocks"] = parts.get("blocks") or [rich_text(text, self.next_id("b")[-5:])]
        if (attachments := parts.get("attachments")) is not None:
            body["attachments"] = attachments
            if not attachments:
                del body["attachments"]
        if body.get("user"):
            body |= {"source_team": body.get("team", self.team), "user_team": body.get("team", self.team)}
        self._change(message, body, at, by)
        return message

    def unfurl(self, channel_id: str, ts: str, attachments: list[Json]) -> Message:
        """Slack adds a preview to a message: changed, but not edited."""
        message = self.message(channel_id, ts)
        self._change(message, message.said | {"attachments": attachments}, self.next_ts(), "")
        return message

    def delete(self, channel_id: str, ts: str, by: str) -> None:
        """Delete a message; the first of a thread with replies leaves a tombstone, and the replies stay."""
        message = self.message(channel_id, ts)
        channel, at = self.channels[channel_id], self.next_ts()
        before = message.said
        if any(reply.body is not None for reply in channel.replies.get(ts, ())):
            tombstone = {
                "type": "message", "subtype": "tombstone", "text": "This message was deleted.",
                "user": "USLACKBOT", "hidden": True, "ts": ts, "thread_ts": ts,
            }  # fmt: skip
            self._change(message, tombstone, at, by, shown=with_thread)
            return
        message.become(None, float(at), by)
        self.tell(happenings.deleted(channel, before, at), channel)
        self._show("message_deleted", channel, ts=ts, thread_ts=message.thread_ts)

    def tombstone(self, channel_id: str, ts: str, content: str) -> Message:
        """Hide a message through the Discovery API: subtype `dlp_tombstone`, `content` in its place."""
        message = self.message(channel_id, ts)
        message.before_tombstone = message.before_tombstone or message.said
        kept = {
            key: value
            for key, value in message.said.items()
            if key in ("user", "team", "thread_ts", "bot_id")
        }
        text = content or "This message is being reviewed."
        body = {"type": "message", "subtype": "dlp_tombstone", "text": text, "ts": ts, **kept}
        self._change(message, body, self.next_ts(), "")
        return message

    def restore(self, channel_id: str, ts: str) -> Message:
        """Bring back what a tombstone hid. Raises KeyError when there is none."""
        message = self.message(channel_id, ts)
        if message.before_tombstone is None:
            raise KeyError(ts)
        body, message.before_tombstone = message.before_tombstone, None
        self._change(message, body, self.next_ts(), "")
        return message

    def react(self, channel_id: str, ts: str, user: str, name: str) -> None:
        self.message(channel_id, ts).reactions.setdefault(name, []).append(user)
        self._show("message_changed", self.channels[channel_id], ts=ts)

    def message(self, channel_id: str, ts: str) -> Message:
        """A message that stands. Raises KeyError."""
        message = self.channels[channel_id].messages[ts]
        if message.body is None:
            raise KeyError(ts)
        return message

    # --- notes that one person sees --------------------------------------------------------------------

    def whisper(
        self, channel_id: str, user: str, body: Json, *, thread_ts: str | None = None, lost: bool = False
    ) -> Ephemeral:
        """Show one person a note; `lost` is accepted but never shown, as Slack may do."""
        ts = self.next_ts()
        body = body | {"ts": ts, "type": "message", "subtype": "bot_message", "is_ephemeral": True}
        note = Ephemeral(channel_id, user, ts, thread_ts, body, lost=lost)
        note.versions.append(Version(float(ts), self.app.user, body))
        self.ephemerals.append(note)
        if not lost:
            self._show("ephemeral", self.channels[channel_id], ts=ts, also=(user,), only=user)
        return note

    def change_whisper(self, note: Ephemeral, body: Json | None) -> None:
        """Replace a note, or take it away (no body)."""
        now = float(self.next_ts())
        note.versions[-1].until = now
        if body is None:
            note.until = now
        else:
            note.body = note.body | body
            note.versions.append(Version(now, self.app.user, note.body))
        kind = "ephemeral_deleted" if body is None else "ephemeral_replaced"
        self._show(kind, self.channels[note.channel], ts=note.ts, only=note.user)

    # --- files -----------------------------------------------------------------------------------------

    def add_file(
        self, user: str, name: str, data: bytes, mimetype: str, title: str = "", *, id: str = ""
    ) -> StoredFile:
        """Take in an uploaded file; `file_created` follows. It is seen once a message shares it."""
        team = self.people[user].team
        file = StoredFile(
            id or self.next_id("F"), user, team, name, title or name, mimetype, float(self.next_ts()), data
        )
        file.is_snippet = mimetype == "text/plain" and len(data) < 50_000
        self.files[file.id] = file
        self.tell(happenings.file_event("file_created", file.id, user, self.next_ts()))
        return file

    def delete_file(self, file_id: str, by: str) -> None:
        """Delete a file everywhere; messages keep a tombstone in its place. Raises KeyError."""
        file = self.files[file_id]
        file.deleted_at = float(self.next_ts())
        file.data = b""
        self._refresh_file(file, by)
        event = happenings.file_event(
            "file_deleted", file_id, by, self.next_ts(), channels=tuple(file.channels)
        )
        self.tell(event, self.channels.get(next(iter(file.channels), "")))

    def tombstone_file(self, file_id: str, hidden: bool) -> StoredFile:
        """Hide or bring back a file through the Discovery API."""
        file = self.files[file_id]
        file.is_tombstoned = hidden
        file.tombstone_from = float(self.next_ts()) if hidden else None
        self._refresh_file(file, "")
        self.tell(happenings.file_event("file_change", file_id, file.user, self.next_ts()))
        return file

    def retitle_file(self, file_id: str, title: str) -> None:
        file = self.files[file_id]
        file.title = title
        self._refresh_file(file, file.user)
        self.tell(happenings.file_event("file_change", file_id, file.user, self.next_ts()))

    def file_json(self, file: StoredFile) -> Json:
        private = {channel_id for channel_id in file.channels if self.channels[channel_id].is_private}
        return file_object(file, self.base_url, private)

    # --- inside ----------------------------------------------------------------------------------------

    def _say(self, channel: Channel, body: Json, by: str) -> Message:
        message = Message(channel.id, body["ts"], None)
        message.become(body, float(body["ts"]), by)
        channel.messages[message.ts] = message
        parent = channel.messages.get(message.thread_ts or "")
        root = None
        if parent is not None:
            channel.replies.setdefault(parent.ts, []).append(message)
            root = with_thread(parent, channel.replies[parent.ts]) if parent.body else None
        self.tell(happenings.posted(channel, message, root), channel)
        if root and self.sends_message_replied:
            self.tell(happenings.replied(channel, root, self.next_ts()), channel)
        self._show("message", channel, ts=message.ts, thread_ts=message.thread_ts)
        return message

    def _change(
        self, message: Message, body: Json, at: str, by: str, shown: Callable[..., Json] | None = None
    ) -> None:
        channel, before = self.channels[message.channel], message.said
        message.become(body, float(at), by)
        now = shown(message, channel.replies.get(message.ts, ())) if shown else body
        self.tell(happenings.changed(channel, now, before, at), channel)
        self._show("message_changed", channel, ts=message.ts, thread_ts=message.thread_ts)

    def _thread_keys(self, channel: Channel, thread_ts: str | None, broadcast: bool) -> Json:
        if not thread_ts:
            return {}
        parent = channel.messages[thread_ts]
        keys: Json = {"thread_ts": thread_ts}
        if parent.user:
            keys["parent_user_id"] = parent.user
        return keys | ({"subtype": "thread_broadcast"} if broadcast else {})

    def _file_objects(self, files: Sequence[StoredFile], channel: Channel, by: Person, ts: str) -> list[Json]:
        for file in files:
            file.channels[channel.id] = ts
        if by.is_external:
            return [unresolved_object(file) for file in files]
        return [self.file_json(file) for file in files]

    def _refresh_file(self, file: StoredFile, by: str) -> None:
        shown = self.file_json(file)
        for channel_id, ts in file.channels.items():
            message = self.channels[channel_id].messages[ts]
            if message.body is None or "files" not in message.body:
                continue
            files = [shown if held["id"] == file.id else held for held in message.body["files"]]
            self._change(message, message.body | {"files": files}, self.next_ts(), by)

    def _seat(self, channel: Channel, user: str, at: float) -> None:
        channel.members[user] = at
        self.memberships.append({"channel": channel.id, "user": user, "from": at, "until": None})

    def _note_line(self, channel: Channel, what: str, value: str, at: float) -> None:
        for line in self.topics:
            if line["channel"] == channel.id and line["what"] == what and line["until"] is None:
                line["until"] = at
        self.topics.append({"channel": channel.id, "what": what, "value": value, "from": at, "until": None})

    def tell(self, event: Json, channel: Channel | None = None) -> None:
        """Let the listeners hear one of Slack's event objects."""
        for hear in self.on_event:
            hear(event, channel)

    def _show(
        self, kind: str, channel: Channel, also: Iterable[str] = (), only: str | None = None, **more: Any
    ) -> None:
        if not self.on_view:
            return
        audience = (only,) if only else (*channel.members, *also)
        for hear in self.on_view:
            hear({"type": kind, "channel": channel.id, **more}, audience)

    def history(self) -> Json:
        """Every version of everything, with times in epoch seconds, for measuring from outside."""
        channels = self.channels.values()
        return {
            "messages": [
                message.as_record() for channel in channels for message in channel.messages.values()
            ],
            "ephemerals": [note.as_record() for note in self.ephemerals],
            "files": [file.as_record() for file in self.files.values()],
            "topics": self.topics,
            "membership": self.memberships,
        }
