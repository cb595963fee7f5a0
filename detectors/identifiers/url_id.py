"""Identifiers inside web addresses: a patient's number in a query, a path or a fragment."""

import re
from collections.abc import Iterator

from detectors.digits import mod11
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "url_id"
_URL = re.compile(r"(?i)\b(?:https?://|www\.)[^\s<>\"']{4,2000}")
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
        for m in _KEYED.finditer(view.text, url.start(), url.end()):
            if _is_identifier(view, m):
                yield _finding(view, m.start("value"), m.end("value"), 0.995, "key")
        for m in _NUMBER.finditer(view.text, url.start(), url.end()):
            sure = not m.group().isdigit() or mod11(m.group())
            yield _finding(view, m.start(), m.end(), 0.8 if sure else 0.4, "number")


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
    ),
    spares=(
        "https://www.nice.org.uk/guidance/ng158/chapter/recommendations",
        "https://intranet.example/rota?week=12",
    ),
    triggers=(r"https?://", r"www\."),
)
