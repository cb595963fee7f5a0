"""HL7 v2: what goes, what stays, and that the message is still one."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.files import hl7
from detectors.files.hl7_segments import Marks, segments
from detectors.files.interface import Cut, Desk, File, Outcome, Result, Unreadable
from detectors.interface import Kind
from tests.detectors.files.desk import look_into

HEAD = "MSH|^~\\&|PAS|RXX|LAB|RXX|20240102030405||ADT^A01|1|P|2.5.1\r"
PID = (
    "PID|1||9990000018^^^NHS^NH~K12345^^^RXX^MR||Smithson^Jane^Ann^^Mrs||19500504|F||A|1 Test Lane^^Leeds^^LS1 1AA"
    "||01632960123|||M|C|V998|||||||||||N\r"
)
DOCTOR = "200^Weatherby^Paul^^^Dr"
PV1 = f"PV1|1|I|W7^B2^4^RXX||||{DOCTOR}|||MED|||||||||V998877\r"


def redacted(message: str, name: str = "a.hl7") -> str:
    result = look_into(message.encode(), name)
    assert result.outcome is Outcome.REDACTED, result.reason
    return (result.data or b"").decode()


def field(message: str, segment: str, number: int) -> str:
    line = next(s for s in message.split("\r") if s.startswith(segment))
    return line.split("|")[number]


def test_a_visit_keeps_its_ward_and_its_doctors() -> None:
    out = redacted(HEAD + PID + PV1)
    assert field(out, "PV1", 3) == "W7^B2^4^RXX"
    assert field(out, "PV1", 7) == DOCTOR
    assert field(out, "PV1", 19) == "[other identifier hidden]"
    assert field(out, "PID", 3) == "[NHS number hidden]~[hospital number hidden]"
    assert field(out, "PID", 8) == "F"
    assert field(out, "PID", 7) == field(out, "PID", 10) == ""
    assert out.startswith(HEAD)


def test_a_number_of_the_patient_goes_from_notes_and_orders_too() -> None:
    out = redacted(HEAD + PID + "NTE|1||Label for K12345 printed, Smithson informed\rOBR|1|ORD_K12345^LAB\r")
    assert "K12345" not in out
    assert "Smithson" not in out
    assert "printed" in out


def test_a_clinician_of_the_message_stays_in_its_report() -> None:
    report = "OBX|1|TX|1||Seen by Paul Weatherby, chest clear||||||F\r"
    assert "Seen by Paul Weatherby, chest clear" in redacted(HEAD + PID + PV1 + report)


def test_escapes_are_read_and_written() -> None:
    note = "NTE|1||R\\T\\D clinic\\.br\\NHS number 999\\X20\\000 0018 \\H\\seen\\N\\\r"
    out = redacted(HEAD + note)
    assert "R\\T\\D clinic\\.br\\NHS number [NHS number hidden] \\H\\seen\\N\\" in out


def test_a_placeholder_is_written_with_the_message_s_own_escapes() -> None:
    out = redacted(HEAD + "PID|1||3210^^^HCN\r")
    assert field(out, "PID", 3) == "[H\\T\\C number hidden]"


def test_the_message_says_what_its_separators_are() -> None:
    out = redacted("MSH$%*!@$PAS$RXX\rPID$1$$9990000018%%%NHS$$Smithson%Jane\r")
    assert out == "MSH$%*!@$PAS$RXX\rPID$1$$[NHS number hidden]$$[Patient A]\r"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_line_ends_and_frames_stay(end: str) -> None:
    message = "\x0b" + (HEAD + PID).replace("\r", end) + "\x1c\r"
    out = redacted(message)
    assert out.startswith("\x0bMSH")
    assert out.endswith(end + "\x1c\r")
    assert out.count(end) == message.count(end)


def test_a_batch_is_read_message_by_message() -> None:
    batch = (
        f"FHS|^~\\&|A\rBHS|^~\\&|A\r{HEAD}{PID}{HEAD.replace('|', '$').replace('$^~', '$^~')}"
        + PID.replace("|", "$")
    )
    out = redacted(batch + "BTS|2\rFTS|1\r")
    assert "Smithson" not in out
    assert out.count("[Patient A]") == 2


def test_a_report_with_bare_line_ends_is_read_to_its_end() -> None:
    out = redacted(HEAD + "OBX|1|TX|1||First line\nNHS number 999 000 0018\nlast line||||||F\r")
    assert "0018" not in out
    assert "last line" in out


def test_a_document_in_a_field_is_looked_at() -> None:
    document = base64.b64encode(b"NHS number 999 000 0018, chest clear").decode()
    out = redacted(HEAD + f"OBX|1|ED|1||LAB^TEXT^PLAIN^Base64^{document}||||||F\r")
    packed = field(out, "OBX", 5).split("^")[4]
    assert base64.b64decode(packed) == b"NHS number [NHS number hidden], chest clear"


def test_a_document_that_nobody_can_read_is_left_out() -> None:
    document = base64.b64encode(b"\x00\x01\x02\xff" * 50).decode()
    result = look_into((HEAD + f"OBX|1|ED|1||LAB^X^Y^Base64^{document}||||||F\r").encode(), "a.hl7")
    assert result.outcome is Outcome.REDACTED
    assert "left out" in result.reason
    assert document not in (result.data or b"").decode()


def test_a_message_without_a_person_is_clean() -> None:
    result = look_into((HEAD + "AL1|1|DA|OXYCODONE||HYPOTENSION\r").encode(), "a.hl7")
    assert result.outcome is Outcome.CLEAN


@pytest.mark.parametrize("text", ["PID|1||12345", "MSHA", "MSH|AB~\\&|x", "hello MSH|^~\\&|", "\x0b\x1c\r"])
def test_what_is_no_message_is_refused(text: str) -> None:
    desk = Desk(lambda passages: [[] for _ in passages], lambda file: Result(Outcome.CLEAN, ""))
    with pytest.raises(Unreadable, match="This HL7 message could not be read"):
        hl7.FAMILY.inspect(File("x", text.encode()), "application/hl7-v2", desk)


WORDS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x0b\x1c", exclude_categories=["Cc", "Cs"])
)


@given(WORDS, WORDS)
def test_a_cut_changes_its_own_characters_only(before: str, after: str) -> None:
    marks = Marks("|", "^", "~", "\\", "&")
    text = f"{HEAD}NTE|1||{marks.written(before)}Smithson{marks.written(after)}|x\r"

    def cuts(passage: str) -> list[Cut]:
        at = passage.find("Smithson")
        return [Cut(at, at + 8, "[a|b]", Kind.PATIENT_NAME)] if at >= 0 else []

    desk = Desk(lambda passages: [cuts(p.text) for p in passages], lambda file: Result(Outcome.CLEAN, ""))
    out = hl7.FAMILY.inspect(File("x", text.encode()), "application/hl7-v2", desk).data
    assert (out or b"").decode() == text.replace("Smithson", "[a\\F\\b]", 1)


@given(st.text(alphabet=st.sampled_from("MSHPID|^~\\&\r\n\x0b\x1cx1 "), max_size=80))
def test_no_field_stands_elsewhere_than_it_says(text: str) -> None:
    message = HEAD + text
    try:
        read = list(segments(message))
    except Unreadable:
        return
    for _, fields in read:
        assert all(message[f.at : f.at + len(f.raw)] == f.raw for f in fields)
