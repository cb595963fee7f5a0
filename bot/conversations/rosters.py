"""Who is staff in a conversation, for the detectors: its members and the staff directory."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from connectors.interface import Channel, ChatPlatform, ConnectorError, Member, Staff, StaffDirectory
from detectors.interface import Person, Roster

_FRESH = 300.0
_KEPT = 200


class Rosters:
    """One roster per conversation, built once and kept until its membership changes or it ages."""

    def __init__(self, platforms: Mapping[str, ChatPlatform], directories: Sequence[StaffDirectory]) -> None:
        self._platforms = platforms
        self._directories = directories
        self._kept: OrderedDict[Channel, tuple[float, Roster]] = OrderedDict()

    async def of(self, channel: Channel) -> Roster:
        """Never raises: what cannot be read now is left out, and asked for again at the next message."""
        kept = self._kept.get(channel)
        if kept and time.monotonic() - kept[0] < _FRESH:
            return kept[1]
        roster, whole = await self._build(channel)
        if whole or not kept:
            self._kept[channel] = (time.monotonic() if whole else 0.0, roster)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[channel][1]

    def forget(self, channel: Channel | None = None) -> None:
        """The members changed, or (without a channel) the directory."""
        if channel is None:
            self._kept.clear()
        else:
            self._kept.pop(channel, None)

    async def _build(self, channel: Channel) -> tuple[Roster, bool]:
        whole = True
        staff: list[Staff] = []
        for directory in self._directories:
            try:
                staff += [s for s in await directory.people() if s.status != "left"]
            except ConnectorError:
                whole = False
        try:
            members = [m for m in await self._platforms[channel.platform].members(channel) if not m.is_bot]
        except ConnectorError:
            members, whole = [], False
        return Roster(tuple(people(members, staff))), whole


def people(members: Sequence[Member], staff: Sequence[Staff]) -> list[Person]:
    """Members first, joined to their directory row by e-mail or alias; then the rest of the directory."""
    by_email = {alias.casefold(): s for s in staff for alias in s.aliases}
    by_email |= {s.email.casefold(): s for s in staff if s.email}
    found, inside = [], set()
    for m in members:
        s = by_email.get(m.email.casefold()) if m.email else None
        if s:
            inside.add(s.email.casefold())
        found.append(
            Person(
                name=(s.name if s else "") or m.name or m.display_name,
                known_as=(s.known_as if s else "") or (m.display_name if m.display_name != m.name else ""),
                email=m.email, role=s.role if s else "", user=m.user, member=True,
            )
        )  # fmt: skip
    rest = (s for s in staff if s.email.casefold() not in inside)
    return found + [Person(s.name, s.known_as, s.email, s.role) for s in rest]
