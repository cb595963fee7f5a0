"""Who is in each conversation, as the store knows it, and the audience that this makes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from sqlalchemy import Connection, Select, bindparam, func, insert, or_, select, update

from bot.membership.admission import Admitted, Voucher, may_be_vouched_for
from bot.membership.drift import Drift
from bot.membership.drift import write as write_drift
from bot.membership.standing import Checked
from bot.policy.membership import Membership as Rules
from bot.policy.verdict import Audience
from bot.store import tables as t
from bot.store.database import Store
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


class Members:
    """Reads and writes stays. Bots have none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def present(self, channel: Channel) -> tuple[Stay, ...]:
        return await self._store.read(lambda c: _present(c, channel))

    async def one(self, channel: Channel, user: str) -> Stay | None:
        """The person's stay, or None when they are not here."""
        return next((s for s in await self.present(channel) if s.user == user), None)

    async def everywhere(self, user: str) -> tuple[Stay, ...]:
        """All stays of an account that have not ended."""
        query = select(t.membership).where(_M.user == user, _M.left_at.is_(None)).order_by(_M.id)
        return await self._store.read(lambda c: _stays(c, query))

    async def known(self) -> dict[tuple[str, str], set[Checked]]:
        """Every account that is somewhere now as it was checked last, by platform and tenant. One account
        stands there twice where two conversations have it differently."""
        return await self._store.read(_checked)

    async def places(self, platform: str, tenant: str, user: str) -> tuple[Channel, ...]:
        """The conversations that an account is in."""
        stays = await self.everywhere(user)
        return tuple(s.channel for s in stays if (s.channel.platform, s.channel.tenant) == (platform, tenant))

    async def note_drift(self, channel: Channel, drift: Drift, at: float) -> None:
        """Put what a sweep found that nobody had told us on the audit."""
        await self._store.write(lambda c: write_drift(c, channel, drift, at))

    async def outside(self, platform: str, tenant: str) -> tuple[Channel, ...]:
        """Conversations in which somebody is who is not staff."""
        here = (_M.platform == platform) & (_M.tenant == tenant) & _M.left_at.is_(None)
        query = (
            select(_M.conversation).where(here, _M.standing != "staff").distinct().order_by(_M.conversation)
        )
        found = await self._store.read(lambda c: c.execute(query).scalars().all())
        return tuple(Channel(platform, tenant, id) for id in found)

    async def left_since(self, channel: Channel, user: str, at: float) -> bool:
        """Whether a stay of theirs ended after `at`: a join as old as that is no news."""
        query = select(_M.id).where(_here(channel), _M.user == user, _M.left_at > at)
        return await self._store.read(lambda c: c.execute(query.limit(1)).first() is not None)

    async def said_of(self, incident: str) -> set[str]:
        """What an incident's timeline says happened."""
        query = select(t.timeline.c.what).where(t.timeline.c.incident == incident)
        return await self._store.read(lambda c: set(c.execute(query).scalars()))

    async def brought_by(self, incident: str) -> str:
        """Who invited the person that an incident is about; empty when the platform did not say."""
        line = t.timeline.c
        query = select(line.by).where(line.incident == incident, line.what == "joined").order_by(line.id)
        return str(await self._store.read(lambda c: c.execute(query.limit(1)).scalar()) or "")

    async def those(self, query: Select[Any]) -> tuple[Stay, ...]:
        """The stays that a query of the table `membership` finds."""
        return await self._store.read(lambda c: _stays(c, query))

    async def shared_outside(self, channel: Channel) -> bool:
        v = t.conversation.c
        query = select(v.shared_outside).where(
            v.platform == channel.platform, v.tenant == channel.tenant, v.id == channel.id
        )
        return bool(await self._store.read(lambda c: c.execute(query).scalar()))

    async def put(
        self, channel: Channel, people: Sequence[Admitted], joined_at: float, now: float
    ) -> tuple[str, ...]:
        """Write what was found of these people; a stay begins for whoever had none. Gives whoever was here
        before and now has another standing or falls under another rule."""
        return await self._store.write(lambda c: _put(c, channel, people, joined_at, now))

    async def at(self, channel: Channel, moment: float) -> tuple[Stay, ...]:
        """Who was here at a moment of the past, with the standing and the rule that were known then."""
        return await self._store.read(lambda c: _at(c, channel, moment))

    async def end(self, stays: Iterable[Stay], at: float) -> None:
        """These people left. A confirmation ends with the stay."""
        ids = [s.id for s in stays]
        if ids:
            query = update(t.membership).where(_M.id.in_(ids)).values(left_at=at)
            await self._store.write(lambda c: c.execute(query))

    async def confirm(self, stay: Stay, by: str, until: float) -> None:
        query = (
            update(t.membership)
            .where(_M.id == stay.id)
            .values(confirmed_by=by, confirmed_until=until, warned_at=None)
        )
        await self._store.write(lambda c: c.execute(query))


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


def _here(channel: Channel) -> Any:
    return (
        (_M.platform == channel.platform)
        & (_M.tenant == channel.tenant)
        & (_M.conversation == channel.id)
    )  # fmt: skip


def _present(c: Connection, channel: Channel) -> tuple[Stay, ...]:
    return _stays(c, select(t.membership).where(_here(channel), _M.left_at.is_(None)).order_by(_M.id))


def _at(c: Connection, channel: Channel, moment: float) -> tuple[Stay, ...]:
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
        .where(_here(channel), _M.joined_at <= moment, or_(_M.left_at.is_(None), _M.left_at > moment))
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


def _checked(c: Connection) -> dict[tuple[str, str], set[Checked]]:
    query = select(
        _M.platform, _M.tenant, _M.user, _M.standing, _M.name, _M.matched_by, _M.role, _M.why, _M.employer,
        _M.department, _M.person,
    ).where(_M.left_at.is_(None)).distinct()  # fmt: skip
    found: dict[tuple[str, str], set[Checked]] = {}
    for platform, tenant, *row in c.execute(query):
        found.setdefault((platform, tenant), set()).add(Checked(*row))
    return found


def _stays(c: Connection, query: Any) -> tuple[Stay, ...]:
    return tuple(_stay(r) for r in c.execute(query).mappings())


def _stay(r: Any) -> Stay:
    return Stay(
        r["id"], Channel(r["platform"], r["tenant"], r["conversation"]), r["user"],
        cast("Standing", r["standing"]), r["joined_at"], r["name"], r["confirmed_until"], r["confirmed_by"] or "",
        r["role"], r["admitted"], r["left_at"], r["belongs"], r["matched_by"], r["why"], r["employer"],
        r["department"], r["person"], r["checked_at"],
    )  # fmt: skip


def _put(
    c: Connection, channel: Channel, people: Sequence[Admitted], joined_at: float, now: float
) -> tuple[str, ...]:
    known = {s.user: s for s in _present(c, channel)}
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
    stays = {s.user: s.id for s in _present(c, channel)}
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
