"""File names that hold a name or a number: within a text all of it goes, of a file's own name what tells."""

import re
from collections.abc import Iterator
from dataclasses import replace

from detectors.file_words import is_unknown, telling
from detectors.interface import Context, Finding, Kind
from detectors.names.memory import remembered
from detectors.names.words import fold, is_name_word, is_ordinary
from detectors.normalise import View
from detectors.rule import Rule

NAME = "file_name"
_EXTENSION = r"jpe?g|png|gif|heic|bmp|tiff?|pdf|docx?|xlsx?|pptx?|csv|txt|rtf|odt|msg|eml|mp4|mov|avi|mp3|m4a|wav|dcm|zip|7z|html?|xml|json|hl7"
_FILE = re.compile(rf"(?i)(?<![\w/.\-])[\w][\w.\-()+]{{0,120}}\.(?:{_EXTENSION})\b(?![\w/])")
_PATHED = re.compile(rf"(?i)(?<=[/\\])(?P<f>[\w][\w.\-()+]{{0,120}}\.(?:{_EXTENSION}))\b")
_QUOTED = re.compile(rf"(?i)[\"'](?P<f>[^\"'\n]{{3,120}}\.(?:{_EXTENSION}))[\"']")
_LONG_NUMBER = re.compile(r"(?<![0-9])(?!(?:19|20)[0-9]{6}(?![0-9]))[0-9]{7,}")
_CAMERA = re.compile(
    r"(?i)(?:^|[^a-z])(?:img|dsc|pxl|vid|video|audio|ptt|screenshot|whatsapp|photo|image|signal|received)"
)
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?:[0-9]{10}|[A-Za-z]{1,3}[0-9]{6,8}|[0-9]{3}[ -][0-9]{3}[ -][0-9]{4})(?![A-Za-z0-9])"
)
_BORN = re.compile(
    r"(?<![0-9])(?:(?:0?[1-9]|[12][0-9]|3[01])(?P<by>[-._ /]?)(?:0[1-9]|1[0-2]|(?<![0-9])[1-9])(?P=by)(?:19[0-9]{2}|200[0-9])"
    r"|(?:0[1-9]|[12][0-9]|3[01])(?P<sep>[-._]?)(?:0[1-9]|1[0-2])(?P=sep)(?:3[2-9]|[4-9][0-9]))(?![0-9])"
)
"""A day so long ago that somebody was born on it, rather than that the file was made."""

_ON_SOMEBODY = frozenset(
    "bloods clerking clinic consent ct dexa discharge dnacpr echo ecg letter mri photo referral report results scan spirometry "
    "summary tta tto ultrasound uss video visit wound xray".split()
)
"""What a file is that is about one patient."""
_PART = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_WORD_BEFORE = re.compile(
    r"(?<![^\s])(?=[\w\-()]*(?:_|[0-9]{5}|[A-Z]{3}))[\w\-()]{2,60} (?:[\w\-()]{1,30} ){0,3}$"
)


_CALLED = re.compile(
    r"(?i)(?:^.*\b(?:called|named|titled|as|is|it'?s|says?|was|went|sent|posted|uploaded|attached|file|wrong|the|this|that|to|in|from|my|our)\b|\b(?:photo|video|scan)(?! (?:i|is|was|went|report|request)\b))[:=]? (?=(?:[\w\-()]{1,30} ){0,7}$)"
)
"""What comes before a name that holds spaces: "a PDF called Kaczmarek Wioletta DEXA.pdf"."""
_WHOLE = re.compile(r"[A-Za-z][^\s_\-]*(?:_|-[^\s\-]+-)")
"""Who joins words by strokes puts no spaces between others."""
_STROKED = re.compile(r"[^\s_]_[^\s_]{2,40} $")
_SURNAME_FIRST = re.compile(r"(?:^|\s)(?P<name>[A-Z][A-Za-z'\-]{2,30}) [A-Z]{1,2} (?:[\w\-()]{1,30} ){0,4}$")
"""Before the last word of a name that holds spaces: "Mensah K consent scanned.pdf"."""
_AND_INITIAL = re.compile(
    r"(?P<name>[A-Z][A-Za-z'\-]{2,30}?[a-z])[A-Z](?=[_\-. ])|(?P<said>[A-Za-z][A-Za-z']{2,30})[_\-. ][A-Za-z](?=[_\-. ])"
    r"|[A-Z](?=[A-Z][a-z]{3,})(?P<behind>[A-Z][a-z]{3,30})(?=[_\-. ])"
)
"""At the start, a surname with its initial: "SturrockL_pelvis", "Ferrier-M-calcium", "LSturrock_pelvis"."""


def find(view: View, context: Context) -> Iterator[Finding]:
    if context.surface == "file_name":
        yield from _whole(view, context)
        return
    for m in _QUOTED.finditer(view.text):
        yield from _weigh(view, context, m.start("f"), m.end("f"))
    for m in _FILE.finditer(view.text):
        start = _start(view, m.start(), m.end())
        yield from _weigh(view, context, start, m.end())
    for m in _PATHED.finditer(view.text):
        yield from _weigh(view, context, m.start("f"), m.end("f"))


def _whole(view: View, context: Context) -> Iterator[Finding]:
    """All of a name but its harmless words: who reads "bloods [hidden].pdf" knows what the file is."""
    for found in _weigh(view, context, 0, len(view.text)):
        yield from (replace(found, span=view.span(*span)) for span in telling(view.text))


def _start(view: View, start: int, end: int) -> int:
    """File names may hold spaces; go back to a word that only a file name has."""
    if start < 2 or view.text[start - 1] != " ":
        return start
    if _WHOLE.match(view.text, start, end) and not _STROKED.search(view.text, max(0, start - 60), start):
        return start
    from_ = max(0, start - 100)
    line = view.text[from_:start].rpartition("\n")[2]
    surname = _SURNAME_FIRST.search(line)
    if surname and not is_ordinary(fold(surname["name"])):
        return start - (len(line) - surname.start("name"))
    called = _CALLED.search(line)
    if called:
        return start - (len(line) - called.end())
    m = _WORD_BEFORE.search(line)
    return start - (m.end() - m.start()) if m else start


def _weigh(view: View, context: Context, start: int, end: int) -> Iterator[Finding]:
    name = view.text[start:end]
    why, confidence = "", 0.0
    if _NUMBER.search(name.replace("_", " ")):
        why, confidence = "number", 0.95
    else:
        words = re.findall(r"[^\W\d_]{3,}", name.rpartition(".")[0] or name)
        memory = remembered(context)
        if any(w.lower() in memory.words for w in words):
            why, confidence = "thread", 0.93
        elif any(is_name_word(part) for w in words for part in _PART.split(w)):
            why, confidence = "name", 0.8
        elif _BORN.search(name):
            why, confidence = "born", 0.8
        elif _LONG_NUMBER.search(name) and not _CAMERA.search(name):
            why, confidence = "number", 0.65
        elif _opens_with_surname(name):
            why, confidence = "initial", 0.7
        elif _ON_SOMEBODY.intersection(map(str.lower, words)) and any(map(is_unknown, words)):
            why, confidence = "unknown word", 0.6
    if why:
        yield Finding(Kind.FILENAME_ID, view.span(start, end), confidence, NAME, (why,))


def _opens_with_surname(name: str) -> bool:
    m = _AND_INITIAL.match(name)
    return m is not None and is_unknown(m["name"] or m["said"] or m["behind"])


RULE = Rule(
    NAME,
    find,
    catches=(
        "photo: suttie_r_leg_020226.jpg uploaded",
        "letter = AJAYI_O_D2205500_clinic letter.docx",
        "scan 9434765919.pdf",
        "SturrockL_pelvis_3D.mp4",
        "the Mensah K consent scanned.pdf is upside down",
    ),
    spares=(
        "/shared/cardio/guidelines/2025-digoxin-v7.pdf",
        "rota_week12.xlsx",
        "IMG_2043.jpg",
        "Sepsis_Pathway_v3.pdf",
        "Vitamin_D_guideline.pdf",
    ),
    triggers=(rf"\.(?:{_EXTENSION})\b",),
)
