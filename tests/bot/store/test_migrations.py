"""Migrations arrive at what `tables.py` says, and keep what was there."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.store import tables
from bot.store.database import Store
from tests.bot.store.test_database import KEY, add, keys


def differences(c: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(c), tables.metadata))


def test_the_steps_arrive_at_the_tables() -> None:
    store = Store.open(None, KEY)
    assert store.read_now(differences) == []
    store.close()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for key in ("a", "b"):
        store = Store.open(tmp_path / "a.db", KEY)
        store.write_now(add(key))
        store.close()
    store = Store.open(tmp_path / "a.db", KEY)
    assert store.read_now(keys) == ["a", "b"]
    assert store.read_now(lambda c: c.execute(text("SELECT count(*) FROM alembic_version")).scalar()) == 1
    store.close()
