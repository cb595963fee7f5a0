"""What stands where an identifier stood: detectors pass over it, so redaction is idempotent."""

from typing import Final

from detectors.interface import Kind

HIDDEN: Final = "[hidden]"

PLACEHOLDERS: Final[dict[Kind, str]] = {
    Kind.INITIALS: "[initials hidden]",
    Kind.NHS_NUMBER: "[NHS number hidden]",
    Kind.CHI: "[CHI hidden]",
    Kind.HC_NUMBER: "[H&C number hidden]",
    Kind.MRN: "[hospital number hidden]",
    Kind.DOB: "[date of birth hidden]",
    Kind.AGE: "[age hidden]",
    Kind.ADDRESS: "[address hidden]",
    Kind.POSTCODE: "[postcode hidden]",
    Kind.PHONE: "[phone hidden]",
    Kind.EMAIL: "[email hidden]",
    Kind.NINO: "[NI number hidden]",
    Kind.URL_ID: "[link id hidden]",
    Kind.FILENAME_ID: "[file name hidden]",
    Kind.OTHER_ID: "[identifier hidden]",
    Kind.PATIENT_NAME: "[name hidden]",
    Kind.RELATIVE_NAME: "[name hidden]",
    Kind.STAFF_NAME: "[name hidden]",
}

_WORDS = "|".join(sorted({p[1:-1].replace("&", "(?:&|&amp;)") for p in PLACEHOLDERS.values()} | {"hidden"}))

# Only our own wording counts: "[Jane Smith hidden]" typed by a person must not pass as a placeholder.
PLACEHOLDER_PATTERN: Final = rf"\[(?:(?:Patient|Relative|Person) [A-Z]{{1,2}}|{_WORDS})\]"


def placeholder(kind: Kind) -> str:
    """The text that takes the place of one identifier of this kind where no label is kept."""
    return PLACEHOLDERS.get(kind, HIDDEN)
