"""Picture files of every kind: modes, orientation, transparency, damage, length; what a copy keeps."""

import io
import warnings

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from bot.evaluation.peers.drawn import DARK, LIGHT, Drawn, decoded, encoded, letter, wristband
from detectors.files.image import FAMILY
from detectors.files.interface import Outcome, Taste
from detectors.files.tails import has_tail
from tests.conftest import SHARED
from tests.detectors.files.desk import look_into

FILES = SHARED / "eval" / "files"


def _modes() -> list[tuple[str, bytes]]:
    image = letter().image
    gray16 = Image.fromarray((np.asarray(image.convert("L"), dtype=np.uint16) * 200 + 900).astype(np.uint16))
    seen_through = image.convert("RGBA")
    return [
        ("palette", encoded(image.quantize(32), "PNG")),
        ("palette gif", encoded(image.quantize(32), "GIF")),
        ("gray", encoded(image.convert("L"), "PNG")),
        ("one bit", encoded(image.convert("1", dither=Image.Dither.NONE), "TIFF", compression="group4")),
        ("cmyk", encoded(image.convert("CMYK"), "JPEG")),
        ("sixteen bits", encoded(gray16, "PNG")),
        ("alpha", encoded(seen_through, "PNG")),
        ("webp with alpha", encoded(seen_through, "WEBP", lossless=True)),
        ("avif", encoded(image, "AVIF")),
    ]


@pytest.mark.parametrize(("name", "data"), _modes(), ids=[name for name, _ in _modes()])
def test_every_mode_is_read_and_filled(name: str, data: bytes) -> None:
    result = look_into(data)
    assert result.outcome is Outcome.REDACTED
    copy = decoded(result.data).convert("RGB")
    assert letter().left_in(copy) == []
    if name not in ("one bit", "sixteen bits"):  # where ink is as black as a fill
        assert letter().lost_in(copy) == []


def test_a_picture_without_a_writer_comes_back_as_jpeg_and_says_so() -> None:
    result = look_into(encoded(letter().image, "AVIF"))
    assert result.suffix == ".jpg"
    assert decoded(result.data).format == "JPEG"


def test_a_colour_that_nobody_sees_is_not_in_the_copy() -> None:
    image = letter().image.convert("RGBA")
    secret = Image.new("RGBA", (300, 60), (200, 30, 30, 0))
    image.paste(secret, (600, 600))
    copy = decoded(look_into(encoded(image)).data).convert("RGB")
    assert copy.getpixel((650, 620)) == (255, 255, 255)


def test_orientation_is_applied_before_anything_else() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter to see it upright
    lying = letter().image.transpose(Image.Transpose.ROTATE_90)
    result = look_into(encoded(lying, "JPEG", quality=95, exif=exif))
    copy = decoded(result.data)
    assert copy.size == letter().image.size
    assert letter().left_in(copy) == []


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_a_truncated_picture_is_not_guessed_at(format: str) -> None:
    data = encoded(letter().image, format)
    result = look_into(data[: len(data) * 2 // 3])
    assert result.outcome is Outcome.QUARANTINED
    assert result.reason


def test_what_only_begins_like_a_heic_is_quarantined() -> None:
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
    assert look_into(data).outcome is Outcome.QUARANTINED


def test_a_long_screenshot_keeps_its_small_text_readable() -> None:
    drawn = Drawn("long", Image.new("RGB", (1080, 8000), "white"), LIGHT)
    for row in range(95):
        drawn.write(40, 40 + 83 * row, f"Line {row}: obs stable, eating and drinking", 26)
    drawn.sentence(40, 1585, ("seen with", "Mrs Margaret Thornley", "NHS", "943 476 5919"), 26)
    drawn.sentence(40, 7970, ("DOB", "14/03/1952"), 22)
    result = look_into(encoded(drawn.image))
    assert result.outcome is Outcome.REDACTED
    assert drawn.left_in(decoded(result.data)) == []
    assert drawn.lost_in(decoded(result.data)) == []


def test_frames_keep_their_time_and_number() -> None:
    one, other = letter().image, letter(DARK).image
    data = encoded(one, "GIF", save_all=True, append_images=[other, one], duration=[100, 300, 500], loop=2)
    copy = decoded(look_into(data).data)
    times = []
    for number in range(copy.n_frames):  # type: ignore[attr-defined]
        copy.seek(number)
        times.append(copy.info["duration"])
    assert (times, copy.info["loop"]) == ([100, 300, 500], 2)


def test_a_number_in_a_barcode_goes_even_where_nothing_else_is() -> None:
    code = Image.fromarray(
        np.asarray(zxingcpp.create_barcode("9434765919", zxingcpp.BarcodeFormat.QRCode).to_image(scale=8))
    )
    sheet = Image.new("L", (800, 400), 255)
    sheet.paste(code, (100, 100))
    result = look_into(encoded(sheet))
    assert result.outcome is Outcome.REDACTED
    assert not zxingcpp.read_barcodes(np.asarray(decoded(result.data).convert("L")))


def test_a_barcode_that_nobody_can_read_is_filled() -> None:
    drawn = wristband()
    pixels = np.array(drawn.image)
    pixels[236:360, 120:130] = 255  # a crease through the bars
    assert not zxingcpp.read_barcodes(pixels)
    result = look_into(encoded(Image.fromarray(pixels)))
    assert result.outcome is Outcome.REDACTED
    assert drawn.left_in(decoded(result.data)) == []


@pytest.mark.parametrize(
    "name",
    ["clinical_fundus.jpg", "clinical_microaneurysms.png", "nonclinical_cat.png", "nonclinical_coffee.png"],
)
def test_a_photograph_waits_for_a_person_unless_the_policy_lets_it_pass(name: str) -> None:
    data = (FILES / name).read_bytes()
    assert look_into(data).outcome is Outcome.QUARANTINED
    assert look_into(data, taste=Taste(photographs=True)).outcome is Outcome.CLEAN


def test_a_screenshot_without_identifiers_is_clean_icons_and_all() -> None:
    drawn = Drawn("chat", Image.new("RGB", (1080, 1400), "white"), LIGHT)
    pen = ImageDraw.Draw(drawn.image)
    for row, text in enumerate(
        (
            "The bladder scanner is in the sluice",
            "Potassium above 5.5: repeat and do an ECG",
            "Handover moved to 08:15, same room",
            "Lateral flow tests are on the top shelf",
        )
    ):
        pen.ellipse((30, 90 + 300 * row, 110, 170 + 300 * row), fill="#5b7fb5")
        pen.polygon([(60, 150 + 300 * row), (70, 110 + 300 * row), (82, 150 + 300 * row)], fill="white")
        drawn.write(150, 110 + 300 * row, text, 34)
    assert look_into(encoded(drawn.image)).outcome is Outcome.CLEAN


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_the_end_of_a_picture_is_found(format: str) -> None:
    type = Image.MIME[format].replace("image/x-ms-bmp", "image/bmp")
    data = encoded(letter().image, format)
    assert not has_tail(data, type)
    assert has_tail(data + b"more", type)
    assert has_tail(data[:-40], type) or format in ("WEBP", "BMP")


def test_the_family_takes_every_kind_of_picture() -> None:
    assert {f"image/{kind}" for kind in "jpeg png webp gif tiff bmp heic avif".split()} == FAMILY.types


def test_no_warning_reaches_the_bot() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        look_into(encoded(letter().image, "TIFF")[:-30])
        assert Image.open(io.BytesIO(encoded(letter().image))).size == letter().image.size
