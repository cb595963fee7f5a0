"""Initials of patients: written with dots, with a bed, or those of somebody named in the thread."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind
from detectors.names.memory import remembered
from detectors.names.roster import known
from detectors.normalise import View
from detectors.rule import Rule

NAME = "initials"
_DOTTED = re.compile(r"(?<![A-Za-z0-9.])[A-Z]\. ?[A-Z]\.(?: ?[A-Z]\.)?(?![A-Za-z])")
_BED = r"(?:bed|bay|b|side ?room|sr|room|cubicle|resus|minors|majors|in the side room|in)"
_WITH_BED = re.compile(
    rf"(?<![A-Za-z0-9])(?P<a>[A-Z]{{2,3}})(?= (?:(?i:{_BED}) ?[0-9]|in the side room|[0-9]{{1,2}}[A-F]\b))"
    rf"|(?i:\b{_BED}) ?[0-9]{{1,3}}[a-f]?[ :=\-]{{1,3}}(?P<b>[A-Z]{{2}})(?![A-Za-z0-9])"
    r"|(?i:\b(?:pt|patient|put|re|for|obs for))[ :]{1,2}(?P<c>[A-Z]{2,3})(?= (?:[0-9]|in\b|on\b|b[0-9]|is\b|has\b|catheter|back\b))"
)
_TWO = re.compile(r"(?<![A-Za-z0-9.\-/])[A-Z]{2,3}(?![A-Za-z0-9\-/])")
_ABBREVIATIONS = frozenset(
    "AF BD BM BP CT CA CD DN DNA DOB DR ED EP ET FH GA GB GI GP GTN HB HF HR ID IM IN IT IV JVP LA LD LL LP MI MR MS NA NG NH NI NK NM NO NOF OA OD OK "
    "OR OT PA PE PD PM PO PR PT PV PX QDS RA RN RR RV RX SC SHO SN SOB SR ST TB TDS TIA TOE TTO UK US UTI VF VT WR XR AM AN AT BE BY DO GO HE IF IS IV "
    "ME MY OF ON SO TO UP US WE ITU ICU CCU HDU AMU SAU MRI ECG NHS CHI MRN LOL NOK NBM EPR".split()
)


def find(view: View, context: Context) -> Iterator[Finding]:
    staff = known(context.roster).initials
    memory = remembered(context).initials
    for m in _DOTTED.finditer(view.text):
        yield Finding(Kind.INITIALS, view.span(m.start(), m.end()), 0.9, NAME, ("dotted",))
    for m in _WITH_BED.finditer(view.text):
        group = m.lastgroup or "a"
        if m.group(group) not in _ABBREVIATIONS:
            sure = 0.3 if m.group(group).lower() in staff else 0.5
            yield Finding(Kind.INITIALS, view.span(m.start(group), m.end(group)), sure, NAME, ("bed",))
    for m in _TWO.finditer(view.text):
        low = m.group().lower()
        if low in memory and m.group() not in _ABBREVIATIONS and low not in staff:
            yield Finding(Kind.INITIALS, view.span(m.start(), m.end()), 0.5, NAME, ("thread",))


RULE = Rule(
    NAME,
    find,
    catches=("G.H. rate 88", "LW b9 refusing obs again", "obs for KT 4F"),
    spares=("CT chest", "IV fluids in bay 3", "BP 132/70 HR 88"),
    triggers=(r"(?-i:\b[A-Z]\. ?[A-Z]\.)", r"(?-i:\b[A-Z]{2,3}\b)"),
)
