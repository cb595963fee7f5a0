"""Writing out of focus: told from pictures without writing, also where the engine sees nothing at all."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from bot.evaluation.peers.drawn import ALL, DARK, LIGHT, Drawn, Look, chat, encoded, letter
from detectors.files.blurred import holds_blurred_lines
from detectors.files.interface import Outcome
from tests.conftest import SHARED
from tests.detectors.files.desk import look_into

SIZE = (1080, 1400)


def _blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def _moved(image: Image.Image, pixels: int) -> Image.Image:
    """As if the phone had moved to the side while it looked."""
    return Image.fromarray(cv2.blur(np.asarray(image), (pixels, 1)))


@pytest.mark.parametrize("draw", ALL, ids=lambda d: d.__name__)
@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("radius", [4, 8, 10])
def test_blurred_writing_is_seen(draw: Callable[..., Drawn], look: Look, radius: float) -> None:
    assert holds_blurred_lines(_blurred(draw(look).image, radius), ())


def test_blurred_writing_that_lies_on_its_side_is_seen() -> None:
    assert holds_blurred_lines(_blurred(letter().image, 8).transpose(Image.Transpose.ROTATE_90), ())


def test_what_was_read_is_no_reason_for_doubt() -> None:
    drawn = letter()
    assert not holds_blurred_lines(_blurred(drawn.image, 8), [(0, 0, *drawn.image.size)])


def _without_writing() -> Iterator[tuple[str, Image.Image]]:
    height, width = np.mgrid[: SIZE[1], : SIZE[0]]
    yield "white", Image.new("L", SIZE, 255)
    yield "a gradient", Image.fromarray((height * 255 // SIZE[1]).astype(np.uint8))
    round_ = np.clip(255 - np.hypot(width - 540, height - 700) / 4, 0, 255)
    yield "a round gradient", Image.fromarray(round_.astype(np.uint8))
    bars = Image.new("RGB", SIZE, "white")
    for row in range(9):
        ImageDraw.Draw(bars).rectangle(
            (90, 80 + 140 * row, 300 + 83 * (row * 5 % 9), 130 + 140 * row), "#47a"
        )
    yield "a chart", bars
    cards, shadows = Image.new("RGB", SIZE, "#f2f2f7"), Image.new("L", SIZE, 0)
    boxes = [(60, 60 + 340 * row, 1020, 340 + 340 * row) for row in range(4)]
    for box in boxes:
        ImageDraw.Draw(shadows).rounded_rectangle(box, 30, fill=60)
    cards.paste("black", (0, 10), _blurred(shadows, 14))
    for box in boxes:
        ImageDraw.Draw(cards).rounded_rectangle(box, 30, fill="white")
    yield "cards with shadows", cards
    grid = Image.new("L", SIZE, 255)
    for row in range(60, 1400, 60):
        ImageDraw.Draw(grid).line((50, row, 1030, row), fill=90, width=2)
    yield "an empty form", grid
    face = Image.new("RGB", (512, 512), "white")
    pen = ImageDraw.Draw(face)
    pen.ellipse((40, 40, 470, 470), fill="#ffcc33", outline="#cc9900", width=8)
    pen.ellipse((150, 170, 200, 240), fill="#333333")
    pen.ellipse((310, 170, 360, 240), fill="#333333")
    pen.arc((140, 200, 370, 400), 20, 160, fill="#333333", width=14)
    yield "an emoji", face
    for name in ("nonclinical_cat.png", "nonclinical_coffee.png", "clinical_fundus.jpg"):
        yield name, Image.open(SHARED / "eval" / "files" / name)
    for draw in ALL:
        yield f"sharp {draw.__name__}", draw().image


@pytest.mark.parametrize(
    ("name", "image"), list(_without_writing()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_pictures_without_writing_and_sharp_print_are_not_taken_for_it(name: str, image: Image.Image) -> None:
    assert not holds_blurred_lines(image.convert("RGB"), ())


@pytest.mark.parametrize(
    "image",
    [
        _blurred(letter().image, 12),
        _blurred(chat().image, 14),
        _moved(chat().image, 9),
        _moved(letter().image, 25),
    ],
    ids=["letter", "chat", "moved a little", "moved"],
)
def test_demand_6_what_a_blur_makes_unreliable_waits_for_a_person(image: Image.Image) -> None:
    assert look_into(encoded(image)).outcome is Outcome.QUARANTINED


def test_demand_6_a_name_that_somebody_blurred_by_hand_waits_for_a_person() -> None:
    drawn = Drawn("chat", Image.new("RGB", (1080, 700), "white"), LIGHT)
    drawn.write(60, 80, "Can someone review the lady in bed 4", 36)
    drawn.write(60, 460, "Potassium above 5.5: repeat and do an ECG", 36)
    assert look_into(encoded(drawn.image)).outcome is Outcome.CLEAN
    drawn.write(60, 270, "Margaret Thornley 943 476 5919", 36)
    part = (40, 240, 800, 340)
    drawn.image.paste(_blurred(drawn.image.crop(part), 12), part)
    assert look_into(encoded(drawn.image)).outcome is Outcome.QUARANTINED
