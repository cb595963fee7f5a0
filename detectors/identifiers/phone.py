"""UK telephone numbers: a patient's or relative's is found, a member of staff's or a ward's is spared."""

import re
from collections.abc import Iterator

from detectors.digits import numbers
from detectors.interface import Context, Finding, Kind
from detectors.names.roster import known
from detectors.normalise import View
from detectors.owners import QUOTED, Owner, owner_before, quoted_kin, sentence_before
from detectors.rule import Rule

NAME = "phone"
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?<![0-9][./\-])(?=(?P<number>(?:\(?(?:\+|00) ?44 ?\)?[ .\-]{0,2}(?:\(0\)[ .\-]{0,2})?|\(?[0Oo])"
    r"(?:[ .\-()/]{0,2}[0-9OolI]){8,10}(?<! [OoIl])(?![0-9])))"
)
"""Looked for at every place, since a date before the number may be read into it: "04/03/40 0131 496 0412"."""
# Of other countries, in the international form of ITU-T E.164
_ABROAD = re.compile(
    r"(?<![A-Za-z0-9+])(?:\+|00 ?)(?!44)[1-9][0-9]{0,2}(?:[ .\-/]{0,2}\(?0?[0-9]{1,4}\)?){2,6}(?![0-9])"
)
_NATIONAL = re.compile(r"(?:7[0-9]{9}|1[0-9]{8,9}|2[0-9]{9}|3[0-9]{9}|8[0-9]{8,9}|9[0-9]{9}|800[0-9]{6})")
_SUM = re.compile(r"00 ?[0-9]{3,}$|\+[0-9]{1,2}[.][0-9]")
"""A reference that begins with noughts, or a figure with its sign."""
_LABEL = re.compile(
    r"(?i)\b(?:tel|telephone|phone|mob|mobile|number|ring|rang|call|contact|cell|text|on|landline|no|ff[oô]n|symudol|rhif)\b[^A-Za-z0-9\n]{0,6}$"
)
UNEXPLAINED = "unexplained"
"""Evidence: nothing in its sentence says whose number it is."""
_OF_A_THING = re.compile(
    r"(?i)\b(?:(?:seals?|tags?|batch|serial|asset|lot|order|job|p\.?o|req(?:uisition)?|invoice|quot(?:e|ation)|model|part|cat(?:alogue)?|product|"
    r"stock|item|docket|consignment|tracking|parcel|ticket|equipment|pump|policy|contract) ?(?:nos?|num|numbers?|#)|s/n|s/no|p/n|serial|invoice|asset|barcode|consignment|"
    r"p\.?o)\b\W{0,3}$"
)
"""What is bought, mended or sent is numbered as long as a telephone."""
_MISTYPED = re.compile(r"(?<![A-Za-z0-9])07(?:[ .\-]?[0-9]){8}(?:(?:[ .\-]?[0-9]){2})?(?![A-Za-z0-9])")
"""A mobile's number with a digit too few or too many, which tells as much."""
_OF_A_MOBILE = re.compile(
    r"(?i)\b(?:tel|telephone|phone|mob|mobile|cell|ffôn)(?: (?:no|number|is))?\b\W{0,4}$"
)
_MISCOUNTED = re.compile(
    r"(?i)[^\n]{0,24}\bdigits? (?:short|missing|out|over|too (?:many|few|long|short))\b|[^\n]{0,24}\b(?:missing|lacks?|short of|dropped) (?:a|one) digit\b"
)
_LETTER = re.compile(r"[A-Za-z]")
_THEIRS = re.compile(
    r"\W{0,4}(?:(?:\(|is |for )?(?:pt|patient|wife|husband|son|daughter|nok|mum|dad)|to (?:[a-z]+ ){1,2}(?:him|her|them)"
    r"|is (?:his|her|their) (?:new |own |home )?(?:number|no|mobile|mob|phone|landline|wife|husband|son|daughter|mum|dad))\b"
)
_DISGUISES = str.maketrans("OolI", "0011")


def find(view: View, context: Context) -> Iterator[Finding]:
    end = 0
    for m in _NUMBER.finditer(view.text):
        digits = re.sub(r"\D", "", m.group("number").translate(_DISGUISES))
        if m.start() < end or not _NATIONAL.fullmatch(_national(digits)):
            continue
        if not _OF_A_THING.search(view.text, max(0, m.start() - 20), m.start()):
            end = m.end("number")
            yield _finding(view, context, m.start(), end)
    for m in _ABROAD.finditer(view.text):
        if 9 <= len(re.sub(r"\D", "", m.group())) <= 17 and not _SUM.match(m.group()):
            yield _finding(view, context, m.start(), m.end())
    for number in numbers(view, 11):
        if number.disguised and _NATIONAL.fullmatch(_national(number.digits)):
            yield _finding(view, context, number.start, number.end)
    for number in numbers(view, 10):
        if number.digits[:2] == "77" and _LABEL.search(view.text, max(0, number.start - 16), number.start):
            yield _finding(view, context, number.start, number.end)
    yield from _mistyped(view, context)


def _mistyped(view: View, context: Context) -> Iterator[Finding]:
    for m in _MISTYPED.finditer(view.text):
        labelled = _OF_A_MOBILE.search(view.text, max(0, m.start() - 24), m.start())
        if labelled or _MISCOUNTED.match(view.text, m.end(), m.end() + 60):
            yield _finding(view, context, m.start(), m.end())


def _national(digits: str) -> str:
    """The number without the country's prefix and the trunk 0."""
    for prefix in ("00440", "0044", "440", "44", "0"):
        if digits.startswith(prefix) and (prefix == "0" or len(digits) > 11):
            return digits[len(prefix) :]
    return digits


def _finding(view: View, context: Context, start: int, end: int) -> Finding:
    owner = _owner(view, context, start, end)
    confidence = 0.2 if owner == "staff" else 0.93
    return Finding(Kind.PHONE, view.span(start, end), confidence, NAME, (owner or UNEXPLAINED,))


def _owner(view: View, context: Context, start: int, end: int) -> Owner:
    """Whose number it is, as its own sentence tells; a number that nothing explains is a patient's."""
    before = sentence_before(view.text, start, 90)
    told = owner_before(before, known(context.roster)) if _LETTER.search(before) else ""
    theirs = _THEIRS.match(view.lower[end : end + 32]) or quoted_kin(
        view.text[max(0, start - QUOTED) : start]
    )
    return "patient" if theirs else told


RULE = Rule(
    NAME,
    find,
    catches=(
        "wife on 07700900264",
        "07700 900118",
        "+44 7700 900 519",
        "(07700) 900926",
        "NOK 01632 960 417",
        "mob 0044 (0)7700 900477",
        "his son rang from Cork, +353 21 555 0123",
        "+1 312-555-0123",
        "born 04/03/40 0131 496 0064 needs a visit",
        "lift repair from the supplier, 07700 900123 to let her know",
        "oh seven seven double oh nine hundred one two three",
    ),
    spares=(
        "ext 61184",
        "office 0131 496 0412 till 9",
        "ring me on 07700 900555",
        "ref 123456789012",
        "bleep 2217",
        "social worker is Delyth Maddocks, 01632 960552",
        "Tissue viability: Eilidh Sneddon, 01632 960183",
        "ring the overseas team on 01632 960230",
        "BE +3.2, lactate 1.1",
        "order 0012345678",
    ),
    triggers=(
        r"(?:[0-9o][^\n0-9]{0,4}){9}",
        r"(?:zero|oh|o|double)\W+(?:one|two|three|seven|eight|oh|nought)\W",
    ),
)
