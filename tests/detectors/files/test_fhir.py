"""FHIR, JSON and XML: by element, and still the same format."""

import base64
import json
from typing import Any

import pytest
from lxml import etree

from detectors.files.interface import Outcome, Result
from tests.detectors.files.desk import look_into

NHS = "https://fhir.nhs.uk/Id/nhs-number"
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": NHS, "value": "9990000019"}, {"system": "https://ward.example/mrn", "value": "K77"}],
    "name": [{"use": "official", "family": "Smithson", "given": ["Jane", "Ann"], "prefix": ["Mrs"]}],
    "telecom": [{"system": "phone", "value": "01632 960123"}, {"system": "email", "value": "jane@example.com"}],
    "gender": "female",
    "birthDate": "1950-05-04",
    "_birthDate": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime",
                                  "valueDateTime": "1950-05-04T10:00:00Z"}]},
    "address": [{"use": "home", "line": ["1 Test Lane"], "city": "Leeds", "postalCode": "LS1 1AA"}],
    "contact": [{"relationship": [{"text": "son"}], "name": {"family": "Oakes", "given": ["Tom"]}}],
    "generalPractitioner": [{"reference": "Practitioner/d1", "display": "Dr Paul Weatherby"}],
}  # fmt: skip
DOCTOR = {
    "resourceType": "Practitioner", "id": "d1", "identifier": [{"system": "https://gmc.example", "value": "7654321"}],
    "name": [{"family": "Weatherby", "given": ["Paul"]}], "telecom": [{"system": "phone", "value": "01632 960999"}],
}  # fmt: skip


def observation(**more: Any) -> dict[str, Any]:
    coding = {"system": "http://snomed.info/sct", "code": "41040004", "display": "Down syndrome"}
    return {"resourceType": "Observation", "status": "final", "code": {"coding": [coding]}, **more}


def result_of(resource: Any) -> Result:
    return look_into(json.dumps(resource, indent=1).encode(), "a.json")


def redacted(resource: Any) -> Any:
    result = result_of(resource)
    assert result.outcome is Outcome.REDACTED, result.reason
    return json.loads(result.data or b"")


def test_a_patient_goes_and_their_doctor_stays() -> None:
    assert redacted(PATIENT) == {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [
            {"system": NHS, "value": "[NHS number hidden]"},
            {"system": "https://ward.example/mrn", "value": "[hospital number hidden]"},
        ],
        "name": [{"use": "official", "family": "[Patient A]"}],
        "telecom": [
            {"system": "phone", "value": "[phone number hidden]"},
            {"system": "email", "value": "[e-mail address hidden]"},
        ],
        "gender": "female",
        "address": [{"use": "home", "line": ["[address hidden]"]}],
        "contact": [{"relationship": [{"text": "son"}], "name": {"family": "[Relative A]"}}],
        "generalPractitioner": PATIENT["generalPractitioner"],
    }


def test_a_doctor_s_own_record_is_clean() -> None:
    assert result_of(DOCTOR).outcome is Outcome.CLEAN


def test_a_name_in_one_resource_goes_from_the_notes_of_another() -> None:
    seen = observation(
        subject={"reference": "Patient/p1", "display": "Jane Smithson"},
        performer=[{"reference": "Practitioner/d1", "display": "Dr Paul Weatherby"}],
        note=[{"text": "Smithson was seen by Paul Weatherby, potassium 5.1"}],
    )
    entries = [
        {"fullUrl": f"https://f.example/{r['resourceType']}/x", "resource": r}
        for r in (PATIENT, DOCTOR, seen)
    ]
    out = redacted({"resourceType": "Bundle", "type": "collection", "entry": entries})
    last = out["entry"][2]["resource"]
    assert last["subject"]["display"] == "[Patient A]"
    assert last["performer"] == seen["performer"]
    assert last["note"][0]["text"] == "[Patient A] was seen by Paul Weatherby, potassium 5.1"
    assert last["code"] == seen["code"]
    assert out["entry"][1]["resource"] == DOCTOR


def test_a_reference_within_a_bundle_tells_whose_name_is_shown() -> None:
    address = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
    seen = observation(focus=[{"reference": address, "display": "Okafor"}])
    bundle = {"resourceType": "Bundle", "entry": [
        {"fullUrl": address, "resource": {"resourceType": "Patient", "gender": "male"}}, {"resource": seen},
    ]}  # fmt: skip
    assert redacted(bundle)["entry"][1]["resource"]["focus"][0]["display"] == "[Patient A]"


def test_numbers_keep_their_precision_and_the_file_its_form() -> None:
    text = '{"resourceType":"Observation",\r\n\t"subject": {"display" :"Jane Smithson"},"valueDecimal":1.50e0 }\n'
    result = look_into(text.encode(), "a.json")
    assert (result.data or b"").decode() == text.replace("Jane Smithson", "[Patient A]")


def test_a_narrative_is_read_over_its_markup() -> None:
    words = "<p>Mrs <b>Jane</b> <i>Smithson</i></p><p>NHS no. 999 <br/>000 0018</p><p>BP 120/80</p>"
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{words}</div>'
    out = redacted({**PATIENT, "text": {"status": "generated", "div": div}})["text"]["div"]
    text = " ".join(etree.fromstring(out).itertext())
    assert "Smithson" not in text
    assert "Jane" not in text
    assert "0018" not in text
    assert "BP 120/80" in text


def test_an_attachment_is_looked_at_as_the_file_it_is() -> None:
    data = base64.b64encode(b"NHS number 999 000 0018, chest clear").decode()
    attachment = {"contentType": "text/plain", "data": data, "size": 36, "hash": "AAAA"}
    out = redacted(
        {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": attachment}]}
    )
    kept = out["content"][0]["attachment"]
    assert base64.b64decode(kept.pop("data")) == b"NHS number [NHS number hidden], chest clear"
    assert kept == {"contentType": "text/plain"}


def test_a_binary_that_nobody_can_read_is_left_out() -> None:
    data = base64.b64encode(b"\x00\xff\x01" * 40).decode()
    result = result_of({"resourceType": "Binary", "contentType": "application/x", "data": data})
    assert result.outcome is Outcome.REDACTED
    assert "left out" in result.reason
    assert "data" not in json.loads(result.data or b"")


def test_a_photograph_of_the_patient_is_left_out() -> None:
    out = result_of(
        {"resourceType": "Patient", "gender": "male", "photo": [{"contentType": "image/png", "data": "AAAA"}]}
    )
    assert out.outcome is Outcome.REDACTED
    assert json.loads(out.data or b"") == {"resourceType": "Patient", "gender": "male"}


def test_a_bulk_export_is_read_line_by_line() -> None:
    lines = "\n".join(json.dumps(r) for r in (PATIENT, DOCTOR)) + "\n"
    result = look_into(lines.encode(), "Patient.ndjson")
    assert result.outcome is Outcome.REDACTED
    first, second = map(json.loads, (result.data or b"").splitlines())
    assert first["name"][0]["family"] == "[Patient A]"
    assert second == DOCTOR


def test_an_answer_goes_by_its_question() -> None:
    answers = [("Surname", "Okafor"), ("How is the pain?", "Better than yesterday")]
    items = [
        {"linkId": str(n), "text": q, "answer": [{"valueString": a}]} for n, (q, a) in enumerate(answers)
    ]
    out = redacted({"resourceType": "QuestionnaireResponse", "status": "completed", "item": items})
    assert [i["answer"][0]["valueString"] for i in out["item"]] == ["[Patient A]", "Better than yesterday"]


XML = """<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir"><!-- for Jane Smithson -->
 <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">Jane <i>Smithson</i>, well</div></text>
 <identifier><system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="9990000019"/></identifier>
 <name><family value="Smithson"/><given value="Jane"/></name>
 <gender value="female"/><birthDate value="1950-05-04"/>
 <address><line value="1 Test Lane"/><city value="Leeds"/></address>
 <generalPractitioner><display value="Dr Paul Weatherby"/></generalPractitioner>
</Patient>
"""


def test_xml_keeps_its_values_in_attributes() -> None:
    result = look_into(XML.encode(), "a.xml")
    assert result.outcome is Outcome.REDACTED
    out = (result.data or b"").decode()
    assert not any(w in out for w in ("Smithson", "Jane", "9990000019", "1950", "Test Lane", "Leeds"))
    root = etree.fromstring(out.encode())
    space = {"f": "http://hl7.org/fhir"}
    assert root.xpath("string(f:name/f:family/@value)", namespaces=space) == "[Patient A]"
    assert (
        root.xpath("string(f:generalPractitioner/f:display/@value)", namespaces=space) == "Dr Paul Weatherby"
    )
    assert root.xpath("string(f:gender/@value)", namespaces=space) == "female"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", b'{"resourceType": "Patient", "name": ['),
        ("a.json", b'{"resourceType": "Patient", "name": "x" "y"}'),
        ("a.json", b'{"resourceType": "Patient", "a": ' + b"[" * 500 + b"]" * 500 + b"}"),
        ("a.xml", b'<Patient xmlns="http://hl7.org/fhir"><name></Patient>'),
        (
            "a.xml",
            b'<!DOCTYPE a [<!ENTITY n "Jane">]><Patient xmlns="http://hl7.org/fhir"><a value="&n;"/></Patient>',
        ),
    ],
)
def test_what_is_no_resource_is_refused(name: str, data: bytes) -> None:
    result = look_into(data, name)
    assert result.outcome is Outcome.QUARANTINED
    assert result.reason.endswith(".")
