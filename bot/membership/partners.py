"""The register of partners: people and organisations outside who may be here, why, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy import Connection, insert, or_, select, update

from bot.incidents import audit
from bot.membership.admission import Voucher
from bot.store import tables as t
from bot.store.database import Store
from connectors.interface import Channel, Member

EVERYWHERE: Final = "*"
_P = t.partner.c


@dataclass(frozen=True, slots=True)
class Partner:
    """`key` is an account id or e-mail address for a person; a mail domain or tenant id for an organisation."""

    platform: str
    tenant: str
    conversation: str
    kind: Literal["person", "organisation"]
    key: str
    purpose: str
    sponsor: str
    until: float
    added_by: str
    name: str = field(default="", repr=False)
    since: float = 0.0
    id: int = 0
    ended_at: float | None = None
    """When it was ended before its time."""
    ended_by: str = ""

    @property
    def voucher(self) -> Voucher:
        who = "Partner" if self.kind == "person" else f"Partner organisation {self.name or self.key}"
        return Voucher(
            self.until, f"{who}: {self.purpose}, sponsored by {self.sponsor}", self.added_by, partner=True
        )


class Partners:
    """Reads and writes the register; nothing is ever deleted from it, and every change is on the audit."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, partner: Partner, now: float) -> int:
        """Admit. Raises ValueError without purpose, sponsor or a day to come: access without an end is none
        that anybody decided on."""
        if not (partner.purpose.strip() and partner.sponsor.strip() and partner.key.strip()):
            raise ValueError("a partner needs a purpose, a sponsor and whom it is about")
        if partner.until <= now:
            raise ValueError("the last day of a partner must lie ahead")
        row = {
            "platform": partner.platform, "tenant": partner.tenant, "conversation": partner.conversation,
            "kind": partner.kind, "key": partner.key.strip().casefold(), "name": partner.name,
            "purpose": partner.purpose.strip(), "sponsor": partner.sponsor.strip(), "since": now,
            "until": partner.until, "added_by": partner.added_by,
        }  # fmt: skip
        return await self._store.write(lambda c: _add(c, row))

    async def end(self, id: int, by: str, now: float) -> Partner | None:
        """End an admission before its time; the partner as it was, or None when it had ended."""
        found = next((p for p in await self.now(now) if p.id == id), None)
        if found is not None:
            ended = await self._store.write(lambda c: _end(c, id, by, now))
            return found if ended else None
        return None

    async def everyone(self, most: int = 1000) -> tuple[Partner, ...]:
        """The whole register with what has ended, the newest admission first."""
        query = select(t.partner).order_by(_P.id.desc()).limit(most)
        return await self._store.read(lambda c: _partners(c, query))

    async def now(
        self, at: float, channel: Channel | None = None, roster: Channel | None = None
    ) -> tuple[Partner, ...]:
        """Everyone admitted at a moment; for one conversation, those who may be in it, or where `roster` is its
        list of members."""
        query = select(t.partner).where(
            _P.since <= at, _P.until > at, or_(_P.ended_at.is_(None), _P.ended_at > at)
        )
        if channel is not None:
            scope = _P.conversation.in_((channel.id, (roster or channel).id, EVERYWHERE))
            query = query.where(_P.platform == channel.platform, _P.tenant == channel.tenant, scope)
        return await self._store.read(lambda c: _partners(c, query.order_by(_P.id)))

    async def expiring(self, now: float, within: float) -> tuple[Partner, ...]:
        """Whose time ends within so many seconds, and of whom nobody was warned."""
        query = select(t.partner).where(
            _P.until > now, _P.until <= now + within, _P.ended_at.is_(None), _P.warned_at.is_(None)
        )
        return await self._store.read(lambda c: _partners(c, query.order_by(_P.until)))

    async def warned(self, partners: Sequence[Partner], now: float) -> None:
        query = update(t.partner).where(_P.id.in_([p.id for p in partners])).values(warned_at=now)
        await self._store.write(lambda c: c.execute(query))


def voucher_for(member: Member, partners: Sequence[Partner]) -> Voucher | None:
    """The longest admission that covers an account: by its id or address, or by its organisation."""
    email = member.email.strip().casefold()
    people = {member.user.casefold(), email} - {""}
    organisations = {email.rpartition("@")[2], member.tenant.casefold()} - {""}
    fitting = [p for p in partners if p.key in (people if p.kind == "person" else organisations)]
    return max(fitting, key=lambda p: p.until).voucher if fitting else None


def _add(c: Connection, row: dict[str, Any]) -> int:
    made = c.execute(insert(t.partner).values(row)).inserted_primary_key
    id = int(made[0]) if made else 0
    # Neither name nor purpose: the audit is never purged.
    detail = {k: row[k] for k in ("platform", "tenant", "conversation", "kind", "until")}
    audit.append(
        c,
        actor=row["added_by"],
        what="partner.admitted",
        subject=f"partner {id}",
        detail=detail,
        at=row["since"],
    )
    return id


def _end(c: Connection, id: int, by: str, now: float) -> bool:
    query = update(t.partner).where(_P.id == id, _P.ended_at.is_(None)).values(ended_at=now, ended_by=by)
    if not c.execute(query).rowcount:
        return False
    audit.append(c, actor=by, what="partner.ended", subject=f"partner {id}", detail={}, at=now)
    return True


def _partners(c: Connection, query: Any) -> tuple[Partner, ...]:
    return tuple(_partner(r) for r in c.execute(query).mappings())


def _partner(r: Any) -> Partner:
    return Partner(
        r["platform"], r["tenant"], r["conversation"], r["kind"], r["key"], r["purpose"], r["sponsor"], r["until"],
        r["added_by"], r["name"], r["since"], r["id"], r["ended_at"], r["ended_by"] or "",
    )  # fmt: skip
