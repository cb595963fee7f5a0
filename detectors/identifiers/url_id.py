"""Identifiers inside web addresses: a patient's number in a query, a path or a fragment."""

import re
from collections.abc import Iterator

from detectors.digits import mod11
from detectors.file_words import is_unknown
from detectors.interface import Context, Finding, Kind
from detectors.names.words import fold, is_name, is_name_word
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
_INITIALLED = re.compile(r"(?P<word>[A-Za-z]{3,30})[\-_.][A-Za-z][\-_.][0-9]{2,4}")
"""A surname, an initial and a year or a day: "merriman-j-51"."""
_NUMBERED = re.compile(
    r"(?:[A-Za-z]{1,3}[0-9]{6,8}|[0-9]{10})[\-_.][A-Za-z0-9\-_.]{1,40}|[A-Za-z\-_.]{1,40}[\-_.][0-9]{10}"
)
_RESULT = re.compile(
    r"(?i)(?<=/)(?:stud(?:y|ies)|series|exams?|images?|films?|scans?|results?|reports?|letters?|care-?plans?|admissions?|"
    r"encounters?|referrals?|assessments?|prescriptions?|charts?|discharges?|ecgs?|x-?rays?|obs|book(?:ings?)?|appointments?|visits?|episodes?|photos?|s|v|r)/(?P<id>(?=(?:[^0-9/]*[0-9]){5})[A-Za-z0-9]{2,12}(?:-[A-Za-z0-9]{2,12}){0,3})(?=[?#,;:)]|\.?(?:\s|$))"
)
"""Of somebody's examination, letter or visit."""
_OF_CLIENT = re.compile(
    r"(?i)(?<=/)(?:clients?|residents?|service-?users?|wom[ae]n|bab(?:y|ies))/(?P<id>[A-Za-z]{0,3}[0-9]{5,10})(?=[/?#,;:)]|\.?(?:\s|$))"
)
_YEAR_IN = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[01][0-9](?:[0-3][0-9])?")
_PUBLIC = re.compile(
    r"(?i)(?:^|[/.])(?:nih\.gov|nice\.org\.uk|doi\.org|bmj\.com|gov\.uk|cochrane\w*\.\w+|sign\.ac\.uk|resus\.org\.uk|medicines\.org\.uk|who\.int|wikipedia\.org|thelancet\.com|nejm\.org)(?=[/:]|$)"
)
"""What everybody may read: its numbers are papers'."""
_KEYED = re.compile(
    r"(?i)[?&#;/](?:p(?:atients?|t|ersons?|id|at)?(?:[_\-]?(?:id|no|num|number|identifier|ref))?|nhs(?:[_\-]?(?:no|num|number|id))?|hcn|h?c?n?no|hc|chi(?:[_\-]?(?:no|number))?|"
    r"mrn|crn|hosp(?:ital)?(?:[_\-]?(?:no|num|number|id))?|case(?:[_\-]?(?:no|id))?|episode|rid|record(?:[_\-]?id)?|subject|ubrn|q|query|search|id|"
    r"(?:p(?:atien)?t[_\-]?)?name|surname|forename|lastname|firstname|[fl]name|given(?:name)?|family(?:name)?|[sfl]n|dob|birthdate|postcode)[=/](?P<value>[^&#;/?\s|>]{3,80})"
)
_NUMBER = re.compile(r"(?<![A-Za-z0-9])(?:[0-9]{10}|[A-Za-z]{1,3}[0-9]{6,8})(?![A-Za-z0-9])")
_NAMED_KEY = re.compile(
    r"(?i)(?:[?&#;/](?:p(?:atien)?t[_\-]?)?(?:name|surname|forename|lastname|firstname|[fl]name|givenname|familyname|q|query|search)[=/]|[?&;](?:pt|patient)=)$"
)


_NAME_OR_NOT = re.compile(r"(?i)[?&;](?:[sfl]n|given|family)=$")
"""Keys of names, of serial numbers and of functions."""
_SOUGHT = re.compile(r"(?i)[?&#;/](?:q|query|search)[=/]$")
_IRISH = re.compile(r"^O(?=[A-Z])")
_ONLY_YEAR = re.compile(r"[A-Za-z_\-]{3,60}(?:19|20)[0-9]{2}")
_LONG_NUMBER = re.compile(r"[0-9]{4}")
_NUMBERS = re.compile(r"(?:(?<![A-Za-z])[A-Za-z]{1,5})?[0-9]{1,12}")
_OF_A_THING = re.compile(
    r"(?i)/(?:incidents?|tickets?|orders?|jobs?|assets?|products?|items?|changes?|issues?|kb|trials?|courses?|modules?|parts?|requests?)/$"
)
_REGISTERED = re.compile(
    r"(?i)(?:isrctn|nct|actrn|euctr|pmc|pmid|iras|cpms|isbn|issn|crd|kb|inc|req|ritm|chg|s?c?task|prb|dcb)[0-9][0-9\-]{3,20}"
)
"""Trials, papers and calls to the help desk."""
_RECORD_OF = re.compile(
    r"(?i)/(?:photos?|images?|wounds?|patients?|clients?|residents?|scans?|letters?|results?|referrals?|consents?)/$"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for url in _URL.finditer(view.text):
        if _PUBLIC.search(url.group().partition("?")[0].split("/", 3)[2 if "//" in url.group() else 0]):
            continue
        for m in _KEYED.finditer(view.text, url.start(), url.end()):
            if _is_identifier(view, m):
                yield _finding(view, m.start("value"), m.end("value"), 0.995, "key")
        yield from _steps(view, url)
        for m in _NUMBER.finditer(view.text, url.start(), url.end()):
            if not m.group().isdigit() and _is_of_a_thing(view.text, m):
                continue
            sure = not m.group().isdigit() or mod11(m.group())
            yield _finding(view, m.start(), m.end(), 0.8 if sure else 0.4, "number")


def _steps(view: View, url: re.Match[str]) -> Iterator[Finding]:
    """Steps of its path that are somebody's."""
    for m in _SEGMENT.finditer(view.text, url.start(), url.end()):
        if _REGISTERED.fullmatch(m.group()):
            continue
        of_record = _RECORD_OF.search(view.text, max(0, m.start() - 12), m.start())
        if is_somebodys(m.group()) or (of_record and _is_whole_name(m.group())):
            yield _finding(view, m.start(), m.end(), 0.85, "segment")
    for m in _OF_CLIENT.finditer(view.text, url.start(), url.end()):
        yield _finding(view, m.start("id"), m.end("id"), 0.95, "key")
    for m in _RESULT.finditer(view.text, url.start(), url.end()):
        if not _YEAR_IN.search(m["id"]) and not _REGISTERED.fullmatch(m["id"]):
            yield _finding(view, m.start("id"), m.end("id"), 0.7, "result")


def _is_of_a_thing(text: str, m: re.Match[str]) -> bool:
    registered = _REGISTERED.fullmatch(m.group()) is not None
    return registered or _OF_A_THING.search(text, max(0, m.start() - 12), m.start()) is not None


def is_somebodys(segment: str) -> bool:
    """Whether a step of a path names somebody and numbers them: "merriman-0714", "whittleg301147"; no year, no version."""
    if _NUMBERED.fullmatch(segment):
        return True
    initialled = _INITIALLED.fullmatch(segment)
    if initialled and (is_name_word(initialled["word"]) or is_unknown(initialled["word"])):
        return True
    if _LONG_NUMBER.search(segment) and _is_whole_name(_NUMBERS.sub("", segment)):
        return True
    m = _OF_SOMEBODY.match(segment)
    if not m or _YEAR.fullmatch(m["digits"]):
        return False
    return is_name_word(m["word"]) or is_unknown(m["word"])


def _is_whole_name(words: str) -> bool:
    """Whether there are two or three words, each of them a name and nothing else: "Hargreaves_Edna"."""
    names = [w for w in re.split(r"[_\-.]|%20", words) if w]
    return 1 < len(names) < 4 and all(is_name(fold(w)) for w in names) and any(map(is_name_word, names))


def _is_identifier(view: View, m: re.Match[str]) -> bool:
    value = m.group("value")
    if _NAME_OR_NOT.search(view.text, max(0, m.start("value") - 8), m.start("value")):
        return value.isalpha() and any(map(is_name, (fold(value), fold(_IRISH.sub("o'", value)))))
    if view.text[m.start("value") - 1] == "/" and _ONLY_YEAR.fullmatch(value):
        return False  # "/patients/leaflets-2024"
    if any(c.isdigit() for c in value):
        return len(value) >= 4
    before = max(0, m.start("value") - 12)
    if _SOUGHT.search(view.text, before, m.start("value")):
        return any(is_unknown(w) or is_name_word(w) for w in re.split(r"[+_\-.]|%20", value))
    return bool(_NAMED_KEY.search(view.text, before, m.start("value")))


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
