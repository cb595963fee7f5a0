"""What is said in the workspace, changed and taken back, and the files that go with it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from connectors.sandbox import happenings, quoting
from connectors.sandbox.channels import Channel
from connectors.sandbox.files import StoredFile, file_object, unresolved_object
from connectors.sandbox.messages import Ephemeral, Message, Version, with_thread
from connectors.sandbox.people import Person
from connectors.sandbox.rich_text import linkify, rich_text
from connectors.sandbox.rooms import Rooms

Json = dict[str, Any]


class Talk(Rooms):
    """Messages and the notes that only one person sees."""

    def post(
        self,
        channel_id: str,
        user: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: Sequence[StoredFile] = (),
        typed: bool = True,
        extra: Mapping[str, Any] | None = None,
    ) -> Message:
        """Say something as a person; `text` is Slack mrkdwn with its entities escaped.

        What was `typed` into Slack's own client, not posted with a token, carries a `client_msg_id`.
        `extra` is laid over the message (attachments, another subtype). Returns the message that now stands.
        """
        channel, ts, person = self.channels[channel_id], self.next_ts(), self.people[user]
        text = linkify(text)
        body: Json = {"type": "message", "text": text, "user": user, "ts": ts}
        if typed:
            body["client_msg_id"] = str(uuid4())
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
        self._unfurl_link(message)
        for file in files:
            self.tell(
                happenings.file_event("file_shared", file.id, user, self.next_ts(), channel.id), channel
            )
            if channel.kind == "public":
                self.tell(happenings.file_event("file_public", file.id, user, self.next_ts()), channel)
        return message

    def forward(self, channel_id: str, ts: str, to: str, user: str, text: str = "") -> Message:
        """Share a message in another conversation: its text then stands in an attachment there."""
        message = self.message(channel_id, ts)
        author = self.people[message.user or self.app.user]
        quoted = quoting.forwarded(self.base_url, self.channels[channel_id], message, author)
        return self.post(to, user, text, extra={"attachments": [quoted]})

    def _unfurl_link(self, message: Message) -> None:
        """Slack previews a link to a message of the same or of a public channel, for all who read the link."""
        channel_id, ts = quoting.linked(message.said["text"]) or ("", "")
        source = self.channels.get(channel_id)
        quoted = source.messages.get(ts) if source else None
        if source is None or quoted is None or quoted.body is None:
            return
        author = self.people.get(quoted.user)
        if author and (source.kind == "public" or source.id == message.channel):
            preview = quoting.unfurled(self.base_url, source, quoted, author)
            self.unfurl(message.channel, message.ts, [preview])

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
        self._change(message, body, at, by)
        return message

    def unfurl(self, channel_id: str, ts: str, attachments: list[Json]) -> Message:
        """Slack adds previews to a message: changed, but not edited."""
        message = self.message(channel_id, ts)
        held = [*message.said.get("attachments", ()), *attachments]
        self._change(message, message.said | {"attachments": held}, self.next_ts(), "")
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

    def file_json(self, file: StoredFile) -> Json:
        private = {channel_id for channel_id in file.channels if self.channels[channel_id].is_private}
        return file_object(file, self.base_url, private)

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
