"""The sandbox workspace: everything that members can see, and a record of every version of it."""

from dataclasses import replace
from typing import Any

from connectors.sandbox import happenings
from connectors.sandbox.channels import Channel
from connectors.sandbox.files import CANVAS, StoredFile
from connectors.sandbox.people import Person
from connectors.sandbox.state import App
from connectors.sandbox.talk import Talk
from connectors.sandbox.tokens import Grants

__all__ = ["App", "Grants", "Person", "Workspace"]

Json = dict[str, Any]


class Workspace(Talk):
    """The whole of it: people and clock (State), conversations (Rooms), messages (Talk), and here files."""

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

    def add_canvas(self, user: str, title: str, html: bytes, tab: str = "") -> StoredFile:
        """A canvas, on its own or as the tab of a conversation."""
        file = self.add_file(user, title.replace(" ", "_"), html, CANVAS, title)
        file.canvas, file.edited, file.editor, file.tab = True, file.created, user, tab
        if tab:
            file.channels[tab] = ""
            self.tell(happenings.file_event("file_change", file.id, user, self.next_ts()))
        return file

    def edit_canvas(self, file_id: str, html: bytes, by: str) -> None:
        """Other contents; members see them at once, and every app is told of the change."""
        file = self.files[file_id]
        file.data, file.editor, file.edited = html, by, max(float(self.next_ts()), file.edited + 1)
        self._refresh_file(file, "")
        self.tell(happenings.file_event("file_change", file_id, by, self.next_ts()))

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

    def _refresh_file(self, file: StoredFile, by: str) -> None:
        shown = self.file_json(file)
        for channel_id, ts in file.channels.items():
            if not ts:
                continue  # a tab
            message = self.channels[channel_id].messages[ts]
            if message.body is None or "files" not in message.body:
                continue
            files = [shown if held["id"] == file.id else held for held in message.body["files"]]
            self._change(message, message.body | {"files": files}, self.next_ts(), by)

    def unshare_file(self, file_id: str, channel_id: str, by: str) -> None:
        """Take a file out of a conversation; it stays where else it is shared."""
        self.files[file_id].channels.pop(channel_id)
        event = happenings.file_event("file_unshared", file_id, by, self.next_ts(), channel_id)
        self.tell(event, self.channels[channel_id])

    # --- whole workspaces ------------------------------------------------------------------------------

    def load_conversation(self, conversation: Json, name: str = "") -> Channel:
        """Take in the members of a corpus conversation, with their own ids, and one channel that holds them.

        The first member becomes an admin when the workspace has none, so that the app can be installed.
        Messages are not said: that is for whoever replays them.
        """
        people = [self.add_person(_member(member)) for member in conversation["members"]]
        if not any(person.is_admin for person in self.people.values()):
            self.add_person(replace(self.people[people[0].id], is_admin=True))
        members = [*(person.id for person in people), self.app.user]
        name = name or f"conversation-{len(self.channels) + 1}"
        return self.add_channel(name, "private", creator=people[0].id, members=members)

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
            "deliveries": self.deliveries,
        }


def _member(member: Json) -> Person:
    keys = ("id", "name", "known_as", "role", "email", "employer")
    about = {key: member.get(key, "") for key in keys}
    return Person(**about, is_guest=member.get("status") == "guest")
