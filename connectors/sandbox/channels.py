"""Conversations of the sandbox workspace, and how Slack describes them."""

from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.sandbox.messages import Message

Json = dict[str, Any]
Kind = Literal["public", "private", "im", "mpim"]
SLACK = "slack"
CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}


@dataclass(frozen=True, slots=True)
class Line:
    """A topic or purpose."""

    value: str = ""
    creator: str = ""
    last_set: int = 0

    def as_json(self) -> Json:
        return {"value": self.value, "creator": self.creator, "last_set": self.last_set}


@dataclass(slots=True)
class Channel:
    """A conversation with its members (in order of joining) and messages (in order of time)."""

    id: str
    name: str
    kind: Kind
    creator: str
    created: int
    team: str
    home: str = ""
    """Which platform people use it on: SLACK, or the id of an Entra tenant; empty: each that serves the workspace."""
    topic: Line = Line()
    purpose: Line = Line()
    members: dict[str, float] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, list[Message]] = field(default_factory=dict)
    last_read: dict[str, str] = field(default_factory=dict)
    previous_names: list[str] = field(default_factory=list)
    connected_teams: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_general: bool = False

    @property
    def channel_type(self) -> str:
        return CHANNEL_TYPE[self.kind]

    def is_at(self, home: str) -> bool:
        """Whether the people of a platform find it there."""
        return self.home in ("", home)

    @property
    def is_private(self) -> bool:
        return self.kind != "public"

    @property
    def is_direct(self) -> bool:
        return self.kind in ("im", "mpim")

    @property
    def is_shared(self) -> bool:
        return bool(self.connected_teams)


def channel_object(channel: Channel, viewer: str, *, counted: bool = False) -> Json:
    """The Slack conversation object as `viewer` sees it; `counted` adds `num_members`."""
    if channel.kind == "im":
        return _direct_object(channel, viewer)
    shown: Json = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "unlinked": 0,
        "name_normalized": channel.name,
        "is_shared": channel.is_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": channel.team,
        "updated": channel.created * 1000,
        "creator": channel.creator,
        "is_ext_shared": channel.is_shared,
        "shared_team_ids": [channel.team, *channel.connected_teams],
        "pending_connected_team_ids": [],
        "is_member": viewer in channel.members,
        "topic": channel.topic.as_json(),
        "purpose": channel.purpose.as_json(),
        "previous_names": channel.previous_names,
    }
    if channel.is_shared:
        shown["conversation_host_id"] = channel.team
    if counted:
        shown["num_members"] = len(channel.members)
    return shown


def _direct_object(channel: Channel, viewer: str) -> Json:
    others = [member for member in channel.members if member != viewer]
    return {
        "id": channel.id,
        "created": channel.created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "context_team_id": channel.team,
        "updated": channel.created * 1000,
        "user": others[0] if others else viewer,
        "priority": 0,
    }


def opened_object(channel: Channel, viewer: str, *, counted: bool = False) -> Json:
    """The conversation with what only its own methods tell (info, join), and lists leave out."""
    shown = channel_object(channel, viewer, counted=counted)
    if channel.kind != "im":
        shown["parent_conversation"] = None
    if viewer in channel.members:
        shown["last_read"] = channel.last_read.get(viewer, "0000000000.000000")
    return shown


def listed_object(channel: Channel, viewer: str, *, counted: bool = False) -> Json:
    """The conversation as lists show it."""
    shown = channel_object(channel, viewer, counted=counted and not channel.is_direct)
    return shown | ({"is_user_deleted": False} if channel.kind == "im" else {})
