"""What a subscription is about, and which permissions it takes."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from connectors.sandbox.channels import Channel
from connectors.sandbox.teams.estate import Estate

Kind = Literal["messages", "members", "channels"]
_FORMS: Final = (
    (re.compile(r"teams/getAllMessages", re.I), "messages", "team"),
    (re.compile(r"chats/getAllMessages", re.I), "messages", "chat"),
    (re.compile(r"teams/(?P<team>[^/]+)/channels/(?P<channel>[^/]+)/messages", re.I), "messages", "team"),
    (re.compile(r"chats/(?P<channel>[^/]+)/messages", re.I), "messages", "chat"),
    (re.compile(r"teams/getAllMembers", re.I), "members", "team"),
    (re.compile(r"teams/(?P<team>[^/]+)/members", re.I), "members", "team"),
    (re.compile(r"teams/(?P<team>[^/]+)/channels/getAllMembers", re.I), "members", "own"),
    (re.compile(r"teams/getAllChannels/getAllMembers", re.I), "members", "own"),
    (re.compile(r"chats/getAllMembers", re.I), "members", "chat"),
    (re.compile(r"chats/(?P<channel>[^/]+)/members", re.I), "members", "chat"),
    (re.compile(r"teams/getAllChannels", re.I), "channels", "team"),
    (re.compile(r"teams/(?P<team>[^/]+)/channels", re.I), "channels", "team"),
)
_NEEDS: Final[dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]]] = {
    ("messages", "team"): (
        frozenset({"ChannelMessage.Read.All"}), frozenset({"ChannelMessage.Read.Group"}),
    ),
    ("messages", "chat"): (frozenset({"Chat.Read.All", "Chat.ReadWrite.All"}), frozenset()),
    ("members", "team"): (
        frozenset({"TeamMember.Read.All", "TeamMember.ReadWrite.All"}), frozenset({"TeamMember.Read.Group"}),
    ),
    ("members", "own"): (
        frozenset({"ChannelMember.Read.All", "ChannelMember.ReadWrite.All"}),
        frozenset({"ChannelMember.Read.Group", "ChannelMember.ReadWrite.Group"}),
    ),
    ("members", "chat"): (
        frozenset({"ChatMember.Read.All", "ChatMember.ReadWrite.All", "Chat.ReadBasic.All", "Chat.Read.All"}),
        frozenset({"ChatMember.Read.Chat"}),
    ),
    ("channels", "team"): (
        frozenset({"Channel.ReadBasic.All", "ChannelSettings.Read.All"}),
        frozenset({"ChannelSettings.Read.Group"}),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Topic:
    """`where`: "team", "chat", or "own" for private and shared channels; empty ids mean the whole tenant."""

    kind: Kind
    where: str
    team: str = ""
    channel: str = ""
    indirect: bool = False
    """Also those who come through a team that the channel is shared with."""

    def covers(self, estate: Estate, kind: str, channel: Channel) -> bool:
        """Whether a change of this kind in a conversation is told."""
        places = estate.places
        if kind != self.kind or channel.is_direct != (self.where == "chat"):
            return False
        own = channel.is_shared or channel.id in places.private
        if kind == "members" and not channel.is_direct and own != (self.where == "own"):
            return False
        if self.channel and places.thread_id(channel.id) != self.channel:
            return False
        return not self.team or places.team_id(channel.id) == self.team

    def allowed(self, estate: Estate, held: frozenset[str]) -> bool:
        """Whether an application may subscribe: by its roles, or by what an installation granted there."""
        roles, rsc = _NEEDS[self.kind, self.where]
        if held & roles:
            return True
        try:
            place = estate.places.channel(self.channel) if self.channel else estate.places.team(self.team)[0]
        except KeyError:
            return False
        return bool(estate.granted(place) & rsc)


def topic(resource: str) -> Topic:
    """Read a subscription's `resource`. Raises ValueError for one that is not known."""
    path, _, query = resource.strip("/").partition("?")
    for form, kind, where in _FORMS:
        if found := form.fullmatch(path):
            ids = found.groupdict()
            indirect = "notifyonindirectmembershipupdate=true" in query.lower()
            return Topic(kind, where, ids.get("team") or "", ids.get("channel") or "", indirect)  # type: ignore[arg-type]
    raise ValueError("unknown resource")
