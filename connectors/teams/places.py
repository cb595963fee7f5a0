"""Where things are in Teams: ids of conversations and messages, and their paths in Graph.

`Channel.id` is "TEAM/19:…@thread.tacv2" for a channel, "19:…" for a chat and "TEAM" for a team as a whole
(its roster, which its standard channels share). A channel's first message is its own thread.
"""

import re
from typing import Final
from urllib.parse import quote, unquote

from connectors.interface import Channel, MessageRef

PLATFORM: Final = "teams"

_STEP = re.compile(r"/?(?P<kind>\w+)(?:\('(?P<quoted>(?:[^']|'')*)'\)|/(?P<plain>[^/?(]+))")


def channel(tenant: str, team: str = "", thread: str = "") -> Channel:
    """A channel (team and thread), a chat (thread alone) or a team (team alone)."""
    return Channel(PLATFORM, tenant, "/".join(filter(None, (team, thread))))


def team_of(where: Channel) -> str:
    """The team's id; "" for a chat."""
    return "" if where.id.startswith(("19:", "a:")) else where.id.partition("/")[0]


def thread_of(where: Channel) -> str:
    """The channel's or chat's own id ("19:…"); "" for a team as a whole."""
    return where.id if where.id.startswith(("19:", "a:")) else where.id.partition("/")[2]


def is_chat(where: Channel) -> bool:
    return not team_of(where)


def path(where: Channel) -> str:
    """Graph's path of a conversation, relative; ids are quoted."""
    team, thread = quote(team_of(where), safe=""), quote(thread_of(where), safe="")
    if not team:
        return f"chats/{thread}"
    return f"teams/{team}/channels/{thread}" if thread else f"teams/{team}"


def message_path(ref: MessageRef) -> str:
    """Graph's path of a message: in a chat, at the top of a channel, or a reply there."""
    own = quote(ref.ts, safe="")
    if is_chat(ref.channel) or not is_reply(ref):
        return f"{path(ref.channel)}/messages/{own}"
    return f"{path(ref.channel)}/messages/{quote(ref.thread or '', safe='')}/replies/{own}"


def is_reply(ref: MessageRef) -> bool:
    """Whether it stands below another message of a channel."""
    return bool(ref.thread) and ref.thread != ref.ts


def steps(resource: str) -> dict[str, str]:
    """The ids in a notification's `resource`, by their kind in lower case.

    "teams('T')/channels('C')/messages('M')/replies('R')" and "/teams/T/channels/C" are both read.
    """
    found = _STEP.finditer(resource.partition("?")[0])
    return {
        m["kind"].lower(): unquote(m["plain"]) if m["quoted"] is None else m["quoted"].replace("''", "'")
        for m in found
    }


def of_resource(tenant: str, resource: str) -> Channel:
    """The conversation that a notification's `resource` names. Raises ValueError when it names none."""
    ids = steps(resource)
    if chat := ids.get("chats"):
        return channel(tenant, thread=chat)
    if team := ids.get("teams"):
        return channel(tenant, team, ids.get("channels", ""))
    raise ValueError("a notification names no conversation")


def ref_of(tenant: str, resource: str) -> MessageRef:
    """The message that a notification's `resource` names. Raises ValueError when it names none."""
    ids, where = steps(resource), of_resource(tenant, resource)
    root = ids.get("messages", "")
    if not root:
        raise ValueError("a notification names no message")
    return MessageRef(where, ids.get("replies") or root, None if is_chat(where) else root)
