"""What the bot believes of what a sealed process says."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.sealed import wire
from detectors.files.interface import Cut, File, Found, Limits, Outcome, Passage, Result, Taste
from detectors.interface import Kind

RESULT = Result(
    Outcome.REDACTED, "image/heic", "Why.", (Found("FACE", "page 1"),), b"pixels", ".png", stops=True
)
PASSAGES = [Passage("a \ud800 b", "page 1", "NHS No"), Passage("c", "page 2", kind=Kind.MRN, sure=False)]


def over(words: dict[str, Any]) -> dict[str, Any]:
    """As it arrives."""
    head, _ = wire.pack(words)
    return wire.unpack(head[wire.HEAD.size :])


def test_everything_arrives_as_it_was_sent() -> None:
    words, data = wire.request(File("x.png", b"1", "image/png"), Limits(pages=3), Taste(photographs=True))
    assert wire.read_request(over(words), data) == (
        File("x.png", b"1", "image/png"), Limits(pages=3), Taste(photographs=True)
    )  # fmt: skip
    assert wire.read_passages(over(wire.passages(PASSAGES)), 2) == PASSAGES
    cuts = [[Cut(0, 1, "[MRN hidden]", Kind.MRN)], []]
    assert wire.read_cuts(over(wire.cuts(cuts))) == cuts
    words, data = wire.result(RESULT)
    assert wire.read_result(over(words), data, 10) == RESULT


def test_more_passages_than_the_limit_are_not_read() -> None:
    with pytest.raises(wire.Garbled):
        wire.read_passages(over(wire.passages(PASSAGES)), 1)


@pytest.mark.parametrize(
    "passages", [None, "x", [1], [["a", "b"]], [["a", "b", "c", "NO_KIND", True]], [[1, "b", "c", None, True]]]
)  # fmt: skip
def test_passages_of_another_shape_are_refused(passages: object) -> None:
    with pytest.raises(wire.Garbled):
        wire.read_passages({"passages": passages}, 10)


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "fine"}, {"outcome": "uninspected"}, {"outcome": None}, {"found": [["FACE"]]}, {"found": "all"},
        {"suffix": "/../../x"}, {"suffix": None}, {"reason": 5}, {"outcome": "clean"},
    ],
)  # fmt: skip
def test_a_result_that_does_not_keep_its_word_is_refused(change: dict[str, Any]) -> None:
    words, data = wire.result(RESULT)
    with pytest.raises(wire.Garbled):
        wire.read_result({**words, **change}, data, 10)


def test_a_redaction_needs_a_copy() -> None:
    words, data = wire.result(replace(RESULT, data=None))
    with pytest.raises(wire.Garbled):
        wire.read_result(words, data, 10)


@pytest.mark.parametrize("said", [b"", b"{", b"[1]", b"null", b"[" * 100_000])
def test_what_is_no_message_is_refused(said: bytes) -> None:
    with pytest.raises(wire.Garbled):
        wire.unpack(said)


def test_beyond_all_measure_is_refused_before_it_is_read() -> None:
    with pytest.raises(wire.Garbled):
        wire.lengths(wire.HEAD.pack(0, 2**40))
    assert json.loads(wire.pack({"a": 1})[0][wire.HEAD.size :]) == {"a": 1}
