"""Tokens: sealed where they lie, and gone when dropped."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys, SealBroken
from bot.vault.tokens import SealedTokens
from connectors.interface import TokenStore

KEYS = Keys(bytes(range(32)))


@pytest.fixture
def store():
    store = Store.open(None, KEYS.database_key)
    yield store
    store.close()


def filled(store: Store) -> TokenStore:
    tokens = SealedTokens(store, KEYS)
    tokens.put("slack", "T1", "bot", "", {"access_token": "xoxb-invented"})
    tokens.put("slack", "T1", "user", "U1", {"access_token": "xoxp-1"})
    tokens.put("slack", "T1", "user", "U2", {"access_token": "xoxp-2"})
    tokens.put("slack", "T2", "bot", "", {"access_token": "xoxb-two"})
    tokens.put("teams", "T1", "app", "", {"access_token": "ey"})
    return tokens


def test_what_was_put_is_there_after_a_restart(store: Store) -> None:
    for tokens in (filled(store), SealedTokens(store, KEYS)):
        assert tokens.get("slack", "T1", "bot") == {"access_token": "xoxb-invented"}
        assert tokens.get("slack", "T1", "user", "U2") == {"access_token": "xoxp-2"}
        assert tokens.get("slack", "T1", "user", "U3") is None
        assert tokens.tenants("slack") == ("T1", "T2")


def test_put_again_takes_the_place(store: Store) -> None:
    filled(store).put("slack", "T1", "bot", "", {"access_token": "new"})
    assert SealedTokens(store, KEYS).get("slack", "T1", "bot") == {"access_token": "new"}


@pytest.mark.parametrize(
    ("kind", "subject", "dropped", "left"),
    [(None, None, 3, 0), ("user", None, 2, 1), ("user", "U1", 1, 2), ("bot", "", 1, 2), ("none", None, 0, 3)],
)
def test_drop_takes_what_matches(
    store: Store, kind: str | None, subject: str | None, dropped: int, left: int
) -> None:
    tokens = filled(store)
    assert tokens.drop("slack", "T1", kind, subject) == dropped
    for view in (tokens, SealedTokens(store, KEYS)):
        places = [("bot", ""), ("user", "U1"), ("user", "U2")]
        assert sum(view.get("slack", "T1", *place) is not None for place in places) == left
        assert view.get("slack", "T2", "bot") is not None


def test_another_process_s_token_is_found(store: Store) -> None:
    mine = SealedTokens(store, KEYS)
    assert mine.get("slack", "T1", "bot") is None
    filled(store)
    assert mine.get("slack", "T1", "bot") is not None


def test_the_caller_s_changes_stay_the_caller_s(store: Store) -> None:
    tokens = filled(store)
    dict(tokens.get("slack", "T1", "bot") or {})["access_token"] = "changed"
    got = tokens.get("slack", "T1", "bot")
    assert isinstance(got, dict)
    got["access_token"] = "changed"
    assert tokens.get("slack", "T1", "bot") == {"access_token": "xoxb-invented"}


def test_a_token_moved_to_another_tenant_does_not_open(store: Store) -> None:
    filled(store)
    here, there = t.token.c.tenant == "T1", t.token.c.tenant == "T2"
    stolen = select(t.token.c.sealed_token).where(here, t.token.c.kind == "bot").scalar_subquery()
    store.write_now(lambda c: c.execute(update(t.token).where(there).values(sealed_token=stolen)).close())
    with pytest.raises(SealBroken):
        SealedTokens(store, KEYS).get("slack", "T2", "bot")


def test_no_token_lies_open(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db", KEYS.database_key)
    filled(store)
    rows = store.read_now(lambda c: c.execute(select(t.token)).all())
    assert b"xox" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert "xox" not in repr(rows)
    store.close()
