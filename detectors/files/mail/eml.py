"""Internet messages: headers and texts together, every other part as a file; written anew where needed."""

import email
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from typing import Final

from detectors.files.interface import Desk, Family, File, Outcome, Passage, Result
from detectors.files.mail import compose
from detectors.files.mail.reading import Kept, Reading
from detectors.files.mail.tree import read
from detectors.files.parts import ANEW, Parts, found_in, inspect_parts

TYPE = "message/rfc822"


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Read a message with everything in it."""
    message = email.message_from_bytes(file.data, policy=policy.default)
    return examine(message, file.depth, desk)


def examine(
    message: EmailMessage, depth: int, desk: Desk, more: Sequence[Passage] = (), files: Sequence[File] = ()
) -> Result:
    """What becomes of a parsed message.

    `more` are texts and `files` are files that came with it and are in no copy: they are looked at all the
    same, since the message as it came has them.
    """
    reading, copy = read(message, depth, desk)
    passages = [*reading.passages, *more]
    cuts = desk.look(passages)
    parts, beside = inspect_parts(reading.files, desk, "part"), inspect_parts(files, desk, "text")
    found = tuple(dict.fromkeys((*found_in(passages, cuts), *parts.found, *beside.found)))
    if parts.stopped or beside.stopped:
        return Result(Outcome.QUARANTINED, TYPE, parts.reason or beside.reason, found, stops=True)
    if not (any(cuts) or parts.changed or beside.changed or reading.odd):
        return Result(Outcome.CLEAN, TYPE)
    kept = Kept(cuts, parts.results)
    body = copy(kept)
    if body is None or not _is_worth_sending(reading, parts):
        return Result(Outcome.QUARANTINED, TYPE, parts.reason, found)
    data = compose.written(body, reading.header_lines(kept))
    return Result(Outcome.REDACTED, TYPE, parts.taken_out or ("" if found else ANEW), found, data)


def _is_worth_sending(reading: Reading, parts: Parts) -> bool:
    """Whether more than headers is left."""
    return reading.texts > 0 or not parts.results or len(parts.bad) < len(parts.results)


FAMILY: Final = Family("e-mail", frozenset({TYPE}), inspect)
