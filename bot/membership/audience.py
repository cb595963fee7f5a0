"""What everyone in a conversation comes to as its audience. Pure."""

from collections.abc import Iterable

from bot.membership.admission import may_be_vouched_for
from bot.membership.stays import REGISTER, Stay
from bot.policy.membership import Membership as Rules
from bot.policy.verdict import Audience


def audience_of(stays: Iterable[Stay], now: float, *, rules: Rules, shared_outside: bool) -> Audience:
    """Count people by standing. Where the rule lets nobody be vouched for, an old confirmation does not count."""
    counts = {"staff": 0, "outsiders": 0, "could_not_tell": 0, "confirmed": 0}
    for stay in stays:
        counts[_counts_as(stay, now, rules)] += 1
    return Audience(**counts, shared_outside=shared_outside)


def _counts_as(stay: Stay, now: float, rules: Rules) -> str:
    if stay.standing == "staff":
        return "staff"
    partner = stay.confirmed_by == REGISTER
    if stay.confirmed(now) and may_be_vouched_for(stay.standing, rules, partner=partner):
        return "confirmed"
    return "could_not_tell" if stay.standing == "could_not_tell" else "outsiders"
