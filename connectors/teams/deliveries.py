"""A bot's activities as deliveries: in which lane, and by which keys a repeat is known."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.interface import Channel, Delivery
from connectors.teams import places

Payload = Mapping[str, Any]

ACTIVITY = "teams.activity"
_ROOT = ";messageid="
_MESSAGE = "message/"


def delivery(
    raw: bytes,
    body: Payload,
    tenant: str,
    group: str,
    graph_tells: Callable[[Channel], bool] = lambda where: False,
) -> Delivery:
    """`group` is the id of the team that the activity is about; "" for a chat. Where `graph_tells` of messages too,
    its copy of one with files is no repeat of this. Raises ValueError when a message says not where it stands."""
    where = channel(body, tenant, group)
    if where is None and str(body.get("type", "")).startswith("message"):
        raise ValueError("a message without a conversation")
    lane = where.lane if where else f"teams:{tenant}"
    key = _message_key(body, where, graph_tells) if where else ""
    return Delivery(ACTIVITY, tenant, lane, (key or _key(body),), raw)


def is_left_to_graph(one: Delivery) -> bool:
    """Whether it was kept beside Graph's copy of the same message, which has more of it."""
    return bool(one.keys) and not one.keys[0].startswith(_MESSAGE)


def channel(body: Payload, tenant: str, group: str) -> Channel | None:
    """Where it happened: a channel, a chat, or for what is about a whole team, the team."""
    data = _object(body.get("channelData"))
    said = str(_object(data.get("channel")).get("id") or data.get("teamsChannelId") or "")
    if group:
        about_team = body.get("type") in (
            "conversationUpdate",
            "installationUpdate",
        ) and not _is_about_channel(data)
        thread = "" if about_team else said or conversation(body)
        return places.channel(tenant, group, thread)
    thread = conversation(body)
    return places.channel(tenant, thread=thread) if thread else None


def team(body: Payload) -> tuple[str, str]:
    """The team's thread id and its group's id, each "" when the activity does not say."""
    data = _object(body.get("channelData"))
    about = _object(data.get("team"))
    return str(about.get("id") or data.get("teamsTeamId") or ""), str(about.get("aadGroupId") or "")


def conversation(body: Payload) -> str:
    """The conversation's id without its thread."""
    return str(_object(body.get("conversation")).get("id") or "").partition(_ROOT)[0]


def root(body: Payload) -> str:
    """The id of the thread's first message; "" outside channels."""
    return str(_object(body.get("conversation")).get("id") or "").partition(_ROOT)[2]


def kind(body: Payload) -> str:
    """ "personal", "groupChat" or "channel"; "" when the activity does not say."""
    return str(_object(body.get("conversation")).get("conversationType") or "")


def lane_channel(one: Delivery) -> Channel | None:
    """The conversation that a delivery's lane names."""
    id = one.lane.removeprefix(f"teams:{one.tenant}").removeprefix(":")
    return Channel(places.PLATFORM, one.tenant, id) if id else None


def moment(body: Payload) -> datetime:
    """When it happened, by the channel's clock. Raises KeyError or ValueError."""
    when = datetime.fromisoformat(str(body["timestamp"]))
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


def version(body: Payload) -> str:
    """Graph's etag of the message that the activity tells of: milliseconds since 1970 of its last change."""
    if body.get("type") == "messageUpdate":
        return str(round(moment(body).timestamp() * 1000))
    return str(body.get("id") or "")


def is_whole(body: Payload) -> bool:
    """Whether a bot was given all of a message; of a channel's files and pictures it is only told where they stand."""
    bodies = [a.get("content") for a in body.get("attachments") or () if isinstance(a, Mapping)]
    return not any("<attachment" in str(text) or "<img" in str(text) for text in bodies)


def _message_key(body: Payload, where: Channel, graph_tells: Callable[[Channel], bool]) -> str:
    """The same as that of Graph's copy; "" where that is no repeat."""
    if not body.get("id") or body.get("type") not in ("message", "messageUpdate"):
        return ""
    told_twice = not is_whole(body) and graph_tells(where)
    return "" if told_twice else f"{_MESSAGE}{where.id}/{body['id']}/{version(body)}"


def _key(body: Payload) -> str:
    return "/".join(
        str(v)
        for v in ("activity", body.get("type"), conversation(body), body.get("id"), body.get("timestamp"))
    )


def _is_about_channel(data: Payload) -> bool:
    return str(data.get("eventType") or "").startswith("channel")


def _object(value: object) -> Payload:
    return value if isinstance(value, Mapping) else {}
