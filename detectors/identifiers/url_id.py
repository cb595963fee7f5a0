"""Identifiers inside web addresses: a patient's number in a query, a path or a fragment."""

import re
from collections.abc import Iterator

from detectors.digits import mod11
from detectors.file_words import is_unknown
from detectors.interface import Context, Finding, Kind
from detectors.names.words import is_name_word
from detectors.normalise import View
from detectors.rule import Rule

NAME = "url_id"
_URL = re.compile(
    r"(?i)\b(?:https?://|www\.)[^\s<>\"']{4,2000}"
    r"|(?<![\w@./:\-])(?:[a-z0-9\-]{2,40}\.){1,5}[a-z]{2,12}/[^\s<>\"']{4,2000}|(?<!\S)/[a-z][a-z\-]{2,30}/[^\s<>\"']{4,2000}"
)
_SEGMENT = re.compile(r"(?<=/)[A-Za-z0-9_\-.%]{5,80}(?=[/?#,;:)]|\.?(?:\s|$))")
_OF_SOMEBODY = re.compile(
    r"(?P<word>[A-Za-z]{3,30})(?:[\-_.](?P<initial>[A-Za-z]))?[\-_.]?(?P<digits>[0-9]{4,10})"
)
_NUMBERED = re.compile(
    r"(?:[A-Za-z]{1,3}[0-9]{6,8}|[0-9]{10})[\-_.][A-Za-z0-9\-_.]{1,40}|[A-Za-z\-_.]{1,40}[\-_.][0-9]{10}"
)
_RESULT = re.compile(
    r"(?i)(?<=/)(?:stud(?:y|ies)|series|exams?|images?|films?|scans?|results?|reports?|letters?|book(?:ings?)?|appointments?|visits?|episodes?|photos?|s|v|r)/(?P<id>(?=(?:[^0-9/]*[0-9]){5})[A-Za-z0-9]{2,12}(?:-[A-Za-z0-9]{2,12}){0,3})(?=[?#,;:)]|\.?(?:\s|$))"
)
"""Of somebody's examination, letter or visit."""
_YEAR_IN = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[01][0-9](?:[0-3][0-9])?")
_PUBLIC = re.compile(
    r"(?i)(?:^|[/.])(?:nih\.gov|nice\.org\.uk|doi\.org|bmj\.com|gov\.uk|cochrane\w*\.\w+|sign\.ac\.uk|resus\.org\.uk|medicines\.org\.uk|who\.int|wikipedia\.org|thelancet\.com|nejm\.org)(?=[/:]|$)"
)
"""What everybody may read: its numbers are papers'."""
_KEYED = re.compile(
    r"(?i)[?&#;/](?:p(?:atient|t|erson|id|at)?(?:[_\-]?(?:id|no|num|number|identifier|ref))?|nhs(?:[_\-]?(?:no|num|number|id))?|hcn|h?c?n?no|hc|chi(?:[_\-]?(?:no|number))?|"
    r"mrn|crn|hosp(?:ital)?(?:[_\-]?(?:no|num|number|id))?|case(?:[_\-]?(?:no|id))?|episode|rid|record(?:[_\-]?id)?|subject|ubrn|q|query|search|id|"
    r"name|surname|forename|lastname|firstname|dob|birthdate|postcode)[=/](?P<value>[^&#;/?\s|>]{3,80})"
)
_NUMBER = re.compile(r"(?<![A-Za-z0-9])(?:[0-9]{10}|[A-Za-z]{1,3}[0-9]{6,8})(?![A-Za-z0-9])")
_NAMED_KEY = re.compile(
    r"(?i)(?:[?&#;/](?:name|surname|forename|lastname|firstname|q|query|search)[=/]|[?&;](?:pt|patient)=)$"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for url in _URL.finditer(view.text):
        if _PUBLIC.search(url.group().partition("?")[0].split("/", 3)[2 if "//" in url.group() else 0]):
            continue
        for m in _KEYED.finditer(view.text, url.start(), url.end()):
            if _is_identifier(view, m):
                yield _finding(view, m.start("value"), m.end("value"), 0.995, "key")
        for m in _SEGMENT.finditer(view.text, url.start(), url.end()):
            if is_somebodys(m.group()):
                yield _finding(view, m.start(), m.end(), 0.85, "segment")
        for m in _RESULT.finditer(view.text, url.start(), url.end()):
            if not _YEAR_IN.search(m["id"]):
                yield _finding(view, m.start("id"), m.end("id"), 0.7, "result")
        for m in _NUMBER.finditer(view.text, url.start(), url.end()):
            sure = not m.group().isdigit() or mod11(m.group())
            yield _finding(view, m.start(), m.end(), 0.8 if sure else 0.4, "number")


def is_somebodys(segment: str) -> bool:
    """Whether a step of a path names somebody and numbers them: "merriman-0714", "whittleg301147"; no year, no version."""
    if _NUMBERED.fullmatch(segment):
        return True
    m = _OF_SOMEBODY.match(segment)
    if not m or _YEAR.fullmatch(m["digits"]):
        return False
    return is_name_word(m["word"]) or is_unknown(m["word"])


def _is_identifier(view: View, m: re.Match[str]) -> bool:
    value = m.group("value")
    if any(c.isdigit() for c in value):
        return len(value) >= 4
    return bool(_NAMED_KEY.search(view.text, max(0, m.start("value") - 12), m.start("value")))


def _finding(view: View, start: int, end: int, confidence: float, why: str) -> Finding:
    return Finding(Kind.URL_ID, view.span(start, end), confidence, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "https://referrals.airevalley.nhs.example/ep/new?nhs=9999291112&urgency=inpt",
        "<https://pacs.example/viewer/?pid=D2209003&amp;study=XR|open images>",
        "https://epr.example/patient/48213/notes",
        "https://pix.example/v/9931?pt=obrien-t",
        "https://pump.example/r/merriman-0714",
        "wounds.example/photo/ER118204-heel",
    ),
    spares=(
        "https://www.nice.org.uk/guidance/ng158/chapter/recommendations",
        "https://intranet.example/rota?week=12",
        "https://intranet.example/guidelines/sepsis-2024",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567",
        "and/or 12/34567",
    ),
    triggers=(r"https?://", r"www\.", r"\.[a-z]{2,12}/[a-z0-9]", r"(?:^|\s)/[a-z][a-z\-]{2,30}/"),
)
