"""Deciding, opening an identity and revealing, straight on the store."""

import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.incidents import audit, review
from bot.incidents.ledger import Ledger
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys, SealBroken
from tests.bot.console import seed
from tests.bot.console.seed import NOW, NUMBER, ORIGINAL

ONE = "aaaa00000001"


@dataclass
class Desk:
    store: Store
    keys: Keys
    clock: seed.Clock

    async def decide(self, decision: str, reason: str = "", incident: str = ONE) -> review.Decided:
        return await review.decide(
            self.store, self.keys, incident=incident, decision=decision, reason=reason, by="priya", at=NOW
        )

    async def reveal(self, shown_before: int = 0, reason: str = "decide", incident: str = ONE) -> Any:
        return await review.reveal(
            self.store, self.keys, incident=incident, reason=reason, words=f"about {NUMBER}", by="priya",
            shown_before=shown_before, at=NOW,
        )  # fmt: skip

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        return [dict(r) for r in await self.store.read(lambda c: c.execute(select(table)).mappings().all())]

    async def count(self) -> int:
        """Audit rows so far: any step at all adds one."""
        return await self.store.read(
            lambda c: c.execute(select(func.count()).select_from(t.audit)).scalar_one()
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    keys, clock = Keys(secrets.token_bytes(32)), seed.Clock()
    store = Store.open(tmp_path / "r.db", keys.database_key)
    await seed.hidden(store, keys, clock, ONE, NOW - 7200)
    yield Desk(store, keys, clock)
    store.close()


@pytest.mark.parametrize("decision", review.DECISIONS)
async def test_decision_timeline_and_audit_in_one(desk: Desk, decision: str) -> None:
    made = await desk.decide(decision, " because of bed 4 ")
    (row,) = await desk.rows(t.decision)
    assert (row["id"], row["by"], row["decision"], row["at"]) == (made.id, "priya", decision, NOW)
    assert b"bed 4" not in row["sealed_reason"]
    assert review.reason_of(desk.keys, row) == "because of bed 4"
    (incident,) = await desk.rows(t.incident)
    assert (incident["state"], incident["decision"], incident["decided_at"]) == ("decided", decision, NOW)
    assert (await desk.rows(t.timeline))[-1]["what"] == "decided"
    last = (await desk.rows(t.audit))[-1]
    assert (last["what"], last["actor"], last["subject"]) == ("decision", "priya", ONE)
    assert "bed 4" not in json.dumps(last["detail"])
    assert (await desk.store.read(lambda c: audit.verify(c, desk.keys.verifier))).problem is None


async def test_nothing_is_written_when_a_reason_or_the_incident_is_missing(desk: Desk) -> None:
    await Ledger(desk.store, desk.keys, desk.clock).open(seed.opening(NOW, original=None), "bbbb00000001")
    before = await desk.count()
    for decision in review.REASON_NEEDED:
        with pytest.raises(review.ReasonNeeded):
            await desk.decide(decision, " ")
    with pytest.raises(review.NoSuchIncident):
        await desk.decide("near_miss", incident="none")
    with pytest.raises(ValueError, match="unknown decision"):
        await desk.decide("whatever")
    with pytest.raises(review.ReasonNeeded):
        await desk.reveal(reason="curious")
    with pytest.raises(review.NothingKept):
        await desk.reveal(incident="bbbb00000001")
    with pytest.raises(review.NoSuchIncident):
        await review.open_sender(
            desk.store, desk.keys, incident="none", reason="safety", words="", by="priya"
        )
    assert await desk.count() == before
    assert await desk.rows(t.decision) == []


async def test_still_hidden_follows_what_happened_last(desk: Desk) -> None:
    ledger = Ledger(desk.store, desk.keys, desk.clock)
    assert (await desk.decide("false_positive")).still_hidden
    for what, hidden in [
        ("restored_urgent", False), ("verified", True), ("restored_not_patient", False), ("hidden_unverified", True),
        ("restoring", True), ("restore_refused", True), ("restored", False),
    ]:  # fmt: skip
        await ledger.add(ONE, what)
        assert (await desk.decide("false_positive")).still_hidden is hidden, what


async def test_reveal_is_on_record_before_anything_is_returned(desk: Desk) -> None:
    payload = await desk.reveal()
    assert payload["text"] == ORIGINAL
    line = (await desk.rows(t.timeline))[-1]
    assert (line["what"], line["by"], line["detail"]["reason"]) == ("revealed", "priya", "decide")
    assert NUMBER not in json.dumps(line["detail"])
    assert review.words_of(desk.keys, ONE, line["detail"]) == f"about {NUMBER}"
    with pytest.raises(SealBroken):
        review.words_of(desk.keys, "bbbb00000001", line["detail"])


async def test_the_same_form_shows_nothing_twice(desk: Desk) -> None:
    await desk.reveal(shown_before=0)
    before = await desk.count()
    with pytest.raises(review.AlreadyShown):
        await desk.reveal(shown_before=0)
    assert await desk.count() == before
    assert (await desk.reveal(shown_before=1))["text"] == ORIGINAL
