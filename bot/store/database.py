"""The store: one encrypted SQLite file, one writer, readers of their own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool
from sqlcipher3 import dbapi2

from bot.store.cipher import (
    InUse,
    NotCommitted,
    StoreClosed,
    StoreError,
    UnsafeSqlite,
    WrongKey,
    connect,
    refuse_unsafe,
)
from bot.store.migrations import upgrade
from bot.store.writer import Writer

__all__ = ["InUse", "NotCommitted", "Store", "StoreClosed", "StoreError", "UnsafeSqlite", "WrongKey"]

T = TypeVar("T")
Work = Callable[[Connection], T]

READERS = 3


class Store:
    """Reads and writes, each a plain function of a connection that runs in another thread.

    A function given to `write` must only touch the database: it shares its transaction with others and
    may not commit, roll back or wait. What it returns must not need the connection (rows, not cursors).
    Errors of the function are raised as they are. A full or read-only disk raises SQLAlchemy's
    `OperationalError` or, when it is the commit that fails, `NotCommitted`; neither holds what was written.
    """

    def __init__(self, path: Path | None, writer: Writer, readers: Engine | None) -> None:
        self.path = path
        self._writer = writer
        self._readers = readers
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._claim: Any = None
        self._closed = False

    @classmethod
    def open(cls, path: Path | None, key: bytes) -> "Store":
        """Open or make the database at `path` (None: in memory, for tests) and bring its tables up to date.

        `key` is 32 bytes. Raises `UnsafeSqlite`, `WrongKey`, or the driver's error.
        """
        refuse_unsafe(dbapi2.sqlite_version_info)
        if path is not None:
            path.touch(mode=0o600)  # SQLite gives its WAL the same permissions
        writing = _engine(lambda: connect(path, key), StaticPool)
        connection = writing.connect()
        try:
            upgrade(connection)
        except BaseException:
            writing.dispose()
            raise
        if path is None:
            return cls(None, Writer(connection), None)
        reading = _engine(
            lambda: connect(path, key, read_only=True), QueuePool, pool_size=READERS, max_overflow=READERS
        )
        # Several selects of one read see one moment.
        event.listen(reading, "begin", lambda c: c.exec_driver_sql("BEGIN"))
        return cls(path, Writer(connection), reading)

    async def write(self, fn: Work[T]) -> T:
        """Run `fn` in the writer thread; returns what it returned, after the commit."""
        return await self._writer.submit(fn)

    def submit(self, fn: Work[T]) -> "asyncio.Future[T]":
        """As `write`, but hands back the future: callbacks on it run in the order of the commits.

        Cancelling the future does not undo the write.
        """
        return self._writer.submit(fn)

    async def read(self, fn: Work[T]) -> T:
        """Run `fn` in a reader thread, on one consistent view; never waits for a write."""
        if self._readers is None:
            return await self._writer.submit(fn)
        if self._closed:
            raise StoreClosed("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, fn)

    def write_now(self, fn: Work[T]) -> T:
        """As `write`, blocking: for start-up and the command line."""
        return self._writer.write_now(fn)

    def read_now(self, fn: Work[T]) -> T:
        """As `read`, blocking."""
        return self._writer.write_now(fn) if self._readers is None else self._read(fn)

    def claim(self) -> None:
        """Make this process the only one that works on the inbox; raises `InUse`.

        The lock is the operating system's and ends with the process, so a dead worker's inbox is free at
        once and a live worker's never is.
        """
        if self.path is None or self._claim is not None:
            return
        place = self.path.with_name(self.path.name + ".lock")
        place.touch(mode=0o600)
        lock = dbapi2.connect(str(place), timeout=0, isolation_level=None, check_same_thread=False)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except dbapi2.OperationalError:
            lock.close()
            raise InUse(f"another process is working on {self.path}") from None
        self._claim = lock

    def release(self) -> None:
        """Let another process work on the inbox."""
        if self._claim is not None:
            self._claim.close()
            self._claim = None

    def close(self) -> None:
        """Commit what was queued and close the file."""
        self._closed = True
        self._writer.close()
        self._threads.shutdown()
        if self._readers is not None:
            self._readers.dispose()
        self.release()

    def _read(self, fn: Work[T]) -> T:
        if self._readers is None or self._closed:
            raise StoreClosed("the store is closed")
        with self._readers.connect() as connection:
            return fn(connection)


def _engine(creator: Callable[[], Any], pool: Any, **options: Any) -> Engine:
    # hide_parameters: an error must not carry what was being written.
    return create_engine(
        "sqlite://", module=dbapi2, creator=creator, poolclass=pool, hide_parameters=True, **options
    )
