"""Screenshots and labels drawn for tests and comparisons: invented people, and where their identifiers stand."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

Box = tuple[int, int, int, int]

PEOPLE = (
    ("Margaret Thornley", "943 476 5919", "14/03/1952"),
    ("Alfred Cairncross", "999 000 0018", "02/11/1947"),
    ("Siobhan Maguire", "999 000 0026", "27/06/1931"),
    ("Bronwen Pritchard", "999 000 0034", "09/09/1968"),
    ("Oluwaseun Adebayo", "999 000 0042", "30/01/1985"),
    ("Patricia Hetherington", "999 000 0050", "18/12/1940"),
)
PLANS = (
    "IV abx, repeat CRP",
    "home today with POC",
    "DNACPR in place",
    "await echo",
    "NBM from 2am",
    "OT review",
)


@dataclass(frozen=True)
class Look:
    """Colours that are told from a fill: nothing drawn is nearly black."""

    paper: str = "#ffffff"
    ink: str = "#404a5c"


LIGHT, DARK = Look(), Look("#30353f", "#d8dce4")


@dataclass
class Drawn:
    """A picture, the identifiers on it and what has to stay readable."""

    name: str
    image: Image.Image
    look: Look
    identifiers: list[tuple[str, Box]] = field(default_factory=list)
    kept: list[tuple[str, Box]] = field(default_factory=list)
    is_turned: bool = False

    def write(self, x: float, y: float, text: str, size: int, *, hide: bool = False) -> float:
        """Draw a text; gives back where it ends on the right."""
        draw, font = ImageDraw.Draw(self.image), ImageFont.load_default(size)
        draw.text((x, y), text, fill=self.look.ink, font=font)
        left, top, right, bottom = (int(v) for v in draw.textbbox((x, y), text, font=font))
        (self.identifiers if hide else self.kept).append((text, (left, top, right, bottom)))
        return right

    def sentence(self, x: float, y: float, parts: Sequence[str], size: int) -> None:
        """Parts written one after the other; every second one is an identifier."""
        for place, part in enumerate(parts):
            if not part:
                continue
            x = self.write(x, y, part, size, hide=place % 2 == 1) + size * 0.3

    def turned(self) -> "Drawn":
        """The same upside down."""
        width, height = self.image.size

        def about(some: list[tuple[str, Box]]) -> list[tuple[str, Box]]:
            return [(text, (width - c, height - d, width - a, height - b)) for text, (a, b, c, d) in some]

        upside_down = Drawn(f"{self.name}, turned", self.image.rotate(180), self.look, is_turned=True)
        upside_down.identifiers, upside_down.kept = about(self.identifiers), about(self.kept)
        return upside_down

    def left_in(self, redacted: Image.Image, by: float = 0.97) -> list[str]:
        """The identifiers that are filled by less than `by`: wholly, but for what a lossy format blurs."""
        return [text for text, box in self.identifiers if _filled(redacted, box) < by]

    def lost_in(self, redacted: Image.Image) -> list[str]:
        """What had to stay and is filled in part."""
        return [text for text, box in self.kept if _filled(redacted, box) > 0.15]


def _filled(image: Image.Image, box: Box) -> float:
    return float((np.asarray(image.convert("L").crop(box)) < 26).mean())


def _blank(name: str, size: tuple[int, int], look: Look) -> Drawn:
    return Drawn(name, Image.new("RGB", size, look.paper), look)


def patient_list(look: Look = LIGHT, size: int = 24) -> Drawn:
    drawn = _blank("patient list", (size * 45, size * 20), look)
    columns = [size * c for c in (1, 13, 21, 28, 32)]
    for x, heading in zip(columns, ("Name", "NHS No", "DOB", "Bed", "Plan"), strict=True):
        drawn.write(x, size, heading, size)
    for row, (person, plan) in enumerate(zip(PEOPLE, PLANS, strict=True)):
        y = size * (3 + 2.4 * row)
        for x, cell in zip(columns, (*person, f"B{row + 1}", plan), strict=True):
            drawn.write(x, y, cell, size, hide=cell in person)
    return drawn


def chat(look: Look = LIGHT, size: int = 36) -> Drawn:
    drawn = _blank("chat on a phone", (1080, 2340), look)
    messages = (
        ("Morning all, handover for the ward below",),
        ("Can someone review", "Mrs Thornley", "in bed 4 please"),
        ("NHS", "943 476 5919", "temp 38.4, on taz"),
        ("Patient", "Alfred Cairncross", "can go home today"),
        ("his DOB is", "02/11/1947"),
        ("daughter is on", "07700 900123"),
        ("Anyone seen the bladder scanner?",),
        ("I think it is in the sluice",),
        ("Bed 9 NHS number", "9990000026", "needs bloods"),
        ("Thanks, will do after the round",),
    )
    for row, parts in enumerate(messages):
        drawn.sentence(48, 160 + 190 * row, parts, size)
    return drawn


def record(look: Look = LIGHT, size: int = 30) -> Drawn:
    drawn = _blank("record on a phone", (720, 1480), look)
    drawn.write(30, 90, "Community record", size + 6)
    pairs = (
        ("Name", "Bronwen Pritchard"), ("NHS number", "999 000 0034"), ("Date of birth", "09/09/1968"),
        ("Address", "14 Rawmains Court, Leeds"), ("Telephone", "0113 496 0347"),
    )  # fmt: skip
    for row, (label, value) in enumerate(pairs):
        drawn.write(30, 190 + 70 * row, label, size - 4)
        drawn.write(270, 190 + 70 * row, value, size, hide=True)
    for row, text in enumerate(
        ("Allergies: penicillin", "Heart failure, NYHA III", "Next visit Thursday am")
    ):
        drawn.write(30, 640 + 70 * row, text, size)
    return drawn


def letter(look: Look = LIGHT, size: int = 20) -> Drawn:
    drawn = _blank("letter", (1000, 700), look)
    drawn.sentence(60, 80, ("Re:", "Mrs Patricia Hetherington", "DOB", "18/12/1940"), size)
    drawn.sentence(60, 120, ("NHS No:", "999 000 0050"), size)
    for row, text in enumerate(
        (
            "Thank you for asking us to see this pleasant patient with a",
            "long-standing venous ulcer of the left leg. Doppler today was",
            "biphasic. Plan: continue compression and review in 12 weeks.",
        )
    ):
        drawn.write(60, 190 + 44 * row, text, size)
    return drawn


def wristband(look: Look = LIGHT, size: int = 26) -> Drawn:
    drawn = _blank("wristband", (900, 420), look)
    drawn.write(40, 40, "MAGUIRE, Siobhan", size + 8, hide=True)
    drawn.sentence(40, 100, ("DOB", "27/06/1931", "Female"), size)
    drawn.sentence(40, 150, ("NHS", "999 000 0026"), size)
    code = zxingcpp.create_barcode("9990000026", zxingcpp.BarcodeFormat.Code128).to_image(scale=2)
    bars = Image.fromarray(np.asarray(code))
    drawn.image.paste(bars.resize((bars.width, 110)), (40, 240))
    drawn.identifiers.append(("barcode", (62, 244, 40 + bars.width - 22, 346)))
    return drawn


ALL: tuple[Callable[..., Drawn], ...] = (patient_list, chat, record, letter, wristband)


def encoded(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
