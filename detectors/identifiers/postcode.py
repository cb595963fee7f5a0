"""Postcodes in the six forms of BS 7666, unspaced, in lower case and spoken; wards and doses spared."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "postcode"
_AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY "
    "HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL "
    "PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_AREA = "|".join(sorted(_AREAS.split(), key=len, reverse=True))
_CODE = re.compile(
    rf"(?i)(?<![a-z0-9])(?=[a-z]{{1,2}}[0-9]|gir|bfpo)(?P<out>(?:{_AREA})(?:[0-9][0-9a-hjkmnp-y]?)|gir|bfpo) {{0,2}}(?P<in>[0-9o][abd-hjlnp-uw-z]{{2}}|0aa)(?![a-z0-9])"
    r"|(?<![A-Za-z0-9])BFPO ?[0-9]{1,4}(?![0-9])"
)
_DIGIT = "zero|oh|o|one|two|three|four|five|six|seven|eight|nine"
_TEEN = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty"
_SPELT = "|".join(" ?".join(area) for area in sorted(_AREAS.split(), key=len, reverse=True))
_SPOKEN = re.compile(
    rf"(?i)\b(?=[a-z] ?[a-z]?[ -][0-9a-z])(?:{_SPELT})[ -](?:(?:{_TEEN}|{_DIGIT})\b(?:[ -](?:{_DIGIT})\b)?|[0-9]{{1,2}}),?[ -](?:(?:{_DIGIT})\b|[0-9])[ -]?[abd-hjlnp-uw-z][ -]?[abd-hjlnp-uw-z]\b"
)
# "B6 2hr", "w9 1st", "L3 2bd": times, ordinals and dose frequencies that have a postcode's letters
_LOOKALIKE = re.compile(
    r"(?i)[0-9](?:hr|st|nd|rd|th|bd|td|qd|ds|pt|wt|ft|lb|xl|ut|pu|tb|un|hz|gy|nb|ph|ap|pa|yr)$"
)
# "B5 obs", "W4 off", "S4 old": a letter o for a nought, but also words of the ward
_WORD = re.compile(r"(?i) (?:obs|off|one|our|out|old|ops?|opd|own|opt|odd|ots|oed|ohs|ops|ood|oop)$")
# The letters that no inward code has, in one typed in full behind a town
_ODD_INWARD = re.compile(
    rf"(?<=[a-z,] )(?:{_AREA})[0-9]{{2}} [0-9](?![A-Z]{{2}}(?<=ML|MM|CM|MC|MG|KG|IV|IM|IU|PO|AM|PM))[A-Z]{{2}}(?![A-Za-z0-9])"
)
_PLACE_BEFORE = re.compile(
    r"(?i)\b(?:ward|bed|bay|theatre|room|side room|grade|stage|level|version|t|c|l)\W{0,2}$"
)
# "batch BN14 7ZZ": what is ordered and counted has letters and figures of the same shape
_ORDER_BEFORE = re.compile(
    r"(?i)\b(?:batch|lot|serial|s/n|asset|model|invoice|quote|sku|(?:order|job|ticket|purchase|stock|part|tracking|catalogue)"
    r"[ .:#]{1,2}(?:ref|reference|no|num|number))\b(?:[ .:#]{1,2}(?:ref|reference|no|num|number|code|tag|id|is)\b){0,2}[ .:#=]{1,3}$"
)
_LABEL = re.compile(r"(?i)\b(?:post ?code|cod post|pc|p/code|lives?|address|addr)\b[^\n]{0,60}$")


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _CODE.finditer(view.text):
        confidence = _weigh(view, m)
        if confidence:
            yield Finding(Kind.POSTCODE, view.span(m.start(), m.end()), confidence, NAME, ("shape",))
    for m in _ODD_INWARD.finditer(view.text):
        if not _CODE.match(m.group()):
            yield Finding(Kind.POSTCODE, view.span(m.start(), m.end()), 0.7, NAME, ("shape",))
    for m in _SPOKEN.finditer(view.text):
        if not m.group().isascii() or any(c.isalpha() for c in m.group()[2:-4]):
            yield Finding(Kind.POSTCODE, view.span(m.start(), m.end()), 0.85, NAME, ("spoken",))


def _weigh(view: View, m: re.Match[str]) -> float:
    text = m.group()
    if _LABEL.search(view.text, max(0, m.start() - 80), m.start()):
        return 0.97
    if _WORD.search(text) or _ORDER_BEFORE.search(view.text, max(0, m.start() - 40), m.start()):
        return 0.2
    out = m.group("out") or ""
    if (
        len(out) < 4
        and _LOOKALIKE.search(text)
        and (text != text.upper() or (" " not in text and len(text) < 7))
    ):
        return 0.2
    if _PLACE_BEFORE.search(view.text, max(0, m.start() - 12), m.start()):
        return 0.25
    if text == text.upper():
        return 0.95 if " " in text else 0.9
    return 0.93


RULE = Rule(
    NAME,
    find,
    catches=(
        "She's NG10 9DX so Notts",
        "de7 9xq",
        "cb23bu",
        "LS4 9ZQ",
        "SW nineteen one EZ",
        "L S four nine Z Q",
        "G1 1AA",
    ),
    spares=(
        "B12 5mg IM",
        "L5/S1 disc",
        "bed B6 2hr obs",
        "w9 1st on list",
        "T4 2 units",
        "ZZ99 3VZ is the pseudo-code",
        "v2 3ab",
        "B5 obs 36.7, 72 reg",
        "W4 off to scan",
        "lot LE14 3TR of the cannulas",
    ),
    triggers=(
        r"[a-z]{1,2}[0-9][0-9a-z]? {0,2}[0-9o][a-z]{2}\b",
        r"\b(?:gir|bfpo)",
        r"\b[a-z]{1,2}[ -](?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|[0-9]{1,2})[ -,]",
    ),
)
