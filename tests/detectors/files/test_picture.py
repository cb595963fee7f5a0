"""What is seen in a picture: characters on the ink, rows and headings, words misread, boxes and fills."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from bot.evaluation.peers.drawn import LIGHT, Drawn, letter, patient_list
from detectors.files.glyphs import spread
from detectors.files.interface import Cut, Desk, File, Limits, Outcome, OverLimit, Result
from detectors.files.misread import widened
from detectors.files.ocr import Line, read
from detectors.files.picture import fill, see
from detectors.interface import Kind
from tests.detectors.files.desk import looker


def _nothing_inside(file: File) -> Result:
    return Result(Outcome.QUARANTINED, "")


DESK = Desk(looker(), _nothing_inside)


def _line(text: str, size: int = 30) -> tuple[np.ndarray, ImageFont.FreeTypeFont]:  # type: ignore[type-arg]
    font = ImageFont.load_default(size)
    image = Image.new("L", (int(font.getlength(text)) + 8, int(size * 1.1)), 255)
    ImageDraw.Draw(image).text((4, -2), text, fill=60, font=font)
    return np.asarray(image), font  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("CHI050936 3474", "CHI 050936 3474"),
        ("DNACPRin place", "DNACPR in place"),
        ("19/03/1948NHS 999", "19/03/1948 NHS 999"),
        ("9434765919", "9434765919"),
        ("Mrs Illingworth ill", "Mrs Illingworth ill"),
    ],
)
def test_lost_spaces_are_found_on_the_ink(said: str, written: str) -> None:
    crop, _ = _line(written)
    assert spread(said, crop)[0] == written


def test_a_date_set_wide_apart_stays_one() -> None:
    crop, _ = _line("DOB 27/06/ 1931 Female")
    assert spread("DOB 27/06/1931 Female", crop)[0] == "DOB 27/06/1931 Female"


@pytest.mark.parametrize(
    "text", ["Re: Mrs Hetherington DOB 18/12/1940", "William Illingworth, 11 Hill St", "i.v. fluids"]
)
def test_each_character_is_where_it_was_drawn(text: str) -> None:
    crop, font = _line(text)
    read_as, spans = spread(text, crop)
    assert read_as == text
    for place, (left, right) in enumerate(spans):
        middle = 4 + (font.getlength(text[:place]) + font.getlength(text[: place + 1])) / 2
        if text[place] != " ":
            assert abs((left + right) / 2 - middle) < 30 * 0.25


def test_a_table_is_read_cell_by_cell_under_its_headings() -> None:
    seen = see(patient_list().image, "page 1", DESK)
    said = {(p.label, p.text) for p in seen.passages}
    assert {("Bed", "B1"), ("Plan", "await echo"), ("Patient name", "Oluwaseun Adebayo")} <= said
    assert [p.kind for p in seen.passages if p.label.upper() == "NHS NO"] == [Kind.NHS_NUMBER] * 6
    assert {p.where for p in seen.passages} == {"page 1"}
    assert seen.sure
    assert not seen.photograph


def test_a_name_among_headings_is_read_too() -> None:
    drawn = Drawn("form", Image.new("RGB", (900, 240), "white"), LIGHT)
    for x, text in ((30, "Name"), (200, "Bronwen Pritchard"), (600, "Ward")):
        drawn.write(x, 40, text, 30, hide=" " in text)
    drawn.write(30, 140, "Please bring the notes down", 30)
    seen = see(drawn.image, "the picture", DESK)
    assert "Bronwen Pritchard" in {p.text for p in seen.passages}
    assert drawn.left_in(fill(drawn.image, seen.hidden(DESK.look(seen.passages)))) == []


def test_a_misread_digit_does_not_save_a_labelled_number() -> None:
    drawn = Drawn("form", Image.new("RGB", (700, 200), "white"), LIGHT)
    drawn.write(30, 60, "NHS number", 30)
    drawn.write(330, 60, "999 0O0 00I1", 30, hide=True)
    seen = see(drawn.image, "the picture", DESK)
    boxes = seen.hidden(DESK.look(seen.passages))
    assert drawn.left_in(fill(drawn.image, boxes)) == []


def test_a_name_with_an_apostrophe_or_a_hyphen_goes_as_a_whole() -> None:
    drawn = Drawn("note", Image.new("RGB", (900, 160), "white"), LIGHT)
    drawn.sentence(30, 60, ("Please chase bloods for", "Mrs O'Callaghan-Reid", "today"), 30)
    seen = see(drawn.image, "the picture", DESK)
    filled = fill(drawn.image, seen.hidden(DESK.look(seen.passages)))
    assert drawn.left_in(filled) == []
    assert drawn.lost_in(filled) == []


@pytest.mark.parametrize(
    ("text", "value", "kind", "whole"),
    [
        ("CHI g990000018x now", "990000018", Kind.CHI, "g990000018x"),
        ("Agnes smal today", "Agnes", Kind.PATIENT_NAME, "Agnes smal"),
        ("Agnes today", "Agnes", Kind.PATIENT_NAME, "Agnes"),
        ("DOB:01/02/1950", "01/02/1950", Kind.DOB, "01/02/1950"),
    ],
)
def test_a_cut_takes_what_may_have_been_misread_beside_it(
    text: str, value: str, kind: Kind, whole: str
) -> None:
    start = text.index(value)
    assert text[slice(*widened(text, Cut(start, start + len(value), "", kind)))] == whole


def test_a_fill_is_solid_and_carries_nothing_but_pixels() -> None:
    image = letter().image
    image.info["comment"] = "Thornley"
    filled = fill(image, [(50, 60, 400, 120)])
    assert filled.crop((50, 60, 400, 120)).getcolors() == [(350 * 60, (0, 0, 0))]
    assert filled.getpixel((49, 60)) == image.getpixel((49, 60))
    assert not filled.info


def test_too_many_pixels_are_refused() -> None:
    with pytest.raises(OverLimit):
        see(Image.new("L", (1001, 1000)), "page 3", replace(DESK, limits=Limits(pixels=1_000_000)))


def test_a_line_over_the_edge_of_two_tiles_is_read_once_and_whole() -> None:
    drawn = Drawn("wide", Image.new("RGB", (5200, 400), "white"), LIGHT)
    for place in range(9):
        drawn.write(60 + 570 * place, 150, f"entry number {place} here", 40)
    texts = [line.text for line in read(drawn.image)]
    assert all(sum(f"entry number {place} here" in text for text in texts) == 1 for place in range(9))


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        (Line("Margaret", (0, 0, 200, 30), 0.4), True),
        (Line("", (0, 0, 200, 30), 0.0), True),
        (Line("X", (0, 0, 30, 30), 0.2), False),
        (Line("Margaret", (0, 0, 200, 30), 0.97), False),
        (Line("869 000 0018", (0, 0, 55, 9), 0.97), True),
    ],
)
def test_what_cannot_be_relied_on_is_told_from_an_icon(line: Line, lost: bool) -> None:
    assert line.is_lost is lost
