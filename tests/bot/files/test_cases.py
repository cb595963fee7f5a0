"""One file on its way: known again, named safely; and its sender kept informed while it takes long."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.engine.local import LocalEngine
from bot.files.case import Case, cases, delivery, ending, safe_name
from bot.files.progress import Progress
from bot.store.database import Store
from bot.vault.keys import Keys
from connectors.interface import (
    Attachment,
    Channel,
    Message,
    MessageRef,
    Note,
    NotePlace,
    TextPart,
    Unavailable,
)
from tests.bot.workplace import Workplace

KEYS = Keys(bytes(range(32)))
WARD = Channel("slack", "T1", "C1")


def message(*files: Attachment, thread: str | None = None) -> Message:
    parts = (TextPart("text", "Lists for Okafor"), *(p for f in files for p in f.parts))
    return Message(MessageRef(WARD, "5.0", thread), "U1", datetime(2026, 1, 1, tzinfo=UTC), parts, files)


def file(id: str, name: str = "okafor.csv", size: int = 5) -> Attachment:
    parts = (TextPart("files/0/name", name, "plain", "file_name"),)
    return Attachment(id, name, "text/csv", size, "https://files.example/x", "hosted", parts=parts)


def test_each_file_that_is_there_is_a_case_of_its_own() -> None:
    found = cases(message(file("F1"), replace(file("F2"), mode="tombstone"), file("F3")), KEYS)
    assert [(c.file.id, c.number, c.of) for c in found] == [("F1", 1, 3), ("F3", 3, 3)]
    assert len({c.incident for c in found}) == 2
    # Only what is about the file travels with it.
    assert [p.text for p in found[0].message.parts] == ["okafor.csv"]
    assert Case.from_json(json.loads(json.dumps(found[0].as_json()))) == found[0]


def test_the_same_file_in_the_same_state_is_the_same_case() -> None:
    (one,), (again,) = cases(message(file("F1")), KEYS), cases(message(file("F1")), KEYS)
    assert one.incident == again.incident
    others = [file("F1", size=6), file("F1", "other.csv"), file("F2")]
    assert len({one.incident, *(cases(message(f), KEYS)[0].incident for f in others)}) == 4


def test_a_file_has_a_lane_of_its_own_in_its_conversation() -> None:
    (case,) = cases(message(file("F1")), KEYS)
    made = delivery("file.inspect", case)
    assert (made.lane, made.keys) == ("slack:T1:C1:F1", (f"file.inspect:{case.incident}",))
    assert "okafor" not in repr(made)
    assert "okafor" not in repr(case)


@pytest.mark.parametrize(("thread", "place"), [(None, None), ("5.0", None), ("4.0", "4.0")])
def test_a_copy_belongs_beside_the_message(thread: str | None, place: str | None) -> None:
    (case,) = cases(message(file("F1"), thread=thread), KEYS)
    assert case.place.thread == place


@pytest.mark.parametrize(
    ("masked", "original", "suffix", "name"),
    [
        ("list.csv", "list.csv", "", "list.csv"),
        ("[Patient A]", "okafor.csv", "", "[Patient A].csv"),
        ("photo.HEIC", "photo.HEIC", ".png", "photo.png"),
        ("scan.JPG", "scan.JPG", ".jpg", "scan.JPG"),
        ("", "", "", "file"),
        ("[hidden]", "943 476 5919.csv", "", "file [hidden].csv"),
        ("bloods [hidden].pdf", "bloods okafor.pdf", "", "bloods [hidden].pdf"),
        ("list.[hidden]", "list.943 476 5919", "", "list.[hidden]"),
        ("notes", "notes.okaforsmith", "", "notes"),
    ],
)
def test_a_safe_name_opens_and_tells_nothing(masked: str, original: str, suffix: str, name: str) -> None:
    assert safe_name(masked, original, suffix) == name
    assert ending("x.943 476 5919") == ending("x.okaforsmith") == ending("x") == ""


# --- while it takes long ---------------------------------------------------------------------------------


@dataclass
class Desk(Workplace):
    """A workplace where a note can be changed."""

    now: list[str] = field(default_factory=list)

    async def tell(self, tenant: str, user: str, note: Note) -> NotePlace:
        self.now.append(note.text)
        return await super().tell(tenant, user, note)

    async def retell(self, place: NotePlace, note: Note) -> None:
        self._call("retell")
        assert (place.channel.id, place.ts) == ("DU1", "1")
        self.now.append(note.text)


@pytest.fixture
async def engine() -> AsyncIterator[LocalEngine]:
    store = Store.open(None, KEYS.database_key)
    yield LocalEngine(store, KEYS)
    store.close()


async def slow(progress: Progress, case: Case) -> str:
    for page in (12, 13):
        progress.note(case, f"page {page} of 80")
        await asyncio.sleep(0.2)
    return "done"


async def test_the_sender_of_a_large_file_reads_how_far_it_is_in_one_note(engine: LocalEngine) -> None:
    desk = Desk()
    progress = Progress({"slack": desk}, engine, slow=0.05, every=0.05)
    (case,) = cases(message(file("F1")), KEYS)
    assert progress.of(case.incident) is None
    assert await progress.while_(case, slow(progress, case), hidden=False) == "done"
    assert progress.of(case.incident) is None
    assert len(desk.told) == 1
    assert [text.partition(".")[0] for text in desk.now] == [
        "Your file is being checked: page 12 of 80", "Your file is being checked: page 13 of 80", "Your file was checked",
    ]  # fmt: skip


async def test_quick_work_tells_nobody(engine: LocalEngine) -> None:
    desk = Desk()
    progress = Progress({"slack": desk}, engine, slow=5.0)
    (case,) = cases(message(file("F1")), KEYS)
    await progress.while_(case, asyncio.sleep(0), hidden=True)
    assert desk.now == []


async def test_a_note_that_cannot_be_sent_holds_nothing_up_and_errors_come_through(
    engine: LocalEngine,
) -> None:
    desk = Desk(down={"tell:U1"})
    progress = Progress({"slack": desk}, engine, slow=0.01, every=0.01)
    (case,) = cases(message(file("F1")), KEYS)
    assert await progress.while_(case, slow(progress, case), hidden=True) == "done"

    async def fails() -> None:
        await asyncio.sleep(0.05)
        raise Unavailable("gone")

    with pytest.raises(Unavailable):
        await progress.while_(case, fails(), hidden=False)
    assert progress.of(case.incident) is None
