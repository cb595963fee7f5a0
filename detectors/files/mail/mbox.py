"""Mailboxes (RFC 4155): messages one after the other, each inspected as a file of its own."""

import re
from typing import Final

from detectors.files.interface import Desk, Family, File, Outcome, Passage, Result, Unreadable
from detectors.files.parts import found_in, inspect_parts
from detectors.files.slots import without

_FROM = re.compile(rb"(?m)(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\r?\n")


def inspect(file: File, type: str, desk: Desk) -> Result:
    starts = list(_FROM.finditer(file.data))
    if not starts or starts[0].start():
        raise Unreadable("This mailbox is damaged.")
    ends = [*(s.start() for s in starts[1:]), len(file.data)]
    lines = [Passage(s.group().decode("utf-8", "replace").strip(), "a line between messages") for s in starts]
    cuts = desk.look(lines)
    messages = [file.data[s.end() : end] for s, end in zip(starts, ends, strict=True)]
    parts = inspect_parts(
        [File("message.eml", m, "message/rfc822", file.depth + 1) for m in messages], desk, "message"
    )
    found = (*found_in(lines, cuts), *parts.found)
    if parts.stopped or len(parts.bad) == len(messages):
        return Result(Outcome.QUARANTINED, type, parts.reason, found, stops=parts.stopped)
    if not any(cuts) and not parts.changed:
        return Result(Outcome.CLEAN, type)
    kept = [
        without(line.text, cut).encode() + b"\n" + (result.data or message).rstrip(b"\r\n") + b"\n\n"
        for line, cut, message, result in zip(lines, cuts, messages, parts.results, strict=True)
        if result.outcome in (Outcome.CLEAN, Outcome.REDACTED)
    ]
    return Result(Outcome.REDACTED, type, parts.taken_out, found, b"".join(kept))


FAMILY: Final = Family("mailboxes", frozenset({"application/mbox"}), inspect)
