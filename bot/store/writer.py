"""One thread that writes, many commits gathered into one."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future as ThreadFuture
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlcipher3 import dbapi2

from bot.store.cipher import NotCommitted, StoreClosed

T = TypeVar("T")
Loop = asyncio.AbstractEventLoop

GROUP = 256
"""At most this many writes share one commit, so that the first of them does not wait long."""


@dataclass(slots=True)
class _Job:
    fn: Callable[[Connection], Any]
    future: "asyncio.Future[Any] | ThreadFuture[Any]"
    loop: Loop | None = None
    value: Any = None
    error: Exception | None = None

    def settle(self) -> None:
        if self.future.done():  # whoever waited was cancelled; the write stands
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Runs writes one after the other on one connection, in the order in which they came.

    Writes that wait together share a transaction. Each has its own savepoint, so that the failure of one
    leaves the others; when the commit itself fails, all of them fail.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._raw: Any = connection.connection.driver_connection
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._door = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[[Connection], T]) -> "asyncio.Future[T]":
        """Queue a write from the running event loop; the future is done once it is committed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Job(fn, future, loop))
        return future

    def write_now(self, fn: Callable[[Connection], T]) -> T:
        """Queue a write and block this thread until it is committed."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write cannot wait for another write")
        future: ThreadFuture[T] = ThreadFuture()
        self._put(_Job(fn, future))
        return future.result()

    def close(self) -> None:
        """Finish what was queued, then stop."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _put(self, job: _Job) -> None:
        with self._door:
            if self._closed:
                raise StoreClosed("the store is closed")
            self._queue.put(job)

    def _run(self) -> None:
        while jobs := self._take():
            self._commit(jobs)
            _settle(jobs)

    def _take(self) -> list[_Job]:
        """Wait for one job, then take what else is there; empty when the store closes."""
        jobs: list[_Job] = []
        job = self._queue.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == GROUP:
                return jobs
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return jobs
        if jobs:
            self._queue.put(None)  # this group first, then the end
        return jobs

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            self._raw.execute("BEGIN IMMEDIATE")
            for job in jobs:
                self._one(job)
            self._raw.execute("COMMIT")
        except Exception as failure:  # noqa: BLE001  (handed to everyone who waits for this commit)
            with suppress(dbapi2.Error):
                self._raw.rollback()  # no-op when SQLite has rolled back already
            lost = NotCommitted(str(failure)) if isinstance(failure, dbapi2.Error) else failure
            for job in jobs:
                job.error = job.error or lost

    def _one(self, job: _Job) -> None:
        self._raw.execute("SAVEPOINT job")
        try:
            job.value = job.fn(self._connection)
        except Exception as error:
            job.error = error
            # A full disk may make SQLite roll back everything: then nobody's write was kept.
            if not self._raw.in_transaction:
                raise
            self._raw.execute("ROLLBACK TO job")
        self._raw.execute("RELEASE job")


def _settle(jobs: list[_Job]) -> None:
    """Tell everyone; one wake-up per event loop, not per job, and in the order of the writes."""
    for loop, group in groupby(jobs, key=lambda job: job.loop):
        members = list(group)
        if loop is None:
            _settle_all(members)
        else:
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(_settle_all, members)


def _settle_all(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()
