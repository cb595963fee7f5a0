"""Exposure and what stays readable, from the workspace's own record."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.replay.command import report
from bot.replay.measure import Measured, Truth, measure, percentile
from bot.replay.play import ConversationError, read
from tests.conftest import SHARED

NHS = "943 476 5919"
TEXT = f"NHS {NHS} ok"
TRUTH = Truth("m1", "C1", "1.0", "U1", "identifying", ((TEXT, ((4, 16, "NHS_NUMBER"),)),))


def version(start: float, until: float | None, text: str, **more: Any) -> dict[str, Any]:
    return {"from": start, "until": until, "text": text, "blocks": [], "attachments": [], "files": [],
            "deleted": False, "by": "U1", **more}  # fmt: skip


def message(*versions: dict[str, Any], ts: str = "1.0", channel: str = "C1") -> dict[str, Any]:
    return {"channel": channel, "ts": ts, "versions": list(versions)}


def one(*messages: dict[str, Any], truth: Truth = TRUTH, end: float = 100.0, **history: Any) -> Measured:
    (measured,) = measure({"messages": list(messages), **history}, [truth], end)
    return measured


def test_a_message_is_exposed_until_it_is_changed() -> None:
    assert one(message(version(1.0, 3.5, TEXT), version(3.5, None, "NHS [hidden] ok"))) == Measured(
        "m1", 2.5, False, False
    )


def test_a_message_that_stands_is_open_until_the_end() -> None:
    measured = one(message(version(1.0, None, TEXT)))
    assert (measured.readable_seconds, measured.open) == (99.0, True)


def test_one_digit_left_is_a_leak() -> None:
    measured = one(message(version(1.0, 2.0, TEXT), version(2.0, None, "NHS [hidden]9 ok")))
    assert measured.open


def test_a_deleted_message_is_closed_and_its_copy_counts() -> None:
    gone = message(version(1.0, 2.0, TEXT), version(2.0, None, "", deleted=True))
    assert not one(gone).open
    assert one(gone, message(version(2.0, None, "NHS [hidden] ok"), ts="2.0")).readable_seconds == 1.0
    assert one(gone, message(version(2.0, None, TEXT), ts="2.0")).open


@pytest.mark.parametrize("where", ["blocks", "attachments", "files"])
def test_every_place_of_a_message_counts(where: str) -> None:
    shown = {"blocks": [{"type": "section", "text": {"text": TEXT}}], "attachments": [{"text": TEXT}],
             "files": [{"name": f"{NHS}.pdf"}]}[where]  # fmt: skip
    assert one(message(version(1.0, None, "NHS [hidden] ok", **{where: shown}))).open


def test_a_restore_adds_to_the_exposure_and_overlaps_count_once() -> None:
    back = message(version(1.0, 2.0, TEXT), version(2.0, 5.0, "NHS [hidden] ok"), version(5.0, 7.0, TEXT),
                   version(7.0, None, "NHS [hidden] ok"))  # fmt: skip
    elsewhere = message(version(1.5, 2.5, TEXT), ts="3.0")
    assert one(back, elsewhere).readable_seconds == pytest.approx(1.0 + 2.0 + 0.5)


def test_a_note_to_somebody_else_and_a_topic_count_but_the_senders_own_do_not() -> None:
    hidden = message(version(1.0, 2.0, TEXT), version(2.0, None, "NHS [hidden] ok"))
    note = {"channel": "C1", "until": None, "versions": [{"from": 2.0, "text": TEXT, "blocks": []}]}
    assert not one(hidden, ephemerals=[{**note, "user": "U1"}]).open
    assert one(hidden, ephemerals=[{**note, "user": "U2"}]).open
    assert one(hidden, topics=[{"channel": "C1", "value": TEXT, "from": 1.0, "until": None}]).open


def test_a_clean_message_that_was_changed_is_disturbed() -> None:
    clean = Truth("m2", "C1", "1.0", "U1", "clean", (("Bed 4", ()), ("Bed 5", ())))
    assert not one(message(version(1.0, None, "Bed 5")), truth=clean).disturbed
    assert one(message(version(1.0, None, "Bed [hidden]")), truth=clean).disturbed
    assert one(message(version(1.0, None, "", deleted=True)), truth=clean).disturbed


def test_the_report_counts_tellings_by_event() -> None:
    def note(value: str) -> dict[str, Any]:
        blocks = [{"type": "actions", "elements": [{"value": value}]}]
        return {"user": "U1", "versions": [{"from": 1.0, "text": "", "blocks": blocks}], "until": None}

    history = {"messages": [], "ephemerals": [note("a"), note("b"), note("a")],
               "deliveries": [{"status": 200}, {"status": 503}]}  # fmt: skip
    measured = [Measured("m1", 0.25, False, False)]
    said = report(history, [TRUTH], measured, {"dead": 2}, True)
    assert (said["warned"], said["warned_twice"], said["errors"]) == (2, 1, 3)
    assert (said["identifying"], said["hidden"], said["still_readable"]) == (1, 1, 0)
    assert said["exposure_ms"] == {"p50": 250.0, "p95": 250.0, "p99": 250.0, "max": 250.0}


def test_percentiles_are_nearest_ranks() -> None:
    assert percentile([], 0.5) is None
    assert [percentile(range(1, 101), share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]


def test_every_shared_conversation_can_be_read() -> None:
    files = sorted((SHARED / "eval" / "chat").glob("*.json"))
    assert files
    for path in files:
        conversation = read(path)
        for line in conversation.lines:
            assert all(0 <= s < e <= len(line.text) for s, e, _ in line.spans)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"messages": [{}], "members": []}'])
def test_a_file_that_is_no_conversation_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ConversationError, match="not a conversation file"):
        read(path)


def test_a_sender_who_is_not_there_is_refused(tmp_path: Path) -> None:
    said = {"id": "1", "sender": "U9", "label": "clean", "text": "x", "spans": []}
    (tmp_path / "x.json").write_text(json.dumps({"messages": [said], "members": [{"id": "U1"}]}), "utf-8")
    with pytest.raises(ConversationError, match="1 sender"):
        read(tmp_path / "x.json")
