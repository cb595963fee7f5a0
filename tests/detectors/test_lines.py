"""Marked lines, a file for each kind of identifier: every mark is hidden, and nothing beside the marks.

`[[KIND:words]]` must go. PHONE_STAFF and EMAIL_STAFF must stay, as must every line without a mark. Before ` >> `
stand earlier messages of the thread; `\\n` is a new line and `\\u200b` an invisible space. Names are not judged
here: the model of names is left out, so that a thousand lines take a second.
"""

import re
from pathlib import Path

import pytest

from detectors.catalogue import CATALOGUE
from detectors.interface import LIKELY, Context, Earlier, Finding, Kind, Person, Roster
from detectors.names.training.read import unmark
from detectors.normalise import normalise
from detectors.whose import whose

RULES = tuple(rule for rule in CATALOGUE if rule.name not in ("tagged", "initials"))
LINES = [
    (file.stem, line)
    for file in sorted(Path(__file__).with_name("lines").glob("*.txt"))
    for line in file.read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
ROSTER = Roster((Person("Merfyn Quillfeather", role="Porter"),))
"""Somebody is on it, so that who writes is a colleague."""
_ESCAPES = {"\\n": "\n", "\\u200b": "\u200b", "\\\\": "\\"}


def found(text: str, earlier: tuple[Earlier, ...]) -> tuple[Finding, ...]:
    view, context = normalise(text), Context(roster=ROSTER, earlier=earlier)
    every = [f for rule in RULES for f in rule.find(view, context) if f.message is None]
    return tuple(f for f in whose(view, every, context) if _counts(f))


def _counts(f: Finding) -> bool:
    return f.confidence >= LIKELY and f.kind is not Kind.AGE


def letters(text: str, start: int, end: int) -> set[int]:
    return {i for i in range(start, end) if text[i].isalnum()}


@pytest.mark.parametrize(("kind", "line"), LINES, ids=lambda x: x[:40])
def test_marks_are_hidden_and_nothing_else(kind: str, line: str) -> None:
    *before, last = re.sub(r"\\n|\\u200b|\\\\", lambda m: _ESCAPES[m.group()], line).split(" >> ")
    earlier: tuple[Earlier, ...] = ()
    for n, said in enumerate(before):
        plain = unmark(said, kind)[0]
        earlier = (*earlier, Earlier(str(n), "", plain, found(plain, earlier)))
    text, marks = unmark(last, kind)
    hidden = set().union(*(letters(text, f.span.start, f.span.end) for f in found(text, earlier)))
    must = set().union(*(letters(text, s, e) for s, e, k in marks if not k.endswith("_STAFF")))
    assert hidden == must, (
        f"leaks {''.join(text[i] for i in sorted(must - hidden))!r}, "
        f"takes {''.join(text[i] for i in sorted(hidden - must))!r}"
    )
