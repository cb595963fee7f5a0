"""Slack's users and conversations in our words."""

from collections.abc import Mapping
from typing import Any, Literal

from connectors.interface import AccountChanged, Channel, Conversation, Member

Payload = Mapping[str, Any]


def changed(user: Payload, tenant: str, home: frozenset[str]) -> AccountChanged:
    return AccountChanged(member(user, tenant, home))


def member(user: Payload, tenant: str, home: frozenset[str] = frozenset()) -> Member:
    """An account of users.info, users.list or an event. External by `is_stranger` or a team not of `home`."""
    profile = user.get("profile") or {}
    team = user.get("team_id") or ""
    enterprise = (user.get("enterprise_user") or {}).get("enterprise_id") or ""
    at_home = home or frozenset((tenant,))
    return Member(
        user=str(user["id"]),
        tenant=str(team or tenant),
        name=str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""),
        display_name=str(profile.get("display_name") or ""),
        email=str(profile.get("email") or ""),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_external=bool(user.get("is_stranger")) or bool(team and at_home.isdisjoint((team, enterprise))),
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        deleted=bool(user.get("deleted")),
    )


def conversation(info: Payload, tenant: str) -> Conversation:
    """From conversations.info or .list. Shared outside by `is_ext_shared`: `is_shared` is also said of
    channels shared between workspaces of one organisation. Privacy never from an id's first letter."""
    return Conversation(
        channel=Channel("slack", tenant, str(info["id"])),
        kind=_kind(info),
        name=str(info.get("name") or ""),
        topic=_value(info.get("topic")),
        purpose=_value(info.get("purpose")),
        creator=str(info.get("creator") or ""),
        shared_outside=bool(info.get("is_ext_shared") or info.get("is_pending_ext_shared")),
        bot_is_member=bool(info.get("is_member") or info.get("is_im")),
        archived=bool(info.get("is_archived")),
    )


def _kind(info: Payload) -> Literal["public", "private", "group_dm", "dm"]:
    if info.get("is_im"):
        return "dm"
    if info.get("is_mpim"):
        return "group_dm"
    return "private" if info.get("is_private") else "public"


def _value(field: object) -> str:
    return str(field.get("value") or "") if isinstance(field, Mapping) else str(field or "")
