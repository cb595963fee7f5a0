"""A patient's sample by the laboratory's or radiology's number: "specimen 26K0081172", "accession RXX-3301842". It tells the
whole laboratory and whoever reads its system who the patient is, as a hospital number does."""

import re
from collections.abc import Iterator

from detectors.identifiers.date_of_birth import DATE
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "specimen"
CODE = re.compile(
    r"(?:(?<![A-Za-z0-9./\-])|(?<=\bno\.))(?:[A-Za-z]{1,2} [0-9]{2} [0-9]{5,8}|[0-9]{2}[ ]?[A-Za-z] [0-9]{5,8}"
    r"|(?!(?i:nos?|num|number|ref|id)[.\-])(?=[A-Za-z./\-]{0,6}[0-9])[A-Za-z0-9]{1,12}(?:[./\-][A-Za-z0-9]{1,12}){0,3})(?![A-Za-z0-9]|[./\-:][0-9])"
)
"""As laboratories write them: a letter or more for the bench, the year, a running number."""
_OF_THE_YEAR = re.compile(r"(?:[A-Za-z]{1,4}[\-/.]?)?2[0-9][\-/.]?[A-Za-z]{0,2}[\-/.]?[0-9]{5,8}")
_LAB = r"lab(?:oratory|s)?|path(?:ology)?|histo(?:logy|pathology)?|cyto(?:logy)?|micro(?:biology)?|bio ?chem(?:istry)?|ha?ematology|virology|genetics"
_TAKEN = (
    r"swab|biopsy|bx|blood cultures?|culture|csu|msu|csf|cross ?match|group (?:and|&) save|g ?(?:&|and) ?s"
)
_SAMPLE = re.compile(
    rf"(?i)\b(?:specimens?|samples?|sampl(?:au)?|accession|accn|rhif (?:y |yr |ei )?lab\w*"
    rf"|(?P<lab>{_LAB}|{_TAKEN})\W{{0,2}}(?:no|num|number|ref|reference|id)(?=\b|[0-9]))\b"
)
_BENCH = re.compile(rf"(?i)\b(?:{_LAB}|{_TAKEN}|bloods?)[\s:#(]{{1,3}}$")
_REACH = 64
_ANOTHER = re.compile(r"[0-9]{3}")
"""Between the label and the number: some other number is what the label spoke of."""
_GOODS = re.compile(
    r"(?i)\b(?:tracking|orders?|ordered|lots?|batch|serial|asset|tag|kits?|sets?|stock|stores?|size|invoice|consignment|courier|printer|fridge|freezer|centrifuge|"
    r"analyser|machine|pump|jobs?|ticket|ext|extension|bleep|dect|phone|tel|fax|ring|datix|incident|po|sn|qc|book|boxes|box|bags?|bottles|pots|tubes|racks?|trays?|shelf|drawer|shelves|trolley)\b"
)
_NEXT_SENTENCE = re.compile(r"[.!?]\s+[A-Z][a-z]")
_AND = re.compile(r"\s*(?:,|and|&|\+|or|plus|a)\s*")
_QUANTITY = re.compile(r"(?i)[0-9.]+[a-z]{1,5}|[0-9]{1,3}(?:[./\-][0-9]{1,3}){1,2}")
_SAID_AFTER = re.compile(
    r"(?i)\W{0,3}(?:(?:is|was) (?:the|his|her) (?:specimen|sample)|(?:(?:is|was) )?(?:the )?(?:specimen|sample|lab|accession) (?:no|num|number|id|ref))\b"
)
_UNIT = re.compile(r"(?i) ?(?:mls?|mg|mcg|g|units?|hrs?|h|am|pm|x|/|%|patients|samples|tests)\b")


def find(view: View, context: Context) -> Iterator[Finding]:
    """A number behind a label, and each that is joined to one by "and"."""
    last = -1
    for m in CODE.finditer(view.text):
        if not may_be_one(m.group()) or _UNIT.match(view.text, m.end()):
            continue
        joined = last >= 0 and _AND.fullmatch(view.text, last, m.start())
        if joined or _labelled(view, m):
            last = m.end()
            yield Finding(Kind.OTHER_ID, view.span(m.start(), m.end()), 0.7, NAME, ("label:specimen",))


def may_be_one(code: str) -> bool:
    """Whether digits, letters and strokes are enough of each for a laboratory's number."""
    digits = sum(map(str.isdigit, code))
    if digits < 5 or DATE.fullmatch(code) or _QUANTITY.fullmatch(code):
        return False
    return not code.isdigit() or (digits > 5 and not (code.startswith("0") and digits > 9))


def _labelled(view: View, m: re.Match[str]) -> bool:
    text, before = view.text, view.line_before(m.start(), _REACH)
    mixed = any(map(str.isalpha, m.group()))
    if mixed and (_BENCH.search(before) or _after(text, m)):
        return True
    label = max(_SAMPLE.finditer(before), key=re.Match.end, default=None)
    if label is None or any(p.search(before, label.end()) for p in (_ANOTHER, _GOODS, _NEXT_SENTENCE)):
        return False
    return mixed or not re.match(r"[ \-][0-9]{3}", text[m.end() : m.end() + 4])


def _after(text: str, m: re.Match[str]) -> bool:
    """ "26K0081172 is the specimen": a running number of the year, before its label."""
    return bool(_OF_THE_YEAR.fullmatch(m.group()) and _SAID_AFTER.match(text, m.end()))


RULE = Rule(
    NAME,
    find,
    catches=(
        "specimen 26K0081172 clotted, can you rebleed",
        "lab K-26-118203 potassium 6.1",
        "need the accession for the CT. is it RXX26-0330184?",
        "rhif y sampl 26K0081172",
    ),
    spares=(
        "specimen bags, batch 2204417",
        "sample taken 14/03/2026",
        "lab ext 44718",
        "lab printer serial SN330184",
        "no courier for the specimens. Tracking 5794504358 says delivered",
    ),
    triggers=(
        r"\b(?:specimen|sampl|accession|accn|lab|path|histo|cyto|micro|bio ?chem|haem|hem|virol|genetics|swab|biops|bx|blood|culture|csu|msu|csf|cross ?match|group (?:and|&) save|g ?(?:&|and) ?s\b)",
    ),
)
