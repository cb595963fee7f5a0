"""Sentences as a ward writes them, with what identifies left open: what the corpora hold too few of to show."""

from collections.abc import Callable
from datetime import date
from itertools import cycle

import pytest

from detectors.interface import LIKELY, Context, Kind, Person, Roster
from detectors.scan import scan

COLLEAGUES = (
    "Anna Walsh", "Priya Nair", "Kwame Mensah", "Marek Nowak", "Fatima Khan", "Rhys Price", "Chloe Dean", "Ines Ruiz", "Viv Voss",
    "Beth Tait", "Sarah Lowe", "Tom Burke",
)  # fmt: skip
CONTEXT = Context(
    roster=Roster(
        (
            Person("Grace Adeyemi", "Grace", role="Staff nurse", user="U1", member=True),
            *(Person(name, role="Nurse") for name in COLLEAGUES),
        )
    )
)
QUIET = (Kind.STAFF_NAME, Kind.AGE, Kind.INITIALS)

ABOUT_PATIENTS = """can someone review {} please|please can you cannulate {}|bloods for {} please|chase {} bloods|{} bloods back, K 5.9
I've seen {}, for discharge|{} is ready for theatre|sending {} down now|{} back from CT|{} family want an update|the {} family are here
{} relatives in the room|{} wife is on the phone|{} fell, no injury|{} spiking 39.1|{} for home tomorrow|{} for physio and OT today
please update {} next of kin|update on {}: scan clear|re {} - scan clear|TTOs for {} done|{}'s TTOs done|Moved {} to side room 2
{} needs a cannula|discussed {} with micro|{} PR bleed 300ml|PCA for {}|{} refused meds|{} not for resus|ITU have {} now
surgeons happy with {} eating|{} awaiting POC|admit {} under medics|new pt {} in resus|bed 4: {}|{} (bed 4)|patient {} wants to leave
{} agitated ++|{} settled overnight|{} allergic to pen"""
SURNAMES = ("Hebden", "Okafor", "Pomfret", "Kowalski", "Brannigan", "Thwaite", "Macallister", "O'Dowd")

ABOUT_COLLEAGUES = """ask {} to do it|{} is on a break|{} can you take bay 2|thanks {}|{} has the keys|I'll ask {}|{} will be down in 5
handed over to {}|{} is off sick today|cover for {} tonight|{} said hold the apixaban|{} reviewed, happy for home|as per {} stop fluids
bleeped {} twice|{} to chase|{} scrubbing for the next|me and {} are on lunch|happy birthday {}|{} pls bleep 2217|bay A {}, bay B me
{} NIC tonight|coordinator: {}|{} teaching at 1|countersigned by {}|{}'s clinic is cancelled|on call: {}"""

ABOUT_NUMBERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "NHS": (
        "nhs {}|NHS number is {}|{} is her NHS|can you pull up {} on ICE|{} - bloods back|pt {} for CT|Hebden {}|rhif GIG {}|wristband says {}",
        ("9434765919", "943 476 5919", "943-476-5919", "943.476.5919", "94347 65919", "9 4 3 4 7 6 5 9 1 9"),
    ),
    "CHI": (
        "CHI {}|chi no {}|{} is the chi|{} on trak|Hebden {} for MRI",
        ("0101491239", "010149 1239", "010149-1239", "01 01 49 1239"),
    ),
    "PHONE": (
        "daughter's number {}|ring her on {}|NOK mobile {}|call mum {}|next of kin {} not answering|mob {} husband",
        ("07700900123", "07700 900 123", "+44 7700 900123", "+44(0)7700900123"),
    ),
    "POSTCODE": (
        "postcode {}|lives at {}|14 Lark Rise, {}|discharge to {}|taxi to {}",
        ("LS6 2QT", "ls6 2qt", "LS62QT", "ls62qt"),
    ),
}
ABOUT_BIRTHS = (
    "dob {}|d.o.b. {}|born {}|Hebden, {}|Ivor Hebden ({})|she was born on {}|dob?? {}|Mrs Hebden d o b {}"
)
DATES: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d:%d/%m/%Y}", lambda d: f"{d:%d.%m.%y}", lambda d: f"{d:%d-%m-%Y}", lambda d: f"{d.day} {d:%B %Y}", lambda d: f"{d:%d%m%y}",
    lambda d: f"{d:%Y-%m-%d}", lambda d: f"{d.day}th of {d:%B %Y}", lambda d: f"{d:%d-%b-%y}", lambda d: f"{d:%d %m %Y}",
)  # fmt: skip


def sentences(lines: str) -> list[str]:
    return [s for line in lines.splitlines() for s in line.split("|")]


def shown(sentence: str, filled: str) -> str:
    """What is still readable of `filled`."""
    text = sentence.format(filled)
    at = sentence.index("{}")
    hidden = {
        n
        for f in scan(text, CONTEXT)
        if f.confidence >= LIKELY and f.kind not in QUIET
        for n in range(f.span.start, f.span.end)
    }
    return "".join(text[n] for n in range(at, at + len(filled)) if n not in hidden and text[n].isalnum())


def test_patients_are_hidden_whatever_is_said_of_them() -> None:
    names = cycle(SURNAMES)
    said = [(s, next(names)) for s in sentences(ABOUT_PATIENTS) for _ in range(3)]
    missed = [(s, name) for s, name in said if shown(s, name)]
    assert len(missed) <= len(said) // 50, missed


def test_colleagues_whom_a_list_has_are_shown_whatever_they_do() -> None:
    names = cycle([*(name.split()[0] for name in COLLEAGUES), *COLLEAGUES, "Grace"])
    said = [(s, next(names)) for s in sentences(ABOUT_COLLEAGUES) for _ in range(3)]
    wrong = [(s, name) for s, name in said if shown(s, name) != "".join(filter(str.isalnum, name))]
    assert len(wrong) <= len(said) // 50, wrong


@pytest.mark.parametrize("kind", ABOUT_NUMBERS)
def test_numbers_are_hidden_however_they_are_written(kind: str) -> None:
    lines, ways = ABOUT_NUMBERS[kind]
    assert [(s, way) for s in sentences(lines) for way in ways if shown(s, way)] == []


def test_birth_dates_are_hidden_however_they_are_written() -> None:
    born = date(1949, 4, 12)
    said = [(s, way(born)) for s in sentences(ABOUT_BIRTHS) for way in DATES]
    assert [(s, way) for s, way in said if shown(s, way)] == []
