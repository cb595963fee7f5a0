"""What stands beside or above a cell says what it holds."""

import pytest

from detectors.files import columns
from detectors.files.columns import says_what


def labels(*rows: str) -> list[list[str]]:
    """The labels of rows written as "a | b | c"."""

    return columns.labels([*enumerate(cell.strip() for cell in row.split("|"))] for row in rows)


def test_the_first_row_of_words_is_the_heading() -> None:
    assert labels("Patient | NHS No | DOB", "A Smith | 1 | 2")[1] == ["Patient", "NHS No", "DOB"]


def test_a_row_of_names_under_it_is_none() -> None:
    assert labels("Patient | Consultant", "Ann Lee | Raj Rao", "Bo Ek | Jo Fox")[2] == [
        "Patient",
        "Consultant",
    ]


def test_a_title_above_does_not_matter() -> None:
    assert labels("Ward 7 handover | | ", " | | ", "Name | NHS No | Plan", "x | 1 | y")[3] == [
        "Patient name",
        "NHS No",
        "Plan",
    ]


def test_a_form_has_its_words_to_the_left() -> None:
    assert labels("Name | Margaret Thompson", "NHS No | 1", "DOB: | 2") == [
        ["", "Patient name"],
        ["", "NHS No"],
        ["", "DOB"],
    ]


def test_two_forms_side_by_side() -> None:
    assert labels("Name: | Ann Lee | DOB: | 2")[0] == ["", "Patient name", "", "DOB"]


def test_a_second_table_after_an_empty_row_has_its_own_heading() -> None:
    assert labels("Name | DOB", "x | 1", " | ", "Bed | Plan", "4 | y")[4] == ["Bed", "Plan"]


def test_what_was_hidden_is_no_label() -> None:
    assert labels("Born | Bed", "[date of birth hidden] | 4")[1] == ["Born", "Bed"]


@pytest.mark.parametrize(
    "text", ["NHS No", "Date of birth:", "Next of kin", "Ward", "Dyddiad geni", "Anything:"]
)
def test_names_of_fields(text: str) -> None:
    assert says_what(text)


@pytest.mark.parametrize(
    "text", ["Margaret Thompson", "943 476 5919", "", "[Patient A]", "a@b.example", "x" * 41]
)
def test_values(text: str) -> None:
    assert not says_what(text)
