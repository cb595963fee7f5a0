"""Tables: delimiters, quotes, headings; a cell changes and its neighbours do not."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.files import table
from detectors.files.headings import kind_under
from detectors.files.interface import Cut, Desk, File, Outcome, Result, Unreadable
from detectors.interface import Kind
from tests.detectors.files.desk import look_into

CELLS = st.lists(
    st.lists(st.text(alphabet=st.sampled_from('ab,;|\t"\r\n é\U0001f600'), max_size=8), min_size=3, max_size=3),
    min_size=3, max_size=6,
)  # fmt: skip


def read(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))


def cut_all(data: bytes, word: str) -> bytes:
    """Through the family, cutting a word wherever it stands."""

    def cuts(text: str) -> list[Cut]:
        at = text.find(word)
        return [Cut(at, at + len(word), "[x]", Kind.MRN)] if at >= 0 else []

    desk = Desk(
        lambda passages: [cuts(p.text) for p in passages], lambda file: Result(Outcome.QUARANTINED, "")
    )
    return table.FAMILY.inspect(File("x", data), "text/csv", desk).data or data


@given(CELLS, st.sampled_from(",;\t|"), st.integers(0, 2), st.integers(0, 2))
def test_only_the_cell_changes(rows: list[list[str]], delimiter: str, row: int, column: int) -> None:
    rows[row][column] = "Smithson" + rows[row][column]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    data = f"sep={delimiter}\r\n{out.getvalue()}".encode()
    expected = [[c.replace("Smithson", "[x]") for c in r] for r in rows]
    assert read(cut_all(data, "Smithson"), delimiter)[1:] == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_rows(delimiter: str) -> None:
    rows = [["NHS No", "Ward, bay", "Note"], ["9990000018", "7", "a; b"], ["9990000019", "8", "c | d, e"]]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    result = look_into(out.getvalue().encode(), "list.csv")
    assert result.outcome is Outcome.REDACTED
    hidden = "[NHS number hidden]"
    assert read(result.data or b"", delimiter) == [rows[0], [hidden, *rows[1][1:]], [hidden, *rows[2][1:]]]


def test_quotes_stay_and_come_where_they_are_needed() -> None:
    data = b'a,"NHS number 999 000 0018, seen"\r\n"x ""y""\n2",plain\r\n'
    result = look_into(data, "a.csv")
    assert result.data == data.replace(b"999 000 0018", b"[NHS number hidden]")


def test_a_quote_that_is_never_closed_hides_no_row() -> None:
    result = look_into(b'a,b,c\n1,"open,2\nx,NHS number 999 000 0018,3\n', "a.csv")
    assert result.outcome is Outcome.REDACTED
    assert b"0018" not in (result.data or b"0018")


def test_a_heading_says_what_stands_under_it_and_stays() -> None:
    data = b"Surname,Ward,Consultant,NHS No\nOkafor,7,Dr Paul Weatherby,12\nBell,8,Dr Paul Weatherby,13\n"
    result = look_into(data, "a.csv")
    rows = read(result.data or b"")
    assert rows[0] == ["Surname", "Ward", "Consultant", "NHS No"]
    assert rows[1][1:] == ["7", "Dr Paul Weatherby", "[NHS number hidden]"]
    assert "Bell" not in (result.data or b"").decode()


def test_a_table_without_findings_is_clean() -> None:
    assert look_into(b"drug,dose\nparacetamol,1 g\nibuprofen,400 mg\n", "a.csv").outcome is Outcome.CLEAN


def test_more_cells_than_allowed_are_not_read() -> None:
    result = look_into(b"a,b,c\n" * 400, "a.csv", passages=100)
    assert result.outcome is Outcome.QUARANTINED


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("NHS No.", Kind.NHS_NUMBER), ("nhsNumber", Kind.NHS_NUMBER), ("Patient", Kind.PATIENT_NAME),
        ("patient_surname", Kind.PATIENT_NAME), ("Patient ID", Kind.MRN), ("Date of Birth", Kind.DOB),
        ("Next of kin", Kind.RELATIVE_NAME), ("Mother's name", Kind.RELATIVE_NAME), ("Home telephone", Kind.PHONE),
        ("Address line 1", Kind.ADDRESS), ("Consultant", None), ("GP surname", None), ("Name", None), ("Ward", None),
        ("", None), ("Hb", None), ("Staff email", None), ("CHI number", Kind.CHI), ("NOK phone", Kind.PHONE),
    ],
)  # fmt: skip
def test_headings(heading: str, kind: Kind | None) -> None:
    assert kind_under(heading) is kind


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Unreadable):
        cut_all("Фамилия,Имя\nИванов,Иван\n".encode("cp1251"), "x")
