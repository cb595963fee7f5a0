"""An invented hospital's events, written through the real ledger."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from bot.console import accounts
from bot.incidents import audit
from bot.incidents.incident import Opening, Reader
from bot.incidents.ledger import Ledger
from bot.membership.partners import EVERYWHERE, Partner, Partners
from bot.membership.stays import REGISTER
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.directories.csv import CsvDirectory
from connectors.interface import Channel

NOW = 1_773_480_000.0  # 14 March 2026 at 09:20 in London
PASSWORD = "correct horse battery"
WARD = Channel("slack", "T1", "C-WARD")
CLINIC = Channel("slack", "T1", "C-CLINIC")
SENDER = "U-AMARA"
NUMBER = "943 476 5919"  # the NHS's own example number
ORIGINAL = f"Bed 4 is Zebedee Plumtree, NHS {NUMBER}, K+ 6.1 <b>please</b> recheck"
MASKED = "Bed 4 is [Patient A], NHS [hidden], K+ 6.1 <b>please</b> recheck"

READERS = (
    Reader(SENDER, "Amara Okafor", "staff"),
    Reader("U-BEN", "Ben Whitlock", "staff"),
    Reader("U-LOCUM", "Rowan Tansley", "unknown"),
)
FINDINGS: tuple[Mapping[str, Any], ...] = (
    {"kind": "PATIENT_NAME", "start": 9, "end": 25, "confidence": 0.83, "evidence": ["label:bed"],
     "action": "redact", "location": "text"},
    {"kind": "NHS_NUMBER", "start": 31, "end": 43, "confidence": 0.99, "evidence": ["checksum", "label:nhs"],
     "action": "redact", "location": "text"},
)  # fmt: skip


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: float = NOW) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def opening(at: float, **changes: Any) -> Opening:
    """A message that named a patient on the ward, unless `changes` says otherwise."""
    values: dict[str, Any] = {
        "kind": "message", "channel": WARD, "action": "redact", "message": f"{at:.6f}", "sender": SENDER,
        "label": "identifying", "risk": 80, "kinds": {"PATIENT_NAME": 1, "NHS_NUMBER": 1}, "findings": FINDINGS,
        "reasons": ("An NHS number with a name identifies somebody.",), "policy": "clinical-team@1",
        "masked": MASKED, "original": {"text": ORIGINAL, "blocks": []}, "audience": READERS, "outsiders": 1,
        "posted_at": at, "accepted_at": at + 0.12,
    }  # fmt: skip
    return Opening(**{**values, **changes})


async def hidden(store: Store, keys: Keys, clock: Clock, id: str, at: float, **changes: Any) -> str:
    """An event whose message was hidden 430 ms after it was posted."""
    ledger = Ledger(store, keys, clock)
    clock.at = at + 0.25
    await ledger.open(opening(at, **changes), id)
    clock.at = at + 0.5
    await ledger.add(
        id, "verified", detail={"reach": "author_edit"}, state="hidden", reach="author_edit", hidden_at=at + 0.43,
        verified_at=at + 0.5, exposure_ms=430.0,
    )  # fmt: skip
    clock.at = at + 0.9
    await ledger.add(id, "warned", detail={"kind": "private"})
    clock.at = NOW
    return id


async def failed(store: Store, keys: Keys, clock: Clock, id: str, at: float, **changes: Any) -> str:
    """An event whose message nothing could hide."""
    ledger = Ledger(store, keys, clock)
    clock.at = at + 0.25
    await ledger.open(opening(at, **changes), id)
    clock.at = at + 0.6
    await ledger.add(id, "fallback", detail={"reach": "author_edit", "code": "cant_update_message"})
    await ledger.add(id, "failed", detail={"why": "the platform refused"}, state="failed")
    clock.at = NOW
    return id


async def a_file(store: Store, keys: Keys, clock: Clock, id: str, at: float, outcome: str = "") -> str:
    """An event of a file; without an outcome it is being looked at still."""
    ledger = Ledger(store, keys, clock)
    nothing = {"kinds": {}, "findings": (), "original": None, "reasons": (), "label": "clean", "risk": 0}
    await ledger.open(
        opening(at, kind="file", place="F1", action="observe", masked="Screenshot.png", **nothing), id
    )
    if outcome:
        found = [{"kind": "NHS_NUMBER", "where": "page 2"}, {"kind": "FACE", "where": "page 3"}]
        await ledger.add(
            id, "inspected", detail={"outcome": outcome, "type": "application/pdf"}, outcome=outcome, action="hide",
            kinds={"NHS_NUMBER": 1, "FACE": 1}, findings=found, reasons=["Page 3 could not be read."], risk=48,
        )  # fmt: skip
        await ledger.add(id, "file_hidden")
        await ledger.keep(id, {"text": "", "parts": [], "attachments": []})
        await ledger.add(
            id, "verified", state="hidden", hidden_at=at + 0.9, verified_at=at + 1, exposure_ms=900.0
        )
    return id


async def joined(store: Store, keys: Keys, clock: Clock, id: str) -> str:
    """Somebody who is not staff joined, and the platform would not remove them."""
    ledger = Ledger(store, keys, clock)
    about = {"kind": "membership", "action": "warn", "sender": "U-LOCUM", "label": "clean", "posted_at": None}
    nothing = {
        "kinds": {},
        "findings": (),
        "masked": "",
        "original": None,
        "reasons": ("Not in the staff directory.",),
    }
    await ledger.open(opening(NOW, **{**about, **nothing}), id)
    await ledger.add(id, "joined", by="U-BEN", detail={"user": "U-LOCUM"})
    await ledger.add(id, "not_removed", by="policy", detail={"user": "U-LOCUM", "why": "refused"})
    return id


async def accounts_for_all(store: Store) -> None:
    """One account for each role, named after it; the clinician is the sender."""
    password = await _password()
    rows = [
        {"name": role, "shown_name": shown, "role": role, "password": password,
         "platform_user": SENDER if role == "clinician" else "", "disabled": False}
        for role, shown in zip(accounts.ROLES, ("Amara Okafor", "Idris Vale", "Priya Lindqvist", "Tom Ashdown"), strict=True)
    ]  # fmt: skip
    await store.write(lambda c: c.execute(insert(t.account), rows))


_made: list[str] = []


async def _password() -> str:
    """Hashed once a run: scrypt is slow on purpose."""
    if not _made:
        _made.append(await accounts.hashed(PASSWORD))
    return _made[0]


async def places(store: Store) -> None:
    """Two channels with their members, and the state of the machinery."""
    reach = [
        {"reach": "tombstone", "available": False, "why": "the app is not a customer of the Discovery API"},
        {"reach": "author_edit", "available": True, "why": "every author connected their account"},
        {"reach": "warn_only", "available": True, "why": "always possible"},
    ]

    def fill(c: Any) -> None:
        c.execute(insert(t.conversation), [
            _conversation(WARD, "ward-7-team", reach, True), _conversation(CLINIC, "clinic-letters", None, False),
        ])  # fmt: skip
        c.execute(insert(t.membership), [_membership(r, WARD) for r in READERS])
        c.execute(insert(t.membership), [_membership(READERS[1], CLINIC)])
        c.execute(
            insert(t.gauge).values(
                name="exposure_p95_ms", subject="slack", value=612.0, words="", at=NOW - 40
            )
        )
        c.execute(insert(t.slot).values(schedule="directory_sync", last=NOW - 600))
        c.execute(insert(t.inbox).values(
            tenant="T1", lane="slack:T1:C-WARD", source="slack.event", sealed_body=b"x", accepted_at=NOW - 95,
            state="dead", attempts=8, not_before=0.0, error="Refused",
        ))  # fmt: skip

    await store.write(fill)


STAFF = """name,known_as,email,role,department,employer,status,id
Amara Okafor,,amara@trust.example,Ward sister,Ward 7,Trust,active,E1
Ben Whitlock,,ben@trust.example,Doctor,Ward 7,Trust,active,E2
Rowan Tansley,,rowan@trust.example,Locum doctor,Ward 7,Trust,active,E3
Sam Oduya,,shared@trust.example,Staff nurse,Ward 7,Trust,active,E4
Samuel Oduya,,shared@trust.example,Porter,Estates,Trust,active,E5
"""


def staff_list(folder: Path) -> CsvDirectory:
    """The invented hospital's staff, as its directory."""
    path = folder / "staff.csv"
    path.write_text(STAFF, "utf-8")
    return CsvDirectory(path, look_again=0.0)


async def people(store: Store, keys: Keys, clock: Clock) -> None:
    """What happened to the people: a guest who came and was let in, a shared address, somebody who left."""
    guest = {
        **_membership(Reader("U-GUEST", "Vera Quill", "guest"), WARD), "matched_by": "", "joined_at": NOW - 5000,
        "confirmed_by": REGISTER, "confirmed_until": NOW + 5 * 86400, "belongs": True,
        "why": "the platform calls the account a guest",
        "admitted": "Partner: Discharge planning, sponsored by Amara Okafor, until 19 March 2026",
    }  # fmt: skip
    tie = {
        **_membership(Reader("U-SAM", "Sam Oduya", "could_not_tell"), WARD), "matched_by": "", "belongs": None,
        "why": "2 people of the staff list share this email",
    }  # fmt: skip
    gone = {
        **_membership(Reader("U-GONE", "Nell Ferris", "leaver"), WARD), "joined_at": NOW - 90_000,
        "left_at": NOW - 4000, "belongs": False, "admitted": "Staff, partners in the register",
    }  # fmt: skip

    def fill(c: Any) -> None:
        for row in (guest, tie, gone):
            c.execute(insert(t.membership).values(row))
        ids = dict(c.execute(select(t.membership.c.user, t.membership.c.id)).all())
        c.execute(insert(t.standing), [
            _known(ids["U-GUEST"], NOW - 5000, "guest", False, "Staff, partners in the register"),
            _known(ids["U-GUEST"], NOW - 4800, "guest", True, guest["admitted"]),
            _known(ids["U-GONE"], NOW - 90_000, "staff", True, "Staff, partners in the register"),
            _known(ids["U-GONE"], NOW - 8000, "leaver", False, "Staff, partners in the register"),
        ])  # fmt: skip

    await store.write(fill)
    register = Partners(store)
    place = (WARD.platform, WARD.tenant)
    for partner in (
        Partner(*place, WARD.id, "person", "vera@council.example", "Discharge planning", "Amara Okafor",
                NOW + 5 * 86400, "reviewer", "Vera Quill"),
        Partner(*place, EVERYWHERE, "organisation", "hospice.example", "Shared patients of the hospice at home",
                "Ben Whitlock", NOW + 90 * 86400, "admin", "St Bride’s Hospice"),
    ):  # fmt: skip
        await register.add(partner, NOW - 5000)
    old = await register.add(
        Partner(*place, WARD.id, "person", "old@council.example", "Audit of notes", "Ben Whitlock", NOW + 86400, "admin"),
        NOW - 90_000,
    )  # fmt: skip
    await register.end(old, "reviewer", NOW - 80_000)
    ledger = Ledger(store, keys, clock)
    about: dict[str, Any] = {"kind": "membership", "action": "warn", "sender": "U-GUEST", "label": "clean", "posted_at": None,
             "kinds": {}, "findings": (), "masked": "", "original": None}  # fmt: skip
    await ledger.open(opening(NOW, **{**about, "reasons": ("Has a guest's account.",)}), "cccc00000001")
    await ledger.add("cccc00000001", "joined", by="U-BEN", detail={"user": "U-GUEST"})
    await ledger.add("cccc00000001", "told", detail={"user": "U-BEN"})


def _known(stay: int, at: float, standing: str, belongs: bool, admitted: str) -> dict[str, Any]:
    return {"stay": stay, "at": at, "standing": standing, "belongs": belongs, "admitted": admitted}


async def everything(store: Store, keys: Keys, clock: Clock) -> None:
    """All of it: what the pictures show."""
    await accounts_for_all(store)
    await places(store)
    await hidden(store, keys, clock, "aaaa00000001", NOW - 7200)
    await failed(store, keys, clock, "aaaa00000002", NOW - 3600, risk=95)
    await hidden(
        store, keys, clock, "aaaa00000003", NOW - 90_000, channel=CLINIC, risk=45, kinds={"DOB": 1, "POSTCODE": 2},
        findings=(), label="weak", outsiders=0, audience=READERS[:2], sender="U-BEN",
    )  # fmt: skip
    await Ledger(store, keys, clock).open(
        opening(NOW - 600, action="observe", risk=10, kinds={"INITIALS": 1}, label="clean", outsiders=0),
        "aaaa00000004",
    )
    await store.write(lambda c: audit.checkpoint(c, keys.signer, NOW - 30))


def _conversation(place: Channel, name: str, reach: Any, member: bool) -> dict[str, Any]:
    return {
        "platform": place.platform, "tenant": place.tenant, "id": place.id, "kind": "private", "shown_name": name,
        "reach": reach, "bot_is_member": member, "seen_at": NOW,
    }  # fmt: skip


def _membership(reader: Reader, place: Channel) -> dict[str, Any]:
    staff = reader.standing == "staff"
    return {
        "platform": place.platform, "tenant": place.tenant, "conversation": place.id, "user": reader.user,
        "name": reader.name, "standing": reader.standing, "matched_by": "email" if staff else "", "joined_at": NOW - 1e6,
        "checked_at": NOW - 500, "belongs": staff, "admitted": "Staff, partners in the register",
    }  # fmt: skip
