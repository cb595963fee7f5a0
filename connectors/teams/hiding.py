"""Redact, hide and restore on Teams: the original is blocked by Graph, a copy by the bot takes its place.

An application cannot edit or delete a user's message (facts, section 2). What ends the exposure comes first.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from connectors.interface import Edit, Hidden, Message, MessageRef, NotAuthorised, Reach, ReachFailed, Refused
from connectors.microsoft.graph import Graph
from connectors.teams import copies, places
from connectors.teams.copies import Copies
from connectors.teams.messages import Reading, is_by

TIP: Final = "Chaperone hid this message because it seems to identify a patient."
SENDER_MAY: Final = "allowFalsePositiveOverride"
"""What the policy tip offers a sender; Teams then tells us (`HidingContested`)."""
FOREIGN: Final = "this person belongs to another organisation, and only theirs can hide the message"


class Hiding:
    """`may` is Graph's `verdictDetails`: what a sender may do about a hiding in Teams itself ("none": nothing).
    `hid` is told of each message that was hidden and whose it is."""

    def __init__(
        self, graph: Graph, copies: Copies, reading: Reading, *, app_id: str, may: str = SENDER_MAY,
        hid: Callable[[MessageRef, str], None] = lambda ref, user: None,
    ) -> None:  # fmt: skip
        self._graph = graph
        self._copies = copies
        self._reading = reading
        self._app_id = app_id
        self._may = may
        self._hid = hid

    async def redact(self, message: Message, edits: Sequence[Edit], reach: Reach) -> Hidden:
        words = copies.again if self._is_ours(message) else copies.masked
        return await self._by(reach, message, words(message, edits))

    async def hide(self, message: Message, notice: str, reach: Reach) -> Hidden:
        return await self._by(reach, message, copies.whole(message, notice))

    async def finish(
        self, message: Message, edits: Sequence[Edit], notice: str, reach: Reach
    ) -> Hidden | None:
        """A message that stands blocked gets its copy, unless that was posted."""
        now = await self._reading.read(message.ref)
        if reach is not Reach.POLICY_HIDE or now is None or not now.hidden:
            return None
        words = copies.whole(message, notice) if notice else copies.masked(message, edits)
        place = await self._copies.find(message, words) or await self._copies.post(message, words)
        return _hidden(message, place)

    async def restore(self, original: Message, hidden: Hidden, notice: str) -> MessageRef:
        """Readers see the original again in its own place; the copy goes."""
        if self._is_ours(original):
            await self._copies.change(original, copies.again(original, ()))
            return original.ref
        await self._patch(original.ref, {"dlpAction": "none", "verdictDetails": "none"})
        if hidden.raw.get("copied"):
            await self._copies.take_back(hidden.place)
        return original.ref

    async def block(self, message: Message) -> None:
        """Nobody but its sender can read it any more. Raises ReachFailed."""
        if places.is_chat(message.ref.channel) and _is_anothers(message):
            raise ReachFailed(FOREIGN, "foreign_tenant")
        tip = {"generalText": TIP}
        violation = {"policyTip": tip, "verdictDetails": self._may, "dlpAction": "blockAccess"}
        await self._patch(message.ref, violation)
        self._hid(message.ref, message.sender)

    async def _by(self, reach: Reach, message: Message, words: str) -> Hidden:
        if reach is not Reach.POLICY_HIDE:
            raise ReachFailed("this is not a way of hiding on Teams", reach.value)
        if self._is_ours(message):
            await self._copies.change(message, words)
            return Hidden(reach, message.ref, {"how": "copy"})
        await self.block(message)
        return _hidden(message, await self._copies.post(message, words))

    async def _patch(self, ref: MessageRef, violation: dict[str, Any]) -> None:
        """Raises ReachFailed when Graph refuses; blocking what is blocked does no harm."""
        body = {"policyViolation": violation}
        try:
            await self._graph.call("PATCH", ref.channel.tenant, places.message_path(ref), body=body)
        except NotAuthorised as no:
            raise ReachFailed("Graph does not let Chaperone hide messages here", no.code) from None
        except Refused as no:
            raise ReachFailed("Graph did not hide the message", no.code) from None

    def _is_ours(self, message: Message) -> bool:
        """A copy of ours, in which further identifiers were found."""
        return is_by(message.raw, self._app_id)


def _is_anothers(message: Message) -> bool:
    """Whether another organisation's account wrote it. Somebody anonymous in a meeting has none: Graph decides."""
    who = (message.raw.get("from") or {}).get("user") or {}
    return message.sender_is_external and str(who.get("userIdentityType") or "").lower() != "anonymousguest"


def _hidden(message: Message, place: MessageRef | None) -> Hidden:
    return Hidden(Reach.POLICY_HIDE, place or message.ref, {"how": "block", "copied": place is not None})
