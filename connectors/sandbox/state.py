"""What the workspace is made of: its people, its clock and ids, and who listens."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.sandbox import happenings
from connectors.sandbox.channels import Channel
from connectors.sandbox.files import StoredFile
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.people import Person
from connectors.sandbox.tokens import Grants, Tokens

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


class State:
    """The workspace's own memory.

    Listeners hear of a change in the call that makes it: `on_event` gets Slack's event object and the
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
        self.deliveries: list[Json] = []
        self.directory_emails: frozenset[str] = frozenset()
        self.on_event: list[OnEvent] = []
        self.on_view: list[OnView] = []
        self.sends_message_replied = False
        self._last_ts = 0
        self._last_id = 0
        self.add_person(Person(self.app.user, self.app.name, team=team, is_bot=True, key="app"))

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

    def add_person(self, person: Person) -> Person:
        """Take in an account without an event (the workspace as it was before the app came)."""
        person = person if person.team else replace(person, team=self.team)
        self.people[person.id] = person
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

    def message(self, channel_id: str, ts: str) -> Message:
        """A message that stands. Raises KeyError."""
        message = self.channels[channel_id].messages[ts]
        if message.body is None:
            raise KeyError(ts)
        return message

    def tell(self, event: Json, channel: Channel | None = None) -> None:
        """Let the listeners hear one of Slack's event objects."""
        for hear in self.on_event:
            hear(event, channel)

    def show_people(self, update: Json, audience: Iterable[str] | None) -> None:
        """Let open chat pages know; for everyone when no audience is named."""
        for look in self.on_view:
            look(update, audience)

    def _show(
        self, kind: str, channel: Channel, also: Iterable[str] = (), only: str | None = None, **more: Any
    ) -> None:
        if self.on_view:
            audience = (only,) if only else (*channel.members, *also)
            self.show_people({"type": kind, "channel": channel.id, **more}, audience)
