"""Which ids Microsoft's side gives to what the workspace holds: stable, and found in both directions."""

import base64
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Message
from connectors.sandbox.people import Person
from connectors.sandbox.workspace import Workspace

_ROOT: Final = ";messageid="


@dataclass
class Places:
    """Ids of one tenant. `bot` is the bot's application id. Everything that looks up raises KeyError.

    A workspace channel is a Teams channel in a team of its own (`gather` puts several into one); direct
    conversations are chats.
    """

    workspace: Workspace
    tenant: str
    bot: str
    private: set[str] = field(default_factory=set)
    """Workspace channels that are private channels of their team, with members of their own."""
    owners: dict[str, set[str]] = field(default_factory=dict)
    """Further owners by workspace channel, beside its creator."""
    _teams: dict[str, str] = field(default_factory=dict)
    _stamps: dict[tuple[str, str], int] = field(default_factory=dict)
    _messages: dict[tuple[str, int], str] = field(default_factory=dict)

    # --- people ---

    def user_id(self, user: str) -> str:
        """The Entra object id of a workspace person; one that is a GUID already stays as it is."""
        return user if _is_guid(user) else str(uuid5(self._space, f"user/{user}"))

    def person(self, oid: str) -> Person:
        """The person with this object id, `29:` id or bot id (`28:`)."""
        wanted = oid.removeprefix("29:").removeprefix("28:")
        if wanted in (self.bot, self.workspace.app.user):
            return self.workspace.people[self.workspace.app.user]
        for user, person in self.workspace.people.items():
            if wanted in (self.user_id(user), self._token(user)):
                return person
        raise KeyError(oid)

    def home(self, person: Person) -> str:
        """The tenant a person belongs to: this one, or their own when they come from outside."""
        own = not person.is_external or person.team == self.workspace.team
        return self.tenant if own else str(uuid5(NAMESPACE_URL, f"tenant/{person.team}"))

    def account_id(self, user: str) -> str:
        """What bots call a person (`29:…`) or a bot (`28:…`)."""
        return f"28:{self.bot}" if user == self.workspace.app.user else f"29:{self._token(user)}"

    # --- conversations ---

    def gather(self, team: str, *channels: str) -> str:
        """Put workspace channels into one team called `team`; gives the team's id."""
        for channel in channels:
            self._teams[channel] = team
        return self.team_id(channels[0])

    def team_id(self, channel: str) -> str:
        """The team (an Entra group) of a workspace channel."""
        return str(uuid5(self._space, f"team/{self._teams.get(channel, channel)}"))

    def team_name(self, channel: str) -> str:
        return self._teams.get(channel) or self.workspace.channels[channel].name

    def thread_id(self, channel: str) -> str:
        """`19:…@thread.tacv2` of a channel, `19:…@unq.gbl.spaces` or `19:…@thread.v2` of a chat."""
        place = self.workspace.channels[channel]
        if place.kind == "im":
            people = sorted(
                self.bot if m == self.workspace.app.user else self.user_id(m) for m in place.members
            )
            return f"19:{'_'.join(people)}@unq.gbl.spaces"
        end = "thread.v2" if place.kind == "mpim" else "thread.tacv2"
        return f"19:{uuid5(self._space, f'thread/{channel}').hex}@{end}"

    def full_id(self, channel: str) -> str:
        """What the connector calls a conversation: team and thread joined by a slash; a chat has no team."""
        thread = self.thread_id(channel)
        return thread if self.workspace.channels[channel].is_direct else f"{self.team_id(channel)}/{thread}"

    def conversation_id(self, channel: str) -> str:
        """What activities call a conversation; a personal one with the bot has an opaque id."""
        place = self.workspace.channels[channel]
        if place.kind == "im" and self.workspace.app.user in place.members:
            return f"a:1{uuid5(self._space, f'personal/{channel}').hex}"
        return self.thread_id(channel)

    def channel(self, id: str) -> Channel:
        """The conversation with this thread id, conversation id (with or without a root) or full id."""
        wanted = id.partition(_ROOT)[0].rpartition("/")[2]
        for place in self.workspace.at(self.tenant):
            if wanted in (self.thread_id(place.id), self.conversation_id(place.id)):
                return place
        raise KeyError(id)

    def team(self, team_id: str) -> list[Channel]:
        """The channels of a team."""
        places = [c for c in self.workspace.at(self.tenant) if not c.is_direct]
        found = [place for place in places if self.team_id(place.id) == team_id]
        if not found:
            raise KeyError(team_id)
        return found

    def primary(self, channel: str) -> str:
        """The thread id by which activities call the team of a channel: that of its first channel."""
        return self.thread_id(self.team(self.team_id(channel))[0].id)

    # --- messages ---

    def message_id(self, message: Message) -> str:
        """Epoch milliseconds, one higher where the conversation holds that moment already."""
        known = self._stamps.get((message.channel, message.ts))
        if known is None:
            known = int(message.ts.replace(".", "")) // 1000
            while (message.channel, known) in self._messages:
                known += 1
            self._stamps[message.channel, message.ts] = known
            self._messages[message.channel, known] = message.ts
        return str(known)

    def message(self, channel: Channel, id: str) -> Message:
        """The message with this id, deleted or not."""
        if not id.isdigit():
            raise KeyError(id)
        ts = self._messages.get((channel.id, int(id)))
        if ts is None:
            for message in channel.messages.values():
                self.message_id(message)
            ts = self._messages[channel.id, int(id)]
        return channel.messages[ts]

    def root_id(self, message: Message) -> str:
        """The id of the first message of its thread; its own when it is that."""
        ts = message.thread_ts
        root = self.workspace.channels[message.channel].messages.get(ts) if ts else None
        return self.message_id(root or message)

    def threaded(self, message: Message) -> str:
        """What activities call the thread of a channel's message."""
        conversation = self.conversation_id(message.channel)
        if self.workspace.channels[message.channel].is_direct:
            return conversation
        return f"{conversation}{_ROOT}{self.root_id(message)}"

    # --- members ---

    def membership_id(self, where: str, user: str) -> str:
        """The opaque id of a membership; `where` is the team's, channel's or chat's id."""
        plain = f"MCMjMiMj##{self.tenant}##{where}##{self.user_id(user)}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    def member(self, membership: str) -> str:
        """The object id inside a membership id."""
        try:
            plain = base64.urlsafe_b64decode(membership + "=" * (-len(membership) % 4)).decode()
        except ValueError:
            raise KeyError(membership) from None
        return plain.rpartition("##")[2]

    @cached_property
    def _space(self) -> UUID:
        return uuid5(NAMESPACE_URL, f"chaperone-sandbox/{self.tenant}")

    def _token(self, user: str) -> str:
        return f"1{uuid5(self._space, f'account/{user}').hex}"


def root_of(conversation: str) -> str:
    """The id of the thread's first message that a conversation id names; "" where it names none."""
    return conversation.partition(_ROOT)[2]


def _is_guid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
