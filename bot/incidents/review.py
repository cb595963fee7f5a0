"""What reviewers do: decide, open a sender's identity, look once at an original.

Errors:

    ReviewError
    ├── NoSuchIncident
    ├── ReasonNeeded     this decision, or looking at personal data, needs a reason
    ├── NothingKept      the original was purged or never kept
    └── AlreadyShown     this form was sent before; looking again needs a reason again
"""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, insert, or_, select, update

from bot.incidents import audit
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys

DECISIONS = ("false_positive", "legitimate_care", "near_miss", "breach_not_reportable", "breach_reportable")
REASON_NEEDED = frozenset({"breach_not_reportable", "breach_reportable"})
"""UK GDPR Art 33(5): decisions about a breach are recorded with their grounds, also "not reportable"."""

REVEAL_REASONS = ("decide", "safety", "sender_asks", "data_subject", "investigation")


_LONGEST_WORDS: Final = 1000


class ReviewError(Exception):
    """A review step was not taken; nothing was written."""


class NoSuchIncident(ReviewError): ...


class ReasonNeeded(ReviewError): ...


class NothingKept(ReviewError): ...


class AlreadyShown(ReviewError): ...


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on record; `still_hidden` when the message's identifiers are hidden at this moment."""

    id: int
    still_hidden: bool
    tenant: str
    platform: str
    conversation: str


async def decide(
    store: Store, keys: Keys, *, incident: str, decision: str, reason: str, by: str, at: float | None = None
) -> Decided:
    """Write decision, timeline and audit in one transaction; an earlier decision stays on record.

    The reason is sealed. Raises ReasonNeeded, NoSuchIncident, and ValueError for an unknown decision.
    """
    if decision not in DECISIONS:
        raise ValueError("unknown decision")
    if decision in REASON_NEEDED and not reason.strip():
        raise ReasonNeeded
    when = time.time() if at is None else at
    sealed = keys.seal("decision", incident, reason.strip().encode())
    return await store.write(lambda c: _decide(c, incident, decision, sealed, by, when))


def reason_of(keys: Keys, row: Mapping[str, Any]) -> str:
    """The words that were given with a decision."""
    return keys.open("decision", row["incident"], row["sealed_reason"]).decode()


async def open_sender(
    store: Store, keys: Keys, *, incident: str, reason: str, words: str, by: str, at: float | None = None
) -> None:
    """Put on record that `by` opened the sender's identity. Raises ReasonNeeded, NoSuchIncident."""
    detail = _looked(keys, incident, reason, words)
    when = time.time() if at is None else at
    await store.write(lambda c: _note(c, incident, "sender_opened", by, detail, when))


async def reveal(
    store: Store,
    keys: Keys,
    *,
    incident: str,
    reason: str,
    words: str,
    by: str,
    shown_before: int,
    at: float | None = None,
) -> Mapping[str, Any]:
    """The platform's payload as it was; looking is on record before anything is returned.

    `shown_before` is how often it had been revealed when the form was made, so that sending the same
    form twice (a reloaded page) shows nothing. Raises ReasonNeeded, NoSuchIncident, NothingKept, AlreadyShown.
    """
    detail = _looked(keys, incident, reason, words)
    when = time.time() if at is None else at
    sealed = await store.write(lambda c: _reveal(c, incident, by, detail, shown_before, when))
    payload: Mapping[str, Any] = json.loads(keys.open("quarantine", incident, sealed))
    return payload


def words_of(keys: Keys, incident: str, detail: Mapping[str, Any]) -> str:
    """The reviewer's own words from a timeline or audit row's detail; empty when there are none."""
    sealed = detail.get("sealed_words")
    return keys.open("timeline", incident, base64.b64decode(sealed)).decode() if sealed else ""


def sealed_words(keys: Keys, incident: str, words: str) -> dict[str, str]:
    """What `words_of` reads: anybody's words may hold an identifier. Nothing of no words."""
    words = words.strip()[:_LONGEST_WORDS]
    if not words:
        return {}
    return {"sealed_words": base64.b64encode(keys.seal("timeline", incident, words.encode())).decode()}


def _looked(keys: Keys, incident: str, reason: str, words: str) -> dict[str, Any]:
    if reason not in REVEAL_REASONS:
        raise ReasonNeeded
    detail = {"reason": reason}
    if words.strip():
        sealed = keys.seal("timeline", incident, words.strip().encode())
        detail["sealed_words"] = base64.b64encode(sealed).decode()
    return detail


def _decide(c: Connection, incident: str, decision: str, sealed: bytes, by: str, at: float) -> Decided:
    row = _incident(c, incident)
    made = c.execute(
        insert(t.decision).values(incident=incident, at=at, by=by, decision=decision, sealed_reason=sealed)
    )
    change = update(t.incident).where(t.incident.c.id == incident)
    c.execute(change.values(state="decided", decision=decision, decided_at=at))
    _note(c, incident, "decided", by, {"decision": decision}, at)
    number = int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0
    return Decided(number, _hidden(c, incident), row["tenant"], row["platform"], row["conversation"])


def _reveal(
    c: Connection, incident: str, by: str, detail: dict[str, Any], shown_before: int, at: float
) -> bytes:
    _incident(c, incident)
    query = select(t.quarantine.c.sealed_original).where(t.quarantine.c.incident == incident)
    sealed = c.execute(query).scalar()
    if sealed is None:
        raise NothingKept
    if _times(c, incident, "revealed") != shown_before:
        raise AlreadyShown
    _note(c, incident, "revealed", by, detail, at)
    return bytes(sealed)


def _note(c: Connection, incident: str, what: str, by: str, detail: dict[str, Any], at: float) -> None:
    _incident(c, incident)
    c.execute(insert(t.timeline).values(incident=incident, at=at, what=what, by=by, detail=detail))
    audit.append(c, actor=by, what=AUDITED[what], subject=incident, detail=detail, at=at)


AUDITED = {"decided": "decision", "revealed": "reveal", "sender_opened": "identity"}


def _incident(c: Connection, incident: str) -> Mapping[str, Any]:
    row = c.execute(select(t.incident).where(t.incident.c.id == incident)).mappings().first()
    if row is None:
        raise NoSuchIncident
    return dict(row)


def _hidden(c: Connection, incident: str) -> bool:
    """Whether the last thing that happened to the message was a hiding: it may be restored and hidden again."""
    line = t.timeline
    hidings = ("hidden", "hidden_unverified", "verified", "restore_refused")
    step = or_(line.c.what.in_(hidings), line.c.what.like("restored%"))
    query = select(line.c.what).where(line.c.incident == incident, step)
    last = c.execute(query.order_by(line.c.id.desc()).limit(1)).scalar()
    return last in hidings


def _times(c: Connection, incident: str, what: str) -> int:
    line = t.timeline
    query = select(func.count()).select_from(line).where(line.c.incident == incident, line.c.what == what)
    return int(c.execute(query).scalar_one())
