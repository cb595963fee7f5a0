"""The wired system: what fails for good is seen, vital signs are told, watermarks outlive a kill."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot import checking, wiring
from bot.__main__ import main
from bot.engine.lanes import Patience
from bot.settings.load import load
from bot.store import tables as t
from bot.wiring import System
from connectors.interface import Channel, Delivery, MessageRef

SETTINGS = """\
[chaperone]
public_url = "http://127.0.0.1:1"
data = "data"
key_file = "data/key"
[slack]
client_id = "1.2"
client_secret = "c"
signing_secret = "s"
api_url = "http://127.0.0.1:9/api/"
"""
CANARY = "943 476 5919"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "chaperone.toml"
    path.write_text(SETTINGS, "utf-8")
    return path


@pytest.fixture
async def system(file: Path) -> AsyncIterator[System]:
    built = wiring.build(load(file, {}), Patience(tries=3, pause=0.01))
    await built.start()
    yield built
    await built.stop()


def broken(key: str, body: bytes = f'{{"event": "{CANARY}'.encode()) -> Delivery:
    return Delivery("slack.event", "T1", "slack:T1:C1", (key,), body)


async def incidents(system: System) -> list[dict[str, Any]]:
    return await system.store.read(lambda c: [dict(r) for r in c.execute(select(t.incident)).mappings()])


async def signs(system: System) -> httpx.Response:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(system.app), base_url="http://127.0.0.1"
    ) as http:
        return await http.get("/healthz")


async def test_work_that_fails_for_good_is_an_incident_and_holds_nothing_up(
    system: System, caplog: pytest.LogCaptureFixture
) -> None:
    await system.engine.accept(broken("one"))
    await system.engine.accept(Delivery("timer.nobody-knows", "T1", "slack:T1:C1", ("two",), b"{}"))
    await system.engine.idle()
    (incident,) = await incidents(system)
    assert (incident["kind"], incident["state"], incident["conversation"]) == ("delivery", "open", "C1")
    assert "stays as it was" in " ".join(incident["reasons"])
    answer = (await signs(system)).json()
    assert (answer["dead"], answer["unfinished"]) == (1, 0)
    assert CANARY not in caplog.text + json.dumps(answer) + repr(incident)


async def test_dead_work_is_told_of_once_across_another_death(system: System) -> None:
    await system.engine.accept(broken("one"))
    await system.engine.idle()
    await system.engine.revive()
    await system.engine.idle()
    assert len(await incidents(system)) == 1


async def test_a_message_while_slack_is_out_of_reach_waits_and_is_not_lost(file: Path) -> None:
    built = wiring.build(load(file, {}), Patience(tries=3, pause=30.0))
    await built.start()
    said = {
        "type": "message",
        "channel": "C1",
        "user": "U1",
        "text": f"NHS {CANARY}",
        "ts": "1700000000.000100",
    }
    body = json.dumps({"team_id": "T1", "api_app_id": "A1", "event": said}).encode()
    await built.engine.accept(broken("one", body))
    assert built.engine.waiting == 1
    await built.stop()
    again = wiring.build(load(file, {}), Patience(tries=3, pause=30.0))
    await again.start()
    assert again.engine.waiting == 1
    await again.stop()


async def test_watermarks_follow_work_but_not_past_what_was_missed(file: Path) -> None:
    here = Channel("slack", "T1", "C1")
    first = wiring.build(load(file, {}))
    await first.store.write(lambda c: c.execute(t.conversation.insert().values(
        platform="slack", tenant="T1", id="C1", kind="public", watermark="1700000001.000000", seen_at=0.0,
        shown_name="", preset="", owner="", shared_outside=False, bot_is_member=True, archived=False,
    )))  # fmt: skip
    await first.conversations.load()
    first.conversations.saw(MessageRef(here, "1700000009.000000"))
    await first.conversations.flush()
    assert first.conversations.watermark(here) == "1700000001.000000"
    first.conversations.caught_up(here)
    first.conversations.saw(MessageRef(here, "1700000005.000000"))
    assert first.conversations.watermark(here) == "1700000009.000000"
    await first.conversations.flush()
    await first.platforms.close()
    first.store.close()
    second = wiring.build(load(file, {}))
    await second.conversations.load()
    assert second.conversations.watermark(here) == "1700000009.000000"
    second.store.close()


async def test_check_says_what_is_missing_and_how_to_mend_it(file: Path) -> None:
    rows = {row.what: row for row in await checking.check(load(file, {}))}
    assert rows["policy, keys and database"].ok
    assert rows["staff directory"].ok is False
    assert "[directory] csv" in rows["staff directory"].how
    assert rows["who is told of outsiders"].ok is False


def test_the_command_line_says_what_is_wrong_with_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--settings", str(tmp_path / "none.toml")]) == 2
    assert "the settings cannot be used" in capsys.readouterr().err


def test_an_account_and_the_audit_chain_from_the_command_line(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("a-long-enough-password\n"))
    about = ["--settings", str(file), "reviewer", "--shown-name", "A reviewer", "--role", "reviewer"]
    assert main(["account", *about]) == 0
    assert main(["audit", "verify", "--settings", str(file)]) == 0
    assert capsys.readouterr().out


def test_replay_refuses_what_it_cannot_use_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(tmp_path / "none.json")]) == 2
    assert main(["replay", str(tmp_path / "none.json"), "--rate", "0"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 2
