"""The pool of sealed processes: what a parser may not do there, and that its death costs one file."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.files.pool import Closed, Pool
from detectors.files.interface import Cut, File, Limits, Outcome, Passage, Result
from tests.bot.files import probing
from tests.detectors.files.desk import looker

COMMAND = (sys.executable, probing.__file__)
LIMITS = Limits(seconds=2.0)


async def nothing(passages: Sequence[Passage]) -> list[list[Cut]]:
    return [[] for _ in passages]


async def look(passages: Sequence[Passage]) -> Sequence[Sequence[Cut]]:
    return looker()(passages)


async def probe(pool: Pool, what: str) -> Result:
    return await pool.inspect(File("probe.txt", what.encode()), nothing)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    pool = Pool(1, LIMITS, command=COMMAND)
    yield pool
    await pool.close()


async def test_a_file_is_read_and_its_passages_are_looked_at_by_the_bot(pool: Pool) -> None:
    told = "look Seen today: Margaret Thornbury, NHS number 943 476 5919."
    result = await pool.inspect(File("note.txt", told.encode()), look)
    assert result.outcome is Outcome.REDACTED
    assert result.data == b"look Seen today: [Patient A], NHS number [NHS number hidden]."
    assert [f.kind for f in result.found] == ["PATIENT_NAME", "NHS_NUMBER"]


async def test_a_clean_file_is_clean(pool: Pool) -> None:
    result = await pool.inspect(File("note.txt", b"look Sodium 138, repeat tomorrow."), look)
    assert (result.outcome, result.data) == (Outcome.CLEAN, None)


async def test_no_socket_can_be_opened(pool: Pool) -> None:
    if not (await pool.confined()).network:
        pytest.skip("this system cannot keep a process off the network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert (await probe(pool, f"connect {port}")).reason in ("PermissionError", "OSError")
    assert (await probe(pool, "socket AF_UNIX")).reason == "PermissionError"
    assert (await probe(pool, "socket AF_INET6")).reason == "PermissionError"


async def test_no_program_can_be_started(pool: Pool) -> None:
    if not (await pool.confined()).programs:
        pytest.skip("this system cannot keep a process from starting programs")
    assert (await probe(pool, "run /bin/true")).reason == "PermissionError"
    assert (await probe(pool, "fork")).reason == "PermissionError"


async def test_no_other_file_can_be_read_or_written(pool: Pool, tmp_path: Path) -> None:
    if not (await pool.confined()).files:
        pytest.skip("this system cannot keep a process from other files")
    secret = tmp_path / "key"
    secret.write_text("of the vault")
    assert (await probe(pool, f"read {secret}")).reason == "PermissionError"
    assert (await probe(pool, f"read /proc/{os.getpid()}/environ")).reason == "PermissionError"
    assert (await probe(pool, f"write {tmp_path / 'new'}")).reason == "PermissionError"
    assert not (tmp_path / "new").exists()


async def test_the_bots_environment_stays_with_the_bot(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAPERONE_TOKEN", "secret")
    assert "CHAPERONE_TOKEN" not in (await probe(pool, "environment")).reason


async def test_nothing_of_one_file_is_left_for_the_next(pool: Pool) -> None:
    assert (await probe(pool, "keep one")).reason == "nothing"
    assert (await probe(pool, "keep two")).reason == "nothing"


async def test_what_a_library_prints_disturbs_nothing(pool: Pool) -> None:
    assert (await probe(pool, "speak hello")).reason == "spoke"
    assert (await probe(pool, "speak again")).reason == "spoke"


async def test_a_memory_bomb_costs_its_own_file(pool: Pool) -> None:
    bomb = await probe(pool, "fill 20000")
    assert bomb.outcome is Outcome.QUARANTINED
    assert "memory" in bomb.reason
    assert (await probe(pool, "fill 1")).outcome is Outcome.CLEAN


@pytest.mark.parametrize("what", ["crash", "leave"])
async def test_a_crash_costs_its_own_file(pool: Pool, what: str) -> None:
    crashed, other = await asyncio.gather(probe(pool, what), probe(pool, "pid"))
    assert crashed.outcome is Outcome.QUARANTINED
    assert crashed.reason.startswith("Reading this file failed")
    assert other.outcome is Outcome.CLEAN


@pytest.mark.parametrize("what", ["hang", "chatter"])
async def test_a_hang_is_killed_at_its_limit(what: str) -> None:
    pool = Pool(1, replace(LIMITS, seconds=0.5), command=COMMAND)
    await pool.confined()
    began = time.monotonic()
    hung = await probe(pool, what)
    assert hung.outcome is Outcome.QUARANTINED
    assert "too long" in hung.reason
    assert time.monotonic() - began < 20
    assert (await probe(pool, "pid")).outcome is Outcome.CLEAN
    await pool.close()


async def test_a_process_that_is_killed_is_replaced_and_the_file_read_again(pool: Pool) -> None:
    first = int((await probe(pool, "pid")).reason)
    held, release = asyncio.Event(), asyncio.Event()
    looked = 0

    async def kill_once(passages: Sequence[Passage]) -> list[list[Cut]]:
        nonlocal looked
        looked += 1
        if looked == 1:
            os.kill(first, 9)
        held.set()
        await release.wait()
        return await nothing(passages)

    reading = asyncio.create_task(pool.inspect(File("x.txt", b"look here"), kill_once))
    await held.wait()
    release.set()
    assert (await reading).outcome is Outcome.CLEAN
    assert looked == 2
    assert int((await probe(pool, "pid")).reason) != first


async def test_killing_one_process_affects_no_other_file() -> None:
    pool = Pool(2, LIMITS, command=COMMAND)
    slow = asyncio.Event()

    async def wait(passages: Sequence[Passage]) -> list[list[Cut]]:
        await slow.wait()
        return await nothing(passages)

    reading = asyncio.create_task(pool.inspect(File("x.txt", b"look here"), wait))
    await asyncio.sleep(0)
    assert (await probe(pool, "leave")).outcome is Outcome.QUARANTINED
    slow.set()
    assert (await reading).outcome is Outcome.CLEAN
    await pool.close()


async def test_large_files_hold_up_no_small_one() -> None:
    pool = Pool(2, LIMITS, command=COMMAND)
    slow, large = asyncio.Event(), b"look " + b"a " * 200_000

    async def wait(passages: Sequence[Passage]) -> list[list[Cut]]:
        await slow.wait()
        return await nothing(passages)

    scans = [asyncio.create_task(pool.inspect(File("x.txt", large), wait)) for _ in range(3)]
    await asyncio.sleep(0)
    assert (await probe(pool, "pid")).outcome is Outcome.CLEAN
    assert not any(scan.done() for scan in scans)
    slow.set()
    assert [r.outcome for r in await asyncio.gather(*scans)] == [Outcome.CLEAN] * 3
    await pool.close()


async def test_an_error_of_the_bot_itself_is_not_the_files_fault(pool: Pool) -> None:
    async def broken(passages: Sequence[Passage]) -> list[list[Cut]]:
        raise LookupError("the roster")

    with pytest.raises(LookupError):
        await pool.inspect(File("x.txt", b"look here"), broken)
    assert (await probe(pool, "pid")).outcome is Outcome.CLEAN


async def test_a_process_that_nobody_needs_is_stopped_but_for_the_quick_one() -> None:
    pool = Pool(2, LIMITS, idle=0.05, command=COMMAND)
    quick = int((await probe(pool, "pid")).reason)
    large = int((await probe(pool, "pid " + "a" * 400_000)).reason)
    assert quick != large
    for _ in range(200):
        if not is_running(large):
            break
        await asyncio.sleep(0.05)
    assert not is_running(large)
    assert is_running(quick)
    assert int((await probe(pool, "pid " + "a" * 400_000)).reason) not in (quick, large)
    await pool.close()


def test_closing_leaves_no_process_and_no_folder() -> None:
    async def closed() -> tuple[int, str]:
        pool = Pool(1, LIMITS, command=COMMAND)
        first = int((await probe(pool, "pid")).reason)
        folder = os.readlink(f"/proc/{first}/cwd")
        await pool.close()
        return first, folder

    first, folder = asyncio.run(closed())
    assert not is_running(first)
    assert not Path(folder).exists()


async def test_closing_tells_whoever_waits(pool: Pool) -> None:
    held = asyncio.Event()

    async def hold(passages: Sequence[Passage]) -> list[list[Cut]]:
        held.set()
        await asyncio.sleep(0.05)
        return await nothing(passages)

    reading = asyncio.create_task(pool.inspect(File("x.txt", b"look here"), hold))
    waiting = asyncio.create_task(pool.inspect(File("x.txt", b"look here"), hold))
    await held.wait()
    await pool.close()
    for task in (reading, waiting):
        with pytest.raises(Closed):
            await task


async def test_processes_that_cannot_be_started_quarantine() -> None:
    pool = Pool(1, LIMITS, command=(sys.executable, "-c", "raise SystemExit", "x"))
    assert (await probe(pool, "pid")).outcome is Outcome.QUARANTINED
    await pool.close()


async def test_a_file_over_the_limit_is_not_even_sent(pool: Pool) -> None:
    small = Pool(1, replace(LIMITS, bytes=10), command=("/does/not/exist",))
    assert "larger" in (await probe(small, "look at this")).reason
