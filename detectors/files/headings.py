"""What the heading of a column, the key of a value or the name of a field says of what stands under it."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from detectors.files.heading_words import (
    KINDS,
    NAME,
    NUMBER,
    NUMBERED,
    OF_A_PLACE,
    OF_A_RELATIVE,
    OF_COLLEAGUES,
    OF_PATIENTS,
    OF_STAFF,
    OF_THE_PATIENT,
    SAYS_LITTLE,
)
from detectors.interface import NAMES, Kind

HEADING: Final = "Heading"
"""The label of a heading itself, so that the next one ("Surname", "Ward") is not read as what stands under it."""

_MOST_WORDS: Final = 6
_APART = re.compile(r"[^A-Za-z0-9&]+")
_JOINED = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where "patientSurname" and "NHSNumber" fall apart."""

_MORE = re.compile(r"\([^()]*\)|[#№]")
_IDENTIFYING: Final = frozenset({Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER, Kind.MRN})
_NO_FIELD: Final = frozenset({"first", "last", "given", "birth", "house"})
"""Words that say something only beside their like, or with an owner."""

_NOTHING = re.compile(
    r"(?i)(?:n/?a|nil|none|no|yes|tbc|tba|(?:not |un)known|not (?:given|recorded|stated)|empty|vacant|closed|blocked|"
    r"(?:as|see) (?:above|below|notes?)|ditto|same|male|female|free|available|bed|side room)\W*"
)
"""What stands in a field that holds nobody."""

_SMALL: Final = frozenset(
    "de la le du des da do dos van der den von zu al el bin bint ibn ap ab ferch mac and nee née y e o".split()
)
_MOST_IN_A_NAME: Final = 6
_LOWER: Final = 3
"""Words of a name that somebody typed without capitals, at most: more are a sentence."""


def kind_under(heading: str) -> Kind | None:
    """What stands under "NHS No.", "patientSurname" or "Next of kin"; None where that is open ("Name", "Ward").

    Staff's columns ("Consultant surname") are open too: the text itself decides.
    """
    kind = _kind(heading)
    return None if kind is Kind.STAFF_NAME else kind


def kind_of(text: str, heading: str) -> Kind | None:
    """What a whole cell is by its heading; None where the text itself decides: "not known" is no number,
    "Margaret, home when dry" no name. A name under "Named nurse" is STAFF_NAME."""
    kind = _kind(heading)
    if kind in NAMES:
        return kind if _is_a_name(text) else None
    letters = kind in (Kind.ADDRESS, Kind.EMAIL)
    if _NOTHING.fullmatch(text.strip()) or not any(c.isalpha() if letters else c.isdigit() for c in text):
        return None
    return kind


def meant(headings: Sequence[str]) -> list[str]:
    """The headings of one table as its others mean them: over a list with NHS numbers "Name" is "Patient name",
    over a rota with bands and bleeps "Surname" is "Staff surname". The others stay as they are."""
    kinds, said = [_kind(h) for h in headings], [_said(h) for h in headings]
    owned = any(
        OF_THE_PATIENT.intersection(_words(h)) and k is Kind.PATIENT_NAME
        for h, k in zip(headings, kinds, strict=True)
    )
    patients = owned or not _IDENTIFYING.isdisjoint(kinds) or Kind.RELATIVE_NAME in kinds
    colleagues = any(OF_COLLEAGUES.intersection(s) for s in said)
    clinical = Kind.DOB in kinds or any(OF_PATIENTS.intersection(s) for s in said)
    if patients or (clinical and not colleagues):
        return ["Patient name" if _says_name(h) and not owned else h for h in headings]
    if colleagues and not clinical:
        return [f"Staff {h}" if _is_anybodys(h, k) else h for h, k in zip(headings, kinds, strict=True)]
    return [*headings]


@lru_cache(maxsize=1024)
def _kind(heading: str) -> Kind | None:
    """As `kind_under`, and STAFF_NAME for a clinician's column."""
    plain = _words(heading)
    joined = _words(_JOINED.sub(" ", heading))
    if not joined or len(joined) > _MOST_WORDS:
        return None
    return _of(plain) or _of(joined)


def _of(words: Sequence[str]) -> Kind | None:
    relative, patient = OF_A_RELATIVE.intersection(words), OF_THE_PATIENT.intersection(words)
    staff = bool(OF_STAFF.intersection(words)) or (words[-1] == "by" and len(words) > 1)
    owner = relative or patient
    numbered = bool(NUMBER.intersection(words))
    rest = [w for w in words if w not in owner and w not in SAYS_LITTLE and w not in NUMBER]
    said = re.sub(r" ?\d$", "", " ".join(w for w in rest if not (relative and w in ("next", "contact"))))
    if staff:
        named = KINDS.get(said, Kind.PATIENT_NAME) is Kind.PATIENT_NAME
        return Kind.STAFF_NAME if named and not numbered and not owner else None
    kind = _field(said, numbered, bool(owner))
    if owner and not kind and said in NAME:
        if numbered:
            return Kind.PHONE if relative else Kind.MRN
        return Kind.RELATIVE_NAME if relative else Kind.PATIENT_NAME
    return Kind.RELATIVE_NAME if relative and kind is Kind.PATIENT_NAME else kind


def _field(said: str, numbered: bool, owned: bool) -> Kind | None:
    if numbered and said in NUMBERED:
        return NUMBERED[said]
    if OF_A_PLACE.intersection(said.split()) or (said in _NO_FIELD and not owned):
        return None
    return KINDS.get(said)


def _said(heading: str) -> tuple[str, ...]:
    """The heading without stops and small words, and each of its words."""
    words = [w for w in _words(heading) if w not in SAYS_LITTLE]
    return (" ".join(words), *words)


def _words(heading: str) -> list[str]:
    text = unicodedata.normalize("NFKD", _MORE.sub(lambda m: " no " if m.group() in "#№" else " ", heading))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return [w.lower() for w in _APART.split(text) if w]


def _is_anybodys(heading: str, kind: Kind | None) -> bool:
    """Whether a column may as well be about staff: a name, a telephone, an address."""
    return _says_name(heading) or kind in (
        Kind.PATIENT_NAME,
        Kind.PHONE,
        Kind.EMAIL,
        Kind.ADDRESS,
        Kind.POSTCODE,
    )


def _says_name(heading: str) -> bool:
    words = [w for w in _words(heading) if w not in SAYS_LITTLE]
    return " ".join(words) in NAME - {""}


def _is_a_name(text: str) -> bool:
    """Whether a cell holds a name and nothing else, however somebody typed it."""
    words = re.findall(r"[^\s,.()\"“”]+", text)
    if not 0 < len(words) <= _MOST_IN_A_NAME or _NOTHING.fullmatch(text.strip()):
        return False
    if any(c.isdigit() or c in ":;?!/\\=@+[]" for c in text) or not any(c.isalpha() for c in text):
        return False
    lower = [w for w in words if w.islower() and w not in _SMALL]
    return not lower or (len(lower) == len(words) <= _LOWER)
