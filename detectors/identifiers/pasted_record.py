"""Pasted records: HL7 v2 segments and FHIR JSON keys, whose fields say what they hold."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "pasted_record"
_SEGMENT = re.compile(r"(?m)(?:^|(?<=[\r\n ]))(?P<name>PID|NK1)\|(?P<fields>[^\r\n]{1,4000})")
# Field numbers of the HL7 v2.5 segments PID and NK1
_FIELDS: Final[dict[str, dict[int, Kind]]] = {
    "PID": {
        2: Kind.MRN, 3: Kind.MRN, 4: Kind.MRN, 5: Kind.PATIENT_NAME, 6: Kind.RELATIVE_NAME, 7: Kind.DOB,
        9: Kind.PATIENT_NAME, 11: Kind.ADDRESS, 13: Kind.PHONE, 14: Kind.PHONE, 18: Kind.MRN, 19: Kind.NHS_NUMBER, 20: Kind.OTHER_ID,
    },
    "NK1": {2: Kind.RELATIVE_NAME, 4: Kind.ADDRESS, 5: Kind.PHONE, 6: Kind.PHONE},
}  # fmt: skip
_VALUE = re.compile(r"[^|^~&]+")
_CARET = re.compile(
    r"(?<![A-Za-z^|])(?P<name>[A-Z][A-Za-z'\-]{1,40}\^[A-Z][A-Za-z'\-]{0,40}(?:\^[A-Za-z.]{0,20}){0,4})(?:[\s|,]{1,3}(?P<born>(?:19|20)[0-9]{6})(?![0-9]))?"
)
_LONE = re.compile(r"(?<![\w^|.:/\-])(?!(?:19|20)[0-9]{6}(?![0-9]))[A-Z]{0,3}[0-9]{6,10}(?![\w^.:/])")
_KEYS: Final[dict[str, Kind]] = {
    "family": Kind.PATIENT_NAME, "given": Kind.PATIENT_NAME, "surname": Kind.PATIENT_NAME, "forename": Kind.PATIENT_NAME,
    "firstname": Kind.PATIENT_NAME, "lastname": Kind.PATIENT_NAME, "patientname": Kind.PATIENT_NAME, "birthdate": Kind.DOB, "dob": Kind.DOB,
    "dateofbirth": Kind.DOB, "line": Kind.ADDRESS, "city": Kind.ADDRESS, "district": Kind.ADDRESS, "postalcode": Kind.POSTCODE,
    "postcode": Kind.POSTCODE, "nhsnumber": Kind.NHS_NUMBER, "nhs_number": Kind.NHS_NUMBER, "mrn": Kind.MRN, "address": Kind.ADDRESS,
    "fname": Kind.PATIENT_NAME, "sname": Kind.PATIENT_NAME, "lname": Kind.PATIENT_NAME, "first_name": Kind.PATIENT_NAME,
    "last_name": Kind.PATIENT_NAME, "patient_name": Kind.PATIENT_NAME, "nhs": Kind.NHS_NUMBER, "nhs_no": Kind.NHS_NUMBER,
    "hospitalnumber": Kind.MRN, "hospital_number": Kind.MRN, "hosp_no": Kind.MRN, "patientid": Kind.MRN, "patient_id": Kind.MRN,
    "pid": Kind.MRN, "clinic_no": Kind.MRN, "case": Kind.OTHER_ID, "case_no": Kind.OTHER_ID, "addr": Kind.ADDRESS,
    "date_of_birth": Kind.DOB, "birth_date": Kind.DOB, "post_code": Kind.POSTCODE, "tel": Kind.PHONE,
    "phone": Kind.PHONE, "telephone": Kind.PHONE, "mobile": Kind.PHONE, "email": Kind.EMAIL, "chi": Kind.CHI,
}  # fmt: skip
_PAIR = re.compile(
    r'"(?P<key>[A-Za-z_]{2,24})"\s{0,4}:\s{0,4}(?P<list>\[\s{0,20})?"(?P<value>[^"\n]{1,300})"(?!\s{0,4}:)'
)
_MORE = re.compile(r'\s{0,20},\s{0,20}"(?P<value>[^"\n]{1,300})"(?!\s{0,4}:)')
_TELECOM = re.compile(r"(?:\+|00|0)[0-9 ()\-]{7,18}|[^@\s]{1,64}@[^@\s]{3,80}")
_ADDRESS_TEXT = re.compile(r"(?i)[0-9]{1,4}[a-z]? [A-Za-z]{3,}.{0,80}[A-Z]{1,2}[0-9]")
_NAME_TEXT = re.compile(r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Master|Dr)\.? )?[A-Z][\w'\-]+(?: [A-Z][\w'\-.]*){0,4}")


def find(view: View, context: Context) -> Iterator[Finding]:
    for segment in _SEGMENT.finditer(view.text):
        yield from _segment(view, segment)
    for m in _CARET.finditer(view.text):
        yield _finding(view, Kind.PATIENT_NAME, m.start("name"), m.end("name"), "hl7")
        if m.group("born"):
            yield _finding(view, Kind.DOB, m.start("born"), m.end("born"), "hl7")
        yield from _beside(view, m)
    for pair in _PAIR.finditer(view.text):
        yield from _pair(view, pair)


def _segment(view: View, segment: re.Match[str]) -> Iterator[Finding]:
    kinds = _FIELDS[segment.group("name")]
    at = segment.start("fields")
    for number, value in enumerate(segment.group("fields").split("|"), start=1):
        kind = kinds.get(number)
        if kind and any(c.isalnum() for c in value):
            parts = list(_VALUE.finditer(view.text, at, at + len(value)))
            whole = kind in (Kind.PATIENT_NAME, Kind.RELATIVE_NAME, Kind.ADDRESS)
            if parts:
                yield _finding(view, kind, parts[0].start(), parts[-1 if whole else 0].end(), "hl7")
        at += len(value) + 1


def _beside(view: View, caret: re.Match[str]) -> Iterator[Finding]:
    """A number on the line of a name out of a header is the patient's: "CARVALHO^BEATRIZ 19610223 on DICOM, 0072214"."""
    line = view.text.find("\n", caret.end())
    for m in _LONE.finditer(
        view.text, caret.end(), min(line if line > 0 else len(view.text), caret.end() + 60)
    ):
        yield Finding(Kind.MRN, view.span(m.start(), m.end()), 0.7, NAME, ("hl7", "beside a name"))


def _pair(view: View, pair: re.Match[str]) -> Iterator[Finding]:
    kind = _kind_of(pair.group("key"), pair.group("value"))
    if kind is None:
        return
    yield _finding(view, kind, pair.start("value"), pair.end("value"), "json")
    at = pair.end()
    while pair.group("list") and (more := _MORE.match(view.text, at)):
        yield _finding(view, kind, more.start("value"), more.end("value"), "json")
        at = more.end()


def _kind_of(key: str, value: str) -> Kind | None:
    """The kind of a JSON value by its key, or by its form where FHIR's key is "value" or "text"."""
    kind = _KEYS.get(key.lower())
    if kind or key not in ("text", "value"):
        return kind
    if key == "value":
        if _TELECOM.fullmatch(value):
            return Kind.EMAIL if "@" in value else Kind.PHONE
        return Kind.NHS_NUMBER if re.fullmatch(r"[0-9]{10}", value) else None
    if _ADDRESS_TEXT.match(value):
        return Kind.ADDRESS
    titled = re.match(r"(?:Mr|Mrs|Ms|Miss|Mx|Master) ", value)
    return Kind.PATIENT_NAME if titled and _NAME_TEXT.fullmatch(value) else None


def _finding(view: View, kind: Kind, start: int, end: int, why: str) -> Finding:
    return Finding(kind, view.span(start, end), 0.96, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "PID|1||9434765919^^^NHS||QUILL^FREDRICA^J||19650312|F|||12 Larch Road^^LEEDS^^LS1 4HR||07700900123",
        '{"family": "Quill", "given": ["Fredrica", "Jo"], "birthDate": "1965-03-12"}',
    ),
    spares=("OBX|1|NM|718-7^HGB||121|g/L", '{"status": "final", "code": "718-7"}', "NK1 is a gene"),
    triggers=(r"[A-Z]\^[A-Z]", r"\b(?:PID|NK1)\|", r'"[a-z_]{2,24}"\s{0,4}:'),
)
