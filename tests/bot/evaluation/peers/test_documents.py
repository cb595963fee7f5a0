"""The bench over planted documents can tell a file that leaks from one that does not."""

import pytest

from bot.evaluation.peers.documents import Score, ours, readable, table
from bot.evaluation.peers.planted import Planted, everything
from detectors.files.interface import Outcome

FILES = {file.place: file for file in everything()}


def squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


@pytest.mark.parametrize("place", list(FILES))
def test_what_is_planted_can_be_read_in_the_original(place: str) -> None:
    file = FILES[place]
    text = squeezed("\n".join(readable(file.data)))
    if place not in ("pdf, covered scan", "pdf, unused picture"):  # no page shows them
        assert squeezed(file.patient.name) in text


def test_every_file_has_a_patient_of_its_own() -> None:
    assert len({f.patient.number for f in FILES.values()}) == len(FILES)


@pytest.mark.parametrize("place", ["pdf, under a box", "docx, header", "xlsx, hidden sheet", "eml, body"])
def test_ours_finds_and_leaves_nothing(place: str) -> None:
    found, left, _, outcome = ours(FILES[place])
    assert (found, left, outcome) == (3, 0, Outcome.REDACTED)


def test_a_file_with_nobody_in_it_passes() -> None:
    file = FILES["csv, row"]
    harmless = Planted("csv, row", "x.csv", "text/csv", b"Plan,Bed\nhome,4\nstay,5\n", file.patient)
    found, left, _, outcome = ours(harmless)
    assert (found, left, outcome) == (0, 0, Outcome.CLEAN)


def test_the_table_says_when_a_peer_was_not_measured() -> None:
    mine = Score(3, 3, 0, [0.5])
    assert table({"pdf": (mine, Score())}).splitlines()[-1].split() == [
        "pdf",
        "3",
        "3",
        "0",
        "0.50",
        "–",
        "–",
        "–",
    ]
