"""Numbers and dates that are nobody's, put beside the messages that train the model: written chat has too few of them, and a model
that has seen mostly patients' numbers takes every number for one."""

import random
from dataclasses import replace
from typing import Final

from detectors.names.training.read import Line

_SHARE = 0.06
"""How many messages get one."""
_LABELS: Final = (
    "PO", "order", "reorder", "order no", "requisition", "req", "invoice", "batch", "lot", "lot no", "asset", "asset tag", "serial",
    "S/N", "pump", "job", "job no", "ticket", "helpdesk ref", "INC", "WO", "estates ref", "datix", "Datix", "LFPSE ref", "incident no",
    "GMC", "NMC", "NMC pin", "HCPC", "GPhC", "my pin", "payroll", "assignment no", "ESR", "badge", "staff id", "meeting id",
    "conference id", "passcode", "Teams id", "LanguageLine pin", "door code", "error", "error code", "version", "build", "cat no",
    "catalogue no", "GTIN", "barcode on the box", "NSV code", "sort code", "permit", "locker", "raffle", "train at", "flight", "course code",
    "policy", "SOP", "form", "ref on the email", "tracking no", "parcel", "courier ref", "voucher", "kit no", "drawer", "QA phantom",
    "test patient", "dummy number", "placeholder",
)  # fmt: skip
_SHAPES: Final = (
    "####", "#####", "######", "#######", "########", "##########", "### ### ####", "### ### ###", "#### ####", "##-####", "X-######",
    "XX######", "XX-####", "XXX-#####", "##.####.####", "XX/####/##", "########-###", "0x####XX##", "v#.##", "##/####", "#####X",
)  # fmt: skip
_WHEN: Final = (
    "clinic", "appt", "OPA", "review", "MDT", "audit", "expires", "exp", "use by", "due", "bloods", "last seen", "listed for", "admitted",
    "discharged", "training on", "meeting moved to", "next dose", "scan", "results of", "rota from", "leave until", "since", "repeat on",
    "booked", "delivered", "serviced", "pt seen", "consent signed", "list of", "the", "on", "for", "by", "from",
)  # fmt: skip
_JOINS: Final = (" ", " ", ": ", " is ", " no ", " - ", " = ")
_MARKS: Final = (
    "",
    "",
    ".",
    "?",
    " pls",
    " if they ask",
    " again",
    " thx",
    " for the rep",
    " on the box",
    " for the kit",
)


def _number(rng: random.Random) -> str:
    number = "".join(
        rng.choice("0123456789") if c == "#" else rng.choice("ABCDEFGHKLMNPRSTWX") if c == "X" else c
        for c in rng.choice(_SHAPES)
    )
    return rng.choice(_LABELS) + rng.choice(_JOINS) + number + rng.choice(_MARKS)


def _date(rng: random.Random) -> str:
    """A day of these years, as a birth date is never told."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(2024, 2028)
    between = rng.choice("//..-")
    date = f"{day:02}{between}{month:02}" if rng.random() < 0.5 else f"{day}{between}{month}"
    date += rng.choice(("", f"{between}{year}", f"{between}{year % 100}"))
    clock = rng.choice(
        ("", "", f" {rng.randint(7, 20):02}:{rng.randrange(0, 60, 5):02}", f" at {rng.randint(1, 12)}")
    )
    return f"{rng.choice(_WHEN)} {date}{clock}"


def with_decoy(line: Line, rng: random.Random) -> Line:
    """The line as it is, or with a labelled number or a date before or behind it."""
    if rng.random() > _SHARE:
        return line
    said = _number(rng) if rng.random() < 0.7 else _date(rng)
    said = said.lower() if rng.random() < 0.3 else said
    between = rng.choice((". ", ", ", "\n", " / "))
    if rng.random() < 0.6:
        return replace(line, text=line.text + between + said)
    shift = len(said) + len(between)
    spans = tuple((start + shift, end + shift, kind) for start, end, kind in line.spans)
    return replace(line, text=said + between + line.text, spans=spans)
