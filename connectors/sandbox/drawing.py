"""Pictures for the sandbox, drawn when they are needed: a screenshot of a ward's list of invented patients."""

import io
import random

from PIL import Image, ImageDraw, ImageFont

_GIVEN = "Margaret Desmond Ivy Rashid Bronwen Callum Edith Tomasz Oluwaseun Priya Gethin Morag".split()
_FAMILY = (
    "Okafor Pike Tansley Hussain Prosser Drummond Whitlow Zielinski Adeyemi Raman Cadwallader Innes".split()
)
_PLANS = (
    "K 6.2, repeat gas at 10", "IV co-amoxiclav, day 2", "home today, awaits TTO", "CT head, then review",
    "physio, frame issued", "NBM for theatre at 14:00", "stop ramipril", "bloods at 06:00",
)  # fmt: skip
_COLUMNS = (("Bed", 24), ("Patient", 96), ("NHS number", 320), ("Born", 490), ("Plan", 620))
_WIDTH, _ROW = 900, 44


def patient_list(seed: int = 0, rows: int = 6) -> bytes:
    """A PNG, as a phone or a ward's computer would give. Names are invented, numbers from the range 999 that
    is never issued; another `seed` draws other people."""
    chance = random.Random(seed)  # noqa: S311  (nothing depends on its being hard to guess)
    image = Image.new("RGB", (_WIDTH, 130 + rows * _ROW), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, _WIDTH, 56), fill="#005eb8")
    draw.text((24, 14), "Ward 7: handover list", fill="white", font=_font(24))
    for title, left in _COLUMNS:
        draw.text((left, 76), title, fill="#425563", font=_font(18))
    beds = sorted(chance.sample(range(1, 25), rows))
    for n, bed in enumerate(beds):
        top = 112 + n * _ROW
        draw.line((16, top - 6, _WIDTH - 16, top - 6), fill="#d8dde0")
        said = (str(bed), _name(chance), nhs_number(chance), _born(chance), chance.choice(_PLANS))
        for (_, left), words in zip(_COLUMNS, said, strict=True):
            draw.text((left, top), words, fill="#212b32", font=_font(19))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def nhs_number(chance: random.Random) -> str:
    """Ten digits that begin with 999 and end with the right check digit (modulus 11)."""
    while True:
        digits = [9, 9, 9, *(chance.randrange(10) for _ in range(6))]
        check = (11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11) % 11
        if check < 10:
            text = "".join(map(str, [*digits, check]))
            return f"{text[:3]} {text[3:6]} {text[6:]}"


def _name(chance: random.Random) -> str:
    return f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}"


def _born(chance: random.Random) -> str:
    return f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1932, 1998)}"


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)
