"""One tenant's Teams: the workspace seen through Microsoft's ids, and what only Microsoft's side keeps."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Message
from connectors.sandbox.microsoft.tenant import Application, Tenant
from connectors.sandbox.teams.faults import TeamsFaults
from connectors.sandbox.teams.places import Places
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]

RSC_TEAM: Final = frozenset(
    "ChannelMessage.Read.Group ChannelMember.Read.Group ChannelMember.ReadWrite.Group TeamMember.Read.Group "
    "ChannelSettings.Read.Group TeamSettings.Read.Group TeamsAppInstallation.Read.Group".split()
)
RSC_CHAT: Final = frozenset(
    "ChatMessage.Read.Chat ChatMember.Read.Chat ChatSettings.Read.Chat Chat.Manage.Chat "
    "TeamsAppInstallation.Read.Chat".split()
)
"""What a manifest may ask for in each team or chat; an installation grants it there alone."""


@dataclass
class Estate:
    """State beside the workspace. `clock` (epoch seconds) decides when subscriptions end."""

    workspace: Workspace
    tenant: Tenant
    app: Application
    places: Places
    faults: TeamsFaults
    base_url: str = ""
    clock: Callable[[], float] = time.time
    installed: dict[str, frozenset[str]] = field(default_factory=dict)
    """Workspace channels that the app stands in, with the resource-specific permissions granted there."""
    personal: set[str] = field(default_factory=set)
    """People who have the personal app."""
    indirect: dict[str, set[str]] = field(default_factory=dict)
    """Members of a shared channel who came through a team that it is shared with."""
    anonymous: set[str] = field(default_factory=set)
    """Who joins a meeting without an account: members of its chat, and of no tenant."""
    meetings: set[str] = field(default_factory=set)
    """Workspace channels that are the chats of meetings."""
    quarantined: dict[str, str] = field(default_factory=dict)
    """Files that lie in a library which members cannot open, by file: its drive."""
    uploaded: dict[str, str] = field(default_factory=dict)
    """Files put into a channel's folder without a message, by file: the workspace channel."""
    uploads: dict[str, tuple[str, str, bytearray]] = field(default_factory=dict, repr=False)
    """Upload sessions under way, by their id: the workspace channel, the name, and what came so far."""
    violations: dict[tuple[str, str], Json] = field(default_factory=dict, repr=False)
    """policyViolation by (workspace channel, ts)."""
    touched: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    """When a message changed without changing what can be read."""

    @property
    def service_url(self) -> str:
        """The Bot Connector for this tenant."""
        return f"{self.base_url}/uk/{self.tenant.id}/"

    @property
    def graph_url(self) -> str:
        return f"{self.base_url}/graph/v1.0/"

    @property
    def channels(self) -> list[Channel]:
        """The conversations of this tenant."""
        return self.workspace.at(self.tenant.id)

    def granted(self, channel: Channel) -> frozenset[str]:
        """Resource-specific permissions in a conversation: a team's hold for each of its channels."""
        if channel.is_direct:
            return self.installed.get(channel.id, frozenset())
        team = self.places.team(self.places.team_id(channel.id))
        return frozenset().union(*(self.installed.get(c.id, frozenset()) for c in team))

    def stands_in(self, channel: Channel) -> bool:
        """Whether the app is installed there."""
        if channel.is_direct:
            mine = self.workspace.app.user in channel.members and channel.kind == "im"
            return channel.id in self.installed or mine
        return any(c.id in self.installed for c in self.places.team(self.places.team_id(channel.id)))

    def people(self, channel: Channel) -> list[str]:
        """The human members of a conversation."""
        return [m for m in channel.members if not self.workspace.people[m].is_bot]

    def is_owner(self, channel: Channel, user: str) -> bool:
        return user == channel.creator or user in self.places.owners.get(channel.id, ())

    def violation(self, message: Message) -> Json | None:
        return self.violations.get((message.channel, message.ts))

    def changed_at(self, message: Message) -> float:
        """When a message last changed, to the microsecond."""
        return max([message.versions[-1].since, *self._touches(message)])

    def modified(self, message: Message) -> float:
        """lastModifiedDateTime (epoch seconds, whole milliseconds): each change has one of its own."""
        changes = sorted([version.since for version in message.versions[1:]] + self._touches(message))
        at = millis(message.versions[0].since)
        for change in changes:
            at = max(at + 1, millis(change))
        return at / 1000

    def touch(self, message: Message) -> None:
        """A message changes without changing what can be read."""
        place = (message.channel, message.ts)
        self.touched.setdefault(place, []).append(float(self.workspace.next_ts()))

    def _touches(self, message: Message) -> list[float]:
        return self.touched.get((message.channel, message.ts), [])


def millis(seconds: float) -> int:
    """Epoch milliseconds, cut as a message's id is (a float of seconds holds microseconds, barely)."""
    return round(seconds * 1_000_000) // 1000
