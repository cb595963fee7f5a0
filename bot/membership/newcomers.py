"""What is done about somebody in a conversation who is not staff: recorded, told about, taken out."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.conversations.register import Conversations
from bot.incidents.incident import Opening, Reader
from bot.incidents.ledger import Ledger
from bot.membership.admission import Admitted, may_be_vouched_for
from bot.membership.audience import audience_of
from bot.membership.members import Members
from bot.membership.standing import Checked
from bot.membership.stays import Stay
from bot.membership.telling import Telling
from bot.policy.membership import Membership as Rules
from bot.policy.membership import OnJoin
from bot.policy.presets import Preset
from bot.vault.keys import Keys
from bot.wording import to_inviter, to_owner
from connectors.interface import Channel, ChatPlatform, MemberJoined, Note, Refused, Standing

_RISK: Final[Mapping[Standing, int]] = {"staff": 30, "partner": 45, "guest": 50, "leaver": 60, "unknown": 65}
_WORDS: Final[Mapping[Standing, str]] = {
    "staff": "Staff, but not of those whom the rule here names",
    "partner": "Belongs to another organisation",
    "guest": "Has a guest's account",
    "leaver": "Has left, by the staff directory",
    "unknown": "Not in the staff directory",
}
_INSIDE: Final = ("staff", "could_not_tell")
_TOGETHER: Final = 3
"""Of more people than this, found by one check, the owner and IG read one note."""

_AUDIENCE: Final = 1000
"""Of more people than this an incident does not repeat who was there: the stays tell it of any moment."""

TakenOut = Literal["removed", "refused", "owner"]


@dataclass(frozen=True, slots=True)
class _Case:
    """One person to be dealt with, their incident, and what its timeline says was done already."""

    stay: Stay
    checked: Checked
    incident: str
    done: Collection[str]


class Newcomers:
    """Opens one incident per stay and standing, and tells the owner and IG of it once each."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], members: Members, ledger: Ledger, keys: Keys,
        conversations: Conversations, telling: Telling, clock: Callable[[], float],
        forget: Callable[[Channel], None],
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._members = members
        self._ledger = ledger
        self._keys = keys
        self._conversations = conversations
        self._telling = telling
        self._clock = clock
        self._forget = forget

    async def report(self, channel: Channel, people: Iterable[Admitted], joined: MemberJoined | None) -> None:
        """Deal with whoever of `people` the membership rule does not cover. Safe to repeat.

        Raises Unavailable when somebody cannot be told now; nobody is told twice by the repeat.
        """
        preset = self._conversations.preset_of(channel)
        found = {p.checked.user: p.checked for p in people if p.admission.belongs is False}
        outside = await self._told_of_here(channel, found, preset) if found else found
        if not outside:
            return
        if await self._telling.is_direct(channel):
            return
        stays = await self._members.present(channel)
        cases = [
            await self._open(s, outside[s.user], preset, stays, joined) for s in stays if s.user in outside
        ]
        new = [c for c in cases if _on_join(c.stay.standing, preset.membership) == "tell" and not c.done]
        if joined is None and len(new) > _TOGETHER:
            await self._tell_together(channel, new, stays)
            cases = [c for c in cases if c not in new]
        for case in cases:
            if "told_together" not in case.done:
                await self._one(case, preset, stays, joined)

    async def _told_of_here(
        self, channel: Channel, outside: Mapping[str, Checked], preset: Preset
    ) -> Mapping[str, Checked]:
        """Those who are not told of where the list of members belongs: once for a team, not for each channel that
        has its rule."""
        roster = self._conversations.roster_of(channel)
        if roster == channel or self._conversations.preset_of(roster).membership != preset.membership:
            return outside
        there = {s.user for s in await self._members.present(roster)}
        return {user: checked for user, checked in outside.items() if user not in there}

    async def mention(
        self, stay: Stay, what: str, *, by: str = "", detail: Mapping[str, Any] | None = None
    ) -> None:
        """Add to the story of a stay, where it has one."""
        incident = self._incident(stay)
        if await self._ledger.read(incident) is not None:
            await self._ledger.add(incident, what, by=by, detail={"user": stay.user, **(detail or {})})

    async def take_out(self, stay: Stay, by: str) -> TakenOut:
        """Remove somebody and prove it by the platform's own list; the channel's owner always stays."""
        outcome = await self._expel(stay)
        if outcome == "removed":
            await self._gone(stay, by)
        else:
            await self.mention(stay, "not_removed", by=by, detail={"why": outcome})
        return outcome

    async def _open(
        self, stay: Stay, checked: Checked, preset: Preset, stays: Sequence[Stay], joined: MemberJoined | None
    ) -> _Case:
        incident = self._incident(stay)
        if await self._ledger.read(incident) is None:
            await self._ledger.open(self._opening(stay, checked, preset, stays), incident)
            inviter = (joined.inviter if joined else None) or ""
            what = "joined" if joined else "found"
            await self._ledger.add(incident, what, by=inviter, detail={"user": stay.user})
        done = await self._members.said_of(incident) - {"detected", "joined", "found"}
        return _Case(stay, checked, incident, done)

    async def _one(
        self, case: _Case, preset: Preset, stays: Sequence[Stay], joined: MemberJoined | None
    ) -> None:
        stay, incident = case.stay, case.incident
        readers = await self._telling.readers(stay.channel, {stay.user}, stays)
        if _on_join(stay.standing, preset.membership) == "tell":
            note = self._note(stay, incident, preset, joined)
            await self._telling.tell([incident], stay.channel, readers, "told", note)
            await self._ask(case, joined, {s.user for s in stays if s.standing in _INSIDE})
            return
        outcome = await self._expel(stay)
        if outcome != "removed" and "not_removed" not in case.done:
            await self.mention(stay, "not_removed", by="policy", detail={"why": outcome})
        note = {
            "removed": to_owner.member_removed(stay.user, stay.channel, stay.standing),
            "refused": to_owner.remove_refused(stay.user, stay.channel, incident),
            "owner": to_owner.last_owner_stays(stay.user, stay.channel, incident),
        }[outcome]
        await self._telling.tell([incident], stay.channel, readers, f"told_{outcome}", note)
        if outcome == "removed":
            # Last, so that a repeat of this work finds the stay and tells whoever was not reached.
            await self._gone(stay, "policy")

    async def _ask(self, case: _Case, joined: MemberJoined | None, inside: Collection[str]) -> None:
        """Where nobody owns the conversation (a chat), whoever brought them in is asked why."""
        inviter = (joined.inviter if joined else None) or ""
        if inviter not in inside or inviter == case.stay.user or await self._telling.owner(case.stay.channel):
            return
        note = to_inviter.ask_why(case.stay.user, case.stay.channel, case.incident)
        await self._telling.tell([case.incident], case.stay.channel, [inviter], "asked_inviter", note)

    async def _tell_together(self, channel: Channel, cases: Sequence[_Case], stays: Sequence[Stay]) -> None:
        readers = await self._telling.readers(channel, {c.stay.user for c in cases}, stays)
        note = to_owner.several_outside(channel, len(cases))
        await self._telling.tell([c.incident for c in cases], channel, readers, "told_together", note)

    async def _expel(self, stay: Stay) -> TakenOut:
        # Not an effect with an intent: removing twice does no harm, and a refusal may be put right later.
        if stay.user == await self._telling.owner(stay.channel):
            return "owner"
        platform = self._platforms[stay.channel.platform]
        try:
            await platform.remove(stay.channel, stay.user)
        except Refused:
            pass  # the list of members tells; they may have left by themselves
        still_here = any(m.user == stay.user for m in await platform.members(stay.channel))
        return "refused" if still_here else "removed"

    async def _gone(self, stay: Stay, by: str) -> None:
        for channel in await self._conversations.sharing(stay.channel):
            if here := await self._members.one(channel, stay.user):
                await self._members.end([here], self._clock())
                self._forget(channel)
        await self.mention(stay, "removed", by=by)

    def _note(self, stay: Stay, incident: str, preset: Preset, joined: MemberJoined | None) -> Note:
        confirmable = may_be_vouched_for(stay.standing, preset.membership, partner=False)
        if joined is None:
            return to_owner.already_here(
                stay.user, stay.channel, stay.standing, incident, confirmable=confirmable
            )
        invited = bool(joined.inviter) and joined.inviter != stay.user
        return to_owner.outsider_joined(
            stay.user, stay.channel, stay.standing, incident, confirmable=confirmable, invited=invited
        )

    def _opening(self, stay: Stay, checked: Checked, preset: Preset, stays: Sequence[Stay]) -> Opening:
        now = self._clock()
        audience = audience_of(stays, now, rules=preset.membership, shared_outside=False)
        lapsed = ("A confirmation has run out.",) if stay.confirmed_until else ()
        return Opening(
            kind="membership", channel=stay.channel, action="warn", sender=stay.user, risk=_RISK[stay.standing],
            reasons=(f"{_WORDS[stay.standing]}: {checked.why or 'by the staff directory'}.", *lapsed),
            policy=f"{preset.key}@{self._conversations.policy_version()}",
            audience=[Reader(s.user, s.name, s.standing) for s in stays] if len(stays) <= _AUDIENCE else (),
            outsiders=audience.outsiders,
        )  # fmt: skip

    def _incident(self, stay: Stay) -> str:
        """One per stay and standing, and one more each time that a confirmation runs out."""
        until = stay.confirmed_until
        lapsed = until if until is not None and until <= self._clock() else ""
        return self._keys.pseudonym("incident", f"stay/{stay.id}/{stay.standing}/{lapsed}")[:12]


def _on_join(standing: Standing, rules: Rules) -> OnJoin:
    if standing in ("leaver", "staff"):
        return rules.leaver if standing == "leaver" else rules.elsewhere
    return rules.unknown if standing == "unknown" else rules.guest
