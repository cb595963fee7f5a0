"""Homes and workplaces that no rule finds: what the model reads of marked lines that rules were once written for."""

from pathlib import Path

from detectors.interface import LIKELY, NAMES, Context, Earlier, Finding, Kind
from detectors.names.training.read import unmark
from detectors.scan import scan
from tests.detectors.test_lines import ROSTER, letters

LINES = [
    line
    for file in sorted((Path(__file__).with_name("lines") / "read").glob("*.txt"))
    for line in file.read_text("utf-8").splitlines()
]


def found(text: str, earlier: tuple[Earlier, ...]) -> tuple[Finding, ...]:
    said = scan(text, Context(roster=ROSTER, earlier=earlier))
    return tuple(f for f in said if f.confidence >= LIKELY and f.kind not in (*NAMES, Kind.AGE))


def is_hidden(line: str) -> bool:
    *before, last = line.split(" >> ")
    earlier: tuple[Earlier, ...] = ()
    for n, said in enumerate(before):
        plain = unmark(said, "earlier")[0]
        earlier = (*earlier, Earlier(str(n), "", plain, found(plain, earlier)))
    text, marks = unmark(last, "line")
    hidden = set().union(*(letters(text, f.span.start, f.span.end) for f in found(text, earlier)))
    return all(letters(text, start, end) <= hidden for start, end, _ in marks)


def test_the_model_reads_most_homes_that_no_rule_finds() -> None:
    missed = [line for line in LINES if not is_hidden(line)]
    # The model that ships missed 30 of 164 when the rules went (docs/decisions/0009).
    assert len(missed) <= len(LINES) / 4, missed
