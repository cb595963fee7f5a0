"""A patient's name that passes through the engine is nowhere afterwards but in the target."""

import logging
from pathlib import Path

from sqlalchemy import select

from bot.engine.interface import Work
from bot.store import tables as t
from connectors.interface import Refused, Unavailable
from tests.bot.engine.conftest import House, delivery
from tests.bot.engine.test_timers import HOUR, at

CANARY = "Testina Canary 999 000 0018"


def everything(house: House) -> str:
    """Every column of every table, as whoever holds the key would read it."""
    rows = house.store.read_now(
        lambda c: [repr(tuple(row)) for table in t.metadata.sorted_tables for row in c.execute(select(table))]
    )
    return "\n".join(rows)


def on_disk(folder: Path) -> bytes:
    """The database, its WAL and whatever else lies there."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_the_name_is_in_no_file_no_column_and_no_log(house: House, caplog, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    reached: list[str] = []

    async def handle(work: Work) -> None:
        text = work.delivery.body.decode()
        reached.append(text)
        if work.delivery.lane == "C2":
            raise ValueError(text)
        if work.delivery.lane == "C3":
            raise Unavailable(text)

        async def refuse() -> dict[str, object]:
            raise Refused(text, "no_permission")

        await house.engine.effect(f"redact/{work.id}", refuse)

    await house.engine.start(handle, house.on_dead)
    for lane in ("C1", "C2", "C3"):
        await house.engine.accept(delivery(CANARY, lane, lane))
    await house.engine.later("t", at(9 * HOUR), delivery(CANARY, "C4", "t"))
    await house.rest()
    await house.turn(1)
    for part in (CANARY, "Testina", "999 000 0018"):
        assert reached.count(CANARY) >= 3
        assert part not in everything(house)
        assert part not in caplog.text
        assert part.encode() not in on_disk(tmp_path)


async def test_the_file_shows_nothing_of_its_tables_either(house: House, tmp_path: Path) -> None:
    await house.engine.accept(delivery("x"))
    content = on_disk(tmp_path)
    assert len(content) > 4096
    assert b"SQLite format" not in content
    assert b"CREATE TABLE" not in content
