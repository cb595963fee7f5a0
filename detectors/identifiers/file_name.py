"""File names that hold a name or a number: within a text all of it goes, of a file's own name what tells."""

import re
from collections.abc import Iterator
from dataclasses import replace

from detectors.file_starts import start_of
from detectors.file_words import is_unknown, telling
from detectors.interface import Context, Finding, Kind
from detectors.names.memory import remembered
from detectors.names.words import is_name_word
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
_OF_STAFF = re.compile(
    r"(?i)^(?!.*care).*(?<![a-z])(?:rota|roster|swaps|(?:annual|study)[ _\-]?leave|payslips?|timesheets?|appraisal|job[ _\-]?plan|"
    r"off[ _\-]?duty|staffing|locums?)(?![a-z])"
)
"""What a file is in which the names are colleagues'; who needs care at home has a rota as well."""
_TITLED = re.compile(
    r"(?:(?<![A-Za-z])(?<![Pp]art )(?<![Aa]nnex )(?<![Gg]roup )(?<!ppendix )(?<!ection )[A-Z][.] ?|(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss)[ _.\-]{1,2}(?:[A-Z] )?)(?P<last>[A-Z][A-Za-z'\-]{3,30})"
)
"""Mr Bhatt, D. Prothero."""
_DOCTOR = re.compile(r"(?<![A-Za-z])(?:Dr|Prof)[ _.\-]?[A-Z][a-z]+")
_PART = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

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
        start = start_of(view.text, m.start(), m.end())
        yield from _weigh(view, context, start, m.end())
    for m in _PATHED.finditer(view.text):
        yield from _weigh(view, context, m.start("f"), m.end("f"))


def _whole(view: View, context: Context) -> Iterator[Finding]:
    """All of a name but its harmless words: who reads "bloods [hidden].pdf" knows what the file is."""
    for found in _weigh(view, context, 0, len(view.text)):
        yield from (replace(found, span=view.span(*span)) for span in telling(view.text))


def _weigh(view: View, context: Context, start: int, end: int) -> Iterator[Finding]:
    name = view.text[start:end]
    why, confidence = "", 0.0
    if _NUMBER.search(name.replace("_", " ")):
        why, confidence = "number", 0.95
    else:
        words = re.findall(r"[^\W\d_]{3,}", _DOCTOR.sub("", name.rpartition(".")[0] or name))
        memory, ours = remembered(context), _OF_STAFF.match(name) is not None
        if any(w.lower() in memory.words for w in words):
            why, confidence = "thread", 0.93
        elif not ours and any(is_name_word(part) for w in words for part in _PART.split(w)):
            why, confidence = "name", 0.8
        elif _BORN.search(name):
            why, confidence = "born", 0.8
        elif _LONG_NUMBER.search(name) and not _CAMERA.search(name):
            why, confidence = "number", 0.65
        elif not ours and _sets_off_a_surname(name):
            why, confidence = "initial", 0.7
        elif not ours and _ON_SOMEBODY.intersection(map(str.lower, words)) and any(map(is_unknown, words)):
            why, confidence = "unknown word", 0.6
    if why:
        yield Finding(Kind.FILENAME_ID, view.span(start, end), confidence, NAME, (why,))


def _sets_off_a_surname(name: str) -> bool:
    if any(is_unknown(m["last"]) for m in _TITLED.finditer(name)):
        return True
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
