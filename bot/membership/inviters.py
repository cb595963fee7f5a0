"""Asking whoever brought somebody in why they need to be here, and handing the answer to owner and IG."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast, get_args

from bot.conversations.register import Conversations
from bot.incidents.ledger import Ledger
from bot.membership.admission import may_be_vouched_for
from bot.membership.members import Members
from bot.membership.telling import Telling
from bot.vault.keys import Keys
from bot.wording import to_inviter, to_owner, to_presser
from connectors.interface import Channel, ChatPlatform, Field, Note, Pressed, Refused

_MAY_ANSWER: Final = ("staff", "could_not_tell")
_LONGEST: Final = 1000
_ONCE: Final = "reason_given"


class Inviters:
    """Works on a membership incident's own row. Whoever calls `ask` has checked that the person may."""

    def __init__(
        self, *, members: Members, ledger: Ledger, keys: Keys, conversations: Conversations, telling: Telling,
    ) -> None:  # fmt: skip
        self._members = members
        self._ledger = ledger
        self._keys = keys
        self._conversations = conversations
        self._telling = telling

    async def ask(self, row: Mapping[str, Any], event: Pressed, platform: ChatPlatform) -> Note | None:
        """Send the inviter our question, once. When the inviter pressed, their form opens at once (None)."""
        inviter = await self._inviter(row)
        if not inviter:
            return to_presser.inviter_unknown(row["id"])
        if inviter == event.user:
            return await self._form(row, event, platform)
        note = to_inviter.ask_why(row["sender"], _channel(row), row["id"])
        await self._telling.tell([row["id"]], _channel(row), [inviter], "asked_inviter", note)
        return to_presser.inviter_asked(inviter, row["id"])

    async def answered(self, row: Mapping[str, Any], event: Pressed, platform: ChatPlatform) -> Note | None:
        """The inviter opens the form (None: nothing is to be said) or sends it. Raises Unavailable."""
        if event.user != await self._inviter(row):
            return to_presser.for_the_inviter_only()
        if not event.inputs:
            return await self._form(row, event, platform)
        said = await self._members.said_of(row["id"])
        if said & {_ONCE, "removed", "left"}:
            return to_presser.settled_already()
        await self._take(row, event)
        return to_presser.thanks_for_the_reason()

    async def _take(self, row: Mapping[str, Any], event: Pressed) -> None:
        need = event.inputs.get("need", "")
        need = need if need in get_args(to_inviter.Need) else "other"
        channel, joiner = _channel(row), row["sender"]
        stays = await self._members.present(channel)
        stay = next((s for s in stays if s.user == joiner), None)
        rules = self._conversations.preset_of(channel).membership
        confirmable = stay is not None and may_be_vouched_for(stay.standing, rules, partner=False)
        note = to_owner.reason_given(
            joiner, channel, row["id"], inviter=event.user, need=cast("to_inviter.Need", need), confirmable=confirmable
        )  # fmt: skip
        readers = await self._telling.readers(channel, {joiner, event.user}, stays)
        # Told first: were this cut off in between, the repeat tells nobody twice and then goes on.
        await self._telling.tell([row["id"]], channel, readers, "told_reason", note)
        detail = {"user": joiner, "need": need, **self._sealed(row["id"], event.inputs.get("why", ""))}
        await self._ledger.add(row["id"], _ONCE, by=event.user, detail=detail)

    def _sealed(self, incident: str, words: str) -> dict[str, str]:
        """Anybody's words may hold an identifier: they are sealed as reviewers' own are."""
        words = words.strip()[:_LONGEST]
        if not words:
            return {}
        return {
            "sealed_words": base64.b64encode(self._keys.seal("timeline", incident, words.encode())).decode()
        }

    async def _form(self, row: Mapping[str, Any], event: Pressed, platform: ChatPlatform) -> Note | None:
        """None when it opened. A platform opens one only within seconds of the press: else, press once more."""
        fields = (
            Field("need", to_inviter.NEED_LABEL, optional=False, options=tuple(to_inviter.NEEDS.items())),
            Field("why", to_inviter.WHY_LABEL, optional=False, multiline=True),
        )
        try:
            await platform.ask(replace(event, action="say_why"), to_inviter.WHY_TITLE, fields, row["id"])
        except Refused:
            return to_inviter.ask_why(row["sender"], _channel(row), row["id"])
        return None

    async def _inviter(self, row: Mapping[str, Any]) -> str:
        """Who brought them in, while they are here themselves and nobody says that they are an outsider."""
        by = await self._members.brought_by(row["id"])
        stay = await self._members.one(_channel(row), by) if by and by != row["sender"] else None
        return by if stay is not None and stay.standing in _MAY_ANSWER else ""


def _channel(row: Mapping[str, Any]) -> Channel:
    return Channel(row["platform"], row["tenant"], row["conversation"])
