"""Dates of birth, told from the dates of appointments by label, year and neighbours."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from detectors.interface import Context, Finding, Kind
from detectors.names.titles import PATIENT_TITLES
from detectors.names.words import USUAL_NAMES, fold, is_name, is_name_word
from detectors.normalise import View
from detectors.rule import Rule

NAME = "date_of_birth"
MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    # Welsh; Gaelic and Irish
    r"|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr"
    r"|faoilleach|gearran|m[aà]rt|giblean|c[eè]itean|[oò]gmhios|iuchar|l[uù]nastal|sultain|d[aà]mhair|samhain|d[uù]bhlachd"
    r"|ean[aá]ir|feabhra|m[aá]rta|aibre[aá]n|bealtaine|meitheamh|i[uú]il|l[uú]nasa|nollaig)"
)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
ORDINAL: Final = (
    r"(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|thirteenth|"
    r"fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
)
_TENS = rf"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:{_ONES}))?|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|oh[ -](?:{_ONES}))"
_YEAR_WORDS = rf"(?:nineteen[ -](?:hundred(?: and)?[ -])?{_TENS}|two thousand(?: and)?(?: (?:{_ONES}|{_TENS}))?|twenty[ -]{_TENS}|(?:forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:{_ONES}))?)"
_SEP = r" ?[./\-\\|_,] ?|  ?"
_CARDINAL = rf"(?:twenty|thirty)[ -](?:{_ONES})|{_ONES}|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty"
DATE: Final = re.compile(
    rf"(?i)(?<![A-Za-z0-9/.\-])(?=[0-9]|[^\W\d_]{{3}})(?:(?P<d>0?[1-9]|[12][0-9]|3[01])(?P<sep>{_SEP})(?P<m>0?[1-9]|1[0-2])(?P=sep)(?P<y>(?:19|20)[0-9]{{2}}|'?[0-9]{{2}})"
    rf"|(?P<iso>(?:19|20)[0-9]{{2}})[\-/.](?:0?[1-9]|1[0-2])[\-/.](?:0?[1-9]|[12][0-9]|3[01])(?:T[0-9:.Z+]{{5,20}})?"
    rf"|(?P<packed>(?:19|20)[0-9]{{2}})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?P<long>(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{2})"
    rf"|(?P<first>(?:19|20)[0-9]{{2}})[ \-/,]{{1,2}}(?:{MONTH}[ \-/](?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?|(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?(?: of)?[ \-/]{MONTH})"
    r"|(?P<short>(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2})"
    rf"|(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)? (?:of )?{MONTH},? (?P<mixed>{_YEAR_WORDS})"
    rf"|(?:the (?=[0-9]{{1,2}}(?:st|nd|rd|th)))?(?:0?[1-9]|[12][0-9]|3[01])(?: ?(?:st|nd|rd|th|af|il|ydd|ed|fed|eg|ain|mh))?(?: day)?(?: of| o)?(?: (?:an t-|an |am |a' |de ))?[ \-/,.]{{0,2}}{MONTH}(?![A-Za-z])\.?(?:[ \-/,.]{{0,2}}(?P<named>(?:19|20)[0-9]{{2}}|'?[0-9]{{2}}(?![:.]?[0-9])))?"
    rf"|{MONTH}\.? (?:the )?(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?(?:,? (?P<us>(?:19|20)[0-9]{{2}}|'[0-9]{{2}}))?"
    rf"|(?:the )?(?:{ORDINAL})(?: day)?(?: of)? {MONTH}\.?,? (?P<ordinal>(?:19|20)[0-9]{{2}}|'?[0-9]{{2}}(?![:.]?[0-9]))"
    rf"|(?:the )?(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th) of the (?:0?[1-9]|1[0-2])(?:st|nd|rd|th),? (?P<ofthe>(?:19|20)[0-9]{{2}}|'?[0-9]{{2}}(?![:.]?[0-9]))"
    rf"|(?P<said>(?:{_CARDINAL}),? (?:the )?(?:{_ONES}|ten|eleven|twelve),? (?:{_YEAR_WORDS}))"
    rf"|(?:the )?(?:{ORDINAL})(?: of)?(?: the)? (?:{MONTH}|{ORDINAL}),? (?P<words>{_YEAR_WORDS})"
    rf"|{MONTH} (?:the )?(?:{ORDINAL}),? (?P<uswords>{_YEAR_WORDS})"
    r")(?![A-Za-z0-9]|[./\-][0-9])"
)
_LABEL = re.compile(
    r"(?i)(?:\bd\.?\s?o\.?\s?b\b\.?|\bdbo\b|\bdate of bi?rt?h\b|\bborn\b|\bb(?:irth)?[ -]?(?:day|date)\b|\bbirth\b|\bb\.(?=\s*$)|\bbirthDate\b"
    r"|\bdyddiad geni\b|\bgan(?:wy)?e?d\b|\brugadh\b|\bceann-latha breith\b)"
    r"[^A-Za-z0-9\n]{0,6}(?:(?:is|was|yw|oedd|ar|air|on|says|should|be|has|of|it's|its|as|the|for|here|reads|wrong|right|actually|form|band)\b[^A-Za-z0-9\n]{0,3}){0,5}$"
)
_BIRTH = re.compile(
    r"(?i)\b(?:d\.?o\.?b|dbo|born|birth|birthday|date of birth|dyddiad geni|ganwyd|ganed|rugadh|makes (?:him|her|them) [1-9][0-9]?)\b"
)
_EVENT = re2.compile(
    r"(?i)\b(?:appt|appointment|edd|lmp|clinic|due|booked|changed|change|seen|admitted|admission|discharged?|op|surgery|scan|mri|ct|xr|xray|review|"
    r"reviewed|date of|last|next|since|on|until|till|from|list|rota|shift|leave|tci|procedure|referred|letter|dated|started|stopped|"
    r"bloods|sample|taken|today|tomorrow|diagnosed|dx|in|version|v|updated|by|before|after|home|call|expires?|exp|lot|batch|episode)\W{0,4}$"
)
_PERSON = re.compile(
    r"(?:[A-Z][A-Za-z'\-]+,? ){1,3}[^A-Za-z\n]{0,12}$|[MF][\s,|;-]{1,3}$|[0-9]{4}[\s,|;-]{1,3}$"
)


_DIARY = frozenset("clinic due check checks scan slot appt list review visit imms bloods bay unit".split())
"""Behind "baby" no surname: "baby clinic 02/03/2025"."""
_SOME_SPOKEN_YEAR = 2005
"""Stands for any year of this century given in words: as likely a visit as a birth."""
_PAST_EVENT = re2.compile(r"(?i)\b(?:op|surgery|since|diagnosed|dx|in|operation|procedure|version|v)\W{0,4}$")
_LAST_WORDS = re.compile(
    r"(?:(?P<before>[^\W\d_]{2,})\.?,? )?(?P<last>[^\W\d_]{3,}(?:['\-][^\W\d_]+)*)(?: down as)?[\s,(?:\-]{1,3}$"
)
_BRACKETED = re.compile(r"\b(?P<first>[A-Z][a-z]+) [A-Z][A-Za-z'\-]+ \($")
_AFTER_NUMBER = re.compile(
    r"(?:[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}|[A-Z]{1,3}[ \-]?[0-9]{6,8})[\s,.|;(\-]{1,3}$"
)
_BEFORE_NUMBER = re.compile(
    r"(?i)[\s,.|;)\-]{1,3}(?:nhs|chi|h ?[&+] ?c|hcn|mrn|hosp(?:ital)?)\b\W{0,3}(?:(?:no|num|number|id)\b\W{0,3})?(?=[a-z]{0,3}[0-9])"
)
_LETTER = re.compile(r"[^\W\d_]")
_OPENS_CHI = re.compile(r"(?<![0-9])([0-9]{6})[ \-]?[0-9]{4}(?![0-9])")
"""A CHI number opens with the birth date, which may stand beside it: "050437, CHI 050437 0065"."""
_TIME = re.compile(r"[\s,]{1,2}[0-9]{1,2}[:.][0-9]{2}")
_THE = re.compile(r"(?i)the ")
_AGED = re.compile(r"\b[0-9]{1,3} ?(?:yrs?|y/?o|years?(?: old)?|[MF])[\s,|;:(\-]{1,4}$")
"""An age right before: "17 yrs, 30-8-08"."""


def find(view: View, context: Context) -> Iterator[Finding]:
    about_birth = bool(_BIRTH.search(view.text))
    of_chis = frozenset(_OPENS_CHI.findall(view.text))
    for m in DATE.finditer(view.text):
        if m.group() in of_chis and not _OPENS_CHI.match(view.text, m.start()):
            confidence, why = 0.8, "opens a chi"
        else:
            confidence, why = _weigh(view, m, about_birth)
        if confidence:
            article = _THE.match(m.group())
            start = m.start() + (article.end() if article else 0)
            yield Finding(Kind.DOB, view.span(start, m.end()), confidence, NAME, (why,))


def _weigh(view: View, m: re.Match[str], about_birth: bool) -> tuple[float, str]:
    line = view.line_before(m.start(), 60)
    before = line if _LETTER.search(line) else ""
    if _LABEL.search(before):
        return 0.97, "label:birth"
    if m.group("short"):
        return _weigh_short(before, about_birth)
    if _only_labelled(m) and not about_birth:
        return 0.0, ""
    year = _year(m)
    if about_birth and not _EVENT.search(before):
        return (0.92 if year else 0.6), "birth"
    if year is None or _TIME.match(view.text, m.end()):
        return 0.0, ""
    if year <= 2012 and _AGED.search(before):
        return 0.9, "age"
    if _AFTER_NUMBER.search(line) or (_BEFORE_NUMBER.match(view.text, m.end()) and not _EVENT.search(before)):
        return 0.9, "beside a number"
    if follows_name(before):
        return (0.92 if year <= 2012 else 0.6), "name"
    named = _BRACKETED.search(before)
    if named and _is_named(named.group("first")):
        return 0.65, "name"  # a child's: "Ethan Grey (30.07.2014)"
    return _unlabelled(m, line, year) if year <= 2012 else (0.0, "")


def _only_labelled(m: re.Match[str]) -> bool:
    """Whether the form is also that of much else: "27011988", "27, 1, 88"."""
    odd = (m["sep"] or "").strip() in (",", "|", "_") and m["sep"].strip()
    return bool(m["packed"] or m["long"] or m["said"] or odd)


def _weigh_short(before: str, about_birth: bool) -> tuple[float, str]:
    """Six digits alone: a date of birth beside a name or a word of birth."""
    if about_birth and not _EVENT.search(before):
        return 0.7, "birth"
    return (0.65, "name") if follows_name(before) else (0.0, "")


def _is_named(word: str) -> bool:
    """Whether a word is a usual name, or a rare one that is no abbreviation: "EDD 18/10/25" is nobody's birth."""
    return is_name_word(word) and (fold(word) in USUAL_NAMES or (len(word) > 3 and not word.isupper()))


def follows_name(before: str) -> bool:
    """Whether the date stands right behind somebody's name: "elsie russell 17/09/30", "Mr Rodger (12/03/55)"."""
    m = _LAST_WORDS.search(before)
    if not m:
        return False
    if _is_named(m["last"]):
        return True
    # "Mr Small 110231", "Sean Thomas (010968)": a name that is also another word, or no known one
    if m["last"].lower() in _DIARY:
        return False
    titled = bool(m["before"]) and fold(m["before"]) in PATIENT_TITLES
    named = bool(m["before"]) and _is_named(m["before"])
    return titled or (named and (m["last"][0].isupper() or is_name(fold(m["last"]))))


def _unlabelled(m: re.Match[str], before: str, year: int) -> tuple[float, str]:
    """A full date in a year long past: nobody's next appointment, though perhaps a past operation."""
    if _EVENT.search(before):
        return (
            (0.65, "long ago") if 1900 <= year < 1990 and not _PAST_EVENT.search(before) else (0.3, "event")
        )
    if year == _SOME_SPOKEN_YEAR:
        return 0.4, "spoken year"
    two_digits = bool(m.group("y")) and len(m.group("y")) == 2
    if two_digits and year >= 2000:
        return 0.4, "two-digit year"
    return (0.9 if _PERSON.search(before) else 0.82), "year"


def _year(m: re.Match[str]) -> int | None:
    """The year of a date, two digits read as the last hundred years; None where it is not given."""
    words = m.group("words") or m.group("uswords") or m.group("mixed")
    if words:
        if words.lower().startswith(("two", "twenty")):
            return _SOME_SPOKEN_YEAR
        return 1990 if "ninety" in words.lower() else 1950
    given = next(
        (
            g
            for g in (m.group(n) for n in ("y", "iso", "packed", "named", "us", "ordinal", "ofthe", "first"))
            if g
        ),
        None,
    )
    if given is None:
        return None
    value = int(given.lstrip("'"))
    if value >= 100:
        return value
    return 2000 + value if value <= 27 else 1900 + value


RULE = Rule(
    NAME,
    find,
    catches=(
        "Born 03-Nov-1941 (84y) F",
        "wrong DOB, says 12.6.54 should be 12.6.45",
        "born 29th December 1933 she told me twice",
        "dob fifth of April nineteen seventy three",
        "Margaret Jones, 4/7/73",
        "DOB: 19650312",
        "respite for Ethan Grey (30.07.2014)",
        "Dyddiad geni: 3ydd Mawrth 1948",
        "ganwyd 12 Rhagfyr 1951",
        "rugadh 4 Giblean 1940",
        "9th April '24 is their date of birth",
        "sean thomas (010968)",
        "bloods please, 050437, CHI 050437 0065",
        "birth date on the bottle should be 020447",
        "21 Aug 35, makes her 85",
        "Nia, 17 yrs, 30-8-08",
    ),
    spares=(
        "clinic on 12/03/2026",
        "Ward Round (30.07.2014) notes",
        "last changed 19/1",
        "appt 3rd April",
        "apwyntiad 3 Mai",
        "seen 12/01 11:52",
        "TTO due 14/2/26",
        "7.31/6.4/-2",
        "diagnosed in 1998",
    ),
    triggers=(
        r"[0-9] ?[./\\\- ] ?[0-9]{1,2} ?[./\\\- ] ?'?[0-9]{2}",
        r"(?:19|20)[0-9]{6}",
        r"(?:birth|yob|born)\b.{0,60}[0-9]{2}",
        r"(?:dob|d\.o\.b|birth|born|geni)[^0-9\n]{0,16}[0-9]{6}\b",
        r"[a-z]\W{1,3}[0-9]{6}\b",
        r"\b[0-9]{6}\W{1,3}[a-z]",
        r"\b[0-9]{6}[ \-]?[0-9]{4}\b",
        r"[0-9](?:st|nd|rd|th)?(?: of)?[ \-/,.]{0,2}(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
        r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?:the )?[0-9]",
        r"[0-9][a-z]{0,4} (?:\w{1,2}'? )?(?:ion|chw|maw|ebr|mai|meh|gor|aws|med|hyd|tac|rha|fao|gea|m.rt|gib|c.it|.gmh|iuc|l.na|sul|d.mh|sam|d.bh|ean|fea|aib|bea|mei|i.il|nol)",
        r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|teenth|tieth),?(?: of)? ",
    ),
)
