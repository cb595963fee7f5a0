"""The store: what is committed stays, what fails fails alone, and nothing waits for a reader."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.store import tables as t
from bot.store.cipher import refuse_unsafe
from bot.store.database import InUse, NotCommitted, Store, StoreClosed, UnsafeSqlite, WrongKey

KEY = bytes(range(32))


def add(key: str):
    def fn(c: Connection) -> str:
        c.execute(insert(t.seen), {"tenant": "T", "key": key, "at": 1.0})
        return key

    return fn


def keys(c: Connection) -> list[str]:
    return list(c.execute(select(t.seen.c.key).order_by(t.seen.c.key)).scalars())


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path: Path):
    store = Store.open(tmp_path / "a.db" if request.param == "file" else None, KEY)
    yield store
    store.close()


async def test_returns_after_the_commit_what_the_function_returned(store: Store) -> None:
    assert await store.write(add("a")) == "a"
    assert await store.read(keys) == ["a"]
    assert store.read_now(keys) == ["a"]
    assert store.write_now(add("b")) == "b"


async def test_one_failure_leaves_the_writes_that_share_its_commit(store: Store) -> None:
    await store.write(add("b"))
    answers = await asyncio.gather(*(store.write(add(k)) for k in "abcd"), return_exceptions=True)
    assert [a if isinstance(a, str) else type(a) for a in answers] == ["a", IntegrityError, "c", "d"]
    assert await store.read(keys) == ["a", "b", "c", "d"]


async def test_a_function_that_fails_half_way_leaves_nothing(store: Store) -> None:
    def half(c: Connection) -> None:
        add("half")(c)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(half)
    assert await store.read(keys) == []


async def test_writes_run_in_the_order_in_which_they_came(store: Store) -> None:
    ran: list[int] = []
    await asyncio.gather(*(store.write(lambda c, i=i: ran.append(i)) for i in range(1000)))
    assert ran == list(range(1000))


async def test_a_cancelled_caller_does_not_undo_its_write(store: Store) -> None:
    future = store.submit(add("a"))
    future.cancel()
    await store.write(add("b"))
    assert await store.read(keys) == ["a", "b"]


def test_a_loop_that_closed_does_not_end_the_writer(store: Store) -> None:
    async def leave() -> None:
        store.submit(lambda c: time.sleep(0.1))
        store.submit(add("a"))

    asyncio.run(leave())
    store.write_now(add("b"))
    assert store.read_now(keys) == ["a", "b"]


def test_a_write_within_a_write_is_refused_rather_than_waited_for(store: Store) -> None:
    with pytest.raises(RuntimeError, match="cannot wait"):
        store.write_now(lambda c: store.write_now(add("a")))


def test_foreign_keys_are_held(store: Store) -> None:
    row = {"incident": "none", "at": 1.0, "what": "x", "by": "", "detail": {}}
    with pytest.raises(IntegrityError):
        store.write_now(lambda c: c.execute(insert(t.timeline), row) and None)


async def test_closed_means_closed(store: Store) -> None:
    store.close()
    with pytest.raises(StoreClosed):
        await store.write(keys)
    with pytest.raises(StoreClosed):
        await store.read(keys)
    with pytest.raises(StoreClosed):
        store.read_now(keys)


async def test_a_long_read_holds_up_no_write_and_not_the_loop(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db", KEY)
    release = threading.Event()

    def long(c: Connection) -> int:
        before = len(keys(c))
        release.wait(20)
        return before + len(keys(c))

    reading = asyncio.create_task(store.read(long))
    await asyncio.sleep(0.05)
    for key in "abc":
        await asyncio.wait_for(store.write(add(key)), 10)
    release.set()
    assert await reading == 0  # and it saw one moment throughout
    store.close()


def test_readers_cannot_write(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db", KEY)
    with pytest.raises(OperationalError, match="readonly"):
        store.read_now(add("a"))
    store.close()


def test_settings_that_durability_rests_on(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db", KEY)

    def pragma(c: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return {name: c.execute(text(f"PRAGMA {name}")).scalar() for name in names}

    assert store.write_now(pragma) == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    store.close()


def test_a_commit_survives_the_end_of_the_process(tmp_path: Path) -> None:
    code = (
        "import os,sys,pathlib\n"
        "from bot.store.database import Store\nfrom tests.bot.store.test_database import KEY,add\n"
        "Store.open(pathlib.Path(sys.argv[1]),KEY).write_now(add('a'))\nos._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.db")], check=False)
    store = Store.open(tmp_path / "a.db", KEY)
    assert store.read_now(keys) == ["a"]
    store.close()


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    Store.open(tmp_path / "a.db", KEY).close()
    with pytest.raises(WrongKey):
        Store.open(tmp_path / "a.db", bytes(32))
    with pytest.raises(WrongKey):
        Store.open(tmp_path / "b.db", b"short")


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 51, 2)])
def test_an_sqlite_with_the_wal_reset_bug_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(UnsafeSqlite, match=r"3\.51\.3"):
        refuse_unsafe(version)


@pytest.mark.parametrize("version", [(3, 6, 23), (3, 51, 3), (3, 53, 4)])
def test_other_versions_are_not(version: tuple[int, ...]) -> None:
    refuse_unsafe(version)


async def test_a_full_disk_raises_and_room_again_is_enough(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db", KEY)
    pages = store.write_now(lambda c: c.execute(text("PRAGMA page_count")).scalar())
    store.write_now(lambda c: c.execute(text(f"PRAGMA max_page_count = {pages + 5}")).close())
    secret = "Testina Sample"
    failed = 0
    for i in range(40):
        writes = (store.write(add(f"{secret} {i} {j} {'x' * 500}")) for j in range(5))
        answers = await asyncio.gather(*writes, return_exceptions=True)
        failed += sum(isinstance(a, OperationalError | NotCommitted) for a in answers)
        told = [a for a in answers if isinstance(a, str)]
        kept = await store.read(keys)
        assert set(told) <= set(kept)  # nobody is told of a commit that was not
        assert secret not in " ".join(map(str, (a for a in answers if isinstance(a, Exception))))
    assert failed
    store.write_now(lambda c: c.execute(text("PRAGMA max_page_count = 100000")).close())
    await store.write(add("again"))
    assert "again" in await store.read(keys)
    store.close()


def test_a_folder_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Store.open(tmp_path / "missing" / "a.db", KEY)


def test_only_one_process_works_on_the_inbox(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    code = (
        "import sys,time,pathlib\nfrom bot.store.database import Store\n"
        "from tests.bot.store.test_database import KEY\n"
        "s=Store.open(pathlib.Path(sys.argv[1]),KEY)\ns.claim()\nprint('claimed',flush=True)\ntime.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"claimed\n"
        store = Store.open(path, KEY)
        with pytest.raises(InUse):
            store.claim()
        store.write_now(add("a"))  # the command line may still read and write
        other.kill()
        other.wait()
        store.claim()  # a dead worker's inbox is free at once
        store.close()
    finally:
        other.kill()
        other.wait()
        assert other.stdout is not None
        other.stdout.close()


def test_files_are_for_the_owner_only(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db", KEY)
    store.write_now(add("a"))
    store.claim()
    if os.name == "posix":
        assert {p.stat().st_mode & 0o077 for p in tmp_path.iterdir()} == {0}
    store.close()


async def test_a_busy_database_is_waited_for(tmp_path: Path) -> None:
    store, other = Store.open(tmp_path / "a.db", KEY), Store.open(tmp_path / "a.db", KEY)

    def slow(c: Connection) -> None:
        add("a")(c)
        time.sleep(0.3)

    await asyncio.gather(store.write(slow), other.write(add("b")))
    assert await store.read(lambda c: c.execute(select(func.count()).select_from(t.seen)).scalar()) == 2
    store.close()
    other.close()
