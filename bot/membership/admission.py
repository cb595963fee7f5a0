"""Whether somebody belongs in a conversation by its rule, and that rule in plain words. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.membership.standing import Checked
from bot.policy.membership import Membership, MembershipRule

_OUTSIDE: Final = ("guest", "partner")


@dataclass(frozen=True, slots=True)
class Voucher:
    """Somebody answers for a person until a moment (epoch seconds): the owner or IG by a press of a button,
    or the register of partners. `words` say who and why."""

    until: float
    words: str
    by: str
    partner: bool = False
    """From the register, with purpose and sponsor."""


@dataclass(frozen=True, slots=True)
class Admission:
    """`belongs` is None when the directory could not tell: then nobody is let in or left out."""

    belongs: bool | None
    rule: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """An account as checked, what the rule makes of it, and who answers for it."""

    checked: Checked
    admission: Admission
    voucher: Voucher | None = None


def admit(checked: Checked, rules: Membership, voucher: Voucher | None, now: float) -> Admission:
    """What the conversation's rule makes of one account."""
    if rules.rule is MembershipRule.ANYONE:
        return Admission(True, rules.said())
    if checked.standing == "could_not_tell":
        return Admission(None, f"{rules.said()}; nobody could tell whether this covers them")
    if checked.standing == "staff":
        return Admission(rules.covers(checked.employer, checked.department), rules.said())
    if (
        voucher
        and voucher.until > now
        and may_be_vouched_for(checked.standing, rules, partner=voucher.partner)
    ):
        return Admission(True, f"{voucher.words}, until {_day(voucher.until)}")
    return Admission(False, rules.said())


def may_be_vouched_for(standing: str, rules: Membership, *, partner: bool) -> bool:
    """Whether somebody's word (the owner's or IG's; with `partner` the register's) lets an account of this
    standing in."""
    if standing in _OUTSIDE and not rules.guests:
        return False
    return rules.partners if partner else rules.confirmable


def _day(moment: float) -> str:
    at = datetime.fromtimestamp(moment, UTC)
    return f"{at.day} {at:%B %Y}"
