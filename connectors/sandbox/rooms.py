"""Conversations of the workspace: who is in them and what they are called."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from connectors.sandbox import happenings
from connectors.sandbox.channels import Channel, Kind, Line
from connectors.sandbox.messages import Message, with_thread
from connectors.sandbox.state import State

Json = dict[str, Any]


class Rooms(State):
    """Conversations, their members, and the service messages that tell of both."""

    def add_channel(
        self,
        name: str,
        kind: Kind = "public",
        *,
        creator: str = "",
        members: Iterable[str] = (),
        id: str = "",
        home: str = "",
    ) -> Channel:
        """Take in a conversation without an event."""
        prefix = {"im": "D"}.get(kind, "C")
        now = time.time()
        channel = Channel(id or self.next_id(prefix), name, kind, creator, int(now), self.team, home)
        self.channels[channel.id] = channel
        for member in members:
            self._seat(channel, member, now)
        return channel

    def create_channel(self, name: str, *, private: bool, creator: str, home: str = "") -> Channel:
        kind: Kind = "private" if private else "public"
        channel = self.add_channel(name, kind, creator=creator, members=[creator], home=home)
        if not private:
            self.tell(happenings.channel_created(channel, self.next_ts()), channel)
        self._show("channel", channel)
        return channel

    def at(self, home: str) -> list[Channel]:
        """The conversations of one platform."""
        return [channel for channel in self.channels.values() if channel.is_at(home)]

    def open_direct(self, users: Sequence[str], home: str = "") -> tuple[Channel, bool]:
        """The direct conversation of these people on a platform, and whether it was there already."""
        wanted = set(users)
        for channel in self.at(home):
            if channel.is_direct and set(channel.members) == wanted:
                return channel, True
        kind: Kind = "im" if len(wanted) <= 2 else "mpim"
        names = sorted(self.people[user].handle for user in wanted)
        name = "" if kind == "im" else f"mpdm-{'--'.join(names)}-1"
        return self.add_channel(name, kind, creator=users[0], members=dict.fromkeys(users), home=home), False

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
        for message in channel.messages.values():
            message.channel = channel.id
        for file in self.files.values():
            if channel_id in file.channels:
                file.channels[channel.id] = file.channels.pop(channel_id)
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

    def _seat(self, channel: Channel, user: str, at: float) -> None:
        channel.members[user] = at
        self.memberships.append({"channel": channel.id, "user": user, "from": at, "until": None})

    def _note_line(self, channel: Channel, what: str, value: str, at: float) -> None:
        for line in self.topics:
            if line["channel"] == channel.id and line["what"] == what and line["until"] is None:
                line["until"] = at
        self.topics.append({"channel": channel.id, "what": what, "value": value, "from": at, "until": None})
