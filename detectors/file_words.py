"""Which words of a file's name tell nobody who it is about: the kind of document, the part of the body."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.names.words import fold, is_name, is_ordinary

_HARMLESS: Final = frozenset(
    # what it is
    "admission annex appendix appointment assessment attachment audio audit blank booking bookings capacity care case chart "
    "charts checklist clerking clinic clinical consent consult copy csv datix diagram discharge dnacpr document documents "
    "drug drugs echo email example export extract fax feedback file files flowchart form forms guidance guideline guidelines "
    "handover history image images incident info information kardex leaflet letter letters list lists log map "
    "mdt medication medications meds meeting message minutes nhs note notes obs observations order page pages path pathway "
    "patient patients pdf phone photo photos photograph pic pics picture pictures plan plans policy poster prescription pt "
    "pts questionnaire record records referral referrals register report reports request respect result results review "
    "rota rounds round scan scanned scans screen screenshot script sheet slide slides spreadsheet statement summary table template "
    "timetable transcript transfer tta tto update video voice whatsapp word "
    "advice cert certificate chronology dnar fit opinion sick "
    # what was looked into
    "abg biopsy blood bloods bone colonoscopy coag creatinine crp ct culture cultures cxr ct ctpa ecg ecgs eeg egfr endoscopy esr "
    "fbc glucose haematology hb histology inr lab labs lft lfts micro microbiology mri mrsa ogd path pathology potassium "
    "radiology sample scope serology specimen sputum stool swab swabs tests tft tfts trop troponin ultrasound urine uss vbg "
    "xray xrays xr ray angiogram audiogram bronchoscopy colposcopy cystoscopy dexa doppler gastroscopy holter mammogram pft spirometry "
    "swallow tape "
    # where it is, of the body and of the house
    "abdo abdomen abdominal ankle arm back bay bed brain breast buttock chest ear ed elbow eye eyes face finger foot front groin "
    "hand heel hip inside itu knee leg lower left lesion limb lung mouth nasal neck ooh outside paeds pelvis pressure rash right room "
    "sacral sacrum shin shoulder side skin sore spine stoma theatre thigh throat thumb toe toes tooth ulcer unit upper ward wound "
    "wounds wrist "
    # which of them, and small words
    "a about above after all an and any as at before below between by complete completed current daily day days draft dx "
    "edit edited end evening final first follow followup for from full go gp gps hourly in initial into is last later latest "
    "midday monthly morning most new next night no non not number of old on one op or original our out part please post pre "
    "previous ready re received redacted repeat revised second sent set shared short signed since some start that the then "
    "these third this three to today tomorrow two up updated urgent use version very was we week weekly weekend with without "
    "yesterday your".split()
)
_COUNTED: Final = frozenset("bay bed day no number page part room unit version ward week".split())
_SMALL: Final = frozenset(
    "a about above after all an and any as at before below between by edit for from full go in into is no not of on one or our out "
    "please post re ready received redacted sent set shared signed since some start that the then these this to two up updated use "
    "very was we with without your yesterday today tomorrow nhs gp gps day days night week ward bay bed room patient patients pt pts".split()
)
"""Harmless in a file's name, but as likely words of the sentence it stands in."""
_VERSION = re.compile(r"(?i)v\d{1,2}|\d(?:st|nd|rd|th)")
_TOKEN = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}\Z")


def telling(name: str) -> Iterator[tuple[int, int]]:
    """The stretches of a file's name, its ending aside, that hold any other word: start and end in code points.

    A word that is a name as well ("ward") tells where it stands beside another that is not harmless.
    """
    ending = _ENDING.search(name)
    words = list(_TOKEN.finditer(name, 0, ending.start() if ending else len(name)))
    kept = _kept([w.group() for w in words])
    start = None
    for word, keep, following in zip(words, kept, [*kept[1:], True], strict=False):
        if keep:
            continue
        start = word.start() if start is None else start
        if following:
            yield start, word.end()
            start = None


def is_kind_of_file(word: str) -> bool:
    """Whether a word tells what a file is, and so may be part of its name: "letter", "echo"."""
    low = word.casefold()
    return low in _HARMLESS and low not in _SMALL


def is_unknown(word: str) -> bool:
    """Whether a word is in no dictionary of ours, and so may be a surname: "Discharge_Trembathick_140226.docx"."""
    low = fold(word)
    return len(low) > 3 and not is_ordinary(low) and any(True for _ in telling(low))


def _kept(words: list[str]) -> list[bool]:
    before = ["", *words]
    plain = [_is_harmless(w, b) for w, b in zip(words, before, strict=False)]
    beside = [not all(plain[max(n - 1, 0) : n + 2]) for n in range(len(words))]
    return [
        keep and not (near and is_name(fold(w))) for w, keep, near in zip(words, plain, beside, strict=True)
    ]


def _is_harmless(word: str, before: str) -> bool:
    if word.isdecimal():
        return len(word) <= 2 and before.casefold() in _COUNTED
    return word.casefold() in _HARMLESS or _VERSION.fullmatch(word) is not None
