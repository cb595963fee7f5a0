"""Health and audit."""

import csv
import io

from sqlalchemy import text

from bot.incidents import audit
from bot.store.database import Store
from tests.bot.console.conftest import House
from tests.bot.console.seed import NOW, SENDER
from tests.bot.console.test_events import text_of


async def test_health_tells_what_was_given_up_and_how_old_things_are(house: House) -> None:
    async with house.as_("admin") as client:
        page = text_of((await client.get("/health")).text)
    for words in (
        "Given up on 1",
        "Refused",
        "Staff list Good",
        "412",
        "Exposure p95 ms",
        "Directory sync",
        "10 of 10",
    ):
        assert words in page, words


async def _add(store: Store, **row: str) -> None:
    values = {"actor": "reviewer", "what": "test", "subject": "x", **row}
    await store.write(lambda c: audit.append(c, **values, detail={"who": SENDER}, at=NOW))


async def test_audit_shows_the_sender_by_alias(house: House) -> None:
    await _add(house.store, actor=SENDER, subject="aaaa00000001")
    async with house.as_("auditor") as client:
        page = (await client.get("/audit?what=test")).text
        sheet = (await client.get("/audit.csv?what=test")).text
    for shown in (page, sheet):
        assert SENDER not in shown
        assert shown.count("sender ") >= 2


async def test_audit_is_filtered_in_the_url(house: House) -> None:
    async with house.as_("auditor") as client:
        page = text_of((await client.get("/audit?what=incident.failed&subject=aaaa00000002")).text)
        assert "1 row, the newest first" in page
        assert "No row matches" in (await client.get("/audit?actor=nobody")).text


async def test_a_changed_row_is_found(house: House) -> None:
    async with house.as_("auditor") as client:
        assert "none was changed" in (await client.get("/audit")).text
        await house.store.write(
            lambda c: c.execute(text("UPDATE audit SET actor = 'somebody' WHERE seq = 4"))
        )
        page = text_of((await client.get("/audit")).text)
        assert "The audit was changed" in page
        assert "row 4 was changed" in page


async def test_csv_holds_every_row_and_no_formula_and_is_on_record(house: House) -> None:
    await _add(house.store, actor='=HYPERLINK("x")', subject="@x")
    async with house.as_("auditor") as client:
        answer = await client.get("/audit.csv")
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(answer.text)))
        assert rows[0][:3] == ["number", "when", "who"]
        assert len(rows) == 12
        assert (rows[1][2], rows[1][4]) == ('\'=HYPERLINK("x")', "'@x")
        assert "audit, exported" in text_of((await client.get("/audit")).text)
