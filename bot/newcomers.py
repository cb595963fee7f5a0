"""What is done about somebody in a conversation who is not staff: recorded, told about, taken out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from bot import wording
from bot.conversations import Conversations
from bot.engine.interface import Engine, Uncertain
from bot.incidents.incident import Opening, Reader
from bot.incidents.ledger import Ledger
from bot.members import Members, Stay, audience_of
from bot.policy.presets import Membership as Rules
from bot.policy.presets import MembershipRule, OnJoin, Preset
from bot.standing import Checked
from bot.vault.keys import Keys
from connectors.interface import (
    Channel,
    ChatPlatform,
    ConnectorError,
    Conversation,
    MemberJoined,
    Note,
    NotePlace,
    Refused,
    Standing,
    Unavailable,
)

_RISK: Final[Mapping[Standing, int]] = {"partner": 45, "guest": 50, "leaver": 60, "unknown": 65}
_WORDS: Final[Mapping[Standing, str]] = {
    "partner": "Belongs to another organisation",
    "guest": "Has a guest's account",
    "leaver": "Has left, by the staff directory",
    "unknown": "Not in the staff directory",
}

TakenOut = Literal["removed", "refused", "owner"]


class Newcomers:
    """Opens one incident per stay and standing, and tells the owner and IG of it once each."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], members: Members, ledger: Ledger, engine: Engine, keys: Keys,
        conversations: Conversations, ig_users: Callable[[str], Sequence[str]], clock: Callable[[], float],
        forget: Callable[[Channel], None],
    ) -> None:  # fmt: skip
        self._platforms = platforms
        self._members = members
        self._ledger = ledger
        self._engine = engine
        self._keys = keys
        self._conversations = conversations
        self._ig_users = ig_users
        self._clock = clock
        self._forget = forget

    async def report(self, channel: Channel, checked: Iterable[Checked], joined: MemberJoined | None) -> None:
        """Deal with whoever of `checked` the membership rule does not cover. Safe to repeat.

        Raises Unavailable when somebody cannot be told now; nobody is told twice by the repeat.
        """
        preset = self._conversations.preset_of(channel)
        outside = {c.user: c for c in checked if c.standing in _RISK}
        if not outside or preset.membership.rule is MembershipRule.ANYONE:
            return
        if await self._is_direct(channel):
            return
        stays = await self._members.present(channel)
        strict = preset.membership.rule is MembershipRule.STAFF_ONLY
        for stay in stays:
            if stay.user in outside and (strict or not stay.confirmed(self._clock())):
                await self._one(stay, outside[stay.user], preset, stays, joined)

    async def mention(
        self, stay: Stay, what: str, *, by: str = "", detail: Mapping[str, Any] | None = None
    ) -> None:
        """Add to the story of a stay, where it has one."""
        incident = self._incident(stay)
        if await self._ledger.read(incident) is not None:
            await self._ledger.add(incident, what, by=by, detail={"user": stay.user, **(detail or {})})

    async def take_out(self, stay: Stay, by: str) -> TakenOut:
        """Remove somebody and prove it by the platform's own list; the channel's owner always stays.

        Not an effect with an intent: removing twice does no harm, and a refusal may be put right later.
        """
        if stay.user == await self._owner(stay.channel):
            await self.mention(stay, "not_removed", by=by, detail={"why": "owner"})
            return "owner"
        code = ""
        try:
            await self._platforms[stay.channel.platform].remove(stay.channel, stay.user)
        except Refused as refusal:
            code = refusal.code
        if await self._still_here(stay):
            await self.mention(stay, "not_removed", by=by, detail={"code": code})
            return "refused"
        await self._members.end([stay], self._clock())
        self._forget(stay.channel)
        await self.mention(stay, "removed", by=by)
        return "removed"

    async def _one(
        self, stay: Stay, checked: Checked, preset: Preset, stays: Sequence[Stay], joined: MemberJoined | None
    ) -> None:
        incident = self._incident(stay)
        if await self._ledger.read(incident) is None:
            await self._ledger.open(self._opening(stay, checked, preset, stays), incident)
            inviter = (joined.inviter if joined else None) or ""
            await self._ledger.add(
                incident, "joined" if joined else "found", by=inviter, detail={"user": stay.user}
            )
        what, note = "told", self._note(stay, incident, preset, new=joined is not None)
        if _on_join(stay.standing, preset.membership) == "remove":
            what = await self.take_out(stay, "policy")
            note = {
                "removed": wording.member_removed(stay.user, stay.channel, stay.standing),
                "refused": wording.remove_refused(stay.user, stay.channel, incident),
                "owner": wording.last_owner_stays(stay.user, stay.channel, incident),
            }[what]
        await self._tell_all(incident, stay.channel, await self._to_tell(stay, stays), what, note)

    async def _tell_all(
        self, incident: str, channel: Channel, readers: Iterable[str], what: str, note: Note
    ) -> None:
        """Tell everyone who can be told now, and only then say that somebody could not."""
        unreached: Unavailable | None = None
        for reader in readers:
            try:
                await self._tell(incident, channel, reader, what, note)
            except Unavailable as fault:
                unreached = fault
        if unreached is not None:
            raise unreached

    async def _tell(self, incident: str, channel: Channel, reader: str, what: str, note: Note) -> None:
        platform, key = self._platforms[channel.platform], f"{incident}:{what}:{reader}"

        async def call() -> Mapping[str, Any]:
            place = await platform.tell(channel.tenant, reader, replace(note, key=key))
            return {"kind": place.kind, "ts": place.ts}

        async def probe() -> Mapping[str, Any] | None:
            somewhere = NotePlace("direct", replace(channel, id=""), reader, "")
            there = await platform.noted(somewhere, key)
            if there is None:
                raise Uncertain
            return {"kind": "direct"} if there else None

        outcome = await self._engine.effect(key, call, probe)
        if not outcome.repeated:
            word = "told" if outcome.state == "done" else f"telling_{outcome.state}"
            await self._ledger.add(incident, word, detail={"user": reader, "of": what})

    async def _to_tell(self, stay: Stay, stays: Sequence[Stay]) -> list[str]:
        """The owner, unless it is about them or they are outside themselves, then IG; each once."""
        owner = await self._owner(stay.channel)
        inside = {s.user for s in stays if s.standing in ("staff", "could_not_tell")}
        people = [owner] if owner in inside else []
        return [u for u in dict.fromkeys([*people, *self._ig_users(stay.channel.tenant)]) if u != stay.user]

    async def _owner(self, channel: Channel) -> str:
        known = self._conversations.owner_of(channel)
        conversation = None if known else await self._conversation(channel)
        return conversation.creator if conversation else known

    async def _is_direct(self, channel: Channel) -> bool:
        """A guest who writes to one person, or to us, joined nothing."""
        conversation = await self._conversation(channel)
        return conversation is not None and conversation.kind == "dm"

    async def _conversation(self, channel: Channel) -> Conversation | None:
        try:
            return await self._platforms[channel.platform].conversation(channel)
        except ConnectorError:
            return None

    async def _still_here(self, stay: Stay) -> bool:
        members = await self._platforms[stay.channel.platform].members(stay.channel)
        return any(m.user == stay.user for m in members)

    def _note(self, stay: Stay, incident: str, preset: Preset, *, new: bool) -> Note:
        confirmable = preset.membership.rule is MembershipRule.STAFF_AND_CONFIRMED
        words = wording.outsider_joined if new else wording.already_here
        return words(stay.user, stay.channel, stay.standing, incident, confirmable=confirmable)

    def _opening(self, stay: Stay, checked: Checked, preset: Preset, stays: Sequence[Stay]) -> Opening:
        now = self._clock()
        confirmable = preset.membership.rule is not MembershipRule.STAFF_ONLY
        audience = audience_of(stays, now, confirmable=confirmable, shared_outside=False)
        lapsed = ("A confirmation has run out.",) if stay.confirmed_until else ()
        return Opening(
            kind="membership", channel=stay.channel, action="warn", sender=stay.user, risk=_RISK[stay.standing],
            reasons=(f"{_WORDS[stay.standing]}: {checked.why or 'by the staff directory'}.", *lapsed),
            policy=f"{preset.key}@{self._conversations.policy_version()}",
            audience=[Reader(s.user, s.name, s.standing) for s in stays], outsiders=audience.outsiders,
        )  # fmt: skip

    def _incident(self, stay: Stay) -> str:
        """One per stay and standing, and one more each time that a confirmation runs out."""
        until = stay.confirmed_until
        lapsed = until if until is not None and until <= self._clock() else ""
        return self._keys.pseudonym("incident", f"stay/{stay.id}/{stay.standing}/{lapsed}")[:12]


def _on_join(standing: Standing, rules: Rules) -> OnJoin:
    if standing == "leaver":
        return rules.leaver
    return rules.unknown if standing == "unknown" else rules.guest
