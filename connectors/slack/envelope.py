"""What wraps a Slack event: whose it is, and where the app stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.interface import Channel, FileChanged

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """`tenant` is the installation's team (its organisation, for an org-wide install)."""

    body: Payload = field(repr=False)
    tenant: str
    own: frozenset[str]
    home: frozenset[str]

    @classmethod
    def of(cls, body: Payload, own: frozenset[str] = frozenset()) -> "Envelope":
        bots = {a["user_id"] for a in _authorizations(body) if a.get("is_bot") and a.get("user_id")}
        teams = {a.get("team_id") for a in _authorizations(body)} | {body.get("team_id")}
        organisation = {body.get("enterprise_id"), body.get("context_enterprise_id")}
        organisation |= {a.get("enterprise_id") for a in _authorizations(body)}
        return cls(body, tenant(body), own | bots, frozenset(filter(None, teams | organisation)))

    @property
    def event(self) -> Payload:
        event = self.body.get("event") or {}
        return event if isinstance(event, Mapping) else {}

    def channel(self, id: object) -> Channel:
        if not isinstance(id, str) or not id:
            raise ValueError("no channel id")
        return Channel("slack", self.tenant, id)

    def is_ours(self, message: Payload) -> bool:
        """Written by this app, whichever of its ids the message carries."""
        app = self.body.get("api_app_id")
        profile = message.get("bot_profile") or {}
        if message.get("bot_id") and app and app in (message.get("app_id"), profile.get("app_id")):
            return True
        return not self.own.isdisjoint((message.get("bot_id") or "", message.get("user") or ""))

    def file_changed(
        self, event: Payload, what: Literal["shared", "changed", "public", "unshared", "deleted"]
    ) -> FileChanged:
        file = event.get("file_id") or event["file"]["id"]
        channel = event.get("channel_id")
        where = self.channel(channel) if channel else None
        return FileChanged(where, self.tenant, str(file), what, str(event.get("user_id") or ""))


def tenant(body: Payload) -> str:
    """Whose installation a payload is for; "" when it does not say."""
    for one in _authorizations(body):
        if one.get("is_enterprise_install") and one.get("enterprise_id"):
            return str(one["enterprise_id"])
        if one.get("team_id"):
            return str(one["team_id"])
    team = body.get("team")
    id = team.get("id") if isinstance(team, Mapping) else None
    return str(body.get("context_team_id") or body.get("team_id") or id or "")


def _authorizations(body: Payload) -> list[Payload]:
    return [a for a in body.get("authorizations") or () if isinstance(a, Mapping)]
