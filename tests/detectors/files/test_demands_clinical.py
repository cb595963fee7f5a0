"""Demands 7, 19, 20 and 21 for text and clinical formats, and what the development files must come to."""

import base64
import io
import json
import re

import numpy as np
import pytest
from hl7apy.parser import parse_message
from lxml import etree
from pydicom import dcmread

from detectors.files.interface import Outcome
from detectors.interface import Kind
from tests.conftest import SHARED
from tests.detectors.files.desk import look_at, look_into

EVAL = SHARED / "eval" / "files"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
BAD_CHECK_DIGIT = "9990000019"


# 7: the redacted output, inspected again, holds no original identifier in text, bytes or what is packed in it

PLANTED = ("999 000 0018", "Smithson", "01632 960123")
WORDS = "Mrs Jane Smithson, NHS number 999 000 0018, phone 01632 960123. Potassium 5.1"
WRITTEN = {
    "note.txt": WORDS.encode(),
    "note.md": f"# Handover\r\n\r\n- {WORDS}\r\n".encode("utf-16"),
    "list.csv": f'Bed,Note\r\n4,"{WORDS}"\r\n'.encode(),
    "list.tsv": f"Surname\tNHS No\tPhone\tResult\nSmithson\t999 000 0018\t01632 960123\tPotassium 5.1\n".encode(),  # noqa: F541
    "page.html": f"<html><!-- {WORDS} --><body title='{WORDS}'><p>{WORDS}</p><script>'{WORDS}'</script>".encode(),
    "letter.rtf": b"{\\rtf1\\ansi {\\info{\\title %s}}{\\v %s}\\par %s}" % ((WORDS.encode(),) * 3),
    "data.json": json.dumps({"note": WORDS, "patientName": "Smithson", "copy": [WORDS]}).encode(),
    "data.xml": f"<?xml version='1.0'?><a note='{WORDS}'><!-- {WORDS} --><b>{WORDS}</b></a>".encode(),
    "card.vcf": f"BEGIN:VCARD\r\nFN:Jane Smithson\r\nTEL:01632 960123\r\nNOTE:{WORDS}\r\nEND:VCARD\r\n".encode(),
    "message.hl7": (
        f"MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5.1\rPID|1||999 000 0018^^^NHS||Smithson^Jane\rNTE|1||{WORDS}\r"
    ).encode(),
    "resource.json": json.dumps(
        {"resourceType": "Observation", "status": "final", "note": [{"text": WORDS}], "valueAttachment": {
            "contentType": "text/plain", "data": base64.b64encode(WORDS.encode()).decode()}}
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_07_nothing_of_the_original_is_left(name: str) -> None:
    result = look_into(WRITTEN[name], name)
    assert result.outcome is Outcome.REDACTED, result.reason
    assert result.data is not None
    assert look_into(result.data, name).outcome is Outcome.CLEAN
    encoding = "utf-16" if result.data.startswith(b"\xff\xfe") else "utf-8"
    text = result.data.decode(encoding)
    packed = [base64.b64decode(p).decode() for p in re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", text)]
    assert [p for p in PLANTED for t in (text, *packed) if p in t] == []
    assert "Potassium 5.1" in " ".join((text, *packed))


# 19: FHIR attributes and JSON; an NHS number in its own field goes even with a bad check digit


def test_19_an_nhs_number_in_its_own_field_in_json() -> None:
    resource = {"resourceType": "Patient", "identifier": [{"system": NHS, "value": BAD_CHECK_DIGIT}]}
    result = look_into(json.dumps(resource).encode(), "a.json")
    assert result.outcome is Outcome.REDACTED
    resource["identifier"] = [{"system": NHS, "value": "[NHS number hidden]"}]
    assert json.loads(result.data or b"") == resource


def test_19_an_nhs_number_in_an_attribute_in_xml() -> None:
    text = (
        f'<Patient xmlns="http://hl7.org/fhir"><identifier><system value="{NHS}"/><value value="{BAD_CHECK_DIGIT}"/>'
        "</identifier></Patient>"
    )
    result = look_into(text.encode(), "a.xml")
    assert result.outcome is Outcome.REDACTED
    assert (result.data or b"").decode() == text.replace(BAD_CHECK_DIGIT, "[NHS number hidden]")


def test_19_its_verification_status_stays() -> None:
    status = {
        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
        "valueCodeableConcept": {"coding": [{
            "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus",
            "code": "number-present-and-verified", "display": "Number present and verified"}]},
    }  # fmt: skip
    resource = {
        "resourceType": "Patient",
        "identifier": [{"extension": [status], "system": NHS, "value": "1"}],
    }
    out = json.loads(look_into(json.dumps(resource).encode(), "a.json").data or b"")
    assert out["identifier"] == [{"extension": [status], "system": NHS, "value": "[NHS number hidden]"}]


# 20: HL7 PID and NK1 removed, the message still parses

ADMISSION = "\r".join(
    (
        "MSH|^~\\&|PAS|RXX|LAB|RXX|20240102030405||ADT^A01^ADT_A01|1|P|2.5.1",
        "EVN|A01|20240102030405",
        "PID|1||9990000018^^^NHS^NH||Smithson^Jane^Ann||19500504|F|Smyth^Jane|A|1 Test Lane||01632960123|||M|C|V998|||||York",
        "NK1|1|Oakes^Tom|SON|2 Test Lane^^Leeds|01632960124||N",
        "PV1|1|I|W7^B2^4||||200^Weatherby^Paul|||MED",
        "AL1|1|DA|PEN^Penicillin||RASH",
        "",
    )
)


def test_20_pid_and_nk1_are_removed_and_the_rest_stays() -> None:
    result = look_into(ADMISSION.encode(), "a.hl7")
    assert result.outcome is Outcome.REDACTED
    out = (result.data or b"").decode()
    before, after = parse_message(ADMISSION), parse_message(out)
    assert [s.name for s in after.children] == [s.name for s in before.children]
    for name in ("MSH", "EVN", "PV1", "AL1"):
        assert getattr(after, name).to_er7() == getattr(before, name).to_er7()
    assert after.PID.to_er7() == (
        "PID|1||[NHS number hidden]||[Patient A]|||F|[Patient A]||[address hidden]||[phone number hidden]"
        "|||||[other identifier hidden]|||||[address hidden]"
    )
    assert after.NK1.to_er7() == "NK1|1|[Relative A]|SON|[address hidden]|[phone number hidden]||N"


def test_20_a_message_in_the_wrong_shape_is_quarantined() -> None:
    result = look_into(b"PID|1||9990000018\r", "a.hl7")
    assert (result.outcome, result.reason) == (Outcome.QUARANTINED, "This HL7 message could not be read.")


# 21: DICOM tags and pixels; undecodable pixels quarantined


def test_21_tags_are_found() -> None:
    result = look_at(EVAL / "cr_tags_only.dcm")
    assert result.outcome is Outcome.QUARANTINED
    where = {f.where for f in result.found}
    assert {"Patient's Name", "Patient ID", "Patient's Birth Date"} <= where


def test_21_sixteen_bit_pixels_are_looked_at() -> None:
    data = dcmread(EVAL / "ct_small.dcm")
    rows = np.zeros((data.Rows, data.Columns), dtype=np.int16)
    data.PixelData = rows.tobytes()
    out = io.BytesIO()
    data.save_as(out)
    result = look_into(out.getvalue(), "a.dcm")
    assert result.outcome is Outcome.QUARANTINED
    assert "decoded" not in result.reason


def test_21_pixels_that_cannot_be_decoded() -> None:
    data = dcmread(EVAL / "ct_small.dcm")
    data.PixelData = b"\0\0"
    out = io.BytesIO()
    data.save_as(out)
    result = look_into(out.getvalue(), "a.dcm")
    assert result.outcome is Outcome.QUARANTINED
    assert "Its picture could not be decoded." in result.reason


# What the development files must come to


@pytest.mark.parametrize(
    ("name", "gone", "kept"),
    [
        ("csv_comments.csv", ["John", "Jill", "Jack", "AC432223"], ["id,name,city,comments", "accepted the offer"]),
        ("hl7v2_adt_a01.hl7", ["DOE", "PID1234", "19800202", "(905)111-1111", "TEST_STREET"], ["ATTEND_DOC_FAMILY_TEST",
         "OXYCODONE", "aortic stenosis"]),
        ("hl7v2_oru.hl7", ["Autogenerated", "0d70c6c8", "19630306", "4042808"], ["SINGH", "ECHO CARDIOGRAM COMPLETE"]),
        ("cda_discharge.xml", ["Isabella", "20050501", "111-00-2330", "1357 Amber", "276-6909"], ["Seven", "Penicillin"]),
    ],
)  # fmt: skip
def test_a_development_file_is_redacted(name: str, gone: list[str], kept: list[str]) -> None:
    result = look_at(EVAL / name)
    assert result.outcome is Outcome.REDACTED, result.reason
    out = (result.data or b"").decode()
    assert [w for w in gone if w in out] == []
    assert [w for w in kept if w.lower() not in out.lower()] == []


def test_the_development_document_is_still_xml() -> None:
    root = etree.fromstring(look_at(EVAL / "cda_discharge.xml").data or b"")
    assert etree.QName(root).localname == "ClinicalDocument"


@pytest.mark.parametrize("name", ["cr_tags_only.dcm", "ct_small.dcm", "mr_small.dcm", "sr.dcm"])
def test_a_development_image_is_quarantined_with_its_name(name: str) -> None:
    result = look_at(EVAL / name)
    assert result.outcome is Outcome.QUARANTINED
    assert Kind.PATIENT_NAME in {f.kind for f in result.found}


def test_the_development_rtf_is_read() -> None:
    assert look_at(EVAL / "rtf_plain.rtf").outcome in (Outcome.CLEAN, Outcome.REDACTED)
