"""Outlook items: everything in them is read, and what is redacted comes back as an e-mail."""

import email
import struct
from email import policy
from email.message import EmailMessage

import compressed_rtf
import pytest

from detectors.files.interface import Found, Outcome, Result
from detectors.interface import Kind
from tests.detectors.files.compound import Tree, compound
from tests.detectors.files.desk import look_into
from tests.detectors.files.packing import LETTER, NOTE
from tests.detectors.files.test_mail import STAFF, TEXT

BINARY, NARROW, WIDE = 0x0102, 0x001E, 0x001F
CLEAN = "The store room is open until five.\r\n"


def stream(id: int, value: str | bytes, type: int = WIDE) -> dict[str, bytes]:
    data = value.encode("utf-16-le") if isinstance(value, str) else value
    return {f"__substg1.0_{id:04X}{type:04X}": data}


def item(body: str = CLEAN, subject: str = "Ward round", **more: "bytes | Tree") -> dict[str, "bytes | Tree"]:
    return {
        "__properties_version1.0": bytes(32),
        **stream(0x001A, "IPM.Note"),
        **stream(0x0037, subject),
        **stream(0x0C1A, "Ward Seven"),
        **stream(0x0C1F, "ward7@trust.example"),
        **stream(0x0E04, "pharmacy@trust.example"),
        **stream(0x1000, body),
        **more,
    }


def attachment(data: bytes, name: str = "note.txt") -> Tree:
    return {"__properties_version1.0": bytes(8), **stream(0x3701, data, BINARY), **stream(0x3707, name)}


def look(tree: Tree, left_over: bytes = b"") -> Result:
    return look_into(compound(tree, left_over), "x.msg", context=STAFF)


def read(result: Result) -> EmailMessage:
    assert (result.outcome, result.suffix) == (Outcome.REDACTED, ".eml"), result
    assert result.reason.startswith("It comes back as an e-mail file (.eml).")
    mail = email.message_from_bytes(result.data or b"", policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_an_item_between_staff_without_patients_is_clean() -> None:
    assert look(item(**{"__attach_version1.0_#00000000": attachment(NOTE)})).outcome is Outcome.CLEAN


def test_the_text_and_the_headers_come_back_redacted() -> None:
    mail = read(look(item(TEXT, "Margaret Whitlock")))
    assert "Whitlock" not in str(mail)
    assert mail["From"] == "Ward Seven <ward7@trust.example>"
    assert mail["To"] == "pharmacy@trust.example"
    body = mail.get_body()
    assert body is not None
    assert body.get_content().strip() == "Please see [Patient A], NHS number [NHS number hidden], in bay 4."


def test_an_html_text() -> None:
    html = f"<html><body><p>{TEXT}</p><b>Plan</b></body></html>".encode()
    mail = read(look(item(**stream(0x1013, html, BINARY))))
    body = mail.get_body(("html",))
    assert body is not None
    assert "<b>Plan</b>" in body.get_content()
    assert "Whitlock" not in body.get_content()


def test_narrow_texts_are_read_in_the_code_page_that_is_told() -> None:
    head = bytes(32) + struct.pack("<4L", 0x3FFD << 16 | 3, 0, 1252, 0)
    tree = item() | {"__properties_version1.0": head}
    del tree["__substg1.0_1000001F"]
    mail = read(look(tree | stream(0x1000, f"Café. {TEXT}".encode("cp1252"), NARROW)))
    body = mail.get_body()
    assert body is not None
    assert body.get_content().startswith("Café. Please see [Patient A]")


def test_attachments_are_inspected_and_come_back() -> None:
    tree = item(
        **{
            "__attach_version1.0_#00000000": attachment(LETTER, "letter.txt"),
            "__attach_version1.0_#00000001": attachment(NOTE),
        }
    )
    letter, note = read(look(tree)).iter_attachments()
    assert (letter.get_filename(), note.get_filename()) == ("letter.txt", "note.txt")
    assert b"Whitlock" not in letter.get_payload(decode=True)
    assert note.get_payload(decode=True) == NOTE


def test_an_item_within_an_item() -> None:
    inner = item(TEXT)
    tree = item(
        **{
            "__attach_version1.0_#00000000": {
                "__properties_version1.0": bytes(8),
                "__substg1.0_3701000D": inner,
            }
        }
    )
    mail = read(look(tree))
    assert "Whitlock" not in str(mail)
    [forwarded] = mail.iter_attachments()
    assert forwarded.get_content_type() == "message/rfc822"
    assert "in bay 4" in str(forwarded)


def test_an_object_of_another_program_quarantines() -> None:
    tree = item(
        **{
            "__attach_version1.0_#00000000": {
                "__properties_version1.0": bytes(8),
                "__substg1.0_3701000D": {"x": b"y"},
            }
        }
    )
    result = look(tree)
    assert result.outcome is Outcome.QUARANTINED
    assert "object" in result.reason


@pytest.mark.parametrize(
    "hidden",
    [
        stream(0x8001, "NHS number 999 000 0018"),
        stream(0x8002, b"\0\1NHS number 999 000 0018\0", BINARY),
        stream(0x8003, b"\0\1" + "NHS number 999 000 0018".encode("utf-16-le"), BINARY),
        {"__substg1.0_8004101F-00000000": "NHS number 999 000 0018".encode("utf-16-le")},
        {"__recip_version1.0_#00000000": stream(0x3001, "NHS number 999 000 0018")},
    ],
    ids=["text", "bytes", "wide bytes", "list", "recipient"],
)  # fmt: skip
def test_properties_that_nobody_sees_are_read_and_left_out(hidden: Tree) -> None:
    result = look(item() | dict(hidden))
    assert Found(Kind.NHS_NUMBER, "a property of the e-mail") in result.found
    assert "0018" not in str(read(result))


def test_what_an_earlier_version_left_is_read() -> None:
    result = look(item(), left_over=b"NHS number 999 000 0018")
    assert Found(Kind.NHS_NUMBER, "a property of the e-mail") in result.found


def test_rich_text_is_read() -> None:
    rtf = rb"{\rtf1\ansi " + TEXT.encode() + rb"\par}"
    result = look(item() | stream(0x1009, compressed_rtf.compress(rtf), BINARY))
    assert Kind.NHS_NUMBER in {found.kind for found in result.found}
    assert "0018" not in str(read(result))


def test_damaged_rich_text_quarantines() -> None:
    assert (
        look(item() | stream(0x1009, b"\x10\0\0\0\x10\0\0\0LZFu\0\0\0\0abc", BINARY)).outcome
        is Outcome.QUARANTINED
    )


def test_an_encrypted_item_is_protected() -> None:
    result = look(item() | stream(0x001A, "IPM.Note.SMIME"))
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)


def test_a_damaged_item_quarantines() -> None:
    data = compound(item(TEXT))
    assert look_into(data[: len(data) // 2], "x.msg").outcome is Outcome.QUARANTINED
