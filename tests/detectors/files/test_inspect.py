"""One visit to a file: budgets over all that lies in it, the copy looked at again, and no exception escapes."""

from collections.abc import Callable, Sequence

import pytest

from detectors.files.inspect import EMPTY, inspect
from detectors.files.interface import (
    Cut,
    Desk,
    Family,
    File,
    Found,
    Limits,
    Outcome,
    Passage,
    Result,
    Taste,
    Unreadable,
)
from detectors.interface import Kind

SECRET = "943 476 5919"


def look(passages: Sequence[Passage]) -> list[list[Cut]]:
    return [
        [Cut(at, at + len(SECRET), "[hidden]", Kind.NHS_NUMBER)] if (at := p.text.find(SECRET)) >= 0 else []
        for p in passages
    ]


def reading(work: Callable[[File, Desk], Result], solid: bool = False) -> list[Family]:
    return [Family("test", frozenset({"text/plain"}), lambda f, t, d: work(f, d), solid)]


def visit(data: bytes, work: Callable[[File, Desk], Result], solid: bool = False, **limits: int) -> Result:
    return inspect(File("x.txt", data), look, Limits(**limits), Taste(), families=reading(work, solid))


def honest(file: File, desk: Desk) -> Result:
    """One passage; the first cut is made."""
    text = file.data.decode()
    cuts = desk.look([Passage(text, "line 1")])[0]
    if not cuts:
        return Result(Outcome.CLEAN, "text/plain")
    copy = text[: cuts[0].start] + cuts[0].by + text[cuts[0].end :]
    return Result(Outcome.REDACTED, "text/plain", found=(Found(cuts[0].kind, "line 1"),), data=copy.encode())


def test_clean_and_redacted() -> None:
    assert visit(b"stable", honest).outcome is Outcome.CLEAN
    result = visit(f"NHS {SECRET}".encode(), honest)
    assert (result.outcome, result.data) == (Outcome.REDACTED, b"NHS [hidden]")


def test_an_empty_file_holds_nothing() -> None:
    assert visit(b"", honest) == Result(Outcome.CLEAN, EMPTY, "The file is empty.")


def test_a_copy_that_still_tells_something_is_redacted_further() -> None:
    result = visit(f"NHS {SECRET} {SECRET}".encode(), honest)
    assert (result.outcome, result.data) == (Outcome.REDACTED, b"NHS [hidden] [hidden]")


def test_a_copy_that_goes_on_telling_is_quarantined() -> None:
    def forgetful(file: File, desk: Desk) -> Result:
        return Result(Outcome.REDACTED, "text/plain", data=file.data + b".") if any(desk.look(
            [Passage(file.data.decode(), "line 1")])) else Result(Outcome.CLEAN, "text/plain")  # fmt: skip

    result = visit(f"NHS {SECRET}".encode(), forgetful)
    assert (result.outcome, result.data) == (Outcome.QUARANTINED, None)
    assert "for certain" in result.reason


def test_a_copy_that_cannot_be_read_again_is_quarantined() -> None:
    def spoiling(file: File, desk: Desk) -> Result:
        return Result(Outcome.REDACTED, "text/plain", data=b"\x00\x01\x02\x03" * 9)

    assert visit(b"anything", spoiling).outcome is Outcome.QUARANTINED


def test_a_solid_copy_is_trusted() -> None:
    def solid(file: File, desk: Desk) -> Result:
        return Result(Outcome.REDACTED, "text/plain", data=f"pixels of {SECRET}".encode())

    assert visit(b"anything", solid, solid=True).outcome is Outcome.REDACTED
    assert visit(b"anything", solid).outcome is Outcome.QUARANTINED


@pytest.mark.parametrize(
    "error", [Unreadable("Page 3 could not be read."), ValueError(SECRET), MemoryError(), RecursionError(), KeyError()]
)  # fmt: skip
def test_whatever_a_parser_raises_quarantines_the_file_without_its_words(error: Exception) -> None:
    def broken(file: File, desk: Desk) -> Result:
        raise error

    result = visit(b"anything", broken)
    assert result.outcome is Outcome.QUARANTINED
    assert result.reason
    assert SECRET not in result.reason


def test_a_redaction_without_a_copy_is_no_redaction() -> None:
    def lying(file: File, desk: Desk) -> Result:
        return Result(Outcome.REDACTED, "text/plain")

    assert visit(b"anything", lying).outcome is Outcome.QUARANTINED


def test_an_unknown_type_is_quarantined() -> None:
    assert visit(bytes(range(256)) * 8, honest).outcome is Outcome.QUARANTINED


def parts(count: Callable[[File], int]) -> Callable[[File, Desk], Result]:
    """A family whose file holds as many files as `count` says; the worst result is its own."""

    def work(file: File, desk: Desk) -> Result:
        results = [desk.inside(File(f"{n}", file.data + f" {n}".encode())) for n in range(count(file))]
        bad = [r for r in results if r.outcome is Outcome.QUARANTINED]
        return bad[0] if bad else Result(Outcome.CLEAN, "text/plain")

    return work


@pytest.mark.parametrize(
    ("count", "limits", "why"),
    [
        (lambda file: 1, {"depth": 5}, "deep"),
        (lambda file: 20 if file.depth == 0 else 0, {"files": 10}, "files in this file"),
        (lambda file: 9 if file.depth == 0 else 0, {"unpacked": 50}, "unpacks"),
        (lambda file: 0, {"bytes": 4}, "larger"),
    ],
)
def test_limits(count: Callable[[File], int], limits: dict[str, int], why: str) -> None:
    result = visit(b"anything", parts(count), **limits)
    assert result.outcome is Outcome.QUARANTINED
    assert why in result.reason


@pytest.mark.parametrize("limits", [{"passages": 3}, {"characters": 30}])
def test_text_without_end_is_refused(limits: dict[str, int]) -> None:
    def wordy(file: File, desk: Desk) -> Result:
        desk.look([Passage("ten letters", "line 1")] * 4)
        return Result(Outcome.CLEAN, "text/plain")

    result = visit(b"anything", wordy, **limits)
    assert result.outcome is Outcome.QUARANTINED
    assert "text" in result.reason


def test_a_file_that_contains_itself_stops() -> None:
    def droste(file: File, desk: Desk) -> Result:
        return desk.inside(file)

    result = visit(b"anything", droste)
    assert result.outcome is Outcome.QUARANTINED
    assert "itself" in result.reason


def test_the_same_part_is_read_once() -> None:
    read = []

    def letterhead(file: File, desk: Desk) -> Result:
        read.append(file.depth)
        if file.depth == 0:
            assert len({desk.inside(File("logo", b"the same logo")) for _ in range(50)}) == 1
        return Result(Outcome.CLEAN, "text/plain")

    assert visit(b"anything", letterhead).outcome is Outcome.CLEAN
    assert read == [0, 1]
