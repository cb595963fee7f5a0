"""Every call of Graph that we make, and the least permission for it: what the package asks for and `check` looks for.

Checked in a test against Microsoft's own list (path, method, permissions).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Call:
    """`tenant`: the application permission for the whole tenant; `rsc`: the one that an installation grants in its
    team or chat, "" where there is none. `without`: what cannot be done when it is lacking."""

    method: str
    path: str
    tenant: str
    rsc: str
    without: str


_READ: Final = "messages cannot be read"
_PICTURE: Final = "pasted pictures cannot be looked into"
_HIDE: Final = "messages cannot be hidden; senders are only warned"
_ROSTER: Final = "nobody can be told to be an outsider"
_PLACE: Final = "conversations have no names and are not listed"
_REMOVE: Final = "nobody can be taken out"
_FILE: Final = "files cannot be looked into or taken away"

_DIRECT: Final = "nobody can be written to directly who has not added the app"

_CHANNEL: Final = "/teams/{id}/channels/{id}"
_MESSAGE: Final = "/messages/{id}"
_HOSTED: Final = "/hostedcontents/{id}"
CALLS: Final = (
    Call("GET", f"{_CHANNEL}/messages", "ChannelMessage.Read.All", "ChannelMessage.Read.Group", _READ),
    Call("GET", f"{_CHANNEL}{_MESSAGE}", "ChannelMessage.Read.All", "ChannelMessage.Read.Group", _READ),
    Call(
        "GET",
        f"{_CHANNEL}{_MESSAGE}/replies/{{id}}",
        "ChannelMessage.Read.All",
        "ChannelMessage.Read.Group",
        _READ,
    ),
    Call(
        "GET", f"{_CHANNEL}{_MESSAGE}/replies", "ChannelMessage.Read.All", "ChannelMessage.Read.Group", _READ
    ),
    Call("GET", "/teams/{id}/channels/getallmessages", "ChannelMessage.Read.All", "", _READ),
    Call("GET", "/chats/{id}/messages", "Chat.Read.All", "ChatMessage.Read.Chat", _READ),
    Call("GET", f"/chats/{{id}}{_MESSAGE}", "Chat.Read.All", "ChatMessage.Read.Chat", _READ),
    Call("GET", "/users/{id}/chats/getallmessages", "Chat.Read.All", "", _READ),
    Call(
        "GET",
        f"{_CHANNEL}{_MESSAGE}{_HOSTED}",
        "ChannelMessage.Read.All",
        "ChannelMessage.Read.Group",
        _PICTURE,
    ),
    Call(
        "GET",
        f"{_CHANNEL}{_MESSAGE}/replies/{{id}}{_HOSTED}",
        "ChannelMessage.Read.All",
        "ChannelMessage.Read.Group",
        _PICTURE,
    ),
    Call("GET", f"/chats/{{id}}{_MESSAGE}{_HOSTED}", "Chat.Read.All", "ChatMessage.Read.Chat", _PICTURE),
    Call("PATCH", f"{_CHANNEL}{_MESSAGE}", "ChannelMessage.UpdatePolicyViolation.All", "", _HIDE),
    Call(
        "PATCH", f"{_CHANNEL}{_MESSAGE}/replies/{{id}}", "ChannelMessage.UpdatePolicyViolation.All", "", _HIDE
    ),
    Call("PATCH", f"/chats/{{id}}{_MESSAGE}", "Chat.UpdatePolicyViolation.All", "", _HIDE),
    Call("GET", f"{_CHANNEL}/allMembers", "ChannelMember.Read.All", "ChannelMember.Read.Group", _ROSTER),
    Call(
        "GET", f"{_CHANNEL}/doesuserhaveaccess", "ChannelMember.Read.All", "ChannelMember.Read.Group", _ROSTER
    ),
    Call("GET", "/teams/{id}/members", "TeamMember.Read.All", "TeamMember.Read.Group", _ROSTER),
    Call("GET", "/chats/{id}/members", "ChatMember.ReadWrite.All", "Chat.Manage.Chat", _ROSTER),
    Call(
        "GET",
        "/users/{id}",
        "User.Read.All",
        "",
        "guests cannot be told from staff by the directory's own word",
    ),
    Call("GET", "/teams", "Team.ReadBasic.All", "", _PLACE),
    Call("GET", "/teams/{id}", "Team.ReadBasic.All", "", _PLACE),
    Call("GET", "/teams/{id}/channels", "Channel.ReadBasic.All", "ChannelSettings.Read.Group", _PLACE),
    Call("GET", _CHANNEL, "Channel.ReadBasic.All", "ChannelSettings.Read.Group", _PLACE),
    Call("GET", "/chats", "Chat.Read.All", "", _PLACE),
    Call("GET", "/chats/{id}", "Chat.Read.All", "Chat.Manage.Chat", _PLACE),
    Call("DELETE", "/teams/{id}/members/{id}", "TeamMember.ReadWriteNonOwnerRole.All", "", _REMOVE),
    Call("DELETE", f"{_CHANNEL}/members/{{id}}", "", "ChannelMember.ReadWrite.Group", _REMOVE),
    Call("DELETE", "/chats/{id}/members/{id}", "ChatMember.ReadWrite.All", "Chat.Manage.Chat", _REMOVE),
    Call("GET", "/appcatalogs/teamsapps", "AppCatalog.Read.All", "", _DIRECT),
    Call(
        "POST",
        "/users/{id}/teamwork/installedapps",
        "TeamsAppInstallation.ReadWriteSelfForUser.All",
        "",
        _DIRECT,
    ),
    Call("GET", "/shares/{id}/driveitem", "Files.ReadWrite.All", "", _FILE),
    Call("DELETE", "/drives/{id}/items/{id}", "Files.ReadWrite.All", "", _FILE),
    Call("GET", f"{_CHANNEL}/filesfolder", "Files.ReadWrite.All", "", _FILE),
)

TENANT: Final = tuple(sorted({c.tenant for c in CALLS if c.tenant}))
"""What an administrator consents to for the tenant-wide mode."""
RSC: Final = tuple(sorted({c.rsc for c in CALLS if c.rsc}))
"""What the app package asks for in each team or chat; at most sixteen."""


def without(permission: str) -> str:
    """What cannot be done when it is lacking."""
    return "; ".join(dict.fromkeys(c.without for c in CALLS if permission in (c.tenant, c.rsc)))
