"""What a reader of a message had seen before it."""

from datetime import UTC, datetime

from bot.conversations.memory import Memory, Remembered
from connectors.interface import Channel, Message, MessageRef, TextPart
from detectors.interface import Finding, Kind, Span

HERE, THERE = Channel("slack", "T1", "C1"), Channel("slack", "T1", "C2")


def said(n: int, text: str = "", thread: int | None = None, where: Channel = HERE) -> Remembered:
    ref = MessageRef(where, ts(n), ts(thread) if thread else None)
    parts = (TextPart("text", text or f"message {n}"),)
    return Remembered(Message(ref, "U1", datetime.fromtimestamp(n, UTC), parts), text or f"message {n}")


def ts(n: int) -> str:
    return f"17000{n:05d}.000000"


def texts(memory: Memory, after: Remembered) -> list[str]:
    return [e.text for e in memory.before(after.message)]


def test_the_last_thirty_oldest_first() -> None:
    memory = Memory()
    for n in range(1, 101):
        memory.add(said(n))
    assert texts(memory, said(101)) == [f"message {n}" for n in range(71, 101)]


def test_a_message_does_not_see_itself_nor_what_came_later() -> None:
    memory = Memory()
    for n in (1, 2, 4, 3):
        memory.add(said(n))
    assert texts(memory, said(3)) == ["message 1", "message 2"]
    assert texts(memory, said(5)) == ["message 1", "message 2", "message 3", "message 4"]


def test_an_edit_takes_the_place_of_what_was_said() -> None:
    memory = Memory()
    memory.add(said(1, "before"))
    memory.add(said(2))
    memory.add(said(1, "after"))
    assert texts(memory, said(3)) == ["after", "message 2"]


def test_a_thread_sees_itself_and_the_conversation_but_no_other_thread() -> None:
    memory = Memory()
    for each in (said(1), said(2), said(3, "of 1", 1), said(4, "of 2", 2), said(5)):
        memory.add(each)
    assert texts(memory, said(6, thread=1)) == ["message 1", "message 2", "of 1", "message 5"]
    assert texts(memory, said(6)) == ["message 1", "message 2", "message 5"]


def test_conversations_are_apart_and_the_least_used_is_forgotten() -> None:
    memory = Memory()
    memory.add(said(1))
    memory.add(said(1, "elsewhere", where=THERE))
    assert texts(memory, said(2)) == ["message 1"]
    for n in range(500):
        memory.add(said(1, where=Channel("slack", "T1", f"X{n}")))
    assert not memory.knows(HERE)
    assert memory.before(said(2).message) == ()


def test_what_was_deleted_is_forgotten() -> None:
    memory = Memory()
    memory.add(said(1))
    memory.add(said(2))
    memory.forget(HERE, ts(1))
    memory.forget(THERE, ts(1))
    assert texts(memory, said(3)) == ["message 2"]
    assert memory.get(HERE, ts(1)) is None


def test_what_our_hiding_left_is_known_and_findings_are_handed_on() -> None:
    memory, first = Memory(), said(1)
    finding = Finding(Kind.NHS_NUMBER, Span(0, 3), 0.9, "test")
    first.findings = (finding,)
    memory.add(first)
    memory.leave(first.message, ("one",))
    memory.leave(first.message, ("two",))
    kept = memory.get(HERE, ts(1))
    assert kept is not None
    assert kept.left == {("one",), ("two",)}
    assert memory.before(said(2).message)[0].findings == (finding,)
    assert "message 1" not in repr(kept)


def test_names_outlive_the_messages_that_said_them() -> None:
    memory = Memory()
    memory.add(naming(1, "Bronwyn Dwyer"))
    memory.add(naming(2, "Farquhar"))
    for n in range(3, 100):
        memory.add(said(n))
    assert memory.before(said(101).message)[0].message != ts(1)
    assert set(memory.spoken_of(HERE)) == {"bronwyn", "dwyer", "farquhar"}
    assert memory.spoken_of(THERE) == {}


def test_a_name_is_forgotten_with_its_message_its_edit_or_after_300_others() -> None:
    memory = Memory()
    for n in range(1, 4):
        memory.add(naming(n, f"Bronwyn {'abc'[n - 1] * 4}"))
    memory.forget(HERE, ts(1))
    memory.add(said(2, "nobody"))
    assert set(memory.spoken_of(HERE)) == {"bronwyn", "cccc"}
    for n in range(4, 304):
        memory.add(naming(n, "Farquhar"))
    assert set(memory.spoken_of(HERE)) == {"farquhar"}


def naming(n: int, name: str) -> Remembered:
    remembered = said(n, name)
    remembered.findings = (Finding(Kind.PATIENT_NAME, Span(0, len(name)), 0.9, "test"),)
    return remembered
