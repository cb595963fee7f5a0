"""What is kept to undo with: the whole message, and files sealed where nobody can guess whose they are."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.vault import originals
from bot.vault.keys import Keys, SealBroken
from bot.vault.quarantine import Quarantine
from connectors.interface import Attachment, Channel, Message, MessageRef, TextPart

KEYS = Keys(bytes(range(32)))


def test_a_message_comes_back_as_it_was() -> None:
    message = Message(
        MessageRef(Channel("slack", "T1", "C1"), "1700000000.000100", "1700000000.000001"), "U1",
        datetime(2026, 1, 2, 3, 4, 5, 678, UTC), (TextPart("text", "Bed 4 é 👩‍⚕️", "slack"), TextPart("files/0/name", "x", surface="file_name")),
        (Attachment("F1", "x.pdf", "application/pdf", 5, "https://files.example/x"),), ("U2",),
        raw={"text": "Bed 4", "blocks": [{"type": "rich_text"}]},
    )  # fmt: skip
    kept = json.loads(json.dumps(originals.as_json(message, "Bed 4")))
    assert originals.from_json(kept) == message
    assert kept["text"] == "Bed 4"


def files_in(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file()]


async def test_files_are_sealed_and_found_again(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, KEYS)
    await quarantine.put("incident1", "F-okafor", b"%PDF okafor")
    await quarantine.put("incident1", "F-okafor", b"%PDF okafor again")
    assert await quarantine.get("incident1", "F-okafor") == b"%PDF okafor again"
    files = files_in(tmp_path)
    assert len(files) == 1
    assert "okafor" not in str(files[0])
    assert b"okafor" not in files[0].read_bytes()
    assert (tmp_path / "incident1").stat().st_mode & 0o077 == 0


async def test_a_file_moved_to_another_incident_does_not_open(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, KEYS)
    await quarantine.put("incident1", "F1", b"one")
    (tmp_path / "incident1").rename(tmp_path / "incident2")
    with pytest.raises(SealBroken):
        await quarantine.get("incident2", "F1")


async def test_what_was_purged_is_gone(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, KEYS)
    await quarantine.put("incident1", "F1", b"one")
    await quarantine.purge("incident1")
    await quarantine.purge("incident1")
    with pytest.raises(FileNotFoundError):
        await quarantine.get("incident1", "F1")
    assert files_in(tmp_path) == []
