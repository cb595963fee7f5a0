"""What somebody could have read: the identifying messages and files of a conversation during their stay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, or_, select

from bot.membership.stays import Stay
from bot.store import tables as t
from bot.store.database import Store

_I = t.incident.c
_READABLE_AGAIN: Final = ("restored", "decided")


@dataclass(frozen=True, slots=True)
class Exposed:
    """One incident that a person could read, from `since` to `until` (epoch seconds; None: still can).

    `earlier`: it was posted before they joined and still stood there when they did: most platforms show a
    newcomer what was said before.
    """

    incident: str
    kinds: Mapping[str, int]
    label: str
    posted_at: float
    since: float
    until: float | None
    earlier: bool


async def exposed(store: Store, stay: Stay, now: float) -> tuple[Exposed, ...]:
    """In the order in which they were posted. Only what identifies somebody: not what was merely unsure."""
    return await store.read(lambda c: _exposed(c, stay, now))


def totals(found: Iterable[Exposed]) -> dict[str, int]:
    """How many of each kind, over all of them: what a report to the regulator asks for."""
    counts: dict[str, int] = {}
    for each in found:
        for kind, n in each.kinds.items():
            counts[kind] = counts.get(kind, 0) + n
    return dict(sorted(counts.items()))


def _exposed(c: Connection, stay: Stay, now: float) -> tuple[Exposed, ...]:
    left = stay.left_at if stay.left_at is not None else now
    channel = stay.channel
    query = select(t.incident).where(
        _I.platform == channel.platform, _I.tenant == channel.tenant, _I.conversation == channel.id,
        _I.kind.in_(("message", "file")), or_(_I.label == "identifying", _I.kind == "file"),
        _I.posted_at < left, _I.sender != stay.user,
        or_(_I.hidden_at.is_(None), _I.hidden_at > stay.joined_at, _I.state.in_(_READABLE_AGAIN)),
    ).order_by(_I.posted_at, _I.id)  # fmt: skip
    rows = c.execute(query).mappings().all()
    return tuple(_one(r, stay, _hidden_at(c, r)) for r in rows if r["kinds"])


def _hidden_at(c: Connection, row: Any) -> float | None:
    """When it could no longer be read; what was shown again counts as readable all the while."""
    hidden_at: float | None = row["hidden_at"]
    if row["state"] not in _READABLE_AGAIN:
        return hidden_at
    shown = select(func.count()).where(
        t.timeline.c.incident == row["id"], t.timeline.c.what.like("restored%")
    )
    return None if c.execute(shown).scalar() else hidden_at


def _one(row: Any, stay: Stay, hidden_at: float | None) -> Exposed:
    ends = [moment for moment in (hidden_at, stay.left_at) if moment is not None]
    return Exposed(
        row["id"], row["kinds"], row["label"], row["posted_at"], max(row["posted_at"], stay.joined_at),
        min(ends) if ends else None, row["posted_at"] < stay.joined_at,
    )  # fmt: skip
