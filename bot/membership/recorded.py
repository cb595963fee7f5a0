"""What was found of people, written on their stays, and added to their history where it is news."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, update

from bot.membership.admission import Admitted
from bot.membership.stays import REGISTER, Stay, present
from bot.store import tables as t
from connectors.interface import Channel

_M = t.membership.c

_FOUND: Final = (
    "name", "standing", "matched_by", "role", "employer", "department", "person", "why", "belongs", "admitted",
    "confirmed_by", "confirmed_until", "checked_at",
)  # fmt: skip
_UPDATE = (
    update(t.membership)
    .where(_M.id == bindparam("stay"))
    .values({column: bindparam(column) for column in _FOUND})
)
_LOOKED_AT = update(t.membership).where(_M.id == bindparam("stay")).values(checked_at=bindparam("checked_at"))


def put(
    c: Connection, channel: Channel, people: Sequence[Admitted], joined_at: float, now: float
) -> tuple[str, ...]:
    """See Members.put."""
    known = {s.user: s for s in present(c, channel)}
    place = {"platform": channel.platform, "tenant": channel.tenant, "conversation": channel.id}
    rows = [_row(each, known.get(each.checked.user), now) for each in people]
    new = [{**place, **row, "joined_at": joined_at} for row in rows if row["user"] not in known]
    old = [{**row, "stay": known[row["user"]].id} for row in rows if row["user"] in known]
    same = [row for row in old if not _differs(row, known[row["user"]])]
    changed = [row for row in old if _differs(row, known[row["user"]])]
    if new:
        c.execute(insert(t.membership), new)
    if changed:
        c.execute(_UPDATE, changed)
    if same:
        # Nearly everyone, at nearly every sweep.
        c.execute(_LOOKED_AT, [{"stay": row["stay"], "checked_at": now} for row in same])
    news = [each for each in people if _is_news(each, known.get(each.checked.user))]
    if news:
        _write_history(c, news, channel, now)
    return tuple(each.checked.user for each in news if each.checked.user in known)


def _row(each: Admitted, before: Stay | None, now: float) -> dict[str, Any]:
    """What is written of one person. What the register says now stands on the stay; what it no longer says
    is taken off."""
    by, until = (before.confirmed_by or None, before.confirmed_until) if before else (None, None)
    if each.voucher and each.voucher.partner:
        by, until = REGISTER, each.voucher.until
    elif by == REGISTER:
        by, until = None, None
    return {**_found(each), "confirmed_by": by, "confirmed_until": until, "checked_at": now}


def _differs(row: Mapping[str, Any], stay: Stay) -> bool:
    return any(row[column] != value for column, value in _written(stay).items())


def _written(stay: Stay) -> dict[str, Any]:
    return {
        "name": stay.name, "standing": stay.standing, "matched_by": stay.by, "role": stay.role,
        "employer": stay.employer, "department": stay.department, "person": stay.person, "why": stay.why,
        "belongs": stay.belongs, "admitted": stay.admitted, "confirmed_by": stay.confirmed_by or None,
        "confirmed_until": stay.confirmed_until,
    }  # fmt: skip


def _write_history(c: Connection, news: Sequence[Admitted], channel: Channel, now: float) -> None:
    stays = {s.user: s.id for s in present(c, channel)}
    rows = [
        {
            "stay": stays[each.checked.user], "at": now, "standing": each.checked.standing,
            "matched_by": each.checked.by, "why": each.checked.why, "belongs": each.admission.belongs,
            "admitted": each.admission.rule,
        }
        for each in news
    ]  # fmt: skip
    c.execute(insert(t.standing), rows)


def _is_news(each: Admitted, before: Stay | None) -> bool:
    return before is None or (before.standing, before.admitted) != (
        each.checked.standing,
        each.admission.rule,
    )


def _found(each: Admitted) -> dict[str, Any]:
    person = each.checked
    return {
        "user": person.user, "name": person.name, "standing": person.standing, "matched_by": person.by,
        "role": person.role, "employer": person.employer, "department": person.department,
        "person": person.person, "why": person.why, "belongs": each.admission.belongs,
        "admitted": each.admission.rule,
    }  # fmt: skip
