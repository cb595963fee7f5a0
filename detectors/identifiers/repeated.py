"""A number that the thread gave before, here without its label, its letters or its spaces."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding
from detectors.names.memory import remembered
from detectors.normalise import View
from detectors.rule import Rule

NAME = "repeated"
_NUMBER = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{1,3}-?)?[0-9](?:[ \-/.]?[0-9]){4,11}[A-Za-z]?(?![A-Za-z0-9])")
"""Letters that stand at the digits are part of a number; behind a space they are its label ("NHS 999…")."""
_SURE = 0.9


def find(view: View, context: Context) -> Iterator[Finding]:
    known = remembered(context).numbers
    for m in _NUMBER.finditer(view.text) if known else ():
        kind = known.get(re.sub(r"\D", "", m.group()))
        if kind:
            yield Finding(kind, view.span(m.start(), m.end()), _SURE, NAME, ("thread",))


RULE = Rule(
    NAME,
    find,
    catches=(),
    spares=("A1234567", "1204715539 is on the box"),
    triggers=(r"[0-9](?:[ \-/.]?[0-9]){4}",),
)
