"""Changes stay within their cuts, whatever the text."""

from hypothesis import given
from hypothesis import strategies as st

from detectors.files.interface import Cut, Desk, File, Passage, Result
from detectors.files.slots import Slot, Source, Told, passage, settle, spread, without
from detectors.interface import Kind


@st.composite
def cut_texts(draw: st.DrawFn) -> tuple[str, list[Cut]]:
    text = draw(st.text(min_size=1, max_size=60))
    marks = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return text, [Cut(a, b, "[x]", Kind.PATIENT_NAME) for a, b in pairs]


@given(cut_texts(), st.data())
def test_pieces_change_as_the_whole_does(given_text: tuple[str, list[Cut]], data: st.DataObject) -> None:
    text, cuts = given_text
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]
    assert "".join(spread(pieces, cuts)) == without(text, cuts)


@given(cut_texts())
def test_what_is_outside_the_cuts_stays(given_text: tuple[str, list[Cut]]) -> None:
    text, cuts = given_text
    kept = [
        text[a:b]
        for a, b in zip([0, *(c.end for c in cuts)], [*(c.start for c in cuts), len(text)], strict=True)
    ]
    assert without(text, cuts) == "[x]".join(kept)


@given(cut_texts())
def test_a_source_changes_in_its_cuts_only(given_text: tuple[str, list[Cut]]) -> None:
    text, cuts = given_text
    source = Source("ab" + text + "yz")
    source.cut(2)(cuts)
    assert source.changed() == "ab" + without(text, cuts) + "yz"


def test_a_change_within_another_is_not_made() -> None:
    source = Source("0123456789")
    source.replace(2, 8, "-")
    source.replace(3, 4, "x")
    source.replace(8, 9, "")
    assert source.changed() == "01-9"


def test_what_is_hidden_already_is_no_field_any_more() -> None:
    assert passage("[Patient A]", "x", kind=Kind.PATIENT_NAME).kind is None
    assert passage("[Patient A] Smith", "x", kind=Kind.PATIENT_NAME).kind is Kind.PATIENT_NAME
    assert passage("[Jane Smith hidden]", "x", kind=Kind.PATIENT_NAME).kind is Kind.PATIENT_NAME


def test_half_characters_reach_no_detector() -> None:
    assert passage("a\ud800b", "x").text == "a\ufffdb"


def kept_of(staff: str, patient: str, text: str, cut: Cut) -> bool:
    """Whether a cut of free text is not made in a file whose fields name these people."""
    made: list[Cut] = []
    slots = [
        Slot(passage(staff, "a", kind=Kind.STAFF_NAME), made.extend),
        Slot(passage(patient, "b", kind=Kind.PATIENT_NAME), lambda cuts: None),
        Slot(Passage(text, "c"), made.extend),
    ]
    settle(slots, Desk(lambda passages: [[], [], [cut]], _nothing_inside), Told())
    return not made


def _nothing_inside(file: File) -> Result:
    raise AssertionError


def test_whom_a_field_calls_staff_stays_in_the_text() -> None:
    name = Cut(0, 14, "[Patient A]", Kind.PATIENT_NAME)
    assert kept_of("Dr Paul Weatherby", "Jane Smithson", "Paul Weatherby saw her", name)
    assert not kept_of("Dr Paul Weatherby", "Paul Smithson", "Paul Weatherby saw him", name)
    assert not kept_of("Dr Paul Weatherby", "Jane Weatherby", "Jane Weatherby came", name)
    assert not kept_of("Dr Paul Weatherby", "Jane Smithson", "Mary Weatherby came", name)
