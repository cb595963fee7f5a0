"""Where somebody works or sleeps, told with what they are there: "is a fitter at", "key worker at the Tarn Hostel"."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from detectors.homes import is_unusual
from detectors.identifiers.place_of_work import CAPITAL, PLACE, telling
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "told_place"
_KIN = (
    r"mum|mam|mother|dad|da|father|husband|hubby|wife|partner|son|daughter|brother|sister|gran|granny|nan|nana|grandad|grandson|granddaughter|"
    r"aunt|auntie|uncle|niece|nephew|boyfriend|girlfriend|fianc[e\u00e9]e?"
)
_WHO = rf"(?:pt|patient|px|he|she|they|{_KIN}|[0-9]{{1,2}} ?(?:m|f|yo|y/o|yr old|year old)(?: ?[mf])?|(?:occupation|occ|job|works) ?[:=]?(?= (?:is|as|[a-z])))"
_JOB = (
    r"teacher|teaching assistant|ta|lecturer|tutor|head ?teacher|head|caretaker|janitor|lollipop (?:lady|man)|dinner lady|cook|chef|baker|butcher|fishmonger|"
    r"driver|conductor|pilot|cabin crew|guard|porter|cleaner|receptionist|secretary|clerk|cashier|welder|fitter|turner|machinist|electrician|sparky|"
    r"joiner|carpenter|plumber|plasterer|roofer|builder|labourer|bricklayer|brickie|mechanic|technician|operative|packer|picker|fisherman|farmer|farm ?hand|"
    r"gamekeeper|gardener|groundsman|greenkeeper|postman|postwoman|postie|warden|librarian|vicar|minister|curate|imam|rabbi|priest|student|pupil|"
    r"apprentice|hairdresser|barber|barista|barmaid|barman|landlord|landlady|waitress|waiter|accountant|architect|governor|lifeguard|instructor|"
    r"footballer|jockey|groom|nursery nurse|dental nurse|vet nurse|(?:prison|police|customs) officer|(?:factory|shop|warehouse|mill|farm|nursery|shipyard) worker|"
    r"(?:shop|bank|pub|bar|hotel|store|depot|site|warehouse|factory|farm) manager|(?:shop|classroom|sales|library) assistant|foreman|forewoman|supervisor|director|owner|boss"
)
_IS_A = re.compile(
    rf"(?i:\b(?P<who>{_WHO})(?:'?s|'re)?(?:,|:| -)?(?: (?:is|was|are|were|employed|works?|worked|as|been|used to be|currently|still|now|also|retired|ex|self employed)){{0,3}}"
    rf"(?: (?:an?|the|head|only))?(?: (?![a-z]+ing |with|for|by|via|and|to |from|has|had|rang|call|need|want|the |not? )[a-z\-]{{2,14}}){{0,2}}? (?:{_JOB}),? (?:at|for|in|with|of)) (?:the )?{PLACE}"
)
_IN = re.compile(rf"\b[Ww]ork(?:s|ed|ing)?(?: [a-z]{{2,9}}){{0,2}}? (?:in|out of) (?:the )?{PLACE}")
_PREMISES: Final = re2.compile(
    r"(?i)\b(?:mill|depot|factory|works|plant|garage|shop|hotel|inn|bakery|brewery|distillery|farm|supermarket|nursery|salon|butchers?|chippy|takeaway|"
    r"cabs|shipyard|quarry|colliery|foundry|warehouse|builders|roofing|motors|academy|primary|high school|college|foods|dairy|creamery|joinery|stores|"
    r"library|prison|barracks|post office|cafe|café|tea ?rooms?|arms|bar|bookies|barbers?|laundry|cash (?:and|&) carry|mushrooms|poultry|meats|seafoods)\b"
)
_LOW_IN = re.compile(
    r"\bwork(?:s|ed|ing)? in (?P<id>(?P<first>(?!the\b|a\b)[a-z][a-z'&\-]{3,14}) (?:[a-z][a-z'&\-]{2,14} )?(?:bakery|brewery|distillery|motors|creamery|dairy|cabs|salon|nursery|academy|primary|foods|garage|mill|quarry|shipyard))\b"
)
_SOMEBODY = re.compile(
    rf"(?i)\b(?:he|she|he's|she's|they|hes|shes|his|her|their|pt|patient|px|{_KIN}|[0-9]{{2}} ?[mf])\b"
)
_US: Final = re2.compile(
    r"(?i)\b(?:i|i'm|im|we|we're|my|our|you|who|nurses?|reg|registrar|locum|rep|consultant|doctor|dr|hca|sister on|colleague|anyone|team|speaker|trainer|sho|f1|f2)\b"
)
_HOSTEL = re.compile(
    rf"(?<![\w'])(?P<id>{CAPITAL}(?: {CAPITAL}){{0,2}} (?i:hostel|night ?shelter|foyer|(?:women'?s )?refuge|approved premises))\b"
)
_SLEEPS: Final = re2.compile(
    r"(?i)\b(?:key ?workers?|support workers?|nfa|homeless|stay(?:s|ing|ed)?|liv(?:es|ing|ed)|resident|discharged?|home to|back to|placed|moved|housed|address|sleeps|sleeping|he|she|he's|she's|his|her|they|pt|patient)\b"
)
_HELD_THERE: Final = re2.compile(
    r"(?i)\b(?:clinic|training|sessions?|vaccin[a-z]*|jabs?|beds|meeting|pathway|poster|talk|open(?:s|ing|ed)?|clos(?:es|ing|ed)|outbreak|donations?|collection|volunteer[a-z]*|fundrais[a-z]*)\b"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _IS_A.finditer(view.text):
        if telling(m["id"]) and not _US.search(view.line_before(m.start(), 40)):
            yield _finding(view, m, "work")
    for m in _IN.finditer(view.text):
        if telling(m["id"]) and _PREMISES.search(m["id"]) and _is_theirs(view, m):
            yield _finding(view, m, "work")
    for m in _LOW_IN.finditer(view.text):
        if is_unusual(m["first"]) and _is_theirs(view, m):
            yield _finding(view, m, "work")
    for m in _HOSTEL.finditer(view.text):
        line = view.line_before(m.start(), 80) + view.text[m.end() : m.end() + 40].partition("\n")[0]
        if _SLEEPS.search(line) and not _HELD_THERE.search(line):
            yield _finding(view, m, "home")


def _is_theirs(view: View, m: re.Match[str]) -> bool:
    """Whether a patient or a relative is spoken of, and none of us."""
    line = view.line_before(m.start(), 60)
    return _SOMEBODY.search(line) is not None and not _US.search(line)


def _finding(view: View, m: re.Match[str], why: str) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(m.start("id"), m.end("id")), 0.6, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "pt is a dinner lady at Corran Bridge Primary",
        "54M welder at Teviot Shipyard, hand injury",
        "dad works in Marlowe Foundry till ten",
        "his key worker at the Tarnside Hostel has his meds",
    ),
    spares=(
        "our speaker is a lecturer at Aldgate College",
        "he was a teacher at some point",
        "she works in Intensive Care",
        "flu jabs at the Tarnside Hostel, he can come",
    ),
    triggers=(
        rf"\b(?:{_JOB}),? (?:at|for|in|with|of) ",
        r"\bwork(?:s|ed|ing)?\b[a-z ]{0,20} (?:in|out of) ",
        r"\b(?:hostel|shelter|foyer|refuge|approved premises)\b",
    ),
)
