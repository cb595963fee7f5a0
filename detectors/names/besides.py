"""What the model reads besides names: homes, references, numbers and dates that tell who a patient is, in whatever words."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from detectors.edges import trimmed, whole_words
from detectors.homes import STREET
from detectors.interface import LIKELY, MODEL, Finding, Kind
from detectors.names.features import OTHERS
from detectors.names.tagger import Said
from detectors.normalise import OBJECT, View

_COLUMNS: Final = [
    n for n, name in enumerate(OTHERS) if name in {*Kind} - {Kind.AGE, Kind.INITIALS, Kind.FILENAME_ID}
]
"""What is believed. Telephone numbers and mail are left to the rules, which know whose they are; names of files too, most of which are
nobody's."""
_ALONE: Final = [OTHERS.index(kind) for kind in ("ADDRESS", "POSTCODE", "DOB")]
_FAMILIES: Final = [*([n] for n in _ALONE), [n for n in _COLUMNS if n not in _ALONE]]
"""What is never part of one finding with another: a home, its postcode, a birth date, a number of whatever kind."""
_DOUBT: Final = 0.55
"""The odds for a finding count so much of what the model gives: it has seen more numbers that tell than chat has."""
_WORTH_SAYING: Final = 0.3
_ALONG: Final = 0.25
"""So likely, by the model's own odds, each piece of a finding must be."""
_AGAIN: Final = 0.93
"""What stands beside a placeholder was judged when it had its whole sentence round it."""
_NO_CODES: Final = frozenset({Kind.ADDRESS, Kind.POSTCODE, Kind.DOB, Kind.URL_ID})
"""What a thing's label before it says nothing of."""
_NUMBERS: Final = frozenset({Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER, Kind.MRN, Kind.NINO})
_NUMBER = re.compile(r"[A-Z0-9]|\b[a-z]{0,3}[0-9]")
_DIGIT, _WORD = re.compile(r"[0-9]"), re.compile(r"[^\W\d_]{3}")
_TELLS = re.compile(
    r"[0-9](?:[ .,/\-:]{0,2}[A-Za-z]?[0-9]){2}|[A-Za-z]{2}[0-9]{2}|[0-9][A-Za-z]?,? [A-Z][a-z]{3}"
    rf"|(?i:\b(?:flat|room|number|no|house|above|lives|home)\b|[0-9][a-z]?,? (?:[\w'’]{{1,20}} ){{0,3}}(?:{STREET})\b)"
)
"""Three digits near one another, a code, a home's number and words for a home. Of 1,189 messages in which nobody may be named and a
digit stands, from all settings but the unseen, 524 have none of that, and the model found nothing in them."""
_TEN_DIGITS = re.compile(r"(?:[0-9][ .\-]?){9}[0-9]")
_EXTENSION = re.compile(r"[0-9]{3,6}")
_RINGS = re.compile(
    r"(?i)\b(?:ring|rang|ringing|call|calls|phone|ask for|dial|ext|extn|extension|bleep|switch|number ending)\b"
)
_LABEL = re.compile(r"(?i)nhs|chi|h\W?c|gig|rhif|number|\bnum\b|\bno\b|\bhosp")
_THINGS = re.compile(
    r"(?i)\b(?:serial|s/?n|rma|returns?|datix|lfpse|orders?|po|requisition|lots?|batch|asset|tag|sticker|sops?|form|file note|note (?:no|number)|folder|certificate|"
    r"toner|sort code|ticket|jobs?|estates|help ?desk|call-?out|donation|unit|permit|client id|gtin|catalogue|cat no|invoice|supplier|royal mail|tracking|parcel|consignment|"
    r"delivery|sponsor|rec|iras|radio|issi|call ?sign|(?:clinic|door|cabinet|gate|barrier|drug|error|fault|course) code|machine|part|model|version|build|alert|visitor'?s badge|"
    r"smart ?card|passcode|meeting|dummy|phantom)\b[^.;\n]{0,24}$"
)
"""Right before a number: what it is the number of."""
_SOMEBODYS = re.compile(
    r"(?i)\b(?:his|her|their|pts?|patient'?s?|pacemaker|icd|implant(?:ed)?|flat|house|home|lives|hosp(?:ital)?|mrn|nhs|chi|mrs?|ms|miss)\b"
)
_NOT_BORN = re.compile(
    r"(?:[0-9]{1,2}[/.\- ]){2}(?:20)?2[0-9]|20[2-9][0-9]-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.][0-9]{1,2}|(?:19|20)[0-9]{2}"
)
_NO_YEAR = re.compile(r"[^0-9]*[0-9]{0,2}[^0-9]*|[^0-9]*202[0-9]")
"""Nor is "22nd of Nov" a birth date, or "March 2027"."""
_BEFORE_HOME = re.compile(
    r"(?i)(?:it['’]?s|(?:flat|house|home|address) is|house(?= [0-9])|and|byw (?:yn|ar)) "
)
_POSTCODE = re.compile(r"(?i)[A-Z]{1,2}[0-9][0-9A-Z]? ?(?:[0-9][A-Z]{0,2})?")
"""As far as it was written: "EH6", but not "EQ-5D-5L"."""
_DOCUMENT = re.compile(r"(?=[^a-f]{0,30}[a-f])[0-9a-f][0-9a-f\-]{9,}(?![A-Za-z0-9])")
"""What a link calls a document by."""
_GAP: Final = 2
"""Code points between two pieces of one finding."""
_SHORTEST: Final = 3
"""Code points of a finding."""


def may_tell(text: str) -> bool:
    """Whether a text in which nobody may be named could hold anything that is found here: a number that may tell, and a word.
    "Sats 94 on 2L, ward 7" could not."""
    return bool(_DIGIT.search(text) and _WORD.search(text) and _TELLS.search(text))


def besides(view: View, said: Said, name: str) -> Iterator[Finding]:
    """One finding for each run of likely pieces, whole words of it, by the detector `name`."""
    least = _AGAIN if OBJECT in view.text else _WORTH_SAYING
    likely = said.others[:, _COLUMNS].sum(-1)
    for run in _runs(view.text, said, (likely >= _ALONG).nonzero()[0].tolist()):
        while likely[run[0]] < LIKELY and len(run) > 1:
            run = run[1:]
        confidence = _doubted(float(likely[run].max()))
        words = whole_words(view.text, said.spans[run[0]][0], said.spans[run[-1]][1])
        start, end = trimmed(view.text, *words)
        if confidence < least or end - start < _SHORTEST:
            continue
        kind = Kind(OTHERS[_COLUMNS[int(said.others[run][:, _COLUMNS].sum(0).argmax())]])
        start = _behind_label(view.text, kind, start, end)
        if not _is_for_rules(view.text, kind, start, end):
            yield Finding(kind, view.span(start, end), round(confidence, 3), name, (MODEL,))


def _behind_label(text: str, kind: Kind, start: int, end: int) -> int:
    """Where the number begins in "yw 943 476 5918", and the home in "its Ivy Cottage"."""
    if kind is Kind.ADDRESS and (said := _BEFORE_HOME.match(text, start, end)):
        return said.end()
    number = _NUMBER.search(text, start, end) if kind in _NUMBERS else None
    return number.start() if number else start


def _is_for_rules(text: str, kind: Kind, start: int, end: int) -> bool:
    """Whether rules know better that it tells nothing: what stands alone (they know what was asked), what numbers a thing, ten digits without
    a label (they know the check digits), a few digits where somebody is rung, a day of these years or of none, a year."""
    said = text[start:end]
    if kind is not Kind.ADDRESS and not (_WORD.search(text, 0, start) or _WORD.search(text, end)):
        return True
    if kind not in _NO_CODES and _is_of_a_thing(text, start):
        return True
    if kind is Kind.POSTCODE and not _POSTCODE.fullmatch(said):
        return True
    if kind is Kind.URL_ID and (_DOCUMENT.match(said) or not _DIGIT.search(said)):
        return True
    if _EXTENSION.fullmatch(said) and _RINGS.search(text):
        return True
    if _TEN_DIGITS.fullmatch(said) and not _LABEL.search(text[max(0, start - 24) : start]):
        return True
    return bool(_NOT_BORN.fullmatch(said) or (kind is Kind.DOB and _NO_YEAR.fullmatch(said)))


def _is_of_a_thing(text: str, start: int) -> bool:
    """Whether what stands before says that it numbers a thing, and not somebody's."""
    before = text[max(0, start - 40) : start]
    return bool(_THINGS.search(before)) and not _SOMEBODYS.search(before)


def _doubted(p: float) -> float:
    odds = _DOUBT * min(p, 0.99)
    return odds / (odds + 1 - min(p, 0.99))


def _runs(text: str, said: Said, likely: list[int]) -> Iterator[list[int]]:
    """The `likely` pieces that stand beside each other on one line and tell alike."""
    if not likely:
        return
    families = np.stack([said.others[:, columns].sum(-1) for columns in _FAMILIES]).argmax(0).tolist()
    run: list[int] = []
    for n in likely:
        start, end = said.spans[run[-1]][1] if run else 0, said.spans[n][0]
        between = text[start:end]
        if run and (len(between) > _GAP or "\n" in between or (families[n] != families[run[-1]] and between)):
            yield run
            run = []
        run.append(n)
    if run:
        yield run
