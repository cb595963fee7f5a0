"""What one person sees of Teams that others, or Slack's people, do not: cards, and their own blocked messages."""

from typing import Any

from connectors.sandbox.messages import Message
from connectors.sandbox.teams.people_side import PeopleSide

Json = dict[str, Any]


def home(side: PeopleSide) -> Json:
    """A tenant as the chat page names it. `mode` says whether messages can be hidden there."""
    tenant, roles = side.estate.tenant.id, side.estate.app.roles
    return {"id": tenant, "platform": "teams", "mode": "tenant" if roles else "rsc"}


def team(side: PeopleSide, channel: str) -> str:
    """The team of a channel; empty for a chat."""
    is_chat = side.estate.workspace.channels[channel].is_direct
    return "" if is_chat else side.estate.places.team_name(channel)


def with_cards(shown: Json, body: Json) -> Json:
    """Cards as they are drawn; the workspace's record of their words gives way to them."""
    cards = [held["content"] for held in body.get("teams", {}).get("cards", ())]
    if not cards:
        return shown
    kept = {key: value for key, value in shown.items() if key not in ("attachments", "blocks")}
    return kept | {"cards": cards, "text": shown.get("text") or str(cards[0].get("fallbackText", ""))}


def own_blocked(side: PeopleSide, message: Message, shown: Json) -> Json:
    """Who sent a blocked message reads it still, with the policy tip under "What can I do?"."""
    held, before = side.estate.violation(message), message.before_tombstone
    if held is None or before is None:
        return shown
    kept = {key: before[key] for key in ("text", "blocks", "attachments", "files") if key in before}
    bare = {key: value for key, value in shown.items() if key not in ("subtype", *kept)}
    tip = held["policyTip"]["generalText"] or ""
    may_report = "allowFalsePositiveOverride" in held["verdictDetails"] and held["userAction"] == "none"
    return bare | kept | {"blocked": {"tip": tip, "may_report": may_report}}
