"""What a word may be by itself: a first name, a surname, an ordinary word, a clinical one, a place."""

import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Final

_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
)


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """Lower case without accents: "Siobhán" and "siobhan" are one name."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFD", word.lower().translate(_UNDECOMPOSED))
    return "".join(c for c in plain if unicodedata.category(c) != "Mn")


def lines_of(name: str) -> list[str]:
    """The lines of a list but its comments."""
    text = files("detectors.names").joinpath("lists", name).read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def _read(name: str) -> frozenset[str]:
    return frozenset(w for line in lines_of(name) for w in line.lower().split())


ORDINARY: Final = _read("ordinary_words.txt")
CLINICAL: Final = _read("clinical_words.txt")
PLACES: Final = _read("place_words.txt")
RARE_WORDS: Final = _read("rare_words.txt")
"""Ordinary too, unless they are a usual name."""
RARE_PLACES: Final = _read("rare_places.txt")
THINGS: Final = _read("things.txt")
"""Villages, and brands, firms, eponyms and characters: many are rare surnames too, so that only a sentence tells."""
RARE_FIRST_NAMES: Final = _read("rare_first_names.txt")
RARE_SURNAMES: Final = _read("rare_surnames.txt")
_NO_NAMES: Final = ORDINARY | CLINICAL | PLACES | RARE_WORDS
USUAL_FIRST_NAMES: Final = _read("first_names.txt")
_USUAL_SURNAMES: Final = _read("surnames.txt")
USUAL_NAMES: Final = USUAL_FIRST_NAMES | _USUAL_SURNAMES
FIRST_NAMES: Final = USUAL_FIRST_NAMES | (RARE_FIRST_NAMES - _NO_NAMES)
SURNAMES: Final = _USUAL_SURNAMES | (RARE_SURNAMES - _NO_NAMES)
"""The usual ones, some of which are words too, and of the rare ones those that are nothing else."""
NAMES: Final = FIRST_NAMES | SURNAMES

_ENDINGS = ("ing", "ed", "ly", "er", "ers", "es", "s", "'s", "ies", "ness", "ment", "able", "d", "st", "est")
_CLINICAL_ENDINGS = (
    "itis", "osis", "emia", "aemia", "uria", "ectomy", "ostomy", "otomy", "oscopy", "plasty", "pathy", "ology", "ologist", "graphy",
    "gram", "mycin", "cillin", "azole", "pril", "sartan", "olol", "statin", "prazole", "mab", "nib", "parin", "oxaban", "floxacin",
    "cycline", "dipine", "azepam", "zolam", "setron", "gliptin", "gliflozin", "glutide", "triptan", "caine", "dronate", "ine", "ide",
    "ation", "tion", "sion", "ical", "ical", "ous", "ful", "less", "ish",
)  # fmt: skip


_SURNAME_STARTS = ("mc", "mac", "o'", "fitz")
_SURNAME_ENDINGS = (
    "ova", "eva", "ski", "ska", "wicz", "escu", "ovic", "enko", "sson", "poulos", "shvili", "pour", "zadeh", "ullah", "deen", "uddin",
    "thwaite", "bottom", "shaw", "bridge", "worth", "stein", "berg", "kumar", "singh", "wala", "idze", "czyk", "iuk",
)  # fmt: skip


def is_ordinary_word(low: str) -> bool:
    return (
        low in ORDINARY or low in CLINICAL or low in PLACES or (low in RARE_WORDS and low not in USUAL_NAMES)
    )


@lru_cache(maxsize=8192)
def is_ordinary(low: str) -> bool:
    """Whether the folded word, or what it is a form of, is an ordinary or clinical word or a place."""
    if is_ordinary_word(low):
        return True
    if low in NAMES:
        return False
    if "-" in low and not all(part in FIRST_NAMES for part in low.split("-")):
        return all(is_ordinary(part) for part in low.split("-") if part)
    return _is_form(low) or (len(low) > 6 and low.endswith(_CLINICAL_ENDINGS))


def _is_form(low: str) -> bool:
    for ending in _ENDINGS:
        stem = low[: -len(ending)]
        if len(stem) > 2 and low.endswith(ending):
            doubled = stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem
            if ORDINARY & {stem, stem + "e", doubled, stem + "y"} or stem in CLINICAL:
                return True
    return False


@lru_cache(maxsize=8192)
def is_name(low: str) -> bool:
    """Whether the folded word is a first name or surname, in double-barrelled names too."""
    if low in NAMES:
        return True
    if (
        len(low) > 5
        and (low.startswith(_SURNAME_STARTS) or low.endswith(_SURNAME_ENDINGS))
        and not is_ordinary_word(low)
    ):
        return True
    parts = low.split("-")
    if len(parts) == 2 and parts[0] in ("al", "el", "abu", "abd", "ibn", "bin") and len(parts[1]) > 2:
        return True
    return (
        len(parts) > 1 and all(len(p) > 1 for p in parts) and parts[0] in NAMES and not is_ordinary(parts[-1])
    )


def is_name_word(word: str) -> bool:
    """Whether a word is a name whatever stands around it."""
    low = fold(word)
    return is_name(low) and not is_ordinary(low)
