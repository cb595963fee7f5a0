"""Migrations arrive at what `tables.py` says, and keep what was there."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, insert, text

from bot.store import tables
from bot.store.database import Store, StoreError
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


def test_a_database_of_a_newer_release_is_refused_in_plain_words(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db", KEY)
    store.write_now(add("a"))
    store.write_now(lambda c: c.execute(text("UPDATE alembic_version SET version_num = 'later'")).close())
    store.close()
    with pytest.raises(StoreError, match="newer"):
        Store.open(tmp_path / "a.db", KEY)


def test_a_purged_number_of_the_inbox_does_not_come_again() -> None:
    store = Store.open(None, KEY)
    row = {
        "tenant": "T", "lane": "C", "source": "s", "sealed_body": b"", "accepted_at": 1.0, "state": "new",
        "attempts": 0, "not_before": 0.0,
    }  # fmt: skip
    numbers = []
    for _ in range(2):
        done = store.write_now(lambda c: c.execute(insert(tables.inbox), row).inserted_primary_key)
        numbers.append(done[0] if done else None)
        store.write_now(lambda c: c.execute(delete(tables.inbox)).close())
    assert numbers == [1, 2]
    store.close()
