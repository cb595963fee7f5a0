"""What a policy violation does to a message: who can read it afterwards."""

from typing import Any, Final

from connectors.sandbox.messages import Message
from connectors.sandbox.rich_text import escape
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.feed import Feed
from connectors.sandbox.teams.resources import blocked, is_system, standing

Json = dict[str, Any]
BLOCKED: Final = "This message was blocked due to sensitive content."
_ACTIONS: Final = {"none", "notifysender", "blockaccess", "blockaccessexternal"}


class Foreign(Exception):
    """Somebody of another tenant sent it: only that tenant may hide it."""


def hide(estate: Estate, feed: Feed, message: Message, violation: Json | None) -> None:
    """Set (None: take away) a policy violation. Blocking keeps everyone but the sender from reading; any
    other action lets them read again. Raises KeyError once deleted, ValueError, Foreign."""
    if standing(message) is None:
        raise KeyError(message.ts)
    if is_system(message):
        raise ValueError("not a message of anybody's")
    if estate.places.home(estate.workspace.people[message.user]) != estate.tenant.id:
        raise Foreign(message.ts)
    actions = str((violation or {}).get("dlpAction") or "none").lower().replace(" ", "").split(",")
    if not set(actions) <= _ACTIONS:
        raise ValueError("dlpAction")
    was = blocked(estate, message)
    place = (message.channel, message.ts)
    if violation is None or actions == ["none"]:
        estate.violations.pop(place, None)
    else:
        estate.violations[place] = _kept(violation)
    _apply(estate, feed, message, was, "blockaccess" in actions)


def _apply(estate: Estate, feed: Feed, message: Message, was: bool, now: bool) -> None:
    workspace = estate.workspace
    body = standing(message) or {}
    inline = body.get("teams", {}).get("inline", ())
    if now:
        workspace.tombstone(message.channel, message.ts, escape(BLOCKED))
    for file in inline:
        if was != now:
            workspace.tombstone_file(file, now)
    if was and not now:
        workspace.restore(message.channel, message.ts)
    elif not now:
        estate.touch(message)
        feed.changed(message, "updated")


def _kept(violation: Json) -> Json:
    """As Graph tells it back: enumerations in camelCase."""
    tip = violation.get("policyTip") or {}
    keys = ("generalText", "complianceUrl", "matchedConditionDescriptions")
    return {
        "dlpAction": _camel(violation.get("dlpAction")), "justificationText": violation.get("justificationText"),
        "policyTip": {key: tip.get(key) for key in keys}, "userAction": _camel(violation.get("userAction") or "none"),
        "verdictDetails": _camel(violation.get("verdictDetails") or "none"),
    }  # fmt: skip


def _camel(said: object) -> str:
    words = [word.strip() for word in str(said or "none").split(",")]
    return ",".join(word[:1].lower() + word[1:] for word in words)
