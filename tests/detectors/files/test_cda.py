"""CDA: the patient and relatives go, the authors and the clinical content stay."""

import base64

import pytest
from lxml import etree

from detectors.files.interface import Outcome, Result
from tests.conftest import SHARED
from tests.detectors.files.desk import look_at, look_into

SPACE = {"h": "urn:hl7-org:v3"}
DISCHARGE = SHARED / "eval" / "files" / "cda_discharge.xml"


def document(body: str, encounter: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<recordTarget><patientRole>
 <id root="2.16.840.1.113883.2.1.4.1" extension="9990000019"/><id root="1.2.3.4.5" extension="K77"/>
 <addr>1 Test Lane, Leeds</addr><telecom value="tel:01632960123"/><telecom value="mailto:jane@example.com"/>
 <patient><name><prefix>Mrs</prefix><given>Jane</given><family>Smithson</family></name>
  <administrativeGenderCode code="F" displayName="Female"/><birthTime value="19500504"/></patient>
 <providerOrganization><id root="1.2" extension="RXX"/><name>Leeds General</name></providerOrganization>
</patientRole></recordTarget>
<author><assignedAuthor><id root="1.9" extension="7654321"/><telecom value="tel:01632960999"/>
 <assignedPerson><name><prefix>Dr</prefix><given>Paul</given><family>Weatherby</family></name></assignedPerson>
</assignedAuthor></author>
<informant><relatedEntity classCode="PRS"><relatedPerson><name>Tom Oakes</name></relatedPerson></relatedEntity></informant>
{encounter}<component>{body}</component></ClinicalDocument>""".encode()


def section(text: str) -> str:
    return f"<structuredBody><component><section><text>{text}</text></section></component></structuredBody>"


def redacted(data: bytes) -> tuple[Result, etree._Element]:
    result = look_into(data, "a.xml")
    assert result.outcome is Outcome.REDACTED, result.reason
    return result, etree.fromstring(result.data or b"")


def test_the_header_s_people() -> None:
    _, root = redacted(document(section("<paragraph>Chest clear</paragraph>")))

    def said(path: str) -> str:
        return str(root.xpath(f"string({path})", namespaces=SPACE))

    assert said("//h:patientRole/h:id[1]/@extension") == "[NHS number hidden]"
    assert said("//h:patientRole/h:id[2]/@extension") == "[hospital number hidden]"
    assert said("//h:patientRole/h:addr") == "[address hidden]"
    assert said("//h:patientRole/h:telecom[1]/@value") == "[phone number hidden]"
    assert said("//h:patientRole/h:telecom[2]/@value") == "[e-mail address hidden]"
    assert said("//h:patient/h:name") == "[Patient A]"
    assert root.xpath("count(//h:birthTime/@value)", namespaces=SPACE) == 0
    assert said("//h:relatedPerson/h:name") == "[Relative A]"
    assert said("//h:administrativeGenderCode/@displayName") == "Female"
    assert said("//h:providerOrganization/h:name") == "Leeds General"
    assert said("//h:assignedAuthor/h:id/@extension") == "7654321"
    assert said("//h:assignedAuthor/h:telecom/@value") == "tel:01632960999"
    assert said("//h:assignedPerson/h:name") == "DrPaulWeatherby"


def test_the_narrative_loses_the_patient_and_keeps_the_rest() -> None:
    text = (
        "<paragraph>Mrs <content styleCode='Bold'>Smithson</content> was seen by Paul Weatherby: chest clear.</paragraph>"
        "<table><thead><tr><th>NHS No</th><th>Result</th></tr></thead>"
        "<tbody><tr><td>12</td><td>Potassium 5.1</td></tr></tbody></table>"
    )
    _, root = redacted(document(section(text)))
    words = " ".join("".join(root.xpath("//h:section/h:text", namespaces=SPACE)[0].itertext()).split())
    assert (
        words
        == "[Patient A] was seen by Paul Weatherby: chest clear.NHS NoResult[NHS number hidden]Potassium 5.1"
    )


def test_a_visit_number_goes() -> None:
    visit = "<componentOf><encompassingEncounter><id root='1.5' extension='V5'/></encompassingEncounter></componentOf>"
    _, root = redacted(document(section("x"), visit))
    assert (
        root.xpath("string(//h:encompassingEncounter/h:id/@extension)", namespaces=SPACE)
        == "[other identifier hidden]"
    )


def test_a_body_that_is_a_file_is_looked_at_as_one() -> None:
    packed = base64.b64encode(b"NHS number 999 000 0018, chest clear").decode()
    body = f"<nonXMLBody><text mediaType='text/plain' representation='B64'>{packed}</text></nonXMLBody>"
    _, root = redacted(document(body))
    kept = root.xpath("string(//h:nonXMLBody/h:text)", namespaces=SPACE)
    assert base64.b64decode(kept) == b"NHS number [NHS number hidden], chest clear"


def test_a_body_that_nobody_can_read_is_left_out() -> None:
    packed = base64.b64encode(b"\x00\xff\x01" * 40).decode()
    result, root = redacted(document(f"<nonXMLBody><text representation='B64'>{packed}</text></nonXMLBody>"))
    assert "left out" in result.reason
    assert root.xpath("count(//h:nonXMLBody/h:text)", namespaces=SPACE) == 0


def test_comments_are_looked_at() -> None:
    _, root = redacted(document("<!-- typed for Jane Smithson -->" + section("x")))
    assert b"Smithson" not in etree.tostring(root)


@pytest.mark.parametrize(
    "data", [b"<ClinicalDocument xmlns='urn:hl7-org:v3'><a></ClinicalDocument>", document("&x;")]
)
def test_what_is_no_document_is_refused(data: bytes) -> None:
    result = look_into(data, "a.xml")
    assert (result.outcome, result.reason) == (Outcome.QUARANTINED, "This XML file could not be read.")


def test_a_real_discharge_summary() -> None:
    result = look_at(DISCHARGE)
    assert result.outcome is Outcome.REDACTED
    out = (result.data or b"").decode()
    assert not any(
        w in out for w in ("Isabella", "Jones", "111-00-2330", "1357 Amber", "276-6909", "20050501")
    )
    for kept in (
        "<family>Seven</family>",
        "Laparoscopic appendectomy",
        "Propensity to adverse reactions to drug",
    ):
        assert kept in out
