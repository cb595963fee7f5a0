"""HEIC as phones write it, from two versions of libheif's encoder (heic/*.heic, drawn as here): turned by the
file's own properties (irot, imir), ten bits to a colour, tiles, several pictures, small copies."""

from pathlib import Path

import pytest
from PIL import Image

from bot.evaluation.peers.drawn import LIGHT, Drawn, decoded
from detectors.files.interface import Outcome
from detectors.files.ocr import read
from tests.detectors.files.desk import look_into

FOLDER = Path(__file__).with_name("heic")


def _note() -> Drawn:
    drawn = Drawn("note", Image.new("RGB", (560, 200), "white"), LIGHT)
    drawn.sentence(20, 30, ("NHS No:", "999 000 0050", "bloods back"), 28)
    drawn.write(20, 110, "Potassium 5.1, repeat", 28)
    return drawn


@pytest.mark.parametrize("name", ["orientation-5", "orientation-6", "ten-bits", "tiles"])
def test_a_heic_is_read_upright_and_filled(name: str) -> None:
    result = look_into((FOLDER / f"{name}.heic").read_bytes())
    assert (result.outcome, result.suffix) == (Outcome.REDACTED, ".jpg")
    copy = decoded(result.data or b"")
    assert not dict(copy.getexif())
    assert copy.size == _note().image.size
    assert _note().left_in(copy, by=0.9) == []
    assert _note().lost_in(copy) == []


def test_every_picture_of_a_heic_is_looked_at_and_what_the_copy_lacks_is_said() -> None:
    result = look_into((FOLDER / "two-pictures.heic").read_bytes())
    assert result.outcome is Outcome.REDACTED
    assert {found.kind for found in result.found} == {"NHS_NUMBER"}
    assert "only the first" in result.reason
    assert "scanner" in " ".join(line.text for line in read(decoded(result.data or b"").convert("RGB")))


def test_a_small_copy_in_a_heic_does_not_stay() -> None:
    result = look_into((FOLDER / "small-copy.heic").read_bytes())
    assert result.outcome is Outcome.REDACTED
    assert "details" in result.reason
    assert decoded(result.data or b"").format == "JPEG"


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_truncated_heic_is_not_guessed_at(kept: float) -> None:
    data = (FOLDER / "ten-bits.heic").read_bytes()
    assert look_into(data[: int(len(data) * kept)]).outcome is Outcome.QUARANTINED
