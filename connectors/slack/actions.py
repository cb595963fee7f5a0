"""Buttons, forms and commands of Slack as `Pressed` and `Commanded`."""

import json
from collections.abc import Mapping
from typing import Any

from connectors.interface import Channel, Commanded, Event, Pressed
from connectors.slack.envelope import tenant
from connectors.slack.messages import at

Payload = Mapping[str, Any]

PREFIX = "chaperone:"
RECEIVED = "received_at"
"""Set by our own gate: forms and commands carry no time of their own."""


def interaction(body: Payload) -> tuple[Event, ...]:
    """A pressed button of ours, or a submitted form of ours; anything else gives nothing."""
    match body.get("type"):
        case "block_actions":
            return tuple(_pressed(body, a) for a in body["actions"] if _is_ours(a.get("action_id")))
        case "view_submission" if _is_ours(body["view"].get("callback_id")):
            return (_submitted(body),)
    return ()


def command(body: Payload) -> Commanded:
    team = str(body.get("team_id") or body.get("enterprise_id") or "")
    return Commanded(
        tenant=team,
        user=str(body["user_id"]),
        channel=Channel("slack", team, str(body["channel_id"])),
        text=str(body.get("text", "")),
        at=at(body[RECEIVED]),
        respond=str(body.get("response_url", "")),
        trigger=str(body.get("trigger_id", "")),
    )


def is_external(body: Payload) -> bool:
    """Whether the person belongs to another workspace than the one where the app stands."""
    user, team = body.get("user") or {}, body.get("team") or {}
    theirs = user.get("team_id")
    return bool(theirs) and theirs != (team.get("id") or tenant(body)) and not body.get("enterprise")


def _is_ours(action: object) -> bool:
    return isinstance(action, str) and action.startswith(PREFIX)


def _pressed(body: Payload, action: Payload) -> Pressed:
    team = tenant(body)
    container = body.get("container") or {}
    where = (body.get("channel") or {}).get("id") or container.get("channel_id")
    return Pressed(
        tenant=team,
        user=str(body["user"]["id"]),
        channel=Channel("slack", team, where) if where else None,
        action=str(action["action_id"]).removeprefix(PREFIX),
        value=str(action.get("value") or (action.get("selected_option") or {}).get("value") or ""),
        at=at(action.get("action_ts") or body[RECEIVED]),
        user_is_external=is_external(body),
        respond=str(body.get("response_url") or ""),
        trigger=str(body.get("trigger_id") or ""),
    )


def _submitted(body: Payload) -> Pressed:
    team, view = tenant(body), body["view"]
    kept = json.loads(view.get("private_metadata") or "{}")
    where = kept.get("channel")
    return Pressed(
        tenant=team,
        user=str(body["user"]["id"]),
        channel=Channel("slack", team, where) if where else None,
        action=str(view["callback_id"]).removeprefix(PREFIX),
        value=str(kept.get("value", "")),
        at=at(body[RECEIVED]),
        user_is_external=is_external(body),
        respond=str(kept.get("respond") or ""),
        trigger=str(body.get("trigger_id") or ""),
        inputs={
            block: _input(fields) for block, fields in (view.get("state") or {}).get("values", {}).items()
        },
    )


def _input(fields: Payload) -> str:
    for field in fields.values():
        chosen = (field.get("selected_option") or {}).get("value")
        return str(chosen or field.get("value") or "")
    return ""
