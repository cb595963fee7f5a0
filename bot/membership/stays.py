"""Stays, one person's time in one conversation, as they are read from the store."""

from dataclasses import dataclass, field
from typing import Any, Final, cast

from sqlalchemy import Connection, func, or_, select

from bot.membership.admission import Voucher
from bot.membership.standing import Checked
from bot.store import tables as t
from connectors.interface import Channel, Standing

_M = t.membership.c
_S = t.standing.c

REGISTER: Final = "register of partners"
"""Stands for whoever confirmed a stay that the register admits."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One person's time in one conversation, from joining to leaving. Times are epoch seconds."""

    id: int
    channel: Channel
    user: str
    standing: Standing
    joined_at: float
    name: str = field(default="", repr=False)
    confirmed_until: float | None = None
    confirmed_by: str = ""
    role: str = ""
    admitted: str = ""
    left_at: float | None = None
    belongs: bool | None = None
    by: str = ""
    """What the account was matched by."""
    why: str = ""
    employer: str = ""
    department: str = ""
    person: str = ""
    checked_at: float = 0.0
    """When this was found; of a moment in the past, since when it was known."""

    def confirmed(self, now: float) -> bool:
        return self.confirmed_until is not None and self.confirmed_until > now

    @property
    def voucher(self) -> Voucher | None:
        """What the owner or IG confirmed; what the register says is looked up anew each time."""
        if self.confirmed_until is None or self.confirmed_by == REGISTER:
            return None
        return Voucher(self.confirmed_until, f"Confirmed by {self.confirmed_by}", self.confirmed_by)


def here(channel: Channel) -> Any:
    """The condition on the table `membership` that a stay is, or was, in this conversation."""
    return (
        (_M.platform == channel.platform)
        & (_M.tenant == channel.tenant)
        & (_M.conversation == channel.id)
    )  # fmt: skip


def present(c: Connection, channel: Channel) -> tuple[Stay, ...]:
    """Whoever is here now, in the order in which they came."""
    return those(c, select(t.membership).where(here(channel), _M.left_at.is_(None)).order_by(_M.id))


def at(c: Connection, channel: Channel, moment: float) -> tuple[Stay, ...]:
    """The last word on each stay before the moment; a stay's first word for one that began unseen."""
    then = (
        select(func.max(_S.id))
        .where(_S.stay == _M.id, _S.at <= moment)
        .correlate(t.membership)
        .scalar_subquery()
    )
    query = (
        select(t.membership, *(_S[c].label(f"then_{c}") for c in _KNOWN))
        .outerjoin(t.standing, _S.id == then)
        .where(here(channel), _M.joined_at <= moment, or_(_M.left_at.is_(None), _M.left_at > moment))
        .order_by(_M.id)
    )
    return tuple(_stay({**r, **_known_then(r)}) for r in c.execute(query).mappings())


_KNOWN: Final = ("standing", "admitted", "belongs", "matched_by", "why", "at")


def _known_then(r: Any) -> dict[str, Any]:
    then = {column: r[f"then_{column}"] for column in _KNOWN}
    if then["standing"] is None:
        then = {
            "standing": "could_not_tell",
            "admitted": "",
            "belongs": None,
            "matched_by": "",
            "why": "",
            "at": 0.0,
        }
    return {**then, "checked_at": then["at"]}


def checked_last(c: Connection) -> dict[tuple[str, str], set[Checked]]:
    """Every account that is somewhere now, as it was checked last, by platform and tenant."""
    query = select(
        _M.platform, _M.tenant, _M.user, _M.standing, _M.name, _M.matched_by, _M.role, _M.why, _M.employer,
        _M.department, _M.person,
    ).where(_M.left_at.is_(None)).distinct()  # fmt: skip
    found: dict[tuple[str, str], set[Checked]] = {}
    for platform, tenant, *row in c.execute(query):
        found.setdefault((platform, tenant), set()).add(Checked(*row))
    return found


def those(c: Connection, query: Any) -> tuple[Stay, ...]:
    """The stays that a query of the table `membership` finds."""
    return tuple(_stay(r) for r in c.execute(query).mappings())


def _stay(r: Any) -> Stay:
    return Stay(
        r["id"], Channel(r["platform"], r["tenant"], r["conversation"]), r["user"],
        cast("Standing", r["standing"]), r["joined_at"], r["name"], r["confirmed_until"], r["confirmed_by"] or "",
        r["role"], r["admitted"], r["left_at"], r["belongs"], r["matched_by"], r["why"], r["employer"],
        r["department"], r["person"], r["checked_at"],
    )  # fmt: skip
