"""What passes between the bot and the process that reads files: plain JSON and bytes, checked on arrival."""

import json
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, TypeVar

from detectors.files.interface import Cut, File, Found, Limits, Outcome, Passage, Result, Taste
from detectors.interface import Kind

HEAD: Final = struct.Struct("!IQ")
"""Before each message: how long its JSON is, then how long the bytes behind it are."""

_SUFFIX: Final = re.compile(r"(?:\.[A-Za-z0-9]{1,10}){0,2}")
"""It becomes part of a file's name outside."""

MOST_WORDS: Final = 128 * 2**20
MOST_BYTES: Final = 600 * 2**20

Message = tuple[dict[str, Any], bytes]
T = TypeVar("T")


class Garbled(Exception):
    """The other side said something that is not in the protocol; it is not to be listened to further."""


def pack(words: Mapping[str, Any], data: bytes = b"") -> tuple[bytes, bytes]:
    """The message in two parts, so that large data is not copied."""
    said = json.dumps(words, separators=(",", ":")).encode()
    return HEAD.pack(len(said), len(data)) + said, data


def lengths(head: bytes) -> tuple[int, int]:
    """How many bytes of JSON and of data follow. Raises Garbled beyond all measure."""
    words, data = HEAD.unpack(head)
    if words > MOST_WORDS or data > MOST_BYTES:
        raise Garbled
    return words, data


def unpack(words: bytes) -> dict[str, Any]:
    try:
        said = json.loads(words)
    except (ValueError, RecursionError) as error:
        raise Garbled from error
    if not isinstance(said, dict):
        raise Garbled
    return said


def request(file: File, limits: Limits, taste: Taste) -> Message:
    words = {"name": file.name, "declared": file.declared, "limits": asdict(limits), "taste": asdict(taste)}
    return words, file.data


def read_request(words: Mapping[str, Any], data: bytes) -> tuple[File, Limits, Taste]:
    file = File(words["name"], data, words["declared"])
    return file, Limits(**words["limits"]), Taste(**words["taste"])


def passages(given: Sequence[Passage]) -> dict[str, Any]:
    return {"say": "look", "passages": [[p.text, p.where, p.label, p.kind, p.sure] for p in given]}


def read_passages(words: Mapping[str, Any], most: int) -> list[Passage]:
    """Raises Garbled, also when there are more than `most`."""
    return _each(words.get("passages"), most, _passage)


def cuts(given: Sequence[Sequence[Cut]]) -> dict[str, Any]:
    return {"cuts": [[[c.start, c.end, c.by, c.kind] for c in cuts] for cuts in given]}


def read_cuts(words: Mapping[str, Any]) -> list[list[Cut]]:
    return [[Cut(start, end, by, Kind(kind)) for start, end, by, kind in each] for each in words["cuts"]]


def result(given: Result) -> Message:
    words = {
        "say": "result", "outcome": given.outcome, "type": given.type, "reason": given.reason, "suffix": given.suffix,
        "found": [[f.kind, f.where] for f in given.found], "stops": given.stops,
    }  # fmt: skip
    return words, given.data or b""


def read_result(words: Mapping[str, Any], data: bytes, most: int) -> Result:
    """Raises Garbled for anything but a result that keeps its word."""
    try:
        outcome = Outcome(words["outcome"])
    except (KeyError, ValueError) as error:
        raise Garbled from error
    if (outcome is Outcome.REDACTED) != bool(data) or outcome is Outcome.UNINSPECTED:
        raise Garbled
    suffix = _text(words.get("suffix"), 20)
    if not _SUFFIX.fullmatch(suffix):
        raise Garbled
    return Result(
        outcome, _text(words.get("type"), 200), _text(words.get("reason"), 1000),
        tuple(_each(words.get("found"), most, _found)), data or None, suffix, words.get("stops") is True,
    )  # fmt: skip


def _each(listed: Any, most: int, read: Callable[..., T]) -> list[T]:
    if not isinstance(listed, list) or len(listed) > most:
        raise Garbled
    try:
        return [read(*each) for each in listed]
    except (TypeError, ValueError) as error:
        raise Garbled from error


def _passage(text: Any, where: Any, label: Any, kind: Any, sure: Any) -> Passage:
    most = MOST_WORDS
    return Passage(
        _text(text, most), _text(where, 200), _text(label, most), Kind(kind) if kind else None, sure is True
    )


def _found(kind: Any, where: Any) -> Found:
    return Found(_text(kind, 40), _text(where, 200))


def _text(said: Any, most: int) -> str:
    if not isinstance(said, str):
        raise Garbled
    return said[:most]
