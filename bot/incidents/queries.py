"""What reviewers read: the queue with its filters, and the whole story of one event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from bot.store import tables as t

WAITING = ("open", "hidden", "failed", "restored")
"""States of an incident on which nobody has decided yet."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which events; an empty field does not narrow. `since` and `until` are epoch seconds, half-open."""

    state: str = "waiting"
    """"waiting" for every undecided state, "all", or one state."""
    kind: str = ""
    """An identifier kind that was found, e.g. "NHS_NUMBER"."""
    channel: str = ""
    """A conversation's id on its platform."""
    action: str = ""
    outcome: str = ""
    """How the inspection of a file ended."""
    label: str = ""
    outsiders: bool = False
    since: float | None = None
    until: float | None = None
    sender: str | None = None
    """Only this person's events: the platform's account id."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a longer list; `number` counts from 1."""

    rows: tuple[Row, ...]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Story:
    """Everything on record about one event, as rows. Sealed columns are still sealed."""

    incident: Row
    channel: str
    """The conversation's shown name; empty when it has none."""
    timeline: tuple[Row, ...]
    audience: tuple[Row, ...]
    decisions: tuple[Row, ...]
    original_kept_until: float | None
    sender_name: str = field(repr=False, default="")
    nearby: int = 0
    """Other events of the same conversation in the seven days before and after."""

    def happened(self, what: str, by: str | None = None) -> int:
        """How often something stands in the timeline, for anyone or for one account."""
        return sum(r["what"] == what and (by is None or r["by"] == by) for r in self.timeline)


def queue(c: Connection, filters: Filters, number: int = 1, size: int = 25) -> Slice:
    """Events in the order of review: risk first, then the oldest."""
    i = t.incident
    where = _where(filters)
    total = c.execute(select(func.count()).select_from(i).where(where)).scalar_one()
    number = max(1, min(number, max(1, -(-total // size))))
    when = func.coalesce(i.c.posted_at, i.c.detected_at)
    query = _with_channel().where(where).order_by(i.c.risk.desc(), when, i.c.id)
    return Slice(rows_of(c, query.limit(size).offset((number - 1) * size)), total, number, size)


def counts(c: Connection, sender: str | None = None) -> dict[str, int]:
    """Events by state, with "waiting", "all" and the waiting ones "readable" still; for one sender or all."""
    i = t.incident
    mine = i.c.sender == sender if sender is not None else i.c.id.is_not(None)
    query = select(i.c.state, func.count()).where(mine).group_by(i.c.state)
    by_state = {state: int(n) for state, n in c.execute(query).all()}
    readable = select(func.count()).select_from(i).where(mine, _still_readable())
    return {
        **by_state,
        "waiting": sum(by_state.get(s, 0) for s in WAITING),
        "all": sum(by_state.values()),
        "readable": c.execute(readable).scalar_one(),
    }


def channels(c: Connection, sender: str | None = None) -> tuple[Row, ...]:
    """Conversations that have events: id and shown name, for the filter."""
    i = t.incident
    shown = func.coalesce(func.max(t.conversation.c.shown_name), "").label("shown_name")
    query = select(i.c.conversation.label("id"), shown).select_from(_joined()).group_by(i.c.conversation)
    if sender is not None:
        query = query.where(i.c.sender == sender)
    return rows_of(c, query.order_by(shown, i.c.conversation))


def story(c: Connection, incident: str) -> Story | None:
    """The whole story of one event, or None."""
    found = rows_of(c, _with_channel().where(t.incident.c.id == incident))
    if not found:
        return None
    row = found[0]
    kept = select(t.quarantine.c.kept_until).where(t.quarantine.c.incident == incident)
    line, who, ruled = t.timeline, t.audience, t.decision
    return Story(
        incident=row,
        channel=row["shown_name"] or "",
        timeline=rows_of(c, select(line).where(line.c.incident == incident).order_by(line.c.at, line.c.id)),
        audience=rows_of(
            c, select(who).where(who.c.incident == incident).order_by(who.c.standing, who.c.name)
        ),
        decisions=rows_of(c, select(ruled).where(ruled.c.incident == incident).order_by(ruled.c.id.desc())),
        original_kept_until=c.execute(kept).scalar(),
        sender_name=_sender_name(c, row),
        nearby=_nearby(c, row),
    )


def _where(f: Filters) -> ColumnElement[bool]:
    i = t.incident
    wanted: list[ColumnElement[bool]] = [i.c.id.is_not(None)]
    if f.state == "waiting":
        wanted.append(i.c.state.in_(WAITING))
    elif f.state == "readable":
        wanted.append(_still_readable())
    elif f.state != "all":
        wanted.append(i.c.state == f.state)
    plain = {i.c.conversation: f.channel, i.c.action: f.action, i.c.outcome: f.outcome, i.c.label: f.label}
    for column, value in plain.items():
        if value:
            wanted.append(column == value)
    if f.kind:
        wanted.append(i.c.kinds[f.kind].as_integer() > 0)
    if f.outsiders:
        wanted.append(i.c.outsiders > 0)
    return and_(*wanted, *_when_and_who(f))


def _when_and_who(f: Filters) -> list[ColumnElement[bool]]:
    i = t.incident
    when = func.coalesce(i.c.posted_at, i.c.detected_at)
    wanted: list[ColumnElement[bool]] = []
    if f.since is not None:
        wanted.append(when >= f.since)
    if f.until is not None:
        wanted.append(when < f.until)
    if f.sender is not None:
        wanted.append(i.c.sender == f.sender)
    return wanted


def _still_readable() -> ColumnElement[bool]:
    """It was to be hidden, and no member has been kept from reading it."""
    i = t.incident
    meant = i.c.action.in_(("redact", "hide"))
    return and_(meant, or_(i.c.state == "failed", and_(i.c.state == "open", i.c.exposure_ms.is_(None))))


def _joined() -> Any:
    i, v = t.incident, t.conversation
    same = (v.c.platform == i.c.platform) & (v.c.tenant == i.c.tenant) & (v.c.id == i.c.conversation)
    return i.outerjoin(v, same)


def _with_channel() -> Select[Any]:
    return select(t.incident, t.conversation.c.shown_name, t.conversation.c.shared_outside).select_from(
        _joined()
    )


def _sender_name(c: Connection, row: Row) -> str:
    who = t.audience
    query = select(who.c.name).where(who.c.incident == row["id"], who.c.user == row["sender"])
    if name := c.execute(query).scalar():
        return str(name)
    m = t.membership
    known = select(m.c.name).where(m.c.tenant == row["tenant"], m.c.user == row["sender"], m.c.name != "")
    return str(c.execute(known.limit(1)).scalar() or "")


def _nearby(c: Connection, row: Row) -> int:
    i, week, at = t.incident, 7 * 86400.0, row["detected_at"]
    same = (i.c.tenant == row["tenant"]) & (i.c.conversation == row["conversation"]) & (i.c.id != row["id"])
    query = select(func.count()).select_from(i).where(same, i.c.detected_at.between(at - week, at + week))
    return int(c.execute(query).scalar_one())


def rows_of(c: Connection, query: Select[Any]) -> tuple[Row, ...]:
    """A query's rows as plain mappings, which outlive the connection."""
    return tuple(dict(r) for r in c.execute(query).mappings())
