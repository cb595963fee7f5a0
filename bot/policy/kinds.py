"""The kinds of identifier in the words that people use."""

from collections.abc import Iterable
from typing import Final

from detectors.interface import Kind

WORDS: Final[dict[Kind, str]] = {
    Kind.PATIENT_NAME: "name",
    Kind.RELATIVE_NAME: "relative's name",
    Kind.STAFF_NAME: "staff name",
    Kind.INITIALS: "initials",
    Kind.NHS_NUMBER: "NHS number",
    Kind.CHI: "CHI",
    Kind.HC_NUMBER: "H&C number",
    Kind.MRN: "hospital number",
    Kind.DOB: "date of birth",
    Kind.AGE: "age",
    Kind.ADDRESS: "address",
    Kind.POSTCODE: "postcode",
    Kind.PHONE: "phone number",
    Kind.EMAIL: "e-mail address",
    Kind.NINO: "National Insurance number",
    Kind.URL_ID: "identifier in a link",
    Kind.FILENAME_ID: "identifier in a file name",
    Kind.OTHER_ID: "other identifier",
}

_ORDER: Final = {kind: place for place, kind in enumerate(WORDS)}


def in_words(kinds: Iterable[Kind], most: int = 3) -> str:
    """ "name, CHI and date of birth": each kind once, at most `most` of them, then "more"."""
    words = [WORDS[k] for k in sorted(set(kinds), key=_ORDER.__getitem__)]
    if not words:
        return "identifier"
    if len(words) > most:
        words = [*words[:most], "more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
