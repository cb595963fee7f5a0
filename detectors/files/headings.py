"""What the heading of a column, the key of a value or the name of a field says of what stands under it."""

import re
from functools import lru_cache
from typing import Final

from detectors.interface import Kind

HEADING: Final = "Heading"
"""The label of a heading itself, so that the next one ("Surname", "Ward") is not read as what stands under it."""

_APART = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9&]+")

_OF_THE_PATIENT: Final = frozenset(
    {"patient", "patients", "pt", "client", "child", "baby", "resident", "subject"}
)
_OF_A_RELATIVE: Final = frozenset({"nok", "kin", "mother", "father", "parent", "guardian", "carer", "spouse"})
_OF_STAFF: Final = frozenset(
    "staff clinician consultant doctor dr gp nurse midwife surgeon anaesthetist author referrer practitioner "
    "user employee worker team practice hospital ward site trust organisation organization company clinic".split()
)
_SAYS_LITTLE: Final = frozenset({"the", "of", "s", "home", "current", "full", "legal", "contact", "main"})

_KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(
        ["nhs", "nhs no", "nhs number", "nhs num", "nhsno", "nhsnumber", "nhs id"], Kind.NHS_NUMBER
    ),
    **dict.fromkeys(["chi", "chi no", "chi number", "chinumber"], Kind.CHI),
    **dict.fromkeys(["h&c", "h&c no", "h&c number", "hcn", "hc number", "hsc number"], Kind.HC_NUMBER),
    **dict.fromkeys(
        ["mrn", "hospital no", "hospital number", "unit number", "case number", "casenote", "record number"],
        Kind.MRN,
    ),
    **dict.fromkeys(["dob", "d o b", "date of birth", "birth date", "birthdate", "born", "birthday"], Kind.DOB),
    **dict.fromkeys(["postcode", "post code", "postal code"], Kind.POSTCODE),
    **dict.fromkeys(["address", "address line", "street", "street address", "house"], Kind.ADDRESS),
    **dict.fromkeys(
        ["phone", "telephone", "tel", "mobile", "phone number", "telephone number", "mobile number", "mob"],
        Kind.PHONE,
    ),
    **dict.fromkeys(["email", "e mail", "email address", "e mail address"], Kind.EMAIL),
    **dict.fromkeys(["nino", "national insurance number", "ni number"], Kind.NINO),
    **dict.fromkeys(
        ["forename", "forenames", "firstname", "first name", "given name", "given names", "middle name",
         "surname", "lastname", "last name", "family name", "known as", "maiden name", "previous name"],
        Kind.PATIENT_NAME,
    ),
}  # fmt: skip
_NAMES: Final = frozenset({"", "name", "names"})
_NUMBERS: Final = frozenset({"id", "no", "number", "identifier", "ref", "reference"})


@lru_cache(maxsize=1024)
def kind_under(heading: str) -> Kind | None:
    """What stands under "NHS No.", "patientSurname" or "Next of kin"; None where that is open ("Name", "Ward").

    Staff's columns ("Consultant surname") are open too: the text itself decides.
    """
    words = [w.lower() for w in _APART.split(heading.strip()) if w]
    if not words or len(words) > 6 or _OF_STAFF.intersection(words):
        return None
    relative, patient = _OF_A_RELATIVE.intersection(words), _OF_THE_PATIENT.intersection(words)
    owner = relative or patient
    rest = [w for w in words if w not in _SAYS_LITTLE]
    rest = [w for w in rest if w not in owner and not (relative and w in ("next", "relative"))]
    said = re.sub(r" ?\d$", "", " ".join(rest))
    if owner and said in _NAMES:
        return Kind.RELATIVE_NAME if relative else Kind.PATIENT_NAME
    if owner and said in _NUMBERS:
        return Kind.MRN
    kind = _KINDS.get(said) or _KINDS.get(" ".join(words))
    return Kind.RELATIVE_NAME if relative and kind is Kind.PATIENT_NAME else kind
