"""Messages of Graph as `Message`s, and read from Graph as members can read them now."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from connectors.interface import Channel, Message, MessageRef, Refused
from connectors.microsoft.graph import Graph
from connectors.teams import places, texts
from connectors.teams.attachments import attachments

Payload = Mapping[str, Any]

_GONE: Final = ("NotFound", "404", "ItemNotFound", "MessageNotFound")
_PAGE: Final = 50
"""Graph gives no more messages at once."""
UNKNOWN_ENUMS: Final = {"Prefer": "include-unknown-enum-members"}
"""Else a system message is called "unknownFutureValue"."""


def at(when: object) -> datetime:
    """A moment of Graph's ("2026-03-01T08:00:00.123Z"), as UTC. Raises ValueError when it is none."""
    moment = datetime.fromisoformat(str(when))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def message(raw: Payload, where: Channel) -> Message:
    """`raw` is a chatMessage. Raises KeyError or ValueError when it is none."""
    id = str(raw["id"])
    root = None if places.is_chat(where) else str(raw.get("replyToId") or id)
    sender, external, bot = _sender(raw, where.tenant)
    edited = raw.get("lastEditedDateTime")
    return Message(
        ref=MessageRef(where, id, root),
        sender=sender,
        posted_at=at(raw["createdDateTime"]),
        parts=texts.parts(raw),
        attachments=attachments(raw, where),
        mentions=tuple(dict.fromkeys(texts.mentions(raw).values())),
        sender_is_external=external,
        is_bot=bot,
        edited_at=at(edited) if edited else None,
        hidden=is_blocked(raw),
        raw=raw,
    )


def is_blocked(raw: Payload) -> bool:
    """Whether Teams keeps it from its readers: blocked, and not shown again by its sender."""
    violation = raw.get("policyViolation") or {}
    blocked = "blockaccess" in _flags(violation.get("dlpAction"))
    return blocked and not _flags(violation.get("userAction")) & {"override", "reportfalsepositive"}


def user_action(raw: Payload) -> frozenset[str]:
    """What its sender did about a violation: "override", "reportfalsepositive"."""
    return _flags((raw.get("policyViolation") or {}).get("userAction")) - {"none"}


def is_by(raw: Payload, app_id: str) -> bool:
    """Whether this application said it."""
    application = (raw.get("from") or {}).get("application") or {}
    return bool(app_id) and str(application.get("id", "")) == app_id


def channel_of(raw: Payload, tenant: str) -> Channel:
    """Where a chatMessage stands. Raises ValueError when it does not say."""
    if chat := raw.get("chatId"):
        return places.channel(tenant, thread=str(chat))
    where = raw.get("channelIdentity") or {}
    if not where.get("teamId") or not where.get("channelId"):
        raise ValueError("a message does not say where it stands")
    return places.channel(tenant, str(where["teamId"]), str(where["channelId"]))


class Reading:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def read(self, ref: MessageRef) -> Message | None:
        """None when it is gone or was deleted; a hidden one comes with `hidden`."""
        try:
            raw = await self.raw(ref)
        except Refused as refused:
            if refused.code in _GONE:
                return None
            raise
        return None if raw.get("deletedDateTime") else message(raw, ref.channel)

    async def raw(self, ref: MessageRef) -> Payload:
        """Graph's own chatMessage."""
        found: Payload = await self._graph.get(
            ref.channel.tenant, places.message_path(ref), None, **UNKNOWN_ENUMS
        )
        return found

    async def recent(self, before: MessageRef, limit: int) -> tuple[Message, ...]:
        """Up to `limit` messages of the same thread (its first among them), or of the chat or channel."""
        if places.is_reply(before):
            root = MessageRef(before.channel, before.thread or "", before.thread)
            found = await self._page(f"{places.message_path(root)}/replies", before.channel)
            found.append(await self.raw(root))
        else:
            found = await self._page(f"{places.path(before.channel)}/messages", before.channel)
        earlier = (m for m in found if int(str(m["id"])) < int(before.ts))
        said = [message(m, before.channel) for m in earlier if is_said(m)]
        said.sort(key=lambda m: int(m.ref.ts))
        return tuple(said[-limit:])

    async def _page(self, path: str, where: Channel) -> list[Payload]:
        """The newest fifty: Graph gives the newest first."""
        page = await self._graph.get(where.tenant, path, {"$top": str(_PAGE)}, **UNKNOWN_ENUMS)
        return list(page.get("value") or ())


def is_said(raw: Payload) -> bool:
    """Somebody's words that still stand, and no event of the conversation."""
    return not raw.get("deletedDateTime") and not raw.get("eventDetail") and _kind(raw) == "message"


def _kind(raw: Payload) -> str:
    return str(raw.get("messageType") or "message").lower()


def _sender(raw: Payload, home: str) -> tuple[str, bool, bool]:
    """The account, whether it belongs to another organisation, and whether it is an application."""
    who = raw.get("from") or {}
    if user := who.get("user"):
        tenant = user.get("tenantId")
        other = str(user.get("userIdentityType") or "aadUser").lower() not in ("aaduser", "onpremiseaaduser")
        return str(user.get("id") or ""), other or bool(tenant and tenant != home), False
    return str((who.get("application") or {}).get("id") or ""), False, bool(who.get("application"))


def _flags(value: object) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in str(value or "").split(",") if word.strip())
