"""vCards and calendars: a patient's card goes, a colleague's stays."""

import base64

import pytest

from detectors.files.interface import Outcome
from tests.detectors.files.desk import look_into

CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Smithson;Jane;Ann;Mrs;\r\nFN:Jane Smithson\r\nTEL;TYPE=CELL:07700 900123\r\n"
    "item1.EMAIL:jane@example.com\r\nADR;TYPE=HOME:;;1 Test Lane;Leeds;;LS1 1AA;UK\r\nBDAY:1950-05-04\r\n"
    "NOTE:NHS number 999 000\r\n  0018\\, likes tea\r\nEND:VCARD\r\n"
)


def redacted(text: str, name: str = "a.vcf") -> str:
    result = look_into(text.encode(), name)
    assert result.outcome is Outcome.REDACTED, result.reason
    return (result.data or b"").decode()


def test_a_card_is_a_person() -> None:
    assert redacted(CARD) == (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:[Patient A]\r\nFN:[Patient A]\r\nTEL;TYPE=CELL:[phone number hidden]\r\n"
        "item1.EMAIL:[e-mail address hidden]\r\nADR;TYPE=HOME:[address hidden]\r\nBDAY:\r\n"
        "NOTE:NHS number [NHS number hidden]\\, likes tea\r\nEND:VCARD\r\n"
    )


def test_a_colleague_s_name_stays() -> None:
    card = (
        "BEGIN:VCARD\r\nN:Weatherby;Paul;;Dr;\r\nFN:Dr Paul Weatherby\r\nORG:Leeds NHS Trust\r\nEND:VCARD\r\n"
    )
    assert look_into(card.encode(), "a.vcf").outcome is Outcome.CLEAN


def test_one_card_s_workplace_says_nothing_of_the_next() -> None:
    colleague = "BEGIN:VCARD\r\nFN:Dr Paul Weatherby\r\nORG:Leeds NHS Trust\r\nEND:VCARD\r\n"
    out = redacted(colleague + CARD)
    assert out.startswith(colleague)
    assert "Smithson" not in out


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_calendar_s_words_are_looked_at(end: str) -> None:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "DTSTART:20240102T100000Z", "SUMMARY:MDT\\; bed 4",
        "DESCRIPTION:NHS number 999 000 0018\\nbring notes", 'ATTENDEE;CN="Dr Paul Weatherby":invalid:x', "END:VEVENT",
        "END:VCALENDAR", "",
    ]  # fmt: skip
    text = end.join(lines)
    assert redacted(text, "a.ics") == text.replace("999 000 0018", "[NHS number hidden]")


def test_printed_quoted_is_read() -> None:
    text = "BEGIN:VCARD\r\nN;ENCODING=QUOTED-PRINTABLE:=53=6D=69=74=68=73=6F=6E;=4A=61=\r\n=6E=65\r\nEND:VCARD\r\n"
    assert redacted(text) == "BEGIN:VCARD\r\nN:[Patient A]\r\nEND:VCARD\r\n"


def test_a_file_in_a_line_is_looked_at() -> None:
    packed = base64.b64encode(b"NHS number 999 000 0018").decode()
    text = f"BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64:{packed}\r\nEND:VCALENDAR\r\n"
    assert base64.b64encode(b"NHS number [NHS number hidden]").decode() in redacted(text, "a.ics").replace(
        "\r\n ", ""
    )


def test_a_photograph_that_nobody_can_read_is_left_out() -> None:
    out = redacted("BEGIN:VCARD\r\nORG:NHS\r\nPHOTO;ENCODING=b:AAAA\r\n BBBB\r\nEND:VCARD\r\n")
    assert out == "BEGIN:VCARD\r\nORG:NHS\r\nPHOTO:\r\nEND:VCARD\r\n"


def test_what_is_no_card_is_refused() -> None:
    assert look_into(b"FN:Jane Smithson\r\n", "a.vcf").outcome is Outcome.QUARANTINED
