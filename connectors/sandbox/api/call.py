"""One Web API call: who asks, with what; and how a method is declared."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from connectors.sandbox.channels import SLACK, Channel
from connectors.sandbox.events import Delivery
from connectors.sandbox.faults import Faults
from connectors.sandbox.interactivity import Interactivity
from connectors.sandbox.messages import Message
from connectors.sandbox.people import Person
from connectors.sandbox.teams.people_side import PeopleSide
from connectors.sandbox.tokens import Token
from connectors.sandbox.uploads import Uploads
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
Item = TypeVar("Item")
DEFAULT_PAGE = 100
LARGEST_PAGE = 1000


class SlackError(Exception):
    """Slack's error word, and what else stands in the answer."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What the methods work on."""

    workspace: Workspace
    faults: Faults
    delivery: Delivery
    interactivity: Interactivity
    uploads: Uploads
    teams: dict[str, PeopleSide] = field(default_factory=dict)
    """Where people use Teams too: what they do there, by the tenant's id."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose token was found and whose scopes were checked."""

    sandbox: Sandbox
    token: Token
    args: Json = field(repr=False)

    @property
    def workspace(self) -> Workspace:
        return self.sandbox.workspace

    @property
    def person(self) -> Person:
        return self.workspace.people[self.token.user]

    @property
    def is_bot(self) -> bool:
        return self.token.kind == "bot"

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        if not (value := self.text(name)):
            raise SlackError(
                "invalid_arguments",
                response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
            )
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value is None else value in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.args.get(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments") from None

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """A list or object, given as JSON text or as itself; None when absent."""
        value = self.args.get(name)
        if value is None or value == "":
            return None
        try:
            value = json.loads(value) if isinstance(value, str) else value
        except ValueError:
            raise SlackError(error) from None
        if not isinstance(value, (list, dict)):
            raise SlackError(error)
        return value

    def channel(self, name: str = "channel", *, visible: bool = True) -> Channel:
        """The conversation named; a private one that the token's owner is not in does not exist for them."""
        wanted = self.needed(name)
        found = self.workspace.channels.get(wanted)
        if found is None and wanted.startswith("#"):
            found = next((c for c in self.workspace.at(SLACK) if c.name == wanted[1:]), None)
        if found is None or not found.is_at(SLACK):
            raise SlackError("channel_not_found")
        if visible and found.is_private and self.token.user not in found.members:
            raise SlackError("channel_not_found")
        return found

    def allow(self, scope: str) -> None:
        """Refuse unless the token has this very scope."""
        if scope not in self.token.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.token.scopes)))

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """A message that stands; the placeholder of a deleted one is none."""
        try:
            message = self.workspace.message(channel.id, self.needed(name))
        except KeyError:
            raise SlackError("message_not_found") from None
        if message.said.get("subtype") == "tombstone":
            raise SlackError("message_not_found")
        return message

    def who(self, name: str = "user", missing: str = "user_not_found") -> Person:
        person = self.workspace.people.get(self.needed(name))
        if person is None:
            raise SlackError(missing)
        return person

    def page(self, items: Sequence[Item], default: int = DEFAULT_PAGE) -> tuple[list[Item], Json]:
        """One page of `items` by `cursor` and `limit`, and its response_metadata."""
        start = 0
        if cursor := self.text("cursor"):
            try:
                start = int(base64.b64decode(cursor).decode().removeprefix("next:"))
            except ValueError:
                raise SlackError("invalid_cursor") from None
        limit = min(self.number("limit", default), LARGEST_PAGE)
        end = start + limit
        more = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
        return list(items[start:end]), {"next_cursor": more}


Answer = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method. Any one of the scopes opens it; none means that every token may call."""

    name: str
    tier: int
    bot: tuple[str, ...]
    user: tuple[str, ...]
    answer: Answer


def method(name: str, tier: int, bot: str = "", user: str | None = None) -> Callable[[Answer], Method]:
    """Declare a method with Slack's rate-limit tier and its scopes (a user token's when they differ)."""

    def declared(answer: Answer) -> Method:
        return Method(name, tier, tuple(bot.split()), tuple((bot if user is None else user).split()), answer)

    return declared
