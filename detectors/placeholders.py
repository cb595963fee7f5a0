"""What stands where an identifier stood: detectors pass over it, so redaction is idempotent."""

from typing import Final

from detectors.interface import Kind

HIDDEN: Final = "[hidden]"

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

_ANY = "|".join(w.replace("&", "(?:&|&amp;)") for w in WORDS.values())

# Only our own wording counts: "[Jane Smith hidden]" typed by a person must not pass as a placeholder.
PLACEHOLDER_PATTERN: Final = rf"\[(?:(?:Patient|Relative|Person) [A-Z]{{1,3}}|(?:(?:{_ANY}) )?hidden)\]"


def placeholder(kind: Kind) -> str:
    """The text that takes the place of one identifier of this kind where no label is kept."""
    return f"[{WORDS[kind]} hidden]"
