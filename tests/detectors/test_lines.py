"""Marked lines (`detectors/names/training/lines`), a file for each kind of identifier.

`[[KIND:words]]` must go. PHONE_STAFF and EMAIL_STAFF must stay, as must every line without a mark. Before ` >> `
stand earlier messages of the thread; `\\n` is a new line and `\\u200b` an invisible space. Names are not judged here.
"""

from collections.abc import Callable, Sequence

import pytest

from detectors.catalogue import CATALOGUE
from detectors.interface import LIKELY, NAMES, Context, Earlier, Finding, Kind, Person, Roster
from detectors.names.training.lines import THEN, read_lines, unescaped, words
from detectors.names.training.read import unmark
from detectors.normalise import normalise
from detectors.scan import scan
from detectors.whose import whose

RULES = tuple(rule for rule in CATALOGUE if rule.name not in ("tagged", "initials"))
ROSTER = Roster((Person("Merfyn Quillfeather", role="Porter"),))
"""Somebody is on it, so that who writes is a colleague."""
RULED = read_lines("ruled")
Found = Callable[[str, Context], Sequence[Finding]]


def by_rules(text: str, context: Context) -> list[Finding]:
    view = normalise(text)
    every = [f for rule in RULES for f in rule.find(view, context) if f.message is None]
    return [f for f in whose(view, every, context) if f.confidence >= LIKELY and f.kind is not Kind.AGE]


def by_all(text: str, context: Context) -> list[Finding]:
    said = [f for f in scan(text, context) if f.message is None]
    return [f for f in said if f.confidence >= LIKELY and f.kind not in (*NAMES, Kind.AGE, Kind.INITIALS)]


def by_names(text: str, context: Context) -> list[Finding]:
    """Patients and relatives."""
    said = [f for f in scan(text, context) if f.message is None]
    return [f for f in said if f.confidence >= LIKELY and f.kind in NAMES and f.kind is not Kind.STAFF_NAME]


def letters(text: str, start: int, end: int) -> set[int]:
    return {i for i in range(start, end) if text[i].isalnum()}


def judged(line: str, found: Found) -> tuple[str, str]:
    """What leaks of a line, and what is taken of it though nobody marked it."""
    *before, last = unescaped(line).split(THEN)
    earlier: tuple[Earlier, ...] = ()
    for n, said in enumerate(before):
        plain = unmark(said, line)[0]
        earlier += (Earlier(str(n), "", plain, tuple(found(plain, Context(roster=ROSTER, earlier=earlier)))),)
    text, marks = unmark(last, line)
    here = found(text, Context(roster=ROSTER, earlier=earlier))
    hidden = set().union(*(letters(text, f.span.start, f.span.end) for f in here))
    must = set().union(*(letters(text, s, e) for s, e, k in marks if not k.endswith("_STAFF")))
    return "".join(text[i] for i in sorted(must - hidden)), "".join(text[i] for i in sorted(hidden - must))


@pytest.mark.parametrize("file", sorted({file for file, _ in RULED}))
def test_rules_hide_what_is_marked_and_nothing_else(file: str) -> None:
    wrong = [(line, *judged(line, by_rules)) for of, line in RULED if of == file]
    assert [w for w in wrong if any(w[1:])] == []


@pytest.mark.parametrize("part", ["read", "fresh"])
def test_the_model_reads_most_of_what_no_rule_knows(part: str) -> None:
    """It was trained on "read", so that this says of those only that it fits the code; it never saw the "fresh"."""
    lines = [(line, *judged(line, by_all)) for _, line in read_lines(part)]
    marked = [leaks for line, leaks, _ in lines if "[[" in line]
    clean = [takes for line, _, takes in lines if "[[" not in line]
    assert marked.count("") >= 0.75 * len(marked)
    assert clean.count("") >= 0.75 * len(clean)


def test_names_that_are_words() -> None:
    """ "frank breech, for ECV" and "frank bled again": lines that the model never saw, of which each names a patient or nobody."""
    lines = [(line, *judged(line, by_names)) for _, line in read_lines("fresh_words")]
    people = [leaks for line, leaks, _ in lines if "[[" in line]
    nobody = [takes for line, _, takes in lines if "[[" not in line]
    assert len(people) == 78
    assert sum(map(bool, people)) <= 0.4 * len(people)
    assert sum(map(bool, nobody)) <= 0.1 * len(nobody)


def test_in_the_lines_of_words_nothing_but_names_is_marked() -> None:
    assert {kind for line in words() for *_, kind in line.spans} == set(map(str, NAMES))
