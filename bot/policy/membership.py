"""What a policy says of who belongs in a channel."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

OnJoin = Literal["tell", "remove"]


class MembershipRule(StrEnum):
    """Who belongs in a channel."""

    STAFF_ONLY = "staff_only"
    """Only people whom the directory knows as active staff; nobody can be confirmed."""
    STAFF_AND_CONFIRMED = "staff_and_confirmed"
    """Others too, once the owner or IG confirmed them, until the day that they set."""
    ANYONE = "anyone"
    """Nobody is reported or removed. Outsiders still count for what is hidden."""


@dataclass(frozen=True, slots=True)
class Membership:
    """The rule, and what to do when somebody outside it joins: tell the owner and IG, or remove too."""

    rule: MembershipRule = MembershipRule.STAFF_AND_CONFIRMED
    guest: OnJoin = "tell"
    unknown: OnJoin = "tell"
    leaver: OnJoin = "tell"
    organisations: tuple[str, ...] = ()
    """Only staff of these employers, as the directory names them; () for any."""
    departments: tuple[str, ...] = ()
    """Only staff of these departments; () for any. Both are compared without case."""
    elsewhere: OnJoin = "tell"
    """Staff of another organisation or department."""
    partners: bool = True
    """Whether partners admitted in the register (a person or an organisation, with purpose, sponsor and last
    day) belong."""
    guests: bool = True
    """Whether anybody with a guest's or another organisation's account may belong at all, confirmed or not."""
    key: str = ""
    """The name of the list entry in the policy that this is; "" when written out with its preset."""
    words: str = ""
    """The rule in plain words, for the console and the record."""

    @property
    def confirmable(self) -> bool:
        """Whether the owner or IG may vouch for somebody outside the directory."""
        return self.rule is MembershipRule.STAFF_AND_CONFIRMED

    def covers(self, employer: str, department: str) -> bool:
        """Whether staff of this employer and department belong."""
        return _among(employer, self.organisations) and _among(department, self.departments)

    def said(self) -> str:
        """The rule in plain words."""
        return self.words or _RULES[self.rule] + _only(self.organisations) + _only(self.departments)


_RULES = {
    MembershipRule.STAFF_ONLY: "Staff only",
    MembershipRule.STAFF_AND_CONFIRMED: "Staff, and others while confirmed",
    MembershipRule.ANYONE: "Anyone",
}


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value.strip().casefold() in (w.casefold() for w in wanted)


def _only(names: tuple[str, ...]) -> str:
    return f", of {' or '.join(names)} only" if names else ""
