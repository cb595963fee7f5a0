"""An identifier posted in every way that Slack knows is found nowhere but in the vault."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.store import tables as t
from tests.bot.end_to_end.stage import NURSE, SISTER, WARD, Scene, scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "9434765919"
NAME = "Zephyrina"
WORDS = (NAME, CANARY, "943 476 5919", "943-476-5919")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("canary")) as ready:
        await _say_everywhere(ready)
        yield ready


async def _say_everywhere(s: Scene) -> None:
    ts = await s.says(NURSE, f"Mrs {NAME} Blackadder NHS {CANARY} for discharge")
    await s.forges(NURSE, "urgent", s.incident(ts)["id"])
    await s.says(NURSE, "CHI of Mrs Blackadder? 943 476 5919", thread_ts=ts)
    file = s.workspace.add_file(
        NURSE, f"{NAME} Blackadder {CANARY}.pdf", b"%PDF-1.4 " + CANARY.encode(), "application/pdf"
    )
    await s.says(NURSE, "Chart", files=[file])
    s.workspace.set_line(WARD, "topic", f"Patient {NAME} Blackadder NHS 943-476-5919", SISTER)
    channel = s.workspace.create_channel(f"nhs-{CANARY}", private=False, creator=SISTER)
    await s.settled()
    s.faults.edit_window_closed = True
    await s.says(SISTER, f"NHS {CANARY}", channel.id)
    s.faults.edit_window_closed = False
    s.faults.set({"fail": {"chat.update": [{"times": 1, "error": "internal_error"}]}})
    await s.says(SISTER, f"Ring Mrs {NAME} Blackadder, NHS 943 476 5919")
    message = s.workspace.post(WARD, NURSE, f"NHS {CANARY} killed on the way")
    await s.stage.kill_bot()
    await s.stage.start_bot()
    await s.settled()
    assert s.text(message.ts) == "NHS [hidden] killed on the way"


def _everything_kept(s: Scene) -> Iterator[Path]:
    yield from (p for p in s.stage.folder.rglob("*") if p.is_file())


async def test_no_file_of_the_bot_holds_it_in_clear(s: Scene) -> None:
    files = list(_everything_kept(s))
    assert {"chaperone.db", "chaperone.db-wal", "bot.log"} <= {p.name for p in files}
    for path in files:
        content = path.read_bytes()
        for word in WORDS:
            assert word.encode() not in content, path.name
            assert word.encode("utf-16-le") not in content, path.name


async def test_no_row_holds_it_once_the_database_is_open(s: Scene) -> None:
    """The file is encrypted as a whole; inside, whatever can name somebody is sealed once more."""
    with s.store() as (_, store):
        rows = store.read_now(
            lambda c: [(at.name, row) for at in t.metadata.sorted_tables for row in c.execute(select(at))]
        )
    assert {"incident", "quarantine", "label", "effect", "audit"} <= {name for name, _ in rows}
    for name, row in rows:
        shown = repr(tuple(row))
        assert not [w for w in WORDS if w in shown], name


async def test_no_page_and_no_vital_sign_shows_it(s: Scene) -> None:
    seen = 0
    for who in ("reviewer", "admin", "auditor"):
        async with s.console(who) as http:
            paths = ["/healthz", "/", "/events", "/channels", "/membership", "/health", "/audit"]
            paths += [f"/events/{i['id']}" for i in s.incidents()]
            for path in paths:
                async with http.get(s.stage.bot_url + path) as response:
                    page = await response.text()
                    seen += response.status == 200
                assert not [w for w in WORDS if w in page], path
    assert seen > len(s.incidents())
