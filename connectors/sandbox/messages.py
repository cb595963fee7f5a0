"""Messages and notes with every version they ever had."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Version:
    """What members could read from `since` until `until` (epoch seconds; None: still)."""

    since: float
    by: str
    body: Json = field(repr=False)
    deleted: bool = False
    until: float | None = None

    def as_json(self) -> Json:
        shown: Json = {"from": self.since, "until": self.until, "by": self.by, "deleted": self.deleted}
        shown["tombstone"] = self.body.get("subtype") == "dlp_tombstone"
        for key, empty in (("text", ""), ("blocks", []), ("attachments", []), ("files", [])):
            shown[key] = empty if self.deleted else self.body.get(key, empty)
        if cards := self.body.get("teams", {}).get("cards"):
            shown["cards"] = [card["content"] for card in cards]
        return shown


@dataclass(slots=True)
class Message:
    """A message; `body` is Slack's own object (never changed in place) and None once it is gone."""

    channel: str
    ts: str
    body: Json | None = field(repr=False)
    versions: list[Version] = field(default_factory=list, repr=False)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    before_tombstone: Json | None = field(default=None, repr=False)

    @property
    def said(self) -> Json:
        """The body of a message that is known to stand."""
        if self.body is None:
            raise KeyError(self.ts)
        return self.body

    @property
    def user(self) -> str:
        return str(self.versions[0].body.get("user", ""))

    @property
    def bot_id(self) -> str:
        return str(self.versions[0].body.get("bot_id", ""))

    @property
    def thread_ts(self) -> str | None:
        found = self.versions[0].body.get("thread_ts")
        return str(found) if found and found != self.ts else None

    def become(self, body: Json | None, at: float, by: str) -> None:
        """Close the present version and open the next; no body means deleted."""
        if self.versions:
            self.versions[-1].until = at
        self.versions.append(Version(at, by, body or {}, deleted=body is None))
        self.body = body

    def as_record(self) -> Json:
        return {
            "channel": self.channel,
            "ts": self.ts,
            "thread_ts": self.thread_ts,
            "user": self.user,
            "bot_id": self.bot_id,
            "versions": [version.as_json() for version in self.versions],
        }


@dataclass(slots=True)
class Ephemeral:
    """A note that one person sees in a channel until it is replaced or deleted. `lost` was never shown."""

    channel: str
    user: str
    ts: str
    thread_ts: str | None
    body: Json = field(repr=False)
    versions: list[Version] = field(default_factory=list, repr=False)
    until: float | None = None
    lost: bool = False

    def as_record(self) -> Json:
        return {
            "channel": self.channel,
            "user": self.user,
            "ts": self.ts,
            "thread_ts": self.thread_ts,
            "from": self.versions[0].since,
            "until": self.until,
            "lost": self.lost,
            "versions": [version.as_json() for version in self.versions],
        }


def with_thread(message: Message, replies: Sequence[Message]) -> Json:
    """A thread's first message with the counts that Slack adds when others replied."""
    body = message.said
    standing = [reply for reply in replies if reply.body is not None]
    if not standing:
        return _with_reactions(message, body)
    users = list(dict.fromkeys(reply.user or reply.bot_id for reply in standing))
    return _with_reactions(message, body) | {
        "thread_ts": message.ts,
        "reply_count": len(standing),
        "reply_users_count": len(users),
        "latest_reply": standing[-1].ts,
        "reply_users": users[:5],
        "is_locked": False,
        "subscribed": False,
    }


def _with_reactions(message: Message, body: Json) -> Json:
    if not message.reactions:
        return body
    shown = [{"name": name, "users": who, "count": len(who)} for name, who in message.reactions.items()]
    return body | {"reactions": shown}
