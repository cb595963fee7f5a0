"""Text that is cut into runs, changed and hidden, is read whole and put back to the character."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from detectors.files.interface import Cut, Desk, Passage
from detectors.files.office.paragraphs import lines
from detectors.files.office.pieces import Line, Node, hide
from detectors.interface import Kind
from tests.detectors.files.office.build import desk

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
T = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def paragraph(inside: str) -> Node:
    return etree.fromstring(f'<w:p xmlns:w="{W}">{inside}</w:p>')


def hidden(node: Node, *values: str) -> str:
    """The text of a paragraph after every one of the values was hidden in whatever line shows it."""
    hide([*lines(node, "here", "", set())], desk(*values))
    return "".join(node.itertext())


def read(node: Node) -> list[str]:
    return [line.text for line in lines(node, "here", "", set())]


@given(
    before=st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
    after=st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
    cuts=st.lists(st.integers(0, 60), max_size=12),
    marks=st.lists(st.sampled_from(["", "<w:b/>", "<w:vanish/>"]), min_size=13, max_size=13),
)
def test_however_a_text_is_cut_into_runs_the_same_is_hidden_and_the_rest_stays(
    before: str, after: str, cuts: list[int], marks: list[str]
) -> None:
    value = "943 476 5919"
    text = f"{before}|{value}|{after}"
    ends = [0, *sorted(min(c, len(text)) for c in cuts), len(text)]
    node = etree.Element(f"{{{W}}}p")
    for start, end, mark in zip(ends, ends[1:], marks, strict=False):
        run = etree.SubElement(node, f"{{{W}}}r")
        run.append(etree.fromstring(f'<w:rPr xmlns:w="{W}">{mark}</w:rPr>'))
        etree.SubElement(run, f"{{{W}}}t").text = text[start:end]
    # Hidden text is part of the text and is left out in another reading; the first reading always holds all.
    assert read(node)[0] == text
    assert hidden(node, value) == f"{before}|[hidden]|{after}"


@given(st.lists(st.integers(0, 33), max_size=8))
def test_opendocuments_spans_are_read_alike(cuts: list[int]) -> None:
    text = "Patient, 943 476 5919, sats 94% ok"
    ends = [0, *sorted(cuts), len(text)]
    node = etree.Element(f"{{{T}}}p")
    node.text = text[: ends[1]]
    for start, end in zip(ends[1:], ends[2:], strict=False):
        span = etree.SubElement(node, f"{{{T}}}span")
        half = (start + end) // 2
        span.text, span.tail = text[start:half], text[half:end]
    assert hidden(node, "943 476 5919") == "Patient, [hidden], sats 94% ok"


@pytest.mark.parametrize(
    "inside",
    [
        '<w:r><w:t>943</w:t></w:r><w:del w:id="1"><w:r><w:delText>88</w:delText></w:r></w:del><w:r><w:t>4765919</w:t></w:r>',
        '<w:r><w:t>943</w:t></w:r><w:ins w:id="1"><w:r><w:t>88</w:t></w:r></w:ins><w:r><w:t>4765919</w:t></w:r>',
        '<w:r><w:t>943</w:t></w:r><w:moveFrom w:id="1"><w:r><w:t>x</w:t></w:r></w:moveFrom><w:r><w:t>4765919</w:t></w:r>',
        "<w:r><w:t>943</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r><w:r><w:t>4765919</w:t></w:r>",
    ],
    ids=["deleted", "inserted", "moved", "hidden"],
)
def test_a_number_is_seen_past_what_was_changed_in_it(inside: str) -> None:
    node = paragraph(inside)
    assert "9434765919" in read(node)
    after = hidden(node, "9434765919")
    assert "943" not in after
    assert "5919" not in after


def test_deleted_text_is_also_read_apart_from_what_it_runs_into() -> None:
    node = paragraph(
        '<w:del w:id="1"><w:r><w:delText>9434765919</w:delText></w:r></w:del><w:r><w:t>seen</w:t></w:r>'
    )
    assert "9434765919\nseen" in read(node)


def test_a_fields_code_is_read_apart_from_the_text() -> None:
    node = paragraph(
        "<w:r><w:t>see </w:t></w:r><w:r><w:instrText>HYPER</w:instrText></w:r><w:r><w:instrText>LINK x</w:instrText></w:r>"
        "<w:r><w:t>record</w:t></w:r>"
    )
    assert read(node) == ["see record", "HYPERLINK x"]


def test_a_paragraph_within_one_is_left_for_itself() -> None:
    node = paragraph(
        "<w:r><w:t>outer</w:t></w:r><w:r><w:txbx><w:p><w:r><w:t>inner</w:t></w:r></w:p></w:txbx></w:r>"
    )
    assert read(node) == ["outer"]


def test_cuts_of_several_readings_become_one() -> None:
    node = paragraph("<w:r><w:t>0943476591900</w:t></w:r>")
    line = next(iter(lines(node, "here", "", set())))

    def look(passages: Sequence[Passage]) -> list[list[Cut]]:
        return [[Cut(1, 8, "[a]", Kind.NHS_NUMBER)], [Cut(4, 11, "[b]", Kind.NHS_NUMBER)]]

    hide([line, Line(line.pieces, "again")], Desk(look, lambda f: pytest.fail("nothing lies inside")))
    assert "".join(node.itertext()) == "0[a]00"
