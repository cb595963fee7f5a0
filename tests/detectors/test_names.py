"""What stands round the model of names: whole names, things that bear a name, and who is in no directory."""

import pytest

from detectors.interface import Context, Earlier, Finding, Kind, Person, Roster, Span
from detectors.names.things import is_a_thing, names_nothing
from detectors.names.tokens import tokens
from detectors.names.unlisted import unlisted
from detectors.names.whole import whole
from detectors.normalise import normalise
from detectors.scan import scan

LISTED = Roster((Person("Grace Adeyemi", member=True), Person("Ian Speck")))
MEMBERS = Roster((Person("Grace Adeyemi", member=True),))


def finding(kind: Kind, start: int, end: int, confidence: float, form: str = "full") -> Finding:
    return Finding(kind, Span(start, end), confidence, "people", (form,))


@pytest.mark.parametrize(
    ("text", "end"), [("Mrs Eileen Bosworth", 19), ("eileen clegg", 12), ("eileen mortified", 6)]
)
def test_a_name_is_widened_to_what_the_rules_read_as_one(text: str, end: int) -> None:
    rules = finding(Kind.PATIENT_NAME, 0, len(text), 0.9)
    first = text.index(" ", 4) if text.startswith("Mrs") else text.index(" ")
    (widened,) = whole(normalise(text), [finding(Kind.PATIENT_NAME, 0, first, 0.9)], [rules, rules])
    assert widened.span == Span(0, end)


def test_staff_and_unlikely_findings_are_not_widened() -> None:
    rules = finding(Kind.PATIENT_NAME, 0, 13, 0.9)
    found = [finding(Kind.STAFF_NAME, 0, 5, 0.9), finding(Kind.PATIENT_NAME, 0, 5, 0.3)]
    assert list(whole(normalise("Grace Holroyd"), found, [rules, rules])) == found


@pytest.mark.parametrize(
    ("confidence", "roster", "kind"),
    [
        (0.7, LISTED, Kind.PATIENT_NAME),
        (0.9, LISTED, Kind.STAFF_NAME),  # the model is sure
        (0.7, MEMBERS, Kind.STAFF_NAME),  # no directory that could lack somebody
    ],
)
def test_in_doubt_a_full_name_in_no_directory_is_hidden(
    confidence: float, roster: Roster, kind: Kind
) -> None:
    rules = finding(Kind.PATIENT_NAME, 0, 13, 0.95)
    (found,) = unlisted([finding(Kind.STAFF_NAME, 0, 13, confidence)], [rules, rules], roster)
    assert found.kind is kind


@pytest.mark.parametrize("text", ["mRS 3", "FYI all", "not in May", "end of June then"])
def test_codes_shorthand_and_months_name_nobody(text: str) -> None:
    view = normalise(text)
    assert any(names_nothing(view, word) for word in tokens(view))


@pytest.mark.parametrize("text", ["May is in bed 4", "June rang", "April 82F", "McKay", "O'Neill"])
def test_names_may_still_name_somebody(text: str) -> None:
    view = normalise(text)
    assert not names_nothing(view, tokens(view)[0])


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("Bell's palsy leaflet", True),
        ("Garden III on the left", True),
        ("Hope ward is shut", True),
        ("Bell rang", False),
        ("Garden in bed 4", False),
        ("Mallory refused", False),
    ],
)
def test_things_that_bear_a_name(text: str, thing: bool) -> None:
    view = normalise(text)
    assert is_a_thing(view, tokens(view)[0]) is thing


def test_a_number_given_before_is_known_without_its_label() -> None:
    text = "CHI 120471 5539"
    before = Earlier("1", "U1", text, scan(text))
    (found,) = scan("Correct, 1204715539", Context(earlier=(before,)))
    assert (found.kind, found.span) == (Kind.CHI, Span(9, 19))
    assert scan("Correct, 1204715538", Context(earlier=(before,))) == ()
