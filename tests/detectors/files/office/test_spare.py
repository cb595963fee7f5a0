"""A preview picture and a printer's settings: read where the document may stay, gone from every copy."""

import io
from dataclasses import replace

import pptx
from PIL import Image

from detectors.files.inspect import inspect
from detectors.files.interface import Desk, File, Outcome, Result
from detectors.files.office import ooxml
from detectors.files.office.enclosed import BLANK
from tests.detectors.files.desk import look_into, looker
from tests.detectors.files.office.build import desk, parts, zipped

PREVIEW, PRINTER = "docProps/thumbnail.jpeg", "ppt/printerSettings/printerSettings1.bin"
TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def slides(words: str) -> bytes:
    """As the program's own template makes them: with a preview, and with the settings of a printer."""
    show = pptx.Presentation()
    show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = words
    with io.BytesIO() as out:
        show.save(out)
        assert {PREVIEW, PRINTER} <= {*parts(out.getvalue())}
        return out.getvalue()


def read(data: bytes, given: Desk) -> tuple[Result, list[str]]:
    opened: list[str] = []

    def inside(part: File) -> Result:
        opened.append(part.name)
        return given.inside(part)

    return ooxml.inspect(File("x.pptx", data), TYPE, replace(given, inside=inside)), opened


def test_a_copy_has_neither_and_nobody_looked_at_them() -> None:
    result, opened = read(slides("Patient Margaret Thistlewood"), desk("Margaret Thistlewood"))
    assert result.outcome is Outcome.REDACTED
    assert result.data is not None
    assert not {PREVIEW, PRINTER} & {*parts(result.data)}
    assert not opened
    assert pptx.Presentation(io.BytesIO(result.data)).slides[0].shapes.title.text == "Patient [hidden]"


def test_what_stays_as_it_is_was_looked_at_whole() -> None:
    result, opened = read(slides("Ward round at nine"), desk())
    assert result.outcome is Outcome.CLEAN
    assert opened == ["thumbnail.jpeg"]


def test_a_preview_that_is_not_safe_is_left_out() -> None:
    given = replace(desk(), inside=lambda _: Result(Outcome.QUARANTINED, "image/jpeg", "A face."))
    result, _ = read(slides("Ward round at nine"), given)
    assert result.outcome is Outcome.REDACTED
    assert result.data is not None
    assert PREVIEW not in parts(result.data)
    assert "preview" in result.reason


def test_a_name_in_the_settings_of_a_printer_goes_with_them() -> None:
    result, _ = read(slides("Ward round at nine"), desk("com.apple.print"))
    assert result.outcome is Outcome.REDACTED
    assert result.data is not None
    assert result.found[0].where == "the printer's settings"
    assert PRINTER not in parts(result.data)


def test_a_picture_that_stayed_as_it_was_is_read_once() -> None:
    """In a letter's copy it is looked at anew, for the letter's names are known by now, but not read anew."""
    said: list[str] = []
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "PNG")
    data = zipped({"note.txt": "NHS number 943 476 5919", "empty.png": picture.getvalue()})
    result = inspect(File("x.zip", data), looker(), progress=said.append)
    assert result.outcome is Outcome.REDACTED
    assert said.count("the picture") == 1


def test_a_picture_of_one_pixel_is_read_like_any_other() -> None:
    """Documents hold them as spacers, and we put them in the place of drawings."""
    assert look_into(BLANK, "spacer.png").outcome is Outcome.CLEAN
