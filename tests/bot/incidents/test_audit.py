"""The audit finds every row that was edited, deleted, moved, added or cut off."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.incidents import audit
from bot.store.database import Store
from bot.vault.keys import Keys

KEYS = Keys(bytes(range(32)))
ROWS, SIGNED = 12, (5, 9)


@pytest.fixture
def store():
    store = Store.open(None, KEYS.database_key)
    store.write_now(fill)
    yield store
    store.close()


def fill(c: Connection, rows: int = ROWS, actor: str = "ig@trust.example") -> None:
    for i in range(1, rows + 1):
        detail = {"reason": "care – é", "n": [i, None, 1.5], "deep": {"b": 1, "a": True}}
        number = audit.append(c, actor=actor, what="reveal", subject=f"inc{i}", detail=detail, at=1000.5 + i)
        assert number == i
        if i in SIGNED:
            audit.checkpoint(c, KEYS.signer, 2000.0 + i)


def sql(store: Store, *statements: str) -> None:
    def run(c: Connection) -> None:
        for statement in statements:
            c.execute(text(statement))

    store.write_now(run)


def verified(store: Store, kept: Path | None = None) -> audit.Verified:
    points = audit.exported(kept) if kept else None
    return store.read_now(lambda c: audit.verify(c, KEYS.verifier, points))


def test_a_whole_audit_verifies(store: Store) -> None:
    assert verified(store) == audit.Verified(ROWS, len(SIGNED))


def test_an_empty_one_does_too() -> None:
    store = Store.open(None, KEYS.database_key)
    assert verified(store) == audit.Verified(0, 0)
    assert store.write_now(lambda c: audit.checkpoint(c, KEYS.signer, 1.0)) is None
    store.close()


@pytest.mark.parametrize("seq", [1, 5, 7, ROWS])
@pytest.mark.parametrize(
    "change",
    ["at = at + 1", "actor = 'x'", "what = 'x'", "subject = 'x'", "detail = '{}'", "previous = hash",
     "hash = previous", "detail = 'not JSON'", "at = 'soon'"],
)  # fmt: skip
def test_any_edited_column_of_any_row_is_found(store: Store, seq: int, change: str) -> None:
    sql(store, f"UPDATE audit SET {change} WHERE seq = {seq}")
    assert verified(store).problem


@pytest.mark.parametrize("seq", range(1, 10))
def test_any_deleted_row_up_to_the_last_checkpoint_is_found(store: Store, seq: int) -> None:
    sql(store, f"DELETE FROM audit WHERE seq = {seq}")
    assert verified(store).problem == f"row {seq} is missing"


@pytest.mark.parametrize("seq", range(1, ROWS))
def test_any_two_rows_swapped_are_found(store: Store, seq: int) -> None:
    a, b = seq, seq + 1
    sql(
        store,
        f"UPDATE audit SET seq = -1 WHERE seq = {a}",
        f"UPDATE audit SET seq = {a} WHERE seq = {b}",
        f"UPDATE audit SET seq = {b} WHERE seq = -1",
    )
    assert verified(store).problem


def test_a_row_put_in_is_found(store: Store) -> None:
    sql(
        store,
        "INSERT INTO audit SELECT 13, at, actor, what, subject, detail, previous, hash FROM audit WHERE seq = 12",
    )
    assert verified(store).problem == "row 13 does not follow row 12"


def test_an_end_cut_off_is_found_by_the_checkpoint_that_knew_it(store: Store) -> None:
    sql(store, "DELETE FROM audit WHERE seq > 7")
    assert verified(store).problem == "rows 8 to 9 at least were cut off the end"


def test_an_end_cut_off_with_its_checkpoints_is_found_by_the_export(store: Store, tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere" / "checkpoints.jsonl"
    assert store.read_now(lambda c: audit.export(c, kept)) == len(SIGNED)
    sql(store, "DELETE FROM audit WHERE seq > 7", "DELETE FROM checkpoint WHERE seq > 7")
    assert verified(store).problem is None  # this is why checkpoints are kept elsewhere
    assert verified(store, kept).problem == "rows 8 to 9 at least were cut off the end"


def test_a_chain_written_anew_is_found(store: Store, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoints.jsonl"
    store.read_now(lambda c: audit.export(c, kept))
    sql(store, "DELETE FROM audit")
    sql(store, "DELETE FROM checkpoint")
    store.write_now(lambda c: fill(c, actor="someone-else"))
    assert verified(store).problem is None
    assert verified(store, kept).problem == "row 5 is not the one that was signed"


@pytest.mark.parametrize("change", ["hash = 'x'", "at = at + 1", "signature = '00'", "seq = 6"])
def test_a_changed_checkpoint_is_found(store: Store, change: str) -> None:
    sql(store, f"UPDATE checkpoint SET {change} WHERE seq = 5")
    assert "signature" in (verified(store).problem or "")


def test_another_s_signature_is_found(store: Store) -> None:
    store.write_now(lambda c: audit.checkpoint(c, Keys(bytes(32)).signer, 1.0) and None)
    assert "row 12" in (verified(store).problem or "")


def test_an_unchanged_head_is_signed_once(store: Store) -> None:
    points = [store.write_now(lambda c: audit.checkpoint(c, KEYS.signer, 3000.0)) for _ in range(2)]
    assert points[0] is not None
    assert points[0].seq == ROWS
    assert points[1] is None


def test_an_export_grows_and_never_repeats(store: Store, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoints.jsonl"
    assert [store.read_now(lambda c: audit.export(c, kept)) for _ in range(2)] == [2, 0]
    store.write_now(lambda c: audit.checkpoint(c, KEYS.signer, 3000.0) and None)
    assert store.read_now(lambda c: audit.export(c, kept)) == 1
    assert [json.loads(line)["seq"] for line in kept.read_text().splitlines()] == [5, 9, 12]


def test_the_command_says_it_in_a_sentence(store: Store, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoints.jsonl"
    store.read_now(lambda c: audit.export(c, kept))
    status, sentence = audit.verify_command(store, KEYS, kept)
    assert status == 0
    assert sentence.startswith("The audit is whole: 12 rows, 2 signed checkpoints")
    sql(store, "UPDATE audit SET actor = 'x' WHERE seq = 3")
    assert audit.verify_command(store, KEYS) == (1, "The audit was tampered with: row 3 was changed.")
    kept.write_text("rubbish\n")
    assert audit.verify_command(store, KEYS, kept)[0] == 1


def test_a_transaction_that_fails_leaves_no_row(store: Store) -> None:
    def fails(c: Connection) -> None:
        audit.append(c, actor="a", what="b", subject="c", detail={}, at=1.0)
        raise LookupError

    with pytest.raises(LookupError):
        store.write_now(fails)
    assert verified(store) == audit.Verified(ROWS, len(SIGNED))


def test_a_detail_that_is_not_json_is_refused(store: Store) -> None:
    for bad in ({"a": float("nan")}, {"a": b"bytes"}):
        with pytest.raises((TypeError, ValueError)):
            store.write_now(
                lambda c, bad=bad: audit.append(c, actor="a", what="b", subject="c", detail=bad, at=1.0)
            )


def test_keys_that_are_not_text_and_tuples_verify(store: Store) -> None:
    detail = {10: "a", 9: ("b", "c")}
    store.write_now(lambda c: audit.append(c, actor="a", what="b", subject="c", detail=detail, at=1))
    assert verified(store).problem is None
